"""Memory of the fullest accelerator in a training run."""

from dsexplore.engine.assumptions import FULLEST
from dsexplore.engine.constants import BYTES_PER_GB
from dsexplore.engine.elementwise import is_known, larger, nearest_whole, ratio, where
from dsexplore.engine.idioms import exceeds, sharded
from dsexplore.engine.papers import ACTIVATIONS, DEFINITION, ZERO
from dsexplore.engine.quantity import quantity
from dsexplore.engine.templates import first_sentence

FIRST, MIDDLE, LAST = "first", "middle", "last"


# The fullest accelerator
@quantity("byte", assumes=FULLEST)
def first_gpu_memory(
    first_gpu_parameters,
    state_bytes,
    first_gpu_moe_layers,
    expert_layer_parameters,
    expert_state_bytes,
    first_gpu_activations,
    gathered_with_ends,
    has_last_stage,
    head_logits,
):
    """Memory on an accelerator of the first stage: state, activations, whole layers and logits.

    All gradients are counted, though with one stage not all need be made when the rest is there.
    """
    experts = first_gpu_moe_layers * expert_layer_parameters * expert_state_bytes
    logits = where(has_last_stage > 0, 0.0, head_logits)
    state = first_gpu_parameters * state_bytes + experts
    return state + first_gpu_activations + gathered_with_ends + logits


@quantity("byte", assumes=FULLEST)
def middle_gpu_memory(
    has_middle_stage,
    middle_gpu_parameters,
    state_bytes,
    middle_gpu_moe_layers,
    expert_layer_parameters,
    expert_state_bytes,
    middle_gpu_activations,
    gathered_layers,
):
    """Memory on the accelerator after the first: state, activations and whole layers.

    0 where there is none.
    """
    experts = middle_gpu_moe_layers * expert_layer_parameters * expert_state_bytes
    state = middle_gpu_parameters * state_bytes + experts
    return where(has_middle_stage > 0, state + middle_gpu_activations + gathered_layers, 0.0)


@quantity("byte", assumes=FULLEST)
def last_gpu_memory(
    has_last_stage,
    last_gpu_parameters,
    state_bytes,
    moe_layers_of_last_stage,
    expert_layer_parameters,
    expert_state_bytes,
    last_gpu_activations,
    gathered_with_ends,
    head_logits,
):
    """Memory on an accelerator of the last stage: state, activations, whole layers and logits.

    0 where the last stage has no accelerator of its own.
    """
    experts = moe_layers_of_last_stage * expert_layer_parameters * expert_state_bytes
    state = last_gpu_parameters * state_bytes + experts
    held = state + last_gpu_activations + gathered_with_ends + head_logits
    return where(has_last_stage > 0, held, 0.0)


@quantity(kind="text", assumes=FULLEST)
def fullest_stage(first_gpu_memory, middle_gpu_memory, last_gpu_memory):
    """Stage of the fullest accelerator: first, middle or last.

    With one stage or with DualPipe, the first accelerator also holds the last stage.
    """
    behind = where(middle_gpu_memory >= last_gpu_memory, MIDDLE, LAST)
    fullest = where(first_gpu_memory >= larger(middle_gpu_memory, last_gpu_memory), FIRST, behind)
    known = is_known(first_gpu_memory + middle_gpu_memory + last_gpu_memory)
    return where(known, fullest, "")


def _at(stage, first, middle, last):
    """The value of the named stage; unknown where none is named."""
    behind = where(stage == MIDDLE, middle, where(stage == LAST, last, float("nan")))
    return where(stage == FIRST, first, behind)


@quantity("parameter", assumes=FULLEST)
def gpu_parameters(fullest_stage, first_gpu_parameters, middle_gpu_parameters, last_gpu_parameters):
    """Parameters on the fullest accelerator, without routed experts."""
    return _at(fullest_stage, first_gpu_parameters, middle_gpu_parameters, last_gpu_parameters)


@quantity("parameter", assumes=FULLEST)
def gpu_expert_parameters(
    fullest_stage,
    first_gpu_moe_layers,
    middle_gpu_moe_layers,
    moe_layers_of_last_stage,
    expert_layer_parameters,
):
    """Routed experts' parameters on the fullest accelerator."""
    layers = first_gpu_moe_layers, middle_gpu_moe_layers, moe_layers_of_last_stage
    return _at(fullest_stage, *layers) * expert_layer_parameters


@quantity("byte", source=ZERO, better="less")
def weight_memory(
    gpu_parameters,
    gpu_expert_parameters,
    held_weight_bytes,
    zero_stage,
    shards,
    expert_shards,
):
    """BF16 weights on the fullest accelerator; ZeRO 3 shards them."""
    dense = sharded(gpu_parameters, zero_stage >= 3, shards)
    experts = sharded(gpu_expert_parameters, zero_stage >= 3, expert_shards)
    return held_weight_bytes * (dense + experts)


@quantity("byte", source=ZERO)
def made_gradient_memory(
    gpu_parameters,
    gpu_expert_parameters,
    held_gradient_bytes,
    zero_stage,
    shards,
    expert_shards,
):
    """Gradients on the fullest accelerator once all are made; ZeRO 2 shards them."""
    dense = sharded(gpu_parameters, zero_stage >= 2, shards)
    experts = sharded(gpu_expert_parameters, zero_stage >= 2, expert_shards)
    return held_gradient_bytes * (dense + experts)


@quantity("byte", source=ZERO, better="less")
def optimizer_memory(
    gpu_parameters,
    gpu_expert_parameters,
    held_optimizer_bytes,
    held_expert_optimizer_bytes,
    zero_stage,
    shards,
    expert_shards,
):
    """Optimiser state on the fullest accelerator; ZeRO 1 shards it."""
    dense = sharded(gpu_parameters, zero_stage >= 1, shards)
    experts = sharded(gpu_expert_parameters, zero_stage >= 1, expert_shards)
    return held_optimizer_bytes * dense + held_expert_optimizer_bytes * experts


@quantity("byte", source=ZERO, better="less")
def gathered_memory(fullest_stage, gathered_with_ends, gathered_layers):
    """Whole layers in use on the fullest accelerator, beside its shards: weights and gradients."""
    return _at(fullest_stage, gathered_with_ends, gathered_layers, gathered_with_ends)


@quantity("byte", source=ACTIVATIONS, better="less")
def activation_memory(
    fullest_stage, first_gpu_activations, middle_gpu_activations, last_gpu_activations
):
    """Peak activations on the fullest accelerator."""
    return _at(fullest_stage, first_gpu_activations, middle_gpu_activations, last_gpu_activations)


@quantity("byte", source=ACTIVATIONS, better="less")
def logits_memory(fullest_stage, has_last_stage, head_logits):
    """Logits on the fullest accelerator, if it has the head."""
    of_first = where(has_last_stage > 0, 0.0, head_logits)
    return _at(fullest_stage, of_first, 0.0, head_logits)


@quantity(
    "byte",
    source=ZERO,
    assumes="Gradients that a step of one micro-batch makes take the place of what it uses up.",
    better="less",
)
def gradient_memory(
    gradient_storage,
    micro_batches,
    pipeline_parallel,
    made_gradient_memory,
    activation_memory,
    logits_memory,
):
    """Gradients on the fullest accelerator when it holds the most.

    Released after each update, they are not yet made when a single micro-batch begins its backward
    pass, the logits and all activations there.
    """
    if gradient_storage == "kept":
        return made_gradient_memory
    is_alone = (micro_batches <= 1) & (pipeline_parallel == 1)
    beyond = larger(made_gradient_memory - activation_memory - logits_memory, 0.0)
    return where(is_alone, beyond, made_gradient_memory)


@quantity(
    "byte",
    source=f"{ZERO}; {ACTIVATIONS}",
    assumes="A fixed reserve covers the runtime, communication buffers and fragmentation.",
    better="less",
)
def memory_per_gpu(
    weight_memory,
    gradient_memory,
    optimizer_memory,
    gathered_memory,
    activation_memory,
    logits_memory,
    memory_reserve,
):
    """Memory of the fullest accelerator: state, whole layers, activations, logits, a reserve."""
    state = weight_memory + gradient_memory + optimizer_memory
    return state + gathered_memory + activation_memory + logits_memory + memory_reserve


@quantity("byte", source=DEFINITION, better="more")
def memory_headroom(memory_capacity, memory_per_gpu):
    """Memory left free on the fullest accelerator; negative where the run does not fit."""
    left = memory_capacity - memory_per_gpu
    return where(exceeds(memory_per_gpu, memory_capacity), left, larger(left, 0.0))


@quantity("fraction", source=DEFINITION)
def memory_share(memory_per_gpu, memory_capacity):
    """Share of an accelerator's memory that the run needs."""
    return ratio(memory_per_gpu, memory_capacity)


@quantity(kind="text", source=DEFINITION)
def memory_verdict(memory_per_gpu, memory_capacity):
    """Whether the run fits into memory, with the numbers; empty where they are not known."""
    return first_sentence(
        [
            (
                exceeds(memory_per_gpu, memory_capacity),
                "does not fit: needs {need:,g} of {memory:,g} GB",
            ),
            (is_known(memory_per_gpu - memory_capacity), "fits: {need:,g} of {memory:,g} GB"),
        ],
        need=_gigabytes(memory_per_gpu),
        memory=_gigabytes(memory_capacity),
    )


def _gigabytes(memory):
    """Memory in gigabytes to a tenth, as sentences tell it."""
    return nearest_whole(10 * (memory / BYTES_PER_GB)) / 10
