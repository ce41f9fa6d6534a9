"""The few shipped presets that all tests open are parsed and built once."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import Any

import pytest

from dsexplore.files import toml
from dsexplore.files.locations import user_presets_folder
from dsexplore.library import open as opening
from dsexplore.library import presets
from dsexplore.scenario.scenario import Scenario

_MOST = 1024

_build = presets.build
_built: dict[str, Scenario] = {}


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


@contextmanager
def built_once() -> Iterator[None]:
    """Whoever opens a scenario has the one that was built before of the same tables."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(toml, "_remembered", lru_cache(_MOST)(toml._parsed))
        patched.setattr(presets, "build", _remembered)
        patched.setattr(opening, "build", _remembered)
        yield
