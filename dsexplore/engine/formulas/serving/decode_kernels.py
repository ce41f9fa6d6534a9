"""Decoding: small kernels of a step, and its wait for the host."""

from dsexplore.engine.again import at_other_inputs
from dsexplore.engine.idioms import if_any
from dsexplore.engine.quantity import quantity


@quantity("", assumes="Decoding has no chunks, and moves its states once.")
def decode_state_kept_values():
    """Values per token of states between chunks in decoding: none."""
    return 0.0


moved = at_other_inputs(
    of=("layer_moving_time",),
    prefix="decode_",
    setting="In decoding",
    tokens_per_micro_batch="decode_pass_tokens",
    tensor_parallel="serving_tensor_parallel",
    sequence_parallel="serving_sequence_parallel",
    routed_experts_computed="serving_routed_in_moving",
    inner_width="serving_inner_width",
    layer_adapter_bytes="serving_adapter_bytes",
    state_kept_values="decode_state_kept_values",
)


@quantity(
    "second",
    assumes="Small kernels of a layer take a time of their own, and move values.",
    better="less",
)
def decode_overhead(
    kernel_overhead,
    moe_kernel_overhead,
    num_layers,
    num_moe_layers,
    decode_layer_moving_time,
    serving_micro_batches,
):
    """Time of a decoding step in small kernels."""
    each = num_layers * (kernel_overhead + decode_layer_moving_time)
    of_experts = if_any(num_moe_layers, num_moe_layers * moe_kernel_overhead)
    return serving_micro_batches * (each + of_experts)


@quantity("second", assumes="An eager engine launches a step's layers in turn.")
def decode_launch_time(
    decode_launch, num_layers, num_moe_layers, eager_layer_time, eager_moe_layer_time
):
    """Time in which the host launches a decoding step kernel by kernel; none where captured."""
    dense = num_layers - num_moe_layers
    eager = dense * eager_layer_time + num_moe_layers * eager_moe_layer_time
    return eager if decode_launch == "eager" else 0.0 * eager


@quantity("second", assumes="What an engine schedules and samples is not hidden by the next step.")
def decode_host_time(step_host_time, request_host_time, decode_batch):
    """Time of a decoding step in which the accelerators wait for their host."""
    return step_host_time + request_host_time * decode_batch
