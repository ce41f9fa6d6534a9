"""Two hundred claims are read and computed for each list of them: the same each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from types import ModuleType

import pytest

from dsexplore.analysis.claims import check
from dsexplore.analysis.claims.check import Claim, Finding
from dsexplore.analysis.claims.file import load_claims
from dsexplore.files.locations import user_presets_folder
from dsexplore.library.names import is_shipped, presets_folder
from dsexplore.scenario.scenario import Scenario

_read = check.shipped_claims
_shipped = cache(_read)
_found: dict[str, Finding] = {}


def _listed() -> Sequence[Claim]:
    # Those of one's own come along.
    return _read() if user_presets_folder().exists() else _shipped()


def _load(path: Path, read: dict[Path, Scenario] | None = None) -> list[Claim]:
    return (
        _load_shipped(path) if is_shipped(path) and not _is_replaced() else load_claims(path, read)
    )


@cache
def _load_shipped(path: Path) -> list[Claim]:
    return load_claims(path)


def _is_replaced() -> bool:
    """Whether a preset of one's own takes the place of a shipped one."""
    own = user_presets_folder().glob("*/*.toml")
    return any((presets_folder() / path.parent.name / path.name).exists() for path in own)


def _checked(claim: Claim) -> Finding:
    if claim != _by_id().get(claim.id):
        return check.check(claim)
    if claim.id not in _found:
        _found[claim.id] = check.check(claim)
    return _found[claim.id]


@cache
def _by_id() -> dict[str, Claim]:
    return {claim.id: claim for claim in _shipped()}


@contextmanager
def checked_once(module: ModuleType) -> Iterator[None]:
    """A module that lists and checks claims does so once for those that ship."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "shipped_claims", _listed)
        patched.setattr(check, "shipped_claims", _listed)
        patched.setattr(check, "load_claims", _load)
        patched.setattr(module, "check", _checked)
        yield
