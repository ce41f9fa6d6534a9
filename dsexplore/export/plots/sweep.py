"""A sweep drawn on a terminal: one axis of numbers as a curve, two as a map of shades."""

from __future__ import annotations

import math
from collections.abc import Iterable

from dsexplore.analysis.sweep.axis import Axis
from dsexplore.analysis.sweep.grid import Sweep
from dsexplore.analysis.sweep.scale import is_by_logarithms, places
from dsexplore.engine.names import unit_of
from dsexplore.text.format import format_value
from dsexplore.text.plot import GAP, SHADES, curve, framed, shaded

_ROWS = 14
_MOST_COLUMNS = 100


def plots(found: Sweep, columns: int) -> list[str]:
    """Lines of a plot for each result, as wide as the terminal; none for axes of words."""
    room = min(columns, _MOST_COLUMNS)
    axes = found.axes
    if len(axes) == 1 and axes[0].is_number and found.size > 1:
        drawn = [_curve(found, name, room) for name in found.names]
    elif len(axes) == 2 and all(axis.is_number and len(axis.values) > 1 for axis in axes):
        drawn = [_map(found, name, room) for name in found.names]
    else:
        return []
    return [line for lines in drawn for line in (*lines, "")]


def _curve(found: Sweep, name: str, columns: int) -> list[str]:
    results = found.results[name].tolist()
    ends = [each.tolist() for each in found.ends.get(name, ())]
    known = _known([*results, *(value for end in ends for value in end)])
    if not known:
        return [f"{name}: no value of {found.axes[0].name} has one"]
    low, high = min(known), max(known)
    labels = [_text(name, value) for value in (high, low)]
    margin = max(map(len, labels))
    room = columns - margin - 2
    across = places(found.axes[0])

    def up(value: float) -> float:
        return (value - low) / (high - low) if high > low else 0.5

    lines = curve(
        [(x, up(y)) for x, y in zip(across, results, strict=True)],
        room,
        _ROWS,
        [(x, up(y)) for end in ends for x, y in zip(across, end, strict=True)],
    )
    head = f"{name} by {found.axes[0].name}{_scale(found.axes[0])}"
    if _known([value for end in ends for value in end]):
        head += ", dots: its interval of 80 %"
    return [head, *framed(lines, (labels[1], labels[0]), _ends(found.axes[0]), margin)]


def _map(found: Sweep, name: str, columns: int) -> list[str]:
    first, second = found.axes
    results = found.results[name].reshape(found.shape).tolist()
    known = _known(value for row in results for value in row)
    if not known:
        return [f"{name}: no point has one"]
    ends = [_value(first, place) for place in (-1, 0)]
    margin = max(map(len, ends))
    lines = shaded(results, columns - margin - 2, _ROWS)
    low, high = min(known), max(known)
    steps = [low + (high - low) * k / len(SHADES) for k in range(len(SHADES))]
    legend = "  ".join(
        f"{shade} from {_text(name, step)}" for shade, step in zip(SHADES, steps, strict=True)
    )
    gap = "" if len(known) == found.size else f"  {GAP} none"
    return [
        f"{name} by {first.name} (upwards) and {second.name}",
        *framed(lines, (ends[1], ends[0]), _ends(second), margin),
        f"{legend} to {_text(name, high)}{gap}",
    ]


def _ends(axis: Axis) -> tuple[str, str]:
    return _value(axis, 0), _value(axis, -1)


def _known(values: Iterable[float]) -> list[float]:
    return [value for value in values if not math.isnan(value)]


def _scale(axis: Axis) -> str:
    return " (logarithmic)" if is_by_logarithms(axis) else ""


def _value(axis: Axis, place: int) -> str:
    return format_value(axis.values[place], axis.unit)


def _text(name: str, value: float) -> str:
    return format_value(value, unit_of(name), 3)
