"""Reading what a scenario's file says beside its panels: words, sources, uncertainty, its run."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from dsexplore.scenario.field import Value
from dsexplore.scenario.fields import FIELDS, known_field
from dsexplore.scenario.measured_run import MEASURED_RUN, REMEMBERED
from dsexplore.scenario.uncertainty import Distribution, read_correlations
from dsexplore.text.plain import encodable
from dsexplore.text.refusal import ScenarioError, shown

LONGEST_WORDS = 4_000


def _of_the_run(name: str, stated: object) -> Value:
    """A value of the measured run. Raises ScenarioError for what is not remembered of it."""
    spec = known_field(name, MEASURED_RUN)
    where = f"{MEASURED_RUN}.{name}"
    if name not in REMEMBERED:
        allowed = "a field that measured hours depend on: of model, accelerator, layout or batch"
        raise ScenarioError(where, "a field they do not depend on", allowed)
    try:
        return spec.accept(stated)
    except ScenarioError as error:
        raise ScenarioError(where, error.found, error.allowed) from None


def in_order(names: Iterable[str]) -> list[str]:
    """Names of fields, each once, in the order of the fields."""
    order = list(FIELDS)
    return sorted(set(names), key=order.index)


def _words(where: str) -> Callable[[object], str]:
    def read(raw: object) -> str:
        text = encodable(raw)
        if not isinstance(text, str):
            raise ScenarioError(where, shown(raw), "text in quotes")
        if len(text) > LONGEST_WORDS:
            raise ScenarioError(where, f"{len(text):,} characters", f"at most {LONGEST_WORDS:,}")
        return text

    return read


def _table(where: str, raw: object) -> dict[str, Any]:
    if not isinstance(raw, Mapping):
        raise ScenarioError(where, shown(raw), f"a table, [{where}]")
    return dict(raw)


def _words_about(where: str) -> Callable[[object], dict[str, str]]:
    """What reads words about fields, by field."""

    def read(raw: object) -> dict[str, str]:
        table = _table(where, raw)
        for name in table:
            known_field(name, where)
        return {name: _words(f"{where}.{name}")(said) for name, said in table.items()}

    return read


def _names(raw: object) -> list[str]:
    if not isinstance(raw, list) or not all(isinstance(name, str) for name in raw):
        raise ScenarioError("unverified", shown(raw), "a list of field names")
    for name in raw:
        known_field(name, "unverified")
    return in_order(raw)


def _uncertainty(raw: object) -> dict[str, Distribution]:
    return {
        name: Distribution.read(known_field(name, "uncertainty"), stated)
        for name, stated in _table("uncertainty", raw).items()
    }


def _written_for(raw: object) -> dict[str, Value]:
    where = "written_for"
    table = _table(where, raw)
    specs = {name: known_field(name, where) for name in table}
    try:
        return {name: spec.accept(table[name]) for name, spec in specs.items()}
    except ScenarioError as error:
        key = error.where.rpartition(".")[2]
        raise ScenarioError(f"{where}.{key}", error.found, error.allowed) from None


def _run(raw: object) -> dict[str, Value]:
    return {name: _of_the_run(name, stated) for name, stated in _table(MEASURED_RUN, raw).items()}


# What reads each part of a file that is no panel.
READERS: dict[str, Callable[[object], Any]] = {
    "title": _words("title"),
    "description": _words("description"),
    "written_for": _written_for,
    MEASURED_RUN: _run,
    "uncertainty": _uncertainty,
    "correlations": lambda raw: read_correlations(_table("correlations", raw)),
    "sources": _words_about("sources"),
    "notes": _words_about("notes"),
    "unverified": _names,
}
