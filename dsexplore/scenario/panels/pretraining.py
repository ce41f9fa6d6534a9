"""The pre-training panel: how much is trained, how well, and what else is paid for."""

from __future__ import annotations

from typing import ClassVar, Literal

from dsexplore.scenario.declare import choice, count, number
from dsexplore.scenario.field import ABOVE_ZERO
from dsexplore.scenario.panel import Panel, Tie

_ASSUMED = ("utilization", ("assumed",))
_NOT_MEASURED = ("utilization", ("assumed", "predicted"))
_MEASURED = ("utilization", ("measured",))
_ADAPTED = ("lora_rank", ABOVE_ZERO)
_IN_DOCUMENTS = ("mean_document_length", ABOVE_ZERO)


class Pretraining(Panel):
    """The pre-training run, later stages as stated, and what headlines leave out."""

    table: ClassVar[str] = "pretraining"
    title: ClassVar[str] = "Pretraining"
    short: ClassVar[str] = "Pretrain"
    goes_by: ClassVar[tuple[tuple[str, Tie, str], ...]] = (
        ("sequence_length", "at most", "max_context_length"),
    )
    always_shown: ClassVar[tuple[str, ...]] = ("utilization", "assumed_mfu")

    pretraining_tokens: float | None = number(
        "Training tokens", "token", "Tokens the model is pre-trained on.", section="Run",
        default=1e12, le=1e18, role="extent", assumed="a round number, until others are stated",
    )  # fmt: skip
    sequence_length: int = count(
        "Sequence length",
        "token",
        "Tokens in one training sequence.",
        default=4096,
        gt=0,
        le=10**9,
        nudge="power of two",
        role="premise",
    )
    global_batch_size: int = count(
        "Global batch",
        "sequence",
        "Sequences in one optimiser step.",
        default=1024,
        gt=0,
        le=10**9,
        nudge="power of two",
        role="premise",
    )
    precision: Literal["bf16", "fp8", "fp4", "int8"] = choice(
        "Training precision",
        "Precision of the large matrix products.",
        default="bf16",
        role="premise",
    )
    fp8_recipe: Literal["auto", "per_tensor", "rowwise", "block_128", "mxfp8", "nvfp4"] = choice(
        "Scaling recipe",
        "What shares a scale in low precision: a tensor, a row, 128 values and blocks of 128 x 128 "
        "weights, 32 values (mxfp8), 16 (nvfp4, of FP4 alone). auto: mxfp8 where the accelerator "
        "has FP4 and so scales blocks in hardware, else per_tensor; FP4 is nvfp4.",
        default="auto",
        applies=("precision", ("fp8", "fp4")),
        role="premise",
    )
    mean_document_length: float = number(
        "Document length",
        "token",
        "Mean length of the documents packed into a sequence, whose tokens attend to their own "
        "document alone; 0: to the whole sequence before them.",
        section="Documents and trained parameters",
        default=0.0,
        le=1e9,
        role="premise",
    )
    document_length_variation: float = number(
        "Document variation",
        "",
        "Standard deviation of document lengths, over their mean; 0: all are as long.",
        default=0.0,
        le=100,
        applies=_IN_DOCUMENTS,
        role="premise",
    )
    lora_rank: int = count(
        "LoRA rank",
        "",
        "Rank of the adapters that are trained in place of the model; 0: none, the model is.",
        default=0,
        le=100_000,
        nudge="power of two",
        role="premise",
    )
    lora_targets: Literal["query_value", "attention", "fused_attention", "all"] = choice(
        "LoRA targets",
        "Matrices with an adapter: queries and values; attention's; attention's with queries, keys "
        "and values as one; attention's and every feed-forward block's.",
        default="attention",
        applies=_ADAPTED,
        role="premise",
    )
    frozen_share: float = number(
        "Frozen share",
        "fraction",
        "Share of the parameters that are not trained, spread evenly over the model.",
        default=0.0,
        le=1,
        applies=("lora_rank", (0,)),
        role="premise",
    )
    utilization: Literal["assumed", "measured", "predicted"] = choice(
        "How MFU is known",
        "assumed: hours follow from an assumed MFU; measured: MFU follows from measured hours; "
        "predicted: both follow from the predicted step.",
        section="Utilisation",
        default="assumed",
    )
    assumed_mfu: float = number(
        "Assumed MFU",
        "fraction",
        "Model FLOP as a share of the chosen peak, when MFU is assumed.",
        default=0.4,
        ge=1e-6,
        le=1,
        applies=_ASSUMED,
        assumed="a good run's, until another is stated",
    )
    goodput: float = number(
        "Goodput",
        "fraction",
        "Share of the hours in which training progresses, without failures and restarts.",
        default=1.0,
        ge=1e-6,
        le=1,
        applies=_NOT_MEASURED,
    )
    gpu_hours_per_trillion_tokens: float = number(
        "GPU-hours per T tokens",
        "GPU-hour/Ttoken",
        "Measured GPU-hours per trillion tokens.",
        default=0.0,
        le=1e12,
        applies=_MEASURED,
        role="rate of hours",
    )
    stated_pretraining_gpu_hours: float = number(
        "Stated GPU-hours",
        "GPU-hour",
        "Measured GPU-hours of the whole run, where no rate is known; 0: from the rate.",
        default=0.0,
        le=1e15,
        applies=_MEASURED,
        role="hours",
    )
    measured_basis: Literal["mfu", "prediction", "hours"] = choice(
        "What is held",
        "Held of a measured run under another model, accelerator, layout, batch or context. mfu: "
        "its MFU; prediction: its hours over its predicted step; hours: its hours.",
        default="mfu",
    )
    flop_accounting: Literal["six_nd", "causal", "full"] = choice(
        "FLOP counting",
        "six_nd: 6 x active parameters; causal: matrices and the causal half of attention; "
        "full: matrices and the whole square of attention.",
        section="Counting",
        default="causal",
    )
    mfu_peak: Literal["bf16", "fp8", "fp8_less_communication"] = choice(
        "MFU peak",
        "Peak for MFU; fp8_less_communication leaves out the SMs lent to communication.",
        default="bf16",
    )
    context_extension_gpu_hours: float = number(
        "Context extension",
        "GPU-hour",
        "GPU-hours spent on extending the context after pre-training.",
        section="Later stages",
        default=0.0,
        le=1e15,
        role="later hours",
    )
    post_training_gpu_hours: float = number(
        "Post-training",
        "GPU-hour",
        "Stated GPU-hours of post-training; 0: computed from the RL panel.",
        default=0.0,
        le=1e15,
        role="later hours",
    )
    experiments_multiplier: float | None = number(
        "Experiments",
        "",
        "GPU-hours of experiments and failed runs, as a multiple of the final run's.",
        section="What headlines leave out",
        default=None,
        le=1_000,
    )
    staff: int | None = count(
        "Staff", "person", "People working on the model.", default=None, le=10**6
    )
    staff_cost_per_year: float | None = number(
        "Cost per person-year",
        "USD/year",
        "Cost of one person for a year, everything included.",
        default=None,
        le=1e9,
    )
    staff_years: float | None = number(
        "Staff years", "year", "Years the staff works on the model.", default=None, le=100
    )
