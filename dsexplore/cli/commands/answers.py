"""`dsexplore answers`: published answers to one question side by side."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator

from dsexplore.analysis.claims.answers import (
    KIND,
    Answer,
    Answers,
    answer_rows,
    find_answers,
    load_answers,
)
from dsexplore.analysis.claims.check import changed_verdicts
from dsexplore.cli.errors import say
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.candidates import presets_or_files
from dsexplore.cli.input.output_file import add_output, chosen_format, put
from dsexplore.cli.output.claim_text import command_of
from dsexplore.cli.output.stdout import terminal_columns
from dsexplore.engine.names import unit_of
from dsexplore.export.endings import DATA, PICTURE, REPORTS
from dsexplore.export.reports.answers import answers_report
from dsexplore.export.reports.report import drawing, report_text
from dsexplore.library.names import preset_names
from dsexplore.text.columns import aligned, folded
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines

FORMATS = ("table", "json", "markdown", "html", "csv")
_ENDINGS = {**DATA, **REPORTS, **PICTURE}
_CHANGED = 1
_INDENT = "  "
_USAGE = f"""dsexplore answers [QUESTION | FILE] [--format {"|".join(FORMATS)}]
                         [-o FILE] [--force]"""
_EPILOG = f"""\
The ending of FILE chooses the format: {", ".join(_ENDINGS)}.

A file of answers is one of claims (see 'dsexplore claims --help') with two keys more for each:

  [[claim]]
  id = "outside"
  claim = "R1 cost about $6 million."
  date = "2025-01-31"
  states = "$6M"
  unit = "USD"
  scenario = "deepseek-r1-epoch"
  gives = "total_cost"
  includes = ["pretraining_cost", "rl_cost"]   # what it counts: quantities of its scenario
  supersedes = ["earlier"]                     # ids of the answers that it replaces

examples:
  dsexplore answers r1                     what DeepSeek-R1 cost, by whom, and what holds
  dsexplore answers v3 --format csv
  dsexplore answers ours.toml
"""


def run(words: list[str]) -> int:
    """Print a question's answers; returns the exit status."""
    arguments = grammar().parse_args(words)
    arguments.format = chosen_format(arguments, FORMATS, _ENDINGS)
    if arguments.question is None:
        put(arguments, _questions())
        return 0
    found = load_answers(find_answers(arguments.question))
    put(arguments, _written(found, arguments))
    surprises = changed_verdicts([answer.finding for answer in found.answers])
    for sentence in surprises:
        say(sentence)
    return _CHANGED if surprises else 0


def grammar() -> Parser:
    parser = Parser(
        "answers",
        usage=_USAGE,
        summary="Set published answers to one question side by side: date and author, what each "
        "counts, what\nfollows from its own inputs, its standing, and which replaces which.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "question",
        metavar="QUESTION, FILE",
        words=presets_or_files("answers"),
        nargs="?",
        help="a question that ships, or a file of one's own; default: list the questions",
    )
    add_output(parser, FORMATS)
    return parser


def _questions() -> Printable:
    rows = [(name, load_answers(find_answers(name)).title) for name in preset_names(KIND)]
    return in_lines(aligned(rows))


def _written(found: Answers, arguments: Namespace) -> Printable:
    form = arguments.format
    if form == "json":
        return _json(found)
    if form == "table":
        return _table(found, terminal_columns() if arguments.output is None else None)
    report = answers_report(found)
    return drawing(report) if form == "svg" else report_text(report, form)


def _cells(found: Answers) -> list[tuple[str, ...]]:
    head = ("", *(answer.name for answer in found.answers))
    return [head, *((row.label, *row.cells) for row in answer_rows(found))]


def _table(found: Answers, columns: int | None) -> Printable:
    lines = [*folded(found.title, columns), "", *aligned(_cells(found), (), columns)]
    for answer in found.answers:
        lines += ["", *_said(answer, columns)]
    return in_lines(lines)


def _said(answer: Answer, columns: int | None) -> Iterator[str]:
    """An answer in words: what it says, what it is worth, where it stands and how to open it."""
    claim = answer.finding.claim
    yield from folded(f"{answer.name}: {claim.claim}", columns, "", _INDENT)
    yield from folded(
        f"{answer.finding.standing}: {answer.finding.because}", columns, _INDENT, _INDENT * 2
    )
    for words in (*answer.finding.problems, answer.finding.note):
        if not words:
            continue
        yield from folded(words, columns, _INDENT, _INDENT * 2)
    place = ", ".join(filter(None, (claim.source, claim.section)))
    yield from folded(place, columns, _INDENT, _INDENT * 2)
    if claim.address:
        yield f"{_INDENT}{claim.address}"
    else:
        yield from folded(claim.at, columns, _INDENT, _INDENT * 2)
    for part in claim.parts:
        yield f"{_INDENT}{command_of(claim, part)}"


def _json(found: Answers) -> Printable:
    listed = [
        {
            "id": answer.name,
            "claim": answer.finding.claim.claim,
            "author": answer.finding.claim.author,
            "date": answer.finding.claim.date,
            "states": answer.finding.claim.states,
            "gives": answer.finding.gives,
            "unit": answer.finding.claim.unit,
            "includes": {
                name: {"value": value, "unit": unit_of(name)}
                for name, value in answer.parts.items()
            },
            "verdict": answer.finding.verdict,
            "standing": answer.finding.standing,
            "because": answer.finding.because,
            "note": answer.finding.note,
            "replaced_by": answer.replaced_by,
            "supersedes": answer.finding.claim.supersedes,
            "source": answer.finding.claim.source,
            "section": answer.finding.claim.section,
            "address": answer.finding.claim.address,
            "no_address": answer.finding.claim.no_address,
            "scenarios": [part.origin for part in answer.finding.claim.parts],
        }
        for answer in found.answers
    ]
    return to_json({"title": found.title, "answers": listed})
