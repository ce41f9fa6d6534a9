"""What tests ask for over and over is made once: shipped presets, plans of the same layouts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import Any, TypeVar

import pytest

from dsexplore.analysis.search import judging
from dsexplore.analysis.summaries import catalogue
from dsexplore.engine.graph import Graph
from dsexplore.engine.plan import Plan
from dsexplore.files import toml
from dsexplore.files.locations import user_presets_folder
from dsexplore.library import open as opening
from dsexplore.library import presets
from dsexplore.library.names import Preset, is_shipped
from dsexplore.scenario.scenario import Scenario

_MOST = 1024

_Of = TypeVar("_Of", Path, Preset)
_Found = TypeVar("_Found")

_build = presets.build
_built: dict[str, Scenario] = {}
_plans: dict[str, Plan] = {}


def _remembered(raw: dict[str, Any]) -> Scenario:
    # One's own presets may change from test to test, and with them what comes of the same tables.
    if user_presets_folder().exists():
        return _build(raw)
    key = repr(raw)
    if key not in _built:
        if len(_built) >= _MOST:
            _built.clear()
        _built[key] = _build(raw)
    return _built[key]


def _planned(graph: Graph, *how: Any) -> Plan:
    """A search's function of some layouts; tests search the same few scenarios."""
    key = f"{id(graph)} {how!r}"
    if key not in _plans:
        if len(_plans) >= _MOST:
            _plans.clear()
        _plans[key] = Plan(graph, *how)
    return _plans[key]


def of_shipped(found: Callable[[_Of], list[_Found]]) -> Callable[[_Of], list[_Found]]:
    """What is found of a shipped preset, once; of one's own, or beside them, each time."""
    known: dict[_Of, list[_Found]] = {}

    def remembered(preset: _Of) -> list[_Found]:
        path = preset.path if isinstance(preset, Preset) else preset
        if not is_shipped(path) or user_presets_folder().exists():
            return found(preset)
        if preset not in known:
            known[preset] = found(preset)
        return [*known[preset]]

    return remembered


@contextmanager
def built_once() -> Iterator[None]:
    """Whoever opens a scenario has the one that was built before of the same tables, and so on."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(toml, "_remembered", lru_cache(_MOST)(toml._parsed))
        patched.setattr(presets, "build", _remembered)
        patched.setattr(opening, "build", _remembered)
        patched.setattr(catalogue, "figures", of_shipped(catalogue.figures))
        patched.setattr(judging, "Plan", _planned)
        yield
