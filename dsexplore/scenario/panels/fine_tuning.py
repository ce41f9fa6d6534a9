"""Fine-tuning: the part of the reinforcement panel about fine-tuning and distillation."""

from __future__ import annotations

from dsexplore.scenario.declare import number
from dsexplore.scenario.panel import Part


class FineTuning(Part):
    """Samples, epochs and measured hours of fine-tuning, and of distilled models."""

    cold_start_samples: float | None = number(
        "Cold-start samples",
        "sample",
        "Samples for fine-tuning the base model before RL; 0: none.",
        section="Fine-tuning",
        default=0.0,
        le=1e12,
    )
    cold_start_sample_length: float = number(
        "Cold-start length",
        "token",
        "Mean tokens of a cold-start sample.",
        default=8000.0,
        ge=1,
        le=1e9,
    )
    cold_start_epochs: float = number(
        "Cold-start epochs", "", "Passes over the cold-start samples.", default=2.0, le=1_000
    )
    rejection_samples: float | None = number(
        "Rejection samples",
        "sample",
        "Fine-tuning samples kept by rejection sampling; 0: none.",
        default=0.0,
        le=1e12,
        role="SFT size",
    )
    rejection_candidates: float = number(
        "Rejection candidates",
        "sample",
        "Answers generated per sample kept by rejection sampling.",
        default=1.0,
        ge=1,
        le=1e6,
        role="SFT size",
    )
    measured_rejection_gpu_hours: float = number(
        "Rejection GPU-hours",
        "GPU-hour",
        "Measured GPU-hours of rejection sampling; 0: from its FLOP.",
        default=0.0,
        le=1e15,
        role="SFT hours",
    )
    sft_samples: float | None = number(
        "SFT samples",
        "sample",
        "Samples of supervised fine-tuning (SFT); 0: none.",
        default=0.0,
        le=1e12,
        role="SFT size",
    )
    sft_sample_length: float = number(
        "SFT sample length",
        "token",
        "Mean tokens of a supervised fine-tuning sample.",
        default=8000.0,
        ge=1,
        le=1e9,
        role="SFT size",
    )
    sft_epochs: float = number(
        "SFT epochs",
        "",
        "Passes over the supervised fine-tuning samples.",
        default=2.0,
        le=1_000,
        role="SFT size",
    )
    measured_sft_gpu_hours: float = number(
        "SFT GPU-hours",
        "GPU-hour",
        "Measured GPU-hours of supervised fine-tuning; 0: from its FLOP.",
        default=0.0,
        le=1e15,
        role="SFT hours",
    )
    distilled_parameters: float = number(
        "Distilled parameters",
        "parameter",
        "Total parameters of the small models fine-tuned on the same SFT samples; 0: none.",
        section="Distillation",
        default=0.0,
        le=1e18,
    )
    distillation_epochs: float = number(
        "Distillation epochs",
        "",
        "Passes of each small model over the SFT samples.",
        default=2.0,
        le=1_000,
    )
