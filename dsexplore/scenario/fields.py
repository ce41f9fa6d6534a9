"""Every panel by its table, and every field by its name."""

from __future__ import annotations

from dsexplore.scenario.field import FieldSpec
from dsexplore.scenario.panel import Panel
from dsexplore.scenario.panels.architecture import Architecture
from dsexplore.scenario.panels.hardware import Hardware
from dsexplore.scenario.panels.parallelism import Parallelism
from dsexplore.scenario.panels.pretraining import Pretraining
from dsexplore.scenario.panels.reinforcement import Reinforcement
from dsexplore.scenario.panels.serving import Serving
from dsexplore.text.refusal import unknown

PANELS: dict[str, type[Panel]] = {
    panel.table: panel
    for panel in (Architecture, Hardware, Parallelism, Pretraining, Reinforcement, Serving)
}
FIELDS: dict[str, FieldSpec] = {
    name: spec for panel in PANELS.values() for name, spec in panel.specs.items()
}
# Those whose default nobody published.
ASSUMABLE = {name: spec for name, spec in FIELDS.items() if spec.assumed}


def known_field(name: str, where: str = "") -> FieldSpec:
    """The spec of a field's name. Raises ScenarioError with the nearest names."""
    if name in FIELDS:
        return FIELDS[name]
    raise unknown("field", name, list(FIELDS), where)
