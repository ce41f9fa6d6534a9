"""JSON for other programs: base units, and null for unknown numbers."""

from __future__ import annotations

import math
from collections.abc import Mapping

from dsexplore.text.plain import Printable


def to_json(document: object) -> Printable:
    """A document of dictionaries, lists and values as JSON, ending in a line break.

    It is ASCII, so no locale can spoil it on its way through a pipe, nor it a terminal.
    """
    import json  # noqa: PLC0415 - reading needs none of it

    return Printable(json.dumps(with_nulls(document), indent=2, allow_nan=False) + "\n")


def with_nulls(value: object) -> object:
    """A value with None for every unknown number in it; tuples become lists.

    >>> with_nulls({"mfu": math.nan, "days": (56.7, math.inf)})
    {'mfu': None, 'days': [56.7, None]}
    """
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, Mapping):
        return {key: with_nulls(inner) for key, inner in value.items()}
    if isinstance(value, list | tuple):
        return [with_nulls(inner) for inner in value]
    # A date of a TOML file, say, for which JSON has no word.
    return value if isinstance(value, str | int | None) else str(value)
