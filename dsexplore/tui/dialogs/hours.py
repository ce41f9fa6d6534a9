"""Choosing what GPU-hours follow from, each way with the hours it comes to."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from dsexplore.document.document import Document
from dsexplore.engine.doubt import figure_text, is_wide
from dsexplore.engine.standing import Standing
from dsexplore.library.presets import with_changes
from dsexplore.scenario.field import Value
from dsexplore.text.format import doubted
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.dialogs.pick import Named, NarrowDialog

ASSUMED = "assumed MFU"


@dataclass(frozen=True, slots=True)
class _Way:
    """A way to know the hours: the fields that state it, and what it means."""

    name: str
    fields: Mapping[str, Value]
    about: str


_WAYS = (
    _Way(
        ASSUMED,
        {"utilization": "assumed"},
        "The MFU as it is now, to change like any other: hours follow FLOP and peak, and neither "
        "layout nor network (assumed_mfu).",
    ),
    _Way(
        "measured, its MFU",
        {"utilization": "measured", "measured_basis": "mfu"},
        "Hours as measured; of a changed run they follow the measured MFU, and neither layout nor "
        "network (measured_basis mfu).",
    ),
    _Way(
        "measured, predicted step",
        {"utilization": "measured", "measured_basis": "prediction"},
        "Hours as measured; of a changed run they are in proportion to the predicted step: layout "
        "and network count (measured_basis prediction).",
    ),
    _Way(
        "measured, its hours",
        {"utilization": "measured", "measured_basis": "hours"},
        "Hours as measured, whatever is changed (measured_basis hours).",
    ),
    _Way(
        "predicted",
        {"utilization": "predicted"},
        "Hours from the predicted step: layout, schedule and network count.",
    ),
)
_SHOWN = ("pretraining_gpu_hours", "pretraining_cost", "mfu")


class HoursDialog(NarrowDialog):
    """The ways that give hours for this scenario, the assumed one first under the cursor."""

    def __init__(self, document: Document) -> None:
        super().__init__("GPU-hours follow from")
        self._named = [*_ways(document)]

    @staticmethod
    def fields(name: str) -> Mapping[str, Value]:
        """What states a way."""
        return next(way.fields for way in _WAYS if way.name == name)

    def entries(self, typed: str) -> Iterator[Named]:
        """Every way with hours."""
        yield from self._named


def _ways(document: Document) -> Iterator[Named]:
    scenario = document.scenario
    for way in _WAYS:
        is_now = all(scenario.value(name) == value for name, value in way.fields.items())
        # To assume the MFU of now changes no hours.
        keeps = is_now or (way.name == ASSUMED and math.isfinite(document.figure("mfu")))
        try:
            there = Standing(scenario if keeps else with_changes(scenario, {**way.fields}))
        except ScenarioError:
            continue
        if is_now or math.isfinite(there.values[_SHOWN[0]]):
            hours, cost, mfu = (_text(there, name) for name in _SHOWN)
            found = f"{hours}  {cost}  MFU {mfu}"
            yield Named(way.name, "now" if is_now else "", found, way.about)


def _text(there: Standing, name: str) -> str:
    """A result with what belongs to it: its mark, digits that its interval leaves, doubt."""
    text = figure_text(name, there.values, 3)
    return there.marked(name, doubted(text) if is_wide(name, there.values) else text)
