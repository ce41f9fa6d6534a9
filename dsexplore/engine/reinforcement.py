"""Reinforcement: RL and fine-tuning counted from the outside, by tokens, FLOP and hours."""

from dsexplore.engine.constants import (
    FLOP_PER_MULTIPLY_ADD,
    HOURS_PER_DAY,
    SECONDS_PER_DAY,
    SECONDS_PER_HOUR,
    TOKENS_PER_MILLION,
    TRAINING_FLOP_PER_PARAMETER,
)
from dsexplore.engine.graph import quantity
from dsexplore.engine.numeric import ratio, smaller, where

_ESTIMATE = "Erdil 2025, 'What went into training DeepSeek-R1?', Epoch AI, section RL"
_GRPO = "DeepSeekMath, arXiv:2402.03300, section 4.1"
_R1 = "DeepSeek-R1, Nature 645, 633 (2025), and arXiv:2501.12948v2"
_KAPLAN = "Kaplan et al. 2020, arXiv:2001.08361, section 2.1"


@quantity("sample", source=_GRPO)
def rl_samples_per_step(questions_per_step, group_size):
    """Answers that one gradient step learns from."""
    return questions_per_step * group_size


@quantity("step", source=_GRPO)
def rl_sampled_steps(rl_gradient_steps, inner_updates, rl_phases):
    """Gradient steps that learn from answers of their own, over all phases (N)."""
    return rl_phases * rl_gradient_steps / inner_updates


@quantity("sample", source=_GRPO)
def rl_samples(rl_sampled_steps, rl_samples_per_step):
    """Answers generated over all phases."""
    return rl_sampled_steps * rl_samples_per_step


@quantity("token", source=_ESTIMATE)
def rl_generated_tokens(rl_samples, response_length):
    """Tokens generated over all phases."""
    return rl_samples * response_length


@quantity("FLOP", source=_ESTIMATE)
def rl_generation_flops(rl_generated_tokens, active_parameters, generation_flop_per_parameter):
    """FLOP of generating the answers."""
    return rl_generated_tokens * active_parameters * generation_flop_per_parameter


@quantity("FLOP", source=_ESTIMATE)
def rl_update_flops(
    rl_generated_tokens,
    active_parameters,
    backward_flop_per_parameter,
    inner_updates,
    inner_flop_per_parameter,
):
    """FLOP of learning from the answers: the first update, and each further one on the same."""
    per_parameter = backward_flop_per_parameter + (inner_updates - 1) * inner_flop_per_parameter
    return rl_generated_tokens * active_parameters * per_parameter


@quantity("FLOP", source="Ouyang et al. 2022, arXiv:2203.02155, section 3.5; " + _KAPLAN)
def rl_reward_flops(reward, rl_samples, prompt_length, response_length, reward_parameters):
    """FLOP of judging the answers; none where rules do it."""
    if reward == "rules":
        return 0.0 * rl_samples
    tokens = rl_samples * (prompt_length + response_length)
    return FLOP_PER_MULTIPLY_ADD * reward_parameters * tokens


@quantity("FLOP", source="Schulman et al. 2017, arXiv:1707.06347; " + _GRPO)
def rl_value_flops(rl_algorithm, rl_generated_tokens, active_parameters, inner_updates):
    """FLOP of a value model as large as the policy, read and trained; GRPO has none."""
    if rl_algorithm == "grpo":
        return 0.0 * rl_generated_tokens
    per_parameter = FLOP_PER_MULTIPLY_ADD + inner_updates * TRAINING_FLOP_PER_PARAMETER
    return rl_generated_tokens * active_parameters * per_parameter


@quantity("FLOP", source=_ESTIMATE)
def rl_flops(rl_generation_flops, rl_update_flops, rl_reward_flops, rl_value_flops):
    """FLOP of all RL phases."""
    return rl_generation_flops + rl_update_flops + rl_reward_flops + rl_value_flops


@quantity("", source=_GRPO)
def rl_models_in_memory(rl_algorithm, reward):
    """Models that RL holds at once: policy and reference, a judge if any, PPO's value model."""
    return 2.0 + (reward == "model") + (rl_algorithm == "ppo")


@quantity("FLOP/s", source=_ESTIMATE)
def post_training_flops_per_gpu(rl_utilization, rl_mfu, mfu, mfu_peak_flops):
    """Model FLOP a second of one accelerator in fine-tuning, and in RL unless that was measured."""
    return (rl_mfu if rl_utilization == "assumed" else mfu) * mfu_peak_flops


@quantity("GPU-hour", source=_ESTIMATE)
def rl_gpu_hours(
    rl_utilization,
    rl_generated_tokens,
    rl_flops,
    post_training_flops_per_gpu,
    measured_rl_gpu_hours,
    rl_phases,
):
    """GPU-hours of all RL phases: from FLOP and MFU, or as measured."""
    if rl_utilization == "measured":
        return measured_rl_gpu_hours * rl_phases
    by_flops = ratio(rl_flops, post_training_flops_per_gpu * SECONDS_PER_HOUR)
    return where(rl_generated_tokens == 0, 0.0, by_flops)


@quantity("GPU", source=_R1)
def rl_gpus(rl_num_gpus, num_gpus):
    """Accelerators that the RL run holds."""
    return where(rl_num_gpus > 0, rl_num_gpus, num_gpus)


@quantity("day", source="GPU-hours over the GPUs that run side by side")
def rl_days(rl_gpu_hours, rl_gpus):
    """Days of RL on its cluster."""
    return rl_gpu_hours / rl_gpus / HOURS_PER_DAY


@quantity("fraction", source=_ESTIMATE)
def rl_implied_mfu(rl_flops, rl_gpu_hours, mfu_peak_flops):
    """Utilisation that RL's FLOP and GPU-hours come to, of the same peak as pre-training's."""
    return ratio(rl_flops, rl_gpu_hours * SECONDS_PER_HOUR * mfu_peak_flops)


@quantity("fraction", source=_ESTIMATE)
def rl_break_even_mfu(rl_flops, pretraining_gpu_hours, mfu_peak_flops):
    """Utilisation at which RL would take as many GPU-hours as pre-training."""
    return ratio(rl_flops, pretraining_gpu_hours * SECONDS_PER_HOUR * mfu_peak_flops)


@quantity("", source=_R1)
def rl_rollouts(rl_sampled_steps, rl_samples_per_step, samples_per_rollout):
    """Times that answers are generated together, over all phases."""
    together = where(samples_per_rollout > 0, samples_per_rollout, rl_samples_per_step)
    return rl_sampled_steps * rl_samples_per_step / together


@quantity("token", source=_R1)
def rl_longest_response(
    response_length,
    max_response_length,
    raised_response_length,
    raised_after_steps,
    rl_gradient_steps,
):
    """Tokens of a rollout's longest answer, on average over a phase: its cap, before and after."""
    first = where(max_response_length > 0, max_response_length, response_length)
    later = where(raised_response_length > 0, raised_response_length, first)
    share_before = ratio(smaller(raised_after_steps, rl_gradient_steps), rl_gradient_steps)
    known = where(rl_gradient_steps > 0, share_before, 1.0)
    share = where(raised_response_length > 0, known, 1.0)
    return share * first + (1 - share) * later


@quantity("token", source=_ESTIMATE)
def rl_serial_tokens(rl_rollouts, rl_longest_response):
    """Tokens generated one after another: no rollout ends before its longest answer does."""
    return rl_rollouts * rl_longest_response


@quantity("day", source=_ESTIMATE)
def rl_serial_days(rl_serial_tokens, decode_speed):
    """Days that they take at one request's decode speed, however many GPUs there are."""
    return rl_serial_tokens / decode_speed / SECONDS_PER_DAY


@quantity("USD", source=_ESTIMATE)
def rl_api_cost(rl_generated_tokens, output_price):
    """What the generated tokens would cost at the price of an API."""
    return rl_generated_tokens / TOKENS_PER_MILLION * output_price


@quantity("token", source=_R1)
def cold_start_processed_tokens(cold_start_samples, cold_start_sample_length, cold_start_epochs):
    """Tokens processed in fine-tuning the base model before RL."""
    return cold_start_samples * cold_start_sample_length * cold_start_epochs


@quantity("token", source=_R1)
def rejection_generated_tokens(rejection_samples, rejection_candidates, sft_sample_length):
    """Tokens generated to choose fine-tuning samples from."""
    return rejection_samples * rejection_candidates * sft_sample_length


@quantity("token", source=_R1)
def sft_tokens(sft_samples, sft_sample_length):
    """Tokens of the fine-tuning set."""
    return sft_samples * sft_sample_length


@quantity("token", source=_R1)
def sft_processed_tokens(sft_tokens, sft_epochs):
    """Tokens processed in fine-tuning: the set, once an epoch."""
    return sft_tokens * sft_epochs


@quantity("FLOP", source=_KAPLAN)
def cold_start_flops(cold_start_processed_tokens, active_parameters):
    """FLOP of fine-tuning before RL, six a token and active parameter."""
    return TRAINING_FLOP_PER_PARAMETER * active_parameters * cold_start_processed_tokens


@quantity("FLOP", source=_ESTIMATE)
def rejection_flops(rejection_generated_tokens, active_parameters, generation_flop_per_parameter):
    """FLOP of generating the answers that fine-tuning samples are chosen from."""
    return rejection_generated_tokens * active_parameters * generation_flop_per_parameter


@quantity("FLOP", source=_KAPLAN)
def sft_flops(sft_processed_tokens, active_parameters):
    """FLOP of fine-tuning, six a token and active parameter."""
    return TRAINING_FLOP_PER_PARAMETER * active_parameters * sft_processed_tokens


@quantity("GPU-hour", source=_ESTIMATE)
def sft_gpu_hours(
    cold_start_processed_tokens,
    rejection_generated_tokens,
    sft_processed_tokens,
    cold_start_flops,
    rejection_flops,
    sft_flops,
    post_training_flops_per_gpu,
):
    """GPU-hours of fine-tuning: cold start, rejection sampling and the fine-tuning itself."""
    tokens = cold_start_processed_tokens + rejection_generated_tokens + sft_processed_tokens
    flops = cold_start_flops + rejection_flops + sft_flops
    by_flops = ratio(flops, post_training_flops_per_gpu * SECONDS_PER_HOUR)
    return where(tokens == 0, 0.0, by_flops)
