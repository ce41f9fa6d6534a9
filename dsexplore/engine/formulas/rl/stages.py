"""Post-training: the stages around RL, from cold start to distilled models, and their hours."""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import POST_TRAINING_MFU
from dsexplore.engine.constants import SECONDS_PER_HOUR, TRAINING_FLOP_PER_PARAMETER
from dsexplore.engine.elementwise import ratio, where
from dsexplore.engine.idioms import if_any
from dsexplore.engine.measured_run import at_sft_sizes_of_run, carried_over
from dsexplore.engine.papers import DEFINITION, FLOP_PER_TOKEN, R1
from dsexplore.engine.quantity import quantity

# Tokens


@quantity("token", source=DEFINITION)
def cold_start_processed_tokens(cold_start_samples, cold_start_sample_length, cold_start_epochs):
    """Tokens processed in fine-tuning the base model before RL."""
    return cold_start_samples * cold_start_sample_length * cold_start_epochs


@quantity("sample", source=DEFINITION)
def rejection_generated_samples(rejection_samples, rejection_candidates):
    """Answers generated for rejection sampling to choose from."""
    return rejection_samples * rejection_candidates


@quantity("token", source=DEFINITION)
def rejection_generated_tokens(rejection_generated_samples, sft_sample_length):
    """Tokens generated for rejection sampling to choose from."""
    return rejection_generated_samples * sft_sample_length


@quantity("token", source=DEFINITION)
def sft_tokens(sft_samples, sft_sample_length):
    """Tokens of the fine-tuning set."""
    return sft_samples * sft_sample_length


@quantity("token", source=DEFINITION)
def sft_processed_tokens(sft_tokens, sft_epochs):
    """Tokens processed in fine-tuning: the set, once per epoch."""
    return sft_tokens * sft_epochs


# FLOP


cold_start_flops = once_more(
    "sft_flops",
    "FLOP of fine-tuning before RL, six per token and active parameter.",
    sft_processed_tokens="cold_start_processed_tokens",
)


rejection_flops = once_more(
    "rl_generation_flops",
    "FLOP of generating the answers that rejection sampling chooses from.",
    rl_generated_tokens="rejection_generated_tokens",
)


@quantity("FLOP", source=FLOP_PER_TOKEN)
def sft_flops(sft_processed_tokens, active_parameters):
    """FLOP of fine-tuning, six per token and active parameter."""
    return TRAINING_FLOP_PER_PARAMETER * active_parameters * sft_processed_tokens


@quantity("FLOP", source=FLOP_PER_TOKEN + "; " + R1)
def distillation_flops(sft_tokens, distillation_epochs, distilled_parameters):
    """FLOP of fine-tuning all distilled models on the same samples, generated once."""
    return TRAINING_FLOP_PER_PARAMETER * distilled_parameters * sft_tokens * distillation_epochs


# Measured hours, by the samples on which they were measured
measured_sft_processed_tokens = at_sft_sizes_of_run(
    "sft_processed_tokens", "Tokens processed in the fine-tuning whose hours were measured."
)
measured_rejection_generated_tokens = at_sft_sizes_of_run(
    "rejection_generated_tokens",
    "Tokens generated in the rejection sampling whose hours were measured.",
)


@quantity("", assumes="Measured hours of fine-tuning go with its tokens, unless held as hours.")
def measured_sft_factor(measured_basis, sft_processed_tokens, measured_sft_processed_tokens):
    """GPU-hours of fine-tuning as a multiple of the measured ones; 1 for the same samples.

    1 as well where hours were measured of samples that are not stated.
    """
    if measured_basis == "hours":
        return 1.0
    is_stated = measured_sft_processed_tokens > 0
    return where(is_stated, ratio(sft_processed_tokens, measured_sft_processed_tokens), 1.0)


measured_rejection_factor = once_more(
    "measured_sft_factor",
    "GPU-hours of rejection sampling as a multiple of the measured ones; 1 for the same samples.",
    sft_processed_tokens="rejection_generated_tokens",
    measured_sft_processed_tokens="measured_rejection_generated_tokens",
)


# GPU-hours


@quantity("GPU-hour", assumes=POST_TRAINING_MFU)
def cold_start_gpu_hours(
    cold_start_processed_tokens, cold_start_flops, post_training_flops_per_gpu
):
    """GPU-hours of fine-tuning before RL."""
    by_flops = ratio(cold_start_flops, post_training_flops_per_gpu * SECONDS_PER_HOUR)
    return if_any(cold_start_processed_tokens, by_flops)


@quantity("GPU-hour", assumes=POST_TRAINING_MFU)
def rejection_gpu_hours(
    measured_run,
    measured_rejection_gpu_hours,
    measured_hours_factor,
    measured_rejection_factor,
    rejection_generated_tokens,
    rejection_flops,
    post_training_flops_per_gpu,
):
    """GPU-hours of rejection sampling: as measured, or from its FLOP.

    Measured ones change as the measured run's do, and with the samples.
    """
    by_flops = ratio(rejection_flops, post_training_flops_per_gpu * SECONDS_PER_HOUR)
    counted = if_any(rejection_generated_tokens, by_flops)
    measured = carried_over(
        measured_run,
        "measured_rejection_gpu_hours",
        measured_rejection_gpu_hours,
        measured_hours_factor,
    )
    measured = measured * measured_rejection_factor
    return where(measured_rejection_gpu_hours > 0, measured, counted)


@quantity("GPU-hour", assumes=POST_TRAINING_MFU)
def fine_tuning_gpu_hours(
    measured_run,
    measured_sft_gpu_hours,
    measured_hours_factor,
    measured_sft_factor,
    sft_processed_tokens,
    sft_flops,
    post_training_flops_per_gpu,
):
    """GPU-hours of supervised fine-tuning: as measured, or from its FLOP.

    Measured ones change as the measured run's do, and with the samples.
    """
    by_flops = ratio(sft_flops, post_training_flops_per_gpu * SECONDS_PER_HOUR)
    counted = if_any(sft_processed_tokens, by_flops)
    measured = carried_over(
        measured_run, "measured_sft_gpu_hours", measured_sft_gpu_hours, measured_hours_factor
    )
    measured = measured * measured_sft_factor
    return where(measured_sft_gpu_hours > 0, measured, counted)


@quantity("GPU-hour", source=DEFINITION)
def sft_gpu_hours(cold_start_gpu_hours, rejection_gpu_hours, fine_tuning_gpu_hours):
    """GPU-hours of fine-tuning: cold start, rejection sampling and the fine-tuning itself."""
    return cold_start_gpu_hours + rejection_gpu_hours + fine_tuning_gpu_hours


@quantity("fraction", assumes="Unless measured, phases of RL share its hours as their steps.")
def later_rl_share(
    rl_utilization, rl_gpu_hours, measured_later_rl_gpu_hours, first_rl_steps, later_rl_steps
):
    """Share of RL's GPU-hours in its later phases: as measured, or by their steps."""
    if rl_utilization == "measured":
        measured = ratio(measured_later_rl_gpu_hours, rl_gpu_hours)
        return if_any(measured_later_rl_gpu_hours, measured)
    by_steps = ratio(later_rl_steps, first_rl_steps + later_rl_steps)
    return if_any(later_rl_steps, by_steps)


@quantity("GPU-hour", source=DEFINITION)
def first_rl_gpu_hours(rl_gpu_hours, later_rl_share):
    """GPU-hours of the first RL phase."""
    return rl_gpu_hours * (1 - later_rl_share)


@quantity("GPU-hour", source=DEFINITION)
def later_rl_gpu_hours(rl_gpu_hours, later_rl_share):
    """GPU-hours of the later RL phases."""
    return rl_gpu_hours * later_rl_share


@quantity("GPU-hour", assumes=POST_TRAINING_MFU)
def distillation_gpu_hours(distillation_flops, post_training_flops_per_gpu):
    """GPU-hours of fine-tuning the distilled models, which no total counts."""
    by_flops = ratio(distillation_flops, post_training_flops_per_gpu * SECONDS_PER_HOUR)
    return if_any(distillation_flops, by_flops)
