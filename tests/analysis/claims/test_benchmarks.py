"""Benchmark tables: who wins, who beats whom, and what their tokens cost."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from dsexplore.analysis.claims.benchmarks import (
    load_benchmark_file,
    load_benchmarks,
    price_and_scores,
)
from dsexplore.library.names import preset_names
from dsexplore.text.refusal import ScenarioError

TABLE = """
title = "Two"
[models.a]
title = "A"
output_price = 3
[models.b]
title = "B"
[[benchmark]]
name = "One"
group = "math"
scores = { a = 1, b = 2 }
[[benchmark]]
name = "Two"
group = "code"
scores = { a = 5, b = 5 }
[[benchmark]]
name = "Three"
group = "code"
scores = { a = 1 }
"""


def read(folder: Path, text: str):
    path = folder / "table.toml"
    path.write_text(text)
    return load_benchmark_file(path)


def test_a_draw_is_nobodys_win_and_without_a_score_nothing_is_compared(tmp_path):
    table = read(tmp_path, TABLE)
    assert (table.wins("a"), table.wins("b"), table.wins("a", "code")) == (1, 1, 1)
    assert (table.beats("b", "a"), table.beats("a", "b"), table.compared("a", "b")) == (1, 0, 2)
    assert table.groups() == ["math", "code"]


def test_the_paper_compares_r1_on_21_benchmarks_and_with_o1_on_11():
    table = load_benchmarks("deepseek-r1")
    assert len(table.benchmarks) == 21
    sizes = [sum(b.group == group for b in table.benchmarks) for group in table.groups()]
    assert dict(zip(table.groups(), sizes, strict=True)) == {
        "english": 10,
        "code": 5,
        "math": 3,
        "chinese": 3,
    }
    assert table.compared("o1", "deepseek-r1") == 11
    assert table.beats("deepseek-r1", "o1") + table.beats("o1", "deepseek-r1") == 11


def test_the_largest_distilled_models_beat_o1_mini_in_mathematics_but_not_on_codeforces():
    table = load_benchmarks("deepseek-r1-distilled")
    for model in ("qwen-32b", "llama-70b"):
        assert table.beats(model, "o1-mini", "math") == table.compared(model, "o1-mini", "math")
    codeforces = next(b.scores for b in table.benchmarks if b.name.startswith("Codeforces"))
    assert max(codeforces, key=codeforces.__getitem__) == "o1-mini"


def test_o1_costs_27_times_what_r1_costs_for_a_generated_token():
    rows = {row.model.name: row for row in price_and_scores()}
    assert rows["o1"].output_price / rows["deepseek-r1"].output_price == pytest.approx(
        27.4, abs=0.1
    )
    assert rows["deepseek-r1"].scores["MATH-500"] == 97.3
    assert "MMLU-Redux" not in rows["o1"].scores


def test_models_stand_by_falling_price_and_those_without_one_at_the_end(tmp_path):
    rows = price_and_scores(read(tmp_path, TABLE))
    assert [row.model.name for row in rows] == ["a", "b"]
    assert math.isnan(rows[1].output_price)


@pytest.mark.parametrize("name", preset_names("benchmarks"))
def test_every_shipped_table_names_its_source_and_that_of_every_price(name):
    table = load_benchmarks(name)
    assert table.title and table.source
    assert all(model.price_source for model in table.models.values() if model.output_price > 0)
    named = {model for benchmark in table.benchmarks for model in benchmark.scores}
    assert named == set(table.models)


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (TABLE.replace("a = 5", "c = 5"), "benchmark Two, scores: found unknown model 'c'"),
        (TABLE.replace("a = 5", 'a = "five"'), "benchmark Two, scores: found 'five'"),
        (
            TABLE.replace("output_price = 3", "output_price = inf"),
            "model a, output_price: found inf",
        ),
        (TABLE.replace("output_price = 3", "price = 3"), "model a: found unknown key 'price'"),
        (TABLE.replace('title = "B"', 'scenario = "x"'), "model b, title: found nothing"),
        (
            TABLE.replace('title = "B"', 'title = "B"\nscenario = "x"'),
            "model b, scenario: found 'x'",
        ),
        (TABLE.replace("[[benchmark]]", "[[scores]]"), "found unknown table or key 'scores'"),
        ("title = 3", "models: found None"),
        ("models = 3", "models: found 3"),
        ("models.a = 3\n[[benchmark]]", "model a: found 3"),
    ],
)
def test_a_table_that_is_wrong_is_refused_in_one_line(tmp_path, wrong, said):
    with pytest.raises(ScenarioError) as refused:
        read(tmp_path, wrong)
    assert f"table.toml: {said}" in str(refused.value)
    assert str(refused.value).isprintable()


def test_a_score_is_found_by_the_name_or_the_title_of_its_model():
    table = load_benchmarks("deepseek-r1-distilled")
    assert table.score("AIME 2024", "GPT-4o") == table.score("AIME 2024", "gpt-4o") == 9.3
    assert table.score("AIME 2024, 64 votes", "GPT-4o-0513") == 13.4
    assert math.isnan(load_benchmarks("deepseek-r1").score("CNMO 2024", "o1"))
