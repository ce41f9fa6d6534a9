"""A service as its load rises, from none to capacity, and the largest load that keeps its limits.

The engine says at which load a batch is under way on average, so a load is found by its batch:
from the first batch on that brings it, and bisected.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from dsexplore.engine import GRAPH, evaluate, problems_forbidding, unknowns_in
from dsexplore.engine.constants import SECONDS_PER_DAY
from dsexplore.text.format import format_value

_PROMISED = ("load_per_gpu", "loaded_ttft", "loaded_time_per_output_token")
_LOADED = (*_PROMISED, "service_cost_per_million_output_tokens")
_AT_REST = ("ttft", "time_per_output_token")
_ASKED = (*_LOADED, *_AT_REST, "largest_decode_batch", "prefill_share_held", "answer_tokens")
_HELD = "serving_gpus_held"
# Batches tried: so many from hardly any request to as many as fit, and shares of these.
_GRID = 24
_LEAST = 1e-3
_FULL = (0.5, 0.65, 0.8, 0.9, 0.94, 0.97, 0.985)
_HALVINGS = 40
# A batch is full but for this: there a queue has no end.
_NEARLY = 1 - 1e-6


class ServiceError(Exception):
    """Why there is no service to load, or none that keeps a limit, in a sentence."""


@dataclass(frozen=True, slots=True)
class Point:
    """A load in requests per second, the mean batch, mean times in seconds, USD per Mtoken."""

    load: float
    batch: float
    ttft: float
    time_per_token: float
    cost: float


@dataclass(frozen=True, slots=True)
class Limits:
    """The longest mean time to the first token, and between tokens, in seconds; 0: any."""

    ttft: float = 0.0
    time_per_token: float = 0.0

    def are_kept(self, point: Point) -> bool:
        """Whether both times of a point are known and within their limits."""
        within = not self.ttft or point.ttft <= self.ttft
        within_token = not self.time_per_token or point.time_per_token <= self.time_per_token
        return within and within_token and not math.isnan(point.ttft)


class Service:
    """The service of a scenario at any load.

    Accelerators, and the part of them that reads prompts, stay those of the stated batch.
    """

    def __init__(self, inputs: Mapping[str, Any], grid: int = _GRID) -> None:
        """`inputs` holds every field. Raises ServiceError where nothing can be served.

        `grid` is how many batches are tried below half of the largest.
        """
        stated = evaluate(inputs, GRAPH.needed((_HELD, "prefill_share_held"), inputs))
        held, share = stated[_HELD], stated["prefill_share_held"]
        self.is_of_a_day = held > 0
        self.gpus = held if held > 0 else 1.0
        fixed = {"decode_batch": 1.0, **({"prefill_gpu_share": share} if share > 0 else {})}
        self._inputs = {**inputs, **fixed}
        self._needed = frozenset(GRAPH.needed(_ASKED, self._inputs))
        self._values = {**self._inputs, **evaluate(self._inputs, self._needed)}
        self._refuse_impossible()
        first, between = (self._values[name] for name in _AT_REST)
        self.rest = Point(0.0, 0.0, first, between, math.nan)
        self.points = self._grid(grid)
        self.most = self.points[-1]

    @property
    def prompt(self) -> float:
        """Tokens of a prompt, cached ones included."""
        return float(self._values["prompt_tokens"])

    @property
    def answer(self) -> float:
        """Tokens of an answer."""
        return float(self._values["answer_tokens"])

    @property
    def where(self) -> str:
        """What its loads are of: all accelerators of the stated day, or one."""
        return f"on {format_value(self.gpus, 'GPU')} GPUs" if self.is_of_a_day else "per GPU"

    @property
    def mean_load(self) -> float:
        """Requests per second of the stated day on average; nan without its tokens."""
        tokens = self._values["output_tokens_per_day"]
        return tokens / SECONDS_PER_DAY / self.answer if tokens > 0 else math.nan

    def at_load(self, load: float) -> Point:
        """The service at a load in requests per second. Raises ServiceError beyond capacity."""
        if load > self.most.load:
            asked, most = map(requests, (load, self.most.load))
            raise ServiceError(f"At {asked} queues grow without end: at most {most} are answered.")
        return self._last(lambda point: point.load <= load)

    def largest(self, limits: Limits) -> Point:
        """The service at the largest load up to which limits are kept.

        Raises ServiceError where they are not kept at the least load.
        """
        if not limits.are_kept(self.rest):
            raise ServiceError(_not_kept(self.rest, limits))
        return self._last(limits.are_kept)

    def _last(self, holds: Callable[[Point], bool]) -> Point:
        """The last point before the first of which something does not hold."""
        kept = self.rest
        for point in self.points:
            if not holds(point):
                return self._bisected(kept, point.batch, holds)
            kept = point
        return kept

    def _bisected(self, kept: Point, beyond: float, holds: Callable[[Point], bool]) -> Point:
        for _ in range(_HALVINGS):
            tried = self._at((kept.batch + beyond) / 2)
            if holds(tried):
                kept = tried
            else:
                beyond = tried.batch
        return kept

    def _grid(self, count: int) -> tuple[Point, ...]:
        """Points of ever larger batches as far as queues end, the last of them at capacity."""
        most = self._values["largest_decode_batch"] * _NEARLY
        steps = (_LEAST * (most / _LEAST) ** (place / count) for place in range(count))
        batches = sorted({*steps, *(most * share for share in _FULL), most})
        found: list[Point] = []
        for batch in batches:
            point = self._at(batch)
            if not _is_stable(point):
                found.append(self._bisected(found[-1] if found else self.rest, batch, _is_stable))
                break
            found.append(point)
        return tuple(found)

    def _at(self, batch: float) -> Point:
        """The service at the load that keeps a batch, or a part of a request, under way."""
        changed = GRAPH.evaluate_changed(self._values, {"decode_batch": batch}, self._needed)
        load, *rest = (changed.get(name, self._values[name]) for name in _LOADED)
        return Point(load * self.gpus, batch, *rest)

    def _refuse_impossible(self) -> None:
        problems = problems_forbidding(self._inputs, _PROMISED)
        said = evaluate(self._inputs, GRAPH.needed(problems, self._inputs))
        if sentences := [said[problem] for problem in problems if said[problem]]:
            raise ServiceError(sentences[0])
        for name in (*_AT_REST, "largest_decode_batch"):
            if math.isnan(self._values[name]):
                values = {**self._inputs, **evaluate(self._inputs)}
                reasons = "; ".join(unknowns_in(values).reasons(name))
                raise ServiceError(f"{name} is not known: {reasons}.")


def requests(load: float) -> str:
    """A load for reading.

    >>> requests(1410.5), requests(0.25)
    ('1,410 requests/s', '0.25 requests/s')
    """
    return f"{format_value(load, '', 3 if load < 1000 else 4)} requests/s"


def _is_stable(point: Point) -> bool:
    return not math.isnan(point.ttft)


def _not_kept(rest: Point, limits: Limits) -> str:
    if limits.ttft and not rest.ttft <= limits.ttft:
        found, most = (format_value(each, "second", 3) for each in (rest.ttft, limits.ttft))
        return f"With no load at all the first token takes {found}; the limit is {most}."
    found, most = (
        format_value(each, "second", 3) for each in (rest.time_per_token, limits.time_per_token)
    )
    return f"With no load at all a token takes {found}; the limit is {most}."
