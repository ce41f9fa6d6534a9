"""A scenario's title and description, marked where its values are no longer those they tell of."""

from __future__ import annotations

from dsexplore.scenario.field import shown_text
from dsexplore.scenario.scenario import FIELDS, Scenario


def title_now(scenario: Scenario) -> str:
    """The title in one line; of a scenario changed since it was written, it says so."""
    title = " ".join(scenario.title.split())
    return f"{title}, changed" if title and scenario.written_for else title


def description_now(scenario: Scenario, description: str | None = None) -> str:
    """The description, or a part of it, with what has changed since it was written before it."""
    said = scenario.description if description is None else description
    return f"{_lead(scenario)}{said}" if said else ""


def _lead(scenario: Scenario) -> str:
    changed = scenario.written_for
    if not changed:
        return ""
    if len(changed) > 1:
        return f"Before {len(changed)} fields changed: "
    [(name, value)] = changed.items()
    spec = FIELDS[name]
    now = shown_text(spec, scenario.value(name))
    return f"Before {spec.label} changed from {shown_text(spec, value, now)} to {now}: "
