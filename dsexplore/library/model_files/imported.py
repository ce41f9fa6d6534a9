"""A model as imported: its scenario, and what its files say beside its configuration."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dsexplore.library.config_json import (
    architecture_of,
    is_importable,
    other_class,
    text_values,
)
from dsexplore.library.config_json.json_file import parse_config
from dsexplore.library.model_files import params, state_spaces
from dsexplore.library.model_files.gguf import Header, read_gguf
from dsexplore.library.model_files.gguf_shape import is_grouped, shape_of
from dsexplore.library.model_files.headers import tensors_in
from dsexplore.library.model_files.place import WANTED, Place, placed
from dsexplore.library.model_files.quantization import Stored, stored_as, unread
from dsexplore.library.model_files.shards import all_parts
from dsexplore.library.model_files.weights import Weights, weights_of
from dsexplore.library.presets import build
from dsexplore.library.saving import table_values
from dsexplore.scenario.panels.architecture import Architecture
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError

# What an unknown type's own configuration may still say, by usual keys.
_USUAL = {
    "num_layers": ("num_hidden_layers", "n_layer", "n_layers", "num_layers"),
    "hidden_size": ("hidden_size", "n_embd", "d_model"),
    "vocab_size": ("vocab_size", "padded_vocab_size"),
    "max_context_length": ("max_position_embeddings", "n_positions", "max_seq_len"),
}
_CHOSEN = (
    *("num_experts_per_tok", "num_experts_per_token", "moe_topk", "moe_top_k", "moe_k"),
    *("experts_per_token", "top_k_experts", "moe_num_experts_per_tok", "num_selected_experts"),
)


class Imported(NamedTuple):
    """A scenario, and what to say beside it, a sentence each."""

    scenario: Scenario
    said: tuple[str, ...]
    # Fields of serving that the stored precision decides.
    serving: dict[str, object]


def imported_model(word: str, counted_as: str = "") -> Imported:
    """The model that a word names. Raises ScenarioError with its name."""
    place = placed(word)
    try:
        if not (place.config or place.weights or place.gguf):
            raise ScenarioError("", "an empty file", WANTED)
        if place.gguf is not None:
            return _from_gguf(place)
        if not place.config:
            return _from_weights(place, {}, None)
        return _from_config(place, counted_as)
    except ScenarioError as error:
        raise error.in_file(place.config_file or place.shown) from None


def _from_config(place: Place, counted_as: str) -> Imported:
    config: Mapping[str, object] = parse_config(place.config)
    if params.is_params(config):
        config = params.config_of(config)
    elif state_spaces.is_state_space(config):
        config = state_spaces.config_of(config)
    stored = stored_as(config, beside := _beside_config(place))
    if place.weights and not counted_as and not is_importable(config):
        return _from_weights(place, text_values(config), stored, other_class(config))
    scenario = architecture_of(config, place.name, counted_as)
    said = [scenario.description] if scenario.description else []
    has_experts = bool(scenario.architecture.num_routed_experts)
    serving = stored.fields(has_experts) if stored else {}
    if stored:
        said.append(f"Stored as {stored.name(has_experts)}.")
    if sentence := unread(config, beside):
        said.append(sentence)
    if place.absent:
        said.append(f"{place.absent[0].upper()}{place.absent[1:]}: not compared with config.json.")
    elif place.weights:
        layers = scenario.architecture.num_layers
        weights = _some(
            weights_of(tensors_in(place.weights), layers, stored.packed_bits if stored else None)
        )
        said += _compared(scenario, weights)
    return Imported(scenario, tuple(said), serving)


def _beside_config(place: Place) -> Mapping[str, object] | None:
    """What a file beside the configuration says of quantisation; None if there is none."""
    if not place.quantization:
        return None
    found = parse_config(place.quantization).get("quantization")
    return found if isinstance(found, Mapping) else None


def _compared(scenario: Scenario, weights: Weights) -> Iterator[str]:
    """What configuration and weights say of each other."""
    from dsexplore.engine import evaluate  # noqa: PLC0415 - only beside weights

    counted = int(evaluate(scenario.inputs(), ["total_parameters"])["total_parameters"])
    held = weights.text
    if scenario.architecture.tie_embeddings and weights.head and held != counted:
        held -= weights.head
    words = f"config.json says {counted:,} parameters; the weights hold "
    if held == counted:
        yield words + "the same."
    else:
        more = held - counted
        yield f"{words}{held:,}, {abs(more):,} {'more' if more > 0 else 'fewer'}."
    yield from _beside(weights)


def _beside(weights: Weights) -> Iterator[str]:
    if weights.other_senses:
        yield f"Parts for images or sound hold {weights.other_senses:,} parameters."
    if weights.modules:
        yield f"Prediction modules hold {weights.modules:,} parameters."
    yield f"Stored bytes per parameter: {weights.bytes_per_parameter:.3g}."


def _from_weights(
    place: Place, config: Mapping[str, object], stored: Stored | None, published_as: str = ""
) -> Imported:
    """A model of an unknown type: counts of its weights, and what usual keys say."""
    fields: dict[str, Any] = {
        field: value
        for field, keys in _USUAL.items()
        for value in [next((config[key] for key in keys if _is_whole(config.get(key))), None)]
        if value is not None
    }
    if place.absent:
        raise ScenarioError("", place.absent, "a model's weights, whole", place.shown)
    layers = fields.get("num_layers")
    bits = stored.packed_bits if stored else None
    weights = _some(weights_of(tensors_in(place.weights), layers, bits))
    fields["stated_total_parameters"] = float(weights.text)
    said = [f"An unknown type: its weights hold {weights.text:,} parameters; the rest is unknown."]
    if published_as:
        said.append(f"Published as {published_as}.")
    said += _active(weights, config, fields)
    said += _beside(weights)
    scenario = _stated(place, fields, "headers of its safetensors files")
    if stored:
        said.append(f"Stored as {stored.name(bool(weights.routed))}.")
    return Imported(scenario, tuple(said), stored.fields(bool(weights.routed)) if stored else {})


def _active(
    weights: Weights, config: Mapping[str, object], fields: dict[str, Any]
) -> Iterator[str]:
    """Active parameters, of the experts by their names and the number chosen."""
    if not weights.routed:
        fields["stated_active_parameters"] = float(weights.text)
        return
    chosen = next((config[key] for key in _CHOSEN if _is_whole(config.get(key))), None)
    if not isinstance(chosen, int) or chosen > weights.experts:
        yield f"{weights.experts} experts; how many a token is sent to is unknown."
        return
    active = weights.text - weights.routed + weights.routed * chosen // weights.experts
    fields |= {
        "stated_active_parameters": float(active),
        "num_routed_experts": weights.experts,
        "experts_per_token": chosen,
    }
    yield f"A token reaches {active:,} of them, by {chosen} of {weights.experts} experts."


def _from_gguf(place: Place) -> Imported:
    assert place.gguf is not None
    header = _whole_gguf(place.gguf)
    fields = shape_of(header)
    layers = fields.get("num_layers")
    whole = layers if isinstance(layers, int) else None
    weights = _some(weights_of(header.tensors, whole, None))
    said = []
    panel = Architecture.read(fields) if is_grouped(header) else None
    if panel is None or _total(panel) != weights.text:
        kept = {key: fields[key] for key in _USUAL if key in fields}
        if panel is not None:
            kept = fields
        fields = {**kept, "stated_total_parameters": float(weights.text)}
        said.append("Parameters as its tensors hold them; its shape is known in part.")
    kind = max(weights.kinds, key=weights.kinds.__getitem__, default="unknown")
    said.append(f"Its tensors hold {weights.text:,} parameters, most of them as {kind}.")
    said += _beside(weights)
    return Imported(_stated(place, fields, "header of its GGUF file"), tuple(said), {})


def _whole_gguf(file: Path) -> Header:
    """The header of a model that may lie in several files: the first says its metadata."""
    header = read_gguf(file)
    number = header.values.get("split.count")
    parts = all_parts(file, number if isinstance(number, int) else 1)
    if parts == [file]:
        return header
    headers = [read_gguf(part) for part in parts]
    return Header(headers[0].values, [one for of in headers for one in of.tensors])


def _some(weights: Weights) -> Weights:
    if not weights.text:
        raise ScenarioError("", "weights without parameters", "a model's weights")
    return weights


def _total(panel: Architecture) -> float:
    from dsexplore.engine import evaluate  # noqa: PLC0415 - only beside weights

    scenario = build({"schema": 1, "architecture": table_values(panel)})
    return float(evaluate(scenario.inputs(), ["total_parameters"])["total_parameters"])


def _stated(place: Place, fields: Mapping[str, object], source: str) -> Scenario:
    panel = Architecture.read(fields)
    return build(
        {
            "schema": 1,
            "title": place.name,
            "architecture": table_values(panel),
            "sources": {f"{source}, {place.name}": ["architecture"]},
        }
    )


def _is_whole(value: object) -> bool:
    return type(value) is int and 0 < value < 10**9
