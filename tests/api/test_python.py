"""From Python: the handful of names, what they give, and what an import costs."""

import doctest
import math
import subprocess
import sys

import pytest

import dsexplore as ds
from dsexplore.api import asking, many


@pytest.mark.parametrize("module", [asking, many])
def test_the_examples_of_the_functions_come_out_as_they_say(module):
    found = doctest.testmod(module)
    assert found.attempted >= 3
    assert found.failed == 0


def test_an_import_builds_nothing_and_has_no_screen():
    code = "import sys, dsexplore; dsexplore.__version__; print(*sys.modules)"
    loaded = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout.split()
    assert not {"numpy", "pydantic", "textual", "rich", "dsexplore.engine"}.intersection(loaded)


def test_every_name_is_there():
    assert set(dir(ds)) >= {
        *{"load", "evaluate", "explain", "compare", "sweep", "simulate", "search", "predict"},
        *{"ScenarioError", "__version__"},
    }
    for name in dir(ds):
        assert getattr(ds, name).__doc__
    with pytest.raises(AttributeError, match="no attribute 'evalute'"):
        getattr(ds, "evalute")  # noqa: B009 - a type checker would refuse it


def test_a_wrong_name_or_value_is_refused_in_one_sentence():
    for ask in (
        lambda: ds.load("deepseek-v33"),
        lambda: ds.evaluate("deepseek-v3", num_gpu=3),
        lambda: ds.evaluate("deepseek-v3", num_gpus="many"),
        lambda: ds.evaluate("deepseek-v3", ["total_costs"]),
        lambda: ds.sweep("deepseek-v3", {"num_gpus": "1:"}, "mfu"),
        lambda: ds.search("deepseek-v3", where=["memory"]),
    ):
        with pytest.raises(ds.ScenarioError, match="allowed: ") as caught:
            ask()
        assert "\n" not in str(caught.value)


def test_results_show_units_intervals_and_what_cannot_be():
    found = ds.evaluate("deepseek-v3", ["total_cost", "predicted_mfu"])
    assert "$5.576 M" in repr(found)
    assert list(found) == ["total_cost", "predicted_mfu"]
    low, high = found.interval("predicted_mfu") or (math.nan, math.nan)
    assert low < found["predicted_mfu"] < high
    assert found.interval("total_cost") is None
    assert "<td>total_cost</td>" in found._repr_html_()
    uneven = ds.evaluate("deepseek-v3", ["step_time"], micro_batch_size=64)
    assert uneven.problems[0].startswith("Batch: 15360 sequences do not divide")
    assert uneven.problems[0] in repr(uneven)


def test_what_cannot_be_had_or_is_assumed_says_so():
    crowded = ds.evaluate("deepseek-v3", ["step_time", "energy"], expert_parallel=2)
    assert crowded.impossible("step_time")
    assert "✗ Time of one optimiser step" in repr(crowded)
    assert any(sentence.startswith("power_usage_effectiveness") for sentence in crowded.assumptions)
    assert "is assumed: " in repr(crowded)
    beside = ds.compare("deepseek-v3", "deepseek-r1-100k", names=["rl_cost", "energy"])
    assert any(note.startswith("deepseek-r1-100k: ") for note in beside.notes)


def test_tables_turn_into_arrays_of_their_length_and_frames():
    found = ds.sweep(
        "deepseek-v3", {"num_gpus": [1024, 2048], "precision": ["bf16", "fp8"]}, "predicted_mfu"
    )
    arrays = found.to_arrays()
    assert {values.shape for values in arrays.values()} == {(4,)}
    assert arrays["predicted_mfu"].dtype == float
    assert [row["precision"] for row in found] == ["bf16", "fp8", "bf16", "fp8"]
    frame = pytest.importorskip("pandas") and found.to_frame()
    assert list(frame.columns) == list(found.columns)


def test_an_explanation_prints_as_the_command_does():
    found = ds.explain("deepseek-v3", "mfu")
    assert found.value == ds.evaluate("deepseek-v3", ["mfu"])["mfu"]
    assert repr(found).startswith("mfu   39.08 %")
