"""Explanations: where a number comes from, read off the function that computed it."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from dsexplore.engine import (
    GRAPH,
    INTERVALS,
    QUANTITIES,
    Quantity,
    unknowns_in,
)
from dsexplore.engine.doubt import figure_text, interval_text
from dsexplore.engine.elementwise import is_known
from dsexplore.engine.names import check_name, in_words, is_number, title_of, unit_of
from dsexplore.engine.standing import Standing
from dsexplore.explanation import lines as working
from dsexplore.explanation.measured_run import changed_since, reading_in_run, said_of_run
from dsexplore.explanation.origin import origin
from dsexplore.explanation.reasons import reasons
from dsexplore.explanation.source import UnreadableError, parameters
from dsexplore.explanation.term import Term
from dsexplore.explanation.trace import Reading, read
from dsexplore.scenario.field import UNKNOWN, FieldSpec
from dsexplore.scenario.measured_run import MEASURED_RUN
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.format import NOT_KNOWN, format_value
from dsexplore.text.quantities import is_count_noun, plural

Result = float | bool | str


@dataclass(frozen=True, slots=True)
class Reference:
    """A field or quantity beside the explained one, and its value for reading.

    `is_used` says whether the branch that ran reads it.
    """

    name: str
    value_text: str
    summary: str
    is_used: bool = True


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything about one number, in lines of the width asked for.

    `value` is in the base unit, nan if not known. `formula`, `with_values` and `working`
    (the two joined, line by line), `assumes`, `unknown_because` (why a result is not known, in
    clauses) and `impossible_because` (why it cannot be had, in sentences) are empty for a field.
    What only fields have (`origin`, `note`, `range`) is empty for a quantity.
    """

    name: str
    label: str
    value: Result
    value_text: str
    unit: str
    summary: str
    source: str
    depends_on: tuple[Reference, ...]
    dependants: tuple[Reference, ...]
    formula: tuple[str, ...] = ()
    with_values: tuple[str, ...] = ()
    working: tuple[str, ...] = ()
    assumes: str = ""
    because: tuple[str, ...] = ()
    unknown_because: tuple[str, ...] = ()
    impossible_because: tuple[str, ...] = ()
    # The unknown parts of a sum that is at least what it is.
    at_least_without: tuple[str, ...] = ()
    # A sentence on each default nobody published that it rests on, or is.
    assumptions: tuple[str, ...] = ()
    # The interval of what is predicted and what makes it; what that rests on, where a caller knows.
    interval: str = ""
    rests_on: str = ""
    remarks: str = ""
    origin: str = ""
    note: str = ""
    range: str = ""

    @property
    def is_field(self) -> bool:
        """Whether it is stated, not computed."""
        return self.name in FIELDS


def explain(
    scenario: Scenario,
    name: str,
    standing: Standing | None = None,
    width: int = 80,
    opened: Scenario | None = None,
) -> Explanation:
    """A field or quantity, where its value comes from, and what follows from it.

    `standing` is that of the scenario's results, if known already; `width` is the number of
    columns for a line of the formula, and `opened` the scenario before it was edited.
    Raises ScenarioError for an unknown name.
    """
    check_name(name)
    standing = standing or Standing(scenario)
    dependants = tuple(_reference(found, standing) for found in GRAPH.dependants(name))
    if name in FIELDS:
        found = _of_field(scenario, FIELDS[name], dependants, opened)
    else:
        found = _of_quantity(QUANTITIES[name], standing, dependants, width)
    return replace(found, assumptions=tuple(standing.assumptions([name])))


def reading_of(name: str, values: Mapping[str, Any]) -> Reading:
    """The formula of a quantity as it ran with these values of its needs.

    Raises UnreadableError, and OSError if the source is not installed.
    """
    found = QUANTITIES[name]
    if found.is_of_run:
        return reading_in_run(found, values)
    known = {need: values.get(need, math.nan) for need in found.needs}
    if is_known(values.get(name, math.nan)):
        # A bound is read without the unknown parts that it leaves out.
        known |= {part: 0.0 for part in found.at_least_without if not is_known(known[part])}
    # A copy may need one name in two places.
    needs = [Term("name", known[need], need, unit=_unit_of(need)) for need in found.needs]
    return read(found.function, dict(zip(parameters(found.function), needs, strict=True)))


def spoken(name: str, value: Result) -> str:
    """A value with its unit, also of counted things: 61 layers.

    >>> spoken("num_layers", 61.0), spoken("mfu", 0.39), spoken("mfu_problem", "")
    ('61 layers', '39 %', 'none')
    """
    text, unit = in_words(name, value), unit_of(name)
    if not is_count_noun(unit) or text == NOT_KNOWN or format_value(1.0, unit) != "1":
        return text
    return f"{text} {unit if text == '1' else plural(unit)}"


def _of_field(
    scenario: Scenario,
    spec: FieldSpec,
    dependants: tuple[Reference, ...],
    opened: Scenario | None,
) -> Explanation:
    value = scenario.value(spec.name)
    return Explanation(
        name=spec.name,
        label=spec.label,
        value=math.nan if value is None else value,
        value_text=UNKNOWN if value is None else format_value(value, spec.unit),
        unit=spec.unit,
        summary=spec.help,
        source=scenario.sources.get(spec.name, ""),
        depends_on=(),
        dependants=dependants,
        remarks=" ".join(_field_remarks(scenario, spec)),
        origin=origin(scenario, spec.name, opened),
        note=scenario.notes.get(spec.name, ""),
        range=spec.allowed(),
    )


def _field_remarks(scenario: Scenario, spec: FieldSpec) -> list[str]:
    remarks = []
    if spec.name in scenario.unverified:
        remarks.append("Stated, but not by a source that can be checked.")
    if ruled_out := spec.ruled_out_by(scenario.value):
        choice, _ = ruled_out
        now = format_value(scenario.value(choice), unit_of(choice))
        remarks.append(f"No effect while {choice} is {now}.")
    return remarks


def _of_quantity(
    found: Quantity, standing: Standing, dependants: tuple[Reference, ...], width: int
) -> Explanation:
    values = standing.values
    value = values[found.name]
    left_out = standing.at_least.get(found.name, [])
    reading = None
    remarks = f"The formula of {found.copy_of} at other inputs." if found.copy_of else ""
    try:
        reading = reading_of(found.name, values)
    except UnreadableError:
        remarks = "Its formula cannot be written in signs alone."
    except OSError:
        remarks = "Its formula is not shown: this installation has no source files."
    if said := said_of_run(found, values):
        remarks = " ".join(filter(None, (remarks, said)))
    if left_out:
        remarks = f"At least so much: not known, and left out: {', '.join(left_out)}. {remarks}"
    used = _used(reading).union(changed_since(found, values)) if reading else set(found.needs)
    references = [
        _reference(need, standing, is_used=need in used)
        for need in dict.fromkeys(found.needs)
        if need != MEASURED_RUN
    ]
    return Explanation(
        name=found.name,
        label=found.summary,
        value=value,
        value_text=standing.marked(found.name, figure_text(found.name, values)),
        unit=found.unit,
        summary=found.summary,
        source=found.source,
        assumes=found.assumes,
        depends_on=tuple(sorted(references, key=lambda reference: not reference.is_used)),
        dependants=dependants,
        formula=tuple(working.with_names(reading, width)) if reading else (),
        with_values=tuple(working.with_values(reading, width)) if reading else (),
        working=tuple(working.both(reading, found.unit, width)) if reading else (),
        because=tuple(reasons([reading.result])) if reading else (),
        unknown_because=tuple(unknowns_in(values).reasons(found.name)),
        impossible_because=tuple(standing.impossible.get(found.name, ())),
        at_least_without=tuple(left_out),
        interval=_interval(found.name, values),
        remarks=remarks.strip(),
    )


def _interval(name: str, values: Mapping[str, Any]) -> str:
    """The interval of a result in a sentence, and the spread or the parts that make it."""
    text = interval_text(name, values)
    if not text:
        return ""
    ends = [QUANTITIES[end] for end in INTERVALS[name]]
    if ends[0].copy_of:
        return (
            f"{text} holds it four times in five: {ends[0].name} and {ends[1].name} of its parts."
        )
    _, spread = ends[0].needs
    made_of = QUANTITIES[spread].needs if spread in QUANTITIES else ()
    made = ", ".join(
        f"{need} {format_value(values[need], unit_of(need), 2)}"
        for need in made_of
        if need != MEASURED_RUN and is_number(need) and values[need]
    )
    so_much = format_value(values[spread], "", 2)
    source = f", from {made}" if made else ""
    return f"{text} holds it four times in five, by {spread} {so_much}{source}."


def _unit_of(need: str) -> str:
    return "" if need == MEASURED_RUN else unit_of(need)


def _used(reading: Reading) -> set[str]:
    return {term.label for term in reading.result.walk() if term.kind == "name"}


def _reference(name: str, standing: Standing, *, is_used: bool = True) -> Reference:
    value = standing.values.get(name, math.nan)
    is_unknown = name in FIELDS and not is_known(value)
    text = UNKNOWN if is_unknown else standing.marked(name, spoken(name, value))
    return Reference(name, text, title_of(name), is_used)
