"""What a prediction rests on: how many measured runs there are like it.

The runs that ship are counted once, in a small file of the presets, so that whoever opens one
scenario does without reading all runs. Steps of training are counted here, serving and RL in
`measured_cases`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dsexplore.analysis.accuracy.measured import SERVING, SUBJECTS, TRAINING
from dsexplore.analysis.accuracy.measured_cases import (
    MeasuredCase,
    MeasuredEvidence,
    measured_evidence,
)
from dsexplore.engine import GRAPH, INTERVALS, QUANTITIES
from dsexplore.engine.doubt import ends_of
from dsexplore.files.toml import read_toml
from dsexplore.library.names import presets_folder
from dsexplore.library.stacks import is_stack
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.json_text import to_json

if TYPE_CHECKING:
    from dsexplore.analysis.accuracy.runs import Run

_HEAD = """\
# runs, of training: accelerator, stack, its parent, kind, precision, recipe, number.
# measured, of serving and RL: subject, accelerator, kind, what was measured, number.
"""
_WRITTEN = "# Written by `python docs/accuracy_page.py` from the files of runs.\n"
DENSE, MOE = "dense", "moe"
_NAMED = 3
_PRECISIONS = {
    "per_tensor": "FP8 scaled per tensor",
    "rowwise": "FP8 scaled by row",
    "block_128": "FP8 scaled by blocks of 128",
    "mxfp8": "MXFP8",
    "nvfp4": "NVFP4",
}
_MODELS = {DENSE: "dense models", MOE: "mixtures of experts"}
# The spread that says how sure a prediction of each subject is.
_SPREADS = {
    TRAINING: "step_time_spread",
    SERVING: "served_speed_spread",
    "rl": "rl_iteration_spread",
}


@dataclass(frozen=True, slots=True, order=True)
class Case:
    """What two runs have in common where one tells of the other."""

    accelerator: str
    stack: str
    # What the stack is a version of; itself where it is none.
    software: str
    kind: str
    precision: str
    # What shares a scale in low precision; empty in BF16.
    recipe: str

    def in_words(self) -> str:
        """The precision and its recipe."""
        return _PRECISIONS.get(self.recipe, self.precision.upper())


@dataclass(frozen=True, slots=True)
class Evidence:
    """Numbers of measured runs: of the accelerator, of the stack, of the kind and precision.

    `..._here` are those of them on this accelerator.
    """

    case: Case
    of_accelerator: int
    of_stack: int
    of_stack_here: int
    of_kind: int
    of_kind_here: int

    def sentence(self) -> str:
        """The numbers in a sentence that stands alone."""
        kind = f"{_MODELS[self.case.kind]} in {self.case.in_words()}"
        said = (
            f"{self.of_accelerator or 'none'} of this accelerator",
            _with_here(self.of_stack, "this software stack", self.of_stack_here),
            _with_here(self.of_kind, kind, self.of_kind_here),
        )
        return f"Measured runs: {'; '.join(said)}."

    def gap(self) -> str:
        """What nothing was measured of, in a clause; empty where there is something."""
        if not self.of_accelerator:
            return "no measured run on this accelerator"
        if not self.of_kind:
            return f"no measured run of {_MODELS[self.case.kind]} in {self.case.in_words()}"
        return ""


def case_of(scenario: Scenario) -> Case:
    """What a scenario has in common with measured runs."""
    return Case(
        accelerator=scenario.hardware.gpu,
        stack=scenario.parallelism.software_stack,
        software=scenario.parallelism.software_stack,
        kind=MOE if scenario.architecture.num_routed_experts else DENSE,
        precision=scenario.pretraining.precision,
        recipe=_recipe(scenario),
    )


def _recipe(scenario: Scenario) -> str:
    """The recipe in force, what `auto` stands for in its place."""
    run = scenario.pretraining
    if run.precision in ("bf16", "int8"):
        return ""
    if run.precision == "fp4":
        return "nvfp4"
    if run.fp8_recipe in ("auto", "nvfp4"):
        return "mxfp8" if scenario.hardware.fp4_flops else "per_tensor"
    return run.fp8_recipe


def evidence_of(scenario: Scenario, known: Mapping[Case, int] | None = None) -> Evidence:
    """What a prediction of a scenario rests on: of the runs that ship, or of other known ones."""
    case = case_of(scenario)
    return _of_shipped(case) if known is None else _of_runs(case, known)


@lru_cache(maxsize=32)
def _of_shipped(case: Case) -> Evidence:
    """What a prediction rests on of the runs that ship: asked for at every key."""
    return _of_runs(case, shipped_cases())


def _of_runs(case: Case, runs: Mapping[Case, int]) -> Evidence:
    def count(*alike: Callable[[Case, Case], bool]) -> int:
        return sum(n for each, n in runs.items() if all(are(each, case) for are in alike))

    return Evidence(
        case=case,
        of_accelerator=count(_accelerator),
        of_stack=count(_stack),
        of_stack_here=count(_stack, _accelerator),
        of_kind=count(_kind),
        of_kind_here=count(_kind, _accelerator),
    )


def evidence_behind(scenario: Scenario, name: str) -> list[Evidence | MeasuredEvidence]:
    """What the interval of a result rests on, a subject after another; of the runs that ship."""
    return [
        evidence_of(scenario)
        if subject == TRAINING
        else measured_evidence(scenario, subject, name, shipped_measured())
        for subject in _subjects_behind(scenario, name)
    ]


def rests_on(scenario: Scenario, name: str) -> str:
    """What the interval of a result rests on, in sentences."""
    return " ".join(found.sentence() for found in evidence_behind(scenario, name))


def gap_behind(scenario: Scenario, name: str, values: Mapping[str, Any]) -> str:
    """What nothing was measured of behind a result's interval, in a clause; empty if all was.

    `values` holds the result and its ends. What has no interval rests on no prediction.
    """
    if name not in INTERVALS or not ends_of(name, values):
        return ""
    return " and ".join(gap for each in evidence_behind(scenario, name) if (gap := each.gap()))


def gaps_behind(scenario: Scenario, names: Iterable[str], values: Mapping[str, Any]) -> list[str]:
    """Those clauses of some results, each once, in a sentence with the results it is about."""
    about: dict[str, list[str]] = {}
    for name in names:
        if gap := gap_behind(scenario, name, values):
            about.setdefault(gap, []).append(name)
    return [f"{_listed(found)}: {gap}." for gap, found in about.items()]


def _listed(names: list[str]) -> str:
    more = len(names) - _NAMED
    return ", ".join(names[:_NAMED]) + (f" and {more} more" if more > 0 else "")


def _subjects_behind(scenario: Scenario, name: str) -> list[str]:
    """The subjects whose predictions a result's interval is from, its own alone if among them."""
    if name not in INTERVALS:
        return []
    behind = GRAPH.needed(INTERVALS[name], scenario.inputs())
    found = [subject for subject in SUBJECTS if _SPREADS[subject] in behind]
    own = QUANTITIES[name].subject
    return [own] if own in found else found or [TRAINING]


def counted(runs: Iterable[Run]) -> dict[Case, int]:
    """How many runs there are of each case; a stack counts though no preset knows it."""
    cases = (
        replace(
            case_of(run.scenario),
            software=run.stack,
            **({} if is_stack(run.stack) else {"stack": run.stack}),
        )
        for run in runs
    )
    return dict(sorted(Counter(cases).items()))


def evidence_file() -> Path:
    """Where the numbers of the runs that ship lie."""
    return presets_folder() / "evidence.toml"


def as_file(known: Mapping[Case, int], measured: Mapping[MeasuredCase, int]) -> str:
    """The file that holds these numbers, a line a case."""
    lists = f"runs = [\n{_lines(known)}]\n\nmeasured = [\n{_lines(measured)}]\n"
    return f"{_HEAD}{_WRITTEN}\n{lists}"


def _lines(known: Mapping[Any, int]) -> str:
    rows = ([*astuple(case), number] for case, number in known.items())
    return "".join(f"  {' '.join(to_json(row).split())},\n" for row in rows)


@cache
def shipped_cases() -> dict[Case, int]:
    """The numbers of the runs that ship, by case."""
    return {Case(*case): number for *case, number in _numbers()["runs"]}


@cache
def shipped_measured() -> dict[MeasuredCase, int]:
    """The numbers of the figures of serving and RL that ship, by case."""
    return {MeasuredCase(*case): number for *case, number in _numbers()["measured"]}


@cache
def _numbers() -> dict[str, Any]:
    return read_toml(evidence_file())


def _accelerator(one: Case, other: Case) -> bool:
    return one.accelerator == other.accelerator


def _stack(run: Case, asked: Case) -> bool:
    """Whether a run is of a stack, or of a version of it."""
    return asked.stack in (run.stack, run.software)


def _kind(one: Case, other: Case) -> bool:
    names = ("kind", "precision", "recipe")
    return all(getattr(one, name) == getattr(other, name) for name in names)


def _with_here(number: int, of: str, here: int) -> str:
    if not number:
        return f"none of {of}"
    return f"{number} of {of}, {here or 'none'} of them here"
