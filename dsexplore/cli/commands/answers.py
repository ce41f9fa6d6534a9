"""`dsexplore answers`: published answers to one question side by side."""

from __future__ import annotations

import math
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
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.output.claim_text import command_of
from dsexplore.cli.output.stdout import terminal_columns, write_out
from dsexplore.engine.names import unit_of
from dsexplore.library.names import preset_names
from dsexplore.text.columns import aligned, folded
from dsexplore.text.csv_text import to_csv
from dsexplore.text.json_text import to_json
from dsexplore.text.markdown import escaped, in_markdown
from dsexplore.text.plain import Printable, in_lines

FORMATS = ("table", "json", "markdown", "csv")
_CHANGED = 1
_INDENT = "  "
_USAGE = f"""dsexplore answers [QUESTION | FILE] [--format {"|".join(FORMATS)}]"""
_EPILOG = """\
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
    arguments = _parser().parse_args(words)
    one_of("--format", arguments.format, FORMATS)
    if arguments.question is None:
        write_out(_questions())
        return 0
    found = load_answers(find_answers(arguments.question))
    write_out(_written(found, arguments.format))
    surprises = changed_verdicts([answer.finding for answer in found.answers])
    for sentence in surprises:
        say(sentence)
    return _CHANGED if surprises else 0


def _parser() -> Parser:
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
        nargs="?",
        help="a question that ships, or a file of one's own; default: list the questions",
    )
    parser.add_argument("--format", metavar="FORMAT", default=FORMATS[0], help=", ".join(FORMATS))
    return parser


def _questions() -> Printable:
    rows = [(name, load_answers(find_answers(name)).title) for name in preset_names(KIND)]
    return in_lines(aligned(rows))


def _written(found: Answers, form: str) -> Printable:
    if form == "json":
        return _json(found)
    if form == "csv":
        return _csv(found)
    return _markdown(found) if form == "markdown" else _table(found, terminal_columns())


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
    for part in claim.parts:
        yield f"{_INDENT}{command_of(claim, part)}"


def _markdown(found: Answers) -> Printable:
    lines = [f"### {escaped(found.title)}", "", *in_markdown(_cells(found), ()), ""]
    for answer in found.answers:
        claim = answer.finding.claim
        said = f"{claim.claim} {answer.finding.standing.capitalize()}: {answer.finding.because}"
        place = " ".join(filter(None, (claim.source, claim.address)))
        lines += [f"- **{escaped(answer.name)}**: {escaped(said)} ({escaped(place)})"]
    return in_lines(lines)


def _csv(found: Answers) -> Printable:
    """A row for each answer: figures as numbers, a column for each quantity that any counts."""
    counted = found.counted()
    head = ("id", "date", "author", "states", "gives", "unit", *counted, "verdict", "standing",
            "replaced_by", "because", "claim", "source", "address")  # fmt: skip
    rows = [
        (
            answer.name,
            answer.finding.claim.date,
            answer.finding.claim.author,
            _number(answer.finding.claim.states),
            _number(answer.finding.gives),
            answer.finding.claim.unit,
            *(_number(answer.parts.get(name)) for name in counted),
            answer.finding.verdict,
            answer.finding.standing,
            " ".join(answer.replaced_by),
            answer.finding.because,
            answer.finding.claim.claim,
            answer.finding.claim.source,
            answer.finding.claim.address,
        )
        for answer in found.answers
    ]
    return to_csv([head, *rows])


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
            "scenarios": [part.origin for part in answer.finding.claim.parts],
        }
        for answer in found.answers
    ]
    return to_json({"title": found.title, "answers": listed})


def _number(value: object) -> float | str | None:
    """A figure, or several in one cell; empty where none is known."""
    if isinstance(value, tuple):
        return " ".join(f"{item:.12g}" for item in value)
    return value if isinstance(value, float) and not math.isnan(value) else None
