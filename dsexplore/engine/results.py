"""Results: the quantities that are numbers, and what is said of a name that is none of them."""

from __future__ import annotations

from dsexplore.engine import QUANTITIES
from dsexplore.scenario.scenario import FIELDS, nearest
from dsexplore.text.refusal import ScenarioError, shown


def numeric_results() -> list[str]:
    """The names of all quantities that are numbers."""
    return [name for name, found in QUANTITIES.items() if not found.is_text]


def check_result(name: str) -> None:
    """Raise ScenarioError, without a place, for a name that is no numeric result."""
    known = numeric_results()
    if name not in known:
        raise ScenarioError("", _found(name), nearest(name, known))


def _found(name: str) -> str:
    if name in FIELDS:
        return f"{name}, a field, where a result belongs"
    if name in QUANTITIES:
        return f"{name}, a sentence, where a number belongs"
    return f"unknown result {shown(name)}"
