"""`dsexplore measure` without torch, and its files: whole or none."""

from __future__ import annotations

import json
import sys
from types import SimpleNamespace

import pytest

from dsexplore.cli.commands import measure as command
from dsexplore.library.open import load
from tests.measure.faked import product, session


@pytest.fixture
def faked(monkeypatch):
    """A session that was over at once."""
    monkeypatch.setattr(command, "open_device", lambda kind: SimpleNamespace(kind="cuda"))
    monkeypatch.setattr(command, "_session", lambda *_: session([product(742e12)]))


@pytest.fixture(autouse=True)
def _at_home(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))


def test_without_torch_a_sentence_says_how_to_get_it(refused, monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    assert "pip install 'dsexplore[measure]'" in refused("measure")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["--seconds", "1"], "--seconds"),
        (["--seconds", "soon"], "--seconds"),
        (["--ranks", "0"], "--ranks"),
        (["--device", "abacus"], "--device"),
        (["--format", "csv"], "--format"),
        (["--save", "a/b"], "the preset's name"),
        (["--save", "a", "-o", "b"], "found --save and --output"),
        (["-o", "no/such/folder.toml"], "no such folder"),
        (["-o", "README.md"], "a file of that name"),
    ],
)
def test_words_are_refused_before_anything_is_measured(words, said, refused, monkeypatch):
    monkeypatch.setattr(command, "open_device", lambda kind: pytest.fail("too late"))
    assert said in refused("measure", *words)


@pytest.mark.usefixtures("faked")
def test_a_saved_preset_is_taken_by_name(run):
    done = run("measure", "--save", "ours")
    assert done.status == 0
    assert "matrix product in BF16, m 8,192, n 8,192, k 8,192" in done.out
    assert load("ours").hardware.gemm_efficiency == pytest.approx(0.75, abs=0.01)
    assert run("measure", "--save", "ours").status == 2
    assert run("measure", "--save", "ours", "--force").status == 0


@pytest.mark.usefixtures("faked")
def test_a_file_and_what_is_printed_without_one_are_the_same(run, tmp_path):
    path = tmp_path / "ours.toml"
    assert run("measure", "-o", str(path)).status == 0
    assert run("measure").out == path.read_text("utf-8")
    listed = json.loads(run("measure", "--format", "json").out)
    assert listed["measurements"][0]["sizes"] == {"m": 8192, "n": 8192, "k": 8192}


def test_an_interrupted_session_writes_nothing(run, tmp_path, monkeypatch):
    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(command, "open_device", lambda kind: SimpleNamespace(kind="cuda"))
    monkeypatch.setattr(command, "_session", interrupt)
    assert run("measure", "-o", str(tmp_path / "ours.toml")).status == 130
    assert [*tmp_path.iterdir()] == []


@pytest.mark.usefixtures("faked")
def test_a_preset_that_cannot_be_written_is_printed(run, tmp_path, monkeypatch):
    folder = tmp_path / "full"
    folder.mkdir()

    def fail(*_: object, **__: object) -> None:
        raise command.ScenarioError("", "no space left on device", "a writable place")

    monkeypatch.setattr(command, "write_atomically", fail)
    done = run("measure", "-o", str(folder / "ours.toml"))
    assert done.status == 2
    assert "\ngemm_efficiency = 0.75" in done.out
