"""The pages of RL and of serving: bars that lie where they belong, and figures that were said."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.document.document import Document
from dsexplore.files.locations import user_presets_folder
from dsexplore.library.names import preset_names
from dsexplore.tui.pages import serving as serving_page
from dsexplore.tui.pages.page import Tab
from dsexplore.tui.pages.rl import reinforcement
from dsexplore.tui.pages.serving import serving
from dsexplore.tui.widgets.lines import Row, placed_bar, width_of
from tests.points import holds_at


def text_of(row: Row) -> str:
    return "".join(text for text, _ in row.line).rstrip()


def line_of(rows: list[Row], label: str) -> str:
    return next(text for text in map(text_of, rows) if text.startswith(f" {label}"))


@holds_at("page", [reinforcement, serving])
@holds_at("name", preset_names("scenarios"))
def test_no_page_is_wider_than_it_may_be(name: str, page: Tab) -> None:
    document = Document(name)
    for width in (40, 60, 80, 200):
        for row in page.rows(document, width):
            assert width_of(row.line) <= width, text_of(row)
            assert " nan" not in text_of(row)


def test_each_part_of_a_rollout_begins_where_the_one_before_ends() -> None:
    rows = reinforcement.rows(Document("deepseek-r1-zero-predicted"), 80)
    bars = [line_of(rows, label) for label in ("Rollout", "Log-probability", "Policy update")]
    starts = [line.index("█") for line in bars]
    ends = [line.rindex("█") for line in bars]
    assert starts == sorted(starts)
    assert starts[1] == ends[0] + 1
    assert "longest answer" in line_of(rows, "Time per RL iteration")


def test_the_stages_of_r1_are_bars_of_what_they_cost() -> None:
    rows = reinforcement.rows(Document("deepseek-r1-epoch"), 80)
    for label in ("Cold start", "First RL", "Rejection sampling", "SFT cost, no", "Later RL"):
        assert "$" in line_of(rows, label)
    assert "█" in line_of(rows, "First RL")


def test_the_six_distilled_models_stand_under_r1_with_dollars_each() -> None:
    rows = [text_of(row) for row in reinforcement.rows(Document("deepseek-r1-epoch"), 80)]
    assert sum("a scenario of its own" in row for row in rows) == 6


def test_the_disclosed_day_of_serving() -> None:
    rows = serving.rows(Document("deepseek-serving"), 80)
    assert "$87,072/day" in line_of(rows, "Serving cost")
    assert "$562,1" in line_of(rows, "Revenue")
    assert "545" in line_of(rows, "Mark-up over cost")


def test_prices_stand_over_scores_and_o1_costs_27_times_as_much() -> None:
    rows = serving.rows(Document("deepseek-r1-epoch"), 80)
    prices = line_of(rows, "Output price per M")
    assert "$60" in prices
    assert "$2.19" in prices
    assert "91.8" in line_of(rows, "MMLU ")


def test_without_stated_tokens_a_day_that_is_said() -> None:
    rows = [text_of(row) for row in serving.rows(Document("deepseek-v3"), 80)]
    assert any("No tokens per day" in row for row in rows)


def test_a_short_bar_is_seen_where_it_belongs() -> None:
    assert placed_bar(0.5, 1, 4) == "  ██"
    assert placed_bar(0.999, 1, 4) == "   █"
    assert placed_bar(0, 0.001, 4) == "█   "


def test_a_broken_scenario_of_ones_own_does_not_take_the_page_along(own_folders: Path) -> None:
    own = user_presets_folder() / "scenarios"
    own.mkdir(parents=True)
    (own / "openai-o1.toml").write_text("schema = 2\n")
    serving_page._priced.cache_clear()
    rows = [text_of(row) for row in serving.rows(Document("deepseek-v3"), 80)]
    assert any("schema" in row for row in rows)
    assert any("GPU decode speed" in row for row in rows)
    serving_page._priced.cache_clear()


@pytest.mark.parametrize("name", ["minimax-m1-rl", "qwen3-8b-rl"])
def test_hours_of_rl_are_shown_where_no_step_is_stated(name: str) -> None:
    rows = reinforcement.rows(Document(name), 80)
    assert "$" in line_of(rows, "RL cost")
    assert any("not stated" in text_of(row) for row in rows)
    assert not any("No reinforcement" in text_of(row) for row in rows)


def test_nothing_is_said_to_cost_nothing_where_nothing_is_known() -> None:
    rows = reinforcement.rows(Document("openai-o1"), 80)
    assert "–" in line_of(rows, "RL cost")
    assert not any("$0" in text_of(row) for row in rows)


def test_without_reinforcement_learning_the_page_says_so() -> None:
    rows = [text_of(row) for row in reinforcement.rows(Document("llama-1-65b"), 80)]
    assert any("No reinforcement" in row for row in rows)


@pytest.mark.parametrize("width", [64, 80, 120])
def test_the_names_over_the_scores_stand_apart(width: int) -> None:
    rows = [text_of(row) for row in serving.rows(Document("deepseek-v3"), width)]
    head = next(row for row in rows if "Claude" in row)
    assert {"o1", "Claude", "R1", "V3"} <= set(head.replace("…", "").split())
