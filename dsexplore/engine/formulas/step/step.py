"""Step: the parts of one optimiser step, their sum, and the speed that follows."""

from dsexplore.engine.assumptions import ADDED_UP
from dsexplore.engine.elementwise import log2, ratio
from dsexplore.engine.papers import DEFINITION, STEP_PARTS
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.schedules import SCHEDULES


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
@quantity("second", assumes=ADDED_UP, better="less")
def compute_time(
    passes_alone, passes_overlapped, micro_batch_compute_time, overlapped_compute_time
):
    """Compute of a step on the slowest stage: arithmetic and memory-bound work."""
    return passes_alone * micro_batch_compute_time + passes_overlapped * overlapped_compute_time


@quantity("second", assumes=ADDED_UP, better="less")
def exposed_communication_time(
    passes_alone,
    forward_communication_time,
    backward_communication_time,
    passes_overlapped,
    overlapped_waiting_time,
    exposed_pipeline_time,
    exposed_data_parallel_time,
):
    """Time per step of communication not hidden by compute."""
    alone = passes_alone * (forward_communication_time + backward_communication_time)
    in_passes = alone + passes_overlapped * overlapped_waiting_time
    return in_passes + exposed_pipeline_time + exposed_data_parallel_time


@quantity(
    "second", assumes="Every layer on an accelerator has as many tensors to update.", better="less"
)
def step_overhead_time(layer_overhead, slowest_stage_layers, pipeline_schedule):
    """Time per step of the update beside moving its state: launches by tensor, norms, logging.

    DualPipe holds two stages on each accelerator.
    """
    return layer_overhead * slowest_stage_layers * SCHEDULES[pipeline_schedule].copies


@quantity(
    "second", assumes="Each doubling of the nodes adds the same share to a step.", better="less"
)
def straggler_time(passes_time, bubble_time, straggler_slowdown, num_nodes):
    """Time per step spent waiting for the slowest node."""
    return (passes_time + bubble_time) * straggler_slowdown * log2(num_nodes)


@quantity("second", assumes=ADDED_UP, better="less")
def step_time(
    compute_time,
    exposed_communication_time,
    host_waiting_time,
    bubble_time,
    optimizer_time,
    straggler_time,
    step_overhead_time,
):
    """Time of one optimiser step as predicted from the layout: the sum of its parts."""
    working = compute_time + exposed_communication_time + host_waiting_time + bubble_time
    return working + optimizer_time + straggler_time + step_overhead_time


@quantity("second", source=STEP_PARTS, better="less")
def idle_time(bubble_time, exposed_pipeline_time, straggler_time):
    """Idle time per step as a profile shows it: bubble, sends waited for, and stragglers."""
    return bubble_time + exposed_pipeline_time + straggler_time


@quantity("second", source=STEP_PARTS, better="less")
def update_time(optimizer_time, exposed_data_parallel_time, step_overhead_time):
    """Time per step after the passes, as a profile shows it: gradients, optimiser, overhead."""
    return optimizer_time + exposed_data_parallel_time + step_overhead_time


# Utilisation
@quantity("token/s", source=DEFINITION, better="more")
def predicted_tokens_per_second_per_gpu(tokens_per_step, step_time, num_gpus):
    """Predicted training speed: tokens per second and accelerator."""
    return ratio(tokens_per_step, step_time * num_gpus)


@quantity("fraction", source=DEFINITION, better="less")
def bubble_share(bubble_time, step_time):
    """Share of the step in which an accelerator of the pipeline has nothing to do."""
    return ratio(bubble_time, step_time)
