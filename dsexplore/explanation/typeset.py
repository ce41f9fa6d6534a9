"""Typesetting: a formula as text, with names or values, broken into lines."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from dsexplore.explanation.term import CONDITIONS, Term
from dsexplore.explanation.units import unit_of
from dsexplore.scenario.field import UNKNOWN
from dsexplore.text.format import format_value

_LEAVES = ("name", "local", "constant", "number")
Write = Callable[[Term], str]

_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_SIGNS = {"==": "=", "!=": "≠", "<=": "≤", ">=": "≥", "<": "<", ">": ">"}
_JOINTS = {"all": "and", "any": "or"}
# How tightly each sign binds, and how tightly each side of it must.
_ATOM = 9
_NEGATIVE = 1
_SUMS = ("+", "−")
_BINDS = {"+": 2, "−": 2, "mod": 3, "×": 4, "/": 4}
_SIDES = {"+": (1, 2), "−": (1, 3), "mod": (_ATOM, _ATOM), "×": (4, 4), "/": (4, 5)}
# Whole numbers below this are written with all digits, others as amounts.
_ALL_DIGITS = 1e15
_MILLION = 1e6
_ROUND = 4
# The words behind a sum: its locals are those of its last term.
_LAST = "({} terms, the last shown)"
# A line breaks at the loosest sign beyond this share of it.
_LATER = 0.4


@dataclass(frozen=True, slots=True)
class Piece:
    """Text that is never broken; a line may end before it, most readily at a small depth."""

    text: str
    gap: str = ""
    depth: int | None = None


def names(term: Term) -> str:
    """The name of a term without parts in a formula."""
    if term.kind in ("name", "local", "constant"):
        return term.label
    # A literal number is written as in the code.
    is_whole = float(term.value).is_integer() or not math.isfinite(term.value)
    return figure(term.value, "") if is_whole else _raised(repr(float(term.value)))


def values(term: Term) -> str:
    """The value of a term without parts in a formula."""
    return figure(term.value, unit_of(term))


@lru_cache(maxsize=4096)  # a line is laid out many times
def figure(value: Any, unit: str) -> str:
    """A value in a formula: counted things exactly, measured ones rounded.

    >>> figure(653908770816, "parameter"), figure(14.8e12, "token"), figure(1e12, "")
    ('653,908,770,816', '14.8 T', '10¹²')
    >>> figure(3.7066e24, "FLOP"), figure(0.3908, "fraction")
    ('3.707·10²⁴ FLOP', '39.08 %')
    """
    if isinstance(value, str):
        return value
    number = float(value)
    if not math.isfinite(number):
        return UNKNOWN if math.isnan(number) else f"{'−' * (number < 0)}∞"
    is_plain = format_value(1.0, unit) == "1"
    if is_plain and number.is_integer() and abs(number) < _ALL_DIGITS:
        return _whole(int(number))
    text = format_value(number, unit)
    if is_plain and "." in text and text.replace(".", "").isdigit() and float(text) == number:
        text = text.rstrip("0")
    return _raised(text)


def _whole(number: int) -> str:
    digits = str(abs(number)).rstrip("0")
    if abs(number) < _MILLION or len(digits) > _ROUND:
        return f"{number:,}".replace("-", "−")
    if digits == "1":
        return _raised(f"{'−' * (number < 0)}1e{len(str(abs(number))) - 1}")
    amount, _, prefix = format_value(number, "").partition(" ")
    return f"{amount.rstrip('0').rstrip('.') if '.' in amount else amount} {prefix}"


def _raised(text: str) -> str:
    """Powers of ten as people write them, and a minus as wide as a plus."""
    text = re.sub(r"^-", "−", text)
    return re.sub(r"(?:\b1)?e(-?\d+)", _power_of_ten, text)


def _power_of_ten(found: re.Match[str]) -> str:
    dot = "" if found[0].startswith("1") else "·"
    return f"{dot}10{str(int(found[1])).translate(_SUPERSCRIPTS)}"


def typeset(term: Term, write: Write, depth: int = 0) -> list[Piece]:  # noqa: PLR0911 - one for each kind of term
    """The pieces of a term, with names or values as `write` has them."""
    with_names = write is names
    match term.kind:
        case "operation":
            left, right = term.parts
            before, behind = _SIDES[term.label]
            inner = depth + (term.label not in "+−")
            sign = Piece(term.label, " ", inner)
            before = _NEGATIVE if _is_negative(term, write) else before
            first, second = _side(left, before, write, inner), _side(right, behind, write, inner)
            return [*first, sign, *_after(second, " ")]
        case "power":
            base = _side(term.parts[0], _ATOM, write, depth)
            return _ended(base, _exponent(term.parts[1], write))
        case "negative":
            return _begun(_side(term.parts[0], _BINDS["×"], write, depth), "−")
        case "sum":
            return _sum(term, write, depth)
        case "bracket":
            return _fenced(typeset(term.parts[0], write, depth + 2), *term.label)
        case "call":
            return _call(term, write, depth)
        case "indicator" if with_names:
            return _fenced(typeset(term.parts[0], write, depth + 2), "[", "]")
        case "template" | "text":
            return _words(_sentence(term, write))
    return _condition(term, write, depth) if term.kind in CONDITIONS else [Piece(write(term))]


def line(term: Term, write: Write) -> str:
    """A term on one line, however long."""
    return "".join(f"{piece.gap}{piece.text}" for piece in typeset(term, write))


def _side(term: Term, least: int, write: Write, depth: int) -> list[Piece]:
    """A term beside a sign, in parentheses if it needs them."""
    if _binding(term, write) >= least:
        return typeset(term, write, depth)
    return _fenced(typeset(term, write, depth + 2), "(", ")")


def _binding(term: Term, write: Write) -> int:
    if term.kind == "operation":
        return _NEGATIVE if _is_negative(term, write) else _BINDS[term.label]
    if term.kind == "sum":
        return _BINDS["+"]
    if term.kind in CONDITIONS:
        return 0
    if _is_negative(term, write):
        return _NEGATIVE
    # An amount is one unit, except under a power.
    is_amount = term.kind in _LEAVES and " " in write(term)
    return _BINDS["/"] + 1 if is_amount else _ATOM


def _is_negative(term: Term, write: Write) -> bool:
    """Whether a term begins with a minus as written."""
    if term.kind == "operation":
        left = term.parts[0]
        is_fenced = left.label in _SUMS and term.label not in _SUMS
        return _is_negative(left, write) and not is_fenced
    return term.kind == "negative" or (term.kind in _LEAVES and write(term).startswith("−"))


def _exponent(term: Term, write: Write) -> str:
    text = line(term, write)
    if re.fullmatch(r"\d+", text):
        return text.translate(_SUPERSCRIPTS)
    return f"^{text}" if re.fullmatch(r"\w+", text) else f"^({text})"


def _sum(term: Term, write: Write, depth: int) -> list[Piece]:
    """A sum: with names its last term, which stands for all; with values every term."""
    if write is names:
        last = _side(term.parts[-1], _BINDS["×"], write, depth + 1)
        return [*_begun(last, "Σ "), Piece(_LAST.format(len(term.parts)), " ", depth)]
    pieces = _side(term.parts[0], _BINDS["+"], write, depth)
    for part in term.parts[1:]:
        pieces = [*pieces, Piece("+", " ", depth), *_after(_side(part, 2, write, depth), " ")]
    return pieces


def _call(term: Term, write: Write, depth: int) -> list[Piece]:
    arguments = [typeset(part, write, depth + 3) for part in term.parts]
    if term.label == "√" and len(arguments[0]) == 1 and " " not in arguments[0][0].text:
        return _begun(arguments[0], "√")
    pieces: list[Piece] = []
    for place, argument in enumerate(arguments):
        comma = "," if place + 1 < len(arguments) else ""
        start = replace(argument[0], gap=" ", depth=depth + 2) if place else argument[0]
        pieces += _ended([start, *argument[1:]], comma)
    return _fenced(pieces, f"{term.label}(", ")")


def _condition(term: Term, write: Write, depth: int) -> list[Piece]:
    if term.kind == "compare":
        left, right = (_side(part, 2, write, depth + 1) for part in term.parts)
        sign, word = _SIGNS[term.label], term.parts[1].value
        if isinstance(word, str):
            sign, right = "is" if term.label == "==" else "is not", [Piece(word)]
        return [*left, Piece(sign, " ", depth + 1), *_after(right, " ")]
    inner = [_side(part, 1 if term.kind == "not" else 0, write, depth + 2) for part in term.parts]
    if term.kind in _JOINTS:
        pieces = inner[0]
        for row in inner[1:]:
            pieces = [*pieces, Piece(_JOINTS[term.kind], " ", depth), *_after(row, " ")]
        return pieces
    if term.kind == "known":
        return _ended(inner[0], " is known")
    if term.kind == "not":
        return _begun(inner[0], "not ")
    among = " or ".join(str(part.value) for part in term.parts[1:])
    return _ended(inner[0], f" is {among}")


def _sentence(term: Term, write: Write) -> str:
    if term.kind == "text" or write is values:
        return f"“{term.value}”" if term.value else "nothing to say"
    return f"“{''.join(_said(part) for part in term.parts)}”"


def _said(part: Term) -> str:
    """A part of a sentence: words, or the name of a value in braces."""
    if part.kind == "text" or part.parts[0].kind == "text":
        return str(part.value if part.kind == "text" else part.parts[0].value)
    return f"{{{line(part.parts[0], names)}}}"


def _words(text: str) -> list[Piece]:
    first, *others = text.split(" ")
    return [Piece(first), *(Piece(word, " ", _ATOM) for word in others)]


def _after(pieces: list[Piece], gap: str) -> list[Piece]:
    return [replace(pieces[0], gap=gap), *pieces[1:]]


def _begun(pieces: list[Piece], text: str) -> list[Piece]:
    return [replace(pieces[0], text=text + pieces[0].text), *pieces[1:]]


def _ended(pieces: list[Piece], text: str) -> list[Piece]:
    return [*pieces[:-1], replace(pieces[-1], text=pieces[-1].text + text)]


def _fenced(pieces: list[Piece], left: str, right: str) -> list[Piece]:
    return _ended(_begun(pieces, left), right)


def broken(pieces: Sequence[Piece], width: int, hang: int = 2) -> list[str]:
    """Pieces as lines of at most so many columns, broken before signs; later lines are indented."""
    lines: list[str] = []
    rest = list(pieces)
    while rest:
        indent = " " * hang if lines else ""
        room = width - len(indent)
        cut = _cut(rest, room)
        start, rest = rest[:cut], rest[cut:]
        text = "".join(
            piece.text if place == 0 else piece.gap + piece.text
            for place, piece in enumerate(start)
        )
        lines.append(indent + text)
    return lines


def _cut(pieces: Sequence[Piece], room: int) -> int:
    """The number of pieces on the line."""
    used, ends = 0, []
    for place, piece in enumerate(pieces):
        ends.append(used)
        used += len(piece.text) + (len(piece.gap) if place else 0)
    if used <= room:
        return len(pieces)
    breaks = [
        (piece.depth, place)
        for place, piece in enumerate(pieces)
        if place and piece.depth is not None
    ]
    fitting = [(depth, place) for depth, place in breaks if ends[place] <= room]
    later = [(depth, place) for depth, place in fitting if ends[place] >= _LATER * room]
    if later or fitting:
        loosest = min(depth for depth, _ in later or fitting)
        return max(place for depth, place in later or fitting if depth == loosest)
    return breaks[0][1] if breaks else len(pieces)
