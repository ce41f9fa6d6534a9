"""RL's trainer: its layout at the answers' own lengths, and the time of its passes over them."""

from dsexplore.engine.constants import BACKWARD_OVER_FORWARD
from dsexplore.engine.elementwise import larger, log2, ratio, times_to_hold, times_within, where
from dsexplore.engine.formulas.step.launch import PASSES_OF_A_LAYER
from dsexplore.engine.papers import AREAL, DEFINITION, HYBRIDFLOW, MEGATRON, PACKED_DOCUMENTS
from dsexplore.engine.quantity import quantity

_AS_TRAINING = "RL trains in the layout of the parallelism panel, over as many copies as fit."


@quantity("GPU", source=HYBRIDFLOW + "; " + AREAL)
def rl_trainers(rl_gpus, rl_placement, generator_share):
    """Accelerators that learn from RL's answers: all in turn, or those set apart for it."""
    return rl_gpus if rl_placement == "colocated" else rl_gpus * (1 - generator_share)


@quantity("", source=MEGATRON, assumes=_AS_TRAINING)
def rl_data_parallel(rl_trainers, model_parallel_gpus):
    """Copies of the model that learn from RL's answers side by side."""
    return rl_trainers / model_parallel_gpus


@quantity("token", source=DEFINITION)
def rl_learnt_length(prompt_length, response_length):
    """Tokens of a question with one of its answers."""
    return prompt_length + response_length


@quantity(
    "sample",
    source=PACKED_DOCUMENTS,
    assumes="Answers are packed up to the sequence length of training, each whole.",
)
def rl_packed_answers(micro_batch_size, sequence_length, rl_learnt_length):
    """Answers in a micro-batch of RL's trainer; one at least."""
    return larger(times_within(micro_batch_size * sequence_length, rl_learnt_length), 1.0)


@quantity("", source=MEGATRON)
def rl_micro_batches(rl_samples_per_step, rl_data_parallel, rl_packed_answers):
    """Micro-batches of a gradient step of RL."""
    return times_to_hold(rl_samples_per_step, rl_data_parallel * rl_packed_answers)


@quantity(
    "",
    assumes="A micro-batch's work goes with its FLOP; training's own has the sequence length.",
)
def rl_micro_batch_work(
    rl_packed_answers,
    rl_learnt_length,
    micro_batch_size,
    sequence_length,
    rl_forward_flops_per_token,
    counted_flops_per_token,
):
    """Work of a micro-batch of RL's trainer relative to one of training."""
    tokens = rl_packed_answers * rl_learnt_length / (micro_batch_size * sequence_length)
    whole = (1 + BACKWARD_OVER_FORWARD) * rl_forward_flops_per_token
    return tokens * ratio(whole, counted_flops_per_token)


@quantity("", assumes="Answers to like questions reach some experts more than others.")
def rl_pass_slowdown(num_routed_experts, expert_group, rl_expert_imbalance):
    """Time of a trainer's pass relative to one over evenly routed tokens; 1 without experts."""
    return where((num_routed_experts > 0) & (expert_group > 1), rl_expert_imbalance, 1.0)


@quantity("second", assumes=_AS_TRAINING)
def rl_forward_pass_time(
    forward_accelerator_time, stage_pass_host_time, rl_micro_batch_work, rl_pass_slowdown
):
    """Time of a forward pass over a micro-batch of RL's answers on the slowest stage."""
    return rl_pass_slowdown * larger(
        forward_accelerator_time * rl_micro_batch_work, stage_pass_host_time
    )


@quantity("second", assumes=_AS_TRAINING)
def rl_micro_batch_time(
    passes_time,
    host_waiting_time,
    micro_batches,
    stage_pass_host_time,
    recompute,
    rl_micro_batch_work,
    rl_pass_slowdown,
):
    """Time of a micro-batch of RL's answers on the slowest stage, forward and backward."""
    issued = PASSES_OF_A_LAYER + 1 if recompute == "full" else PASSES_OF_A_LAYER
    working = (passes_time - host_waiting_time) / micro_batches
    return rl_pass_slowdown * larger(working * rl_micro_batch_work, issued * stage_pass_host_time)


@quantity("second", assumes=_AS_TRAINING)
def rl_step_time(
    rl_micro_batches,
    rl_micro_batch_time,
    bubble_time,
    rl_micro_batch_work,
    rl_pass_slowdown,
    optimizer_time,
    exposed_data_parallel_time,
    step_overhead_time,
    straggler_slowdown,
    num_nodes,
):
    """Time of a gradient step on RL's answers, as training's step is made up."""
    bubble = bubble_time * rl_micro_batch_work * rl_pass_slowdown
    passes = rl_micro_batches * rl_micro_batch_time + bubble
    stragglers = 1 + straggler_slowdown * log2(num_nodes)
    return passes * stragglers + optimizer_time + exposed_data_parallel_time + step_overhead_time


@quantity("second", assumes=_AS_TRAINING)
def rl_forward_time(
    rl_samples_per_rollout,
    rl_data_parallel,
    rl_packed_answers,
    pipeline_parallel,
    rl_forward_pass_time,
):
    """Time of a forward pass over all answers of a rollout, one micro-batch after another."""
    micro_batches = times_to_hold(rl_samples_per_rollout, rl_data_parallel * rl_packed_answers)
    return (micro_batches + pipeline_parallel - 1) * rl_forward_pass_time
