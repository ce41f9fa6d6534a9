"""Keys of older files, and the fields that took their place."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from dsexplore.library.shape import ABOUT
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.layers_per_stage import BALANCED, FIRST
from dsexplore.scenario.measured_run import MEASURED_RUN
from dsexplore.scenario.scenario import PANELS


def _first_stage(layers: object) -> object:
    """The layers of a first stage, 0 for as many as on the others, as the list of all stages."""
    text = str(layers).strip()
    return BALANCED if text == "0" else f"{FIRST} {text}"


def _of_neutral_stack(overhead: object) -> object:
    """The overhead per layer of a present-day stack: one per step says nothing of it."""
    return PANELS["parallelism"].specs["layer_overhead"].default


def _as_it_is(value: object) -> object:
    return value


# By the older name: the field of today, and how it is written now.
_TODAY: dict[str, tuple[str, Callable[[object], object]]] = {
    "first_stage_layers": ("layers_per_stage", _first_stage),
    "stage_layers": ("layers_per_stage", _as_it_is),
    "step_overhead": ("layer_overhead", _of_neutral_stack),
}

# Fields of older files that no formula reads any more: they are passed over.
_GONE = frozenset({"exposed_operand_share"})

_OLD = _TODAY.keys() | _GONE

# Version 0.1.0 took no time for a latency that nobody knew, and wrote it so into every file: there
# the preset's, or an assumed one, stands for it. In a newer file it is unknown.
_ONCE_PASSED_OVER = ("scale_up_latency", "scale_out_latency")


def renamed_values(values: Mapping[str, Any]) -> dict[str, Any]:
    """Values by field, with those of older names under the new ones, unless both are stated."""
    if values.keys().isdisjoint(_OLD):
        return dict(values)
    new = {key: value for key, value in values.items() if key not in _OLD}
    for older, (name, written) in _TODAY.items():
        if older in values:
            new.setdefault(name, written(values[older]))
    return new


def renamed(raw: dict[str, Any]) -> dict[str, Any]:
    """The tables of a file with the names of today, in what is said about fields too."""
    new = dict(raw)
    for table in (*PANELS, MEASURED_RUN):
        if table in raw:
            new[table] = renamed_values(raw[table])
    if "hardware" in raw and any(_OLD & raw[table].keys() for table in PANELS if table in raw):
        passed_over = [name for name in _ONCE_PASSED_OVER if raw["hardware"].get(name) == UNKNOWN]
        new["hardware"] = {k: v for k, v in new["hardware"].items() if k not in passed_over}
    for about in ABOUT:
        if about in raw:
            new[about] = _renamed_names(raw[about])
    if "uncertainty" in raw:
        new["uncertainty"] = {k: v for k, v in raw["uncertainty"].items() if k not in _OLD}
    return new


def _renamed_names(said: Any) -> Any:
    if isinstance(said, list):
        return [_today(each) for each in said if not _is_gone(each)]
    if isinstance(said, dict):
        return {_today(k): _renamed_names(each) for k, each in said.items() if not _is_gone(k)}
    return said


def _today(name: Any) -> Any:
    return _TODAY[name][0] if isinstance(name, str) and name in _TODAY else name


def _is_gone(name: Any) -> bool:
    return isinstance(name, str) and name in _GONE
