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
from dsexplore.analysis.claims.verdict import VERDICTS
from dsexplore.cli.errors import REFUSED, say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.output.claim_text import in_full, markdown, table
from dsexplore.cli.output.stdout import terminal_columns, write_out
from dsexplore.library.names import is_shipped, preset_names
from dsexplore.library.open import preset_or_path
from dsexplore.library.readable import refused
from dsexplore.text.grouped import grouped
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable
from dsexplore.text.refusal import ScenarioError, nearest, shown

FORMATS = ("table", "json", "markdown")
_CHANGED = 1
_USAGE = f"""dsexplore claims [ID ... | FILE ...] [--verdict VERDICT]
                        [--format {"|".join(FORMATS)}]"""
_VERDICTS = "\n".join(f"  {name:14}{meaning}" for name, meaning in VERDICTS.items())
_EPILOG = f"""\
verdicts:
{_VERDICTS}

A claim asked for by name is shown in full: its recipe, the fields it sets, and how to try another
assumption. The exit status is {_CHANGED} if a verdict differs from the one its file expects.

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
 wins('o1', 'math'), beats('o1', 'deepseek-r1'), compared(…).

examples:
  dsexplore claims                         every claim shipped with dsexplore
  dsexplore claims --verdict contradicted  those contradicted by their own inputs
  dsexplore claims e15                     one in full
  dsexplore claims ceramic-2025            those of one document; 'presets claims' lists documents
  dsexplore claims ours.toml               those of a file
"""


def run(words: list[str]) -> int:
    """Check claims and print the findings; returns the exit status."""
    arguments = _parser().parse_args(words)
    one_of("--format", arguments.format, FORMATS)
    if arguments.verdict is not None:
        one_of("--verdict", arguments.verdict, list(VERDICTS))
    claims, are_named = _chosen(arguments.words)
    own = {} if _paths(arguments.words) else refused("claims", load_claims)
    refusals = [*own.values()]
    findings = [check(claim) for claim in claims]
    wanted = [found for found in findings if arguments.verdict in (None, found.verdict)]
    write_out(_written(wanted, arguments, are_named=are_named))
    _say_without_effect(arguments.words, claims)
    surprises = changed_verdicts(findings)
    for sentence in (*surprises, *refusals):
        say(sentence)
    if refusals:
        return REFUSED
    return _CHANGED if surprises else 0


def _parser() -> Parser:
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
        nargs="*",
        help="claims to show in full; files of claims, or presets of the kind 'claims'",
    )
    parser.add_argument("--verdict", metavar="VERDICT", help="only those with this verdict")
    parser.add_argument("--format", metavar="FORMAT", default=FORMATS[0], help=", ".join(FORMATS))
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
            raise ScenarioError("", found, allowed + nearest(word, known))
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
    if arguments.format == "markdown":
        return markdown(findings)
    columns = terminal_columns()
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
        }
        for found in findings
    ]
    return to_json(listed)
