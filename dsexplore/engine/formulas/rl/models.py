"""Memory of RL: the models it holds at once, a value model among them."""

from dsexplore.engine.again import once_more
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import ratio, smaller
from dsexplore.engine.papers import GRPO, MUON, PPO
from dsexplore.engine.quantity import quantity


@quantity("", source=GRPO)
def rl_models_in_memory(rl_algorithm, reward, reference_model):
    """Models that RL holds at once: policy, reference and judge if any, PPO's value model."""
    return 1.0 + reference_model + (reward == "model") + (rl_algorithm == "ppo")


@quantity("byte/parameter", source=MUON)
def rl_optimizer_bytes(
    total_parameters,
    routed_expert_parameters,
    held_optimizer_bytes,
    held_expert_optimizer_bytes,
):
    """Bytes of optimiser state per parameter of a model that learns in RL, as training's holds."""
    # A stated total may be less than the experts counted.
    experts = smaller(ratio(routed_expert_parameters, total_parameters), 1.0)
    return (1 - experts) * held_optimizer_bytes + experts * held_expert_optimizer_bytes


@quantity("byte/parameter", source="ZeRO, arXiv:1910.02054, section 3")
def rl_trained_bytes(held_weight_bytes, held_gradient_bytes, rl_optimizer_bytes):
    """Bytes per parameter of a model that learns: weight in BF16, gradient and optimiser."""
    return held_weight_bytes + held_gradient_bytes + rl_optimizer_bytes


total_value_parameters = once_more(
    "active_value_parameters",
    "Parameters of PPO's value model; as many as the policy's unless stated.",
    active_parameters="total_parameters",
)


@quantity("byte", source=GRPO + "; " + PPO)
def rl_value_model_bytes(total_value_parameters, rl_trained_bytes):
    """Memory of PPO's value model with its gradients and optimiser."""
    return total_value_parameters * rl_trained_bytes


@quantity("byte", source=GRPO + "; " + PPO)
def rl_model_bytes(
    rl_algorithm,
    reward,
    reference_model,
    total_parameters,
    reward_parameters,
    total_value_parameters,
):
    """Memory of the weights of all models in RL, one copy of each, in BF16."""
    held = (1 + reference_model) * total_parameters
    if reward == "model":
        held = held + reward_parameters
    if rl_algorithm == "ppo":
        held = held + total_value_parameters
    return BF16_BYTES * held


@quantity("byte", source=GRPO)
def rl_policy_bytes(total_parameters, rl_trained_bytes):
    """Memory of RL's policy with its gradients and optimiser."""
    return total_parameters * rl_trained_bytes


@quantity("byte", source=GRPO + "; " + PPO)
def rl_frozen_bytes(reward, reference_model, total_parameters, reward_parameters):
    """Memory of RL's models that do not learn, in BF16: the reference and a judge, if any."""
    held = reference_model * BF16_BYTES * total_parameters
    return held + BF16_BYTES * reward_parameters if reward == "model" else held


@quantity("byte", source=GRPO)
def rl_grpo_state_bytes(rl_policy_bytes, rl_frozen_bytes):
    """Memory of all models that GRPO holds, gradients and optimiser of the policy included."""
    return rl_policy_bytes + rl_frozen_bytes


@quantity("byte", source=PPO)
def rl_ppo_state_bytes(rl_grpo_state_bytes, rl_value_model_bytes):
    """Memory of all models that PPO holds: GRPO's, and a value model that learns."""
    return rl_grpo_state_bytes + rl_value_model_bytes


@quantity("byte", source=GRPO + "; " + PPO)
def rl_state_bytes(rl_algorithm, rl_grpo_state_bytes, rl_ppo_state_bytes):
    """Memory of all models in RL, gradients and optimiser of the trained ones included."""
    return rl_ppo_state_bytes if rl_algorithm == "ppo" else rl_grpo_state_bytes
