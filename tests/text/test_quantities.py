"""What people may type into a field, and what they are told when it cannot be read."""

from __future__ import annotations

import math

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from dsexplore.text.quantities import UnitError, parse_quantity
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


@holds_at(
    ("text", "number"),
    [
        ("61", 61),
        ("  61\t", 61),
        ("61.", 61),
        (".5", 0.5),
        ("1_024", 1024),
        ("1,024", 1024),
        ("12,345,678.5", 12345678.5),
        ("1E5", 100_000),
        ("6.71e+11", 671_000_000_000),
        ("6.71e−3", 0.00671),
        ("2**20", 1_048_576),
        ("2^20", 1_048_576),
        ("2048*8", 16_384),
        ("2048 × 8 · 2", 32_768),
        ("98.32/8", 12.29),
        ("1/3", 1 / 3),
        ("-2**2", -4),
        ("(-2)**2", 4),
        ("2**3**2", 512),
        ("2**-1", 0.5),
        ("--3", 3),
        ("−3 + 5", 2),
        ("5 -3", 2),
        ("2 + 3 * 4", 14),
        ("(2 + 3) * 4", 20),
        ("8 / 4 / 2", 1),
        ("0.1 + 0.2", 0.3),
        ("1e300 * 1e300 / 1e300", 1e300),
    ],
)
def test_numbers_and_arithmetic_mean_what_they_mean_on_paper(text: str, number: float) -> None:
    assert parse_quantity(text, "") == number


@holds_at(
    ("text", "unit", "number"),
    [
        ("14.8T", "token", 14.8e12),
        ("14.8T tokens", "token", 14.8e12),
        ("14.8 trillion tokens", "token", 14.8e12),
        ("671B", "parameter", 671e9),
        ("37 billion", "parameter", 37e9),
        ("37 Billion params", "parameter", 37e9),
        ("61 layers", "layer", 61),
        ("2048 GPUs", "GPU", 2048),
        ("2048 gpus", "GPU", 2048),
        ("256 nodes", "node", 256),
        ("139 people", "person", 139),
        ("2**20 tokens", "token", 1_048_576),
        ("4k * 8 tokens", "token", 32_000),
        ("989 TFLOP/s", "FLOP/s", 989e12),
        ("989T", "FLOP/s", 989e12),
        ("989 TFLOP", "FLOP/s", 989e12),
        ("989 TFLOPS", "FLOP/s", 989e12),
        ("989 Tflop/s", "FLOP/s", 989e12),
        ("3.7e24 FLOPs", "FLOP", 3.7e24),
        ("250 GFLOP/token", "FLOP/token", 250e9),
        ("50 GB/s", "byte/s", 50e9),
        ("50 GB per second", "byte/s", 50e9),
        ("400 Gbit/s", "byte/s", 50e9),
        ("3 TB/min", "byte/s", 50e9),
        ("(20 + 30) GB/s", "byte/s", 50e9),
        ("80 GB", "byte", 80e9),
        ("80 GiB", "byte", 80 * 2**30),
        ("80 B", "byte", 80),
        ("70.272 kB/token", "byte/token", 70_272),
        ("8 bits", "bit", 8),
        ("2 B/parameter", "byte/parameter", 2),
        ("3 us", "second", 3e-6),
        ("3 µs", "second", 3e-6),
        ("1.5 min", "second", 90),
        ("90 min", "hour", 1.5),
        ("3.7 d", "day", 3.7),
        ("36 h", "day", 1.5),
        ("3 + 12 h", "day", 3.5),
        ("2.66 M", "GPU-hour", 2_660_000),
        ("2.66M h", "GPU-hour", 2_660_000),
        ("2.66 M GPU-h", "GPU-hour", 2_660_000),
        ("2.66 million GPU hours", "GPU-hour", 2_660_000),
        ("2 GPU-days", "GPU-hour", 48),
        ("180K", "GPU-hour/Ttoken", 180_000),
        ("180K GPU-hours / T tokens", "GPU-hour/Ttoken", 180_000),
        ("1 token/s", "token/day", 86_400),
        ("22.8 %", "fraction", 0.228),
        ("0.228", "fraction", 0.228),
        ("50 % * 50 %", "fraction", 0.25),
        ("110 %", "", 1.1),
        ("1.3 kW", "watt", 1300),
        ("1 kWh", "joule", 3_600_000),
        ("5 MWh", "joule", 18e9),
        ("1.2 t", "gram", 1_200_000),
        ("12 kg", "gram", 12_000),
        ("385 gCO2/kWh", "gram/kWh", 385),
        ("0.385 g/Wh", "gram/kWh", 385),
        ("$2", "USD/GPU-hour", 2),
        ("$2/h", "USD/GPU-hour", 2),
        ("$48 / GPU-day", "USD/GPU-hour", 2),
        ("$ 5.3 M", "USD", 5_300_000),
        ("$5.3 million", "USD", 5_300_000),
        ("5.3M USD", "USD", 5_300_000),
        ("-$3", "USD", -3),
        ("$6 / $2", "USD", 3),
        ("2048 * 8 * $2", "USD", 32_768),
        ("$2.19 per million tokens", "USD/Mtoken", 2.19),
        ("$2.19/M", "USD/Mtoken", 2.19),
        ("$0.08/kWh", "USD/kWh", 0.08),
        ("$100/day", "USD/year", 36_500),
    ],
)
def test_prefixes_and_units_give_base_units(text: str, unit: str, number: float) -> None:
    assert parse_quantity(text, unit) == number


@given(unit_names, st.integers(-(10**6), 10**6))
def test_1_k_of_anything_is_1000(unit: str, n: int) -> None:
    assert parse_quantity(f"{n}k", unit) == parse_quantity(f"{n}*1000", unit) == n * 1000


@given(unit_names.filter(lambda unit: not unit.startswith("byte")))
def test_b_is_a_billion_except_of_bytes(unit: str) -> None:
    assert parse_quantity("37B", unit) == 37_000_000_000
    assert parse_quantity("37B", "byte") == 37


@given(st.integers(1, 10**6), st.integers(1, 10**6))
def test_arithmetic_keeps_the_laws_of_arithmetic(a: int, b: int) -> None:
    assert parse_quantity(f"{a}k*{b}", "token") == parse_quantity(f"{b}*{a}k", "token")
    assert parse_quantity(f"{a} GB + {b} kB", "byte") == parse_quantity(f"{b} kB + {a} GB", "byte")
    assert parse_quantity(f"{a}*{b}/{b}", "") == a
    assert parse_quantity(f"({a}+{b}) h", "day") == parse_quantity(f"{a} h + {b} h", "day")


@given(st.integers(-(10**6), 10**6))
def test_words_that_mean_the_same_give_the_same(n: int) -> None:
    for same in (["d", "* 24 h", "day", "DAYS"], ["h", "hours", "GPU-h", "GPU hours", "hr"]):
        assert len({parse_quantity(f"{n} {words}", "GPU-hour") for words in same}) == 1


@given(st.floats(allow_nan=False, allow_infinity=False), unit_names)
def test_a_float_as_python_prints_it_comes_back(value: float, unit: str) -> None:
    assert parse_quantity(repr(value), unit) == value


@given(st.integers(-(2**53) + 1, 2**53 - 1), unit_names)
def test_whole_numbers_come_back_as_whole_numbers(value: int, unit: str) -> None:
    read = parse_quantity(f"{value}.0", unit)
    assert read == value
    assert isinstance(read, int)


def test_a_whole_number_that_a_float_may_miss_is_a_float() -> None:
    assert isinstance(parse_quantity("2**53", ""), float)
    assert isinstance(parse_quantity("2**53 - 1", ""), int)


def test_the_result_is_rounded_once() -> None:
    assert parse_quantity("0.1 + 0.2 - 0.3", "") == 0
    assert parse_quantity("(1/3) * 3", "") == 1
    assert parse_quantity("22.8 %", "fraction") == 0.228


def refusal(text: str, unit: str) -> str:
    with pytest.raises(UnitError) as caught:
        parse_quantity(text, unit)
    return str(caught.value)


def test_a_refusal_says_what_was_found_and_what_is_allowed() -> None:
    assert refusal("12 potatoes", "byte/s") == (
        "'12 potatoes' is not a number in byte/s (for example 50 GB/s)"
    )


@holds_at(
    ("text", "unit", "words"),
    [
        ("50 GB/s", "token", "is in GB/s, not a number of tokens"),
        ("50 GB/s", "byte", "is in GB/s, not a number in byte"),
        ("3 d", "USD", "is in d, not"),
        ("14.8t", "token", "is in t, not"),
        ("2048 GPUs", "GPU-hour", "is in GPUs, not"),
        ("5 s", "", "is in s, not a plain number"),
        ("5 h", "text", "is in h, not a plain number"),
        ("$2/token", "USD/GPU-hour", "is in $/token, not"),
        ("400 Gb/s", "byte/s", "write B for a billion, GB for bytes or Gbit for bits"),
        ("80 Gb", "byte", "GB for bytes or Gbit for bits"),
        ("400 Gbps", "byte/s", "GB for bytes or Gbit for bits"),
        ("7b", "parameter", "write B for a billion"),
        ("90 m", "hour", "write ms, min, or M"),
        ("2.66 m GPU-h", "GPU-hour", "write ms, min, or M"),
        ("1,5", "", "has a comma: write 1.5"),
        ("1,0245", "", "has a comma"),
        ("0,123", "", "has a comma"),
        ("1/0", "", "divides by zero"),
        ("0**-1", "", "divides by zero"),
        ("1/(2-2)", "", "divides by zero"),
        ("(1", "", "unclosed parenthesis"),
        ("1)", "", "is not a plain number"),
        ("2**0.5", "", "not a whole number"),
        ("3 GB * 2 GB", "byte", "two units"),
        ("(3 GB) GB", "byte", "two units"),
        ("8 / 2 GB", "byte", "divides a plain number by one with a unit"),
        ("(2 GB)**2", "byte", "raises a number with a unit"),
        ("9**9**9", "", "leaves the range"),
        ("-9**9**9**9", "", "leaves the range"),
        ("1e999999999", "", "leaves the range"),
        ("1e" + "9" * 150, "", "leaves the range"),
        ("1e308*10", "", "leaves the range"),
        ("2e308", "token", "leaves the range"),
        ("(" * 90 + "1" + ")" * 90, "", "nested too deeply"),
        ("-" * 190 + "1", "", "nested too deeply"),
        ("2**" * 60 + "2", "", "nested too deeply"),
        ("1" * 201, "", "longer than 200 characters"),
    ],
)
def test_a_refusal_says_why(text: str, unit: str, words: str) -> None:
    assert words in refusal(text, unit)


@holds_at(
    "text",
    [
        *(
            "",
            " ",
            "nan",
            "inf",
            "-inf",
            "infinity",
            "NaN",
            "None",
            "true",
            "–",
            "potatoes",
            "k",
            "$",
        ),
        *(
            "1 2",
            "1..2",
            "1.2.3",
            "1__0",
            "_1",
            "1_",
            "0x10",
            "1j",
            "1e",
            "e5",
            "1 +",
            "* 2",
            "2 ** ",
        ),
        *("2××3", "2* *3", "()", "1 (2)", "5 per", "per 5", "1/", "$$1", "5 $ 5", "½", "٣", "1 kk"),
        *("__import__('os')", "1 if 1 else 2", "[1]", "1;2", "1//2", "7 % 3", "1 == 1", "max(1,2)"),
    ],
)
def test_what_is_not_a_quantity_is_refused(text: str) -> None:
    for unit in ("", "token", "byte/s", "USD"):
        assert "(for example " in refusal(text, unit)


@given(unit_names)
def test_the_example_in_a_refusal_can_be_typed(unit: str) -> None:
    message = refusal("potatoes", unit)
    offered = message[message.index("(for example ") + len("(for example ") : -1]
    assert parse_quantity(offered, unit) > 0


def test_a_refusal_never_obeys_or_floods_the_terminal() -> None:
    message = refusal("5\x1b[31m\n\u202e" + "x" * 10_000, "token")
    assert message.isprintable()
    assert len(message) < 150
    assert "\\x1b" in message


@pytest.mark.parametrize("worst", ["9**2500/7**2800+" * 12 + "1", "1e400/" * 33 + "3", "9" * 200])
def test_long_detours_end(worst: str) -> None:
    assert finite_or_refused(worst, "")


def finite_or_refused(text: str, unit: str) -> bool:
    try:
        value = parse_quantity(text, unit)
    except UnitError as error:
        return str(error).isprintable() and "(for example " in str(error)
    return math.isfinite(value)


# Text from the parser's own alphabet gets further in than text from all of Unicode.
pieces = st.sampled_from(
    [
        *("1", "0", "9", ".5", "1_024", "1,024", "1e400", "1e-400", "e", "E5", "2**20", "99999"),
        *("+", "-", "*", "/", "**", "(", ")", "×", "^", "−", "÷", "$", "%", ",", "_", ".", " "),
        *("k", "M", "B", "Gi", "m", "b", "Gb", "GB", "/s", "TFLOP/s", "h", "GPU", "-h", "tokens"),
        *("per", "million", "kWh", "nan", "inf", "\x00", "\n", "µs", "\ud800"),
    ]
)
hostile = st.one_of(st.text(max_size=300), st.lists(pieces, max_size=60).map("".join))


@examples(400)
@given(hostile, unit_names)
@example("9**(9**(9**9))", "token")
@example("(1/7)**2700*(1/9)**2500", "")
@example("1e-400", "FLOP")
def test_any_text_is_a_finite_number_or_a_sentence(text: str, unit: str) -> None:
    assert finite_or_refused(text, unit)
