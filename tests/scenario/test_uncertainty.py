"""The uncertainty table: what may be stated of a field, read as the field's own values are."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dsexplore.document.changes import changed, changes
from dsexplore.library.open import load
from dsexplore.library.presets import build
from dsexplore.library.saving import save
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError
from tests.points import holds_at


def stated(field: str, raw: Any) -> Scenario:
    return build({"schema": 1, "uncertainty": {field: raw}})


@pytest.mark.parametrize(
    ("field", "raw", "kind", "parameters"),
    [
        ("questions_per_step", {"loguniform": [512, 1024]}, "loguniform", (512, 1024)),
        ("pretraining_tokens", {"uniform": ["10T", "14.8T"]}, "uniform", (10e12, 14.8e12)),
        ("price_per_gpu_hour", {"normal": ["$2", 0.5]}, "normal", (2, 0.5)),
        ("pretraining_tokens", {"lognormal": ["14.8T", 1.3]}, "lognormal", (14.8e12, 1.3)),
        ("assumed_mfu", {"triangular": ["20 %", 0.4, "50 %"]}, "triangular", (0.2, 0.4, 0.5)),
        ("price_per_gpu_hour", {"choice": [2, 3.5, 2]}, "choice", (2, 3.5, 2)),
        ("assumed_mfu", {"uniform": [0.4, 0.4]}, "uniform", (0.4, 0.4)),
    ],
)
def test_a_distribution_is_read_with_its_units(
    field: str, raw: Any, kind: str, parameters: tuple[float, ...]
) -> None:
    found = stated(field, raw).uncertainty[field]
    assert (found.kind, found.parameters) == (kind, parameters)


@holds_at(
    ("field", "raw", "said"),
    [
        ("assumed_mfu", {"uniform": [0.5, 0.3]}, "from the lowest to the highest"),
        ("assumed_mfu", {"triangular": [0.2, 0.5, 0.4]}, "from the lowest to the highest"),
        ("assumed_mfu", {"uniform": [0.5]}, "uniform = [lowest, highest]"),
        ("assumed_mfu", {"triangular": [0.1, 0.2]}, "[lowest, most likely, highest]"),
        ("pretraining_tokens", {"loguniform": [0, 1e12]}, "above 0"),
        ("assumed_mfu", {"choice": []}, "at least one value"),
        ("assumed_mfu", {"gamma": [1, 2]}, "loguniform"),
        ("assumed_mfu", {"uniform": [0.1, 0.2], "normal": [1, 2]}, "loguniform"),
        ("assumed_mfu", {"uniform": 0.4}, "loguniform"),
        ("assumed_mfu", {"uniform": "0.1"}, "loguniform"),
        ("assumed_mfu", [0.1, 0.2], "loguniform"),
        ("assumed_mfu", 0.4, "loguniform"),
        ("assumed_mfu", {"uniform": ["a third", 0.5]}, "a share"),
        ("assumed_mfu", {"uniform": [True, 0.5]}, "a share"),
        ("assumed_mfu", {"uniform": [float("nan"), 0.5]}, "a share"),
        ("pretraining_tokens", {"choice": ["unknown", 1e12]}, "tokens"),
        ("attention", {"choice": ["gqa", "mla"]}, "a numeric field"),
        ("qkv_bias", {"choice": [True]}, "a numeric field"),
    ],
)
def test_what_is_no_distribution_is_refused_in_one_line(field: str, raw: Any, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        stated(field, raw)
    line = str(caught.value)
    assert field in caught.value.where
    assert said in line
    assert line.isprintable()


@pytest.mark.parametrize(
    ("field", "raw"),
    [
        ("assumed_mfu", {"uniform": [-0.1, 0.5]}),
        ("assumed_mfu", {"uniform": [0.1, 1.5]}),
        ("num_gpus", {"choice": [0, 8]}),
        ("assumed_mfu", {"triangular": [0.1, 0.2, 7]}),
        ("expert_imbalance", {"loguniform": [0.5, 2]}),
        ("assumed_mfu", {"normal": [1.5, 0.1]}),
        ("assumed_mfu", {"lognormal": [40, 1.1]}),
    ],
)
def test_a_distribution_may_not_lie_outside_of_what_the_field_allows(field: str, raw: Any) -> None:
    with pytest.raises(ScenarioError, match=field):
        stated(field, raw)


@pytest.mark.parametrize(
    ("field", "raw", "parameters"),
    [
        ("questions_per_step", {"lognormal": [512, 1.5]}, (512, 1.5)),
        ("num_gpus", {"normal": [2048, 12.5]}, (2048, 12.5)),
        ("num_gpus", {"normal": [2048, "0.5k"]}, (2048, 500)),
        ("num_gpus", {"normal": [2048, 0]}, (2048, 0)),
    ],
)
def test_a_spread_need_not_be_whole_where_the_field_is(
    field: str, raw: Any, parameters: tuple[float, ...]
) -> None:
    assert stated(field, raw).uncertainty[field].parameters == parameters


@pytest.mark.parametrize("raw", [{"normal": [2, -1]}, {"lognormal": [2, 0]}])
def test_a_spread_is_not_negative_and_a_factor_above_0(raw: Any) -> None:
    with pytest.raises(ScenarioError, match="price_per_gpu_hour"):
        stated("price_per_gpu_hour", raw)


def test_uncertainty_of_an_unknown_field_names_the_nearest() -> None:
    with pytest.raises(ScenarioError, match=r"question_per_step.*questions_per_step"):
        stated("question_per_step", {"loguniform": [512, 1024]})


def test_uncertainty_outlives_an_edit_of_another_field() -> None:
    scenario = stated("questions_per_step", {"loguniform": [512, 1024]})
    assert scenario.with_values({"num_gpus": 8}).uncertainty == scenario.uncertainty


def correlated(raw: object) -> Scenario:
    return build({"schema": 1, "correlations": raw})


def test_correlations_outlive_an_edit_a_file_and_the_journal(tmp_path: Path) -> None:
    scenario = correlated({"assumed_mfu": {"price_per_gpu_hour": 0.5, "goodput": -0.2}})
    assert scenario.with_values({"num_gpus": 8}).correlations == scenario.correlations
    save(scenario, tmp_path / "ours.toml", overwrite=False)
    assert load(str(tmp_path / "ours.toml")).correlations == scenario.correlations
    before = build({"schema": 1})
    assert changed(before, changes(before, scenario)).correlations == scenario.correlations


@holds_at(
    ("raw", "where", "found"),
    [
        ({"mfoo": {"goodput": 0.1}}, "correlations", "unknown field 'mfoo'"),
        ({"goodput": {"mfoo": 0.1}}, "correlations", "unknown field 'mfoo'"),
        ({"gpu": {"goodput": 0.1}}, "correlations.gpu", "no number"),
        ({"goodput": {"goodput": 0.1}}, "correlations.goodput", "the field itself"),
        ({"goodput": {"assumed_mfu": 1}}, "correlations.goodput.assumed_mfu", "1"),
        ({"goodput": {"assumed_mfu": float("nan")}}, "correlations.goodput.assumed_mfu", "nan"),
        ({"goodput": {"assumed_mfu": "1"}}, "correlations.goodput.assumed_mfu", "'1'"),
        ({"goodput": 0.5}, "correlations.goodput", "0.5"),
    ],
)
def test_a_correlation_that_makes_no_sense_is_refused(raw: object, where: str, found: str) -> None:
    with pytest.raises(ScenarioError) as refused:
        correlated(raw)
    assert (refused.value.where, refused.value.found) == (where, found)
