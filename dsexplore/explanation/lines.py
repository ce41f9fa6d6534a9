"""Working: a formula line by line, as on paper: with names, with values, and both."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.explanation.reasons import reasons
from dsexplore.explanation.term import Term
from dsexplore.explanation.trace import Reading
from dsexplore.explanation.typeset import Piece, Write, broken, figure, line, names, typeset, values
from dsexplore.explanation.units import unit_of

# A longer name has a line of its own.
_BESIDE = 30
_EQUALS = "= "


def with_names(reading: Reading, width: int) -> list[str]:
    """The formula with names: intermediate results first, the result last."""
    return _by(reading, names, width)


def with_values(reading: Reading, width: int) -> list[str]:
    """The formula with the values of this scenario."""
    return _by(reading, values, width)


def both(reading: Reading, unit: str, width: int) -> list[str]:
    """The formula with names, with values, and its result, each on its own line.

    `unit` is the unit of the result. The formulas of helpers follow.
    """
    lines: list[str] = []
    for step in reading.steps:
        lines += [*_step(step, width), ""]
    lines += _equals("", _sides(reading.result, unit), width)
    for helper in reading.helpers:
        lines += ["", *_helper(helper, width)]
    return lines


def _by(reading: Reading, write: Write, width: int) -> list[str]:
    lines = []
    for step in reading.steps:
        start = f"{step.label} {_EQUALS}"
        pieces = typeset(step.parts[0], write)
        lines += broken([Piece(start), *pieces], width, hang=4)
    lines += broken(typeset(reading.result, write), width)
    for helper in reading.helpers:
        lines += ["", *broken(_sentence(f"{_head(helper)}:"), width), *_by(helper, write, width)]
    return lines


def _step(step: Term, width: int) -> list[str]:
    definition = step.parts[0]
    return _equals(step.label, _sides(definition, unit_of(definition)), width)


def _sides(term: Term, unit: str) -> list[list[Piece]]:
    """A term with names, with values and as one value, without repetition."""
    result = term.value if isinstance(term.value, str) else figure(term.value, unit)
    sides = [typeset(term, names), typeset(term, values)]
    if not isinstance(term.value, str):
        sides.append([Piece(result)])
    texts = [line(term, names), line(term, values), result]
    return [side for place, side in enumerate(sides) if texts[place] not in texts[:place]]


def _equals(name: str, sides: Sequence[Sequence[Piece]], width: int) -> list[str]:
    """A name and its equals, the signs aligned; without a name the first side stands alone."""
    lines: list[str] = []
    if len(name) > _BESIDE:
        lines, name = [name], "  "
    room = len(name) + 1 if name.strip() else len(name)
    for place, side in enumerate(sides):
        start = name.ljust(room) if place == 0 and name.strip() else " " * room
        sign = "  " if not lines and not name else _EQUALS
        rows = broken(side, width - room - len(sign), hang=2)
        lines.append(f"{start}{sign}{rows[0]}")
        lines += [f"{' ' * (room + len(sign))}{row}" for row in rows[1:]]
    return lines


def _head(helper: Reading) -> str:
    return f"{helper.name}({', '.join(parameter.label for parameter in helper.arguments)})"


def _helper(helper: Reading, width: int) -> list[str]:
    """A helper's formula, under its own names for its arguments."""
    lines = broken(_sentence(f"{_head(helper)}: {helper.summary}"), width, hang=0)
    told = reasons([helper.result])
    if told:
        lines += broken(_sentence(f"as {'; '.join(told)}"), width, hang=3)
    return [
        *lines,
        *(f"  {text}" if text else "" for text in both(helper, unit_of(helper.result), width - 2)),
    ]


def _sentence(text: str) -> list[Piece]:
    first, *words = text.split()
    return [Piece(first), *(Piece(word, " ", 0) for word in words)]
