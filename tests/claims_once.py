"""Two hundred claims are read and computed for each list of them: the same each time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from types import ModuleType

import pytest

from dsexplore.analysis.claims import check
from dsexplore.analysis.claims.check import Claim, Finding
from dsexplore.files.locations import user_presets_folder

_read = check.shipped_claims
_shipped = cache(_read)
_found: dict[str, Finding] = {}


def _listed() -> Sequence[Claim]:
    # Those of one's own come along.
    return _read() if user_presets_folder().exists() else _shipped()


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
        patched.setattr(module, "check", _checked)
        yield
