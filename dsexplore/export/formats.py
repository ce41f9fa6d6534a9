"""An evaluated scenario as text, in every format."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from textwrap import wrap
from typing import Any

from dsexplore.engine import (
    GRAPH,
    INTERVALS,
    PROBLEMS,
    QUANTITIES,
    evaluate,
    unknowns_in,
    warnings_in,
)
from dsexplore.engine.doubt import figure_text, half_width_text, interval_text
from dsexplore.engine.feasible import parts_of_bounded
from dsexplore.engine.names import check_name, in_words
from dsexplore.engine.standing import Standing
from dsexplore.files.toml import to_toml
from dsexplore.library.saving import tables
from dsexplore.scenario.field import UNKNOWN, Value
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario
from dsexplore.scenario.words import description_now, title_now
from dsexplore.text.csv_text import to_csv
from dsexplore.text.format import bounded, crossed
from dsexplore.text.json_text import to_json
from dsexplore.text.markdown import escaped, in_cell
from dsexplore.text.plain import Printable, clean, in_lines
from dsexplore.text.refusal import ScenarioError, shown

# Formats without a place for warnings.
SILENT = ("toml", "csv")
FORMATS = ("table", "json", "toml", "csv", "markdown")
# From here on a float skips whole numbers: an integer would claim digits it does not have.
_EXACT = 2**53
# A summary cut shorter than this says nothing.
_SHORTEST_SUMMARY = 16
# Sentences are folded to no fewer columns.
_NARROWEST = 40


@dataclass(frozen=True, slots=True)
class _Row:
    """One line of an export: a quantity, or a field asked for by name."""

    name: str
    value: Value
    unit: str
    subject: str
    summary: str
    # Why a result is not known, in clauses.
    why: str = ""
    # Why a result cannot be had, in sentences.
    problem: str = ""
    # The unknown parts that are left out of a result: it is at least what it is.
    at_least_without: tuple[str, ...] = ()
    # The fields behind a result that are at a default nobody published.
    assumed: tuple[str, ...] = ()
    # The ends of the interval of a result that has one; both are the result where it is measured.
    low: Value = None
    high: Value = None
    # Where anything of the result is predicted: the interval in words, and where room is short;
    # the figure in the digits it leaves.
    interval: str = ""
    half_width: str = ""
    rounded: str = ""


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The content of every format."""

    scenario: Scenario
    rows: list[_Row]
    warnings: list[str]
    # A sentence on each default nobody published that a result rests on.
    assumptions: list[str]
    is_whole: bool
    # What predictions rest on that nobody measured, in sentences.
    evidence: list[str] = field(default_factory=list)
    # Sentences above the results of a summary; such a table has no subjects.
    about: list[str] | None = None

    def title(self) -> str:
        """The scenario's name in one line."""
        words = clean(title_now(self.scenario))
        return words or self.scenario.architecture.preset or "Scenario"

    def by_subject(self) -> dict[str, list[_Row]]:
        """Rows for people, under their subjects.

        Problems, most of them empty, are left to the warnings unless asked for.
        """
        grouped: dict[str, list[_Row]] = {}
        for row in self.rows:
            if not (self.is_whole and row.name in PROBLEMS):
                grouped.setdefault(row.subject, []).append(row)
        return grouped


def export(
    scenario: Scenario,
    only: Sequence[str] | None,
    format: str,  # noqa: A002 - the word users know
    width: int | None = None,
    also: Sequence[str] = (),
    evidence: Sequence[str] = (),
    about: Sequence[str] | None = None,
) -> Printable:
    """A scenario and its results, as text with a final line break.

    `only` names the wanted quantities and fields (None: every quantity); no more is evaluated than
    they and the warnings need. `width` is the number of columns at which the summaries of a table
    are cut (None: not cut); `also` holds further warnings, and `evidence` says of what
    results rest on that nobody measured it. With `about`, lines on the scenario, a table is a
    summary without subjects. Raises ScenarioError for an unknown name or format.
    """
    if format not in _WRITERS:
        raise ScenarioError("", shown(format), ", ".join(FORMATS))
    above = None if about is None else list(about)
    sheet = replace(_sheet(scenario, only, also), evidence=list(evidence), about=above)
    return _table(sheet, width) if format == "table" else _WRITERS[format](sheet)


def _sheet(scenario: Scenario, only: Sequence[str] | None, also: Sequence[str]) -> _Sheet:
    names = _all_names() if only is None else list(dict.fromkeys(only))
    for name in names:
        check_name(name)
    inputs = scenario.inputs()
    wanted = [name for name in names if name in QUANTITIES]
    parts = [
        *parts_of_bounded(GRAPH, wanted),
        *(end for n in wanted for end in INTERVALS.get(n, ())),
    ]
    values = evaluate(inputs, dict.fromkeys([*wanted, *parts, *PROBLEMS]))
    has_doubt = any(_is_unknown(name, values[name]) for name in (*wanted, *parts))
    rests = not GRAPH.behind(names, inputs).isdisjoint(scenario.assumed())
    if has_doubt or rests or any(values[name] for name in PROBLEMS):
        # What is behind them may be anything.
        values = evaluate(inputs)
    whole = inputs | values
    whys = _whys(whole, [name for name in wanted if _is_unknown(name, values[name])])
    standing = Standing(scenario, whole) if len(values) == len(QUANTITIES) else None
    rows = [
        _quantity_row(name, values, whys.get(name, ""), standing)
        if name in QUANTITIES
        else _field_row(name, scenario)
        for name in names
    ]
    warnings = [*warnings_in(whole, names), *also]
    assumptions = standing.assumptions(names) if standing else []
    return _Sheet(scenario, rows, warnings, assumptions, is_whole=only is None)


def _interval(name: str, values: Mapping[str, Any]) -> dict[str, Any]:
    """What a row says of its result's interval."""
    if name not in INTERVALS:
        return {}
    low, high = (_plain(values[end]) for end in INTERVALS[name])
    if not (text := interval_text(name, values)):
        return {"low": low, "high": high}
    half, figure = half_width_text(name, values), figure_text(name, values)
    return {"low": low, "high": high, "interval": text, "half_width": half, "rounded": figure}


def _is_unknown(name: str, value: float | str) -> bool:
    """Whether a result is missing: no number, or no words where there should be some."""
    if isinstance(value, str):
        return not value and name not in PROBLEMS
    return math.isnan(value)


def _whys(values: Mapping[str, Any], unknown: list[str]) -> dict[str, str]:
    """Why each of these results is not known."""
    reasons = unknowns_in(values).reasons
    return {name: "; ".join(reasons(name)) for name in unknown}


def _all_names() -> list[str]:
    return [found.name for subject in GRAPH.subjects().values() for found in subject]


def _quantity_row(
    name: str, values: Mapping[str, Any], why: str, standing: Standing | None
) -> _Row:
    found = QUANTITIES[name]
    told = _interval(name, values)
    if standing is not None:
        told["problem"] = " ".join(standing.impossible.get(name, ()))
        told["at_least_without"] = tuple(standing.at_least.get(name, ()))
        told["assumed"] = tuple(standing.assumed.get(name, ()))
    return _Row(name, _plain(values[name]), found.unit, found.subject, found.summary, why, **told)


def _field_row(name: str, scenario: Scenario) -> _Row:
    spec = FIELDS[name]
    subject = PANELS[spec.table].title.lower()
    return _Row(name, _plain(scenario.value(name)), spec.unit, subject, spec.help)


def _plain(value: Value) -> Value:
    """A value as other programs expect it: an integer if it is whole, None if unknown."""
    if not isinstance(value, float):
        return value
    if math.isnan(value):
        return None
    return int(value) if value.is_integer() and abs(value) < _EXACT else value


# For programs


def _json(sheet: _Sheet) -> Printable:
    document = {
        "scenario": _plain_tables(sheet.scenario),
        "quantities": {row.name: _json_row(row) for row in sheet.rows},
        "warnings": sheet.warnings,
        "assumptions": sheet.assumptions,
        "evidence": sheet.evidence,
    }
    return to_json(document)


def _json_row(row: _Row) -> dict[str, Any]:
    told = {"why": row.why, "problem": row.problem}
    said: dict[str, Any] = {key: words for key, words in told.items() if words}
    if row.at_least_without:
        said["at_least_without"] = list(row.at_least_without)
    if row.assumed:
        said["assumed"] = list(row.assumed)
    ends = {"low": row.low, "high": row.high} if row.low is not None else {}
    return {"value": row.value, "unit": row.unit, **ends, **said}


def _plain_tables(scenario: Scenario) -> dict[str, Any]:
    """The tables of the scenario's file, with null in place of the word "unknown"."""
    raw: dict[str, Any] = _plain_throughout(tables(scenario))
    for name, spec in FIELDS.items():
        if scenario.value(name) is None:
            raw[spec.table][name] = None
    return raw


def _plain_throughout(raw: Any) -> Any:
    if isinstance(raw, dict):
        return {key: _plain_throughout(value) for key, value in raw.items()}
    if isinstance(raw, list):
        return [_plain_throughout(value) for value in raw]
    return _plain(raw)


def _toml(sheet: _Sheet) -> Printable:
    """The scenario's own file followed by its results, which loading skips."""
    raw = tables(sheet.scenario)
    raw["quantities"] = {row.name: _json_row(row) for row in sheet.rows if row.value is not None}
    return to_toml(raw)


def _csv(sheet: _Sheet) -> Printable:
    rows = [
        (
            row.name,
            row.value,
            row.unit,
            row.problem,
            *map(" ".join, (row.at_least_without, row.assumed)),
            *(row.low, row.high),
        )
        for row in sheet.rows
    ]
    head = ("name", "value", "unit", "problem", "at_least_without", "assumed", "low", "high")
    return to_csv([head, *rows])


# For people


def _table(sheet: _Sheet, width: int | None = None) -> Printable:
    name_width = max((len(row.name) for row in sheet.rows), default=0)
    # Numbers line up without regard to sentences.
    numbers = (len(_words(row)) for row in sheet.rows if not isinstance(row.value, str))
    value_width = max(numbers, default=0)
    lines = [sheet.title()]
    groups = sheet.by_subject().items() if sheet.about is None else [("", sheet.rows)]
    for subject, rows in groups:
        lines += ["", subject] if sheet.about is None else [*sheet.about, ""]
        for row in rows:
            text = _words(row)
            start = f"  {row.name:{name_width}}  {text:{value_width}}"
            lines.append(f"{start}{_summary(row, len(start), width)}".rstrip())
    if sheet.warnings:
        lines += ["", *_folded([f"warning: {text}" for text in sheet.warnings], width)]
    if sheet.assumptions:
        lines += ["", *_folded(sheet.assumptions, width)]
    if sheet.evidence:
        lines += ["", *sheet.evidence]
    return in_lines(lines)


def _folded(sentences: Sequence[str], width: int | None) -> list[str]:
    """Sentences on lines of a terminal's width; whole where there is none."""
    if width is None:
        return list(sentences)
    room = max(width, _NARROWEST)
    return [line for each in sentences for line in wrap(each, room, subsequent_indent="  ")]


def _summary(row: _Row, start: int, width: int | None) -> str:
    """A row's summary, or why it has no value, cut to the rest of the line; none after words."""
    if isinstance(row.value, str) and not row.why:
        return ""
    words = f"not known: {row.why}" if row.why else row.summary
    if row.at_least_without:
        words = f"{row.summary} Without {_unknown_parts(row)}."
    if width is None:
        return f"  {row.interval}  {words}" if row.interval else f"  {words}"
    room = width - start - 2
    interval = ""
    if row.interval:
        text = row.interval if len(row.interval) <= room else row.half_width
        interval, room = f"  {text}", room - len(text) - 2
    if len(words) <= room:
        return f"{interval}  {words}"
    cut = f"  {words[: room - 1].rstrip()}…" if room >= _SHORTEST_SUMMARY else ""
    return f"{interval}{cut}"


def _markdown(sheet: _Sheet) -> Printable:
    lines = [f"# {escaped(sheet.title())}"]
    if said := description_now(sheet.scenario):
        lines += ["", escaped(said)]
    for subject, rows in sheet.by_subject().items():
        lines += ["", f"## {subject.capitalize()}", ""]
        lines += ["| name | value |", "|---|---|"]
        lines += [f"| `{row.name}` | {in_cell(_said(row))} |" for row in rows]
    if sheet.warnings:
        lines += ["", "## Warnings", "", *(f"- {escaped(text)}" for text in sheet.warnings)]
    if sheet.assumptions:
        lines += ["", "## Assumptions", "", *(f"- {escaped(text)}" for text in sheet.assumptions)]
    if sheet.evidence:
        lines += ["", "## Evidence", "", *(f"- {escaped(text)}" for text in sheet.evidence)]
    return in_lines(lines)


def _words(row: _Row) -> str:
    """A value for reading."""
    if row.value is None and row.name in FIELDS:
        return UNKNOWN
    words = row.rounded or in_words(row.name, row.value)
    words = bounded(words) if row.at_least_without else words
    return crossed(words) if row.problem else words


def _unknown_parts(row: _Row) -> str:
    are = "is" if len(row.at_least_without) == 1 else "are"
    return f"{', '.join(row.at_least_without)}, which {are} not known"


def _said(row: _Row) -> str:
    """A value for reading and its interval, or why there is none."""
    told = [row.interval, f"without {_unknown_parts(row)}" if row.at_least_without else row.why]
    said = "; ".join(filter(None, told))
    return f"{_words(row)} ({said})" if said else _words(row)


_WRITERS: dict[str, Callable[[_Sheet], Printable]] = {
    "table": _table,
    "json": _json,
    "toml": _toml,
    "csv": _csv,
    "markdown": _markdown,
}
