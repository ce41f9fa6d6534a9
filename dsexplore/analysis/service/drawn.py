"""A service drawn: time to the first token, or between tokens, as the load rises."""

from __future__ import annotations

from dsexplore.analysis.service.service import Point, Service, requests
from dsexplore.text.format import format_value
from dsexplore.text.plot import curve, framed

# Beyond this share of capacity the wait hides all that comes before.
_DRAWN = 0.97
TTFT, TIME_PER_TOKEN = "ttft", "time_per_token"
TITLES = {TTFT: "Time to first token", TIME_PER_TOKEN: "Time per token"}


def drawn(service: Service, name: str, columns: int, rows: int) -> list[str]:
    """Lines of one of the times by the load, from none up to nearly capacity, with axes."""
    points = drawn_points(service)
    values = [getattr(point, name) for point in points]
    most = max(values)
    ends = ("0", format_value(most, "second", 3))
    margin = max(map(len, ends))
    last = points[-1].load
    places = [
        (point.load / last, value / most) for point, value in zip(points, values, strict=True)
    ]
    lines = curve(places, max(2, columns - margin - 2), rows)
    return framed(lines, ends, ("0", requests(last)), margin)


def drawn_points(service: Service) -> list[Point]:
    """The points from no load up to nearly capacity."""
    rising = (each for each in service.points if each.load <= _DRAWN * service.most.load)
    return [service.rest, *rising]
