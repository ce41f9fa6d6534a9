"""Doubt: what a reader is told of how sure a figure is, and how many of its digits he is shown."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from dsexplore.analysis.compare.compare import compare
from dsexplore.document.document import Document
from dsexplore.engine.doubt import figure_text, half_width_text, interval_text, is_wide
from dsexplore.engine.formulas.serving.load import batch_wait, prompt_wait
from dsexplore.engine.standing import Standing
from dsexplore.explanation.explain import explain
from dsexplore.export.formats import export
from dsexplore.library.open import load
from dsexplore.tui.pages.overview import overview
from tests.strategies import shipped


def step(low: float, value: float, high: float) -> dict[str, Any]:
    ends = {"predicted_step_time_low": low, "predicted_step_time_high": high}
    return {"step_time": value, **ends}


@pytest.mark.parametrize(
    ("values", "shown"),
    [
        (step(18.2, 19.87, 21.8), ("19.9 s", "18.2 … 21.8 s", "±9 %", True)),
        (step(19.5, 19.87, 20.2), ("19.9 s", "19.5 … 20.2 s", "±2 %", False)),
        # Off by a third, the third digit says nothing.
        (step(12.04, 19.87, 32.04), ("20 s", "12.0 … 32.0 s", "±50 %", True)),
        # Both ends are in the unit of the figure.
        (step(0.0182, 1.52, 2.004), ("1.5 s", "0.0182 … 2.00 s", "±65 %", True)),
        # Measured, and not evaluated.
        (step(19.87, 19.87, 19.87), ("19.87 s", "", "", False)),
        ({"step_time": 19.87}, ("19.87 s", "", "", False)),
    ],
)
def test_a_figure_is_shown_as_surely_as_it_is_known(
    values: dict[str, Any], shown: tuple[str, str, str, bool]
) -> None:
    texts = (figure_text, interval_text, half_width_text)
    assert (*(text("step_time", values) for text in texts), is_wide("step_time", values)) == shown


def test_an_export_holds_both_ends_of_what_is_predicted_and_of_what_is_measured() -> None:
    names = ["step_time", "total_cost", "total_parameters"]
    found = json.loads(export(shipped("deepseek-v3"), names, "json"))["quantities"]
    predicted, measured, counted = (found[name] for name in names)
    assert predicted["low"] < predicted["value"] < predicted["high"]
    assert measured["low"] == measured["value"] == measured["high"]
    assert "low" not in counted
    table = export(shipped("deepseek-v3"), names, "table")
    assert table.count(" … ") == 1
    assert export(shipped("deepseek-v3"), names, "markdown").count(" … ") == 1


@pytest.mark.parametrize("width", [48, 60, 80, 120])
def test_a_table_for_a_terminal_cuts_words_and_no_interval(width: int) -> None:
    names = ["step_time", "predicted_tokens_per_second_per_gpu"]
    lines = export(shipped("deepseek-v3"), names, "table", width).splitlines()
    # Below the results, sentences may begin a line with a name.
    shown = [line for line in lines if re.match(rf" *({'|'.join(names)})  ", line)]
    assert len(shown) == 2
    for line in shown:
        assert "±" in line or re.search(r" … [\d,.]+ (s|tokens/s)\b", line), line


def test_a_comparison_says_which_differences_are_within_an_interval() -> None:
    one = shipped("deepseek-v3")
    close, far = one.with_values({"straggler_slowdown": 0.009}), one.with_values({"num_gpus": 1024})
    found = compare(one, close, far)
    steps = next(each for each in found.results if each.name == "step_time")
    assert found.within(steps) == [True, False]
    flops = compare(one, one.with_values({"pretraining_tokens": 2e13}))
    tokens = next(each for each in flops.results if each.name == "pretraining_flops")
    assert flops.within(tokens) == [False], "what is counted is not uncertain"


def test_an_explanation_says_what_an_interval_is_made_of() -> None:
    said = explain(shipped("deepseek-v3"), "step_time").interval
    assert all(name in said for name in ("step_time_spread", "accelerator_spread", "model_spread"))
    assert explain(shipped("deepseek-v3"), "total_cost").interval == "", "as measured"
    predicted = shipped("deepseek-v3").with_values({"utilization": "predicted"})
    assert "total_cost_low" in explain(predicted, "total_cost").interval


@pytest.mark.parametrize("width", [60, 80, 120])
def test_no_figure_of_the_overview_stands_without_its_interval(width: int) -> None:
    document = Document("deepseek-v3")
    document.set("utilization", "predicted")
    rows = ["".join(text for text, _ in row.line) for row in overview.rows(document, width)]
    for label in ("Total cost", "Total GPU-hours", "Pre-training time", "MFU", "Step time"):
        line = next(row for row in rows if row.startswith(f" {label}"))
        assert " … " in line or "±" in line, line
    bar = next(row for row in rows if row.startswith(" Pre-training cost"))
    assert "~$" in bar


def test_waits_of_a_service_are_longer_by_as_much_as_the_times_of_its_engines():
    # Why loaded times have the interval of an engine's speed: the stated batch stays under way.
    v, slower = Standing(load("deepseek-serving")).values, 1.3
    occupancy, step = slower * v["prompt_occupancy"], slower * v["decode_step_time"]
    placed = (v["prompt_spread"], v["prefill_placement"], v["decode_batch"])
    read = prompt_wait(v["prompt_queue_load"], occupancy, *placed, step)
    assert read == pytest.approx(slower * v["prompt_wait"])
    room = (v["batch_fullness"], v["largest_decode_batch"], v["serving_batches_under_way"])
    waited = batch_wait(*room, slower * v["loaded_time_per_output_token"], v["answer_tokens"])
    assert waited == pytest.approx(slower * v["batch_wait"])
    assert v["loaded_ttft_low"] < v["loaded_ttft"] < v["loaded_ttft_high"]
