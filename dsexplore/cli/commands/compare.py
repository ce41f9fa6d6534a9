"""`dsexplore compare`: where scenarios differ, and which fields cause a result's difference."""

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
    compare,
    default_result,
)
from dsexplore.cli.errors import UsageError
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.settings import say_without_effect
from dsexplore.cli.output.stdout import terminal_columns, write_out
from dsexplore.engine import QUANTITIES
from dsexplore.engine.doubt import with_half_width
from dsexplore.engine.elementwise import is_known
from dsexplore.engine.names import in_words, unit_of
from dsexplore.library.open import load
from dsexplore.scenario.field import Value, value_text
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.columns import aligned, folded
from dsexplore.text.format import (
    DOUBT,
    NO_PROBLEM,
    NOT_KNOWN,
    format_added,
    format_factor,
    format_value,
)
from dsexplore.text.grouped import grouped
from dsexplore.text.json_text import to_json
from dsexplore.text.markdown import escaped, in_markdown
from dsexplore.text.plain import Printable, clean, in_lines
from dsexplore.text.refusal import ScenarioError

_FORMATS = ("table", "json", "markdown")
_USAGE = f"""dsexplore compare SCENARIO SCENARIO [SCENARIO ...] [--of NAME]... [--all]
                         [--format {"|".join(_FORMATS)}]"""
_EPILOG = """\
A result's difference is attributed to the fields that differ. Each field is switched from the first
scenario's value to the other's, and its effect is averaged over all orders of switching. The
factors multiply to the whole ratio.

examples:
  dsexplore compare deepseek-r1-zero-estimate deepseek-r1-zero-disclosed --of rl_cost
  dsexplore compare deepseek-v3 llama-3.1-405b our-run.toml --of total_cost,mfu
"""
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
_INDENT = "  "


def run(words: list[str]) -> int:
    """Print a comparison of the named scenarios; returns the exit status."""
    arguments = _parser().parse_args(words)
    one_of("--format", arguments.format, _FORMATS)
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
    sheet = _Sheet(names, scenarios, found, results, _attributions(scenarios, arguments.of))
    if arguments.format == "json":
        write_out(_json(sheet))
    else:
        write_out(_markdown(sheet) if arguments.format == "markdown" else _table(sheet))
    return 0


def _parser() -> Parser:
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
        nargs="+",
        help="a preset's name, a scenario file or a model's config.json",
    )
    parser.add_argument(
        "--of",
        metavar="NAME",
        action="append",
        default=[],
        help="the result to attribute to fields; several with commas, may be repeated; "
        "default: the cost that differs",
    )
    parser.add_argument("--all", action="store_true", help="show every result that differs")
    parser.add_argument("--format", metavar="FORMAT", default=_FORMATS[0], help=", ".join(_FORMATS))
    return parser


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The comparison every format is written from."""

    names: list[str]
    scenarios: list[Scenario]
    comparison: Comparison
    results: list[ResultDifference]
    # Each with the place of the scenario compared with the first.
    attributions: list[tuple[int, Attribution]]

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

    def heads(self) -> list[str]:
        """A short name for each scenario's column."""
        short = [Path(name).name for name in self.names]
        return short if len(set(short)) == len(set(self.names)) else self.names


def _attributions(
    scenarios: Sequence[Scenario], options: Sequence[str]
) -> list[tuple[int, Attribution]]:
    asked = [name.strip() for option in options for name in option.split(",")]
    first = scenarios[0]
    found = []
    for place, other in enumerate(scenarios[1:], start=1):
        default = default_result(first, other)
        for name in asked or ([] if default is None else [default]):
            try:
                found.append((place, attribute(first, other, name)))
            except ScenarioError as error:
                raise ScenarioError(error.where or "--of", error.found, error.allowed) from None
    return found


# For programs


def _json(sheet: _Sheet) -> Printable:
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


def _standing_json(sheet: _Sheet, name: str, places: Sequence[int]) -> dict[str, object]:
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


@dataclass(frozen=True, slots=True)
class _Section:
    """A heading, its table if any, and sentences."""

    heading: str
    rows: list[list[str]]
    numbers: Sequence[int] = ()
    sentences: Sequence[str] = ()
    # The first columns hold names.
    names: int = 1


def _table(sheet: _Sheet) -> Printable:
    columns = terminal_columns()
    room = None if columns is None else columns - len(_INDENT)
    lines = [line for words in _start(sheet) for line in folded(words, columns, then=2 * _INDENT)]
    for section in _sections(sheet):
        lines += ["", *folded(section.heading, columns, then=_INDENT)]
        if section.rows:
            rows = aligned(section.rows, section.numbers, room, section.names)
            lines += [f"{_INDENT}{row}" for row in rows]
        lines += [line for words in section.sentences for line in folded(words, columns, _INDENT)]
    return in_lines(lines)


def _markdown(sheet: _Sheet) -> Printable:
    lines = ["# Comparison", "", *(f"- {escaped(line)}" for line in _start(sheet))]
    for section in _sections(sheet):
        lines += ["", f"## {escaped(section.heading)}"]
        if section.rows:
            lines += ["", *in_markdown(section.rows, section.numbers)]
        lines += [line for words in section.sentences for line in ("", escaped(words))]
    return in_lines(lines)


def _start(sheet: _Sheet) -> list[str]:
    """Each scenario, and the problems with its results."""
    titles = [
        f"{head}: {words}" if (words := " ".join(clean(scenario.title).split())) else head
        for head, scenario in zip(sheet.heads(), sheet.scenarios, strict=True)
    ]
    said = (
        (head, sentence)
        for head, sentences in zip(sheet.heads(), sheet.warnings(), strict=True)
        for sentence in sentences
    )
    return titles + [f"warning: {line}" for line in grouped(said, "scenarios")]


def _sections(sheet: _Sheet) -> list[_Section]:
    why = [_attribution(sheet, place, found) for place, found in sheet.attributions]
    return [_fields(sheet), _results(sheet), *why]


def _fields(sheet: _Sheet) -> _Section:
    found = sheet.comparison.fields
    if not found:
        return _Section("Fields", [], sentences=["No field differs."])
    rows = [["panel", "field", *sheet.heads()]]
    for before, field in zip([None, *found], found, strict=False):
        table = FIELDS[field.name].table
        is_first = before is None or FIELDS[before.name].table != table
        rows.append([table if is_first else "", field.name, *_field_values(field)])
    return _Section("Fields that differ", rows, names=2)


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


def _results(sheet: _Sheet) -> _Section:
    heads = sheet.heads()
    more = len(sheet.comparison.results) - len(sheet.results)
    rest = [f"{more} more differ: --all lists them."] if more else []
    assumed = (
        (head, sentence)
        for head, sentences in zip(heads, sheet.assumptions(), strict=True)
        for sentence in sentences
    )
    rest += grouped(assumed, "scenarios")
    within = {result.name: sheet.comparison.within(result) for result in sheet.results}
    rest += [WITHIN] if any(map(any, within.values())) else []
    if not sheet.results:
        return _Section("Results", [], sentences=rest or ["No result differs."])
    rows = [["result", heads[0], *(cell for head in heads[1:] for cell in (head, "ratio"))]]
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
    return _Section("Results that differ", rows, range(1, len(rows[0])), rest)


def _told_apart(name: str, values: Sequence[float | str]) -> list[str]:
    """Values for reading, with as many digits as it takes to tell them apart."""
    distinct = {value for value in values if is_known(value)}
    texts: list[str] = []
    for digits in range(_DIGITS, _MOST_DIGITS):
        texts = [in_words(name, value, digits) for value in values]
        if len({*texts} - {NOT_KNOWN, NO_PROBLEM}) >= len(distinct - {""}):
            break
    return texts


def _attribution(sheet: _Sheet, place: int, found: Attribution) -> _Section:
    heads = sheet.heads()
    texts = _told_apart(found.of, (found.one, found.other))
    one, other = sheet.comparison.marked(found.of, texts, (0, place))
    whole = f" ({format_factor(found.ratio)})" if math.isfinite(found.ratio) else ""
    heading = f"Why {found.of} is {one} in {heads[0]} and {other} in {heads[place]}{whole}"
    one_of_them, another = sheet.scenarios[0], sheet.scenarios[place]
    rows = [_part(part, found, one_of_them, another) for part in found.parts]
    if rows:
        rows.insert(0, ["effect", "field", "from → to"])
    sentences = [found.method, *found.problems]
    return _Section(heading, rows, (0,), [each for each in sentences if each], names=2)


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
