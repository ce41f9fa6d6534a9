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
_found: dict[int, Finding] = {}


def _listed() -> Sequence[Claim]:
    # Those of one's own come along.
    return _read() if user_presets_folder().exists() else _shipped()


def _checked(claim: Claim) -> Finding:
    known = _shipped() if _shipped.cache_info().currsize else []
    if not any(claim is shipped for shipped in known):
        return check.check(claim)
    if id(claim) not in _found:
        _found[id(claim)] = check.check(claim)
    return _found[id(claim)]


@contextmanager
def checked_once(module: ModuleType) -> Iterator[None]:
    """A module that lists and checks claims does so once for those that ship."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(module, "shipped_claims", _listed)
        patched.setattr(check, "shipped_claims", _listed)
        patched.setattr(module, "check", _checked)
        yield
