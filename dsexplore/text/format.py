"""Numbers in base units written for people, to edit and to read.

`format_exact` is the inverse of `parse_quantity`: its text reads back as the same number.
`format_value` rounds for reading, and `format_change` shows a difference. Each unit has a ladder of
rungs such as B, kB, MB; a number is written on the highest rung it reaches.
"""

from __future__ import annotations

import math
from decimal import Context, Decimal, Inexact
from functools import lru_cache
from typing import Final

from dsexplore.text.quantities import is_count_noun, plural
from dsexplore.text.rungs import READING, Rung, base_of, ladder_of, reached, typing_ladder

Value = int | float | bool | str | None

NOT_KNOWN: Final = "–"
# Of a problem there is not: it is known, and no dash.
NO_PROBLEM: Final = "none"
# Beside a figure that cannot be had.
CROSS: Final = "✗"
# Before a figure whose interval is wide.
DOUBT: Final = "~"
# A factor closer to 1 than this makes no difference to a reader.
_CLOSE_TO_ONE: Final = 0.02
# So many digits of a number without decimals are read in one: 334, 12,300.
_LEAST_DIGITS: Final = 3

# Decimals: the shortest digits of a float are those a person typed, and they scale without error.
_EXACT: Final = Context(prec=400, traps=[Inexact])
# Less than this share of a value is the rounding of floats on their way, and no change.
_ROUNDING: Final = Decimal("1e-9")


# A screen is redrawn at every key, and most of its numbers stay the same.
@lru_cache(4096, typed=True)
def format_exact(value: int | float, unit: str) -> str:
    """Return a short text to edit, which `parse_quantity` reads back as exactly this number.

    Exactly means as a float beyond 2**53, where the parser answers with floats.

    >>> format_exact(14.8e12, "token"), format_exact(989e12, "FLOP/s"), format_exact(7168, "")
    ('14.8T', '989 TFLOP/s', '7168')
    >>> format_exact(0.228, "fraction"), format_exact(2.0, "USD/GPU-hour")
    ('22.8 %', '$2')
    """
    number = _finite(value)
    if number is None:
        return NOT_KNOWN
    sign = "-" if number < 0 else ""
    return sign + _shortest(abs(number), typing_ladder(unit))


def _shortest(number: Decimal, ladder: tuple[Rung, ...]) -> str:
    """Write a number on the rung with the fewest characters among those without loss."""
    best, best_length = "", math.inf
    least = min(rung.factor for rung in ladder)
    for rung in ladder:
        try:
            mantissa = _EXACT.divide(number, rung.factor)
        except Inexact:  # a third of a kilowatt-hour
            continue
        is_reached = mantissa >= 1 or rung.factor == least
        beside = len(ladder) > 1 and rung.factor != 1 and not (is_reached and mantissa < 1000)
        digits = _all_digits(mantissa)
        length = len(digits) + (rung.factor != 1)
        if not beside and length < best_length:
            best, best_length = f"{rung.before}{digits}{_singular(digits, rung.typed)}", length
    return best


def _all_digits(number: Decimal) -> str:
    short = number.normalize(_EXACT)
    plain, scientific = f"{short:f}", f"{short:e}".replace("e+", "e")
    if len(plain) > min(max(9, 2 * len(scientific)), 24):  # 5e12, but 671026419200
        return scientific
    return plain


@lru_cache(4096, typed=True)
def format_value(value: Value, unit: str, digits: int = 4) -> str:
    """Return a result for reading, to so many significant digits.

    Whole numbers stay whole: they count something. The unknown, nan or infinite, is a dash.

    >>> format_value(671026419200, "parameter"), format_value(0.3908, "fraction")
    ('671.0 B', '39.08 %')
    >>> format_value(3.7066e24, "FLOP"), format_value(5328000, "USD"), format_value(61, "layer")
    ('3.707e24 FLOP', '$5.328 M', '61')
    >>> format_value(909321.43, "USD"), format_value(881664, "parameter")
    ('$909,300', '881,664')
    """
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "yes" if value else "no"
    number = _finite(value)
    if number is None:
        return NOT_KNOWN
    return _written(number, reached(number, unit, digits), digits)


def format_interval(low: float, high: float, unit: str, like: float, digits: int = 3) -> str:
    """Both ends of an interval for reading, in the unit in which a number between them is written.

    >>> format_interval(18.24, 21.79, "second", 19.9)
    '18.2 … 21.8 s'
    >>> format_interval(4.665e6, 6.852e6, "USD", 5e6), format_interval(1137, 2031, "", 1500)
    ('$4.66 … 6.85 M', '1,140 … 2,030')
    >>> format_interval(236.012, 455, "USD", 330)
    '$236 … 455'
    """
    ends, middle = (_finite(low), _finite(high)), _finite(like)
    if ends[0] is None or ends[1] is None or middle is None:
        return NOT_KNOWN
    rung = reached(middle, unit, digits)
    first, last = (_significant(end, rung, digits) for end in ends if end is not None)
    # No cents: both ends have as many digits.
    bare = rung._replace(before="")
    start = _written(first, bare._replace(behind=""), digits)
    return f"{rung.before}{start} … {_written(last, bare, digits)}"


def format_significant(value: Value, unit: str, digits: int) -> str:
    """A result for reading, of whose digits no more are known than so many.

    >>> format_significant(1519, "token/s", 3), format_significant(20.04, "second", 3)
    ('1,520 tokens/s', '20.0 s')
    """
    number = None if isinstance(value, str | bool) else _finite(value)
    if number is None:
        return format_value(value, unit, digits)
    rung = reached(number, unit, digits)
    return _written(_significant(number, rung, digits), rung, digits)


def _significant(number: Decimal, rung: Rung, digits: int) -> Decimal:
    """A number that is written without decimals, rounded to so many digits; others as they are."""
    is_long = abs(number) >= rung.factor * 10**digits
    return Decimal(f"{number:.{max(digits, 1) - 1}e}") if is_long else number


def doubted(text: str) -> str:
    """A figure whose interval is wide, where that has no room.

    >>> doubted("$5.576 M")
    '~$5.576 M'
    """
    return f"{DOUBT}{text}"


def bounded(text: str) -> str:
    """A figure that is at least so much: an unknown part of it is left out.

    >>> bounded("$5.576 M")
    '≥ $5.576 M'
    """
    return f"≥ {text}"


def crossed(text: str) -> str:
    """A figure that cannot be had, with its cross.

    >>> crossed("$492")
    '✗ $492'
    """
    return f"{CROSS} {text}"


@lru_cache(4096, typed=True)
def format_change(before: Value, after: Value, unit: str, digits: int = 2) -> str:
    """Return a change, on the scale of the value changed; empty without a change.

    >>> format_change(4928000, 5328000, "USD"), format_change(0.412, 0.391, "fraction")
    ('▲ $0.40 M', '▼ 2.1 pt')
    >>> format_change(0.3908, 0.39080000000000004, "fraction")  # rounding of floats is no change
    ''
    >>> format_change("gqa", "mla", "text"), format_change(5.328e6, None, "USD")
    ('was gqa', 'was $5.33 M')
    """
    start, end = _moving(before), _moving(after)
    if start is None or end is None:
        was = format_value(before, unit, digits + 1)
        return "" if _same(before, after) else f"was {was}"
    change = abs(READING.subtract(end, start))
    if change <= _ROUNDING * max(abs(start), abs(end)):
        return ""
    rung = reached(max(abs(start), abs(end)), unit, digits)
    if change * 100 < rung.factor:  # too little to show in millions where millions moved
        rung = reached(change, unit, digits)
    if unit == "fraction":  # a share moves by percentage points, not by a share of itself
        rung = rung._replace(behind=" pt")
    return f"{'▲' if end > start else '▼'} {_written(change, rung, digits)}"


def format_unit(unit: str) -> str:
    """Return the unit of bare numbers in base units, for the head of a table.

    >>> format_unit("byte/s"), format_unit("USD/GPU-hour"), format_unit("token")
    ('B/s', '$/GPU-h', 'tokens')
    """
    if is_count_noun(unit):
        return plural(unit)
    if unit == "fraction":
        return unit
    base = base_of(ladder_of(unit))
    return base.before + base.behind.strip()


def _finite(value: int | float | None) -> Decimal | None:
    """Return the shortest decimal of this number; None where there is no number."""
    try:
        if value is None or not math.isfinite(value):
            return None
    except OverflowError:  # an integer beyond every float
        return None
    # numpy's floats are floats, but their repr is a call
    return Decimal(value) if isinstance(value, int) else Decimal(repr(float(value)))


def _moving(value: Value) -> Decimal | None:
    """Return a number to measure a change from; words and switches have none."""
    return None if isinstance(value, str | bool) else _finite(value)


def _same(before: Value, after: Value) -> bool:
    both = (before, after)
    if any(isinstance(value, str | bool) for value in both):
        return type(before) is type(after) and before == after
    return all(_moving(value) is None for value in both)


def _written(number: Decimal, rung: Rung, digits: int) -> str:
    mantissa = READING.divide(abs(number), rung.factor)
    if rung.before and rung.factor == 1 and mantissa < 1000:
        text = _cents(mantissa, digits)
    else:
        text = _rounded(mantissa, digits)
    sign = "-" if number < 0 else ""
    return f"{sign}{rung.before}{text}{_singular(text, rung.behind)}"


def _singular(digits: str, behind: str) -> str:
    return behind.replace("years", "year") if digits == "1" else behind


def _rounded(number: Decimal, digits: int) -> str:
    """Write significant digits, with commas; a whole number has no decimals, and loses no digit.

    Of any other no more digits are written than asked for, before the point either.
    """
    if number == number.to_integral_value() and number < 10**6:
        return f"{number:,.0f}"
    scientific = f"{number:.{max(digits, 1) - 1}e}"
    rounded, _, power = scientific.partition("e")
    exponent = int(power)
    if max(digits, _LEAST_DIGITS) <= exponent < 6:
        least = f"{number:.{max(digits, _LEAST_DIGITS) - 1}e}"
        return f"{Decimal(least):,.0f}"
    if exponent == 0:
        return rounded
    if -5 < exponent < 6:
        return f"{number:,.{max(digits - 1 - exponent, 0)}f}"
    return scientific.replace("e+", "e")


def _cents(number: Decimal, digits: int) -> str:
    """Write an amount of money under a thousand: in cents, or finer where cents would lose it."""
    text = _rounded(number, digits)
    if number == number.to_integral_value() or "e" in text:
        return text
    if number >= 1:
        return f"{number:,.2f}"
    whole, _, decimals = text.partition(".")
    return f"{whole}.{decimals.rstrip('0'):0<2}"


def format_added(value: float, unit: str, digits: int = 3) -> str:
    """A value added, with its sign: +1.20 s."""
    return f"{'+' if value > 0 else ''}{format_value(value, unit, digits)}"


def format_factor(factor: float, digits: int = 4) -> str:
    """A factor for reading: one below 1 as a division, one close to 1 as a change.

    >>> format_factor(3.2), format_factor(0.5), format_factor(1.003), format_factor(math.nan)
    ('× 3.200', '÷ 2', '+0.3 %', '–')
    """
    if not math.isfinite(factor):
        return NOT_KNOWN
    if 0 < abs(factor - 1) < _CLOSE_TO_ONE:
        return f"{100 * (factor - 1):+.2g} %"
    if 0 < factor < 1:
        return f"÷ {format_value(1 / factor, '', digits)}"
    return f"× {format_value(factor, '', digits)}"
