"""Answers to one question: what each counts, and which replaces which."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.analysis.claims.answers import Answer, answer_rows, find_answers, load_answers
from dsexplore.library.open import load
from dsexplore.text.refusal import ScenarioError

ANSWER = """
title = "Ours?"
[[claim]]
id = "old"
claim = "It cost $5.6 million."
date = "2025-01"
states = "$5.6M"
unit = "USD"
scenario = "deepseek-v3"
gives = "total_cost"
includes = ["pretraining_cost"]
[[claim]]
id = "new"
claim = "It cost $6 million."
date = "2024"
states = "$6M"
unit = "USD"
scenario = "deepseek-v3"
gives = "total_cost"
supersedes = ["old"]
"""


def answers(name: str) -> dict[str, Answer]:
    return {answer.name: answer for answer in load_answers(find_answers(name)).answers}


def test_what_r1_cost_is_what_deepseek_disclosed_and_the_estimates_are_replaced():
    found = answers("r1")
    assert found["nature"].finding.gives == pytest.approx(294e3)
    assert found["nature"].parts == pytest.approx({"rl_cost": 284e3, "sft_cost": 10e3})
    assert found["both"].finding.gives == pytest.approx(5.576e6 - 10e3 + 294e3)
    assert {name for name, one in found.items() if one.replaced_by == ("nature",)} == {
        "epoch",
        "cautious",
        "ceramic",
    }
    assert found["headline"].finding.standing == "not like with like"
    assert all(not one.finding.standing_problem for one in found.values())


def test_what_v3_cost_depends_on_what_is_counted():
    found = answers("v3")
    assert found["report"].finding.gives == pytest.approx(5.576e6)
    assert found["cloud"].parts["pretraining_cost"] == pytest.approx(2.664e6 * 98.32 / 8)
    assert list(found["fleet"].parts) == ["cluster_cost"]


def test_r1_opens_what_was_disclosed_by_its_older_name_too():
    assert load("deepseek-r1") == load("deepseek-r1-disclosed")
    assert load("deepseek-r1-epoch") != load("deepseek-r1")


def test_answers_of_ones_own_stand_by_date_with_dashes_for_what_they_do_not_count(tmp_path: Path):
    path = tmp_path / "ours.toml"
    path.write_text(ANSWER)
    found = load_answers(find_answers(str(path)))
    assert [answer.name for answer in found.answers] == ["new", "old"]
    rows = {row.label: row.cells for row in answer_rows(found)}
    assert rows["pretraining_cost"] == ("–", "$5.328 M")
    assert rows["replaced by"] == ("–", "new")


@pytest.mark.parametrize(
    ("found", "instead", "said"),
    [
        ('["old"]', '["older"]', "claim new, supersedes: found 'older'"),
        ('["pretraining_cost"]', '["costs"]', "claim old, includes: found unknown name 'costs'"),
        ('["pretraining_cost"]', '"all"', "claim old, includes: found 'all'; allowed: names in"),
        ('["pretraining_cost"]', '["gpu"]', "claim old, includes: found gpu, which is text"),
    ],
)
def test_what_an_answer_cannot_count_or_replace_is_refused(
    tmp_path: Path, found: str, instead: str, said: str
):
    path = tmp_path / "ours.toml"
    path.write_text(ANSWER.replace(found, instead))
    with pytest.raises(ScenarioError) as refused:
        load_answers(path)
    assert said in str(refused.value)
