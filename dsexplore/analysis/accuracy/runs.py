"""Published training runs: model, cluster, layout and measured speed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from dsexplore.analysis.accuracy.measured import (
    SERVING,
    TRAINING,
    Counting,
    Figure,
    figures,
    part_figures,
    read_measured,
    subject_of,
)
from dsexplore.files.toml import read_toml
from dsexplore.library.names import is_shipped, preset_names, preset_path, shipped_presets
from dsexplore.library.presets import build, mere_fields
from dsexplore.library.renamed import renamed_values
from dsexplore.library.stacks import NEUTRAL, STACK, is_stack, stack_versions
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario, known_field
from dsexplore.text.grouped import first_double
from dsexplore.text.refusal import ScenarioError, nearest, shown, unknown

MOST_RUNS = 500
# Kinds of presets: those that fits may read, and those kept from every fit.
RUNS, UNSEEN = "runs", "unseen"

_KEYS: dict[str, type] = {
    "name": str,
    "stack": str,
    "software": str,
    "gpu": str,
    "num_gpus": int,
    **dict.fromkeys(PANELS, dict),
    "counts": dict,
    "assumed": dict,
    "measured": dict,
    "source": str,
}
# What a file may say of itself.
_ABOUT = ("title", "description")
_MUST = ("name", "architecture", "measured")
_COUNTS = ("causal", "recompute")
_KINDS = {str: "text in quotes", int: "a whole number", dict: "an inline table"}
_LONGEST = 1_000
_LAYOUT = FIELDS[STACK].table


@dataclass(frozen=True, slots=True)
class Run:
    """One run: its scenario, its way of counting FLOP, and the measured figures."""

    name: str
    scenario: Scenario
    stack: str
    # The version of the stack, as its source has it.
    software: str
    # The accelerator: its preset, or its name where it has none.
    gpu: str
    counting: Counting
    # Numbers in base units by name; printed parts of the step in a table of their own.
    measured: dict[str, Any]
    # Whether its layout is published, or at least assumed.
    is_laid_out: bool
    # Fields missing in the source, with assumed values.
    assumed: tuple[str, ...]
    source: str
    # Fields that its file states for it, assumed ones included.
    stated: tuple[str, ...]
    # The file it is from: a preset's name, or a path.
    file: str = ""
    # Sentences that do not name it, so that one can stand for many runs.
    warnings: tuple[str, ...] = field(default=())

    @property
    def figures(self) -> tuple[Figure, ...]:
        """What was measured; the figure that stands for the run comes first."""
        return figures(self.measured, self.counting)

    @property
    def subject(self) -> str:
        """What was measured: a step of training, serving, or RL."""
        found = [*self.figures, *part_figures(self.measured)]
        return subject_of(found[0].needs[0]) if found[0].needs else TRAINING

    @property
    def is_moe(self) -> bool:
        """Whether the model has routed experts."""
        return bool(self.scenario.architecture.num_routed_experts)


def load_runs(path: Path) -> list[Run]:
    """The runs of a file. Raises ScenarioError with the file, the run and the fault."""
    try:
        return _runs(read_toml(path), path.stem if is_shipped(path) else str(path))
    except ScenarioError as error:
        raise error.in_file(str(path)) from None


def shipped_runs(subject: str = TRAINING) -> list[Run]:
    """The runs of one subject that ship, without the user's own."""
    return [run for run in _shipped(RUNS) if run.subject == subject]


def unseen_runs(subject: str = TRAINING) -> list[Run]:
    """The shipped runs of one subject that no fit may read."""
    return [run for run in _shipped(UNSEEN) if run.subject == subject]


@cache
def _shipped(kind: str) -> tuple[Run, ...]:
    paths = [preset.path for preset in shipped_presets(kind)]
    return tuple(run for path in paths for run in load_runs(path))


def _runs(raw: dict[str, Any], file: str) -> list[Run]:
    for key, value in raw.items():
        if key != "run" and key not in _ABOUT:
            allowed = f"[[run]], {', '.join(_ABOUT)}"
            raise ScenarioError("", f"unknown table or key {shown(key)}", allowed)
        if key in _ABOUT and not isinstance(value, str):
            raise ScenarioError(key, shown(value), _KINDS[str])
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
            runs.append(_run(table, file))
        except ScenarioError as error:
            place = f"{shown(where)[1:-1]}, {error.where}" if error.where else shown(where)[1:-1]
            raise ScenarioError(place, error.found, error.allowed) from None
    double = first_double(run.name for run in runs)
    if double is not None:
        raise ScenarioError("run", f"two runs named {shown(double)}", "a name for each")
    return runs


def _run(table: dict[str, Any], file: str) -> Run:
    _check_keys(table)
    gpu = _accelerator(table)
    counts = table.get("counts", {})
    stack = table.get("stack", table.get(_LAYOUT, {}).get(STACK, NEUTRAL))
    warnings = []
    if not is_stack(stack):
        warnings.append(
            f"the software stack {shown(stack)} is not known; predicted with the {NEUTRAL} one."
        )
    return Run(
        name=table["name"],
        scenario=_scenario(table, _preset_of(stack, table.get("software", ""))),
        stack=stack,
        software=table.get("software", ""),
        gpu=gpu,
        counting=Counting(counts.get("causal", True), counts.get("recompute", False)),
        measured=read_measured(table["measured"]),
        is_laid_out=_is_laid_out(table),
        assumed=tuple(table.get("assumed", {})),
        source=table.get("source", ""),
        stated=tuple(
            name for key in (*PANELS, "assumed") for name in mere_fields(table.get(key, {}))
        ),
        file=file,
        warnings=tuple(warnings),
    )


def _is_laid_out(table: dict[str, Any]) -> bool:
    """Whether the layout of what was measured is known: of training, or of serving alone."""
    if all(subject_of(name) == SERVING for name in table["measured"]):
        return SERVING in table
    return _LAYOUT in table and _is_stated("num_gpus", table)


def _check_keys(table: dict[str, Any]) -> None:
    for key, value in table.items():
        if key not in _KEYS:
            raise unknown("key", key, list(_KEYS))
        kind = _KEYS[key]
        if not isinstance(value, kind) or isinstance(value, bool):
            raise ScenarioError(key, shown(value), _KINDS[kind])
        if isinstance(value, str) and len(value) > _LONGEST:
            allowed = f"at most {_LONGEST:,} characters"
            raise ScenarioError(key, f"{len(value):,} characters", allowed)
    for key in _MUST:
        if key not in table:
            raise ScenarioError(key, "nothing", _KINDS[_KEYS[key]])
    for key, value in table.get("counts", {}).items():
        if key not in _COUNTS:
            raise unknown("key", key, _COUNTS, "counts")
        if not isinstance(value, bool):
            raise ScenarioError(f"counts.{key}", shown(value), "true or false")
    _check_once(table)


def _check_once(table: dict[str, Any]) -> None:
    """Refuse an accelerator or a number of them that is stated twice, and differently."""
    inline = table.get("hardware", {})
    for key, field_name in (("gpu", "preset"), ("num_gpus", "num_gpus")):
        stated, again = table.get(key), inline.get(field_name)
        if stated is not None and again is not None and stated != again:
            found = f"{shown(stated)}, and {shown(again)} in hardware"
            raise ScenarioError(key, found, "one of them")
    if "stack" in table and STACK in table.get(_LAYOUT, {}):
        raise ScenarioError("stack", f"{STACK} in {_LAYOUT} as well", "one of them")


def _accelerator(table: dict[str, Any]) -> str:
    """The accelerator's preset, or the name it has without one. Raises ScenarioError for none."""
    inline = table.get("hardware", {})
    preset = table.get("gpu", inline.get("preset"))
    if preset is None and isinstance(inline.get("gpu"), str):
        return str(inline["gpu"])
    if preset is None:
        raise ScenarioError("gpu", "nothing", "an accelerator, here or as hardware's preset")
    if "gpu" in table and preset_path(preset, ("hardware",)) is None:
        raise ScenarioError("gpu", shown(preset), nearest(preset, preset_names("hardware")))
    return str(preset)


def _is_stated(name: str, table: dict[str, Any]) -> bool:
    return any(name in table.get(key, {}) for key in ("hardware", "assumed")) or name in table


def _preset_of(stack: str, software: str) -> str:
    """The preset of a stack's version where there is one, of the stack, or the neutral one."""
    for name, (of, version) in stack_versions().items():
        if (of, version) == (stack, software):
            return name
    return stack if is_stack(stack) else NEUTRAL


def _scenario(table: dict[str, Any], stack: str) -> Scenario:
    raw: dict[str, Any] = {
        "schema": 1,
        **{panel: dict(table[panel]) for panel in PANELS if panel in table},
        _LAYOUT: {**table.get(_LAYOUT, {}), STACK: stack},
        "pretraining": {"utilization": "predicted", **table.get("pretraining", {})},
    }
    hardware = raw.setdefault("hardware", {})
    if "gpu" in table:
        hardware["preset"] = table["gpu"]
    if "num_gpus" in table:
        hardware["num_gpus"] = table["num_gpus"]
    for name, value in renamed_values(table.get("assumed", {})).items():
        raw.setdefault(known_field(name, "assumed").table, {}).setdefault(name, value)
    return build(raw)
