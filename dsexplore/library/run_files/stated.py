"""What a run's file states: values by name, those that were understood, and the rest."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import TypeGuard

from dsexplore.text.plain import in_escapes
from dsexplore.text.refusal import ScenarioError, shown

# Settings that say nothing of a run's cost, by the beginnings of their names.
_NO_COST = re.compile(
    r"^(lr|min_lr|adam|weight_decay|clip|init_method|data|train_data|valid|test|tokenizer|vocab_file"
    r"|merge|save|load|log|tensorboard|wandb|eval|split|seed|exit|distributed|num_workers|rotary"
    r"|rope|norm_eps|layernorm_eps|norm_epsilon|no_load|no_save|manual|timing|ckpt|checkpoint|dist_"
    r"|master|rdzv|node_rank|rank|local_rank|world|hf_|job|name|project|comment|profile|metrics"
    r"|warmup|decay|end_weight|start_weight|override|use_checkpoint|attention_softmax|mask|reset"
    r"|eod|mock|create|async|auto_detect|finetune|inference|moe_aux|moe_z|moe_router_score"
    r"|moe_router_bias|moe_router_load|moe_router_topk_scaling|moe_router_dtype|moe_router_group"
    r"|moe_router_num_groups|moe_token_disp|moe_permute|moe_grouped|moe_router_pre|git|date|time"
    r"|_target_|path|dir|host|port|ip|gradient_clip|betas|eps|loss_scale|initial_loss|fp16_lm"
    r"|hysteresis|skip|print|verbose|debug|enable_log|steps_per_print|wall_clock|zero_allow"
    r"|overlap|contiguous|reduce_bucket|allgather|stage3_|sub_group|round_robin|attention_back"
    r"|use_cpu_init|no_gradient_acc|no_masked|no_bias|apply_layernorm|transformer_impl|use_mcore"
    r"|use_flash|make_vocab|downcast_bf16|tpu_|same_network|gpu_ids|fsdp_auto_wrap|fsdp_state"
    r"|fsdp_backward|fsdp_forward|fsdp_sync|fsdp_use_orig|fsdp_cpu_ram|deepspeed_multinode|zero3_"
    r"|fp8_amax|fp8_margin|fp8_interval|fp4_recipe|description|max_norm|zero_allgather"
    r"|zero_contiguous|zero_reduce|zero_stage3_|min_loss_scale|initial_scale|results_dir|library"
    r"|max_time|accelerator|mcore_gpt|megatron_amp|searchpath|dependency|filename|use_fast"
    r"|moe_token_drop_policy|linear_conv|linear_key|linear_num|linear_value|mamba_|tiktoken"
    r"|no_position_emb|replication_factor|bias_dropout|bias_activation|persist_layer"
    r"|kill|abort_on|tee|wait|jobid|hostfile|force_multi|deepspeed|no_pipeline_par|partition|gres|cpus_per"
    r"|account|reservation|qos|output|constraint|hint|max_restarts|moe_eval|moe_min|moe_loss"
    r"|create_moe|tp_comm|defer|delay|cuda|num_dataset|no_create|no_mmap|ffn_hidden_mult|dump)",
)
# Settings of what overlaps, is captured or exchanged, which a stack's preset decides here.
_OF_STACK = re.compile(
    r"^(overlap_(grad|param|p2p|moe|comm)|tp_comm_overlap$|delay_wgrad|defer_embedding"
    r"|moe_token_dispatcher|moe_flex|moe_enable_deepep|(enable_|external_)?cuda_graph)"
)
_MOST_NAMED = 12
_LARGEST = 1e18


class Stated:
    """Values by name in snake case. What is asked for is understood; the rest can be listed."""

    def __init__(self, values: Mapping[str, object]) -> None:
        self._values = values
        self._asked: set[str] = set()
        # Names that were asked for, and whose values are not what was asked for.
        self._unread: set[str] = set()

    def has(self, *names: str) -> bool:
        """Whether any of these is given, and not null or None."""
        self._asked |= set(names)
        return any(_is_given(self._values.get(name)) for name in names)

    def value(self, *names: str) -> object:
        """What stands under the first name given; None for none."""
        self._asked |= set(names)
        given = (self._values.get(name) for name in names)
        return next((value for value in given if _is_given(value)), None)

    def whole(self, *names: str) -> int | None:
        """A whole number above 0."""
        number = self.number(*names)
        if number is not None and number == int(number) and 0 < number < 10**15:
            return int(number)
        self._not_read(*names)
        return None

    def number(self, *names: str) -> float | None:
        """A number."""
        value = self.value(*names)
        if isinstance(value, list) and value:
            value = value[0]
        if isinstance(value, str):
            try:
                value = float(value.replace("_", "").replace(",", ""))
            except ValueError:
                value = None
        if isinstance(value, bool) or not isinstance(value, int | float):
            self._not_read(*names)
            return None
        if not abs(value) < _LARGEST:
            name = self._given(*names)
            raise ScenarioError(name, shown(self._values.get(name)), "a number below 1e18")
        return float(value)

    def _given(self, *names: str) -> str:
        return next((name for name in names if _is_given(self._values.get(name))), names[0])

    def _not_read(self, *names: str) -> None:
        self._unread.add(self._given(*names))

    def flag(self, *names: str) -> bool:
        """A switch: true, or on a command line whatever does not say no."""
        value = self.value(*names)
        if isinstance(value, list):  # what follows a switch on a command line is not its own
            return True
        return value is not None and str(value).lower() not in ("false", "no", "0", "off")

    def is_on(self, name: str) -> bool:
        """Whether something that is not asked for is given, and not off or 0."""
        value = self._values.get(name)
        return _is_given(value) and str(value).lower() not in ("false", "0", "0.0", "[]")

    def word(self, *names: str) -> str:
        """A word in lower case; empty for none."""
        value = self.value(*names)
        if isinstance(value, list) and value:
            value = value[0]
        return value.lower() if isinstance(value, str) else ""

    def understood(self) -> int:
        """How many of the given names were asked for."""
        return sum(_is_given(self._values.get(name)) for name in self._asked - self._unread)

    def of_stack(self) -> list[str]:
        """Settings that are switched on and that a stack's preset decides."""
        off = ("false", "0", "none", "no", "[]")
        return sorted(
            name
            for name, value in self._values.items()
            if _OF_STACK.match(name) and _is_given(value) and str(value).lower() not in off
        )

    def rest(self) -> list[str]:
        """What was given, may matter, and nobody asked for, or not as it stands."""
        matters = (
            name
            for name, value in self._values.items()
            if name not in self._asked or name in self._unread
            if _is_given(value)
            and value is not False
            and str(value).lower() not in ("false", "0", "0.0", "none", "")
            and not _NO_COST.match(name)
        )
        return sorted(
            f"{name} of {shown(self._values[name])}" if name in self._unread else name
            for name in matters
        )


def _is_given(value: object) -> bool:
    return value is not None and str(value) not in ("None", "null", "")


def listed(names: list[str]) -> str:
    """Names for a sentence, and how many more."""
    shown = [in_escapes(name)[:60] for name in names[:_MOST_NAMED]]
    more = len(names) - len(shown)
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def flattened(tables: Mapping[str, object], depth: int = 0) -> dict[str, object]:
    """Nested tables as values by their last name; the first given of two with one name counts."""
    found: dict[str, object] = {}
    for key, value in tables.items():
        inner = {str(key): value}
        if _is_object(value):
            inner = {str(key): value["_target_"]}
        elif isinstance(value, Mapping) and depth < 8:
            inner = flattened(value, depth + 1)
        found |= {name: one for name, one in inner.items() if not _is_given(found.get(name))}
    return found


def differing(tables: Mapping[str, object], groups: Iterable[tuple[str, ...]]) -> list[str]:
    """Names to which several tables give different values, with all values, for a sentence.

    Names of a group stand for one thing.
    """
    first = {name: group[0] for group in groups for name in group}
    found: dict[str, list[object]] = {name: [] for name in first.values()}
    left: list[object] = [tables]
    while left:
        table = left.pop()
        if isinstance(table, Mapping):
            left += reversed([*table.values()])
            for key, value in table.items():
                given = found.get(first.get(key, ""))
                if given is not None and _is_given(value) and value not in given:
                    given.append(value)
    return [
        f"{name}, given as {' and '.join(map(shown, values))}"
        for name, values in found.items()
        if len(values) > 1
    ]


def _is_object(value: object) -> TypeGuard[Mapping[str, object]]:
    """Whether a table only names an object of code, as Megatron-Bridge writes types."""
    return isinstance(value, Mapping) and value.keys() == {"_call_", "_target_"}
