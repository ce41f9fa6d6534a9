"""Standing: wherever a figure is shown, it says that it is a bound, or what it assumes."""

from __future__ import annotations

import csv
import io
import json

import pytest

from dsexplore.analysis.claims.check import check
from dsexplore.analysis.claims.file import load_claims
from dsexplore.analysis.compare.compare import compare
from dsexplore.analysis.solve.solve import solve
from dsexplore.document.document import Document
from dsexplore.engine.standing import Standing
from dsexplore.explanation.explain import explain
from dsexplore.export.formats import export
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.format import CROSS
from dsexplore.tui.pages.network import network
from dsexplore.tui.pages.pipeline import pipeline
from dsexplore.tui.screens.compare.rows import comparison_rows
from tests.strategies import shipped

# Post-training whose hours nobody can compute.
HALF_KNOWN = {"rl_utilization": "predicted", "memory_bandwidth": "unknown"}


@pytest.fixture
def bound() -> Scenario:
    return shipped("deepseek-r1-zero-estimate").with_values(HALF_KNOWN)


def test_a_bound_says_so_in_every_table(bound: Scenario, tmp_path) -> None:
    (row,) = csv.DictReader(io.StringIO(str(export(bound, ["total_cost"], "csv"))))
    assert row["at_least_without"] == "post_training_cost"
    found = compare(shipped("deepseek-v3"), bound)
    assert found.at_least_without("total_cost") == [[], ["post_training_cost"]]
    rows = comparison_rows(["a", "b"], found, [], is_all=False, width=100)
    (total,) = ["".join(text for text, _ in row.line) for row in rows if row.name == "total_cost"]
    assert total.count("≥ $") == 1
    solved = solve(bound, "total_cost", 6e6, "price_per_gpu_hour")
    assert solved.at(solved.value).at_least["total_cost"] == ["post_training_cost"]
    file = tmp_path / "claims.toml"
    part = '{ preset = "deepseek-r1-zero-estimate", set = %s }'
    changes = "{ rl_utilization = 'predicted', memory_bandwidth = 'unknown' }"
    file.write_text(
        'title = "A"\nsource = "b"\n[[claim]]\nid = "a"\nclaim = "c"\nstates = 6e6\nunit = "USD"\n'
        f'gives = "a.total_cost"\n[claim.scenarios]\na = {part % changes}\n'
    )
    (claim,) = load_claims(file)
    assert check(claim).gives_text.startswith("≥ $")


def test_a_figure_made_of_results_has_their_cross() -> None:
    document = Document("deepseek-v3")
    for page, words in ((network, "All traffic"), (network, "Hidden"), (pipeline, "stages are")):
        assert CROSS not in _line(document, page, words)
    document.set("memory_capacity", 20e9)
    for page, words in ((network, "All traffic"), (network, "Hidden"), (pipeline, "stages are")):
        assert CROSS in _line(document, page, words)


def _line(document: Document, page, words: str) -> str:
    texts = ["".join(text for text, _ in row.line) for row in page.rows(document, 100)]
    return next(text for text in texts if words in text)


def test_a_default_nobody_published_is_said_beside_what_rests_on_it() -> None:
    v3 = load("deepseek-v3")
    resting = Standing(v3).assumed
    assert resting["energy_cost"] == ["power_usage_effectiveness", "electricity_price"]
    assert "total_cost" not in resting, "rent does not depend on electricity"
    assert "step_time" not in resting, "the H800's latencies are published"
    assert "scale_up_latency" in Standing(shipped("llama-3.1-405b")).assumed["step_time"]
    held = with_changes(v3, {"hardware": "b200-180gb-sxm"})
    assert "total_gpu_hours" not in Standing(held).assumed, "hours held by MFU have no latency"
    stated = v3.with_values({"electricity_price": 0.12, "power_usage_effectiveness": 1.3})
    assert "energy_cost" not in Standing(stated).assumed
    said = "electricity_price $0.10/kWh is assumed: what an industrial site pays."
    assert said in explain(v3, "energy_cost").assumptions
    assert said in explain(v3, "electricity_price").assumptions
    assert said in str(export(v3, ["energy_cost"], "table"))
    assert said in str(export(v3, ["energy_cost"], "markdown")).replace("\\", "")
    entry = json.loads(str(export(v3, ["energy_cost"], "json")))["quantities"]["energy_cost"]
    assert entry["assumed"] == resting["energy_cost"]
