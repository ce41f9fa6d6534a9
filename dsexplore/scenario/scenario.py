"""A whole scenario: six panels, their uncertainty, and the sources of their facts."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    StringConstraints,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from dsexplore.scenario.field import FieldSpec, Value
from dsexplore.scenario.fields import ASSUMABLE, FIELDS, PANELS
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
from dsexplore.scenario.schedules import SCHEDULES
from dsexplore.scenario.uncertainty import Distribution, read_correlations
from dsexplore.text.plain import encodable
from dsexplore.text.refusal import ScenarioError, shown, unknown

__all__ = [
    "FIELDS",
    "PANELS",
    "Input",
    "Scenario",
    "as_input",
    "known_field",
    "validated",
]

Input = float | bool | str
LONGEST_WORDS = 4_000
# Kept as they are, whatever they hold: they are cleaned where they are shown.
Words = Annotated[str, StringConstraints(max_length=LONGEST_WORDS), BeforeValidator(encodable)]
_About = TypeVar("_About", dict[str, str], list[str])


class Scenario(BaseModel):
    """Everything the user states. Frozen; `with_values` makes the next one."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True, populate_by_name=True)

    schema_number: Literal[1] = Field(default=1, alias="schema")
    title: Words = ""
    description: Words = ""
    architecture: Architecture = Field(default_factory=Architecture)
    hardware: Hardware = Field(default_factory=Hardware)
    parallelism: Parallelism = Field(default_factory=Parallelism)
    pretraining: Pretraining = Field(default_factory=Pretraining)
    reinforcement: Reinforcement = Field(default_factory=Reinforcement)
    serving: Serving = Field(default_factory=Serving)
    # Where the run whose hours were measured has other values than the panels.
    measured_run: dict[str, Value] = Field(default_factory=dict)
    uncertainty: dict[str, Distribution] = Field(default_factory=dict)
    # Of uncertain fields' ranks, by one field and another.
    correlations: dict[str, dict[str, float]] = Field(default_factory=dict)
    sources: dict[str, Words] = Field(default_factory=dict)
    notes: dict[str, Words] = Field(default_factory=dict)
    # Fields with a stated value nobody can check.
    unverified: list[str] = Field(default_factory=list)

    @field_validator("uncertainty", mode="before")
    @classmethod
    def _read_uncertainty(cls, raw: object) -> object:
        if not isinstance(raw, dict):
            return raw
        return {
            name: Distribution.read(known_field(name, "uncertainty"), stated)
            for name, stated in raw.items()
        }

    @field_validator("correlations", mode="before")
    @classmethod
    def _read_correlations(cls, raw: object) -> object:
        return read_correlations(raw) if isinstance(raw, dict) else raw

    @field_validator("sources", "notes", "unverified")
    @classmethod
    def _name_known_fields(cls, raw: _About, info: ValidationInfo) -> _About:
        for name in raw:
            known_field(name, info.field_name or "")
        return _in_order(raw) if isinstance(raw, list) else raw

    @field_validator(MEASURED_RUN, mode="before")
    @classmethod
    def _read_run(cls, raw: object) -> object:
        if not isinstance(raw, dict):
            return raw
        return {name: _of_the_run(name, stated) for name, stated in raw.items()}

    @model_validator(mode="after")
    def _keep_rules(self) -> Scenario:
        for table in PANELS:
            self.panel(table).check_rules()
        # In place: a frozen model has no other way to have its own values in order.
        self.__dict__["parallelism"] = self._with_whole_list().parallelism
        self.__dict__[MEASURED_RUN] = differing(self.value, self.measured_run)
        return self

    def _with_whole_list(self) -> Scenario:
        """The scenario with all stages listed where an older file states the first one alone."""
        layout, layers = self.parallelism, self.architecture.num_layers
        words = layout.layers_per_stage.split()
        if words[0] != FIRST:
            return self
        schedule = SCHEDULES[layout.pipeline_schedule]
        pieces = layout.virtual_stages if schedule.has_virtual_stages else schedule.pieces
        listed = with_first_stage(int(words[1]), layers or 0, layout.pipeline_parallel, pieces)
        return self.model_copy(
            update={"parallelism": layout.model_copy(update={"layers_per_stage": listed})}
        )

    def panel(self, table: str) -> Panel:
        """The panel of a table's name."""
        panel = getattr(self, table)
        assert isinstance(panel, Panel)
        return panel

    def value(self, name: str) -> Value:
        """A field's value; None where it is unknown."""
        value: Value = getattr(self.panel(FIELDS[name].table), name)
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
        by_table: dict[str, dict[str, object]] = {}
        for name, raw in changes.items():
            by_table.setdefault(known_field(name).table, {})[name] = raw
        panels = {
            table: validated(PANELS[table], {**self.panel(table).model_dump(), **values}, table)
            for table, values in by_table.items()
        }
        changed = self.model_copy(update=panels)
        moved = {name for name in changes if changed.value(name) != self.value(name)}
        changed = changed.model_copy(
            update={
                "sources": {k: v for k, v in self.sources.items() if k not in moved},
                "notes": {k: v for k, v in self.notes.items() if k not in moved},
                "unverified": _in_order({*self.unverified} - moved),
            }
        )
        for table in by_table:
            changed.panel(table).check_rules()
        changed = changed._with_whole_list()
        if restates(changes, changed.value, self.measured_run):
            return changed.with_run(self.sizes_of_run() | changed.sizes_if(changes))
        return changed.with_run(self.run_values() | changed.sizes_if(changes))

    def sizes_of_run(self, sizes: Iterable[str] = SIZES) -> dict[str, Value]:
        """The sizes of the RL and fine-tuning whose hours are stated."""
        run = self.run_values()
        return {name: run[name] for name in sizes}

    def sizes_if(self, stated: Iterable[str]) -> dict[str, Value]:
        """The sizes of RL or fine-tuning, if hours of it are among the stated fields."""
        return {name: self.value(name) for name in sizes_of(stated)}

    def run_values(self) -> dict[str, Value]:
        """What is remembered of the measured run, field by field."""
        return {name: self.measured_run.get(name, self.value(name)) for name in REMEMBERED}

    def with_run(self, run: Mapping[str, Value]) -> Scenario:
        """This scenario with hours measured on a run of these values; its own where not given."""
        return self.model_copy(update={MEASURED_RUN: differing(self.value, run)})

    def as_if_stated(self, name: str) -> Scenario:
        """This scenario as a new value of the field would leave it, with the value that it has."""
        if restates([name], self.value, self.measured_run):
            return self.with_run(self.sizes_of_run() | self.sizes_if([name]))
        if name in LATER_HOURS and self.measured_run:
            run = {**self.measured_run, name: self.run_values()[name]} | self.sizes_if([name])
            return self.model_copy(update={MEASURED_RUN: run})
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
        else:
            run |= other.sizes_of_run(sizes_of(same))
        return self.with_run(run).model_copy(
            update={
                "sources": _over(self.sources, other.sources, same),
                "notes": _over(self.notes, other.notes, same),
                "unverified": _in_order({*self.unverified, *same.intersection(other.unverified)}),
            }
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
        if not any(inputs[name] for name in (*HOURS, *LATER_HOURS)):
            return inputs | {MEASURED_RUN: MeasuredRun()}
        run = {name: inputs[name] for name in REMEMBERED}
        run.update((name, as_input(value)) for name, value in self.measured_run.items())
        restated = {name: True for name in LATER_HOURS if name in self.measured_run}
        inputs[MEASURED_RUN] = MeasuredRun(run, restated)
        return inputs


def _over(said: dict[str, str], other: dict[str, str], names: set[str]) -> dict[str, str]:
    kept = {name: words for name, words in said.items() if name not in names}
    return kept | {name: words for name, words in other.items() if name in names}


def _in_order(names: Iterable[str]) -> list[str]:
    order = list(FIELDS)
    return sorted(set(names), key=order.index)


def _of_the_run(name: str, stated: object) -> Value:
    """A value of the measured run. Raises ScenarioError for what is not remembered of it."""
    spec = known_field(name, MEASURED_RUN)
    where = f"{MEASURED_RUN}.{name}"
    if name not in REMEMBERED:
        allowed = "a field that measured hours depend on: of model, accelerator, layout or batch"
        raise ScenarioError(where, "a field they do not depend on", allowed)
    try:
        value = spec.read(stated)
    except ScenarioError as error:
        raise ScenarioError(where, error.found, error.allowed) from None
    if spec.is_numeric and value is not None and not spec.contains(float(value)):
        raise ScenarioError(where, shown(stated), spec.allowed())
    return value


def known_field(name: str, where: str = "") -> FieldSpec:
    """The spec of a field's name. Raises ScenarioError with the nearest names."""
    if name in FIELDS:
        return FIELDS[name]
    raise unknown("field", name, list(FIELDS), where)


def validated(model: type[Any], raw: object, table: str = "") -> Any:
    """A pydantic model of raw values. Raises ScenarioError for the first problem."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise _refusal(error, table, model) from None


def _refusal(error: ValidationError, table: str, model: type[BaseModel]) -> ScenarioError:
    first = error.errors(include_url=False)[0]
    inner = first.get("ctx", {}).get("error")
    if isinstance(inner, ScenarioError):
        return inner
    location = [table, *map(str, first["loc"])] if table else [str(part) for part in first["loc"]]
    if first["type"] == "extra_forbidden":
        return _unknown_key(location, model)
    found = shown(first["input"])
    spec = FIELDS.get(location[-1]) if location else None
    if spec and len(location) > 1 and location[-2] == spec.table:
        return spec.refuse(found)
    where = ".".join(shown(part)[1:-1] for part in location)
    return ScenarioError(where, found, _allowed(where, first["type"], first["msg"]))


def _allowed(where: str, problem: str, message: str) -> str:
    if where == "schema":
        return "1"
    if where in PANELS:
        return f"a table, [{where}]"
    if where.endswith(".preset"):
        return "a preset's name"
    return "text in quotes" if problem == "string_type" else message


def _unknown_key(location: list[str], model: type[BaseModel]) -> ScenarioError:
    key, tables = location[-1], location[:-1]
    panel = PANELS.get(tables[0]) if tables else None
    top_level = [field.alias or name for name, field in model.model_fields.items()]
    known = list(panel.specs) if panel else top_level
    kind = "key" if panel else "table or key"
    return unknown(kind, key, known, ".".join(tables))


def as_input(value: Value) -> Input:
    """A field's value as the engine takes it."""
    if value is None:
        return math.nan
    return value if isinstance(value, bool | str) else float(value)
