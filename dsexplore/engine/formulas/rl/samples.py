"""Samples of RL, and its FLOP part by part."""

from dsexplore.engine.again import at_other_inputs
from dsexplore.engine.assumptions import VALUE_MODEL
from dsexplore.engine.constants import BACKWARD_OVER_FORWARD, FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import larger, ratio, smaller, where, without_unknown
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.papers import (
    ATTENTION_FLOP,
    DAPO,
    DEFINITION,
    FLOP_PER_TOKEN,
    GRPO,
    MFU,
    PPO,
    RL_ESTIMATE,
)
from dsexplore.engine.quantity import quantity


# Steps and samples
@quantity("sample", source=GRPO)
def rl_samples_per_step(questions_per_step, group_size):
    """Answers per gradient step of RL."""
    return questions_per_step * group_size


@quantity("step", source=DEFINITION)
def first_rl_steps(rl_phases, rl_gradient_steps):
    """Gradient steps of the first RL phase, inner updates counted."""
    return smaller(rl_phases, 1.0) * rl_gradient_steps


@quantity("step", source=DEFINITION)
def later_rl_steps(rl_phases, rl_gradient_steps, last_phase_gradient_steps):
    """Gradient steps of all later RL phases; the last may have a number of its own."""
    last = stated_or(last_phase_gradient_steps, rl_gradient_steps)
    return where(rl_phases > 1, (rl_phases - 2) * rl_gradient_steps + last, 0.0)


@quantity("step", source=GRPO)
def rl_sampled_steps(first_rl_steps, later_rl_steps, inner_updates):
    """Gradient steps on newly generated answers, over all RL phases (N)."""
    return (first_rl_steps + later_rl_steps) / inner_updates


@quantity("sample", source=GRPO + "; " + DAPO)
def rl_samples(rl_sampled_steps, rl_samples_per_step, kept_groups):
    """Answers generated over all RL phases, those of groups that are dropped among them."""
    return rl_sampled_steps * rl_samples_per_step / kept_groups


@quantity("token", source=RL_ESTIMATE)
def rl_generated_tokens(rl_samples, response_length):
    """Tokens generated over all RL phases."""
    return rl_samples * response_length


@quantity("token", source="HybridFlow, arXiv:2409.19256, section 2: a group shares its prompt")
def rl_prompt_tokens(rl_samples, group_size, prompt_length):
    """Tokens of questions read over all RL phases, once per group."""
    return rl_samples / group_size * prompt_length


# FLOP of each part
@quantity("FLOP", source=RL_ESTIMATE + "; " + FLOP_PER_TOKEN)
def rl_generation_flops(
    rl_generated_tokens,
    active_parameters,
    generation_flop_per_parameter,
    rl_forward_flops_per_token,
):
    """FLOP of generating RL's answers: a forward pass per token, or as stated per parameter."""
    stated = generation_flop_per_parameter > 0
    each = active_parameters * generation_flop_per_parameter
    return without_unknown(rl_generated_tokens, where(stated, each, rl_forward_flops_per_token))


@quantity("FLOP", source=FLOP_PER_TOKEN)
def rl_prefill_flops(rl_prompt_tokens, active_parameters):
    """FLOP of reading RL's questions."""
    return without_unknown(rl_prompt_tokens, FLOP_PER_MULTIPLY_ADD * active_parameters)


@quantity("token", source=DEFINITION)
def rl_final_cap(max_response_length, raised_response_length):
    """Cap on an RL answer at the end of a phase; 0 where none is stated."""
    return stated_or(raised_response_length, max_response_length)


@quantity(
    "token",
    source=ATTENTION_FLOP,
    assumes="A token lies in the middle of its answer on average; long answers hold more tokens.",
)
def rl_context(prompt_length, response_length, response_length_variation, rl_final_cap):
    """Tokens that a token of an RL answer looks back on, on average; long answers hold most."""
    typical = response_length * (1 + response_length_variation * response_length_variation)
    capped = rl_final_cap > 0
    typical = where(capped, smaller(typical, rl_final_cap), typical)
    return prompt_length + typical / 2


@quantity("token", source=ATTENTION_FLOP)
def rl_sequence_length(rl_context):
    """Sequence length whose tokens look back as far, on average, as those of an RL answer."""
    return 2 * rl_context


attention = at_other_inputs(
    of=("attention_flops_per_token", "attention_flops_per_token_full"),
    prefix="rl_",
    setting="In an RL answer",
    sequence_length="rl_sequence_length",
    attended_length="rl_sequence_length",
)


@quantity("FLOP/token", source=ATTENTION_FLOP + "; " + FLOP_PER_TOKEN)
def rl_forward_flops_per_token(
    flop_accounting,
    active_parameters,
    matmul_flops_per_token,
    rl_attention_flops_per_token,
    rl_attention_flops_per_token_full,
):
    """Forward FLOP per token of an RL answer, in the scenario's convention."""
    return {
        "six_nd": FLOP_PER_MULTIPLY_ADD * active_parameters,
        "causal": matmul_flops_per_token + rl_attention_flops_per_token,
        "full": matmul_flops_per_token + rl_attention_flops_per_token_full,
    }[flop_accounting]


@quantity("token", source=GRPO)
def rl_learning_tokens(rl_samples, kept_groups, prompt_length, response_length):
    """Tokens of questions and answers learnt from, a question with each of its answers."""
    return rl_samples * kept_groups * (prompt_length + response_length)


@quantity("", source=GRPO + "; " + DAPO)
def rl_forward_passes(log_probability_passes, reference_model):
    """Forward passes over the answers before the update; one less without a reference model."""
    return larger(log_probability_passes - (1 - reference_model), 0.0)


@quantity("FLOP", source=GRPO + "; HybridFlow, arXiv:2409.19256, section 2.1")
def rl_log_probability_flops(rl_forward_passes, rl_learning_tokens, rl_forward_flops_per_token):
    """FLOP of the old policy's and the reference's forward passes over questions and answers."""
    return without_unknown(rl_forward_passes * rl_learning_tokens, rl_forward_flops_per_token)


@quantity("FLOP", source=MFU + "; " + GRPO)
def rl_pass_flops(rl_learning_tokens, rl_forward_flops_per_token):
    """FLOP of one update on all questions and answers: forward, and twice as much backward."""
    passes = 1 + BACKWARD_OVER_FORWARD
    return without_unknown(passes * rl_learning_tokens, rl_forward_flops_per_token)


@quantity("FLOP", source=MFU + "; " + RL_ESTIMATE)
def rl_update_flops(
    rl_pass_flops,
    rl_generated_tokens,
    kept_groups,
    active_parameters,
    backward_flop_per_parameter,
    inner_updates,
    inner_flop_per_parameter,
):
    """FLOP of learning from RL's answers: the first update, and each further one on the same.

    An update is three forward passes over questions and answers, or as stated per answers' token
    and active parameter.
    """
    answers = rl_generated_tokens * kept_groups * active_parameters
    first = where(
        backward_flop_per_parameter > 0, answers * backward_flop_per_parameter, rl_pass_flops
    )
    further = where(inner_flop_per_parameter > 0, answers * inner_flop_per_parameter, rl_pass_flops)
    return first + without_unknown(inner_updates - 1, further)


@quantity("FLOP", source="Ouyang et al. 2022, arXiv:2203.02155, section 3.5; " + FLOP_PER_TOKEN)
def rl_reward_flops(reward, rl_samples, prompt_length, response_length, reward_parameters):
    """FLOP of a model that judges RL's answers; none where rules do."""
    if reward == "rules":
        return 0.0 * rl_samples
    tokens = rl_samples * (prompt_length + response_length)
    return FLOP_PER_MULTIPLY_ADD * reward_parameters * tokens


@quantity("parameter", source=PPO, assumes=VALUE_MODEL)
def active_value_parameters(value_parameters, active_parameters):
    """Active parameters of PPO's value model; as many as the policy's unless stated."""
    return stated_or(value_parameters, active_parameters)


@quantity(
    "FLOP",
    source=PPO + "; " + GRPO,
    assumes="A value model spends as large a share on attention as the policy.",
)
def rl_value_flops(
    rl_algorithm,
    rl_learning_tokens,
    rl_forward_flops_per_token,
    active_value_parameters,
    active_parameters,
    inner_updates,
):
    """FLOP of PPO's value model over questions and answers, read and trained; GRPO has none."""
    if rl_algorithm == "grpo":
        return 0.0 * rl_learning_tokens
    each = rl_forward_flops_per_token * ratio(active_value_parameters, active_parameters)
    passes = 1 + inner_updates * (1 + BACKWARD_OVER_FORWARD)
    return without_unknown(passes * rl_learning_tokens, each)


@quantity("FLOP", source=DEFINITION)
def rl_flops(
    rl_generation_flops,
    rl_prefill_flops,
    rl_log_probability_flops,
    rl_update_flops,
    rl_reward_flops,
    rl_value_flops,
):
    """FLOP of all RL phases."""
    sampled = rl_generation_flops + rl_prefill_flops + rl_reward_flops
    return sampled + rl_log_probability_flops + rl_update_flops + rl_value_flops


# Rate and accelerators
@quantity("FLOP/s", assumes="Post-training reaches the MFU of pre-training, unless RL's is stated.")
def post_training_flops_per_gpu(rl_utilization, rl_mfu, mfu, mfu_peak_flops):
    """Model FLOP per second and accelerator in fine-tuning and, unless measured, in RL."""
    return (rl_mfu if rl_utilization == "assumed" else mfu) * mfu_peak_flops


@quantity("GPU", source=DEFINITION)
def rl_gpus(rl_num_gpus, num_gpus):
    """Accelerators that RL holds."""
    return stated_or(rl_num_gpus, num_gpus)
