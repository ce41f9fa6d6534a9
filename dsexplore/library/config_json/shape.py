"""A decoder's shape as a row of a table: where its keys differ from Llama's, and its parts."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.shared_keys import (
    Fields,
    context,
    expert_layers,
    head_dim,
    kv_heads,
    window_fields,
)
from dsexplore.scenario.layer_pattern import UNIFORM, pattern_of

_ATTENDING = ("full", "window", "chunk", "hybrid")

# Fields, and the attribute of a shape or of its experts that holds their key.
_KEYS = {
    "num_layers": "layers",
    "hidden_size": "hidden",
    "num_attention_heads": "heads",
    "num_kv_heads": "kv_heads",
    "head_dim": "head_dim",
    "max_context_length": "context",
    "intermediate_size": "width",
    "qkv_bias": "qkv_bias",
    "output_bias": "output_bias",
    "ffn_bias": "ffn_bias",
    "mtp_layers": "mtp",
}
_EXPERT_KEYS = {
    "num_routed_experts": "number",
    "experts_per_token": "chosen",
    "moe_intermediate_size": "width",
    "num_shared_experts": "shared",
    "shared_expert_intermediate_size": "shared_width",
    "router_bias": "bias",
}

# True or false of every model of a type, or the key that decides.
Flag = bool | str

# Whether each layer has something, by a configuration and the number of layers.
ByLayer = Callable[[Config, int], Sequence[bool]]

# The kind of each layer, in the words of a layer pattern.
Kinds = Callable[[Config, int], Sequence[str]]

# Parts that only some types have, of a configuration and the fields so far.
Parts = Callable[[Config, Fields], Fields]


def every_layer(config: Config, layers: int) -> Sequence[bool]:
    """All layers."""
    return [True] * layers


def after_first(key: str, every: str = "") -> ByLayer:
    """The layers after the first so many, or one in so many of those."""

    def has(config: Config, layers: int) -> Sequence[bool]:
        first = config.count(key, least=0, null=0)
        step = config.count(every) if every and config.has(every) else 1
        return [layer >= first and layer % step == 0 for layer in range(layers)]

    return has


def after(first: int) -> ByLayer:
    """The layers after the first so many."""
    return lambda config, layers: [layer >= first for layer in range(layers)]


def all_but_one_in(number: int | str, *, offset: int = 1) -> ByLayer:
    """All layers but one in so many: the last of each group, or the first with offset 0."""

    def has(config: Config, layers: int) -> Sequence[bool]:
        every = config.count(number) if isinstance(number, str) else number
        return [(layer + offset) % every != 0 for layer in range(layers)]

    return has


@dataclass(frozen=True, kw_only=True)
class Experts:
    """Routed experts, those every token passes, and the layers that have them."""

    number: str = "num_experts"
    chosen: str = "num_experts_per_tok"
    width: str = "moe_intermediate_size"
    # How many shared experts, or the key of it; their width if it is not that of a routed one.
    shared: int | str = 0
    shared_width: str = ""
    shared_gate: bool = False
    # A bias per expert, whether learned or for balance.
    bias: Flag = False
    layers: ByLayer = every_layer

    def fields(self, config: Config, layers: int) -> Fields:
        """The fields of the experts; none where there are no experts."""
        if self.layers is every_layer:
            routed = config.count(self.number)
        else:
            routed = config.count(self.number, least=0, null=0)
        if not routed:
            return {}
        chosen = config.count(self.chosen)
        if chosen > routed:
            raise config.refusal(self.chosen, f"at most {routed}, the value of {self.number}")
        has = expert_layers(config, layers, self.layers)
        if not any(has):
            return {}
        width = config.count(self.width)
        return {
            "num_routed_experts": routed,
            "experts_per_token": chosen,
            "moe_intermediate_size": width,
            "num_dense_layers": layers - sum(has),
            "router_bias": is_true(config, self.bias),
            **self._shared(config),
        }

    def _shared(self, config: Config) -> Fields:
        width = 0
        number = self.shared
        if self.shared_width:
            width = config.count(self.shared_width, least=0, null=0)
            number = number or int(width > 0)
        if isinstance(number, str):
            number = config.count(number, least=0, null=0)
        if not number:
            return {}
        return {
            "num_shared_experts": number,
            "shared_expert_intermediate_size": width,
            "shared_expert_gate": self.shared_gate,
        }


@dataclass(frozen=True, kw_only=True)
class Window:
    """A window of attention, and the layers with it where no list of layers is given."""

    key: str = "sliding_window"
    layers: ByLayer = every_layer
    # The window counts only where this key is true.
    only_if: str = ""

    def fields(self, config: Config, layers: int) -> Fields:
        """The fields of the window; none where no layer has one."""
        if self.only_if and not config.flag(self.only_if):
            return {"attention_window": 0, "windowed_layers": 0}
        return window_fields(config, self.key, layers, lambda: self.layers(config, layers))


@dataclass(frozen=True, kw_only=True)
class Shape:
    """A type's keys and parts. Left out, they are as in Llama without biases."""

    layers: str = "num_hidden_layers"
    hidden: str = "hidden_size"
    # Empty for a model without attention; `width` is for one without feed-forward blocks.
    heads: str = "num_attention_heads"
    kv_heads: str = "num_key_value_heads"
    head_dim: str = "head_dim"
    context: str = "max_position_embeddings"
    width: str = "intermediate_size"
    # A plain feed-forward block is this many times as wide as the model where no width is given.
    times_hidden: int = 0
    ffn_matrices: int = 3
    qkv_bias: Flag = False
    output_bias: Flag = False
    ffn_bias: Flag = False
    norms: int = 2
    norm_bias: Flag = False
    final_norm: bool = True
    embedding_norm: bool = False
    query_key_norm: str = "none"
    query_key_norm_if: Flag = True
    # Rows of learned positions beyond the longest context; None: no learned positions.
    position_rows: int | None = None
    head_bias: Flag = False
    sinks: bool = False
    # A gate of attention: of each head, or of each of its values; by a configuration.
    gate: Callable[[Config], str] | None = None
    # Whether the gate has a bias where queries, keys and values have one.
    gate_has_bias: bool = False
    window: Window | None = None
    experts: Experts | None = None
    # Kinds of layer where they differ by more than a window, and the states of some.
    kinds: Kinds | None = None
    states: Parts | None = None
    mtp: str = ""
    # What a type's code has where a file and its class say nothing.
    defaults: dict[str, object] = field(default_factory=dict)
    # Whether heads may leave a rest of the hidden size over.
    uneven_heads: bool = False
    # Keys with the only values that these counts cover.
    only: dict[str, tuple[object, ...]] = field(default_factory=dict)
    parts: tuple[Parts, ...] = ()

    def keys_read(self) -> Iterator[tuple[str, str]]:
        """Fields, each with the key it is read by."""
        read: dict[str, object] = {name: getattr(self, key) for name, key in _KEYS.items()}
        if self.experts:
            read |= {name: getattr(self.experts, key) for name, key in _EXPERT_KEYS.items()}
        if self.window:
            read["attention_window"] = self.window.key
        for name, key in read.items():
            if isinstance(key, str) and key:
                yield name, key.removeprefix("-")

    def __call__(self, config: Config) -> Fields:
        """The fields of a configuration of the type. Raises ScenarioError."""
        config = config.with_defaults(**self.defaults)
        for key, allowed in self.only.items():
            config.refuse_unless(key, *allowed)
        layers = config.layers(self.layers)
        experts = self.experts.fields(config, layers) if self.experts else {}
        fields: dict[str, Any] = {
            "num_layers": layers,
            "hidden_size": config.count(self.hidden),
            "vocab_size": config.count("vocab_size"),
            "max_context_length": context(config, self.context) if self.context else None,
            "tie_embeddings": config.flag("tie_word_embeddings"),
            **self._heads(config),
            **self._feed_forward(config, experts),
            **self._vectors(config),
            **(self.window.fields(config, layers) if self.window else {}),
            **experts,
        }
        if self.mtp and config.has(self.mtp):
            fields["mtp_layers"] = config.count(self.mtp, least=0)
        kinds = self.kinds(config, layers) if self.kinds is not None else ["full"] * layers
        if self.gate is not None:
            attending = sum(kind in _ATTENDING for kind in kinds)
            fields |= _gate_fields(self.gate(config), fields, attending, self.gate_has_bias)
        if self.kinds is not None:
            fields |= _pattern_fields(config, kinds)
        if self.states is not None:
            fields |= self.states(config, fields)
        for parts in self.parts:
            fields |= parts(config, fields)
        return fields

    def _heads(self, config: Config) -> Fields:
        if not self.heads:
            return {}
        heads = config.count(self.heads)
        if self.uneven_heads and not config.has(self.head_dim):
            config = config.with_values(**{self.head_dim: config.count(self.hidden) // heads})
        return {
            "num_attention_heads": heads,
            "num_kv_heads": kv_heads(config, heads, self.kv_heads) if self.kv_heads else heads,
            "head_dim": head_dim(config, heads, self.hidden, key=self.head_dim),
        }

    def _feed_forward(self, config: Config, experts: Fields) -> Fields:
        if not self.width and not self.times_hidden:
            return {"intermediate_size": 0}
        fields: Fields = {"ffn_matrices": self.ffn_matrices}
        is_needed = not experts or experts["num_dense_layers"]
        if config.has(self.width):
            if is_needed or self.experts is None or self.width != self.experts.width:
                fields["intermediate_size"] = config.count(self.width)
        elif self.times_hidden:
            fields["intermediate_size"] = self.times_hidden * config.count(self.hidden)
        elif is_needed:
            fields["intermediate_size"] = config.count(self.width)
        return fields

    def _vectors(self, config: Config) -> Fields:
        has_norm = is_true(config, self.query_key_norm_if)
        rows = 0
        if self.position_rows is not None:
            rows = config.count(self.context) + self.position_rows
        return {
            "qkv_bias": is_true(config, self.qkv_bias),
            "output_bias": is_true(config, self.output_bias),
            "ffn_bias": is_true(config, self.ffn_bias),
            "norms_per_layer": self.norms,
            "norm_bias": is_true(config, self.norm_bias),
            "final_norm": self.final_norm,
            "embedding_norm": self.embedding_norm,
            "query_key_norm": self.query_key_norm if has_norm else "none",
            "learned_positions": rows,
            "head_bias": is_true(config, self.head_bias),
            "attention_sinks": self.sinks,
        }


def _gate_fields(gate: str, fields: dict[str, Any], layers: int, has_bias: bool) -> Fields:
    """A gate of attention, which may have no bias where other projections have one."""
    if gate == "none" or has_bias or not fields["qkv_bias"]:
        return {"attention_gate": gate}
    per_head = fields["head_dim"] if gate == "full" else 1
    width = fields["num_attention_heads"] * per_head
    return {"other_weights": layers * fields["hidden_size"] * width}


def _pattern_fields(config: Config, kinds: Sequence[str]) -> Fields:
    """Kinds of layer as a pattern; a window's width where a layer has one."""
    pattern = pattern_of(kinds)
    if set(kinds) == {"full"}:
        pattern = UNIFORM
    fields: Fields = {"layer_pattern": pattern}
    if "window" in kinds:
        fields["attention_window"] = config.count("sliding_window")
    return fields


def full_gate(config: Config) -> str:
    """A gate of each value of each head."""
    return "full"


def is_true(config: Config, flag: Flag) -> bool:
    """A flag: itself, or what its key says; a key with a dash before it says the opposite."""
    if isinstance(flag, bool):
        return flag
    return not config.flag(flag[1:]) if flag.startswith("-") else config.flag(flag)
