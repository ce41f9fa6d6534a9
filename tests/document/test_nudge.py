"""Nudging: the neighbour of a value, as a hand on the arrow keys expects it."""

from __future__ import annotations

from hypothesis import assume, given
from hypothesis import strategies as st

from dsexplore.document.nudge import nudged
from dsexplore.scenario.field import FieldSpec, Value
from dsexplore.scenario.scenario import FIELDS
from tests.examples import examples
from tests.points import holds_at
from tests.strategies import MAY_BE_UNKNOWN, values_of

specs = st.sampled_from(list(FIELDS.values()))
directions = st.sampled_from([-1, 1])
BY_POWERS = [spec for spec in FIELDS.values() if spec.nudge == "power of two"]
BY_DIGITS = [spec for spec in FIELDS.values() if spec.nudge == "two digits"]
WHOLE_BY_DIGITS = [spec for spec in BY_DIGITS if spec.kind == "integer"]
CHOICES = [spec for spec in FIELDS.values() if spec.kind == "choice"]


def walk(name: str, start: Value, *directions: int) -> list[Value]:
    found = [start]
    for direction in directions:
        found.append(nudged(FIELDS[name], found[-1], direction))
    return found[1:]


@holds_at(
    ("name", "start", "up", "down"),
    [
        # Powers of two, and to the nearest from in between.
        ("num_gpus", 2048, 4096, 1024),
        ("num_gpus", 1000, 1024, 512),
        ("num_gpus", 1, 2, 1),
        ("sequence_length", 100_000, 131_072, 65_536),
        ("attention_window", 0, 1, 0),
        ("attention_window", 1, 2, 0),
        ("num_gpus", 100_000_000, 100_000_000, 67_108_864),
        # Two digits, ten times finer below a power of ten.
        ("pretraining_tokens", 14.8e12, 15e12, 14e12),
        ("pretraining_tokens", 15e12, 16e12, 14e12),
        ("pretraining_tokens", 10e12, 11e12, 9.9e12),
        ("pretraining_tokens", 9.9e12, 10e12, 9.8e12),
        ("pretraining_tokens", 1.0, 1.1, 0.0),
        ("price_per_gpu_hour", 1.0, 1.1, 0.99),
        ("fp8_flops", 0.0, 1e9, 0.0),
        ("pretraining_tokens", 0.0, 1.0, 0.0),
        ("assumed_mfu", 0.38, 0.39, 0.37),
        ("assumed_mfu", 0.3908, 0.40, 0.39),
        ("assumed_mfu", 0.1, 0.11, 0.099),
        ("assumed_mfu", 1.0, 1.0, 0.99),
        ("cache_hit_rate", 0.0, 0.01, 0.0),
        ("price_per_gpu_hour", 2.0, 2.1, 1.9),
        ("price_per_gpu_hour", 1.0, 1.1, 0.99),
        ("scale_up_latency", 3.33e-6, 3.4e-6, 3.3e-6),
        ("power_usage_effectiveness", 1.0, 1.1, 1.0),
        ("power_usage_effectiveness", 1.04, 1.1, 1.0),
        ("rl_gradient_steps", 8000, 8100, 7900),
        ("rl_gradient_steps", 10_400, 11_000, 10_000),
        ("rl_gradient_steps", 100, 110, 99),
        ("rl_gradient_steps", 10, 11, 9),
        ("rl_gradient_steps", 9, 10, 8),
        ("rl_gradient_steps", 1, 2, 0),
        ("rl_gradient_steps", 0, 1, 0),
        # Steps that suit the hardware, on to the next multiple.
        ("hidden_size", 7168, 7296, 7040),
        ("hidden_size", 7000, 7040, 6912),
        ("hidden_size", 128, 256, 128),
        ("num_layers", 61, 62, 60),
        ("num_layers", 1, 2, 1),
        ("num_layers", 10_000, 10_000, 9_999),
        ("ffn_matrices", 3, 3, 2),
        ("zero_stage", 0, 1, 0),
        # Words.
        ("attention", "gqa", "mla", "shared_kv"),
        ("precision", "bf16", "fp8", "int8"),
        ("precision", "fp4", "int8", "fp8"),
        ("qkv_bias", False, True, True),
        ("gpu", "NVIDIA H800", "NVIDIA H800", "NVIDIA H800"),
    ],
)
def test_neighbours(name: str, start: Value, up: Value, down: Value) -> None:
    for moved, expected in (
        (nudged(FIELDS[name], start, 1), up),
        (nudged(FIELDS[name], start, -1), down),
    ):
        assert moved == expected
        assert type(moved) is type(expected)


def test_the_tokens_of_deepseek_on_their_way_up() -> None:
    assert walk("pretraining_tokens", 14.8e12, 1, 1, 1) == [15e12, 16e12, 17e12]


def test_a_rate_on_its_way_down_past_a_power_of_ten() -> None:
    assert walk("price_per_gpu_hour", 1.1, -1, -1, -1) == [1.0, 0.99, 0.98]
    assert walk("context_extension_gpu_hours", 10.0, -1, -1) == [9.9, 9.8]


def test_no_digit_of_a_sum_creeps_in() -> None:
    """Many steps of a hundredth end where a hand expects, not at 0.6900000000000004."""
    assert walk("assumed_mfu", 0.1, *[1] * 80)[-1] == 0.9
    assert walk("assumed_mfu", 0.9, *[-1] * 80)[-1] == 0.1


@holds_at("name", MAY_BE_UNKNOWN)
def test_what_is_unknown_has_no_neighbour(name: str) -> None:
    assert walk(name, None, 1, -1) == [None, None]


@examples(120)
@given(st.data(), specs, directions)
def test_a_neighbour_is_a_value_of_the_field_on_the_side_that_was_asked(
    data: st.DataObject, spec: FieldSpec, direction: int
) -> None:
    value = data.draw(values_of(spec, unknown=False))
    moved = nudged(spec, value, direction)
    assert type(moved) is type(value)
    if spec.is_numeric:
        assert spec.contains(moved)  # type: ignore[arg-type]
        assert (moved - value) * direction >= 0  # type: ignore[operator]
    elif spec.kind == "choice":
        assert moved in spec.choices


@examples(120)
@given(st.data(), st.sampled_from([s for s in FIELDS.values() if s.is_numeric]), directions)
def test_nothing_but_the_end_of_the_range_stops_a_number(
    data: st.DataObject, spec: FieldSpec, direction: int
) -> None:
    value = data.draw(values_of(spec, unknown=False))
    if nudged(spec, value, direction) != value:
        return
    end = spec.maximum if direction > 0 else spec.minimum
    if value == end:
        return
    # An open end is approached, not reached: a step as large as the value would pass it.
    assert direction < 0
    assert spec.above == 0
    assert value <= max(1, spec.step)


@examples(120)
@given(st.sampled_from(BY_DIGITS), st.integers(10, 99), st.integers(-5, 8), directions)
def test_there_and_back_again_over_two_digits(
    spec: FieldSpec, digits: int, power: int, direction: int
) -> None:
    value = float(f"{digits}e{power}")
    if spec.kind == "integer":
        assume(value == int(value))
        value = int(value)
    assume(spec.contains(value))
    moved = nudged(spec, value, direction)
    assume(moved != value)
    assume(isinstance(moved, int | float))
    assert spec.contains(moved)  # type: ignore[arg-type]
    back = nudged(spec, moved, -direction)
    at_the_end = moved in (spec.minimum, spec.maximum)
    assert back == value or at_the_end


@examples(80)
@given(st.sampled_from(BY_POWERS), st.integers(0, 40), directions)
def test_there_and_back_again_over_powers_of_two(
    spec: FieldSpec, power: int, direction: int
) -> None:
    value = 2**power
    assume(spec.contains(value))
    moved = nudged(spec, value, direction)
    assume(moved not in (value, spec.maximum))
    assert nudged(spec, moved, -direction) == value
    assert moved == (2 * value if direction > 0 else value // 2)


@holds_at("spec", CHOICES)
def test_choices_go_round_past_every_one_of_them(spec: FieldSpec) -> None:
    for direction in (1, -1):
        seen = walk(spec.name, spec.choices[0], *[direction] * len(spec.choices))
        assert set(seen) == set(spec.choices)
        assert seen[-1] == spec.choices[0]


def test_some_fields_are_nudged_in_each_way() -> None:
    assert BY_POWERS
    assert WHOLE_BY_DIGITS
    assert {spec.nudge for spec in FIELDS.values()} == {"one", "power of two", "two digits", "step"}
