"""Typed quantities, turned into numbers in a field's base unit.

`parse_quantity` reads `14.8T`, `989 TFLOP/s`, `2048*8`, `$2/h`, and refuses anything else in one
sentence. Nothing is evaluated as code: a small recursive descent parser computes
in fractions, so the result is rounded once.

A bare number is in the field's own unit: `3 + 12 h` in a field of days is three and a half. A unit
belongs to the number or parenthesis before it, or to a whole power: `2**20 tokens`.
"""

from __future__ import annotations

import re
import sys
from fractions import Fraction
from functools import lru_cache
from typing import Final, NamedTuple

from dsexplore.text.unit_names import PREFIXES, NamedUnit, look_up

_MAX_TEXT: Final = 200
_MAX_DEPTH: Final = 32
_MAX_EXPONENT: Final = 400
_MAX_BITS: Final = 8192  # of a number on the way: 1e308 has 1024, so any sensible detour fits
_MAX_FOUND: Final = 40
_TOO_LARGE: Final = f"leaves the range of numbers, which ends at {sys.float_info.max:.1e}"

# Examples for messages; a field without an entry offers 2 of its unit.
_EXAMPLES: Final = {
    "": "61",
    "text": "61",
    "fraction": "22.8 %",
    "parameter": "671B",
    "token": "14.8T",
    "FLOP/s": "989 TFLOP/s",
    "byte/s": "50 GB/s",
    "GPU-hour": "2.66 M GPU-h",
    "USD": "$5.3 M",
}


class UnitError(ValueError):
    """Why a text is no quantity: one sentence with the found text and an example."""


class _Refusal(Exception):  # noqa: N818 - the middle of the sentence, not yet an error
    """The reason; empty where "is not a number" says it all."""


class _Field(NamedTuple):
    unit: str
    top: NamedUnit
    bottom: NamedUnit  # without a name if there is no stroke


class _Amount(NamedTuple):
    """A number on the way, in the field's unit, with arithmetic of bounded cost."""

    value: Fraction
    has_unit: bool  # two of these may be added, but their product would be of another kind

    def plus(self, other: _Amount) -> _Amount:
        return _kept(self.value + other.value, self.has_unit or other.has_unit)

    def times(self, other: _Amount) -> _Amount:
        if self.has_unit and other.has_unit:
            raise _Refusal("has two units where one belongs")
        return _kept(self.value * other.value, self.has_unit or other.has_unit)

    def over(self, other: _Amount) -> _Amount:
        if not other.value:
            raise _Refusal("divides by zero")
        if other.has_unit and not self.has_unit:
            raise _Refusal("divides a plain number by one with a unit")
        return _kept(self.value / other.value, self.has_unit and not other.has_unit)

    def power(self, exponent: _Amount) -> _Amount:
        power = exponent.value
        if self.has_unit or exponent.has_unit:
            raise _Refusal("raises a number with a unit to a power")
        if power.denominator != 1:
            raise _Refusal("has an exponent that is not a whole number")
        if not self.value and power < 0:
            raise _Refusal("divides by zero")
        if _bits(self.value) * abs(power) > _MAX_BITS:
            raise _Refusal(_TOO_LARGE)
        return _Amount(self.value**power.numerator, False)


def _bits(value: Fraction) -> int:
    return max(value.numerator.bit_length(), value.denominator.bit_length())


def _kept(value: Fraction, has_unit: bool) -> _Amount:
    if _bits(value) > _MAX_BITS:
        raise _Refusal(_TOO_LARGE)
    return _Amount(value, has_unit)


@lru_cache(maxsize=1024)
def parse_quantity(text: str, unit: str) -> int | float:
    """Return the number meant by `text` in a field of this unit, or raise UnitError.

    A whole number below 2**53 comes back as an int, anything else as the nearest float.

    >>> parse_quantity("14.8T", "token"), parse_quantity("22.8 %", "fraction")
    (14800000000000, 0.228)
    >>> parse_quantity("12 eggs", "byte/s")
    Traceback (most recent call last):
    dsexplore.text.quantities.UnitError: '12 eggs' is not a number in byte/s (for example 50 GB/s)
    """
    try:
        if len(text) > _MAX_TEXT:
            raise _Refusal(f"is longer than {_MAX_TEXT} characters")
        return _rounded(_Parser(text, _field(unit)).parse())
    except _Refusal as refusal:
        reason = str(refusal) or f"is not {_wanted(unit)}"
    example = _EXAMPLES.get(unit) or ("$2" if unit.startswith("USD") else f"2 {unit}")
    raise UnitError(f"'{_shown(text)}' {reason} (for example {example})")


def is_count_noun(unit: str) -> bool:
    """Whether a unit counts things, such as tokens; a rate of them or an amount does not."""
    return bool(unit) and _field(unit).top.kind == unit


def plural(noun: str) -> str:
    """Return the plural of a count noun."""
    return "people" if noun == "person" else f"{noun}s"


def _rounded(value: Fraction) -> int | float:
    if value.denominator == 1 and abs(value) < 2**53:  # from there on a float skips integers
        return value.numerator
    try:
        return value.numerator / value.denominator  # Python rounds a quotient of integers correctly
    except OverflowError:
        raise _Refusal(_TOO_LARGE) from None


def _shown(found: str) -> str:
    """Shorten a found text and escape control and hidden characters."""
    start = found[: _MAX_FOUND + 1]
    shown = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in start)
    return shown if len(shown) <= _MAX_FOUND else f"{shown[: _MAX_FOUND - 1]}…"


def _wanted(unit: str) -> str:
    special = {"": "a plain number", "text": "a plain number", "fraction": "a fraction or a %"}
    counted = f"a number of {plural(unit)}" if is_count_noun(unit) else f"a number in {unit}"
    return special.get(unit, counted)


# Units: the meaning of a word, and whether a field can take it.


@lru_cache(maxsize=256)
def _field(unit: str) -> _Field:
    """Read a field's unit by the same table; a word outside it is a count noun."""
    names = ("" if unit == "text" else unit).partition("/")[::2]
    top, bottom = (
        (look_up(name) or NamedUnit(name, Fraction(1)))._replace(name=name) for name in names
    )
    return _Field(unit, top, bottom)


def _measure(words: list[str], own: NamedUnit) -> NamedUnit:
    """Read the words of one side of the stroke; the kind is empty if they name no unit."""
    first = words[0] if words else ""
    power = PREFIXES.get(first) or PREFIXES.get(first.casefold())
    if first == "B" and own.name == "byte":
        power = None
    rest = words[1:] if power else words
    if not rest:
        return NamedUnit("", Fraction(power or 1))
    word = "-".join(rest)  # "GPU hours" are "GPU-hours"
    names = (own.name.casefold(), plural(own.name).casefold()) if own.name else ()
    unit = own if word.casefold() in names else look_up(word)
    if unit is None:
        raise _Refusal(_hint(rest))
    return NamedUnit(unit.kind, unit.factor * (power or 1))


def _hint(words: list[str]) -> str:
    """Say why an ambiguous word is not understood."""
    if "m" in words:
        return "is unclear: write ms, min, or M for a million"
    if any(re.fullmatch(r"([A-Za-z]i?)?b(ps)?", word) for word in words):
        return "is unclear: write B for a billion, GB for bytes or Gbit for bits"
    return ""


def _agrees(kind: str, wanted: str) -> bool:
    # Hours of a GPU are typed as hours, and a percentage is a plain number.
    return kind == wanted or (kind, wanted) in (("time", "GPU time"), ("share", ""))


def _scale(field: _Field, top: list[str], bottom: list[str]) -> _Amount:
    """Return the factor of a suffix, over and under its stroke."""
    over, under = _measure(top, field.top), _measure(bottom, field.bottom)
    fits = not over.kind or _agrees(over.kind, field.top.kind)
    if bottom:  # "$2/M" is understood where a million can only be of tokens
        fits &= field.bottom.name != "" and _agrees(under.kind or "token", field.bottom.kind)
    if not fits:
        typed = f"{' '.join(top)}{'/' if bottom else ''}{' '.join(bottom)}"
        raise _Refusal(f"is in {_shown(typed)}, not {_wanted(field.unit)}")
    factor = over.factor / (field.top.factor if over.kind else 1)
    if bottom:
        factor *= field.bottom.factor / under.factor
    # A percentage is a plain number: it may be multiplied with anything.
    return _Amount(factor, bool(bottom) or over.kind not in ("", "share"))


# The grammar, one method per rule: sum, product, signed, power, atom, suffix.

_INTEGER = r"(?:[1-9][0-9]{0,2}(?:,[0-9]{3})+(?![0-9_,])|[0-9]+(?:_[0-9]+)*)"
_TOKEN: Final = re.compile(
    rf"(?P<number>(?:{_INTEGER}(?:\.(?:[0-9]+(?:_[0-9]+)*)?)?|\.[0-9]+(?:_[0-9]+)*)"
    r"(?:[eE][-+−]?[0-9]+)?)"
    r"|(?P<word>[A-Za-zµμ][A-Za-zµμ0-9]*(?:-[A-Za-z]+)*|[$%])"
    r"|(?P<sign>\*\*|[-+*/()^×·−÷])"
    r"|(?P<space>\s+)|(?P<other>.)"
)
_SAME_SIGN: Final = {"^": "**", "×": "*", "·": "*", "−": "-", "÷": "/"}


def _tokens(text: str) -> list[tuple[str, str]]:
    """Cut a text into (sort, text) pairs; the parser may look two past the last."""
    tokens = []
    for match in _TOKEN.finditer(text):
        sort, found = str(match.lastgroup), match[0]
        if sort == "other":
            raise _Refusal("has a comma: write 1.5, or 1,024" if found == "," else "")
        if sort != "space":
            tokens.append((sort, _SAME_SIGN.get(found, found)))
    return [*tokens, ("end", ""), ("end", "")]


def _literal(text: str) -> Fraction:
    mantissa, _, exponent = text.lower().replace("−", "-").partition("e")
    digits = mantissa.replace(",", "").replace("_", "")
    if abs(int(exponent or 0)) > _MAX_EXPONENT:
        raise _Refusal(_TOO_LARGE)
    return Fraction(f"{digits}e{exponent or 0}")


class _Parser:
    """Recursive descent over one text; every rule leaves its amount in the field's unit."""

    def __init__(self, text: str, field: _Field) -> None:
        self._tokens = _tokens(text)
        self._at = 0
        self._depth = 0
        self._field = field

    def parse(self) -> Fraction:
        amount = self._sum()
        if self._tokens[self._at][0] != "end":
            raise _Refusal
        return amount.value

    def _take(self, *texts: str) -> str:
        """Take the next token if it is one of these; empty if it is not."""
        found = self._tokens[self._at][1]
        if found not in texts:
            return ""
        self._at += 1
        return found

    def _sum(self) -> _Amount:
        left = self._product()
        while sign := self._take("+", "-"):
            right = self._product()
            left = left.plus(right if sign == "+" else right._replace(value=-right.value))
        return left

    def _product(self) -> _Amount:
        left = self._signed()
        while sign := self._take("*", "/"):
            right = self._signed()
            left = left.times(right) if sign == "*" else left.over(right)
        return left

    def _signed(self, *, suffixed: bool = True) -> _Amount:
        self._depth += 1  # each way of nesting comes through here
        if self._depth > _MAX_DEPTH:
            raise _Refusal("is nested too deeply")
        sign = self._take("+", "-")
        amount = self._signed(suffixed=suffixed) if sign else self._power(suffixed=suffixed)
        self._depth -= 1
        return amount._replace(value=-amount.value) if sign == "-" else amount

    def _power(self, *, suffixed: bool) -> _Amount:
        """Read a power; the suffix of a bare exponent belongs to the whole power."""
        currency = suffixed and bool(self._take("$"))
        amount = self._atom()
        if suffixed:
            amount = self._suffix(amount, currency=currency)
        if self._take("**"):
            amount = amount.power(self._signed(suffixed=False))
            amount = self._suffix(amount) if suffixed else amount
        return amount

    def _atom(self) -> _Amount:
        if self._take("("):
            amount = self._sum()
            if not self._take(")"):
                raise _Refusal("has an unclosed parenthesis")
            return amount
        sort, text = self._tokens[self._at]
        if sort != "number":
            raise _Refusal
        self._at += 1
        return _Amount(_literal(text), False)

    def _suffix(self, amount: _Amount, *, currency: bool = False) -> _Amount:
        top = self._words() + ["$"] * currency
        bottom = self._words() if self._stroke() else []
        return amount.times(_scale(self._field, top, bottom))

    def _words(self) -> list[str]:
        words = []
        while self._tokens[self._at][0] == "word" and self._tokens[self._at][1] != "per":
            words.append(self._tokens[self._at][1])
            self._at += 1
        return words

    def _stroke(self) -> bool:
        """Take a stroke or "per" if a unit follows; before a number or $ it is a division."""
        here, (sort, after) = self._tokens[self._at][1], self._tokens[self._at + 1]
        found = here in ("/", "per") and sort == "word" and after != "$"
        self._at += found
        return found
