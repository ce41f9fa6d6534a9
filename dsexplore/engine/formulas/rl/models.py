"""RL memory: the models that RL holds at once, and what a value model adds to them."""

from dsexplore.engine.assumptions import VALUE_MODEL
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.papers import GRPO, PPO


@quantity("", source=GRPO)
def rl_models_in_memory(rl_algorithm, reward):
    """Models that RL holds at once: policy and reference, a judge if any, PPO's value model."""
    return 2.0 + (reward == "model") + (rl_algorithm == "ppo")


@quantity("byte/parameter", source="ZeRO, arXiv:1910.02054, section 3")
def rl_trained_bytes(gradient_bytes, optimizer_bytes):
    """Bytes of a parameter that is trained: weight in BF16, gradient and optimiser."""
    return BF16_BYTES + gradient_bytes + optimizer_bytes


@quantity("parameter", source=PPO, assumes=VALUE_MODEL)
def total_value_parameters(value_parameters, total_parameters):
    """Parameters of PPO's value model; as many as the policy's unless said."""
    return stated_or(value_parameters, total_parameters)


@quantity("byte", source=GRPO + "; " + PPO)
def rl_value_model_bytes(total_value_parameters, rl_trained_bytes):
    """Memory of PPO's value model with its gradients and optimiser, which GRPO does without."""
    return total_value_parameters * rl_trained_bytes


@quantity("byte", source=GRPO + "; " + PPO)
def rl_model_bytes(
    rl_algorithm, reward, total_parameters, reward_parameters, total_value_parameters
):
    """Memory of the weights of all models that RL holds, one copy of each, in BF16."""
    held = 2 * total_parameters
    if reward == "model":
        held = held + reward_parameters
    if rl_algorithm == "ppo":
        held = held + total_value_parameters
    return BF16_BYTES * held


@quantity("byte", source=GRPO + "; " + PPO)
def rl_state_bytes(
    rl_algorithm,
    reward,
    total_parameters,
    reward_parameters,
    rl_trained_bytes,
    rl_value_model_bytes,
):
    """Memory of those models with gradients and optimiser of the ones that are trained."""
    held = total_parameters * (rl_trained_bytes + BF16_BYTES)
    if reward == "model":
        held = held + BF16_BYTES * reward_parameters
    if rl_algorithm == "ppo":
        held = held + rl_value_model_bytes
    return held
