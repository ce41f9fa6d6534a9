"""A whole scenario: six panels, their uncertainty, and the sources of their facts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from typing import Any, TypeVar

from dsexplore.scenario.field import Value
from dsexplore.scenario.fields import ASSUMABLE, FIELDS, PANELS, known_field
from dsexplore.scenario.layers_per_stage import FIRST, with_first_stage
from dsexplore.scenario.measured_run import (
    HOURS,
    LATER_HOURS,
    MEASURED_RUN,
    REMEMBERED,
    SIZES,
    MeasuredRun,
    differing,
    restates,
    sizes_of,
)
from dsexplore.scenario.panel import Panel
from dsexplore.scenario.panels.architecture import Architecture
from dsexplore.scenario.panels.hardware import Hardware
from dsexplore.scenario.panels.parallelism import Parallelism
from dsexplore.scenario.panels.pretraining import Pretraining
from dsexplore.scenario.panels.reinforcement import Reinforcement
from dsexplore.scenario.panels.serving import Serving
from dsexplore.scenario.reading import READERS, in_order
from dsexplore.scenario.schedules import SCHEDULES
from dsexplore.scenario.uncertainty import Distribution
from dsexplore.text.refusal import ScenarioError, shown, unknown

__all__ = [
    "FIELDS",
    "PANELS",
    "Input",
    "Scenario",
    "as_input",
    "known_field",
]

Input = float | bool | str
_About = TypeVar("_About", dict[str, str], list[str])
# What a file calls the number of its format.
_SCHEMA = "schema"


@dataclass(frozen=True)
class Scenario:
    """Everything the user states. Frozen; `with_values` makes the next one.

    Words are kept as they are, whatever they hold: they are cleaned where they are shown.
    """

    title: str = ""
    description: str = ""
    architecture: Architecture = field(default_factory=Architecture)
    hardware: Hardware = field(default_factory=Hardware)
    parallelism: Parallelism = field(default_factory=Parallelism)
    pretraining: Pretraining = field(default_factory=Pretraining)
    reinforcement: Reinforcement = field(default_factory=Reinforcement)
    serving: Serving = field(default_factory=Serving)
    # Where fields have changed since title and description were written: their values then.
    written_for: dict[str, Value] = field(default_factory=dict)
    # Where the run whose hours were measured has other values than the panels.
    measured_run: dict[str, Value] = field(default_factory=dict)
    uncertainty: dict[str, Distribution] = field(default_factory=dict)
    # Of uncertain fields' ranks, by one field and another.
    correlations: dict[str, dict[str, float]] = field(default_factory=dict)
    sources: dict[str, str] = field(default_factory=dict)
    notes: dict[str, str] = field(default_factory=dict)
    # Fields with a stated value nobody can check.
    unverified: list[str] = field(default_factory=list)

    @classmethod
    def read(cls, raw: Mapping[str, object]) -> Scenario:
        """The scenario of a file's tables, as they are read. Raises ScenarioError."""
        if raw.get(_SCHEMA, 1) != 1:
            raise ScenarioError(_SCHEMA, shown(raw[_SCHEMA]), "1")
        found: dict[str, Any] = {
            name: PANELS[name].read(raw[name]) if name in PANELS else READERS[name](raw[name])
            for name in _KEYS
            if name in raw
        }
        for key in raw:
            if key not in _KEYS and key != _SCHEMA:
                raise unknown("table or key", str(key), [_SCHEMA, *_KEYS])
        made = cls(**found)
        for table in PANELS:
            made.panel(table).check_rules()
        made = made._with_whole_list()
        made = replace(made, measured_run=differing(made.value, made.measured_run))
        return made.with_words_of(made, ())

    def as_raw(self) -> dict[str, Any]:
        """What `read` makes this scenario of, by table and key."""
        raw: dict[str, Any] = {_SCHEMA: 1}
        for name in _KEYS:
            held = getattr(self, name)
            raw[name] = held.as_raw() if isinstance(held, Panel) else held
        raw["uncertainty"] = {name: each.as_raw() for name, each in self.uncertainty.items()}
        return raw

    def _with_whole_list(self) -> Scenario:
        """The scenario with all stages listed where an older file states the first one alone."""
        layout, layers = self.parallelism, self.architecture.num_layers
        words = layout.layers_per_stage.split()
        if words[0] != FIRST:
            return self
        schedule = SCHEDULES[layout.pipeline_schedule]
        pieces = layout.virtual_stages if schedule.has_virtual_stages else schedule.pieces
        listed = with_first_stage(int(words[1]), layers or 0, layout.pipeline_parallel, pieces)
        return replace(self, parallelism=layout.reading({"layers_per_stage": listed}))

    def panel(self, table: str) -> Panel:
        """The panel of a table's name."""
        panel = getattr(self, table)
        assert isinstance(panel, Panel)
        return panel

    def value(self, name: str) -> Value:
        """A field's value; None where it is unknown."""
        value: Value = getattr(getattr(self, _TABLE_OF[name]), name)
        return value

    def assumed(self) -> tuple[str, ...]:
        """The fields at a default that nobody published, and that nobody states here."""
        return tuple(
            name
            for name, spec in ASSUMABLE.items()
            if name not in self.sources and self.value(name) == spec.default
        )

    def differs_in(self, other: Scenario) -> list[str]:
        """The names of the fields whose values differ from another scenario's."""
        return [name for name in FIELDS if self.value(name) != other.value(name)]

    def with_values(self, changes: dict[str, object]) -> Scenario:
        """This scenario with fields changed; raw values are read like a file's.

        A changed value loses the source and note of the old one. Raises ScenarioError.
        """
        changed = self._reading(changes)
        moved = {name for name in changes if changed.value(name) != self.value(name)}
        changed = replace(
            changed,
            sources={k: v for k, v in self.sources.items() if k not in moved},
            notes={k: v for k, v in self.notes.items() if k not in moved},
            unverified=in_order({*self.unverified} - moved),
        )
        changed = changed._with_whole_list().with_words_of(self, moved)
        if restates(changes, changed.value, self.measured_run):
            return changed.with_run(self.sizes_of_run() | changed.sizes_if(changes))
        return changed.with_run(self.run_values() | changed.sizes_if(changes))

    def check(self, changes: dict[str, object]) -> None:
        """Raise ScenarioError where `with_values` does, in less time."""
        self._reading(changes)._with_whole_list()

    def _reading(self, changes: dict[str, object]) -> Scenario:
        """This scenario with raw values read and held to the rules; what is said of it stays."""
        by_table: dict[str, dict[str, object]] = {}
        for name, raw in changes.items():
            by_table.setdefault(known_field(name).table, {})[name] = raw
        panels: dict[str, Any] = {
            table: self.panel(table).reading(values) for table, values in by_table.items()
        }
        for panel in panels.values():
            panel.check_rules()
        return replace(self, **panels)

    def with_words_of(self, before: Scenario, moved: Iterable[str]) -> Scenario:
        """This scenario, whose words are `before`'s, with what they were written for.

        `moved` names at least the fields that have another value than before.
        """
        if not (self.title or self.description):
            return self
        then = {name: before.value(name) for name in moved} | before.written_for
        written = {name: then[name] for name in then if then[name] != self.value(name)}
        return self if written == self.written_for else replace(self, written_for=written)

    def with_words(self, title: str, description: str) -> Scenario:
        """This scenario with words of its own; a new description is of the values it has now."""
        is_new = description != self.description or not description
        then = {} if is_new else self.written_for
        return replace(self, title=title, description=description, written_for=then)

    def sizes_of_run(self, sizes: Iterable[str] = SIZES) -> dict[str, Value]:
        """The sizes of the RL and fine-tuning whose hours are stated."""
        run = self.run_values()
        return {name: run[name] for name in sizes}

    def sizes_if(self, stated: Iterable[str]) -> dict[str, Value]:
        """The sizes of RL or fine-tuning, if hours of it are among the stated fields."""
        return {name: self.value(name) for name in sizes_of(stated)}

    def run_values(self) -> dict[str, Value]:
        """What is remembered of the measured run, field by field."""
        now = self._values()
        return {name: now[name] for name in REMEMBERED} | self.measured_run

    def _values(self) -> dict[str, Value]:
        """Every field's value by its name, found at once; the panels' presets are beside them."""
        values: dict[str, Value] = {}
        for table in PANELS:
            values |= getattr(self, table).__dict__
        return values

    def with_run(self, run: Mapping[str, Value]) -> Scenario:
        """This scenario with hours measured on a run of these values; its own where not given."""
        return replace(self, measured_run=differing(self._values().__getitem__, run))

    def as_if_stated(self, name: str) -> Scenario:
        """This scenario as a new value of the field would leave it, with the value that it has."""
        if restates([name], self.value, self.measured_run):
            return self.with_run(self.sizes_of_run() | self.sizes_if([name]))
        if name in LATER_HOURS and self.measured_run:
            run = {**self.measured_run, name: self.run_values()[name]} | self.sizes_if([name])
            return replace(self, measured_run=run)
        return self

    def with_said_by(self, other: Scenario, names: Iterable[str]) -> Scenario:
        """This scenario with another's sources and notes for fields of equal value.

        A field put back to its old value thus has its old source again, and hours the run on
        which they were measured.
        """
        same = {name for name in names if self.value(name) == other.value(name)}
        run = self.run_values()
        if same.intersection(HOURS) and all(self.value(h) == other.value(h) for h in HOURS):
            run = other.run_values()
        elif sizes := sizes_of(same):
            run |= other.sizes_of_run(sizes)
        return replace(
            self.with_run(run),
            sources=_over(self.sources, other.sources, same),
            notes=_over(self.notes, other.notes, same),
            unverified=in_order({*self.unverified, *same.intersection(other.unverified)}),
        )

    def inputs(self) -> dict[str, Any]:
        """Every field by name as the engine takes it: numbers are floats, the unknown is nan.

        With them comes the run on which hours were measured, empty if none are stated.
        """
        inputs: dict[str, Any] = {
            name: as_input(value)
            for table in PANELS
            for name, value in self.panel(table).__dict__.items()
            if name != "preset"
        }
        # A size that no layer has is none, not unknown: nothing is multiplied with it.
        for name, spec in _SIZES_OF_SOME.items():
            if inputs[name] != inputs[name] and not spec.applies_where(self.value):
                inputs[name] = 0.0
        if not any(inputs[name] for name in (*HOURS, *LATER_HOURS)):
            return inputs | {MEASURED_RUN: MeasuredRun()}
        run = {name: inputs[name] for name in REMEMBERED}
        run.update((name, as_input(value)) for name, value in self.measured_run.items())
        restated = {name: True for name in LATER_HOURS if name in self.measured_run}
        inputs[MEASURED_RUN] = MeasuredRun(run, restated)
        return inputs


# Asked for many times at each key.
_TABLE_OF = {name: spec.table for name, spec in FIELDS.items()}
_SIZES_OF_SOME = {
    name: spec for name, spec in FIELDS.items() if spec.may_be_unknown and spec.applies
}


def _over(said: dict[str, str], other: dict[str, str], names: set[str]) -> dict[str, str]:
    kept = {name: words for name, words in said.items() if name not in names}
    return kept | {name: words for name, words in other.items() if name in names}


def as_input(value: Value) -> Input:
    """A field's value as the engine takes it."""
    if value is None:
        return math.nan
    return value if isinstance(value, bool | str) else float(value)


_KEYS = tuple(part.name for part in fields(Scenario))
