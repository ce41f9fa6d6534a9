"""Scenarios of claims: presets or files beside the claims, each read once, with fields set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from pydantic import Field

from dsexplore.analysis.claims.tables import TABLE, TEXT, Table, placed, read_table
from dsexplore.library.names import SCENARIO_KINDS, is_there, preset_names
from dsexplore.library.open import load_file, preset_or_path
from dsexplore.library.presets import check_names, with_changes
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError, nearest, shown

_ALIAS = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,30}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Part:
    """A scenario of a claim: its preset or file, and the fields set in it.

    A single part has no alias; of several, each has its own in the recipe.
    """

    alias: str
    origin: str
    changes: Mapping[str, object]
    scenario: Scenario


class _Part(Table):
    kinds: ClassVar[dict[str, str]] = {"preset": TEXT, "set": TABLE}
    must: ClassVar[tuple[str, ...]] = ("preset",)

    preset: str
    set: dict[str, Any] = Field(default_factory=dict)


class PartReader:
    """Reads the scenarios of one file's claims."""

    def __init__(self, folder: Path, read: dict[Path, Scenario]) -> None:
        """`read` remembers scenarios from one file to the next."""
        self._folder = folder
        self._scenarios = read

    def parts(
        self, scenario: str, changes: dict[str, Any], scenarios: dict[str, Any]
    ) -> tuple[Part, ...]:
        """The scenarios that a table names. Raises ScenarioError."""
        if scenario and scenarios:
            raise ScenarioError("scenarios", "scenario as well", "one of the two")
        if scenarios and changes:
            raise ScenarioError("set", "scenarios as well", "a set for each of the scenarios")
        if changes and not scenario:
            raise ScenarioError("scenario", "nothing", "a preset's name, or a file beside this one")
        if scenario:
            return (self._part("", scenario, changes, ""),)
        return tuple(self._named_part(alias, raw) for alias, raw in scenarios.items())

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
