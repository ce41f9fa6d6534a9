"""The document: what an edit does, what takes it back, and what is left as it was."""

from __future__ import annotations

import contextlib
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.document.document import Document
from dsexplore.document.journal import Journal
from dsexplore.document.record import Unsaved
from dsexplore.engine import evaluate
from dsexplore.library.open import load
from dsexplore.scenario.field import UNKNOWN
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.strategies import values_of


@pytest.fixture
def document() -> Document:
    return Document("deepseek-v3")


@pytest.fixture
def mine(tmp_path: Path) -> Path:
    return tmp_path / "mine.toml"


def same_results(document: Document) -> bool:
    """Whether the results are those of the scenario; as text, in which nan equals nan."""
    return str(document.results) == str(evaluate(document.scenario.inputs()))


def steps_back(document: Document) -> list[str]:
    """What undo names, to the beginning."""
    names = []
    while name := document.undo():
        names.append(name)
    return names


# Typing


def test_every_key_that_leaves_a_value_is_followed_at_once(document: Document) -> None:
    document.set("num_gpus", 2048)
    days = []
    for text in ("4", "40", "409", "4096"):
        assert document.type("num_gpus", text) == ""
        assert document.scenario.value("num_gpus") == int(text)
        days.append(document.results["pretraining_days"])
    assert days == sorted(days, reverse=True)
    assert same_results(document)


def test_a_bad_text_stands_with_its_reason_and_the_value_before_typing_is_in_force(
    document: Document,
) -> None:
    assert document.type("num_layers", "7") == ""
    problem = document.type("num_layers", "7x")
    assert "'7x'" in problem
    assert "a whole number of layers" in problem
    assert document.scenario.value("num_layers") == 61
    assert document.results["num_moe_layers"] == 58
    draft = document.drafts["num_layers"]
    assert (draft.text, draft.problem) == ("7x", problem)
    assert document.type("num_layers", "70") == ""
    assert document.drafts == {}
    assert document.scenario.value("num_layers") == 70


def test_a_value_that_another_field_forbids_is_a_draft_too(document: Document) -> None:
    problem = document.type("experts_per_token", "300")
    assert "256, the value of num_routed_experts" in problem
    assert document.scenario.value("experts_per_token") == 8
    document.commit()
    assert document.drafts["experts_per_token"].text == "300"


@pytest.mark.parametrize("text", ["1/0", "12 GB", "3.5", "2**", "20x"])
def test_nothing_typed_on_the_way_to_a_refusal_is_in_force(document: Document, text: str) -> None:
    before = document.state
    for end in range(1, len(text) + 1):
        document.type("num_gpus", text[:end])
    document.commit()
    assert document.state == before
    assert document.drafts["num_gpus"].text == text
    assert document.undo() == ""


def test_what_was_typed_is_one_step_back(document: Document) -> None:
    for text in ("4", "40", "409", "4096"):
        document.type("num_gpus", text)
    document.commit()
    assert document.undo() == "GPUs: 4096"
    assert document.scenario == load("deepseek-v3")
    assert document.undo() == ""
    assert document.redo() == "GPUs: 4096"
    assert document.scenario.value("num_gpus") == 4096


def test_a_draft_that_is_left_standing_makes_no_step(document: Document) -> None:
    document.type("num_gpus", "many")
    document.commit()
    assert document.drafts["num_gpus"].text == "many"
    assert not document.is_modified
    assert document.undo() == ""


def test_typing_that_is_taken_back_leaves_no_trace(document: Document) -> None:
    before = document.state
    document.type("num_gpus", "4")
    document.type("num_gpus", "4x")
    document.revert("num_gpus")
    assert document.state == before
    assert document.drafts == {}
    assert document.undo() == ""


def test_reverting_a_draft_that_stood_keeps_what_was_committed(document: Document) -> None:
    document.set("num_gpus", 4096)
    document.type("num_layers", "x")
    document.commit()
    document.revert("num_layers")
    assert document.drafts == {}
    assert document.scenario.value("num_gpus") == 4096


def test_typed_back_to_where_it_was_is_no_change(document: Document) -> None:
    """Not even to what is said of the value: its source stays."""
    document.set("num_gpus", 4096)
    name = next(name for name in document.scenario.sources if FIELDS[name].kind == "integer")
    value = document.scenario.value(name)
    document.type(name, f"{value}0")
    document.type(name, f"{value}")
    document.commit()
    assert name in document.scenario.sources
    assert document.undo() == "GPUs: 4096", "the step is called by what it takes back"
    assert document.scenario == load("deepseek-v3")


def test_typing_on_another_row_is_another_step(document: Document) -> None:
    document.type("num_gpus", "4096")
    document.type("num_layers", "62")
    document.commit()
    assert document.undo() == "Layers: 62"
    assert document.scenario.value("num_gpus") == 4096
    assert document.undo() == "GPUs: 4096"


@pytest.mark.parametrize(
    "act",
    [
        lambda document: document.set("num_layers", 62),
        lambda document: document.nudge("num_layers", 1),
        lambda document: document.reset("num_layers"),
        lambda document: document.use_panel("hardware", "a100-80gb-sxm"),
        lambda document: document.set_baseline(),
        lambda document: document.hold_mfu(),
        lambda document: document.open("llama-3-70b"),
        lambda document: document.recover(work("llama-3-70b")),
        lambda document: document.undo() and document.redo(),
    ],
)
def test_whatever_follows_typing_keeps_it_as_a_step_of_its_own(
    act: Callable[[Document], object], document: Document
) -> None:
    document.type("num_gpus", "4096")
    act(document)
    assert steps_back(document)[-1] == "GPUs: 4096"
    assert document.scenario == load("deepseek-v3")


def work(name: str) -> Unsaved:
    return Unsaved(Path("/nonexistent/journal.json"), name, None, 0.0, load(name))


# Steps, and the way back


def test_a_refused_edit_leaves_everything(document: Document) -> None:
    before = document.state
    for name, raw in (("num_gpus", 0), ("assumed_mfu", "40"), ("experts_per_token", 300)):
        with pytest.raises(ScenarioError):
            document.set(name, raw)
    with pytest.raises(ScenarioError):
        document.use_panel("hardware", "h1000")
    assert document.state is before
    assert document.undo() == ""


def test_an_edit_to_the_same_value_is_no_step(document: Document) -> None:
    document.set("num_gpus", 4096)
    document.set("num_gpus", "4096")
    document.set_baseline()
    document.set_baseline()
    assert steps_back(document) == ["baseline", "GPUs: 4096"]


ACTIONS: dict[str, Callable[[Document], object]] = {
    "edit": lambda document: document.set("num_layers", 62),
    "nudge": lambda document: document.nudge("num_gpus", 1),
    "choice": lambda document: document.nudge("precision", 1),
    "open": lambda document: document.open("llama-3-70b"),
    "open a file": lambda document: document.open(str(document.spare)),  # type: ignore[attr-defined]
    "baseline": lambda document: document.set_baseline(),
    "panel": lambda document: document.use_panel("hardware", "a100-80gb-sxm"),
    "reset": lambda document: document.reset("price_per_gpu_hour"),
    "hold": lambda document: document.hold_mfu(),
    "recover": lambda document: document.recover(work("llama-1-65b")),
}


@examples(40)
@given(
    names=st.lists(st.sampled_from(sorted(ACTIONS)), max_size=8),
    walk=st.lists(st.sampled_from(["undo", "redo"]), max_size=12),
)
def test_any_walk_back_and_forth_meets_the_same_states(
    names: list[str], walk: list[str], tmp_path_factory: pytest.TempPathFactory
) -> None:
    spare = tmp_path_factory.getbasetemp() / "spare.toml"
    spare.write_text("schema = 1\ntitle = 'spare'\n")
    document = Document("deepseek-v3")
    document.spare = spare  # type: ignore[attr-defined]
    states = [document.state]
    for name in names:
        with contextlib.suppress(ScenarioError):  # no MFU above 1 can be held: nothing happens
            ACTIONS[name](document)
        if document.state != states[-1]:
            states.append(document.state)
    at = len(states) - 1
    for way in walk:
        label = document.undo() if way == "undo" else document.redo()
        moved = min(max(at + (1 if way == "redo" else -1), 0), len(states) - 1)
        assert label == (states[max(at, moved)].change if moved != at else "")
        at = moved
        assert document.state == states[at]
        assert same_results(document)


def test_a_new_change_forgets_what_was_undone(document: Document) -> None:
    document.set("num_gpus", 4096)
    document.undo()
    document.set("num_layers", 62)
    assert document.redo() == ""
    assert document.scenario.value("num_gpus") == 2048


def test_drafts_do_not_outlive_what_they_stood_in(document: Document) -> None:
    for act in (document.undo, lambda: document.open("llama-3-70b")):
        document.set("num_layers", 62)
        document.type("num_gpus", "many")
        document.commit()
        act()
        assert document.drafts == {}


def test_a_good_edit_takes_the_place_of_a_draft(document: Document) -> None:
    document.type("num_gpus", "many")
    document.commit()
    document.nudge("num_gpus", 1)
    assert document.drafts == {}
    assert document.scenario.value("num_gpus") == 4096


def test_a_nudge_says_whether_there_was_a_neighbour(document: Document) -> None:
    assert document.nudge("num_layers", -1)
    assert not document.nudge("gpu", 1)
    assert not document.nudge("gpu_price", 1)
    document.set("num_gpus", 1)
    assert not document.nudge("num_gpus", -1)


def test_a_nudge_against_another_field_is_refused_and_leaves_the_value(document: Document) -> None:
    document.set("experts_per_token", 256)
    with pytest.raises(ScenarioError, match="num_routed_experts"):
        document.nudge("experts_per_token", 1)
    assert document.scenario.value("experts_per_token") == 256
    assert document.undo() == "Experts per token: 256"


# Back to where it was


def test_a_field_goes_back_to_its_value_as_opened_with_its_source(document: Document) -> None:
    opened = document.scenario
    document.set("num_layers", 62)
    document.set_baseline()
    assert document.reset("num_layers") == "deepseek-v3 as opened"
    assert document.scenario == opened
    assert not document.is_modified
    assert document.undo() == "Layers: 61"


def test_once_more_it_goes_back_to_its_presets_value() -> None:
    document = Document("deepseek-v3-six-nd")
    document.set("fp8_flops", 1e15)
    assert document.reset("fp8_flops") == "deepseek-v3-six-nd as opened"
    assert document.scenario.value("fp8_flops") == 1.5e15
    assert document.reset("fp8_flops") == "preset h800-80gb-sxm"
    assert document.scenario.value("fp8_flops") == 1979e12
    assert "data sheet" in document.scenario.sources["fp8_flops"]


def test_where_it_never_moved_there_is_nothing_to_go_back_to(mine: Path) -> None:
    mine.write_text("schema = 1\n[architecture]\nnum_layers = 3\n")
    document = Document(str(mine))
    assert document.reset("num_layers") == ""
    document.set("num_layers", 4)
    assert document.reset("num_layers") == "mine.toml as opened"
    assert document.scenario.value("num_layers") == 3


def test_typed_or_nudged_back_to_its_old_value_a_field_has_its_old_source(
    document: Document,
) -> None:
    opened = document.scenario
    document.nudge("num_layers", 1)
    assert "num_layers" not in document.scenario.sources
    document.nudge("num_layers", -1)
    assert document.scenario == opened
    assert not document.is_modified


# Opening


def test_opening_what_somebody_changed_is_one_step_that_marks_the_changes(
    document: Document,
) -> None:
    cheap = load("deepseek-v3-six-nd").with_values({"price_per_gpu_hour": 1})
    document.open_changed("deepseek-v3-six-nd", cheap, "a cheap one")
    assert document.scenario == cheap
    assert not document.is_modified, "it can be opened again"
    assert document.place == "a cheap one"
    document.set("num_layers", 5)
    assert document.is_modified
    document.undo()
    assert document.as_opened == load("deepseek-v3-six-nd")
    assert same_results(document)
    document.undo()
    assert (document.scenario, document.is_modified) == (load("deepseek-v3"), False)
    with pytest.raises(ScenarioError):
        document.open_changed("deepseek-v33", cheap, "")
    assert document.scenario == load("deepseek-v3")


def test_opening_is_a_step_and_its_opening_is_the_baseline(document: Document) -> None:
    document.set("num_gpus", 4096)
    document.open("llama-3-70b")
    assert document.name == "llama-3-70b"
    assert document.state.baseline.scenario == load("llama-3-70b")
    assert not document.is_modified
    assert document.undo() == "open llama-3-70b"
    assert document.name == "deepseek-v3"
    assert document.scenario.value("num_gpus") == 4096
    assert document.is_modified


def test_what_was_changed_and_left_open_comes_back_with_its_changes(
    document: Document, mine: Path
) -> None:
    document.save(mine, overwrite=False)
    document.set("num_gpus", 4096)
    document.open("llama-3-70b")
    mine.unlink()
    document.open(str(mine))
    assert document.scenario.value("num_gpus") == 4096
    assert document.is_modified
    document.open(str(mine))
    assert document.undo() == "open mine.toml"
    assert document.name == "llama-3-70b"
    cheap = load("deepseek-v3").with_values({"price_per_gpu_hour": 1})
    document.open_changed("deepseek-v3", cheap, "claim a")
    document.set("num_gpus", 8)
    document.open("deepseek-v3")
    assert document.scenario == load("deepseek-v3"), "a claim is another document"
    document.open_changed("deepseek-v3", cheap, "claim a")
    assert document.scenario.value("num_gpus") == 8


def test_saving_over_another_document_with_unsaved_changes_keeps_both(
    document: Document, mine: Path, tmp_path: Path
) -> None:
    document.journal = Journal(tmp_path / "journal")
    document.save(mine, overwrite=False)
    document.set("num_gpus", 4096)
    document.open("llama-3-70b")
    [file] = (tmp_path / "journal").glob("*.json")
    document.save(mine, overwrite=True)
    assert list((tmp_path / "journal").glob("*.json")) == [file], "kept without a gap"
    assert not document.is_modified
    [other] = document.unsaved()
    assert other.current.name == "mine.toml (2)"
    document.go_to(other)
    assert document.scenario.value("num_gpus") == 4096


def test_history_does_not_hold_the_results_of_every_step(document: Document) -> None:
    for number in range(30):
        document.set("num_layers", 62 + number % 2)
    assert _held(document) < 12
    while document.undo():
        pass
    assert _held(document) < 12
    assert same_results(document)
    document.set("num_gpus", 4096)  # the thirty are a branch now
    assert document.jump(document.history()[15].number)
    assert _held(document) < 20


def _held(document: Document) -> int:
    return sum("results" in vars(drawn.state.current) for drawn in document.history())


@pytest.mark.parametrize(
    "content",
    ["", "schema = 2", "schema = 1\nextra = 1", "schema = 1\n[hardware]\nnum_gpus = 0", "schema"],
)
def test_opening_a_bad_file_leaves_everything(content: str, document: Document, mine: Path) -> None:
    mine.write_text(content)
    document.set("num_gpus", 4096)
    document.type("num_layers", "x")
    before, drafts = document.state, dict(document.drafts)
    with pytest.raises(ScenarioError) as caught:
        document.open(str(mine))
    assert str(caught.value).startswith(str(mine))
    assert document.state is before
    assert document.drafts == drafts
    assert document.undo() == "GPUs: 4096"


def test_a_document_of_a_bad_file_is_not_made(mine: Path) -> None:
    with pytest.raises(ScenarioError, match=r"mine\.toml: found no such file"):
        Document(str(mine))
    with pytest.raises(ScenarioError, match="no preset or file"):
        Document("deepseek-v33")


# Marks against the baseline


def test_marks_say_what_differs_from_the_baseline_and_by_how_much(document: Document) -> None:
    assert document.field_change("price_per_gpu_hour") == ""
    assert not document.result_change("total_cost")
    document.set("price_per_gpu_hour", 3)
    assert document.field_change("price_per_gpu_hour") == "was $2"
    assert document.field_change("num_gpus") == ""
    assert document.result_text("total_cost") == "$8.364 M"
    assert str(document.result_change("total_cost")) == "-▲ $2.8 M"
    assert not document.result_change("total_parameters")
    document.set_baseline()
    assert document.field_change("price_per_gpu_hour") == ""
    assert not document.result_change("total_cost")
    document.set("price_per_gpu_hour", 2)
    assert str(document.result_change("total_cost")) == "+▼ $2.8 M"


def test_a_result_that_is_no_longer_known_is_marked(document: Document) -> None:
    document.set("bf16_flops", UNKNOWN)
    assert document.field_text("bf16_flops") == "unknown"
    assert document.field_change("bf16_flops") == "was 989 TFLOP/s"
    assert document.result_text("mfu") == "–"
    assert document.result_change("mfu").text.startswith("was ")
    assert document.warnings


def test_a_field_is_written_as_it_could_be_typed(document: Document) -> None:
    for name in FIELDS:
        before = document.scenario
        document.set(name, document.field_text(name))
        assert document.scenario == before, name
    assert document.field_text("pretraining_tokens") == "14.8T"
    assert document.field_text("bf16_flops") == "989 TFLOP/s"
    assert document.field_text("qkv_bias") == "no"


@examples(60)
@given(st.sampled_from(list(FIELDS)), st.data())
def test_what_stands_on_a_row_typed_again_is_the_same_value(name: str, data: st.DataObject) -> None:
    document = Document("deepseek-v3")
    raw: Any = data.draw(values_of(FIELDS[name]))
    try:
        document.set(name, raw)
    except ScenarioError:
        return
    value = document.scenario.value(name)
    assert document.type(name, document.field_text(name)) == ""
    assert document.scenario.value(name) == value


def test_fields_that_mean_nothing_under_a_choice_say_so(document: Document) -> None:
    assert document.applies(FIELDS["kv_lora_rank"])
    assert not document.applies(FIELDS["head_dim"])
    assert document.applies(FIELDS["num_layers"])
    document.set("attention", "gqa")
    assert not document.applies(FIELDS["kv_lora_rank"])
    assert document.applies(FIELDS["head_dim"])


# Holding the MFU


@pytest.mark.parametrize("goodput", [1.0, 0.9])
def test_holding_the_mfu_changes_no_result_until_something_else_does(
    goodput: float, document: Document
) -> None:
    document.set("goodput", goodput)
    hours, cost = (document.results[name] for name in ("pretraining_gpu_hours", "total_cost"))
    document.hold_mfu()
    assert document.scenario.value("utilization") == "assumed"
    assert math.isclose(document.results["pretraining_gpu_hours"], hours)
    assert math.isclose(document.results["total_cost"], cost)
    document.set("num_layers", 122)
    assert document.results["pretraining_gpu_hours"] > 1.9 * hours
    document.undo()
    assert document.undo().startswith("assume MFU ")
    assert document.results["pretraining_gpu_hours"] == hours
    assert document.scenario.value("utilization") == "measured"


def test_holding_an_mfu_that_is_assumed_already_changes_nothing(document: Document) -> None:
    document.set("utilization", "assumed")
    document.set("goodput", 0.9)
    hours = document.results["pretraining_gpu_hours"]
    document.hold_mfu()
    assert document.results["pretraining_gpu_hours"] == hours
    assert document.undo() == "Goodput: 90 %"


def test_an_mfu_that_is_not_known_or_cannot_be_is_not_held(document: Document) -> None:
    document.set("gpu_hours_per_trillion_tokens", 10)
    assert document.results["mfu"] > 1
    before = document.state
    with pytest.raises(ScenarioError):
        document.hold_mfu()
    document.set("bf16_flops", UNKNOWN)
    with pytest.raises(ScenarioError):
        document.hold_mfu()
    document.undo()
    assert document.state == before


# Saving


def test_the_mark_of_unsaved_work_follows_every_way_of_changing_it(
    document: Document, mine: Path
) -> None:
    assert not document.is_modified
    document.set("num_gpus", 4096)
    assert document.is_modified
    document.undo()
    assert not document.is_modified
    document.redo()
    assert document.is_modified
    document.save(mine, overwrite=False)
    assert not document.is_modified
    assert (document.name, document.state.path) == ("mine.toml", mine)
    document.set("num_gpus", 8192)
    assert document.is_modified
    document.undo()
    assert not document.is_modified
    document.set_baseline()
    assert not document.is_modified, "a baseline is no part of the file"


def test_saving_under_a_new_name_is_a_step_and_saving_again_is_none(
    document: Document, mine: Path
) -> None:
    document.set("num_gpus", 4096)
    document.save(mine, overwrite=False)
    document.set("num_layers", 62)
    document.save(mine, overwrite=True)
    assert document.undo() == "Layers: 62"
    assert document.is_modified, "the file has 62"
    assert document.undo() == "save as mine.toml"
    assert (document.name, document.state.path) == ("deepseek-v3", None)
    assert document.is_modified, "no file of that name has 4,096 GPUs"
    assert document.undo() == "GPUs: 4096"
    assert not document.is_modified


def test_a_saved_file_opens_as_what_was_saved(document: Document, mine: Path) -> None:
    document.set("num_gpus", 4096)
    document.save(mine, overwrite=False)
    again = Document(str(mine))
    assert again.scenario == document.scenario
    assert again.name == "mine.toml"
    assert not again.is_modified


def test_a_save_that_is_refused_leaves_everything(document: Document, mine: Path) -> None:
    mine.write_text("mine\n")
    document.set("num_gpus", 4096)
    before = document.state
    with pytest.raises(ScenarioError, match="a file of that name"):
        document.save(mine, overwrite=False)
    with pytest.raises(ScenarioError):
        document.save(mine / "below.toml", overwrite=True)
    assert document.state is before
    assert document.is_modified
    assert mine.read_text() == "mine\n"


def test_what_is_being_typed_is_saved_as_far_as_it_is_in_force(
    document: Document, mine: Path
) -> None:
    document.type("num_layers", "70")
    document.type("num_gpus", "4096")
    document.type("num_gpus", "4096x")
    document.save(mine, overwrite=False)
    saved = Document(str(mine)).scenario
    assert (saved.value("num_layers"), saved.value("num_gpus")) == (70, 2048)
    assert document.drafts["num_gpus"].text == "4096x"


def test_taking_a_panel_is_one_step(document: Document) -> None:
    document.use_panel("hardware", "a100-80gb-sxm")
    assert document.scenario.hardware.preset == "a100-80gb-sxm"
    assert document.scenario.architecture == load("deepseek-v3").architecture
    assert document.undo() == "hardware a100-80gb-sxm"
    assert document.scenario == load("deepseek-v3")


def test_an_empty_file_of_defaults_can_be_explored(mine: Path) -> None:
    mine.write_text("schema = 1\n")
    document = Document(str(mine))
    assert isinstance(document.scenario, Scenario)
    for name in document.results:
        assert document.result_text(name) is not None
    assert not document.is_modified
