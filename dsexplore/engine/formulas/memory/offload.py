"""Offload: what waits in the host's memory, an accelerator's share of it."""

from dsexplore.engine.elementwise import ratio, without_unknown
from dsexplore.engine.idioms import sharded
from dsexplore.engine.papers import ACTIVATION_OFFLOAD, DEFINITION, OFFLOAD
from dsexplore.engine.quantity import quantity


@quantity("parameter", source=OFFLOAD)
def host_updated_parameters(
    optimizer_offload,
    trained_share,
    first_gpu_parameters,
    first_gpu_moe_layers,
    expert_layer_parameters,
    zero_stage,
    replicas,
    expert_data_parallel,
):
    """Parameters that the host updates for an accelerator of the first stage."""
    dense = sharded(first_gpu_parameters, zero_stage >= 1, replicas)
    experts = first_gpu_moe_layers * expert_layer_parameters
    experts = sharded(experts, zero_stage >= 1, expert_data_parallel)
    return without_unknown(optimizer_offload, trained_share * (dense + experts))


@quantity("byte", source=OFFLOAD)
def host_optimizer_memory(
    host_updated_parameters,
    first_gpu_parameters,
    first_gpu_moe_layers,
    expert_layer_parameters,
    optimizer_state_bytes,
    expert_optimizer_state_bytes,
):
    """Optimiser states in the host's memory for an accelerator of the first stage."""
    experts = first_gpu_moe_layers * expert_layer_parameters
    share = ratio(experts, first_gpu_parameters + experts)
    more = expert_optimizer_state_bytes - optimizer_state_bytes
    return without_unknown(host_updated_parameters, optimizer_state_bytes + share * more)


@quantity("byte", source=ACTIVATION_OFFLOAD)
def host_activation_memory(
    activation_offload, stages_in_flight, first_stage_bytes, tokens_per_micro_batch
):
    """Activations in the host's memory for an accelerator of the first stage."""
    kept = tokens_per_micro_batch * stages_in_flight * first_stage_bytes
    return without_unknown(activation_offload, kept)


@quantity("byte", source=DEFINITION, better="less")
def host_memory_per_gpu(host_optimizer_memory, host_activation_memory):
    """Memory of the host that an accelerator of the first stage needs for what is offloaded."""
    return host_optimizer_memory + host_activation_memory
