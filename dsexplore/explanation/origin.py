"""Origins: where the value of a field was stated, as far as the scenario knows."""

from __future__ import annotations

from dsexplore.library.bundles import BUNDLES, figures_of
from dsexplore.library.presets import as_preset
from dsexplore.scenario.field import UNKNOWN, Value
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.format import format_value
from dsexplore.text.refusal import ScenarioError


def origin(scenario: Scenario, name: str, opened: Scenario | None = None) -> str:
    """The origin of a field's value: a change, the scenario, a preset, a bundle or the default.

    `opened` is the scenario before it was edited.
    """
    value = scenario.value(name)
    if opened is not None and opened.value(name) != value:
        return f"changed; it was {_text(name, opened.value(name))}"
    for bundle in BUNDLES:
        called = str(scenario.value(bundle))
        if value is not None and _brought(bundle, called, name) == value:
            return f"the {FIELDS[bundle].label.lower()} {called}"
    return _from_preset(scenario, name)


def _from_preset(scenario: Scenario, name: str) -> str:
    table = FIELDS[name].table
    called = scenario.panel(table).preset
    stated = _as_preset(scenario, name)
    if stated is not None:
        if stated.value(name) == scenario.value(name):
            return f"the preset {called}, from which [{table}] starts"
        return f"the scenario; the preset {called} has {_text(name, stated.value(name))}"
    default = FIELDS[name].default_among(scenario.panel(table).values())
    return "the default" if default == scenario.value(name) else "the scenario"


def _as_preset(scenario: Scenario, name: str) -> Scenario | None:
    try:
        return as_preset(scenario, name)
    except ScenarioError:  # a preset of the user's own, changed since
        return None


def _brought(bundle: str, called: str, name: str) -> object:
    try:
        stated = figures_of(bundle, called).get(name)
        return None if stated is None else FIELDS[name].read(stated)
    except ScenarioError:
        return None


def _text(name: str, value: Value) -> str:
    return UNKNOWN if value is None else format_value(value, FIELDS[name].unit)
