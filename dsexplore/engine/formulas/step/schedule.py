"""Schedule: passes alone, passes run into each other, and the bubble."""

from dsexplore.engine.assumptions import UNEVEN
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.papers import BUBBLES, DUALPIPE_CODE
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.layers_per_stage import layers_missing_behind
from dsexplore.scenario.schedules import SCHEDULES


@quantity("", source=DUALPIPE_CODE)
def passes_alone(pipeline_schedule, pipeline_parallel, pieces_per_stage, micro_batches):
    """Micro-batches whose forward runs alone, on average over stages; as many run backward alone.

    Where passes overlap, accelerator i of the h from an end to where the streams meet runs
    2 (h - i - 1) + 2 (i + 1) + (h - i - 1) forward passes alone, of one piece each. In DualPipe h
    is p / 2. DualPipeV folds the pipeline: h is p, and a piece is half a stage.
    """
    if not SCHEDULES[pipeline_schedule].overlaps:
        return micro_batches
    to_meeting = pipeline_parallel / SCHEDULES[pipeline_schedule].copies
    return smaller((5 * to_meeting - 1) / 2 / pieces_per_stage, micro_batches)


@quantity("", source=DUALPIPE_CODE)
def passes_overlapped(micro_batches, passes_alone):
    """Micro-batches whose forward runs into the backward of another."""
    return micro_batches - passes_alone


@quantity("", source=DUALPIPE_CODE)
def weight_passes_alone(pipeline_schedule, pipeline_parallel, pieces_per_stage, passes_alone):
    """Micro-batches whose backward for weights runs apart from that for inputs, on average.

    Where passes overlap, these are (h - i - 1) + (i + 1) + (h - i - 1) of one piece each, with h
    and i as for `passes_alone`.
    """
    if not SCHEDULES[pipeline_schedule].separates_weights:
        return 0.0 * passes_alone
    if not SCHEDULES[pipeline_schedule].overlaps:
        return passes_alone
    to_meeting = pipeline_parallel / SCHEDULES[pipeline_schedule].copies
    return smaller((3 * to_meeting - 1) / 2 / pieces_per_stage, passes_alone)


@quantity("second", source=BUBBLES)
def bubble_1f1b(pipeline_parallel, forward_time, backward_time, weight_time):
    """Bubble of GPipe and of 1F1B: (p - 1) (F + B + W)."""
    return (pipeline_parallel - 1) * (forward_time + backward_time + weight_time)


@quantity("second", source="Narayanan et al. 2021, arXiv:2104.04473, section 2.2")
def bubble_interleaved(
    bubble_1f1b, virtual_stages, micro_batches, pipeline_parallel, forward_time, backward_time,
    weight_time,
):  # fmt: skip
    """Bubble of the interleaved schedule: the bubble of 1F1B over v, and a last group not full.

    Micro-batches go round in groups of p; a group with fewer waits as if it had them all.
    """
    rest = micro_batches % pipeline_parallel
    # A pipeline of one stage waits for nobody.
    is_short = (rest > 0) & (pipeline_parallel > 1)
    lacking = where(is_short, pipeline_parallel - rest, 0.0)
    whole = forward_time + backward_time + weight_time
    return bubble_1f1b / virtual_stages + lacking * (1 - 1 / virtual_stages) * whole


@quantity("second", source=BUBBLES)
def bubble_zb1p(pipeline_parallel, micro_batches, forward_time, backward_time, weight_time):
    """Bubble of ZB1P: (p - 1) (F + B - W), with B for the inputs alone.

    A step of few micro-batches has as few passes for weights to fill it: all but one, of p - 1.
    """
    turns = pipeline_parallel - 1
    filled = larger(smaller(micro_batches - 1, turns), 0.0)
    return larger(turns * (forward_time + backward_time) - filled * weight_time, 0.0)


@quantity("second", source=BUBBLES)
def bubble_dualpipe(pipeline_parallel, overlapped_pair_time, backward_time, weight_time):
    """Bubble of DualPipe: (p/2 - 1) (F&B + B - 2W), with B for the inputs alone.

    As published, with B the whole backward: (p/2 - 1) (F&B + B - 3W).
    """
    turns = larger(pipeline_parallel / 2 - 1, 0.0)
    return turns * larger(overlapped_pair_time + backward_time - 2 * weight_time, 0.0)


@quantity("second", source=BUBBLES)
def bubble_dualpipev(pipeline_parallel, overlapped_pair_time, backward_time, weight_time):
    """Bubble of DualPipeV: (p - 1) (F&B + B - 2W) / 2, with B for the inputs alone.

    It is DualPipe folded: 2p stages on p accelerators, each half as long.
    """
    half = (overlapped_pair_time + backward_time - 2 * weight_time) / 2
    return (pipeline_parallel - 1) * larger(half, 0.0)


@quantity("second", source=BUBBLES)
def schedule_bubble(
    pipeline_schedule,
    bubble_1f1b,
    bubble_interleaved,
    bubble_zb1p,
    bubble_dualpipe,
    bubble_dualpipev,
):
    """Bubble of the chosen schedule, as if every stage were as slow as the slowest."""
    return {
        "bubble_1f1b": bubble_1f1b,
        "bubble_interleaved": bubble_interleaved,
        "bubble_zb1p": bubble_zb1p,
        "bubble_dualpipe": bubble_dualpipe,
        "bubble_dualpipev": bubble_dualpipev,
    }[SCHEDULES[pipeline_schedule].bubble]


# Stages that are not as slow as the slowest
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


@quantity("", assumes=UNEVEN)
def gap_behind_slowest(
    pipeline_schedule,
    slowest_stage_layers,
    slowest_stage_heads,
    layers_beside_head,
    head_in_layers,
    layers_per_stage,
    stage_list_holds,
):
    """Work that stages behind the slowest have less than it, in all, as a share of its own.

    Behind the slowest is the last stage, and in a list others as well.
    """
    if SCHEDULES[pipeline_schedule].joins_ends:
        return 0.0 * slowest_stage_layers
    slowest = slowest_stage_layers + slowest_stage_heads * head_in_layers
    last = larger(slowest - layers_beside_head - head_in_layers, 0.0)
    listed = where(stage_list_holds > 0, layers_missing_behind(layers_per_stage), 0.0)
    return ratio(last + (1 - slowest_stage_heads) * listed, slowest)


@quantity("second", assumes=UNEVEN)
def stage_gap_time(
    pipeline_schedule,
    pipeline_parallel,
    pieces_per_stage,
    mean_stage_share,
    gap_behind_slowest,
    forward_time,
    backward_time,
    weight_time,
):
    """Time of the bubble that the slowest stage does not wait, as other stages have less to do.

    What a stage behind the slowest has less to do shortens the way there and the way back; one
    ahead of it shortens one of them. Weights put off fill what they find.
    """
    gaps = pipeline_parallel * (1 - mean_stage_share)
    if SCHEDULES[pipeline_schedule].turns_back:
        gaps = gaps + gap_behind_slowest
    # No more is saved than other stages make wait.
    gaps = smaller(gaps, pipeline_parallel - 1)
    each = forward_time + backward_time + weight_time
    if SCHEDULES[pipeline_schedule].bubble == "bubble_zb1p":
        each = larger(forward_time + backward_time - weight_time, 0.0)
    if SCHEDULES[pipeline_schedule].has_virtual_stages:
        each = each / pieces_per_stage
    return gaps * each


@quantity("second", assumes=UNEVEN, better="less")
def bubble_time(schedule_bubble, stage_gap_time):
    """Time per step in which the slowest accelerator of the pipeline has nothing to do."""
    return larger(schedule_bubble - stage_gap_time, 0.0)
