"""Held: bytes per parameter of weights, gradients and optimiser states, by what is trained."""

from dsexplore.engine.constants import BF16_BYTES, FP32_BYTES
from dsexplore.engine.elementwise import larger, ratio, where
from dsexplore.engine.idioms import sharded
from dsexplore.engine.papers import LORA, MUON, OFFLOAD, ZERO
from dsexplore.engine.quantity import quantity

MASTER_FIRST = "Of an optimiser's bytes, 4 are the master weight, the rest two moments alike."


def _state_bytes(zero_stage, weight, gradient, optimizer, copies):
    """Bytes per parameter with its gradient and optimiser state, sharded over its copies."""
    weight = sharded(weight, zero_stage >= 3, copies)
    gradient = sharded(gradient, zero_stage >= 2, copies)
    return weight + gradient + sharded(optimizer, zero_stage >= 1, copies)


@quantity("byte/parameter", source="DeepSeek-V3 report, arXiv:2412.19437, section 3.3")
def gradient_bytes(gradient_precision):
    """Bytes per gradient while gradients are summed."""
    return {"bf16": BF16_BYTES, "fp32": FP32_BYTES}[gradient_precision]


@quantity("byte/parameter", source=LORA)
def held_weight_bytes(adapter_share):
    """Bytes of BF16 weight per parameter of the model, its adapters' included."""
    return BF16_BYTES * (1 + adapter_share)


@quantity("byte/parameter", source=LORA)
def held_gradient_bytes(gradient_bytes, trained_share):
    """Bytes of gradient per parameter of the model, which only trained ones have."""
    return gradient_bytes * trained_share


@quantity("fraction", source=MUON)
def matrix_share(
    own_attention_layers,
    attention_weights_per_layer,
    state_layers,
    state_weights_per_layer,
    own_dense_layers,
    ffn_matrices,
    intermediate_size,
    hidden_size,
    shared_expert_parameters,
    other_weights,
    stream_weights,
    non_expert_parameters,
):
    """Share of the parameters outside routed experts in matrices within layers.

    Embedding, head, router, norms and biases are the rest.
    """
    block = ffn_matrices * intermediate_size * hidden_size
    dense = where(own_dense_layers == 0, 0.0, own_dense_layers * block)
    mixing = own_attention_layers * attention_weights_per_layer
    mixing = mixing + state_layers * state_weights_per_layer
    matrices = mixing + dense + shared_expert_parameters
    matrices = matrices + other_weights + stream_weights
    return ratio(matrices, non_expert_parameters)


@quantity("byte/parameter", source=MUON, assumes=MASTER_FIRST)
def moment_bytes(optimizer_bytes):
    """Bytes of one of AdamW's two moments of a parameter."""
    return larger(optimizer_bytes - FP32_BYTES, 0.0) / 2


@quantity(
    "byte/parameter",
    source=MUON,
    assumes="Parameters outside matrices are spread evenly over the stages.",
    only_when={"matrix_share": ("optimizer", "muon")},
)
def optimizer_state_bytes(optimizer, optimizer_bytes, moment_bytes, matrix_share):
    """Bytes of optimiser state per trained parameter outside routed experts.

    SGD has one moment, Muon one of each matrix and two of the rest.
    """
    if optimizer == "adamw":
        return optimizer_bytes
    lacking = matrix_share if optimizer == "muon" else 1.0
    return optimizer_bytes - lacking * moment_bytes


@quantity("byte/parameter", source=MUON)
def expert_optimizer_state_bytes(optimizer, optimizer_bytes, moment_bytes):
    """Bytes of optimiser state per trained parameter of routed experts, all in matrices."""
    return optimizer_bytes if optimizer == "adamw" else optimizer_bytes - moment_bytes


@quantity("byte/parameter", source=LORA + "; " + OFFLOAD)
def held_optimizer_bytes(optimizer_state_bytes, trained_share, optimizer_offload):
    """Bytes of optimiser state per parameter outside routed experts, without the host's."""
    return optimizer_state_bytes * trained_share * (1 - optimizer_offload)


@quantity("byte/parameter", source=LORA + "; " + OFFLOAD)
def held_expert_optimizer_bytes(expert_optimizer_state_bytes, trained_share, optimizer_offload):
    """Bytes of optimiser state per parameter of routed experts, without the host's."""
    return expert_optimizer_state_bytes * trained_share * (1 - optimizer_offload)


@quantity("byte/parameter", source=ZERO)
def state_bytes(zero_stage, held_weight_bytes, held_gradient_bytes, held_optimizer_bytes, shards):
    """Bytes of state per parameter outside routed experts: weight, gradient and optimiser.

    2 + 2 + K bytes with BF16 gradients and an optimiser of K; ZeRO 1, 2 and 3 divide the last, the
    last two and all of them by the copies (section 5), those of context parallelism among them.
    """
    held = held_weight_bytes, held_gradient_bytes, held_optimizer_bytes
    return _state_bytes(zero_stage, *held, shards)


@quantity("byte/parameter", source=ZERO + "; DeepSeek-V3 report, arXiv:2412.19437, section 3.2")
def expert_state_bytes(
    zero_stage,
    held_weight_bytes,
    held_gradient_bytes,
    held_expert_optimizer_bytes,
    expert_shards,
):
    """Bytes of state per routed-expert parameter, sharded over the copies of the expert."""
    held = held_weight_bytes, held_gradient_bytes, held_expert_optimizer_bytes
    return _state_bytes(zero_stage, *held, expert_shards)
