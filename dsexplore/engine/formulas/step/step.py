"""Step: one optimiser step from its parts, which add up to it, and the utilisation that follows."""

from dsexplore.engine.assumptions import ADDED_UP, SHARE_HIDDEN, UNEVEN
from dsexplore.engine.elementwise import log2, ratio
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import BUBBLES, DEFINITION, STEP_PARTS, STRAGGLERS, ZERO


# The passes, alone or run into each other
@quantity("second", source=STEP_PARTS)
def forward_alone_time(passes_alone, forward_time):
    """Forward passes of a step that run alone."""
    return passes_alone * forward_time


@quantity("second", source=STEP_PARTS)
def backward_alone_time(passes_alone, weight_passes_alone, backward_time, weight_time):
    """Backward passes of a step that run alone, with weights where those do not come apart."""
    return passes_alone * backward_time + (passes_alone - weight_passes_alone) * weight_time


@quantity("second", source=STEP_PARTS)
def weight_backward_time(weight_passes_alone, weight_time):
    """Backward passes for weights that come apart."""
    return weight_passes_alone * weight_time


@quantity("second", source=STEP_PARTS)
def overlapped_1f1b_time(passes_overlapped, overlapped_pair_time):
    """Forward passes run into backward passes."""
    return passes_overlapped * overlapped_pair_time


@quantity("second", assumes=ADDED_UP)
def passes_time(
    forward_alone_time, backward_alone_time, weight_backward_time, overlapped_1f1b_time
):
    """All passes of a step on the slowest stage, with the communication that they wait for."""
    return forward_alone_time + backward_alone_time + weight_backward_time + overlapped_1f1b_time


# The parts of the step
@quantity("second", assumes=ADDED_UP)
def compute_time(
    passes_alone, passes_overlapped, micro_batch_compute_time, overlapped_compute_time
):
    """Arithmetic and memory-bound work of a step, on the SMs that are free for it."""
    return passes_alone * micro_batch_compute_time + passes_overlapped * overlapped_compute_time


@quantity("second", assumes=SHARE_HIDDEN)
def exposed_data_parallel_time(data_parallel_time, communication_overlap):
    """Traffic of a step that keeps copies equal, as far as nothing hides it."""
    return data_parallel_time * (1 - communication_overlap)


@quantity("second", assumes=SHARE_HIDDEN)
def exposed_communication_time(
    passes_alone,
    forward_communication_time,
    backward_communication_time,
    passes_overlapped,
    overlapped_waiting_time,
    exposed_data_parallel_time,
):
    """Communication of a step that compute waits for."""
    alone = passes_alone * (forward_communication_time + backward_communication_time)
    return alone + passes_overlapped * overlapped_waiting_time + exposed_data_parallel_time


@quantity("fraction", assumes=UNEVEN)
def mean_stage_share(
    num_layers,
    mtp_layers,
    head_in_layers,
    pipeline_parallel,
    slowest_stage_layers,
    slowest_stage_heads,
):
    """Work of a mean stage over that of the slowest."""
    mean = (num_layers + mtp_layers + head_in_layers) / pipeline_parallel
    return ratio(mean, slowest_stage_layers + slowest_stage_heads * head_in_layers)


@quantity("second", assumes=UNEVEN)
def bubble_time(schedule_bubble, mean_stage_share):
    """Time of a step in which an accelerator of the pipeline has nothing to do."""
    return schedule_bubble * mean_stage_share


@quantity("second", source=ZERO)
def optimizer_time(optimizer_memory, gradient_memory, memory_rate):
    """Optimiser's own work: its state is read and written, gradients read for their norm."""
    return ratio(2 * optimizer_memory + 2 * gradient_memory, memory_rate)


@quantity("second", source=STRAGGLERS)
def straggler_time(passes_time, bubble_time, straggler_slowdown, num_nodes):
    """Waiting for the slowest node, more with each doubling of the nodes."""
    return (passes_time + bubble_time) * straggler_slowdown * log2(num_nodes)


@quantity("second", assumes=ADDED_UP)
def step_time(
    compute_time,
    exposed_communication_time,
    bubble_time,
    optimizer_time,
    straggler_time,
    step_overhead,
):
    """One optimiser step, from the layout alone: the sum of its parts."""
    working = compute_time + exposed_communication_time + bubble_time
    return working + optimizer_time + straggler_time + step_overhead


@quantity("second", source=STEP_PARTS)
def idle_time(bubble_time, straggler_time):
    """What a profile shows as bubble: the schedule's own, and waiting for slow nodes."""
    return bubble_time + straggler_time


@quantity("second", source=STEP_PARTS)
def update_time(optimizer_time, exposed_data_parallel_time, step_overhead):
    """What a profile shows after the passes: gradients, optimiser, and the fixed cost."""
    return optimizer_time + exposed_data_parallel_time + step_overhead


# Utilisation
@quantity("token/s", source=DEFINITION)
def predicted_tokens_per_second_per_gpu(tokens_per_step, step_time, num_gpus):
    """Tokens that one accelerator trains in a second, as predicted."""
    return ratio(tokens_per_step, step_time * num_gpus)


@quantity("fraction", source=BUBBLES)
def bubble_share(bubble_time, step_time):
    """Share of the step in which the pipeline stands still."""
    return ratio(bubble_time, step_time)
