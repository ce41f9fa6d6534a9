"""Presets as a start: what a file takes from them, what it drops, and what cannot be one."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import tomli_w
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import evaluate
from dsexplore.library.open import find, load, load_file
from dsexplore.library.presets import as_preset, build, with_panel
from dsexplore.scenario.scenario import PANELS
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples

Write = Callable[[str, dict[str, Any]], Path]

BIG = {
    "schema": 1,
    "title": "Big",
    "architecture": {"num_layers": 100, "hidden_size": 8192},
    "sources": {"A paper": ["architecture"], "Its appendix": ["num_layers"]},
    "notes": {"num_layers": "Counted twice.", "hidden_size": "As printed."},
    "unverified": ["hidden_size"],
}


@pytest.fixture
def own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    """Writes presets of the user's own, by kind and name."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))

    def write(kind_and_name: str, content: dict[str, Any]) -> Path:
        path = tmp_path / "dsexplore" / "presets" / f"{kind_and_name}.toml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(tomli_w.dumps(content))
        return path

    return write


def refusal(raw: dict[str, Any]) -> str:
    with pytest.raises(ScenarioError) as caught:
        build({"schema": 1, **raw})
    assert str(caught.value).isprintable()
    return str(caught.value)


# Composition


def test_a_panel_starts_from_a_preset_and_its_own_fields_stand_over_it(own: Write) -> None:
    own("architectures/big", BIG)
    scenario = build({"schema": 1, "architecture": {"preset": "big", "num_layers": 50}})
    assert scenario.architecture.preset == "big"
    assert scenario.architecture.num_layers == 50
    assert scenario.architecture.hidden_size == 8192


def test_an_override_drops_what_the_preset_said_of_the_value(own: Write) -> None:
    own("architectures/big", BIG)
    scenario = build({"schema": 1, "architecture": {"preset": "big", "num_layers": 50}})
    of_model = PANELS["architecture"].specs.keys() & scenario.sources.keys()
    assert {name: scenario.sources[name] for name in of_model} == {"hidden_size": "A paper"}
    assert "num_layers" not in scenario.notes
    assert scenario.notes["hidden_size"] == "As printed."
    assert [name for name in scenario.unverified if name in BIG["architecture"]] == ["hidden_size"]
    other = build({"schema": 1, "architecture": {"preset": "big", "hidden_size": 4096}})
    assert not {*other.unverified} & {*BIG["architecture"]}
    assert other.sources["num_layers"] == "A paper; Its appendix"


def test_an_override_may_say_where_it_is_from(own: Write) -> None:
    own("architectures/big", BIG)
    scenario = build(
        {
            "schema": 1,
            "architecture": {"preset": "big", "num_layers": 50},
            "sources": {"My own count": ["num_layers"]},
            "notes": {"num_layers": "Half of it."},
            "unverified": ["num_layers"],
        }
    )
    assert scenario.sources["num_layers"] == "My own count"
    assert scenario.notes["num_layers"] == "Half of it."
    assert {"num_layers", "hidden_size"} <= {*scenario.unverified}


def test_a_preset_may_start_from_another(own: Write) -> None:
    own("architectures/big", BIG)
    own("architectures/wide", {"schema": 1, "architecture": {"preset": "big", "hidden_size": 1}})
    scenario = build({"schema": 1, "architecture": {"preset": "wide", "vocab_size": 7}})
    shape = scenario.architecture
    assert (shape.num_layers, shape.hidden_size, shape.vocab_size) == (100, 1, 7)
    assert shape.preset == "wide"
    assert "hidden_size" not in scenario.sources


def test_only_the_named_table_of_a_preset_is_taken(own: Write) -> None:
    both = {"hardware": {"num_gpus": 77}, "sources": {"A paper": ["num_layers", "num_gpus"]}}
    own("scenarios/both", {"schema": 1, "architecture": {"num_layers": 100}, **both})
    scenario = build({"schema": 1, "architecture": {"preset": "both"}})
    assert scenario.architecture.num_layers == 100
    assert scenario.hardware.num_gpus != 77
    assert "num_gpus" not in scenario.sources


def test_every_field_left_out_takes_its_default() -> None:
    """An architecture alone is a scenario, trained on hardware that is known."""
    scenario = build({"schema": 1, "architecture": {"preset": "llama-3-8b"}})
    assert evaluate(scenario.inputs())["total_parameters"] == 8_030_261_248
    assert evaluate(scenario.inputs())["pretraining_cost"] > 0
    assert build({"schema": 1}).architecture.preset == "deepseek-v3"


def test_results_in_an_export_are_passed_over() -> None:
    assert build({"schema": 1, "quantities": {"mfu": {"value": 1}}}) == build({"schema": 1})


# What is refused


@pytest.mark.parametrize("length", [1, 2, 5])
def test_presets_that_name_each_other_in_a_circle_are_refused(own: Write, length: int) -> None:
    for place in range(length):
        following = {"preset": f"ring-{(place + 1) % length}", "num_layers": 3}
        own(f"architectures/ring-{place}", {"schema": 1, "architecture": following})
    line = refusal({"architecture": {"preset": "ring-0"}})
    assert "/architectures/ring-" in line, "the file of the preset that names another"
    assert "architecture.preset: found 'ring-" in line
    assert "do not name each other" in line


def test_a_circle_through_every_table_is_refused_as_soon(own: Write) -> None:
    whole = {table: {"preset": "ring"} for table in PANELS}
    own("scenarios/ring", {"schema": 1, **whole})
    assert "do not name each other" in refusal(whole)


def test_a_preset_that_is_not_there_is_met_with_names_that_are() -> None:
    line = refusal({"architecture": {"preset": "deepseek-v33"}})
    assert line.startswith("architecture.preset: found 'deepseek-v33'; allowed: deepseek-v3")
    with pytest.raises(
        ScenarioError, match=r"no preset or file 'lama-3-70b'; allowed: llama-3-70b"
    ):
        find("lama-3-70b")


@pytest.mark.parametrize(
    "name", ["../secrets", "/etc/passwd", ".hidden", "a\x1b[2Jb", "x" * 5000, 3, ["deepseek-v3"]]
)
def test_what_cannot_name_a_preset_is_not_looked_for(name: object) -> None:
    assert refusal({"hardware": {"preset": name}}).startswith("hardware.preset: found ")


def test_a_preset_of_another_kind_does_not_fill_a_table(own: Write) -> None:
    assert "hardware.preset" in refusal({"hardware": {"preset": "llama-3-8b"}})
    own("scenarios/bare", {"schema": 1, "hardware": {"num_gpus": 8}})
    assert "a preset with a table [serving]" in refusal({"serving": {"preset": "bare"}})


@pytest.mark.parametrize(
    ("raw", "line"),
    [
        ({"sources": {"A paper": "num_layers"}}, "sources.'A paper': found 'num_layers'; allowed"),
        ({"sources": {"A paper": ["num_layer"]}}, "sources: found unknown field 'num_layer'"),
        ({"notes": ["num_layers"]}, "notes: found ['num_layers']; allowed: a table"),
        ({"architecture": []}, "architecture: found []; allowed: a table"),
        ({"extra": {}}, "found unknown table or key 'extra'"),
        ({"unverified": ["num_layer"]}, "unverified: found unknown field 'num_layer'"),
    ],
)
def test_a_broken_file_is_refused_where_it_is_broken(raw: dict[str, Any], line: str) -> None:
    assert refusal(raw).startswith(line)


@pytest.mark.parametrize("schema", [0, 2, "1", 1.0, True, None])
def test_another_schema_is_refused(schema: object) -> None:
    with pytest.raises(ScenarioError, match=r"^schema: "):
        build({"schema": schema})
    with pytest.raises(ScenarioError, match=r"^schema: found nothing; allowed: schema = 1"):
        build({"title": "no schema"})


def test_the_file_of_a_refusal_is_named(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text("schema = 1\n[hardware]\nnum_gpus = 0\n")
    with pytest.raises(ScenarioError) as caught:
        load_file(path)
    assert str(caught.value).startswith(f"{path}: hardware.num_gpus: found 0; allowed: ")


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=6,
)
keys = st.sampled_from(
    ["schema", "title", *PANELS, "uncertainty", "sources", "notes", "unverified"]
)
inner_keys = st.sampled_from(["preset", "num_layers", "num_gpus", "A paper"]) | st.text(max_size=5)


@examples(60)
@given(st.dictionaries(keys, anything | st.dictionaries(inner_keys, anything, max_size=3)))
def test_any_tables_are_a_scenario_or_refused_in_one_line(raw: dict[str, Any]) -> None:
    try:
        build({"schema": 1, **raw})
    except ScenarioError as error:
        assert str(error).isprintable()
        assert error.allowed


# The user's own, and going back


def test_a_path_is_told_from_a_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "plain").write_text("schema = 1\ntitle = 'by path'\n")
    monkeypatch.chdir(tmp_path)
    assert load("plain").title == "by path"
    assert load("./plain").title == "by path"
    assert load("deepseek-v3").title != "by path"
    (tmp_path / "deepseek-v3").write_text("schema = 1\ntitle = 'by path'\n")
    assert load("deepseek-v3").title != "by path", "a preset's name comes first"
    assert load("./deepseek-v3").title == "by path"


def test_one_panel_taken_whole_brings_what_is_said_of_it_and_leaves_the_others() -> None:
    before, source = load("deepseek-v3"), load("llama-3-70b")
    after = with_panel(before, "architecture", "llama-3-70b")
    assert after.architecture.preset == "llama-3-70b"
    assert after.architecture.num_layers == 80
    for table in PANELS:
        if table != "architecture":
            assert after.panel(table) == before.panel(table)
    taken = PANELS["architecture"].specs
    for about in ("sources", "notes"):
        expected = {k: v for k, v in getattr(source, about).items() if k in taken}
        expected |= {k: v for k, v in getattr(before, about).items() if k not in taken}
        assert getattr(after, about) == expected


def test_another_accelerator_stands_on_the_same_site() -> None:
    before = load("deepseek-v3")
    after = with_panel(before, "hardware", "a100-80gb-sxm")
    assert after.hardware.preset == "a100-80gb-sxm"
    assert after.hardware.bf16_flops == 312e12
    assert after.hardware.num_gpus == before.hardware.num_gpus == 2048
    assert after.sources.get("num_gpus") == before.sources.get("num_gpus")


def test_what_a_preset_states_of_a_field_is_known_after_an_edit() -> None:
    opened = load("deepseek-v3")
    edited = opened.with_values({"num_layers": 3, "num_gpus": 1})
    again = as_preset(edited, "num_layers")
    assert again is not None
    assert again.architecture == opened.architecture
    assert again.sources["num_layers"] == opened.sources["num_layers"]
    # The accelerator's preset says nothing of how many there are.
    assert as_preset(edited, "num_gpus") is None
    without = build({"schema": 1, "architecture": {"num_layers": 1}})
    assert as_preset(without, "num_layers") is None


def test_a_panel_opened_alone_knows_its_preset() -> None:
    opened = load("llama-3.1-70b")
    assert opened.architecture.preset == "llama-3.1-70b"
    # The other panels are the defaults', as before.
    assert opened.hardware.preset == load("qwen3-8b").hardware.preset
