"""Conditions on what is searched, as one types them: several, between semicolons."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dsexplore.analysis.search.limits import Limit, limit
from dsexplore.text.refusal import ScenarioError

_BETWEEN = ";"
_WHERE = "condition"


def conditions(typed: str) -> list[str]:
    """The conditions of a line."""
    return [each.strip() for each in typed.split(_BETWEEN) if each.strip()]


def in_a_line(every: Sequence[str]) -> str:
    """Conditions as one line to edit."""
    return f"{_BETWEEN} ".join(every)


def limits_of(every: Sequence[str]) -> list[Limit]:
    """Conditions that have been checked, as limits. Raises ScenarioError."""
    return [limit(each, _WHERE) for each in every]


def problem_of(typed: str) -> str:
    """What is wrong with a line of conditions; empty for nothing."""
    return refusal(lambda: limits_of(conditions(typed)))


def refusal(read: Callable[[], object]) -> str:
    """Why something typed cannot be read, in a sentence; empty where it can."""
    try:
        read()
    except ScenarioError as error:
        return f"{error.sentence()}."
    return ""
