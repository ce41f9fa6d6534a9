"""`dsexplore compare`: where scenarios differ, and which fields cause a result's difference."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence

from dsexplore.analysis.compare.attribution import Attribution
from dsexplore.analysis.compare.compare import compare
from dsexplore.cli.errors import UsageError
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.asked import listed
from dsexplore.cli.input.candidates import results, scenarios
from dsexplore.cli.input.output_file import add_output, chosen_format, put
from dsexplore.cli.input.settings import say_without_effect
from dsexplore.cli.output.stdout import terminal_columns
from dsexplore.engine import QUANTITIES
from dsexplore.export.endings import DATA, REPORTS
from dsexplore.export.reports.comparison import Compared, attributions, comparison_report
from dsexplore.export.reports.report import report_text
from dsexplore.library.open import load
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.columns import aligned, folded
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines
from dsexplore.text.refusal import ScenarioError

_FORMATS = ("table", "json", "markdown", "html", "csv")
_ENDINGS = {**DATA, **REPORTS}
_USAGE = f"""dsexplore compare SCENARIO SCENARIO [SCENARIO ...] [--of NAME]... [--all]
                         [--format {"|".join(_FORMATS)}] [-o FILE] [--force]"""
_EPILOG = f"""\
A result's difference is attributed to the fields that differ. Each field is switched from the first
scenario's value to the other's, and its effect is averaged over all orders of switching. The
factors multiply to the whole ratio. The ending of FILE chooses the format: {", ".join(_ENDINGS)}.

examples:
  dsexplore compare deepseek-r1-zero-estimate deepseek-r1-zero-disclosed --of rl_cost
  dsexplore compare deepseek-v3 llama-3.1-405b our-run.toml --of total_cost,mfu
"""
_INDENT = "  "


def run(words: list[str]) -> int:
    """Print a comparison of the named scenarios; returns the exit status."""
    arguments = grammar().parse_args(words)
    arguments.format = chosen_format(arguments, _FORMATS, _ENDINGS)
    names: list[str] = arguments.scenarios
    if len(names) == 1:
        raise UsageError(
            "compare: found one scenario; allowed: two or more, each a preset's name or a file"
        )
    scenarios = [load(name) for name in names]
    for name, scenario in zip(names, scenarios, strict=True):
        say_without_effect(name, scenario)
    found = compare(*scenarios)
    results = found.results if arguments.all else found.headlines
    sheet = Compared(
        names, scenarios, found, results, _attributions(scenarios, arguments.of), "--all"
    )
    put(arguments, _written(sheet, arguments))
    return 0


def _written(sheet: Compared, arguments: Namespace) -> Printable:
    if arguments.format == "json":
        return _json(sheet)
    if arguments.format == "table":
        return _table(sheet, terminal_columns() if arguments.output is None else None)
    return report_text(comparison_report(sheet), arguments.format)


def grammar() -> Parser:
    parser = Parser(
        "compare",
        usage=_USAGE,
        summary="Show where scenarios differ, in fields and in results, and which fields cause a "
        "result's\ndifference from the first scenario.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "scenarios",
        metavar="SCENARIO",
        words=scenarios,
        nargs="+",
        help="a preset's name, a scenario file or a model's config.json",
    )
    parser.add_argument(
        "--of",
        metavar="NAME",
        words=results,
        action="append",
        default=[],
        help="the result to attribute to fields; several with commas, may be repeated; "
        "default: the cost that differs",
    )
    parser.add_argument("--all", action="store_true", help="show every result that differs")
    add_output(parser, _FORMATS)
    return parser


def _attributions(
    scenarios: Sequence[Scenario], options: Sequence[str]
) -> list[tuple[int, Attribution]]:
    try:
        return attributions(scenarios, listed(options))
    except ScenarioError as error:
        raise ScenarioError(error.where or "--of", error.found, error.allowed) from None


# For programs


def _json(sheet: Compared) -> Printable:
    document = {
        "scenarios": [
            {
                "name": name,
                "title": scenario.title,
                "warnings": warnings,
                "assumptions": assumptions,
            }
            for name, scenario, warnings, assumptions in zip(
                sheet.names, sheet.scenarios, sheet.warnings(), sheet.assumptions(), strict=True
            )
        ],
        "fields": [
            {
                "name": field.name,
                "table": FIELDS[field.name].table,
                "unit": FIELDS[field.name].unit,
                "values": field.values,
                "applies": field.applies,
            }
            for field in sheet.comparison.fields
        ],
        "results": [
            {
                "name": result.name,
                "unit": QUANTITIES[result.name].unit,
                "values": result.values,
                "ratios": result.ratios,
                **_standing_json(sheet, result.name, range(len(sheet.names))),
                "intervals": sheet.comparison.ends(result.name),
                "within_interval": sheet.comparison.within(result),
            }
            for result in sheet.results
        ],
        "attributions": [
            {
                **_attribution_json(found, [sheet.names[0], sheet.names[place]]),
                **_standing_json(sheet, found.of, (0, place)),
            }
            for place, found in sheet.attributions
        ],
    }
    return to_json(document)


def _standing_json(sheet: Compared, name: str, places: Sequence[int]) -> dict[str, object]:
    """In which of the scenarios a result cannot be had, or is a bound without unknown parts."""
    impossible = sheet.comparison.impossible(name)
    without = sheet.comparison.at_least_without(name)
    return {
        "impossible": [impossible[place] for place in places],
        "at_least_without": [without[place] for place in places],
    }


def _attribution_json(found: Attribution, between: list[str]) -> dict[str, object]:
    return {
        "of": found.of,
        "unit": QUANTITIES[found.of].unit,
        "between": between,
        "values": [found.one, found.other],
        "ratio": found.ratio,
        "parts": [
            {
                "label": part.label,
                "fields": part.fields,
                "factor": part.factor,
                "change": part.change,
                "share": part.share,
                "words": part.words,
                "step": [{"part": name, "seconds": seconds} for name, seconds in part.moved],
            }
            for part in found.parts
        ],
        "method": found.method,
        "problems": found.problems,
    }


# For people


def _table(sheet: Compared, columns: int | None) -> Printable:
    room = None if columns is None else columns - len(_INDENT)
    report = comparison_report(sheet)
    lines = [line for words in report.said for line in folded(words, columns, then=2 * _INDENT)]
    for table in report.tables:
        lines += ["", *folded(table.title, columns, then=_INDENT)]
        if table.rows:
            rows = aligned([table.head, *table.rows], table.numbers, room, table.names)
            lines += [f"{_INDENT}{row}" for row in rows]
        lines += [line for words in table.said for line in folded(words, columns, _INDENT)]
    return in_lines(lines)
