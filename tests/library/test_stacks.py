"""A software stack of one's own is read as strictly as a scenario."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.files.locations import user_presets_folder
from dsexplore.library.open import load
from dsexplore.library.presets import build, with_changes
from dsexplore.library.stacks import stack_factors
from dsexplore.scenario.panels.parallelism import Parallelism
from dsexplore.text.refusal import ScenarioError

FIELD_DEFAULT = Parallelism.specs["software_spread"].default
NAMED = {"schema": 1, "parallelism": {"software_stack": "deepseek"}}


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The file of a stack named like a shipped one."""
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    path = user_presets_folder() / "stacks" / "deepseek.toml"
    path.parent.mkdir(parents=True)
    return path


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("notes = [1]", "notes: found [1]; allowed: a table, [notes]"),
        ("[notes]\nkernel_factor = 1", "notes.kernel_factor: found 1; allowed: text in quotes"),
        ("[notes]\nkernel_fctor = 'x'", "unknown field 'kernel_fctor'"),
        ("title = [1]", "title: found [1]; allowed: text in quotes"),
        ("sources = 1", "sources: found 1; allowed: a table, [sources]"),
        ("[sources]\na = 1", "sources.'a': found 1"),
        ("[sources]\na = ['kernel_fctor']", "unknown field 'kernel_fctor'"),
        ("unverified = 1", "unverified: found 1; allowed: a list of field names"),
        ("parallelism = 1", "parallelism: found 1; allowed: a table"),
        ("[parallelism]\nkernel_fctor = 1", "parallelism: found unknown key 'kernel_fctor'"),
        ("[parallelism]\nkernel_factor = 'fast'", "parallelism.kernel_factor: found 'fast'"),
        ("[hardware]\ncommunication_sms = -1", "hardware.communication_sms: found -1"),
        ("[serving]\nnonsense = 1", "unknown key 'nonsense'"),
        ("nonsense = 1", "unknown table or key 'nonsense'"),
        ("schema = 2", "no TOML"),
    ],
)
def test_a_faulty_stack_is_refused_wherever_it_is_named(text: str, said: str, stack: Path) -> None:
    stack.write_text(f"schema = 1\n{text}\n")
    for read in (
        lambda: build(NAMED),
        lambda: with_changes(load("llama-3-70b"), {"software_stack": "deepseek"}),
    ):
        with pytest.raises(ScenarioError) as caught:
            read()
        assert str(caught.value).startswith(f"{stack}: ")
        assert said in str(caught.value)


def test_a_stack_without_a_schema_is_refused(stack: Path) -> None:
    stack.write_text("[parallelism]\nkernel_factor = 0.9")
    with pytest.raises(ScenarioError, match="schema = 1 as the first line"):
        stack_factors("deepseek")


def test_an_edited_stack_is_read_again(stack: Path) -> None:
    for factor in (0.9, 0.8):
        stack.write_text(f"schema = 1\n[parallelism]\nkernel_factor = {factor}")
        assert stack_factors("deepseek") == {"kernel_factor": factor}


def test_what_is_no_file_is_refused(stack: Path) -> None:
    stack.mkdir()
    with pytest.raises(ScenarioError, match="a directory"):
        stack_factors("deepseek")


def test_how_sure_the_stack_before_was_does_not_stay_with_another(stack: Path) -> None:
    sure = "schema = 1\n[parallelism]\nsoftware_spread = 0.03\n"
    stack.with_name("sure.toml").write_text(sure, encoding="utf-8")
    stack.with_name("new.toml").write_text("schema = 1\n", encoding="utf-8")
    surer = with_changes(load("llama-3-70b"), {"software_stack": "sure"})
    assert surer.value("software_spread") == 0.03
    other = with_changes(surer, {"software_stack": "new"})
    assert other.value("software_spread") == FIELD_DEFAULT


def test_a_citation_of_a_table_is_of_what_the_file_states_and_no_factor_of_its_stack() -> None:
    sources = load("deepseek-v3").sources
    assert "DeepSeek-V3 report" in sources["tensor_parallel"]
    assert "DeepSeek-V3 report" not in sources["kernel_factor"]
    assert "software_spread" not in sources
