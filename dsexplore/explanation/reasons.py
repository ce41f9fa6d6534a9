"""Reasons: the conditions behind the branch that ran, in words."""

from __future__ import annotations

from collections.abc import Iterable

from dsexplore.explanation.term import Term
from dsexplore.explanation.typeset import figure, line, names, values
from dsexplore.scenario.field import UNKNOWN

# The words where a sign fails, and where it holds.
_WORDS = {
    ">": ("at most", "above"),
    "<": ("at least", "below"),
    ">=": ("below", "at least"),
    "<=": ("above", "at most"),
}
_EQUALITY = ("==", "!=")


def reasons(terms: Iterable[Term]) -> list[str]:
    """Each condition behind a choice in the terms, once, in order."""
    said = [told for term in terms for condition in _conditions(term) for told in _told(condition)]
    return list(dict.fromkeys(said))


def _conditions(term: Term) -> Iterable[Term]:
    for inner in term.walk():
        yield from inner.reasons
        if inner.kind == "indicator":
            yield inner.parts[0]


def _told(condition: Term) -> list[str]:
    """The facts that decide a condition."""
    match condition.kind:
        case "all" | "any":
            return _decisive(condition)
        case "not":
            return _told(condition.parts[0])
        case "known":
            known = "is known" if condition.value else "is not known"
            return [f"{line(condition.parts[0], names)} {known}"]
        case "compare":
            return [_compared(condition)]
        case "choice":
            choice = condition.parts[0]
            return [f"{line(choice, names)} is {choice.value}"]
    value = condition.value
    said = ("yes" if value else "no") if isinstance(value, bool) else figure(value, "")
    return [f"{line(condition, names)} is {said}"]


def _decisive(condition: Term) -> list[str]:
    """The first of several joined conditions that settles the matter; all if none does alone."""
    settles = condition.kind == "any"
    for part in condition.parts:
        if bool(part.value) is settles:
            return _told(part)
    return [told for part in condition.parts for told in _told(part)]


def _compared(condition: Term) -> str:
    left, right = condition.parts
    name, value = line(left, names), _value(left)
    if value == UNKNOWN:
        return f"{name} is not known"
    found = f"{name} is {value}" if name != value else name
    other = _other(right)
    # Skip trivial comparisons.
    if isinstance(left.value, str) or (left.value == right.value and right.kind == "number"):
        return found
    if condition.label in _EQUALITY:
        is_equal = (condition.label == "==") == condition.value
        return f"{name} is {other}" if is_equal else f"{found}, not {other}"
    return f"{found}, {_WORDS[condition.label][condition.value]} {other}"


def _value(term: Term) -> str:
    value = term.value
    return value if isinstance(value, str) else figure(value, "") if term.parts else values(term)


def _other(term: Term) -> str:
    if isinstance(term.value, str):
        return term.value
    value = _value(term)
    return value if term.kind == "number" else f"{line(term, names)} ({value})"
