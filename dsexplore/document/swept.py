"""A sweep as it was asked for: over which values of what, and of which result."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Swept:
    """Fields or panels with their values, as `sweep --over` reads them, and a result.

    Of two, the first goes upwards.
    """

    over: tuple[tuple[str, str], ...]
    result: str
