"""What a run measured: figures by name, what predicts each, and what each says of a step's time."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, NamedTuple

from dsexplore.engine import GRAPH, QUANTITIES
from dsexplore.engine.elementwise import ratio
from dsexplore.scenario.field import LARGEST
from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.refusal import ScenarioError, shown, unknown

# time and rate: a step of twice the time has twice or half of it. memory: bytes of an accelerator.
# other: compared by itself. kept: a figure of the source that nothing here predicts.
Relation = Literal["time", "rate", "memory", "other", "kept"]

STEP_TIME = "step_time"
# What a measured figure is of: a step of training, or the subject of its quantity.
TRAINING = "training"
SERVING = "serving"
SUBJECTS = (TRAINING, SERVING, "rl")
PARTS_KEY = "parts"
# Printed parts of a step, by the names that files of runs give them.
PARTS = {
    "forward": "forward_alone_time",
    "bubble": "idle_time",
    "backward": "backward_alone_time",
    "weight_backward": "weight_backward_time",
    "overlapped_1f1b": "overlapped_1f1b_time",
    "optimizer": "update_time",
}
# Of several figures of one run, these are compared first; then any other of a step's time.
_FIRST = (STEP_TIME, "mfu", "hfu")
_TIMES = ("second", "second/token", "day", "GPU-hour")
_RATES = ("token/s", "token/day", "FLOP/s")
_OWN_RATES = (*_RATES, "1/s", "sequence/s")
_UTILISATIONS = ("predicted_mfu", "predicted_mfu_full", "predicted_hfu", "predicted_hfu_full")
# FP4 has four times the BF16 peak, of which an MFU is a share.
_LARGEST_SHARE = 4
_WANTED = {"": "a number above 0", "fraction": "a number above 0, a share such as 0.41 or 41 %"}
_SPEED = "predicted_tokens_per_second_per_gpu"
_TOKENS_PER_GPU_HOUR = 3600 / 1e12


class _Meaning(NamedTuple):
    """What a name in `measured` stands for: its unit, and the quantities that predict it."""

    unit: str
    relation: Relation
    needs: tuple[str, ...]
    predict: Callable[..., Any]


@dataclass(frozen=True, slots=True)
class Counting:
    """How a source counts FLOP: the causal half of attention or all of it; recomputed ones too."""

    is_causal: bool = True
    counts_recompute: bool = False

    @property
    def mfu(self) -> str:
        """The quantity that predicts an MFU; with recomputed FLOP in it, it is an HFU."""
        return self.hfu if self.counts_recompute else f"predicted_mfu{self._ending}"

    @property
    def hfu(self) -> str:
        """The quantity that predicts an HFU."""
        return f"predicted_hfu{self._ending}"

    @property
    def _ending(self) -> str:
        return "" if self.is_causal else "_full"


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured figure in its base unit, and what predicts it."""

    name: str
    value: float
    unit: str
    relation: Relation
    needs: tuple[str, ...]
    predict: Callable[..., Any]

    def predicted(self, values: Mapping[str, Any]) -> Any:
        """The prediction from the quantities it needs; floats and arrays alike."""
        return self.predict(*(values[name] for name in self.needs))

    def error(self, predicted: Any) -> Any:
        """The signed error as a share: of a step's time where it is one of time, else its own.

        Above 0 where the prediction is too slow, or too large.
        """
        if self.relation == "rate":
            return ratio(self.value, predicted) - 1
        return predicted / self.value - 1

    def scaled(self, predicted: Any, low: Any, high: Any) -> tuple[Any, Any]:
        """The prediction at a step's time times `low` and times `high`, the lower one first."""
        if self.relation == "rate":
            return ratio(predicted, high), ratio(predicted, low)
        return predicted * low, predicted * high


def read_measured(raw: Mapping[str, Any]) -> dict[str, Any]:
    """The figures of a run's table `measured` as numbers, parts in a table of their own.

    Raises ScenarioError for an unknown name, and for anything but a number above 0.
    """
    found: dict[str, Any] = {}
    for name, stated in raw.items():
        if name == PARTS_KEY:
            found[name] = _read_parts(stated)
        else:
            found[name] = _number(f"measured.{name}", stated, _unit(name))
    if all(figure.relation == "kept" for figure in figures(found)) and not found.get(PARTS_KEY):
        allowed = "step_time, mfu or hfu, or any other quantity's name"
        raise ScenarioError("measured", "nothing to compare", allowed)
    return found


def figures(measured: Mapping[str, Any], counting: Counting | None = None) -> tuple[Figure, ...]:
    """All figures of a read table but parts; the one that stands for the run comes first."""
    found = [
        Figure(name, value, *_meaning(name, counting or Counting()))
        for name, value in measured.items()
        if name != PARTS_KEY
    ]
    return tuple(sorted(found, key=_place))


def subject_of(name: str) -> str:
    """What a figure is of (`SUBJECTS`): serving or RL by its quantity, else training."""
    found = QUANTITIES.get(name)
    return found.subject if found is not None and found.subject in SUBJECTS else TRAINING


def part_figures(measured: Mapping[str, Any]) -> tuple[Figure, ...]:
    """The printed parts of a step, each with the quantity that predicts it."""
    return tuple(
        Figure(name, value, "second", "other", (PARTS.get(name, name),), _itself)
        for name, value in measured.get(PARTS_KEY, {}).items()
    )


def _place(figure: Figure) -> int:
    if figure.name in _FIRST:
        return _FIRST.index(figure.name)
    return len(_FIRST) + (figure.relation not in ("time", "rate"))


def _read_parts(stated: object) -> dict[str, float]:
    where = f"measured.{PARTS_KEY}"
    if not isinstance(stated, dict):
        raise ScenarioError(where, shown(stated), "times in seconds above 0, by part")
    for name in stated:
        found = QUANTITIES.get(PARTS.get(str(name), str(name)))
        if found is None or found.unit != "second":
            seconds = [each.name for each in QUANTITIES.values() if each.unit == "second"]
            raise unknown("part", name, [*PARTS, *seconds], where)
    return {
        name: _number(f"{where}.{name}", value, "second", "a time in seconds above 0")
        for name, value in stated.items()
    }


def _unit(name: str) -> str:
    own, found = _declared(Counting()), QUANTITIES.get(name)
    if name in own:
        return own[name].unit
    if found is None or found.is_text:
        numbers = [each.name for each in QUANTITIES.values() if not each.is_text]
        raise unknown("figure", name, [*own, PARTS_KEY, *numbers], "measured")
    return found.unit


def _number(where: str, stated: object, unit: str, allowed: str = "") -> float:
    allowed = allowed or _WANTED.get(unit, f"a number above 0 in {unit}")
    value = stated
    if isinstance(stated, str):
        try:
            value = parse_quantity(stated, unit)
        except UnitError:
            raise ScenarioError(where, shown(stated), allowed) from None
    largest = _LARGEST_SHARE if unit == "fraction" else LARGEST
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= largest:
        raise ScenarioError(where, shown(stated), allowed)
    return float(value)


def _meaning(name: str, counting: Counting) -> _Meaning:
    return _declared(counting).get(name) or _of_quantity(name)


@cache
def _declared(counting: Counting) -> dict[str, _Meaning]:
    """Names that are no quantity's, or whose quantity goes by the source's counting."""
    flops = (counting.mfu, "mfu_peak_flops")
    return {
        "mfu": _Meaning("fraction", "rate", (counting.mfu,), _itself),
        "hfu": _Meaning("fraction", "rate", (counting.hfu,), _itself),
        "mfu_non_causal": _Meaning("fraction", "rate", ("predicted_mfu_full",), _itself),
        # An MFU beside the step's time, under a way of counting that its source does not say.
        "mfu_printed": _Meaning("fraction", "kept", (), _itself),
        "flops_per_gpu": _Meaning("FLOP/s", "rate", flops, _product),
        "tokens_per_second_per_gpu": _Meaning("token/s", "rate", (_SPEED,), _itself),
        "tokens_per_second": _Meaning("token/s", "rate", (_SPEED, "num_gpus"), _product),
        "samples_per_second": _Meaning(
            "sequence/s", "rate", ("global_batch_size", STEP_TIME), _over
        ),
        "tokens_per_day": _Meaning("token/day", "rate", (_SPEED, "num_gpus"), _per_day),
        "gpu_hours_per_trillion_tokens": _Meaning("GPU-hour", "time", (_SPEED,), _gpu_hours),
        **{name: _Meaning("fraction", "rate", (name,), _itself) for name in _UTILISATIONS},
    }


@cache
def _of_quantity(name: str) -> _Meaning:
    """A quantity's own meaning: it follows a step's time, is memory, or stands for itself."""
    unit = QUANTITIES[name].unit
    relation: Relation = "other"
    if unit == "byte":
        relation = "memory"
    elif subject_of(name) != TRAINING:
        relation = "time" if unit in _TIMES else "rate" if unit in _OWN_RATES else "other"
    elif name == STEP_TIME or STEP_TIME in GRAPH.needed([name]):
        relation = "time" if unit in _TIMES else "rate" if unit in _RATES else "other"
    return _Meaning(unit, relation, (name,), _itself)


def _itself(value: Any) -> Any:
    return value


def _product(left: Any, right: Any) -> Any:
    return left * right


def _over(left: Any, right: Any) -> Any:
    return ratio(left, right)


def _per_day(speed: Any, num_gpus: Any) -> Any:
    return speed * num_gpus * 86_400


def _gpu_hours(speed: Any) -> Any:
    return ratio(1, speed * _TOKENS_PER_GPU_HOUR)
