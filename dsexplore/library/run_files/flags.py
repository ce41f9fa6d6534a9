"""Megatron-LM's flags of a scenario's layout, the way back."""

from __future__ import annotations

from collections.abc import Iterator

from dsexplore.library.run_files.megatron import CONTEXT_KINDS, MODULES, NUMBERS, RECIPES
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError

# Said though they are 1: each has another default.
_SAID = (
    *("micro_batch_size", "global_batch_size", "sequence_length"),
    *("tensor_parallel", "expert_tensor_parallel"),
)
# Two moments of BF16 beside a master weight of FP32.
_BYTES_OF_BF16_MOMENTS = 8
_SCHEDULES = ("1f1b", "interleaved")


def megatron_flags(scenario: Scenario) -> list[str]:
    """The flags, a line each. Raises ScenarioError for what Megatron-LM has no flag for."""
    return [*_layout(scenario), *_memory(scenario), *_precision(scenario)]


def _layout(scenario: Scenario) -> Iterator[str]:
    for field, names in NUMBERS.items():
        value = scenario.value(field)
        if value and (value != 1 or field in _SAID):
            yield f"--{names[0].replace('_', '-')} {value:.0f}"
    schedule = scenario.value("pipeline_schedule")
    if schedule not in _SCHEDULES:
        raise ScenarioError("pipeline_schedule", str(schedule), " or ".join(_SCHEDULES))
    if schedule == "interleaved":
        pieces = scenario.value("virtual_stages")
        yield f"--num-virtual-stages-per-pipeline-rank {pieces:.0f}"
    kind = scenario.value("context_parallel_kind")
    if (scenario.value("context_parallel") or 1) != 1:
        back = {ours: theirs for theirs, ours in CONTEXT_KINDS.items()}
        yield f"--cp-comm-type {back[str(kind)]}"
    if scenario.value("sequence_parallel"):
        yield "--sequence-parallel"


def _memory(scenario: Scenario) -> Iterator[str]:
    stage = scenario.value("zero_stage")
    if stage == 1:
        yield "--use-distributed-optimizer"
    elif stage:
        kind = {2: "optim_grads", 3: "optim_grads_params"}[int(str(stage).partition(".")[0])]
        yield "--use-megatron-fsdp"
        yield f"--data-parallel-sharding-strategy {kind}"
    recompute = scenario.value("recompute")
    modules = [word for word, field in MODULES.items() if scenario.value(field)]
    if recompute == "full":
        layers = scenario.value("recompute_layers")
        yield "--recompute-granularity full"
        yield f"--recompute-method {'block' if layers else 'uniform'}"
        yield f"--recompute-num-layers {layers or 1:.0f}"
    elif recompute == "selective" or modules:
        words = [*(["core_attn"] if recompute == "selective" else []), *modules]
        yield "--recompute-granularity selective"
        yield f"--recompute-modules {' '.join(words)}"
    capacity = scenario.value("capacity_factor")
    if capacity:
        yield f"--moe-expert-capacity-factor {capacity:g}"
    offload = scenario.value("optimizer_offload")
    if offload:
        yield "--optimizer-cpu-offload"
        yield f"--optimizer-offload-fraction {offload:g}"


def _precision(scenario: Scenario) -> Iterator[str]:
    yield "--bf16"
    if scenario.value("precision") == "fp8":
        back = {ours: theirs for theirs, ours in RECIPES.items()}
        recipe = back.get(str(scenario.value("fp8_recipe")), "blockwise")
        yield "--fp8-format e4m3"
        yield f"--fp8-recipe {recipe}"
    if scenario.value("gradient_precision") == "bf16":
        yield "--grad-reduce-in-bf16"
    else:
        yield "--accumulate-allreduce-grads-in-fp32"
    is_adam = scenario.value("optimizer") not in ("sgd", "muon")
    if is_adam and scenario.value("optimizer_bytes") == _BYTES_OF_BF16_MOMENTS:
        yield "--use-precision-aware-optimizer"
        yield "--exp-avg-dtype bf16"
        yield "--exp-avg-sq-dtype bf16"
    if not is_adam:
        yield f"--optimizer {scenario.value('optimizer')}"
