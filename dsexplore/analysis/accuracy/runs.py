"""Published training runs: model, cluster, layout and measured speed."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from dsexplore.files.toml import read_toml
from dsexplore.library.names import preset_names
from dsexplore.library.presets import build, mere_fields
from dsexplore.library.readable import held_by
from dsexplore.library.stacks import NEUTRAL, STACK, is_stack
from dsexplore.scenario.field import LARGEST
from dsexplore.scenario.scenario import Scenario, known_field
from dsexplore.text.grouped import first_double
from dsexplore.text.refusal import ScenarioError, nearest, shown, unknown

MOST_RUNS = 500

_KEYS = {
    "name": str,
    "stack": str,
    "gpu": str,
    "num_gpus": int,
    "architecture": dict,
    "parallelism": dict,
    "pretraining": dict,
    "counts": dict,
    "assumed": dict,
    "measured": dict,
    "source": str,
}
_MUST = ("name", "gpu", "architecture", "measured")
_COUNTS = ("causal", "recompute")
_KINDS = {str: "text in quotes", int: "a whole number", dict: "an inline table"}


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its scenario, its way of counting FLOP, and the measured figures."""

    name: str
    scenario: Scenario
    stack: str
    gpu: str
    # Attention counts as its causal half; recomputed FLOP count as well.
    is_causal: bool
    counts_recompute: bool
    measured: dict[str, Any]
    # Whether its layout is published, or at least assumed.
    is_laid_out: bool
    # Fields missing in the source, with assumed values.
    assumed: tuple[str, ...]
    source: str
    # Fields that its file states for it, assumed ones included.
    stated: tuple[str, ...]
    # Sentences that do not name it, so that one can stand for many runs.
    warnings: tuple[str, ...] = field(default=())


def load_runs(path: Path) -> list[Run]:
    """The runs of a file. Raises ScenarioError with the file, the run and the fault."""
    try:
        raw = read_toml(path)
        return _runs(raw)
    except ScenarioError as error:
        raise error.in_file(str(path)) from None


def shipped_runs() -> list[Run]:
    """All runs of the presets, and those of the user's own that can be read."""
    return held_by("runs", load_runs)


def _runs(raw: dict[str, Any]) -> list[Run]:
    unknown = [key for key in raw if key != "run"]
    if unknown:
        raise ScenarioError("", f"unknown table or key {shown(unknown[0])}", "[[run]]")
    tables = raw.get("run")
    if not isinstance(tables, list) or not tables or not all(isinstance(t, dict) for t in tables):
        raise ScenarioError("run", shown(tables), "one [[run]] or several")
    if len(tables) > MOST_RUNS:
        raise ScenarioError("run", f"{len(tables):,} runs", f"at most {MOST_RUNS} in one file")
    runs: list[Run] = []
    for number, table in enumerate(tables, 1):
        name = table.get("name")
        where = f"run {name}" if isinstance(name, str) and name.isprintable() else f"run {number}"
        try:
            runs.append(_run(table))
        except ScenarioError as error:
            place = f"{shown(where)[1:-1]}, {error.where}" if error.where else shown(where)[1:-1]
            raise ScenarioError(place, error.found, error.allowed) from None
    double = first_double(run.name for run in runs)
    if double is not None:
        raise ScenarioError("run", f"two runs named {shown(double)}", "a name for each")
    return runs


def _run(table: dict[str, Any]) -> Run:
    _check_keys(table)
    counts = table.get("counts", {})
    stack = table.get("stack", NEUTRAL)
    warnings = []
    if not is_stack(stack):
        warnings.append(
            f"the software stack {shown(stack)} is not known; predicted with the {NEUTRAL} one."
        )
    return Run(
        name=table["name"],
        scenario=_scenario(table, stack if is_stack(stack) else NEUTRAL),
        stack=stack,
        gpu=table["gpu"],
        is_causal=counts.get("causal", True),
        counts_recompute=counts.get("recompute", False),
        measured=_measured(table["measured"]),
        is_laid_out="parallelism" in table and _is_stated("num_gpus", table),
        assumed=tuple(table.get("assumed", {})),
        source=table.get("source", ""),
        stated=tuple(
            name
            for key in ("architecture", "parallelism", "pretraining", "assumed")
            for name in mere_fields(table.get(key, {}))
        ),
        warnings=tuple(warnings),
    )


def _check_keys(table: dict[str, Any]) -> None:
    for key, value in table.items():
        if key not in _KEYS:
            raise unknown("key", key, list(_KEYS))
        kind = _KEYS[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ScenarioError(key, shown(value), _KINDS[kind])
    for key in _MUST:
        if key not in table:
            raise ScenarioError(key, "nothing", _KINDS[_KEYS[key]])
    for key, value in table.get("counts", {}).items():
        if key not in _COUNTS:
            raise ScenarioError("counts", f"unknown key {shown(key)}", ", ".join(_COUNTS))
        if not isinstance(value, bool):
            raise ScenarioError(f"counts.{key}", shown(value), "true or false")


def _is_stated(name: str, table: dict[str, Any]) -> bool:
    return name in table or name in table.get("assumed", {})


def _scenario(table: dict[str, Any], stack: str) -> Scenario:
    if table["gpu"] not in preset_names("hardware"):
        allowed = nearest(table["gpu"], preset_names("hardware"))
        raise ScenarioError("gpu", shown(table["gpu"]), allowed)
    hardware = {"preset": table["gpu"]}
    if "num_gpus" in table:
        hardware["num_gpus"] = table["num_gpus"]
    raw: dict[str, Any] = {
        "schema": 1,
        "architecture": dict(table["architecture"]),
        "hardware": hardware,
        "parallelism": {STACK: stack, **table.get("parallelism", {})},
        "pretraining": {"utilization": "predicted", **table.get("pretraining", {})},
    }
    for name, value in table.get("assumed", {}).items():
        raw.setdefault(known_field(name, "assumed").table, {}).setdefault(name, value)
    # A run in FP8 sends FP8 too, unless stated otherwise.
    if raw["pretraining"].get("precision") == "fp8":
        raw["parallelism"].setdefault("dispatch_precision", "fp8")
    return build(raw)


def _measured(raw: dict[str, Any]) -> dict[str, Any]:
    for key in ("step_time", "mfu", "hfu"):
        value = raw.get(key, 1.0)
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if not is_number or not 0 < value <= LARGEST:
            raise ScenarioError(f"measured.{key}", shown(value), "a number above 0")
    if not raw.keys() & {"step_time", "mfu", "hfu"}:
        raise ScenarioError("measured", "nothing to compare", "step_time, mfu or hfu")
    return raw
