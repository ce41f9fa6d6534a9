"""Terms: the parts of a formula along the branches that ran."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal[
    "name",  # a field or quantity, or a helper's parameter
    "local",  # an intermediate result; its one part is its definition
    "constant",
    "number",
    "text",
    "operation",  # label: + − × / mod
    "power",
    "negative",
    "call",  # label: the function
    "sum",  # the terms of a loop; the names of its locals are the last term's
    "bracket",  # label: the two signs around it
    "indicator",  # a condition that counts 1 or 0
    "template",  # a sentence: texts and spots
    "spot",  # a place in a sentence; label: how Python formats the value there
    "sequence",
    "table",  # its value is the dictionary, its parts are the entries
    "compare",  # label: Python's sign
    "choice",  # first part: the choice; the others: the candidates
    "all",
    "any",
    "not",
    "known",
]
CONDITIONS = frozenset({"compare", "choice", "all", "any", "not", "known"})
# Terms written where they are used, never on a line of their own.
_SAID_AT_ONCE = CONDITIONS | {
    "name",
    "constant",
    "number",
    "text",
    "template",
    "sequence",
    "table",
}
_NEUTRAL = {("+", 0): "both", ("−", 0): "right", ("×", 1): "both", ("/", 1): "right"}


@dataclass(frozen=True, slots=True)
class Term:
    """A part of a formula with its value; `reasons` are the conditions behind its choice."""

    kind: Kind
    value: Any
    label: str = ""
    parts: tuple[Term, ...] = ()
    # The unit of a name; other units follow from it.
    unit: str = ""
    reasons: tuple[Term, ...] = ()
    # Distinguishes locals and helper calls of the same name, in the order of their lines.
    place: int = -1

    def because(self, *conditions: Term) -> Term:
        """This term with more conditions behind its choice."""
        return replace(self, reasons=(*conditions, *self.reasons)) if conditions else self

    def walk(self) -> Iterator[Term]:
        """This term, its parts and its reasons, down to the leaves."""
        yield self
        for inner in (*self.parts, *self.reasons):
            yield from inner.walk()


def settled(result: Term) -> tuple[list[Term], Term]:
    """The locals behind a result, in order, and the result; simple ones are written in place.

    A local that is overwritten later, or only renames, is written in place too.
    """
    while result.kind == "local":
        result = result.parts[0].because(*result.reasons)
    live = {term.place: term for term in result.walk() if term.kind == "local"}
    last = {term.label: place for place, term in sorted(live.items())}
    names = {term.label for term in result.walk() if term.kind == "name"}
    done: dict[int, Term] = {}

    def rebuilt(term: Term) -> Term:
        if term.kind == "local":
            if term.place not in done:
                done[term.place] = rebuilt(term.parts[0])
            inner = done[term.place]
            reasons = tuple(map(rebuilt, term.reasons))
            if _is_in_place(term, inner, last, names):
                return inner.because(*reasons)
            return replace(term, parts=(inner,), reasons=reasons)
        return simplified(_with_inner(term, rebuilt))

    final = rebuilt(result)
    kept = {term.place: term for term in final.walk() if term.kind == "local"}
    return [kept[place] for place in sorted(kept)], final


def _is_in_place(term: Term, inner: Term, last: dict[str, int], names: set[str]) -> bool:
    if inner.kind in _SAID_AT_ONCE or inner.kind == "local":
        return True
    return last[term.label] != term.place or term.label in names


def _with_inner(term: Term, change: Callable[[Term], Term]) -> Term:
    if not term.parts and not term.reasons:
        return term
    parts, reasons = tuple(map(change, term.parts)), tuple(map(change, term.reasons))
    return replace(term, parts=parts, reasons=reasons)


def simplified(term: Term) -> Term:
    """An operation without parts made idle by a choice: plus 0, times 1, times 0."""
    if term.kind == "call":
        return _within_bounds(term)
    if term.kind != "operation":
        return term
    left, right = term.parts
    if left.kind == right.kind == "number" and (left.reasons or right.reasons):
        return Term("number", term.value).because(*left.reasons, *right.reasons, *term.reasons)
    for number, other, side in ((right, left, "right"), (left, right, "left")):
        if number.kind != "number":
            continue
        neutral = _NEUTRAL.get((term.label, number.value))
        if number.reasons and neutral in ("both", side):
            return other.because(*number.reasons, *term.reasons)
        if term.label == "×" and number.value == 0 and term.value == 0:
            return replace(number, value=term.value).because(*term.reasons)
    return term


def _within_bounds(term: Term) -> Term:
    """A minimum or maximum without infinite bounds left by a choice."""
    idle = [part for part in term.parts if part.reasons and part.kind == "number"]
    idle = [part for part in idle if math.isinf(part.value) and part.value != term.value]
    if term.label not in ("min", "max") or not idle:
        return term
    reasons = tuple(reason for part in idle for reason in part.reasons)
    kept = tuple(part for part in term.parts if part not in idle)
    return (kept[0] if len(kept) == 1 else replace(term, parts=kept)).because(*reasons)
