"""`dsexplore explain`: one number's formula with names and with values, and its sources."""

from __future__ import annotations

import textwrap
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict, replace

from dsexplore.analysis.accuracy.evidence import rests_on
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.settings import add_settings, say_without_effect, with_settings
from dsexplore.cli.output.columns import aligned
from dsexplore.cli.output.stdout import terminal_columns, write_out
from dsexplore.explain.explain import Explanation, Reference, explain, spoken
from dsexplore.library.open import load
from dsexplore.scenario.field import UNKNOWN
from dsexplore.text.format import bounded, crossed
from dsexplore.text.json_text import to_json
from dsexplore.text.markdown import escaped, in_markdown
from dsexplore.text.plain import Printable, clean, in_lines
from dsexplore.text.refusal import ScenarioError

FORMATS = ("table", "json", "markdown")
_WIDTH = 80
_INDENT = "  "
_USAGE = f"""dsexplore explain SCENARIO NAME [--set NAME=VALUE]...
                         [--format {"|".join(FORMATS)}]"""
_EXAMPLES = """\
examples:
  Where does DeepSeek-V3's MFU come from?
    dsexplore explain deepseek-v3 mfu

  Who says it was trained on 14.8 trillion tokens, and which results use that?
    dsexplore explain deepseek-v3 pretraining_tokens

  How would the step be predicted with another schedule?
    dsexplore explain deepseek-v3 bubble_time --set pipeline_schedule=1f1b
"""


def run(words: list[str]) -> int:
    """Explain the named quantity or field; returns the exit status."""
    arguments = _parser().parse_args(words)
    one_of("--format", arguments.format, FORMATS)
    width = min(_WIDTH, terminal_columns() or _WIDTH)
    found = _explained(arguments, width)
    if arguments.format == "json":
        write_out(_json(found))
    else:
        write_out(_markdown(found) if arguments.format == "markdown" else text(found, width))
    return 0


def _parser() -> Parser:
    parser = Parser(
        "explain",
        usage=_USAGE,
        summary="Show where a number comes from: its formula, its values, its sources.",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        help="a preset's name, a scenario file or a model's config.json",
    )
    parser.add_argument("name", metavar="NAME", help="a quantity or field, as eval lists them")
    add_settings(parser)
    parser.add_argument(
        "--format", metavar="FORMAT", default=FORMATS[0], help=f"{', '.join(FORMATS)}"
    )
    return parser


def _explained(arguments: Namespace, width: int) -> Explanation:
    opened = load(arguments.scenario)
    scenario = with_settings(opened, arguments.settings)
    try:
        found = explain(scenario, arguments.name, width=width - len(_INDENT), opened=opened)
    except ScenarioError as error:
        raise ScenarioError("NAME", error.found, error.allowed) from None
    say_without_effect(arguments.scenario, scenario, arguments.settings, [arguments.name])
    return replace(found, rests_on=rests_on(scenario, found.name)) if found.interval else found


def text(found: Explanation, width: int) -> Printable:
    """An explanation for reading, at most `columns` wide; formulas are laid out already."""
    lines = _head(found, width)
    if found.working:
        lines += ["", *(f"{_INDENT}{line}".rstrip() for line in found.working)]
    if found.because:
        lines += ["", *_reasons(found.because, width)]
    said = [line for title, words in _said(found) for line in _titled(title, words, width)]
    lines += ["", *said] if said else []
    for title, references in _beside(found):
        lines += ["", title, *_references(references, width)]
    return in_lines(lines)


def _head(found: Explanation, width: int) -> list[str]:
    label = f"{found.label}: {found.summary}" if found.is_field else found.summary
    value = _value(found)
    first = f"{found.name}   {value}"
    start = [first] if len(first) <= width else [found.name, *_wrapped(value, width, _INDENT)]
    return [*start, *_wrapped(label, width)]


def _value(found: Explanation) -> str:
    if found.value_text == UNKNOWN:
        return UNKNOWN
    if found.interval:
        return clean(found.value_text)
    value = clean(spoken(found.name, found.value))
    value = bounded(value) if found.at_least_without else value
    return crossed(value) if found.impossible_because else value


def _said(found: Explanation) -> list[tuple[str, str]]:
    """The explanation in words, part by part under titles."""
    said = [
        ("Not known", "; ".join(found.unknown_because)),
        ("Cannot be had", " ".join(found.impossible_because)),
        ("By default", " ".join(found.assumptions)),
        ("Interval", found.interval),
        ("Evidence", found.rests_on),
        ("Source", found.source),
        ("Assumes", found.assumes),
        ("Origin", found.origin),
        ("Note", found.note),
        ("Allowed", found.range),
        ("Remark", found.remarks),
    ]
    return [(title, words) for title, words in said if words]


def _beside(found: Explanation) -> list[tuple[str, list[Reference]]]:
    """Its inputs and the results using it, under titles; empty lists are left out."""
    beside = [
        ("Inputs", [each for each in found.depends_on if each.is_used]),
        ("Inputs under other choices", [each for each in found.depends_on if not each.is_used]),
        ("Used by", list(found.dependants)),
    ]
    return [(title, references) for title, references in beside if references]


def _titled(title: str, words: str, width: int) -> list[str]:
    # Deeper than the rows below: no word of a note can stand where a name does.
    return _wrapped(f"{title}: {words}", width, hang=2 * _INDENT)


def _reasons(because: Sequence[str], width: int) -> list[str]:
    if len(because) == 1:
        return _wrapped(f"As {because[0]}", width, hang=_INDENT)
    hang = 2 * _INDENT
    return ["As", *(row for each in because for row in _wrapped(each, width, _INDENT, hang))]


def _references(references: Sequence[Reference], width: int) -> list[str]:
    rows = [(each.name, each.value_text, each.summary) for each in references]
    return [_cut(f"{_INDENT}{line}", width) for line in aligned(rows)]


def _cut(line: str, width: int) -> str:
    return line if len(line) <= width else f"{line[: width - 1].rstrip()}…"


def _wrapped(words: str, width: int, start: str = "", hang: str | None = None) -> list[str]:
    return textwrap.wrap(
        " ".join(clean(words).split()),
        width,
        initial_indent=start,
        subsequent_indent=start if hang is None else hang,
        break_on_hyphens=False,
    )


def _markdown(found: Explanation) -> Printable:
    lines = [f"# `{found.name}`", "", f"**{escaped(_value(found))}**", "", escaped(found.summary)]
    if found.working:
        lines += ["", "```", *found.working, "```"]
    if found.because:
        lines += ["", "As", "", *(f"- {escaped(reason)}" for reason in found.because)]
    for title, words in _said(found):
        lines += ["", f"{title}: {escaped(words)}"]
    for title, references in _beside(found):
        rows = [("name", "value", ""), *((r.name, r.value_text, r.summary) for r in references)]
        lines += ["", f"## {title}", "", *in_markdown(rows)]
    return in_lines(lines)


def _json(found: Explanation) -> Printable:
    return to_json(asdict(found))
