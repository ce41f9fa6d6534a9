"""Claims as text: a table by document, or each in full."""

from __future__ import annotations

import math
import shlex
from collections.abc import Iterator, Sequence
from itertools import groupby

from dsexplore.analysis.claims.benchmarks import BenchmarkTable, price_and_scores
from dsexplore.analysis.claims.check import (
    Finding,
    name_values,
    recipe_with_values,
    standing_counts,
    unit_of,
    verdict_counts,
)
from dsexplore.analysis.claims.claim import Claim
from dsexplore.analysis.claims.parts import Part
from dsexplore.analysis.claims.verdict import VERDICTS
from dsexplore.analysis.claims.written import value_text
from dsexplore.engine.names import summary_of
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.columns import aligned, folded
from dsexplore.text.format import NOT_KNOWN, format_exact, format_value
from dsexplore.text.plain import Printable, in_lines

_HEAD = ("id", "printed", "computed", "off by", "arithmetic", "standing")
_NUMBERS = (1, 2, 3)
_ROOM = 40  # columns needed for a claim beside its figures; with fewer it stands below them
_INDENT = "     "
_NONE = "No claim has this verdict, standing and words."
# Standings whose sentence stands in the table: the claim alone would mislead.
_SAID = ("superseded", "not like with like", "rests on an assumption", "circular", "unsupported")


def table(findings: Sequence[Finding], columns: int | None) -> Printable:
    """Findings by document, claims folded to so many columns; None: not folded."""
    if not findings:
        return in_lines([_NONE])
    cells = [_HEAD, *(_figures(found) for found in findings)]
    rows = aligned(cells, _NUMBERS)
    width = max(map(len, rows))
    is_apart = columns is not None and width > columns
    if is_apart:  # the standing goes below, before the claim
        rows = aligned([row[:-1] for row in cells], _NUMBERS)
        width = max(map(len, rows))
    head, bodies = rows[0], iter(rows[1:])
    room = math.inf if columns is None else columns - width - 2
    is_beside = room >= _ROOM
    lines = [f"{head:{width}}  claim" if is_beside else head]
    for source, group in groupby(findings, key=lambda found: found.claim.source):
        lines += ["", *folded(source, columns, "", _INDENT)]
        for found in group:
            words = f"{found.standing}: {_words(found)}" if is_apart else _words(found)
            if is_beside:
                first, *more = folded(words, None if columns is None else int(room))
                lines.append(f"{next(bodies):{width}}  {first}")
                lines += [" " * (width + 2) + line for line in more]
            else:
                lines += [next(bodies), *folded(words, columns, _INDENT)]
    worth = folded(_worth(findings), columns, "", _INDENT)
    return in_lines([*lines, "", *worth, _sums(findings)])


def in_full(findings: Sequence[Finding], columns: int | None) -> Printable:
    """Each finding with its recipe, its settings, and how to try other assumptions."""
    if not findings:
        return in_lines([_NONE])
    first, *others = (list(_block(found, columns)) for found in findings)
    return in_lines([*first, *(line for block in others for line in ("", *block))])


def _figures(found: Finding) -> tuple[str, ...]:
    return (
        found.claim.id,
        found.states_text,
        found.gives_text,
        found.deviation_text,
        found.verdict,
        found.standing,
    )


def _words(found: Finding) -> str:
    """The claim, with the reason where it is contradicted or does not simply hold."""
    note = found.note if found.verdict == "contradicted" else ""
    because = found.because if found.standing in _SAID and found.claim.because else ""
    return " ".join(part for part in (found.claim.claim, note, because) if part)


def _sums(findings: Sequence[Finding]) -> str:
    counts = ", ".join(f"{number} {name}" for name, number in verdict_counts(findings).items())
    return f"{len(findings)} {'claim' if len(findings) == 1 else 'claims'}: {counts}"


def _worth(findings: Sequence[Finding]) -> str:
    counts = ", ".join(f"{number} {name}" for name, number in standing_counts(findings).items())
    return f"standing: {counts}"


def _block(found: Finding, columns: int | None) -> Iterator[str]:
    claim = found.claim
    yield from folded(f"{claim.id}  {claim.claim}", columns, "", _INDENT)
    yield from folded(claim.source, columns, _INDENT)
    if where := ", ".join(filter(None, (claim.author, claim.date, claim.section))):
        yield from folded(where, columns, _INDENT)
    if claim.address:  # whole, to be opened
        yield f"{_INDENT}{claim.address}"
    else:
        yield from folded(claim.at, columns, _INDENT)
    yield ""
    figures = aligned(
        [
            ("printed", found.states_text),
            ("computed", found.gives_text),
            ("off by", found.deviation_text),
        ]
    )
    yield from (f"  {line}" for line in figures)
    meaning = f"  arithmetic  {found.verdict}: {VERDICTS[found.verdict]}"
    yield from folded(meaning, columns, "", "              ")
    worth = f"  standing    {found.standing}: {found.because}"
    yield from folded(worth, columns, "", "              ")
    yield ""
    yield from folded(found.sentence, columns, "  ", _INDENT)
    for words in (*found.problems, found.note):
        if words:
            yield from folded(words, columns, "  ", _INDENT)
    if claim.gives is not None:
        yield ""
        yield from _recipe(found, columns)
    if found.readings:
        yield ""
        yield "read otherwise:"
        for one in found.readings:
            yield from folded(
                f"{one.says}: {one.gives_text}  ({one.recipe})", columns, "  ", "      "
            )
    if claim.benchmarks is not None:
        yield ""
        yield from _prices(claim.benchmarks, columns)
    if claim.parts:
        yield ""
        yield "to try another assumption:"
        yield from (f"  {command_of(claim, part)}" for part in claim.parts)


def _recipe(found: Finding, columns: int | None) -> Iterator[str]:
    claim = found.claim
    assert claim.gives is not None
    yield "recipe:"
    yield from folded(claim.gives.text, columns, "    ")
    if claim.gives.names and claim.gives.text not in claim.gives.names:
        yield from folded(f"= {recipe_with_values(claim)}", columns, "  ", "    ")
    yield f"  = {found.gives_text}"
    if claim.gives.names:
        yield "where:"
    values = name_values(claim)
    for name in claim.gives.names:
        text = value_text(values[name], unit_of(name))
        yield from folded(f"{name}  {text}  {_summary(name)}", columns, "  ", "      ")
    for part in claim.parts:
        yield from folded(_stated(part), columns, "  ", "      ")


def _stated(part: Part) -> str:
    of = f"{part.alias}: " if part.alias else "in "
    changes = ", ".join(f"{name} = {text}" for name, text in _changes(part))
    return f"{of}{part.origin}{f' with {changes}' if changes else ''}"


def _changes(part: Part) -> Iterator[tuple[str, str]]:
    """Settings, as one would type them."""
    for name, value in part.changes.items():
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        is_bare = is_number and name in FIELDS and FIELDS[name].is_numeric
        yield name, format_exact(value, FIELDS[name].unit) if is_bare else _typed(value)


def _typed(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _summary(name: str) -> str:
    return summary_of(name.rpartition(".")[2])


def command_of(claim: Claim, part: Part) -> str:
    """A command to compute a part of the recipe, with its assumptions ready to change."""
    names = claim.gives.names if claim.gives else ()
    only = [name.rpartition(".")[2] for name in names if name.rpartition(".")[0] == part.alias]
    words = ["dsexplore", "eval", part.origin]
    for name, text in _changes(part):
        words += ["--set", f"{name}={text}"]
    if only:
        words += ["--only", ",".join(dict.fromkeys(only))]
    return shlex.join(words)


def _prices(benchmarks: BenchmarkTable, columns: int | None) -> list[str]:
    """Scores of every model, below its price per million generated tokens."""
    rows = price_and_scores(benchmarks)
    head = ["", *(row.model.short for row in rows)]
    prices = ["output price", *(format_value(row.output_price, "USD") for row in rows)]
    scores = [
        [
            found.name,
            *(_score(found.scores.get(row.model.name, math.nan)) for row in rows),
        ]
        for found in benchmarks.benchmarks
    ]
    lines = aligned([head, prices, *scores], range(1, len(head)), columns)
    return [*folded(f"{benchmarks.title}:", columns, "", _INDENT), *lines]


def _score(score: float) -> str:
    if math.isnan(score):
        return NOT_KNOWN
    return f"{score:.1f}" if score < 100 else f"{score:.0f}"  # a column less for ratings
