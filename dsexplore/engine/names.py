"""Names of fields and quantities: unit, words and kind, and the refusal of any other name."""

from __future__ import annotations

from dsexplore.engine import QUANTITIES
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.format import NO_PROBLEM, NOT_KNOWN, format_value
from dsexplore.text.refusal import ScenarioError, nearest, unknown

# The sentence on the first link of a layout that does not hold.
BROKEN_LINK = "layout_problem"


def is_name(name: str) -> bool:
    """Whether a field or a quantity has this name."""
    return name in FIELDS or name in QUANTITIES


def is_number(name: str) -> bool:
    """Whether a field or quantity is a number: neither a word nor a switch."""
    return FIELDS[name].is_numeric if name in FIELDS else not QUANTITIES[name].is_text


def is_result(name: str) -> bool:
    """Whether the name is a quantity's and a number."""
    return name in QUANTITIES and is_number(name)


def results() -> list[str]:
    """The names of all numeric quantities."""
    return [name for name in QUANTITIES if is_number(name)]


def unit_of(name: str) -> str:
    """The base unit of a field or quantity."""
    return FIELDS[name].unit if name in FIELDS else QUANTITIES[name].unit


def title_of(name: str) -> str:
    """The words beside a name in a list: a field's label, a quantity's summary."""
    return FIELDS[name].label if name in FIELDS else QUANTITIES[name].summary


def summary_of(name: str) -> str:
    """A field or quantity in a sentence."""
    return FIELDS[name].help if name in FIELDS else QUANTITIES[name].summary


def in_words(name: str, value: Value, digits: int = 4) -> str:
    """A value of a field or quantity for reading: a dash if unknown, none for no problem.

    >>> in_words("mfu", 0.39), in_words("mfu", float("nan"))
    ('39 %', '–')
    >>> in_words("mfu_problem", ""), in_words("memory_verdict", "")
    ('none', '–')
    """
    is_problem = name in QUANTITIES and QUANTITIES[name].kind == "problem"
    return format_value(value, unit_of(name), digits) or (NO_PROBLEM if is_problem else NOT_KNOWN)


def check_name(name: str, where: str = "") -> None:
    """Raise ScenarioError for a name of neither a field nor a quantity."""
    if not is_name(name):
        raise unknown("name", name, [*QUANTITIES, *FIELDS], where)


def check_result(name: str) -> None:
    """Raise ScenarioError, without a place, unless the name is a numeric result."""
    if is_result(name):
        return
    if not is_name(name):
        raise unknown("result", name, results())
    kind = "a field, where a result" if name in FIELDS else "a sentence, where a number"
    raise ScenarioError("", f"{name}, {kind} belongs", nearest(name, results()))
