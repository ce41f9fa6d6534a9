"""The table of pipeline schedules: the one place that tells them apart."""

from __future__ import annotations

import ast
import math
from dataclasses import replace
from pathlib import Path

import pytest

from dsexplore.analysis.pipeline.orders import ORDERS
from dsexplore.engine import QUANTITIES, evaluate
from dsexplore.library.open import load
from dsexplore.scenario.measured_run import MEASURED_RUN
from dsexplore.scenario.scenario import FIELDS
from dsexplore.scenario.schedules import SCHEDULES

PACKAGE = Path(__file__).parents[2] / "dsexplore"
# The table, the field's default, and the orders of passes.
MAY_NAME = {
    "scenario/schedules.py",
    "scenario/panels/degrees.py",
    "analysis/pipeline/orders.py",
    # Frameworks have words of their own for them.
    "library/run_files/flags.py",
    "library/run_files/megatron.py",
    "library/run_files/others.py",
}


def test_no_other_module_tells_schedules_apart_by_name() -> None:
    for file in PACKAGE.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        if not any(name in text for name in SCHEDULES):
            continue
        found = {
            node.value
            for node in ast.walk(ast.parse(text))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        if str(file.relative_to(PACKAGE)) not in MAY_NAME:
            assert not found & SCHEDULES.keys(), file


def test_every_schedule_can_be_chosen_and_drawn_and_has_its_bubble() -> None:
    assert FIELDS["pipeline_schedule"].choices == tuple(SCHEDULES)
    assert ORDERS.keys() == SCHEDULES.keys()
    for schedule in SCHEDULES.values():
        assert schedule.bubble in QUANTITIES["schedule_bubble"].needs


@pytest.mark.parametrize("twin", SCHEDULES)
@pytest.mark.parametrize("stages", [1, 2, 16])
def test_an_invented_schedule_is_one_entry(
    twin: str, stages: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An entry under a name that nobody has heard of gives what its properties say."""
    scenario = load("deepseek-v3").with_values(
        {"pipeline_schedule": twin, "pipeline_parallel": stages, "utilization": "predicted"}
    )
    monkeypatch.setitem(SCHEDULES, "nobody's", replace(SCHEDULES[twin], name="nobody's"))
    # The schedule is a premise of the measured run, which is not asked about.
    inputs = {**scenario.inputs(), MEASURED_RUN: math.nan}
    known = evaluate(inputs)
    invented = evaluate({**inputs, "pipeline_schedule": "nobody's"})
    assert {name: str(value) for name, value in invented.items()} == {
        name: str(value) for name, value in known.items()
    }
