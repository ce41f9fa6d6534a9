"""`dsexplore claims`: printed figures, computed again from their own inputs, with verdicts."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from pathlib import Path

from dsexplore.analysis.claims.check import (
    Claim,
    Finding,
    changed_verdicts,
    check,
    load_claims,
    shipped_claims,
    without_effect_in,
)
from dsexplore.analysis.claims.standing import STANDINGS
from dsexplore.analysis.claims.verdict import VERDICTS
from dsexplore.analysis.claims.words import is_found
from dsexplore.cli.errors import REFUSED, say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.candidates import presets_or_files
from dsexplore.cli.input.output_file import add_output, chosen_format, put
from dsexplore.cli.output.claim_text import in_full, table
from dsexplore.cli.output.stdout import terminal_columns
from dsexplore.export.endings import DATA, REPORTS
from dsexplore.export.reports.claims import claims_report
from dsexplore.export.reports.report import report_text
from dsexplore.library.names import is_shipped, preset_names
from dsexplore.library.open import preset_or_path
from dsexplore.library.readable import refused
from dsexplore.text.grouped import grouped
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable
from dsexplore.text.refusal import ScenarioError, nearest, shown

FORMATS = ("table", "json", "markdown", "csv", "html")
_CHANGED = 1
_USAGE = f"""dsexplore claims [ID ... | FILE ...] [--find WORDS] [--verdict VERDICT]
                        [--standing STANDING] [--format {"|".join(FORMATS)}] [-o FILE] [--force]"""
_ENDINGS = {**DATA, **REPORTS}
_VERDICTS = "\n".join(f"  {name:14}{meaning}" for name, meaning in VERDICTS.items())
_STANDINGS = "\n".join(f"  {name:23}{meaning}" for name, meaning in STANDINGS.items())
_EPILOG = f"""\
verdicts, on the arithmetic alone:
{_VERDICTS}

standings, what a claim is worth beside that:
{_STANDINGS}

A claim asked for by name is shown in full: its recipe, the fields it sets, and how to try another
assumption. The exit status is {_CHANGED} if a verdict differs from the one its file expects, or if
what is computed does not bear out its standing. The ending of FILE chooses the format:
{", ".join(_ENDINGS)}.

A file of claims looks like this. Each claim names a scenario (a preset, or a file beside it), sets
fields in it, and gives a result: a quantity, a field, or arithmetic over several. 'states' is the
printed figure, in the unit of the result:

  title = "What was said in the meeting"
  source = "minutes, June"

  [[claim]]
  id = "m01"
  claim = "At $3 an hour V3 would still have cost less than $9 million."
  states = "$9M"
  unit = "USD"
  bound = "below"                  # or above; left out: the figure itself
  scenario = "deepseek-v3"
  set = {{ price_per_gpu_hour = 3 }}
  gives = "total_cost"
  note = "By these hours it is {{gives}}, {{pretraining_cost}} of it for pre-training."

  [[claim]]
  id = "m02"
  claim = "Our run is three times as large as V3's."
  states = 3
  figures = 1                      # 2.6 rounds to that
  unit = "times"
  gives = "ours.pretraining_flops / v3.pretraining_flops"
  expected = "rough"
  [claim.scenarios]
  ours = {{ preset = "our-run.toml" }}
  v3 = {{ preset = "deepseek-v3", set = {{ precision = "bf16" }} }}

Two figures for one result are a range, states = [2, 3]. A fact without a recipe has
disclosed = true. Benchmarks are counted in the table named by benchmarks = "deepseek-r1":
 wins('o1', 'math'), beats('o1', 'deepseek-r1'), compared(…), score('AIME 2024', 'GPT-4o').
Dates: days('2024-12-27', '2025-01-20') are the days from one to the other.

A unit is a type: what 'gives' gives is converted to it (days to hours), and refused if it measures
something else. Without one, the printed figure says it: states = "80 GB", "39 %", "2 months", and
both figures are shown in it.
A note's {{expression | unit}} is converted and refused likewise.
A number in a recipe has its unit in quotes, "total_gpu_hours / '54 days'", and arithmetic without
any field is a claim too, "50000*168*1.35". A bound is kept within 5 %, as any figure is;
"strictly above" or "strictly below" is not.

'standing' says what a claim is worth, 'because' why, and readings compute it: the same recipe with
something read otherwise, {{reading_1}} in a sentence. Superseded: the first reading is not the
printed figure. Not like with like, rests on an assumption: a reading differs from the recipe.
Circular: the first reading, the input, is what the recipe gives. It is checked as a verdict is:

  standing = "rests on an assumption"
  because = "At $2 an hour it is {{reading_1}}."
  reading = [ {{ says = "at $2", set = {{ price_per_gpu_hour = 2 }} }} ]

'author', 'date', 'address' (of a claim or of the file) and 'section' say where it was printed;
'no_address' says why there is no address.

examples:
  dsexplore claims                         every claim shipped with dsexplore
  dsexplore claims --verdict contradicted  those contradicted by their own inputs
  dsexplore claims --standing superseded   those that something later replaces
  dsexplore claims --find 100,000          those with a word or figure anywhere in them
  dsexplore claims e15                     one in full
  dsexplore claims ceramic-2025            those of one document; 'presets claims' lists documents
  dsexplore claims ours.toml               those of a file
"""


def run(words: list[str]) -> int:
    """Check claims and print the findings; returns the exit status."""
    arguments = grammar().parse_args(words)
    arguments.format = chosen_format(arguments, FORMATS, _ENDINGS)
    if arguments.standing is not None:
        one_of("--standing", arguments.standing, list(STANDINGS))
    if arguments.verdict is not None:
        one_of("--verdict", arguments.verdict, list(VERDICTS))
    claims, are_named = _chosen(arguments.words)
    own = {} if _paths(arguments.words) else refused("claims", load_claims)
    refusals = [*own.values()]
    findings = [check(claim) for claim in claims]
    wanted = [
        found
        for found in findings
        if arguments.verdict in (None, found.verdict)
        and arguments.standing in (None, found.standing)
        and is_found(found.claim, found, arguments.find)
    ]
    put(arguments, _written(wanted, arguments, are_named=are_named))
    _say_without_effect(arguments.words, claims)
    surprises = changed_verdicts(findings)
    for sentence in (*surprises, *refusals):
        say(sentence)
    if refusals:
        return REFUSED
    return _CHANGED if surprises else 0


def grammar() -> Parser:
    parser = Parser(
        "claims",
        usage=_USAGE,
        summary="Check printed figures about training cost: each is computed again from a scenario "
        "with the\ndocument's own inputs, and set beside the printed figure.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "words",
        metavar="ID, FILE",
        words=presets_or_files("claims"),
        nargs="*",
        help="claims to show in full; files of claims, or presets of the kind 'claims'",
    )
    parser.add_argument(
        "--find",
        metavar="WORDS",
        default="",
        help="only those with all these words or figures: in claim, note, document, author",
    )
    parser.add_argument("--verdict", metavar="VERDICT", help="only those with this verdict")
    parser.add_argument("--standing", metavar="STANDING", help="only those of this standing")
    add_output(parser, FORMATS)
    return parser


def _chosen(words: Sequence[str]) -> tuple[list[Claim], bool]:
    """The claims named, and whether single ones were named. Raises ScenarioError."""
    paths = _paths(words)
    ids = [word for word in words if preset_or_path(word, ("claims",)) is None]
    claims = [claim for path in paths for claim in load_claims(path)] or shipped_claims()
    known = [claim.id for claim in claims]
    for word in ids:
        if word not in known:
            found = f"no claim or file {shown(word)}"
            allowed = f"a file of claims, one of {', '.join(preset_names('claims'))}, or an id: "
            named = f"{allowed}{nearest(word, known)}; --find searches their words"
            raise ScenarioError("", found, named)
    return [claim for claim in claims if not ids or claim.id in ids], bool(ids)


def _paths(words: Sequence[str]) -> list[Path]:
    """The files that are named, or named by a preset."""
    found = (preset_or_path(word, ("claims",)) for word in words)
    return [path for path in found if path is not None]


def _say_without_effect(words: Sequence[str], claims: Sequence[Claim]) -> None:
    """Say which fields the claims of the user's own files set for nothing."""
    if not all(map(is_shipped, _paths(words))):
        said = ((claim.id, each) for claim in claims for each in without_effect_in(claim))
        for sentence in grouped(said, "claims"):
            say(sentence)


def _written(findings: Sequence[Finding], arguments: Namespace, *, are_named: bool) -> Printable:
    if arguments.format == "json":
        return _json(findings)
    if arguments.format in ("markdown", "csv", "html"):
        return report_text(claims_report(findings), arguments.format)
    columns = terminal_columns() if arguments.output is None else None
    return in_full(findings, columns) if are_named else table(findings, columns)


def _json(findings: Sequence[Finding]) -> Printable:
    listed = [
        {
            "id": found.claim.id,
            "states": found.claim.states,
            "gives": found.gives,
            "deviation": found.deviation,
            "verdict": found.verdict,
            "expected": found.claim.expected or None,
            "unit": found.claim.unit,
            "gives_unit": found.claim.gives_unit,
            "claim": found.claim.claim,
            "recipe": None if found.claim.gives is None else found.claim.gives.text,
            "scenarios": [
                {"name": part.alias, "preset": part.origin, "set": part.changes}
                for part in found.claim.parts
            ],
            "problems": found.problems,
            "at_least_without": found.at_least_without,
            "note": found.note,
            "document": found.claim.document,
            "source": found.claim.source,
            "standing": found.standing,
            "expected_standing": found.claim.standing or None,
            "because": found.because,
            "readings": [
                {"says": one.says, "recipe": one.recipe, "gives": one.gives}
                for one in found.readings
            ],
            "author": found.claim.author,
            "date": found.claim.date,
            "section": found.claim.section,
            "address": found.claim.address,
            "no_address": found.claim.no_address,
        }
        for found in findings
    ]
    return to_json(listed)
