"""Work that can be done in parts by whoever has time, and the simplest of those: this process."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol, TypeVar

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)


class Work(Protocol[T_co]):
    """Work in numbered parts, each by itself; it can be pickled, and so can what comes of it."""

    @property
    def parts(self) -> int:
        """How many parts there are."""

    def part(self, number: int) -> T_co:
        """What comes of one part: the same wherever and whenever it is done."""


class Workers(Protocol):
    """Those who do work."""

    def results(self, work: Work[T]) -> Iterator[T]:
        """What comes of all parts, in their order; few of them are held at a time."""


class Here:
    """This process, one part after another."""

    def results(self, work: Work[T]) -> Iterator[T]:
        """What comes of all parts."""
        yield from map(work.part, range(work.parts))
