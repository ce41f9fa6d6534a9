"""What differs between two scenarios: as data to keep, and in words to read."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dsexplore.library.saving import plain_values, table_values
from dsexplore.scenario.field import shown_text
from dsexplore.scenario.measured_run import MEASURED_RUN
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario
from dsexplore.text.refusal import ScenarioError, shown

# By table, and by key within it: the value in the other scenario; None where it has none.
Changes = dict[str, dict[str, Any]]

_TEXTS = ("title", "description")
_ABOUT = ("sources", "notes")
_VALUES = (MEASURED_RUN, "written_for")
_SECTIONS = ("texts", *PANELS, *_VALUES, "uncertainty", "correlations", *_ABOUT, "unverified")


def changes(scenario: Scenario, other: Scenario) -> Changes:
    """What makes `other` of `scenario`, small where they are alike."""
    found: Changes = {}
    for section in _SECTIONS:
        if section in PANELS and scenario.panel(section) is other.panel(section):
            continue  # an edit shares all panels but its own
        before, after = _section(scenario, section), _section(other, section)
        if before != after:
            keys = [key for key in {**before, **after} if before.get(key) != after.get(key)]
            found[section] = {key: after.get(key) for key in keys}
    return found


def changed(scenario: Scenario, made: object) -> Scenario:
    """The scenario with changes made; what a stranger wrote is checked. Raises ScenarioError."""
    if not isinstance(made, dict) or not all(isinstance(part, dict) for part in made.values()):
        raise ScenarioError("", shown(made), "changes by table")
    whole: dict[str, dict[str, Any]] = {}
    for section in _SECTIONS:
        merged = {**_section(scenario, section), **made.get(section, {})}
        whole[section] = {key: value for key, value in merged.items() if value is not None}
    texts, unverified = whole.pop("texts"), whole.pop("unverified")
    raw = {"schema": 1, **texts, **whole, "unverified": [*unverified]}
    return Scenario.read(raw)


def count_text(scenario: Scenario, before: Scenario | None) -> str:
    """How many fields differ from before: 2 fields."""
    count = len(scenario.differs_in(before)) if before else 0
    return f"{count} field{'' if count == 1 else 's'}"


def differences_text(scenario: Scenario, before: Scenario | None, most: int = 3) -> str:
    """What differs from before, the first few fields by name: 1 field: Layers 61 → 77."""
    if before is None:
        return "nothing left to compare it with"
    names = scenario.differs_in(before)
    words = ", ".join(_words_changed(scenario, before))
    if not names:
        return words or "the same values from another source"
    said = [_field_change(name, scenario, before) for name in names[:most]]
    rest = f" and {len(names) - most} more" if len(names) > most else ""
    also = f"; {words}" if words else ""
    return f"{count_text(scenario, before)}: {', '.join(said)}{rest}{also}"


def _words_changed(scenario: Scenario, before: Scenario) -> list[str]:
    """What is written or stated of the values, and differs: the title, notes, distributions."""
    said = [key for key in _TEXTS if getattr(scenario, key) != getattr(before, key)]
    for count, word in (
        (_differing(scenario.notes, before.notes), "note"),
        (_differing(scenario.uncertainty, before.uncertainty), "distribution"),
    ):
        said += [f"{count} {word}{'' if count == 1 else 's'}"] if count else []
    return said


def _differing(now: Mapping[str, object], before: Mapping[str, object]) -> int:
    return sum(now.get(name) != before.get(name) for name in {**now, **before})


def _field_change(name: str, scenario: Scenario, before: Scenario) -> str:
    spec = FIELDS[name]
    now = shown_text(spec, scenario.value(name))
    was = shown_text(spec, before.value(name), now)
    return f"{spec.label} {was} → {now}"


def _section(scenario: Scenario, section: str) -> dict[str, Any]:
    if section in PANELS:
        return table_values(scenario.panel(section))
    if section == "texts":
        return {key: getattr(scenario, key) for key in _TEXTS if getattr(scenario, key)}
    if section in _VALUES:
        return plain_values(getattr(scenario, section))
    if section == "uncertainty":
        return {
            name: {stated.kind: list(stated.parameters)}
            for name, stated in scenario.uncertainty.items()
        }
    about = getattr(scenario, section)
    return dict.fromkeys(about, True) if isinstance(about, list) else dict(about)
