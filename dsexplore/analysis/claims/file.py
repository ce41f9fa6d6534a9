"""Files of claims: figures printed in documents, each with the scenario to compute it from."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any, ClassVar, get_args

from pydantic import Field

from dsexplore.analysis.claims import tables
from dsexplore.analysis.claims.benchmarks import BenchmarkTable, load_benchmarks
from dsexplore.analysis.claims.blanks import (
    MOST_READINGS,
    blanks_of,
    checked_expression,
    own_units,
)
from dsexplore.analysis.claims.claim import Claim, Reading
from dsexplore.analysis.claims.expression import Expression, Value
from dsexplore.analysis.claims.measured import check_unit, unit_given
from dsexplore.analysis.claims.parts import Part, PartReader
from dsexplore.analysis.claims.standing import DECLARED
from dsexplore.analysis.claims.tables import NAME, SWITCH, TABLE, TEXT, Table, placed, read_table
from dsexplore.analysis.claims.verdict import VERDICTS, Bound
from dsexplore.engine.names import check_name, is_number
from dsexplore.files.toml import read_toml
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.format import format_value
from dsexplore.text.grouped import first_double
from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.refusal import ScenarioError, nearest, shown
from dsexplore.text.units import (
    MULTIPLE,
    is_prefixed,
    quantity_with_unit,
    unit_behind,
    unit_of_text,
)

_ABOUT = ("title", "source", "author", "date", "address", "no_address")
_TOP = (*_ABOUT, "claim")
MOST_CLAIMS = 500
_MAX_FIGURES = 15
_MAX_LIST = 30
_ENDS = 2
_FIGURE = "a number, or several in brackets"
_MULTIPLE = re.compile(r"\s*(?:x|times?)\s*$")


def load_claims(path: Path, read: dict[Path, Scenario] | None = None) -> list[Claim]:
    """The claims of a file, with their scenarios read and changed.

    `read` remembers scenarios from one file to the next. Raises ScenarioError with the file, the
    claim, the key and the fault.
    """
    try:
        return _claims(read_toml(path), path, {} if read is None else read)
    except ScenarioError as error:
        raise error.in_file(str(path)) from None


class _Claim(Table):
    kinds: ClassVar[dict[str, str]] = {
        "id": NAME,
        "claim": TEXT,
        "unit": TEXT,
        "disclosed": SWITCH,
        "scenario": TEXT,
        "set": TABLE,
        "scenarios": TABLE,
        "benchmarks": TEXT,
        "gives": TEXT,
        "gives_unit": TEXT,
        "note": TEXT,
        "source": TEXT,
        "author": TEXT,
        "date": TEXT,
        "section": TEXT,
        "address": TEXT,
        "no_address": TEXT,
        "because": TEXT,
    }
    must: ClassVar[tuple[str, ...]] = ("id", "claim")

    id: str
    claim: str
    states: Any = None
    unit: str = ""
    figures: Any = 0
    bound: Any = ""
    disclosed: bool = False
    scenario: str = ""
    set: dict[str, Any] = Field(default_factory=dict)
    scenarios: dict[str, Any] = Field(default_factory=dict)
    benchmarks: str = ""
    gives: str = ""
    gives_unit: str = ""
    expected: Any = ""
    note: str = ""
    source: str = ""
    author: str = ""
    date: str = ""
    section: str = ""
    address: str = ""
    no_address: str = ""
    standing: Any = ""
    because: str = ""
    reading: Any = Field(default_factory=list)
    includes: Any = Field(default_factory=list)
    supersedes: Any = Field(default_factory=list)


class _Reading(Table):
    kinds: ClassVar[dict[str, str]] = {
        "says": TEXT,
        "gives": TEXT,
        "scenario": TEXT,
        "set": TABLE,
        "scenarios": TABLE,
    }
    must: ClassVar[tuple[str, ...]] = ("says",)

    says: str
    gives: str = ""
    scenario: str = ""
    set: dict[str, Any] = Field(default_factory=dict)
    scenarios: dict[str, Any] = Field(default_factory=dict)


def _claims(raw: dict[str, Any], path: Path, read: dict[Path, Scenario]) -> list[Claim]:
    for key in raw:
        if key not in _TOP:
            raise ScenarioError("", f"unknown table or key {shown(key)}", ", ".join(_TOP))
    listed = raw.get("claim")
    if not isinstance(listed, list) or not listed:
        found = "nothing" if listed is None else shown(listed)
        raise ScenarioError("claim", found, "one [[claim]] or several")
    if len(listed) > MOST_CLAIMS:
        allowed = f"at most {MOST_CLAIMS} in one file"
        raise ScenarioError("claim", f"{len(listed):,} claims", allowed)
    about = {key: tables.read_as(TEXT, raw.get(key, ""), key) for key in _ABOUT}
    # What has no title is called after its file.
    about["title"] = about["title"] or path.stem
    reader = _Reader(path.parent, about, read)
    claims = [reader.claim(stated, number) for number, stated in enumerate(listed, 1)]
    double = first_double(claim.id for claim in claims)
    if double is not None:
        raise ScenarioError("claim", f"two claims with the id {shown(double)}", "an id for each")
    ids = [claim.id for claim in claims]
    for claim in claims:
        for replaced in claim.supersedes:
            if replaced not in ids:
                where = f"claim {claim.id}, supersedes"
                raise ScenarioError(where, shown(replaced), nearest(replaced, ids))
    return claims


class _Reader:
    """Reads the claims of one file, each scenario and table once."""

    def __init__(self, folder: Path, about: dict[str, str], read: dict[Path, Scenario]) -> None:
        self._about = about
        self._parts = PartReader(folder, read)
        self._tables: dict[str, BenchmarkTable] = {}

    def claim(self, raw: object, number: int) -> Claim:
        """One claim. Raises ScenarioError that names it."""
        stated = raw.get("id") if isinstance(raw, dict) else None
        where = f"claim {tables.shown_name(stated, str(number))}"
        read = read_table(_Claim, raw, where)
        try:
            return self._checked(read)
        except ScenarioError as error:
            raise placed(error, where) from None

    def _checked(self, read: _Claim) -> Claim:
        parts = self._parts.parts(read.scenario, read.set, read.scenarios)
        table = self._table(read.benchmarks)
        gives = _recipe(read, parts, table)
        unit, stated_by = _unit(read, gives)
        gives_unit = read.gives_unit or unit
        if gives is not None:
            check_unit(gives, gives_unit, "gives_unit" if read.gives_unit else stated_by)
        states = _states(read, unit)
        if gives is not None and states is not None:
            _check_comparable(read, states, gives)
        readings = self._readings(read, unit, gives)
        own = own_units(unit, gives_unit)
        return Claim(
            id=read.id,
            claim=read.claim,
            states=states,
            unit=unit,
            figures=_figures(read.figures),
            bound=_one_of("bound", read.bound, get_args(Bound)),
            is_disclosed=read.disclosed,
            parts=parts,
            gives=gives,
            gives_unit=gives_unit,
            benchmarks=table,
            expected=_one_of("expected", read.expected, ("", *VERDICTS)),
            note=read.note,
            blanks=blanks_of(read.note, "note", parts, table, own),
            document=self._about["title"],
            source=read.source or self._about["source"] or self._about["title"],
            author=read.author or self._about["author"],
            date=read.date or self._about["date"],
            section=read.section,
            address=read.address or self._about["address"],
            no_address=read.no_address or self._about["no_address"],
            standing=_one_of("standing", read.standing, ("", *DECLARED)),
            because=read.because,
            because_blanks=blanks_of(read.because, "because", parts, table, own),
            readings=readings,
            includes=_names(read.includes, "includes", lambda name: _check_counted(name, parts)),
            supersedes=_names(read.supersedes, "supersedes", lambda name: None),
        )

    def _readings(self, read: _Claim, unit: str, gives: Expression | None) -> tuple[Reading, ...]:
        if read.because and not read.standing:
            raise ScenarioError("standing", "nothing", ", ".join(DECLARED))
        if not isinstance(read.reading, list) or len(read.reading) > MOST_READINGS:
            allowed = f"[[claim.reading]], at most {MOST_READINGS}"
            raise ScenarioError("reading", shown(read.reading), allowed)
        found = tuple(self._reading(raw, n, read) for n, raw in enumerate(read.reading, 1))
        for number, reading in enumerate(found, 1):
            check_unit(reading.gives, unit, f"reading {number}, gives")
        return found

    def _reading(self, raw: object, number: int, read: _Claim) -> Reading:
        where = f"reading {number}"
        own = read_table(_Reading, raw, where)
        try:
            # What a reading leaves out is as in the claim itself.
            parts = self._parts.parts(*_chosen(own, read))
            gives = checked_expression(
                own.gives or read.gives, "gives", parts, self._table(read.benchmarks)
            )
        except ScenarioError as error:
            raise placed(error, where) from None
        return Reading(own.says, parts, gives)

    def _table(self, name: str) -> BenchmarkTable | None:
        if not name:
            return None
        if name not in self._tables:
            self._tables[name] = load_benchmarks(name)
        return self._tables[name]


def _names(raw: object, where: str, check: Callable[[str], None]) -> tuple[str, ...]:
    """A list of names, each checked."""
    if not isinstance(raw, list) or not all(isinstance(name, str) for name in raw):
        raise ScenarioError(where, shown(raw), "names in quotes, in brackets")
    for name in raw:
        try:
            check(name)
        except ScenarioError as error:
            raise placed(error, where) from None
    return tuple(raw)


def _check_counted(name: str, parts: tuple[Part, ...]) -> None:
    """Refuse what an answer cannot count: it takes a number of its one scenario."""
    if len(parts) != 1:
        raise ScenarioError("", f"{len(parts)} scenarios", "the one scenario it is computed from")
    check_name(name)
    if not is_number(name):
        raise ScenarioError("", f"{name}, which is text", "fields and quantities that are numbers")


def _unit(read: _Claim, gives: Expression | None) -> tuple[str, str]:
    """The unit of a claim's figures, and the key that says it.

    Where none is stated it is that of the printed figure, so that it is shown as printed; that of
    the recipe if the figure is a plain number, or differs from it by no more than a prefix.
    """
    if read.unit:
        return read.unit, "unit"
    own = "" if gives is None or read.gives_unit else unit_given(gives)
    figures = read.states if isinstance(read.states, list) else [read.states]
    printed = next((unit_behind(text) for text in figures if isinstance(text, str)), "")
    if not printed:
        return own, "unit"
    return own if own and _is_shown_as(read, own, printed) else printed, "states"


def _is_shown_as(read: _Claim, own: str, printed: str) -> bool:
    """Whether a figure in the recipe's unit reads as it was printed, but for a prefix."""
    try:
        first = read.states[0] if isinstance(read.states, list) else read.states
        shown_as = format_value(parse_quantity(first, own), own)
        return is_prefixed(quantity_with_unit(shown_as)[1], unit_of_text(printed))
    except (UnitError, AttributeError, TypeError):  # a figure that is refused by and by
        return False


def _chosen(own: _Reading, read: _Claim) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The scenarios of a reading: what it leaves out is as in the claim itself."""
    if own.scenario:
        return own.scenario, own.set, own.scenarios
    if own.scenarios:
        return "", own.set, {**read.scenarios, **own.scenarios}
    return read.scenario, {**read.set, **own.set}, read.scenarios


def _recipe(
    read: _Claim, parts: tuple[Part, ...], table: BenchmarkTable | None
) -> Expression | None:
    if not read.gives:
        if not read.disclosed:
            allowed = "an expression of quantities, or disclosed = true"
            raise ScenarioError("gives", "nothing", allowed)
        return None
    return checked_expression(read.gives, "gives", parts, table)


def _states(read: _Claim, unit: str) -> Value | None:
    if read.states is None:
        if not read.disclosed:
            raise ScenarioError("states", "nothing", _FIGURE)
        return None
    if isinstance(read.states, list):
        if not 1 <= len(read.states) <= _MAX_LIST:
            found = f"{len(read.states)} numbers"
            raise ScenarioError("states", found, f"1 to {_MAX_LIST} numbers")
        return tuple(_figure(item, unit) for item in read.states)
    return _figure(read.states, unit)


def _check_comparable(read: _Claim, states: Value, gives: Expression) -> None:
    """Raise ScenarioError for a printed figure that cannot be compared with the recipe's result."""
    printed = len(states) if isinstance(states, tuple) else 0
    if gives.is_list and printed != len(gives.items):
        allowed = f"a list of {len(gives.items)}, one for each part of 'gives'"
        raise ScenarioError("states", shown(read.states), allowed)
    if printed not in (0, _ENDS) and not gives.is_list:
        allowed = "one figure, or the two ends of a range"
        raise ScenarioError("states", shown(read.states), allowed)
    if printed and read.bound:
        raise ScenarioError("bound", f"{shown(read.bound)} of several figures", "one figure")
    if read.gives_unit not in ("", read.unit) and not read.disclosed:
        allowed = "the unit of the printed figure, unless it is disclosed"
        raise ScenarioError("gives_unit", shown(read.gives_unit), allowed)


def _figure(raw: object, unit: str) -> float:
    if isinstance(raw, str):
        # A multiple is a plain number, whatever stands behind it.
        text = _MULTIPLE.sub("", raw) if unit == MULTIPLE else raw
        try:
            return float(parse_quantity(text, unit))
        except UnitError as error:
            raise ScenarioError("states", str(error), _FIGURE) from None
    return tables.finite(raw, "states")


def _figures(raw: object) -> int:
    if isinstance(raw, int) and not isinstance(raw, bool) and 0 <= raw <= _MAX_FIGURES:
        return raw
    raise ScenarioError("figures", shown(raw), f"a whole number from 1 to {_MAX_FIGURES}")


def _one_of(where: str, raw: Any, allowed: tuple[str, ...]) -> Any:
    if isinstance(raw, str) and raw in allowed:
        return raw
    raise ScenarioError(where, shown(raw), ", ".join(word for word in allowed if word))
