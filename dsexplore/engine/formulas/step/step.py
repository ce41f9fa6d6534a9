"""Step: the parts of one optimiser step, their sum, and the speed that follows."""

from dsexplore.engine.assumptions import ADDED_UP, SHARE_HIDDEN, UNEVEN
from dsexplore.engine.elementwise import log2, ratio, smaller
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import DEFINITION, STEP_PARTS


# Passes, alone or run into each other
@quantity("second", source=STEP_PARTS)
def forward_alone_time(passes_alone, forward_time):
    """Time per step of forward passes run alone."""
    return passes_alone * forward_time


@quantity("second", source=STEP_PARTS)
def backward_alone_time(passes_alone, weight_passes_alone, backward_time, weight_time):
    """Time per step of backward passes run alone, for weights as well unless run apart."""
    return passes_alone * backward_time + (passes_alone - weight_passes_alone) * weight_time


@quantity("second", source=STEP_PARTS)
def weight_backward_time(weight_passes_alone, weight_time):
    """Time per step of backward passes for weights run apart from those for inputs."""
    return weight_passes_alone * weight_time


@quantity("second", source=STEP_PARTS)
def overlapped_1f1b_time(passes_overlapped, overlapped_pair_time):
    """Time per step of forward passes run into backward passes."""
    return passes_overlapped * overlapped_pair_time


@quantity("second", assumes=ADDED_UP)
def passes_time(
    forward_alone_time, backward_alone_time, weight_backward_time, overlapped_1f1b_time
):
    """Time per step of all passes on the slowest stage, with the communication they wait for."""
    return forward_alone_time + backward_alone_time + weight_backward_time + overlapped_1f1b_time


# The parts of the step
@quantity("second", assumes=ADDED_UP)
def compute_time(
    passes_alone, passes_overlapped, micro_batch_compute_time, overlapped_compute_time
):
    """Compute of a step on the slowest stage: arithmetic and memory-bound work."""
    return passes_alone * micro_batch_compute_time + passes_overlapped * overlapped_compute_time


@quantity("second", assumes=SHARE_HIDDEN)
def exposed_data_parallel_time(synchronisation_time, communication_overlap):
    """Time per step of data-parallel traffic not hidden by compute.

    What ZeRO 2 and 3 gather and scatter with each micro-batch counts as its passes' waiting.
    """
    return synchronisation_time * (1 - communication_overlap)


@quantity("second", assumes=ADDED_UP)
def exposed_communication_time(
    passes_alone,
    forward_communication_time,
    backward_communication_time,
    passes_overlapped,
    overlapped_waiting_time,
    exposed_data_parallel_time,
):
    """Time per step of communication not hidden by compute."""
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
    """Work of a mean stage relative to the slowest, attention left out; at most as much."""
    mean = (num_layers + mtp_layers + head_in_layers) / pipeline_parallel
    share = ratio(mean, slowest_stage_layers + slowest_stage_heads * head_in_layers)
    return smaller(share, 1.0)


@quantity("second", assumes=UNEVEN)
def bubble_time(schedule_bubble, mean_stage_share):
    """Time per step in which an accelerator of the pipeline has nothing to do."""
    return schedule_bubble * mean_stage_share


@quantity("second", assumes="Each doubling of the nodes adds the same share to a step.")
def straggler_time(passes_time, bubble_time, straggler_slowdown, num_nodes):
    """Time per step spent waiting for the slowest node."""
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
    """Time of one optimiser step as predicted from the layout: the sum of its parts."""
    working = compute_time + exposed_communication_time + bubble_time
    return working + optimizer_time + straggler_time + step_overhead


@quantity("second", source=STEP_PARTS)
def idle_time(bubble_time, straggler_time):
    """Idle time per step as a profile shows it: the schedule's bubble and stragglers."""
    return bubble_time + straggler_time


@quantity("second", source=STEP_PARTS)
def update_time(optimizer_time, exposed_data_parallel_time, step_overhead):
    """Time per step after the passes, as a profile shows it: gradients, optimiser, fixed time."""
    return optimizer_time + exposed_data_parallel_time + step_overhead


# Utilisation
@quantity("token/s", source=DEFINITION)
def predicted_tokens_per_second_per_gpu(tokens_per_step, step_time, num_gpus):
    """Predicted training speed: tokens per second and accelerator."""
    return ratio(tokens_per_step, step_time * num_gpus)


@quantity("fraction", source=DEFINITION)
def bubble_share(bubble_time, step_time):
    """Share of the step in which an accelerator of the pipeline has nothing to do."""
    return ratio(bubble_time, step_time)
