"""A field reads every sort of value that may stand in it, and refuses the rest in one line."""

from __future__ import annotations

import math
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dsexplore.scenario.field import ABOVE_ZERO, UNKNOWN, FieldSpec
from dsexplore.scenario.layer_pattern import as_pattern
from dsexplore.scenario.layers_per_stage import as_text
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.points import holds_at
from tests.strategies import PATTERNS, values_of

names = st.sampled_from(list(FIELDS))
anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=30)
    | st.sampled_from(["14.8T", "22.8 %", "-1", "1e999", UNKNOWN, "nan", "inf", "\x1b[2J", "1\n2"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


def allows(spec: FieldSpec, value: Any) -> bool:
    """Whether a value is what the field's declaration promises, in words of its own."""
    if value is None:
        return spec.may_be_unknown
    if spec.kind in ("boolean", "choice", "name", "stages", "layers"):
        return {
            "boolean": isinstance(value, bool),
            "choice": value in spec.choices,
            "name": isinstance(value, str) and value != "",
            "stages": isinstance(value, str) and as_text(value) == value,
            "layers": isinstance(value, str) and as_pattern(value) == value,
        }[spec.kind]
    whole = type(value) is (int if spec.kind == "integer" else float)
    above = spec.above is None or value > spec.above
    at_least = spec.minimum is None or value >= spec.minimum
    at_most = spec.maximum is None or value <= spec.maximum
    enough = value == 0 or value >= spec.least
    return whole and math.isfinite(value) and above and at_least and at_most and enough


def refusal(name: str, raw: object) -> ScenarioError:
    with pytest.raises(ScenarioError) as caught:
        Scenario().with_values({name: raw})
    return caught.value


@holds_at(
    ("name", "raw", "value"),
    [
        ("num_layers", 61, 61),
        ("num_layers", 61.0, 61),
        ("num_layers", "61", 61),
        ("num_layers", " 60 + 1 ", 61),
        ("num_layers", "61 layers", 61),
        ("num_layers", UNKNOWN, None),
        ("num_layers", " Unknown ", None),
        ("num_layers", None, None),
        ("num_gpus", "2**11", 2048),
        ("num_gpus", "2k", 2000),
        ("pretraining_tokens", 14_800_000_000_000, 14.8e12),
        ("pretraining_tokens", "14.8T", 14.8e12),
        ("pretraining_tokens", "14.8 trillion tokens", 14.8e12),
        ("pretraining_tokens", "0", 0.0),
        ("bf16_flops", "989 TFLOP/s", 989e12),
        ("memory_capacity", "80 GB", 80e9),
        ("memory_capacity", "80 GiB", 80 * 2.0**30),
        ("scale_out_bandwidth", "50 GB/s", 50e9),
        ("scale_up_latency", "3.33 us", 3.33e-6),
        ("price_per_gpu_hour", "$2", 2.0),
        ("price_per_gpu_hour", "$2/h", 2.0),
        ("assumed_mfu", "22.8 %", 0.228),
        ("assumed_mfu", 1, 1.0),
        ("context_extension_gpu_hours", "119k", 119_000.0),
        ("context_extension_gpu_hours", "2.66 M GPU-h", 2.66e6),
        ("gpu_power", "700 W", 700.0),
        ("attention", "mla", "mla"),
        ("attention", " MLA ", "mla"),
        ("pipeline_schedule", "1f1b", "1f1b"),
        ("gpu", " NVIDIA H800 ", "NVIDIA H800"),
        ("qkv_bias", True, True),
        ("qkv_bias", "yes", True),
        ("qkv_bias", "OFF", False),
        ("qkv_bias", "false", False),
    ],
)
def test_a_value_is_read_as_it_is_meant(name: str, raw: object, value: object) -> None:
    read = Scenario().with_values({name: raw}).value(name)
    assert read == value
    assert type(read) is type(value)


@holds_at(
    ("name", "raw", "found", "allowed"),
    [
        ("num_layers", 0, "0", "a whole number of layers from 1 to 10,000"),
        ("num_layers", 61.5, "61.5", "a whole number of layers"),
        ("num_layers", "61.5", "'61.5'", "a whole number of layers"),
        ("num_layers", True, "True", "a whole number of layers"),
        ("num_layers", "sixty", "'sixty'", UNKNOWN),
        ("num_layers", [61], "[61]", "a whole number of layers"),
        ("num_gpus", UNKNOWN, UNKNOWN, "a whole number of GPUs from 1"),
        ("num_gpus", -8, "-8", "from 1"),
        ("assumed_mfu", 1.5, "1.5", "from 0.0001 % to 100 %"),
        ("assumed_mfu", "40", "40", "to 100 %"),
        ("assumed_mfu", 0, "0", "from 0.0001 %"),
        ("bf16_flops", 5e-324, "5e-324", "from 1 GFLOP/s"),
        ("fp8_flops", 5e-324, "5e-324", "0, or a number in FLOP/s from 1 GFLOP/s"),
        ("gpu_mean_time_to_failure", 1e-300, "1e-300", "0, or a number in hour from 0.001 h"),
        ("assumed_mfu", math.nan, "nan", "a share"),
        ("price_per_gpu_hour", "2 TFLOP/s", "'2 TFLOP/s'", "TFLOP/s, not"),
        ("price_per_gpu_hour", math.inf, "inf", "USD/GPU-hour"),
        ("pretraining_tokens", "1e300", "'1e300'", "tokens"),
        pytest.param("pretraining_tokens", 10**5000, "thousands of digits", "tokens", id="huge"),
        ("ffn_matrices", 4, "4", "from 2 to 3"),
        ("attention", "mha", "'mha'", "gqa, mla"),
        ("attention", 1, "1", "gqa, mla"),
        ("attention", None, "None", "gqa, mla"),
        ("qkv_bias", 1, "1", "true or false"),
        ("qkv_bias", "maybe", "'maybe'", "true or false"),
        ("gpu", "", "", "a short name"),
        ("gpu", "x" * 200, "x" * 40, "a short name"),
        ("gpu", "H\x1b[31m800", "\\x1b[31m", "a short name"),
        ("gpu", 800, "800", "a short name"),
    ],
)
def test_a_refusal_names_the_field_what_was_found_and_what_is_allowed(
    name: str, raw: object, found: str, allowed: str
) -> None:
    error = refusal(name, raw)
    line = str(error)
    assert line.startswith(f"{FIELDS[name].table}.{name}: found ")
    assert found in error.found
    assert allowed in error.allowed
    assert line.isprintable()
    assert len(line) < 300


@examples(400)
@given(names, anything)
@example("num_layers", "9" * 5000)
@example("gpu", "gpu\n")
@example("pretraining_tokens", -0.0)
def test_whatever_stands_in_a_field_is_read_within_its_range_or_refused_in_one_line(
    name: str, raw: object
) -> None:
    spec = FIELDS[name]
    try:
        value = Scenario().with_values({name: raw}).value(name)
    except ScenarioError as error:
        assert error.where in (spec.path, name)
        assert error.found
        assert error.allowed
        assert str(error).isprintable()
        assert len(str(error)) < 500
    else:
        assert allows(spec, value)


@examples(300)
@given(st.data(), names)
def test_what_is_allowed_is_taken_as_it_is(data: st.DataObject, name: str) -> None:
    raw = data.draw(values_of(FIELDS[name]))
    try:
        value = Scenario().with_values({name: raw}).value(name)
    except ScenarioError as error:  # only another field may object
        assert error.where != FIELDS[name].path
    else:
        assert value == (None if raw == UNKNOWN else raw)
        assert allows(FIELDS[name], value)


@holds_at("name", FIELDS)
def test_the_ends_of_a_range_are_in_it_and_what_lies_beyond_is_not(name: str) -> None:
    spec = FIELDS[name]
    if not spec.is_numeric:
        return
    # Through the panel alone: the rules between fields are not asked.
    panel = PANELS[spec.table]
    if spec.minimum is not None:
        assert getattr(panel.read({name: spec.minimum}), name) == spec.minimum
        with pytest.raises(ValueError, match=name):
            panel.read({name: spec.minimum - 1})
    if spec.above is not None:
        with pytest.raises(ValueError, match=name):
            panel.read({name: spec.above})
    if spec.least:
        assert getattr(panel.read({name: spec.least}), name) == spec.least
        with pytest.raises(ValueError, match=name):
            panel.read({name: spec.least / 2})
    if spec.maximum is not None:
        assert getattr(panel.read({name: spec.maximum}), name) == spec.maximum
        with pytest.raises(ValueError, match=name):
            panel.read({name: spec.maximum * 2})


@holds_at("spec", FIELDS.values())
def test_every_field_says_what_a_row_and_a_reader_need(spec: FieldSpec) -> None:
    assert spec.label
    assert len(spec.label) <= 22, "a row has no room for more"
    assert spec.help.endswith(".")
    assert spec.section
    assert spec.unit or spec.is_numeric
    assert spec.range_hint()
    assert spec.allowed()
    if spec.kind == "choice":
        assert len(spec.choices) > 1
        assert len(set(spec.choices)) == len(spec.choices)
    if spec.applies:
        ruler, values = spec.applies
        assert FIELDS[ruler].table == spec.table
        if FIELDS[ruler].choices:
            assert set(values) <= set(FIELDS[ruler].choices)
        else:
            patterns = FIELDS[ruler].kind == "layers"
            assert values in (ABOVE_ZERO, (0,)) or patterns == any(p in values for p in PATTERNS)
    if spec.comes_with:
        assert FIELDS[spec.comes_with].table == spec.table
        assert not FIELDS[spec.comes_with].comes_with


def test_no_number_may_be_so_small_that_quotients_by_it_are_infinite() -> None:
    """Between none and the least amount of anything that is bought, measured or built lie orders of
    magnitude, but a number is 0, or it is large enough to divide by."""
    for spec in FIELDS.values():
        if spec.kind == "number":
            assert (spec.least or spec.minimum or 0) >= 1e-12, spec.name
            assert spec.maximum is not None, spec.name


def test_a_name_means_one_field_in_all_panels() -> None:
    together = [name for panel in PANELS.values() for name in panel.specs]
    assert sorted(together) == sorted(FIELDS)
    assert not set(FIELDS) & {*PANELS, "preset", "schema", "title", "uncertainty", "sources"}
