"""What a prediction rests on: how many measured runs there are like it.

The runs that ship are counted once, in a small file of the presets, so that whoever opens one
scenario does without reading all runs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import astuple, dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from dsexplore.files.toml import read_toml
from dsexplore.library.names import presets_folder
from dsexplore.library.stacks import is_stack
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.json_text import to_json

if TYPE_CHECKING:
    from dsexplore.analysis.accuracy.runs import Run

_HEAD = "# Measured runs: accelerator, stack, its parent, kind, precision, recipe, number.\n"
_WRITTEN = "# Written by `python docs/accuracy_page.py` from the files of runs.\n"
DENSE, MOE = "dense", "moe"
_PRECISIONS = {
    "per_tensor": "FP8 scaled per tensor",
    "rowwise": "FP8 scaled by row",
    "block_128": "FP8 scaled by blocks of 128",
    "mxfp8": "MXFP8",
    "nvfp4": "NVFP4",
}
_MODELS = {DENSE: "dense models", MOE: "mixtures of experts"}


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
    runs = shipped_cases() if known is None else known

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


def as_file(known: Mapping[Case, int]) -> str:
    """The file that holds these numbers, a line a case."""
    rows = ([*astuple(case), number] for case, number in known.items())
    lines = "".join(f"  {' '.join(to_json(row).split())},\n" for row in rows)
    return f"{_HEAD}{_WRITTEN}\nruns = [\n{lines}]\n"


@cache
def shipped_cases() -> dict[Case, int]:
    """The numbers of the runs that ship, by case."""
    return {Case(*case): number for *case, number in read_toml(evidence_file())["runs"]}


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
