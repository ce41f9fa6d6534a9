"""A report on a comparison: the inputs and results that differ, and what causes a difference."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from dsexplore.analysis.compare.attribution import Attribution, Part, attribute
from dsexplore.analysis.compare.compare import (
    WITHIN,
    Comparison,
    FieldDifference,
    ResultDifference,
    default_result,
)
from dsexplore.engine import QUANTITIES
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.elementwise import is_known
from dsexplore.engine.names import in_words, unit_of
from dsexplore.export.reports.report import Cell, Report, Table
from dsexplore.scenario.field import Value, value_text
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.scenario.words import title_now
from dsexplore.text.format import (
    DOUBT,
    NO_PROBLEM,
    NOT_KNOWN,
    format_added,
    format_factor,
    format_value,
)
from dsexplore.text.grouped import grouped
from dsexplore.text.plain import clean

# A longer number is rounded for reading.
_LONGEST = 15
# More fields than these are counted, not shown.
_MOST_SHOWN = 3
_DIGITS = 4
# Beyond these, no float has digits to tell two numbers apart.
_MOST_DIGITS = 17
_NOT_USED = "not used"
# What is wrong with a run is said, whatever of it differs.
_RUN = ("total_cost", "step_time")


@dataclass(frozen=True, slots=True)
class Compared:
    """A comparison and what is shown of it."""

    names: Sequence[str]
    scenarios: Sequence[Scenario]
    comparison: Comparison
    results: Sequence[ResultDifference]
    # Each with the place of the scenario compared with the first.
    attributions: Sequence[tuple[int, Attribution]] = ()
    # What lists the results that are left out.
    lists_all: str = ""

    def shown(self) -> list[str]:
        """The results that are shown."""
        of = [found.of for _, found in self.attributions]
        return [*(result.name for result in self.results), *of]

    def warnings(self) -> list[list[str]]:
        """The problems of each scenario with what is shown."""
        return self.comparison.warnings([*_RUN, *self.shown()])

    def assumptions(self) -> list[list[str]]:
        """The defaults nobody published that what is shown of each scenario rests on."""
        return self.comparison.assumptions(self.shown())

    def heads(self) -> Sequence[str]:
        """A short name for each scenario's column."""
        short = [Path(name).name for name in self.names]
        return short if len(set(short)) == len(set(self.names)) else self.names


def attributions(
    scenarios: Sequence[Scenario], names: Sequence[str] = ()
) -> list[tuple[int, Attribution]]:
    """Why each further scenario differs from the first, by result; by default in its cost.

    Raises ScenarioError for a name that is no numeric result.
    """
    first, *others = scenarios
    found: list[tuple[int, Attribution]] = []
    for place, other in enumerate(others, start=1):
        default = default_result(first, other)
        asked = names or ([] if default is None else [default])
        found += [(place, attribute(first, other, name)) for name in asked]
    return found


def comparison_report(found: Compared) -> Report:
    """What differs between named scenarios, and why."""
    said = (
        (head, sentence)
        for head, sentences in zip(found.heads(), found.warnings(), strict=True)
        for sentence in sentences
    )
    return Report(
        title=f"Comparison: {' against '.join(found.heads())}",
        said=titles(found) + [f"warning: {line}" for line in grouped(said, "scenarios")],
        tables=sections(found),
        lists=[("Sources", sources)] if (sources := _sources(found)) else [],
    )


def titles(found: Compared) -> list[str]:
    """Each scenario's name with its title."""
    return [
        f"{head}: {words}" if (words := clean(title_now(scenario))) else head
        for head, scenario in zip(found.heads(), found.scenarios, strict=True)
    ]


def sections(found: Compared) -> list[Table]:
    """Inputs, results, and a table on why each result differs."""
    why = [_attribution(found, place, each) for place, each in found.attributions]
    return [_fields(found), _results(found), *why]


def _fields(sheet: Compared) -> Table:
    found = sheet.comparison.fields
    if not found:
        return Table("Fields", said=["No field differs."])
    head = ["panel", "field", *sheet.heads()]
    rows = []
    for before, field in zip([None, *found], found, strict=False):
        table = FIELDS[field.name].table
        is_first = before is None or FIELDS[before.name].table != table
        rows.append([table if is_first else "", field.name, *_field_values(field)])
    exact: list[Sequence[Cell]] = [["panel", "field", "unit", *sheet.heads()]]
    exact += [
        [FIELDS[each.name].table, each.name, FIELDS[each.name].unit, *each.values] for each in found
    ]
    return Table("Fields that differ", head, rows, names=2, exact=exact)


def _field_values(field: FieldDifference) -> list[str]:
    texts = _field_texts(field.name, field.values)
    return [
        text if applies else _NOT_USED for text, applies in zip(texts, field.applies, strict=True)
    ]


def _field_texts(name: str, values: Sequence[Value]) -> list[str]:
    """Values of a field as a person would type them; long ones are rounded where they may be."""
    exact = [value_text(FIELDS[name], value) for value in values]
    rounded = [
        text if len(text) <= _LONGEST or isinstance(value, str) else _rounded(name, value)
        for text, value in zip(exact, values, strict=True)
    ]
    return rounded if len(set(rounded)) == len(set(exact)) else exact


def _rounded(name: str, value: Value) -> str:
    return format_value(value, FIELDS[name].unit, _DIGITS)


def _results(sheet: Compared) -> Table:
    heads = sheet.heads()
    more = len(sheet.comparison.results) - len(sheet.results)
    how = f": {sheet.lists_all} lists them" if sheet.lists_all else ""
    rest = [f"{more} more differ{how}."] if more else []
    assumed = (
        (head, sentence)
        for head, sentences in zip(heads, sheet.assumptions(), strict=True)
        for sentence in sentences
    )
    rest += grouped(assumed, "scenarios")
    within = {result.name: sheet.comparison.within(result) for result in sheet.results}
    rest += [WITHIN] if any(map(any, within.values())) else []
    if not sheet.results:
        return Table("Results", said=rest or ["No result differs."])
    head = ["result", heads[0], *(cell for head in heads[1:] for cell in (head, "ratio"))]
    rows = []
    for result in sheet.results:
        texts = _told_apart(result.name, result.values)
        marked = sheet.comparison.marked(result.name, texts, range(len(texts)))
        ends = sheet.comparison.ends(result.name)
        first, *others = map(with_half_width, marked, result.values, ends)
        ratios = [
            f"{format_factor(ratio)} {DOUBT}" if is_within else format_factor(ratio)
            for ratio, is_within in zip(result.ratios, within[result.name], strict=True)
        ]
        row = [cell for pair in zip(others, ratios, strict=True) for cell in pair]
        rows.append([result.name, first, *row])
    numbers = range(1, len(head))
    return Table("Results that differ", head, rows, numbers, _exact_results(sheet), rest)


def _exact_results(sheet: Compared) -> list[Sequence[Cell]]:
    """Results for programs: in base units, with their intervals."""
    heads = sheet.heads()
    columns = [f"{head}{part}" for head in heads for part in ("", ", low", ", high")]
    rows: list[Sequence[Cell]] = [["result", "unit", *columns]]
    for result in sheet.results:
        cells: list[Cell] = []
        for value, ends in zip(result.values, sheet.comparison.ends(result.name), strict=True):
            known = value if isinstance(value, str) or is_known(value) else None
            cells += [known, *(ends or (None, None))]
        rows.append([result.name, unit_of(result.name), *cells])
    return rows


def _told_apart(name: str, values: Sequence[float | str]) -> list[str]:
    """Values for reading, with as many digits as it takes to tell them apart."""
    distinct = {value for value in values if is_known(value)}
    texts: list[str] = []
    for digits in range(_DIGITS, _MOST_DIGITS):
        texts = [in_words(name, value, digits) for value in values]
        if len({*texts} - {NOT_KNOWN, NO_PROBLEM}) >= len(distinct - {""}):
            break
    return texts


def _attribution(sheet: Compared, place: int, found: Attribution) -> Table:
    heads = sheet.heads()
    texts = _told_apart(found.of, (found.one, found.other))
    one, other = sheet.comparison.marked(found.of, texts, (0, place))
    whole = f" ({format_factor(found.ratio)})" if math.isfinite(found.ratio) else ""
    title = f"Why {found.of} is {one} in {heads[0]} and {other} in {heads[place]}{whole}"
    one_of_them, another = sheet.scenarios[0], sheet.scenarios[place]
    rows = [_part(part, found, one_of_them, another) for part in found.parts]
    said = [each for each in (found.method, *found.problems) if each]
    exact: list[Sequence[Cell]] = [["effect", "fields", "factor", "change", "unit"]]
    exact += [
        [
            *(part.label, " ".join(part.fields), part.factor, part.change),
            QUANTITIES[found.of].unit,
        ]
        for part in found.parts
    ]
    head = ["effect", "field", "from → to"]
    return Table(title, head, rows, (0,), exact if rows else (), said, names=2)


def _part(part: Part, found: Attribution, one: Scenario, other: Scenario) -> list[str]:
    names = part.fields
    if len(names) > _MOST_SHOWN:
        first = ", ".join(names[:_MOST_SHOWN])
        return [_effect(part, found), part.label, f"{first} and {len(names) - _MOST_SHOWN} more"]
    steps = [" → ".join(_field_texts(name, (one.value(name), other.value(name)))) for name in names]
    further = [f"{name} {step}" for name, step in zip(names[1:], steps[1:], strict=True)]
    said = [f"MFU {part.words}"] if part.words else []
    said += [f"{name} {format_added(seconds, unit_of(name))}" for name, seconds in part.moved]
    return [_effect(part, found), names[0], ", ".join([steps[0], *further, *said])]


def _effect(part: Part, found: Attribution) -> str:
    if math.isfinite(part.factor):
        return format_factor(part.factor)
    return format_added(part.change, QUANTITIES[found.of].unit, digits=4)


def _sources(found: Compared) -> list[str]:
    """Where the inputs that differ are from, by scenario."""
    said = []
    for head, scenario in zip(found.heads(), found.scenarios, strict=True):
        sources = dict.fromkeys(
            scenario.sources[field.name]
            for field in found.comparison.fields
            if scenario.sources.get(field.name)
        )
        said += [f"{head}: {source}" for source in sources]
    return said
