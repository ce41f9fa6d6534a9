"""Clusters: accelerators of several kinds, numbers and prices, each with its best layout."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import product

from dsexplore.analysis.search.account import why_none
from dsexplore.analysis.search.judging import STEP, always
from dsexplore.analysis.search.limits import Limit
from dsexplore.analysis.search.ranking import MEMORY, Layout, Search, why_not
from dsexplore.analysis.workers.work import Workers
from dsexplore.engine.standing import Standing
from dsexplore.library.names import kinds_of, preset_names
from dsexplore.library.presets import with_changes
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import FIELDS, Scenario, known_field
from dsexplore.text.refusal import ScenarioError, nearest, shown

GPUS, PRICE = "num_gpus", "price_per_gpu_hour"
HARDWARE = FIELDS[GPUS].table
DAYS, COST = "pretraining_days", "pretraining_cost"
# Each is a search of its own.
MOST_CLUSTERS = 200
_FORMS = "LOW:HIGH, which doubles, LOW:HIGH:STEP, or a list: 1024,2048"


@dataclass(frozen=True, slots=True)
class Cluster:
    """A preset of hardware, a number of accelerators, a price: those that are searched over."""

    fields: dict[str, Value]
    scenario: Scenario


@dataclass(frozen=True, slots=True)
class Best:
    """A cluster with its best layout and the scenario of both; or why it has none."""

    cluster: Cluster
    fitting: int
    layout: Layout | None
    scenario: Scenario
    why_none: str = ""

    @property
    def fields(self) -> dict[str, Value]:
        """The fields of the cluster and of its layout."""
        return {**self.cluster.fields, **(self.layout.fields if self.layout else {})}


@dataclass(frozen=True, slots=True)
class Other:
    """The best of all with a field as it is stated: what it then comes to, or why it cannot be."""

    field: str
    value: Value
    result: float
    why_not: str


def read_gpus(words: str) -> tuple[int, ...]:
    """Numbers of accelerators: a range that doubles, one in steps, or a list.

    Raises ScenarioError.
    """
    where, spec = "--gpus", known_field(GPUS)

    def number(word: str) -> int:
        try:
            value = spec.read(word.strip())
        except ScenarioError as error:
            raise ScenarioError(where, error.found, error.allowed) from None
        if not isinstance(value, int) or not spec.contains(value):
            raise ScenarioError(where, shown(word), spec.allowed())
        return value

    parts = [part for part in words.split(":") if part.strip()]
    if ":" not in words:
        return tuple(dict.fromkeys(number(word) for word in words.split(",")))
    if len(parts) not in (2, 3):
        raise ScenarioError(where, shown(words), _FORMS)
    low, high = number(parts[0]), number(parts[1])
    if low > high:
        raise ScenarioError(where, f"{shown(words)}, which falls", "LOW below HIGH")
    if len(parts) == 3:
        found = range(low, high + 1, number(parts[2]))
        _check_count(where, len(found))
        return tuple(found)
    return tuple(low * 2**k for k in range((high // low).bit_length()))


def around(scenario: Scenario) -> tuple[int, ...]:
    """A quarter to four times as many accelerators as stated. Raises ScenarioError for none."""
    stated = int(scenario.value(GPUS) or 0)
    if not stated:
        raise ScenarioError(FIELDS[GPUS].path, "unknown or 0", "a number, or --gpus")
    found = (stated // 4, stated // 2, stated, 2 * stated, 4 * stated)
    return tuple(dict.fromkeys(each for each in found if FIELDS[GPUS].contains(each)))


def read_hardware(words: str) -> tuple[tuple[str, float | None], ...]:
    """Presets of hardware, each with its price where one is stated: h100-80gb-sxm=$2,mi300x.

    The beginning of a name stands for it where no other begins so. Raises ScenarioError.
    """
    found: dict[str, float | None] = {}
    for word in words.split(","):
        name, equals, price = (part.strip() for part in word.partition("="))
        found[_preset(name)] = _price(price) if equals else None
    return tuple(found.items())


def _preset(name: str) -> str:
    known = preset_names(kinds_of(HARDWARE)[0])
    like = [each for each in known if name and each.startswith(name)]
    if name in known or len(like) == 1:
        return name if name in known else like[0]
    allowed = f"one of {', '.join(like)}" if like else nearest(name, known)
    raise ScenarioError("--hardware", shown(name), allowed)


def _price(word: str) -> float:
    spec = known_field(PRICE)
    try:
        value = spec.read(word)
    except ScenarioError as error:
        raise ScenarioError("--hardware", error.found, error.allowed) from None
    if not isinstance(value, float) or not spec.contains(value):
        raise ScenarioError("--hardware", shown(word), "a known price")
    return value


def _check_count(where: str, count: int) -> None:
    if count > MOST_CLUSTERS:
        raise ScenarioError(where, f"{count:,} clusters", f"at most {MOST_CLUSTERS}")


def clusters(
    scenario: Scenario,
    gpus: Sequence[int],
    hardware: Sequence[tuple[str, float | None]],
) -> list[Cluster]:
    """Every number of accelerators of every kind; what is not given stays as stated.

    Raises ScenarioError.
    """
    _check_count("--gpus", max(len(gpus), 1) * max(len(hardware), 1))
    found = []
    for kind, number in product(hardware or (("", None),), gpus or (None,)):
        name, price = kind
        fields: dict[str, Value] = {
            **({HARDWARE: name} if name else {}),
            **({GPUS: number} if number else {}),
            **({PRICE: price} if price is not None else {}),
        }
        changed = with_changes(scenario, fields)
        if name:
            # Its own price, where none is given: clusters are compared by it.
            fields = {**fields, PRICE: changed.value(PRICE)}
        found.append(Cluster(fields, changed))
    return found


def best_of_each(
    found: Sequence[Cluster],
    by: str,
    limits: Sequence[Limit],
    *,
    most: bool = False,
    goes_on: Callable[[], bool] = always,
    told: Callable[[float], None] = lambda share: None,
    workers: Workers | None = None,
) -> list[Best]:
    """The best layout of each cluster, the best first; those without one come last.

    It ends early, with the clusters that are searched through, once `goes_on` says no. Raises
    ScenarioError for an unknown result, or if model or batch is not known.
    """

    def told_of(place: int, share: float) -> None:
        told((place + share) / len(found))

    every = []
    for place, cluster in enumerate(found):
        search = Search(
            cluster.scenario,
            by,
            limits,
            most=most,
            also=(DAYS, COST),
            only_best=True,
            goes_on=goes_on,
            told=partial(told_of, place),
            workers=workers,
        )
        if not goes_on():
            break
        every.append(_best(cluster, search, by))
    return sorted(every, key=lambda each: _order(each, by, most))


def _best(cluster: Cluster, found: Search, by: str) -> Best:
    if not found.fitting:
        return Best(cluster, 0, None, found.scenario, why_none(found))
    (layout,) = found.best(1)
    if math.isnan(layout.results[by]):
        return Best(cluster, 0, None, found.scenario, f"{by} is not known.")
    return Best(cluster, found.fitting, layout, found.scenario_of(layout))


def _order(each: Best, by: str, most: bool) -> tuple[bool, float, float, float]:
    if each.layout is None:
        return True, 0.0, 0.0, 0.0
    results = each.layout.results
    return False, -results[by] if most else results[by], results[STEP], results[MEMORY]


def others(best: Best, stated: Scenario, by: str) -> Iterator[Other]:
    """The best with each field in which it differs from the stated scenario as that has it."""
    for name, value in best.fields.items():
        now = stated.panel(name).preset if name == HARDWARE else stated.value(name)
        if value == now or now is None or now == "":
            continue
        try:
            there = Standing(with_changes(best.scenario, {name: now}))
        except ScenarioError as error:
            yield Other(name, now, math.nan, str(error))
            continue
        yield Other(name, now, float(there.values[by]), why_not(there))
