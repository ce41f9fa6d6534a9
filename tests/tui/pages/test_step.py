"""Pages of one step and the pipeline's chart, as text.

`UPDATE_FRAMES=1 pytest tests/tui/pages/test_step.py` writes the frames anew; look at the
difference then.
"""

from __future__ import annotations

import difflib
import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given
from hypothesis import strategies as st

from dsexplore.analysis.pipeline.replay import PassTimes
from dsexplore.analysis.pipeline.timeline import Timeline, timeline
from dsexplore.analysis.summaries.traffic import TRAFFIC, traffic
from dsexplore.document.document import Document
from dsexplore.library.names import preset_names
from dsexplore.scenario.schedules import SCHEDULES
from dsexplore.tui.pages.memory import memory
from dsexplore.tui.pages.network import network
from dsexplore.tui.pages.page import Page, Tab
from dsexplore.tui.pages.pipeline import MOST_ROWS, chart, pipeline
from dsexplore.tui.pages.step import compute
from dsexplore.tui.widgets.lines import Row, width_of
from dsexplore.tui.widgets.writer import Writer
from tests.examples import examples
from tests.points import holds_at
from tests.tui.test_frames import of_any_fit, shape

FRAMES = Path(__file__).parent / "frames"
DRAWN: dict[str, Tab] = {
    "compute": compute,
    "memory": memory,
    "network": network,
    "pipeline": pipeline,
}
EVEN = PassTimes(1.0, 1.0, 1.0, 3.0)
WIDTHS = (60, 80)


def text_of(row: Row) -> str:
    return "".join(text for text, _ in row.line)


def texts(rows: list[Row]) -> list[str]:
    return [text_of(row).rstrip() for row in rows]


def charted(drawn: Timeline, width: int) -> list[Row]:
    written = Writer(width)
    chart(written, drawn)
    return written.rows


def line_of(rows: list[Row], label: str) -> str:
    return next(text for text in texts(rows) if text.startswith(f" {label}"))


@holds_at("width", WIDTHS)
@holds_at("page", DRAWN)
@holds_at("name", ["deepseek-v3", "llama-3.1-405b"])
def test_pages(name: str, page: str, width: int) -> None:
    # The page of memory is counted, the others predicted.
    seen = of_any_fit if page == "memory" else shape
    drawn = [seen(line).rstrip() for line in texts(DRAWN[page].rows(Document(name), width))]
    file = FRAMES / f"step-{page}-{name}-{width}.txt"
    if os.environ.get("UPDATE_FRAMES"):
        FRAMES.mkdir(exist_ok=True)
        file.write_text("\n".join(drawn) + "\n", encoding="utf-8")
        return
    held = file.read_text(encoding="utf-8").splitlines() if file.exists() else []
    if drawn != held:
        difference = difflib.unified_diff(held, drawn, file.name, "drawn", lineterm="", n=1)
        pytest.fail("\n".join(difference), pytrace=False)


@holds_at("page", DRAWN)
@holds_at("name", preset_names("scenarios"))
def test_no_page_is_wider_than_it_may_be(name: str, page: str) -> None:
    document = Document(name)
    for width in (40, 56, 60, 80, 120, 200):
        for row in DRAWN[page].rows(document, width):
            assert width_of(row.line) <= width, text_of(row)


@examples(40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.sampled_from(list(SCHEDULES)),
    st.sampled_from([1, 2, 3, 4, 8, 16, 32, 61, 10_000]),
    st.sampled_from([1, 2, 5, 10_000]),
    st.sampled_from([1, 64, 7680, 15_360]),
    st.integers(20, 130),
)
def test_any_layout_draws(schedule: str, stages: int, virtual: int, batch: int, width: int) -> None:
    document = Document("deepseek-v3")
    for name, value in (
        ("pipeline_schedule", schedule),
        ("pipeline_parallel", stages),
        ("virtual_stages", virtual),
        ("global_batch_size", batch),
    ):
        document.set(name, value)
    for draw in DRAWN.values():
        rows = draw.rows(document, width)
        assert all(width_of(row.line) <= width for row in rows)
        assert not any(" nan" in text for text in texts(rows))


@pytest.mark.parametrize("page", DRAWN)
def test_what_is_not_known_is_a_dash(page: str) -> None:
    drawn = texts(DRAWN[page].rows(Document("gpt-4-reported"), 80))
    assert not any("nan" in text for text in drawn)
    if page == "pipeline":
        assert "No chart: The time of a micro-batch on a stage is not known." in "".join(drawn)
        return
    expected = {"compute": "Step time", "memory": "Memory needed", "network": "Exposed"}[page]
    assert "–" in line_of(DRAWN[page].rows(Document("gpt-4-reported"), 80), expected)


@pytest.mark.parametrize("name", ["deepseek-v3", "llama-3.1-405b"])
def test_the_parts_of_a_step_and_of_its_memory_add_up(name: str) -> None:
    document = Document(name)
    values = {**document.scenario.inputs(), **document.results}
    parts = ("compute_time", "exposed_communication_time", "host_waiting_time", "bubble_time",
             "optimizer_time", "straggler_time", "step_overhead_time")  # fmt: skip
    assert sum(values[part] for part in parts) == pytest.approx(values["step_time"])
    printed = ("forward_alone_time", "backward_alone_time", "weight_backward_time",
               "overlapped_1f1b_time", "idle_time", "update_time")  # fmt: skip
    assert sum(values[part] for part in printed) == pytest.approx(values["step_time"])
    held = ("weight_memory", "gradient_memory", "optimizer_memory", "gathered_memory",
            "activation_memory", "logits_memory", "memory_reserve",
            "memory_headroom")  # fmt: skip
    assert sum(values[part] for part in held) == pytest.approx(values["memory_capacity"])


def test_the_profile_is_shown_for_two_ended_schedules_alone() -> None:
    document = Document("deepseek-v3")
    assert any("profile" in text for text in texts(compute.rows(document, 80)))
    document.set("pipeline_schedule", "1f1b")
    assert not any("profile" in text for text in texts(compute.rows(document, 80)))


def test_a_run_that_does_not_fit_says_so_with_the_numbers() -> None:
    document = Document("deepseek-v3")
    document.set("memory_capacity", "40 GB")
    drawn = memory.rows(document, 80)
    assert line_of(drawn, "✗").startswith(" ✗ Does not fit: needs")
    assert " 40 GB" in line_of(drawn, "✗")
    assert "-" in line_of(drawn, "Free memory")


def test_a_change_is_marked_on_what_it_moves() -> None:
    document = Document("deepseek-v3")
    document.set("memory_reserve", "8 GB")
    page = Page(document, 80)
    page.bars("memory_reserve", "memory_headroom")
    assert [row.line[2][0].strip() for row in page.rows] == ["▲", "-▼"]


def test_what_is_hidden_and_what_is_waited_for_is_all_traffic() -> None:
    document = Document("deepseek-v3")
    found = traffic(document.results)
    assert found.time == sum(document.results[kind.time] for kind in TRAFFIC)
    assert found.hidden + found.exposed == pytest.approx(found.time)


def test_a_bubble_can_be_seen() -> None:
    lines = charted(timeline("gpipe", EVEN, 4, 1, 4), 54)
    assert texts(lines) == [
        " stage  ▒ forward  █ backward  · idle",
        "   0 ▒▒▒▒▒▒▒▒··················████████████████   43 %",
        "   1 ··▒▒▒▒▒▒▒▒············████████████████····   43 %",
        "   2 ····▒▒▒▒▒▒▒▒······████████████████········   43 %",
        "   3 ······▒▒▒▒▒▒▒▒████████████████············   43 %",
        "     0 s                                   21 s",
    ]


def test_many_stages_are_chosen_from_and_that_is_said() -> None:
    lines = charted(timeline("1f1b", EVEN, 40, 1, 40), 80)
    rows = [text for text in texts(lines) if text[:4].strip().isdigit() and text.endswith("%")]
    assert len(rows) == MOST_ROWS
    assert rows[0].split()[0] == "0"
    assert rows[-1].split()[0] == "39"
    assert texts(lines)[-1] == " 16 of 40 stages, evenly chosen"


def test_stages_that_do_the_same_share_a_line() -> None:
    drawn = texts(pipeline.rows(Document("llama-3.1-405b"), 80))
    assert any(text.strip().startswith("0–15") for text in drawn)


def test_a_layout_that_cannot_be_has_its_reason_and_no_chart() -> None:
    document = Document("deepseek-v3")
    document.set("pipeline_parallel", 15)
    drawn = texts(pipeline.rows(document, 80))
    assert drawn[1].startswith(" No chart: ")
