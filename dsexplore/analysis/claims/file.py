"""Files of claims: figures printed in documents, each with the scenario to compute it from."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, get_args

from pydantic import Field

from dsexplore.analysis.claims import tables
from dsexplore.analysis.claims.benchmarks import BenchmarkTable, check_call, load_benchmarks
from dsexplore.analysis.claims.expression import Expression, Value, parse_expression
from dsexplore.analysis.claims.tables import NAME, SWITCH, TABLE, TEXT, Table, placed, read_table
from dsexplore.analysis.claims.verdict import VERDICTS, Bound
from dsexplore.engine.names import check_name, is_number
from dsexplore.files.toml import read_toml
from dsexplore.library.names import SCENARIO_KINDS, is_there, preset_names
from dsexplore.library.open import load_file, preset_or_path
from dsexplore.library.presets import check_names, with_changes
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.grouped import first_double
from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.refusal import ScenarioError, nearest, shown, unknown

_TOP = ("title", "source", "claim")
MOST_CLAIMS = 500
_MAX_FIGURES = 15
_MAX_LIST = 30
_ENDS = 2
_ALIAS = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,30}", re.ASCII)
_BLANK = re.compile(r"\{([^{}|]*)(?:\|([^{}|]*))?\}")
_FIGURE = "a number, or several in brackets"
# The names a note has for the figures of its own claim.
OWN_NAMES = ("states", "gives", "deviation")


@dataclass(frozen=True, slots=True)
class Part:
    """A scenario of a claim: its preset or file, and the fields set in it.

    A single part has no alias; of several, each has its own in the recipe.
    """

    alias: str
    origin: str
    changes: Mapping[str, object]
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Blank:
    """A place in a note for a computed number."""

    written: str
    expression: Expression
    unit: str


@dataclass(frozen=True, slots=True)
class Claim:
    """One printed figure, and the recipe to compute it again."""

    id: str
    claim: str
    states: Value | None
    unit: str
    figures: int
    bound: Bound
    is_disclosed: bool
    parts: tuple[Part, ...]
    gives: Expression | None
    gives_unit: str
    benchmarks: BenchmarkTable | None
    expected: str
    note: str
    blanks: tuple[Blank, ...]
    document: str
    source: str


def load_claims(path: Path, read: dict[Path, Scenario] | None = None) -> list[Claim]:
    """The claims of a file, with their scenarios read and changed.

    `read` remembers scenarios from one file to the next. Raises ScenarioError with the file, the
    claim, the key and the fault.
    """
    try:
        return _claims(read_toml(path), path.parent, {} if read is None else read)
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


class _Part(Table):
    kinds: ClassVar[dict[str, str]] = {"preset": TEXT, "set": TABLE}
    must: ClassVar[tuple[str, ...]] = ("preset",)

    preset: str
    set: dict[str, Any] = Field(default_factory=dict)


def _claims(raw: dict[str, Any], folder: Path, read: dict[Path, Scenario]) -> list[Claim]:
    for key in raw:
        if key not in _TOP:
            raise unknown("table or key", key, _TOP)
    listed = raw.get("claim")
    if not isinstance(listed, list) or not listed:
        found = "nothing" if listed is None else shown(listed)
        raise ScenarioError("claim", found, "one [[claim]] or several")
    if len(listed) > MOST_CLAIMS:
        allowed = f"at most {MOST_CLAIMS} in one file"
        raise ScenarioError("claim", f"{len(listed):,} claims", allowed)
    about = {key: tables.read_as(TEXT, raw.get(key, ""), key) for key in ("title", "source")}
    reader = _Reader(folder, about["title"], about["source"], read)
    claims = [reader.claim(stated, number) for number, stated in enumerate(listed, 1)]
    double = first_double(claim.id for claim in claims)
    if double is not None:
        raise ScenarioError("claim", f"two claims with the id {shown(double)}", "an id for each")
    return claims


class _Reader:
    """Reads the claims of one file, each scenario and table once."""

    def __init__(self, folder: Path, title: str, source: str, read: dict[Path, Scenario]) -> None:
        self._folder = folder
        self._title = title
        self._source = source
        self._scenarios = read
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
        parts = self._parts(read)
        table = self._table(read.benchmarks)
        gives, states = _recipe(read, parts, table), _states(read)
        if gives is not None and states is not None:
            _check_comparable(read, states, gives)
        return Claim(
            id=read.id,
            claim=read.claim,
            states=states,
            unit=read.unit,
            figures=_figures(read.figures),
            bound=_one_of("bound", read.bound, get_args(Bound)),
            is_disclosed=read.disclosed,
            parts=parts,
            gives=gives,
            gives_unit=read.gives_unit or read.unit,
            benchmarks=table,
            expected=_one_of("expected", read.expected, ("", *VERDICTS)),
            note=read.note,
            blanks=_blanks(read, parts, table),
            document=self._title,
            source=read.source or self._source or self._title,
        )

    def _parts(self, read: _Claim) -> tuple[Part, ...]:
        if read.scenario and read.scenarios:
            raise ScenarioError("scenarios", "scenario as well", "one of the two")
        if read.scenarios and read.set:
            raise ScenarioError("set", "scenarios as well", "a set for each of the scenarios")
        if read.set and not read.scenario:
            raise ScenarioError("scenario", "nothing", "a preset's name, or a file beside this one")
        if read.scenario:
            return (self._part("", read.scenario, read.set, ""),)
        return tuple(self._named_part(alias, raw) for alias, raw in read.scenarios.items())

    def _named_part(self, alias: str, raw: object) -> Part:
        if not _ALIAS.fullmatch(alias):
            allowed = "short names of letters, digits and _"
            raise ScenarioError("scenarios", shown(alias), allowed)
        where = f"scenarios.{alias}"
        read = read_table(_Part, raw, where)
        return self._part(alias, read.preset, read.set, where)

    def _part(self, alias: str, origin: str, changes: dict[str, Any], where: str) -> Part:
        place = f"{where}.preset" if where else "scenario"
        try:
            path = self._path(origin)
            scenario = self._scenario(path)
        except ScenarioError as error:
            raise placed(error, place) from None
        shown_as = origin if path.stem == origin else str(path)
        try:
            check_names(changes)
            return Part(alias, shown_as, changes, with_changes(scenario, changes))
        except ScenarioError as error:
            raise placed(error, f"{where}.set" if where else "set") from None

    def _path(self, origin: str) -> Path:
        path = preset_or_path(origin, SCENARIO_KINDS, self._folder)
        if path is None or not is_there(path):
            found = f"no preset {shown(origin)}, and no file of that name beside this one"
            raise ScenarioError("", found, nearest(origin, preset_names("scenarios")))
        return path

    def _scenario(self, path: Path) -> Scenario:
        if path not in self._scenarios:
            self._scenarios[path] = load_file(path)
        return self._scenarios[path]

    def _table(self, name: str) -> BenchmarkTable | None:
        if not name:
            return None
        if name not in self._tables:
            self._tables[name] = load_benchmarks(name)
        return self._tables[name]


def _recipe(
    read: _Claim, parts: tuple[Part, ...], table: BenchmarkTable | None
) -> Expression | None:
    if not read.gives:
        if not read.disclosed:
            allowed = "an expression of quantities, or disclosed = true"
            raise ScenarioError("gives", "nothing", allowed)
        return None
    gives = checked_expression(read.gives, "gives", parts, table)
    if not gives.names and not gives.calls:
        raise ScenarioError("gives", shown(read.gives), "at least one field or quantity")
    return gives


def checked_expression(
    text: str,
    where: str,
    parts: tuple[Part, ...],
    table: BenchmarkTable | None,
    own: tuple[str, ...] = (),
) -> Expression:
    """An expression with known names and functions alone. Raises ScenarioError."""
    try:
        expression = parse_expression(text)
        for name in expression.names:
            if name not in own:
                _check_name(name, parts)
        for call in expression.calls:
            check_call(table, call)
    except ScenarioError as error:
        raise placed(error, where) from None
    return expression


def _check_name(text: str, parts: tuple[Part, ...]) -> None:
    alias, _, name = text.rpartition(".")
    if not parts:
        raise ScenarioError("", f"{shown(text)} of no scenario", "a key 'scenario'")
    aliases = [part.alias for part in parts]
    if alias not in aliases:
        of_them = ", ".join(f"{known}.{name}" for known in aliases if known)
        raise ScenarioError("", shown(text), of_them or f"{name}, as there is one scenario")
    check_name(name)
    if not is_number(name):
        raise ScenarioError("", f"{name}, which is text", "fields and quantities that are numbers")


def _states(read: _Claim) -> Value | None:
    if read.states is None:
        if not read.disclosed:
            raise ScenarioError("states", "nothing", _FIGURE)
        return None
    if isinstance(read.states, list):
        if not 1 <= len(read.states) <= _MAX_LIST:
            found = f"{len(read.states)} numbers"
            raise ScenarioError("states", found, f"1 to {_MAX_LIST} numbers")
        return tuple(_figure(item, read.unit) for item in read.states)
    return _figure(read.states, read.unit)


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
        try:
            return float(parse_quantity(raw, unit))
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


def _blanks(
    read: _Claim, parts: tuple[Part, ...], table: BenchmarkTable | None
) -> tuple[Blank, ...]:
    """The parts of a note to be computed: `{expression}`, or `{expression | unit}`."""
    return tuple(
        Blank(
            found[0],
            checked_expression(found[1], "note", parts, table, OWN_NAMES),
            (found[2] or "").strip(),
        )
        for found in _BLANK.finditer(read.note)
    )
