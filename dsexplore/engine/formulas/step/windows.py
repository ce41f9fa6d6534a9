"""Windows: how much of the traffic between stages and copies compute has time to hide."""

from dsexplore.engine.elementwise import larger, smaller, where
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import GROUPED_MICRO_BATCHES, MEGATRON, ZERO_TRAFFIC
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.schedules import SCHEDULES

_PLAYED = "Sends cost what a schedule played event by event waits for."


# Sends between stages
@quantity("second", source=MEGATRON)
def one_send_time(pipeline_send_time, pipeline_crossings):
    """Time to send a micro-batch from one piece of the model to the next."""
    return if_any(pipeline_crossings, pipeline_send_time / larger(pipeline_crossings, 1.0))


@quantity("", assumes=_PLAYED)
def sends_in_turn(pipeline_schedule, pipeline_parallel, pieces_per_stage):
    """Sends that each further micro-batch of a full pipeline waits for, with no slack anywhere.

    In 1F1B a round of as many micro-batches as stages waits for the way there and back; a stage of
    several pieces has others to run. Passes run into each other send beside their arithmetic.
    """
    sends = where(pieces_per_stage > 1, 0.0, SCHEDULES[pipeline_schedule].sends_in_turn)
    return sends * (1 - 1 / pipeline_parallel)


@quantity("", assumes=_PLAYED)
def sends_in_fill(pipeline_schedule, pipeline_parallel, pieces_per_stage):
    """Sends that filling and emptying a pipeline waits for."""
    there_and_back = 2 * (pieces_per_stage * pipeline_parallel - 1)
    in_turns = larger(2 * (pipeline_parallel - 2), 0.0)
    return {
        "there and back": 2 * (pipeline_parallel - 1),
        "in turns": in_turns,
        "in pieces": where(pieces_per_stage > 1, there_and_back, in_turns),
        "twice": 4 * (pipeline_parallel - 1),
        "folded": 3 * (pipeline_parallel - 1),
    }[SCHEDULES[pipeline_schedule].sends_in_fill]


@quantity("second", assumes=_PLAYED)
def send_slack_time(
    mean_stage_share, forward_time, backward_time, weight_time
):  # fmt: skip
    """Time in which the mean stage waits for the slowest at each micro-batch, sends or not."""
    whole = forward_time + backward_time + weight_time
    return (1 - mean_stage_share) * whole


@quantity("second", assumes=_PLAYED)
def waited_send_time(one_send_time, sends_in_turn, sends_in_fill, send_slack_time, micro_batches):
    """Time per step in which stages wait for sends, though passes run beside them."""
    each = larger(sends_in_turn * one_send_time - send_slack_time, 0.0)
    return if_any(one_send_time, micro_batches * each + sends_in_fill * one_send_time)


@quantity(
    "second",
    assumes="Sends that a schedule need not wait for are hidden as far as the stack overlaps.",
)
def exposed_pipeline_time(waited_send_time, pipeline_time, communication_overlap):
    """Time per step of sends between stages that passes do not hide."""
    rest = larger(pipeline_time - waited_send_time, 0.0)
    return waited_send_time + (1 - communication_overlap) * rest


# Gradients and weights of copies
@quantity("", source=GROUPED_MICRO_BATCHES)
def passes_of_last_pieces(pipeline_schedule, pieces_per_stage, micro_batches, pipeline_parallel):
    """Whole passes of a stage from where the first gradients of its last group are whole.

    One where a stage is one piece. In pieces, all of the last group's but those of the first piece,
    and one of these; weights are needed in the same order, from the first piece on.
    """
    if not SCHEDULES[pipeline_schedule].has_virtual_stages:
        return smaller(micro_batches, 1.0)
    group = smaller(micro_batches, pipeline_parallel)
    return ((pieces_per_stage - 1) * group + 1) / pieces_per_stage


@quantity("second", source=GROUPED_MICRO_BATCHES)
def gradient_window_time(pipeline_schedule, passes_of_last_pieces, backward_time, weight_time):
    """Passes beside the gradients of a step: of the last micro-batch's backward pass.

    Where passes for weights are put off, that for the last weights alone.
    """
    if SCHEDULES[pipeline_schedule].separates_weights:
        return smaller(passes_of_last_pieces, 1.0) * weight_time
    return passes_of_last_pieces * (backward_time + weight_time)


@quantity("second", source=GROUPED_MICRO_BATCHES)
def weight_window_time(passes_of_last_pieces, forward_time):
    """Passes beside the weights of a step: of the first micro-batch's forward pass."""
    return passes_of_last_pieces * forward_time


def _exposed(traffic, window, layers, overlap):
    """What of some traffic passes do not hide: a layer's share at least, and all past a window.

    The gradients of the first layer come last, and its weights are needed first.
    """
    hideable = smaller(traffic * (1 - 1 / larger(layers, 1.0)), window)
    return if_any(traffic, traffic - overlap * hideable)


@quantity("second", assumes="Gradients are summed in the backward pass, once a layer's are whole.")
def exposed_gradient_time(
    pipeline_schedule,
    gradient_synchronisation_time,
    gradient_window_time,
    slowest_stage_layers,
    communication_overlap,
):
    """Time per step of gradients on their way that passes do not hide.

    Of two stages on an accelerator, one has its gradients whole well before the other.
    """
    return _exposed(
        gradient_synchronisation_time / SCHEDULES[pipeline_schedule].copies,
        gradient_window_time,
        slowest_stage_layers,
        communication_overlap,
    )


@quantity("second", assumes="Weights are gathered in the forward pass, before a layer needs them.")
def exposed_weight_time(
    weight_synchronisation_time, weight_window_time, slowest_stage_layers, communication_overlap
):
    """Time per step of weights on their way that passes do not hide."""
    return _exposed(
        weight_synchronisation_time, weight_window_time, slowest_stage_layers, communication_overlap
    )


@quantity("second", source=ZERO_TRAFFIC, better="less")
def exposed_data_parallel_time(exposed_gradient_time, exposed_weight_time):
    """Time per step of data-parallel traffic that passes do not hide.

    What ZeRO 2 and 3 gather and scatter with each micro-batch counts as its passes' waiting.
    """
    return exposed_gradient_time + exposed_weight_time
