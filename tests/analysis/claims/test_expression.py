"""Expressions in files: arithmetic that people write, and nothing that runs as code."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.analysis.claims.expression import Call, parse_expression
from dsexplore.text.refusal import ScenarioError
from tests.points import holds_at

VALUES = {"x": 6.0, "one.x": 2.0, "two.x": 3.0, "zero": 0.0, "unknown": math.nan, "low": -4.0}


def value(text: str) -> object:
    return parse_expression(text).evaluate(VALUES.__getitem__, lambda call: 7.0)


@holds_at(
    ("text", "expected"),
    [
        ("1 + 2 * 3", 7),
        ("(1 + 2) * 3", 9),
        ("2 - 3 - 4", -5),
        ("24 / 4 / 2", 3),
        ("2 ** 3 ** 2", 512),
        ("-2 ** 2", -4),
        ("2 ** -1", 0.5),
        ("--3", 3),
        ("1_000 * 1.5e3", 1.5e6),
        (".5 + 5.", 5.5),
        ("x / two.x", 2),
        ("one.x-two.x", -1),
        ("1 - one.x * 6 / 16 / two.x", 0.75),
        ("count('a', \"b c\") + 1", 8),
    ],
)
def test_arithmetic_means_what_it_does_on_paper(text, expected):
    assert value(text) == pytest.approx(expected)


def test_a_list_has_a_value_for_each_of_its_parts():
    assert value("[x, x / 2, count('a')]") == (6.0, 3.0, 7.0)


@pytest.mark.parametrize(
    "text", ["x / zero", "x + unknown", "9 ** 9 ** 9", "low ** 0.5", "1e308*9"]
)
def test_what_cannot_be_computed_is_unknown_and_no_accident(text):
    assert math.isnan(value(text))


def test_it_says_what_it_names_and_what_it_calls():
    found = parse_expression("one.x / two.x + one.x + wins('r1', 'math')")
    assert found.names == ("one.x", "two.x")
    assert found.calls == (Call("wins", ("r1", "math")),)


def test_it_is_written_again_with_values_in_the_place_of_names():
    found = parse_expression("one.x /  two.x * wins('x')")
    assert found.written_with({"one.x": "$2", "two.x": "$3"}.__getitem__) == "$2 / $3 * wins('x')"


@holds_at(
    "text",
    [
        "",
        "   ",
        "1 +",
        "1 2",
        "(1",
        "1)",
        "[]",
        "[1, 2",
        "[1] + 1",
        "[[1]]",
        "a.b.c",
        ".x",
        "f()",
        "f(1)",
        "f(x)",
        "f('a'",
        "'text'",
        "x = 1",
        "x; y",
        "x if x else y",
        "lambda: 1",
        "x[0]",
        "__import__('os').system('touch /tmp/x')",
        "().__class__",
        "f'{x}'",
        "x\n\x00",
        "1e999",
        "0x10",
        "x and y",
        "x // 2",
        "x % 2",
        "{x}",
        "×",
    ],
)
def test_what_is_no_arithmetic_is_refused_in_one_line(text):
    with pytest.raises(ScenarioError) as refused:
        parse_expression(text)
    assert str(refused.value).isprintable()
    assert "allowed:" in str(refused.value)


@pytest.mark.parametrize("text", ["(" * 400, "-" * 400 + "1", "2**" * 150 + "2", "x" * 10**6])
def test_what_is_too_long_or_too_deep_is_refused(text):
    with pytest.raises(ScenarioError):
        parse_expression(text)


@given(st.text(max_size=60) | st.text("0123456789.()+-*/xe[],'\" ", max_size=60))
def test_any_text_is_an_expression_or_is_refused(text):
    try:
        found = parse_expression(text)
    except ScenarioError as error:
        assert str(error).isprintable()
    else:
        found.evaluate(lambda name: 1.0, lambda call: 1.0)
