"""Many points held by one test: as a test each, they would be told apart longer than checked."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable
from functools import wraps
from typing import Any

import pytest

_Test = Callable[..., None]
_Param = type(pytest.param())


def holds_at(names: str | tuple[str, ...], points: Iterable[Any]) -> Callable[[_Test], _Test]:
    """As `pytest.mark.parametrize`, in one test: of all points, those that fail are told.

    What fixtures give is the same for every point.
    """
    listed = tuple(name.strip() for name in names.split(",")) if isinstance(names, str) else names
    every = [_values(point, len(listed) == 1) for point in points]
    assert every, "no point, so nothing is held"

    def held(test: _Test) -> _Test:
        @wraps(test)
        def at_every_point(**fixtures: Any) -> None:
            failed: list[Exception] = []
            for point in every:
                try:
                    test(**dict(zip(listed, point, strict=True)), **fixtures)
                except (Exception, pytest.fail.Exception) as error:
                    error.add_note(f"at {', '.join(listed)} = {', '.join(map(repr, point))}")
                    failed.append(error if isinstance(error, Exception) else AssertionError(error))
            if len(failed) == 1:
                raise failed[0]
            if failed:
                raise ExceptionGroup(f"at {len(failed)} of {len(every)} points", failed)

        asked = inspect.signature(test)
        fixtures = [found for name, found in asked.parameters.items() if name not in listed]
        assert len(fixtures) + len(listed) == len(asked.parameters), "a name that the test lacks"
        # What pytest reads, to know which fixtures are asked for.
        vars(at_every_point)["__signature__"] = asked.replace(parameters=fixtures)
        return at_every_point

    return held


def _values(point: Any, alone: bool) -> tuple[Any, ...]:
    if isinstance(point, _Param):
        return tuple(point.values)
    return (point,) if alone else tuple(point)
