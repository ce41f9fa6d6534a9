"""Claims: printed figures, computed again by the engine, and a verdict on each."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsexplore.analysis.claims.asked import asked_of
from dsexplore.analysis.claims.benchmarks import BenchmarkTable
from dsexplore.analysis.claims.blanks import OWN_NAMES, Blank, own_units
from dsexplore.analysis.claims.calls import result_of
from dsexplore.analysis.claims.claim import Claim, Reading
from dsexplore.analysis.claims.expression import Call, Expression, Value
from dsexplore.analysis.claims.file import load_claims
from dsexplore.analysis.claims.measured import value_in
from dsexplore.analysis.claims.parts import Part
from dsexplore.analysis.claims.standing import STANDINGS, StandingWord, standing
from dsexplore.analysis.claims.verdict import VERDICTS, Verdict, deviation, is_above, verdict
from dsexplore.analysis.claims.written import percent_text, printed_text, sentence_of, value_text
from dsexplore.engine import names
from dsexplore.engine.effect import without_effect
from dsexplore.library.presets import mere_fields
from dsexplore.library.readable import held_by
from dsexplore.scenario.scenario import PANELS, Scenario
from dsexplore.text.format import bounded, crossed
from dsexplore.text.grouped import grouped

__all__ = [
    "Claim",
    "Finding",
    "check",
    "fields_of",
    "load_claims",
    "scenario_of",
    "shipped_claims",
]

_NO_RESULT = "The recipe has no result: it divides by zero, or leaves the range of numbers."


@dataclass(frozen=True, slots=True)
class OtherReading:
    """What a recipe gives when something is read otherwise, in the unit of the printed figure."""

    says: str
    gives: Value
    unit: str
    recipe: str

    @property
    def gives_text(self) -> str:
        """The figure as people read it."""
        return value_text(self.gives, self.unit)


@dataclass(frozen=True, slots=True)
class Finding:
    """A claim beside the figure from its recipe (None or nan: not known)."""

    claim: Claim
    gives: Value | None
    deviation: float
    verdict: Verdict
    # The verdict in words, and the claim's note, both with their numbers.
    sentence: str
    note: str
    scenario: Scenario | None
    # What the claim is worth, why, and what of its file's standing is not borne out.
    standing: StandingWord = "not judged"
    because: str = ""
    standing_problem: str = ""
    readings: tuple[OtherReading, ...] = ()
    # Why the figure from the recipe cannot be had, in sentences.
    problems: tuple[str, ...] = ()
    # The unknown parts that are left out of the figure: it is at least what it is.
    at_least_without: tuple[str, ...] = ()

    @property
    def is_as_expected(self) -> bool:
        """Whether the verdict is the one expected in the claim's file, if any."""
        return self.claim.expected in ("", self.verdict) and not self.standing_problem

    @property
    def states_text(self) -> str:
        """The printed figure as people read it."""
        text = printed_text(self.claim.states, self.claim.unit, is_range=not self._is_list)
        if not self.claim.bound:
            return text
        return f"{'>' if is_above(self.claim.bound) else '<'} {text}"

    @property
    def _is_list(self) -> bool:
        return self.claim.gives is not None and self.claim.gives.is_list

    @property
    def gives_text(self) -> str:
        """The computed figure as people read it."""
        text = value_text(self.gives, self.claim.gives_unit)
        text = bounded(text) if self.at_least_without else text
        return crossed(text) if self.problems else text

    @property
    def deviation_text(self) -> str:
        """The deviation of the computed figure, in per cent of the larger of the two."""
        return percent_text(self.deviation)


def shipped_claims() -> list[Claim]:
    """All claims of the presets, and those of the user's own that can be read."""
    read: dict[Path, Scenario] = {}
    return held_by("claims", lambda path: load_claims(path, read))


def scenario_of(claim: Claim, alias: str = "") -> Scenario | None:
    """The scenario of a claim with its changes made; of several, the first or the named one."""
    named = (part.scenario for part in claim.parts if alias in ("", part.alias))
    return next(named, None)


def fields_of(claim: Claim, alias: str = "") -> tuple[str, ...]:
    """The fields a claim changes in that scenario."""
    named = (part.changes for part in claim.parts if alias in ("", part.alias))
    return tuple(name for name in next(named, {}) if name not in PANELS)


def check(claim: Claim) -> Finding:
    """A claim computed again, and the verdict on it."""
    values = _Values(claim.parts, _expressions(claim), claim.benchmarks)
    gives = None if claim.gives is None else values.in_unit(claim.gives, claim.gives_unit)
    apart = math.nan
    if claim.states is not None and gives is not None and claim.gives_unit == claim.unit:
        apart = deviation(claim.states, gives)
    if claim.is_disclosed or claim.states is None or gives is None:
        found: Verdict = "disclosed"
    else:
        found = verdict(claim.states, gives, claim.figures, claim.bound)
    readings = tuple(_other(claim, reading) for reading in claim.readings)
    compared = gives if claim.gives_unit == claim.unit else None
    others = [reading.gives for reading in readings]
    word, why = standing(claim.standing, found, claim.states, compared, others, claim.bound)
    own = _own_values(claim, gives, apart, readings)
    has_no_result = found == "undecided" and values.has_all_of(claim.gives)
    because = _filled(claim, claim.because, claim.because_blanks, values, own)
    return Finding(
        claim=claim,
        gives=gives,
        deviation=apart,
        verdict=found,
        sentence=_NO_RESULT if has_no_result else sentence_of(claim, gives, apart, found),
        note=_filled(claim, claim.note, claim.blanks, values, own),
        scenario=scenario_of(claim),
        standing=word,
        because=because if because and not why else f"{STANDINGS[word].capitalize()}.",
        standing_problem=why,
        readings=readings,
        problems=values.problems_of(claim.gives),
        at_least_without=values.left_out_of(claim.gives),
    )


def _other(claim: Claim, reading: Reading) -> OtherReading:
    values = _Values(reading.parts, [reading.gives], claim.benchmarks)
    gives = values.in_unit(reading.gives, claim.unit)
    return OtherReading(reading.says, gives, claim.unit, reading.gives.text)


def _expressions(claim: Claim) -> list[Expression]:
    found = [blank.expression for blank in (*claim.blanks, *claim.because_blanks)]
    return found if claim.gives is None else [*found, claim.gives]


def without_effect_in(claim: Claim) -> list[str]:
    """A sentence on each field that a claim sets and its recipe and note do not depend on."""
    names = {name for found in _expressions(claim) for name in found.names} - {*OWN_NAMES}
    # A reading of the same scenarios may depend on a field that the recipe does not.
    names |= {name for reading in claim.readings for name in reading.gives.names}
    said = []
    for part in claim.parts:
        asked = [n.rpartition(".")[2] for n in sorted(names) if n.rpartition(".")[0] == part.alias]
        said += without_effect(part.scenario, mere_fields(part.changes), asked)
    return said


def changed_verdicts(findings: Iterable[Finding]) -> list[str]:
    """A sentence for each unexpected verdict, claims with the same one together."""
    said = ((found.claim.id, sentence) for found in findings for sentence in _surprises(found))
    return grouped(said, "claims")


def _surprises(found: Finding) -> Iterator[str]:
    claim = found.claim
    if claim.expected not in ("", found.verdict):
        yield f"the verdict is {found.verdict}, expected was {claim.expected}"
    if found.standing_problem:
        yield f"the standing '{claim.standing}' is not borne out: {found.standing_problem}"


def standing_counts(findings: Sequence[Finding]) -> dict[str, int]:
    """The number of findings with each standing; standings without any are left out."""
    counts = {name: sum(found.standing == name for found in findings) for name in STANDINGS}
    return {name: number for name, number in counts.items() if number}


def verdict_counts(findings: Sequence[Finding]) -> dict[str, int]:
    """The number of findings with each verdict; verdicts without any are left out."""
    counts = {name: sum(found.verdict == name for found in findings) for name in VERDICTS}
    return {name: number for name, number in counts.items() if number}


def name_values(claim: Claim) -> dict[str, float]:
    """The value of every field and quantity named in a claim's recipe and note."""
    return dict(_Values(claim.parts, _expressions(claim), claim.benchmarks).values)


def recipe_with_values(claim: Claim) -> str:
    """The recipe with values in place of names; empty if there is no recipe."""
    if claim.gives is None:
        return ""
    values = name_values(claim)
    return claim.gives.written_with(lambda name: value_text(values[name], unit_of(name)))


def unit_of(name: str) -> str:
    """The unit of a field or quantity, whether or not its scenario stands before a dot."""
    return names.unit_of(name.rpartition(".")[2])


class _Values:
    """Values of the names in a claim's recipe and note, each scenario evaluated once."""

    def __init__(
        self,
        parts: Iterable[Part],
        expressions: Sequence[Expression],
        benchmarks: BenchmarkTable | None,
    ) -> None:
        self._benchmarks = benchmarks
        names = {name for found in expressions for name in found.names}
        self.values: dict[str, float] = {}
        self._problems: dict[str, list[str]] = {}
        self._left_out: dict[str, list[str]] = {}
        for part in parts:
            wanted = {
                name: name.rpartition(".")[2]
                for name in names
                if name not in OWN_NAMES and name.rpartition(".")[0] == part.alias
            }
            found = asked_of(part.scenario, wanted.values())
            self.values |= {name: float(found.values[plain]) for name, plain in wanted.items()}
            for name, plain in wanted.items():
                self._problems[name] = found.problems.get(plain, [])
                self._left_out[name] = found.left_out.get(plain, [])

    def has_all_of(self, expression: Expression | None) -> bool:
        """Whether every value that an expression needs is known."""
        if expression is None or expression.calls:
            return False
        return all(math.isfinite(self.values[name]) for name in expression.names)

    def problems_of(self, expression: Expression | None) -> tuple[str, ...]:
        """Why the figures in a recipe cannot be had, each sentence once."""
        named = () if expression is None else expression.names
        return tuple(dict.fromkeys(said for name in named for said in self._problems.get(name, ())))

    def left_out_of(self, expression: Expression | None) -> tuple[str, ...]:
        """The unknown parts of a recipe that is one result alone: of others nobody can say more."""
        if expression is None or expression.names != (expression.text,):
            return ()
        return tuple(self._left_out.get(expression.text, ()))

    def of(self, expression: Expression, own: dict[str, float] | None = None) -> Value:
        known = {**self.values, **(own or {})}
        return expression.evaluate(known.__getitem__, self._counter())

    def in_unit(
        self,
        expression: Expression,
        unit: str,
        own: Mapping[str, float] | None = None,
        units: Mapping[str, str] | None = None,
    ) -> Value:
        """The value of an expression in a unit; `own` and `units` are of a note's own names."""
        known = {**self.values, **(own or {})}
        return value_in(expression, unit, known.__getitem__, self._counter(), units)

    def _counter(self) -> Callable[[Call], float]:
        return lambda call: result_of(self._benchmarks, call)


def _own_values(
    claim: Claim, gives: Value | None, apart: float, readings: Sequence[OtherReading]
) -> dict[str, float]:
    """The figures that a note has for the claim itself."""
    known = {"states": claim.states, "gives": gives, "deviation": apart}
    known |= {f"reading_{n}": reading.gives for n, reading in enumerate(readings, 1)}
    return {
        name: value if isinstance(value := known.get(name), float) else math.nan
        for name in OWN_NAMES
    }


def _filled(
    claim: Claim, text: str, blanks: Sequence[Blank], values: _Values, own: dict[str, float]
) -> str:
    """A sentence with its numbers, each in the unit that its blank names."""
    units = own_units(claim.unit, claim.gives_unit)
    for blank in blanks:
        unit = blank.unit or _unit_meant(blank, claim, units)
        value = (
            values.in_unit(blank.expression, unit, own, units)
            if blank.unit
            else values.of(blank.expression, own)
        )
        text = text.replace(blank.written, value_text(value, unit), 1)
    return text


def _unit_meant(blank: Blank, claim: Claim, own: Mapping[str, str]) -> str:
    """The unit of a blank that names none: its name's own, of arithmetic that of the recipe."""
    text = blank.expression.text
    if text in own:
        return own[text]
    return unit_of(text) if text in blank.expression.names else claim.gives_unit
