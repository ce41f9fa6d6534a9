"""The parallelism panel: how the model and the batch are laid out over the accelerators."""

from __future__ import annotations

from typing import ClassVar, Literal

from dsexplore.scenario.declare import choice, count, name, number, stages, switch
from dsexplore.scenario.field import Role
from dsexplore.scenario.panel import Panel
from dsexplore.scenario.schedules import IN_PIECES, ScheduleName

_EXPERTS = 10**6


class Parallelism(Panel):
    """Degrees, schedule, memory saving and precisions. Data parallel follows from the rest."""

    table: ClassVar[str] = "parallelism"
    title: ClassVar[str] = "Parallelism"
    short: ClassVar[str] = "Parallel"
    as_one: ClassVar[str] = "Layout"
    role: ClassVar[Role] = "premise"

    tensor_parallel: int = count(
        "Tensor parallel",
        "GPU",
        "Accelerators sharing each layer's matrices.",
        section="Degrees",
        default=1,
        gt=0,
        le=100_000,
        nudge="power of two",
    )
    pipeline_parallel: int = count(
        "Pipeline parallel",
        "stage",
        "Stages the layers are cut into.",
        default=1,
        gt=0,
        le=10_000,
        nudge="power of two",
    )
    stage_layers: str = stages(
        "Layers per stage",
        "balanced, or the layers of each stage: 7, 8*14, 7 is one of 7, 14 of 8, one of 7. A list "
        "that does not fit stages and layers is set aside.",
    )
    context_parallel: int = count(
        "Context parallel",
        "GPU",
        "Accelerators sharing each sequence.",
        default=1,
        gt=0,
        le=100_000,
        nudge="power of two",
    )
    expert_parallel: int = count(
        "Expert parallel",
        "GPU",
        "Accelerators sharing the routed experts of a layer.",
        default=1,
        gt=0,
        le=_EXPERTS,
        nudge="power of two",
    )
    node_limit: int = count(
        "Node limit",
        "node",
        "Most nodes a token's experts may lie on; 0: no limit.",
        default=0,
        le=_EXPERTS,
    )
    expert_imbalance: float = number(
        "Expert imbalance",
        "",
        "Tokens at the busiest expert over the mean expert's.",
        default=1.0,
        ge=1,
        le=1_000,
    )
    pipeline_schedule: ScheduleName = choice(
        "Pipeline schedule",
        "Order of forward and backward passes in the pipeline.",
        section="Schedule",
        default="1f1b",
    )
    virtual_stages: int = count(
        "Virtual stages",
        "stage",
        "Pieces of the model per stage, for the interleaved schedule.",
        default=1,
        gt=0,
        le=10_000,
        applies=("pipeline_schedule", IN_PIECES),
    )
    micro_batch_size: int = count(
        "Micro-batch",
        "sequence",
        "Sequences in one micro-batch.",
        default=1,
        gt=0,
        le=10**6,
        nudge="power of two",
    )
    communication_overlap: float = number(
        "Communication overlap",
        "fraction",
        "Share of data-parallel and pipeline traffic hidden behind compute.",
        default=0.5,
        le=1,
    )
    sequence_parallel: bool = switch(
        "Sequence parallel",
        "Whether the tensor-parallel group also splits the activations between its matrices.",
        section="Memory",
    )
    zero_stage: int = count(
        "ZeRO stage",
        "",
        "Sharded over data parallel. 0: nothing; 1: optimiser; 2: also gradients; 3: also weights.",
        default=1,
        le=3,
    )
    recompute: Literal["none", "selective", "full"] = choice(
        "Recomputation",
        "Recomputed in the backward pass: nothing, the core of attention, or whole layers.",
        default="none",
    )
    recompute_norms: bool = switch(
        "Recompute norms", "Whether norms are recomputed rather than stored."
    )
    recompute_up_projections: bool = switch(
        "Recompute latents",
        "Whether MLA's queries, keys and values are recomputed from their latents.",
    )
    recompute_ffn_activation: bool = switch(
        "Recompute SwiGLU",
        "Whether the feed-forward activation (SwiGLU, GELU) is recomputed rather than stored.",
    )
    attention_kernel: Literal["auto", "flash", "plain"] = choice(
        "Attention kernel",
        "flash: fused, scores are never stored; plain: scores are stored; "
        "auto: flash, as in every training framework since FlashAttention (2022); runs before it "
        "state plain.",
        default="auto",
    )
    dropout: Literal["auto", "yes", "no"] = choice(
        "Dropout",
        "Whether dropout masks are stored. auto: no, as large models are pre-trained without it "
        "since PaLM (2022); GPT-3 and the runs of Megatron-LM state yes.",
        default="auto",
    )
    loss: Literal["whole", "fused", "chunked"] = choice(
        "Loss",
        "Logits as the loss keeps them. fused: 4 bytes each, overwritten in place, as Megatron-LM "
        "of large runs does; whole: 14, as PyTorch's cross-entropy in FP32; chunked: whole, of a "
        "part of the tokens.",
        default="fused",
    )
    loss_chunks: int = count(
        "Loss chunks",
        "",
        "Parts of the tokens whose loss is computed one after another; 8 in torchtune.",
        default=8,
        gt=0,
        le=100_000,
        nudge="power of two",
        applies=("loss", ("chunked",)),
    )
    activation_precision: Literal["bf16", "fp8"] = choice(
        "Kept activations",
        "Precision of the matrix products' inputs kept for the backward pass.",
        default="bf16",
    )
    keep_expert_outputs: bool = switch(
        "Keep expert outputs",
        "Whether experts' outputs are stored; needless if inputs carry the router's weights.",
    )
    memory_reserve: float = number(
        "Memory reserve",
        "byte",
        "Memory kept for the runtime, communication buffers and fragmentation.",
        default=4e9,
        le=1e15,
        role="convention",
    )
    optimizer_bytes: float = number(
        "Optimiser state",
        "byte/parameter",
        "Optimiser bytes per parameter: 12 for Adam in FP32 with master weights, 8 with BF16 "
        "moments.",
        default=12.0,
        le=64,
    )
    dispatch_precision: Literal["fp8", "bf16"] = choice(
        "Dispatch precision",
        "Precision of tokens on their way to experts.",
        section="Precision on the wire",
        default="bf16",
    )
    combine_precision: Literal["fp8", "bf16"] = choice(
        "Combine precision", "Precision of experts' outputs on their way back.", default="bf16"
    )
    gradient_precision: Literal["bf16", "fp32"] = choice(
        "Gradient precision", "Precision in which gradients are summed and reduced.", default="fp32"
    )
    software_stack: str = name(
        "Software stack",
        "Named set of kernel, fusion and overlap factors used to predict a step.",
        section="Software",
        default="neutral",
        picks="stacks",
    )
    kernel_factor: float = number(
        "Kernel speed",
        "",
        "Speed of the stack's kernels relative to the accelerator's efficiencies.",
        default=1.0,
        ge=0.01,
        le=4,
    )
    memory_factor: float = number(
        "Memory traffic",
        "",
        "Bytes moved by memory-bound work relative to the neutral stack; fusion lowers it.",
        default=1.0,
        ge=0.01,
        le=10,
    )
    exposed_operand_share: float = number(
        "Exposed operands",
        "fraction",
        "Share of a matrix product's memory traffic that its arithmetic does not hide.",
        default=0.5,
        le=1,
    )
    score_passes: float = number(
        "Score traffic",
        "",
        "Times unfused attention moves each score through memory, forward, with dropout, which is "
        "2.5 of them; a BF16 value is 1.",
        default=6.5,
        le=100,
    )
    hidden_passes: float = number(
        "Norm and sum traffic",
        "",
        "Times a layer's norms and residual sums move each hidden value through memory, forward.",
        default=10.0,
        le=100,
    )
    expert_copy_passes: float = number(
        "Expert copy traffic",
        "",
        "Times each copy of a token for an expert moves through memory, forward.",
        default=4.0,
        le=100,
    )
    logit_passes: float = number(
        "Logit traffic",
        "",
        "Times the loss moves each logit through memory, forward; a BF16 value is 1.",
        default=5.0,
        le=100,
    )
    backward_traffic: float = number(
        "Backward traffic",
        "",
        "Bytes memory-bound work moves backward relative to forward.",
        default=2.0,
        le=10,
    )
    step_overhead: float = number(
        "Fixed time per step",
        "second",
        "Time per step beyond every formula: data loading, logging, launches.",
        default=0.1,
        le=1e4,
    )
    straggler_slowdown: float = number(
        "Slowdown per doubling",
        "fraction",
        "Share each doubling of the nodes adds to a step: stragglers and jitter.",
        default=0.009,
        le=1,
    )
