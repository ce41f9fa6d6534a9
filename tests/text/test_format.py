"""How numbers are shown: what is written to edit reads back, what is written to read is short."""

from __future__ import annotations

import math

from hypothesis import example, given
from hypothesis import strategies as st

from dsexplore.text.format import NOT_KNOWN, format_change, format_exact, format_unit, format_value
from dsexplore.text.quantities import parse_quantity
from tests.examples import examples
from tests.points import holds_at

UNITS = [
    *("", "text", "fraction", "parameter", "token", "layer", "head", "expert", "GPU", "SM"),
    *("sequence", "step", "sample", "question", "person", "bit", "stage", "phase", "run", "node"),
    *("FLOP", "FLOP/s", "FLOP/token", "FLOP/parameter"),
    *("byte", "byte/s", "byte/token", "byte/parameter"),
    *("second", "hour", "day", "year", "GPU-hour", "GPU-hour/Ttoken", "token/s", "token/day"),
    *("watt", "joule", "gram", "gram/kWh"),
    *("USD", "USD/GPU-hour", "USD/Mtoken", "USD/year", "USD/kWh", "USD/day"),
]
unit_names = st.sampled_from(UNITS)
floats = st.floats(allow_nan=False, allow_infinity=False)
# Numbers that people state: few digits, any size.
stated = st.builds(lambda m, e: float(f"{m}e{e}"), st.integers(-9999, 9999), st.integers(-12, 27))
whole = st.integers(-(2**53) + 1, 2**53 - 1)


@holds_at(
    ("value", "unit", "text"),
    [
        (14.8e12, "token", "14.8T"),
        (671e9, "parameter", "671B"),
        (671026419200, "parameter", "671.0264192B"),
        (7168, "", "7168"),
        (129280, "token", "129280"),
        (500_000, "token", "500000"),
        (61, "layer", "61"),
        (989e12, "FLOP/s", "989 TFLOP/s"),
        (3.7e24, "FLOP", "3.7e24 FLOP"),
        (4, "FLOP/parameter", "4 FLOP/parameter"),
        (50e9, "byte/s", "50 GB/s"),
        (80e9, "byte", "80 GB"),
        (80 * 2**30, "byte", "80 GiB"),
        (70272, "byte/token", "70272 B/token"),
        (3e-6, "second", "3 µs"),
        (19.926, "second", "19.926 s"),
        (3.7, "day", "3.7 d"),
        (1, "year", "1 year"),
        (4, "year", "4 years"),
        (2_664_000, "GPU-hour", "2.664M"),
        (180_000, "GPU-hour/Ttoken", "180000"),
        (0.228, "fraction", "22.8 %"),
        (1.0, "fraction", "100 %"),
        (2.0, "USD/GPU-hour", "$2"),
        (5.3e6, "USD", "$5.3M"),
        (-3, "USD", "-$3"),
        (18e9, "joule", "5 MWh"),
        (250e6, "gram", "250 t"),
        (0, "USD", "$0"),
        (-0.0, "token", "0"),
    ],
)
def test_text_to_edit_is_as_people_type_it(value: float, unit: str, text: str) -> None:
    assert format_exact(value, unit) == text


@examples(250)
@given(st.one_of(floats, stated, whole), unit_names)
@example(5e-324, "fraction")
@example(1.7976931348623157e308, "fraction")
@example(-1.7976931348623157e308, "USD")
@example(1 / 3, "joule")
@example(2**53 + 2, "second")
def test_text_to_edit_reads_back_as_the_same_number(value: float, unit: str) -> None:
    assert parse_quantity(format_exact(value, unit), unit) == value


@given(whole.filter(lambda n: abs(n) < 10**6))
def test_counts_under_a_million_are_plain_digits(value: int) -> None:
    for unit in ("token", "parameter", "GPU", ""):
        assert format_exact(value, unit) == str(value)


@given(st.one_of(floats, stated), unit_names)
def test_text_to_edit_is_short(value: float, unit: str) -> None:
    assert len(format_exact(value, unit)) <= 40


@holds_at(
    ("value", "unit", "text"),
    [
        (671026419200, "parameter", "671.0 B"),
        (14.8e12, "token", "14.80 T"),
        (4311.2, "token", "4,311"),
        (129280, "token", "129,280"),
        (61, "layer", "61"),
        (61.0, "layer", "61"),
        (3.63, "expert", "3.630"),
        (3.7066e24, "FLOP", "3.707e24 FLOP"),
        (9.9e20, "FLOP", "990 EFLOP"),
        (250.45e9, "FLOP/token", "250.4 GFLOP/token"),
        (989e12, "FLOP/s", "989 TFLOP/s"),
        (0.3908, "fraction", "39.08 %"),
        (0.5, "fraction", "50 %"),
        (12.0, "fraction", "1,200 %"),
        (2_664_000, "GPU-hour", "2.664 M GPU-h"),
        (180_000, "GPU-hour/Ttoken", "180,000 GPU-h/T tokens"),
        (54.199, "day", "54.20 d"),
        (4, "year", "4 years"),
        (19.926, "second", "19.93 s"),
        (0.03175, "second", "31.75 ms"),
        (3e-6, "second", "3 µs"),
        (5328000, "USD", "$5.328 M"),
        (200_000, "USD/year", "$200,000/year"),
        (2.0, "USD/GPU-hour", "$2/GPU-h"),
        (2.5, "USD/GPU-hour", "$2.50/GPU-h"),
        (0.0021, "USD/Mtoken", "$0.0021/M tokens"),
        (999.999, "USD", "$1,000.00"),
        (-3, "USD", "-$3"),
        (70272, "byte/token", "70.27 kB/token"),
        (9.845e19, "byte", "98.45 EB"),
        (61e9, "byte", "61 GB"),
        (12, "byte/parameter", "12 B/parameter"),
        (36.2, "token/s", "36.20 tokens/s"),
        (273e9, "token/day", "273 B tokens/day"),
        (18e9, "joule", "5 MWh"),
        (1.2e9, "gram", "1.200 kt"),
        (385, "gram/kWh", "385 g/kWh"),
        (999_960_000, "token", "1.000 B"),
        (-2.1e9, "byte", "-2.100 GB"),
        (0, "token", "0"),
        (0, "USD", "$0"),
        (0.0, "byte/s", "0 B/s"),
        (-0.0, "fraction", "0 %"),
        (True, "text", "yes"),
        (False, "text", "no"),
        ("dualpipe", "text", "dualpipe"),
        (None, "token", NOT_KNOWN),
        (math.nan, "byte", NOT_KNOWN),
        (math.inf, "USD", NOT_KNOWN),
        (10**400, "token", NOT_KNOWN),
    ],
)
def test_results_are_as_people_say_them(value: float | str | None, unit: str, text: str) -> None:
    assert format_value(value, unit) == text


@examples(250)
@given(st.one_of(floats, stated, whole), unit_names, st.integers(3, 9))
def test_a_result_can_be_typed_back_and_loses_only_its_last_digits(
    value: float, unit: str, digits: int
) -> None:
    shown = format_value(value, unit, digits)
    cent = 0.005 if unit.startswith("USD") else 0
    try:
        read = parse_quantity(shown, unit)
    except ValueError:
        assert abs(value) > 1.79e308  # the greatest float of all, rounded up
    else:
        assert math.isclose(read, value, rel_tol=10.0 ** (1 - digits), abs_tol=cent or 1e-320)


@given(st.one_of(floats, stated), unit_names)
def test_a_minus_is_the_only_difference_of_a_negative(value: float, unit: str) -> None:
    if value:
        assert format_value(-abs(value), unit) == f"-{format_value(abs(value), unit)}"


@given(st.one_of(stated, whole, floats), unit_names)
def test_a_result_fits_its_column_and_is_printable(value: float, unit: str) -> None:
    text = format_value(value, unit)
    assert text.isprintable()
    assert len(text) <= 32


@given(st.floats(1e-3, 9.99e20), st.sampled_from(["FLOP", "byte", "FLOP/s", "byte/s", "GPU-hour"]))
def test_what_a_prefix_can_say_is_never_in_scientific_notation(value: float, unit: str) -> None:
    assert "e" not in format_value(min(value, 9e17), unit).removesuffix(unit)


@holds_at(
    ("before", "after", "unit", "text"),
    [
        (4_928_000, 5_328_000, "USD", "▲ $0.40 M"),
        (5_328_000, 5_328_001, "USD", "▲ $1"),
        (0.412, 0.391, "fraction", "▼ 2.1 pt"),
        (61, 64, "layer", "▲ 3"),
        (54.2, 58.1, "day", "▲ 3.9 d"),
        (19.926, 19.2, "second", "▼ 0.73 s"),
        (50e9, 25e9, "byte/s", "▼ 25 GB/s"),
        (37e9, 37.6e9, "parameter", "▲ 0.60 B"),
        (3.7e24, 3.0e24, "FLOP", "▼ 7.0e23 FLOP"),
        (0, 5, "USD", "▲ $5"),
        (61, 61.0, "layer", ""),
        (None, math.nan, "token", ""),
        ("gqa", "gqa", "text", ""),
        ("gqa", "mla", "text", "was gqa"),
        (True, False, "text", "was yes"),
        (math.nan, 5.33e6, "token", "was –"),
        (None, 5.33e6, "token", "was –"),
        (5.33e6, math.nan, "token", "was 5.33 M"),
        (5.328e6, None, "USD", "was $5.33 M"),
        ("none", 3, "", "was none"),
    ],
)
def test_a_change_says_what_moved(
    before: float | str | None, after: float | str | None, unit: str, text: str
) -> None:
    assert format_change(before, after, unit) == text


@given(floats, floats, unit_names)
def test_a_change_points_where_the_number_went(before: float, after: float, unit: str) -> None:
    there, back = format_change(before, after, unit), format_change(after, before, unit)
    if before == after:
        assert there == back == ""
    else:
        assert there[0] == ("▲" if after > before else "▼")
        assert {there[0], back[0]} == {"▲", "▼"}
        assert there[1:] == back[1:]


@holds_at(
    ("unit", "text"),
    [
        ("", ""),
        ("text", ""),
        ("fraction", "fraction"),
        ("token", "tokens"),
        ("person", "people"),
        ("FLOP/token", "FLOP/token"),
        ("byte/s", "B/s"),
        ("second", "s"),
        ("day", "d"),
        ("GPU-hour", "GPU-h"),
        ("GPU-hour/Ttoken", "GPU-h/T tokens"),
        ("token/s", "tokens/s"),
        ("joule", "J"),
        ("USD", "$"),
        ("USD/GPU-hour", "$/GPU-h"),
        ("USD/Mtoken", "$/M tokens"),
        ("gram/kWh", "g/kWh"),
    ],
)
def test_a_unit_heads_a_column(unit: str, text: str) -> None:
    assert format_unit(unit) == text


@given(unit_names.filter(lambda unit: unit != "fraction"))
def test_a_bare_number_with_its_head_reads_as_that_number(unit: str) -> None:
    head = format_unit(unit)
    text = f"$5{head.removeprefix('$')}" if head.startswith("$") else f"5 {head}"
    assert parse_quantity(text, unit) == 5
