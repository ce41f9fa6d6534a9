"""Terms: what a formula is made of, once it is known which of its branches ran."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any, Literal

Kind = Literal[
    "name",  # a field or quantity, or what a helper calls its argument
    "local",  # a result on the way; its one part is what it is defined as
    "constant",
    "number",
    "text",
    "operation",  # label: + − × / mod
    "power",
    "negative",
    "call",  # label: the function
    "sum",  # its terms, those of a loop; the names of its locals are the last one's
    "bracket",  # label: the two signs around it
    "indicator",  # a condition that counts 1 or 0
    "template",  # a sentence: texts and spots
    "spot",  # a place in a sentence; label: how Python formats the value there
    "sequence",
    "table",  # its value is the dictionary, its parts are what that holds
    "compare",  # label: Python's sign
    "choice",  # first part: what is chosen; the others: what it was looked for among
    "all",
    "any",
    "not",
    "known",
]
CONDITIONS = frozenset({"compare", "choice", "all", "any", "not", "known"})
# What is said where it is used, and never gets a line of its own.
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
    """A part of a formula with the value it has; `reasons` are the conditions that chose it."""

    kind: Kind
    value: Any
    label: str = ""
    parts: tuple[Term, ...] = ()
    # Of a name; that of anything else follows.
    unit: str = ""
    reasons: tuple[Term, ...] = ()
    # Tells locals, and calls of helpers, of the same name apart, in the order of their lines.
    place: int = -1

    def because(self, *conditions: Term) -> Term:
        """This term as one that conditions chose."""
        return replace(self, reasons=(*conditions, *self.reasons)) if conditions else self

    def walk(self) -> Iterator[Term]:
        """This term and all that it is made of, and what the reasons are made of."""
        yield self
        for inner in (*self.parts, *self.reasons):
            yield from inner.walk()


def settled(result: Term) -> tuple[list[Term], Term]:
    """The locals that a result needs, in order, and the result; whatever can be is said in place.

    A local that is overwritten later is put where it is used, and so is one that only renames.
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
    parts, reasons = tuple(map(change, term.parts)), tuple(map(change, term.reasons))
    return replace(term, parts=parts, reasons=reasons)


def simplified(term: Term) -> Term:
    """An operation without what a choice has made idle: nothing added, once, or nothing at all."""
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
    """The smaller or larger of several without a bound that a choice has put out of reach."""
    idle = [part for part in term.parts if part.reasons and part.kind == "number"]
    idle = [part for part in idle if math.isinf(part.value) and part.value != term.value]
    if term.label not in ("min", "max") or not idle:
        return term
    reasons = tuple(reason for part in idle for reason in part.reasons)
    kept = tuple(part for part in term.parts if part not in idle)
    return (kept[0] if len(kept) == 1 else replace(term, parts=kept)).because(*reasons)
