"""RL in memory: what an accelerator holds at once, and the fewest accelerators that hold RL."""

from dsexplore.engine.again import once_more
from dsexplore.engine.elementwise import larger, ratio, times_to_hold, where
from dsexplore.engine.papers import ACTIVATIONS, AREAL, DEFINITION, HYBRIDFLOW, PPO
from dsexplore.engine.quantity import quantity

_NOTHING_OFFLOADED = (
    "What is learned is sharded over all accelerators that learn; nothing leaves an accelerator's "
    "memory while another part of RL runs."
)


@quantity("GPU", source=DEFINITION)
def rl_generator_group(serving_tensor_parallel, decode_expert_group):
    """Accelerators that share one copy of the weights in generating RL's answers."""
    return larger(serving_tensor_parallel, decode_expert_group)


@quantity("byte", source=HYBRIDFLOW, assumes="At least one answer of each group is generated.")
def rl_generator_memory(
    serving_weight_memory, rollout_held_cache_per_request, serving_tensor_parallel
):  # fmt: skip
    """Memory per accelerator that generates RL's answers: weights and one answer's cache."""
    return serving_weight_memory + rollout_held_cache_per_request / serving_tensor_parallel


@quantity("byte", source=HYBRIDFLOW, assumes=_NOTHING_OFFLOADED)
def rl_policy_memory(rl_policy_bytes, rl_trainers):
    """Memory of the policy that learns, on each accelerator of the trainer."""
    return ratio(rl_policy_bytes, rl_trainers)


rl_frozen_memory = once_more(
    "rl_policy_memory",
    "Memory of the reference and of a judge, on each accelerator of the trainer.",
    rl_policy_bytes="rl_frozen_bytes",
)


@quantity("byte", source=PPO, assumes=_NOTHING_OFFLOADED)
def rl_value_memory(rl_algorithm, rl_value_model_bytes, rl_trainers):
    """Memory of PPO's value model, on each accelerator of the trainer; GRPO has none."""
    held = ratio(rl_value_model_bytes, rl_trainers)
    return held if rl_algorithm == "ppo" else 0.0 * held


@quantity("byte", source=HYBRIDFLOW)
def rl_cache_memory(
    rollout_batch, rollout_held_cache_per_request, serving_tensor_parallel
):  # fmt: skip
    """Memory of the cache of a full batch, on each accelerator that generates RL's answers."""
    return rollout_batch * rollout_held_cache_per_request / serving_tensor_parallel


@quantity(
    "byte",
    source=ACTIVATIONS,
    assumes="Activations grow with the tokens of a micro-batch, in the layout and with the "
    "recomputation of training.",
)
def rl_activation_memory(
    activation_memory,
    logits_memory,
    micro_batch_size,
    sequence_length,
    rl_packed_answers,
    rl_learnt_length,
):
    """Memory of activations and logits of a micro-batch of answers, on an accelerator that learns.

    Answers of the mean length: the longest has a micro-batch of its own.
    """
    tokens = rl_packed_answers * rl_learnt_length / (micro_batch_size * sequence_length)
    return tokens * (activation_memory + logits_memory)


@quantity("byte", source=HYBRIDFLOW, better="less")
def rl_learning_memory(
    rl_policy_memory, rl_frozen_memory, rl_value_memory, rl_activation_memory, memory_reserve
):
    """Memory of an accelerator while it learns: models, activations and the reserve."""
    models = rl_policy_memory + rl_frozen_memory + rl_value_memory
    return models + rl_activation_memory + memory_reserve


@quantity("byte", source=HYBRIDFLOW, better="less")
def rl_generating_memory(serving_weight_memory, rl_cache_memory, memory_reserve):
    """Memory of an accelerator while it generates: weights, a full batch's cache, the reserve."""
    return serving_weight_memory + rl_cache_memory + memory_reserve


@quantity("byte", source=HYBRIDFLOW + "; " + AREAL, assumes=_NOTHING_OFFLOADED, better="less")
def rl_memory_per_gpu(
    rl_placement, rl_state_bytes, rl_trainers, rl_generator_memory, memory_reserve
):
    """Memory per accelerator in RL at the least, where it is fullest, the reserve included.

    Colocated, one accelerator learns and generates in turn, and holds what both need.
    """
    learning = ratio(rl_state_bytes, rl_trainers)
    if rl_placement == "colocated":
        return learning + rl_generator_memory + memory_reserve
    return larger(learning, rl_generator_memory) + memory_reserve


@quantity(
    "GPU",
    source=HYBRIDFLOW + "; " + AREAL,
    assumes=_NOTHING_OFFLOADED,
    undefined="an accelerator cannot hold its part of the weights that generate",
    better="less",
)
def rl_fewest_gpus(
    rl_placement,
    generator_share,
    rl_state_bytes,
    rl_generator_group,
    rl_generator_memory,
    memory_capacity,
    memory_reserve,
):
    """Fewest accelerators whose memory holds RL: its models, and what generates its answers."""
    room = memory_capacity - memory_reserve
    beside = room - rl_generator_memory
    if rl_placement == "colocated":
        learning = times_to_hold(rl_state_bytes, where(beside > 0, beside, 1.0))
        fewest = larger(learning, rl_generator_group)
    else:
        trainers = times_to_hold(rl_state_bytes, where(room > 0, room, 1.0))
        learning = times_to_hold(trainers, 1 - generator_share)
        fewest = larger(learning, times_to_hold(rl_generator_group, generator_share))
    return where(beside > 0, fewest, float("nan"))


rl_grpo_fewest_gpus = once_more(
    "rl_fewest_gpus",
    "Fewest accelerators whose memory holds RL with GRPO.",
    rl_state_bytes="rl_grpo_state_bytes",
)
rl_ppo_fewest_gpus = once_more(
    "rl_fewest_gpus",
    "Fewest accelerators whose memory holds RL with PPO, its value model included.",
    rl_state_bytes="rl_ppo_state_bytes",
)
