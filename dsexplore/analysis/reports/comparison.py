"""A report on a comparison: the fields that cause a difference, the results, the inputs."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.analysis.compare.attribution import Attribution
from dsexplore.analysis.compare.compare import Comparison, ResultDifference
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.names import in_words, summary_of
from dsexplore.scenario.field import value_text
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.format import format_factor
from dsexplore.text.report import Report, Table


def comparison_report(
    names: Sequence[str],
    found: Comparison,
    results: Sequence[ResultDifference],
    causes: Sequence[Attribution] = (),
) -> Report:
    """What differs between named scenarios, and why."""
    numbers = tuple(range(1, len(names) + 1))
    tables = [_causes(cause) for cause in causes]
    rows = [_result(one, found, len(names)) for one in results]
    tables.append(Table("Results that differ", ("result", *names), rows, numbers))
    fields = [
        (
            f"{FIELDS[one.name].label} ({one.name})",
            *(value_text(FIELDS[one.name], value) for value in one.values),
        )
        for one in found.fields
    ]
    tables.append(Table("Inputs that differ", ("input", *names), fields, numbers))
    wanted = [one.name for one in results]
    lists = [
        (f"{title} of {name}", sentences)
        for title, each in (
            ("Warnings", found.warnings(wanted)),
            ("Assumptions", found.assumptions(wanted)),
        )
        for name, sentences in zip(names, each, strict=True)
        if sentences
    ]
    return Report(f"{' against '.join(names)}", (), tables, lists=lists)


def _causes(cause: Attribution) -> Table:
    rows = [(part.label, format_factor(part.factor)) for part in cause.parts]
    return Table(f"What makes {cause.of} differ", ("cause", "factor"), rows, (1,))


def _result(one: ResultDifference, found: Comparison, count: int) -> tuple[str, ...]:
    ends = found.ends(one.name)
    texts = [
        with_half_width(in_words(one.name, value), value, each)
        for value, each in zip(one.values, ends, strict=True)
    ]
    marked = found.marked(one.name, texts, range(count))
    return (f"{summary_of(one.name).rstrip('.')} ({one.name})", *marked)
