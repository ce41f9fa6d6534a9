"""Typesetting: signs, parentheses, numbers and lines as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine.elementwise import ceil, larger, ratio, smaller, sqrt, where
from dsexplore.explanation.reasons import reasons
from dsexplore.explanation.source import UnreadableError
from dsexplore.explanation.term import Term
from dsexplore.explanation.trace import read
from dsexplore.explanation.typeset import broken, figure, line, names, typeset, values
from dsexplore.explanation.units import unit_of
from tests.points import holds_at

ROUND_FIGURE = 1e12


def _read(function, **given_values):
    return read(function, {n: Term("name", v, n) for n, v in given_values.items()})


def differences(a, b, c):
    """Differences of differences."""
    return a - (b - c) + (a + b)


def quotients(a, b, c):
    """Quotients of products."""
    return a / (b * c) * (a / b) + (a + b) * c / (b / c)


def powers(a, b, c):
    """Powers and roots."""
    return (a - b) ** 2 / c**2 + sqrt(a) + sqrt(a * b)


def remainders(a, b, c):
    """What is left over."""
    return (a + b) % c + ceil(a / c)


def extremes(a, b, c):
    """The largest of three."""
    return larger(larger(a, b), c) - smaller(-a, b)


def negatives(a, b, c):
    """What is taken away."""
    return -a / b * (-c) - (-b) + 0.5 * -a - (-2 * b) + (-a + b) * c + (-b - c)


def factors(a, b, c):
    """Conditions that count."""
    return a * (b > 0) + (c >= a)


def constants(a, b, c):
    """A constant keeps its name."""
    return ratio(a, ROUND_FIGURE) + 0 * b * c


@holds_at(
    ("function", "with_names", "with_values"),
    [
        (differences, "a − (b − c) + a + b", "7 − (2 − 3) + 7 + 2"),
        (quotients, "a / (b × c) × a / b + (a + b) × c / (b / c)", None),
        (powers, "(a − b)² / c² + √a + √(a × b)", "(7 − 2)² / 3² + √7 + √(7 × 2)"),
        (remainders, "(a + b) mod c + ⌈a / c⌉", "(7 + 2) mod 3 + ⌈7 / 3⌉"),
        (extremes, "max(a, b, c) − min(−a, b)", "max(7, 2, 3) − min(−7, 2)"),
        (
            negatives,
            "−a / b × (−c) − (−b) + 0.5 × (−a) − (−2 × b) + (−a + b) × c + (−b − c)",
            None,
        ),
        (factors, "a × [b > 0] + [c ≥ a]", "7 × 1 + 0"),
        (constants, "a / ROUND_FIGURE + 0", "7 / 10¹² + 0"),
    ],
)
def test_parentheses_stand_where_they_are_needed_and_nowhere_else(
    function, with_names, with_values
):
    found = _read(function, a=7.0, b=2.0, c=3.0).result
    assert line(found, names) == with_names
    assert with_values is None or line(found, values) == with_values


@holds_at(
    ("value", "unit", "text"),
    [
        (61.0, "layer", "61"),
        (671_026_419_200.0, "parameter", "671,026,419,200"),
        (14.8e12, "token", "14.8 T"),
        (1e6, "", "10⁶"),
        (3.6e6, "", "3.6 M"),
        (-1500.0, "", "−1,500"),
        (3.7066e24, "FLOP", "3.707·10²⁴ FLOP"),
        (989e12, "FLOP/s", "989 TFLOP/s"),
        (0.0000215, "", "2.150·10⁻⁵"),
        (2.0, "USD/GPU-hour", "$2/GPU-h"),
        (0.5, "", "0.5"),
        (1 / 3, "", "0.3333"),
        (True, "text", "1"),
        (float("nan"), "second", "unknown"),
        (float("inf"), "second", "∞"),
    ],
)
def test_numbers_are_written_for_people(value, unit, text):
    assert figure(value, unit) == text


@holds_at(
    ("left", "sign", "right", "unit"),
    [
        ("FLOP", "/", "FLOP/s", "second"),
        ("FLOP/token", "×", "token", "FLOP"),
        ("GPU-hour", "/", "GPU", "hour"),
        ("USD/GPU-hour", "×", "GPU-hour", "USD"),
        ("byte", "/", "byte/s", "second"),
        ("layer", "×", "second", "second"),
        ("second", "+", "second", "second"),
        ("second", "+", "byte", ""),
        ("fraction", "×", "byte", "byte"),
        ("byte", "/", "byte", ""),
    ],
)
def test_the_unit_of_a_part_follows_from_its_names(left, sign, right, unit):
    parts = Term("name", 1.0, "a", unit=left), Term("name", 1.0, "b", unit=right)
    assert unit_of(Term("operation", 1.0, sign, parts)) == unit


def test_a_constant_that_turns_one_unit_into_another_leaves_none():
    seconds = Term("name", 7200.0, "time", unit="second")
    hours = Term("operation", 2.0, "/", (seconds, Term("constant", 3600.0, "SECONDS_PER_HOUR")))
    assert unit_of(hours) == ""


def overwritten(a, b):
    """A name that is used twice."""
    total = a + b
    total = total * b
    again = total - a
    return where(again > 0, again / total, 0.0)


def test_a_name_used_again_is_said_where_it_is_needed():
    found = _read(overwritten, a=2.0, b=3.0)
    assert [step.label for step in found.steps] == ["total", "again"]
    assert line(found.steps[0].parts[0], names) == "(a + b) × b"
    assert line(found.result, names) == "again / total"
    assert reasons([found.result]) == ["again is 13, above 0"]


def by_choice(kind, a, b):
    """By a table, or else nothing."""
    rest = {"first": a, "second": a + b}.get(kind, 0.0)
    return b + rest


@pytest.mark.parametrize(
    ("kind", "shown"), [("first", "b + a"), ("second", "b + rest"), ("third", "b")]
)
def test_a_table_shows_the_entry_taken_alone(kind, shown):
    found = _read(by_choice, kind=kind, a=2.0, b=3.0)
    assert line(found.result, names) == shown
    assert reasons([found.result]) == [f"kind is {kind}"]


def looping(a):
    """A loop."""
    for step in range(3):
        a = a * step
    return a


def test_what_no_formula_says_is_refused():
    with pytest.raises(UnreadableError, match="looping"):
        _read(looping, a=2.0)


@given(st.integers(20, 100))
def test_lines_keep_to_their_width_and_lose_nothing(width):
    term = _read(quotients, a=7_000_000.5, b=2.0, c=3.0).result
    lines = broken(typeset(term, values), width)
    assert max(map(len, lines)) <= width
    assert " ".join(text.strip() for text in lines) == line(term, values)


def test_a_long_formula_is_broken_at_its_loosest_sign():
    term = _read(quotients, a=7.0, b=2.0, c=3.0).result
    assert broken(typeset(term, names), 36) == [
        "a / (b × c) × a / b",
        "  + (a + b) × c / (b / c)",
    ]
