"""No command, in no format, lets the words of a file, a name or a key act on a terminal."""

from __future__ import annotations

import io
import json
import os
import re
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from dsexplore.analysis.workers import cores
from dsexplore.cli import main
from dsexplore.cli.table import COMMANDS
from dsexplore.library.names import KINDS
from dsexplore.library.open import load
from tests.cli.conftest import Result
from tests.hostile import CLAIMS, CONFIG, EVIL, EVIL_NAME, RUNS, SCENARIO, quoted


class Evil:
    """Hostile files in a hostile folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / EVIL_NAME
        self.folder.mkdir()
        self.scenario = self._file("s", ".toml", SCENARIO)
        self.claims = self._file("c", ".toml", CLAIMS)
        self.runs = self._file("r", ".toml", RUNS)
        self.config = self._file("m", ".json", json.dumps(CONFIG))
        self.script = self._file("x", ".sh", f"a.py --bf16 --micro-batch-size 1 --{EVIL} {EVIL}")
        self.refused = [
            self._file("1", ".toml", f"schema = 1\n{quoted(EVIL)} = 1"),
            self._file("2", ".toml", f"schema = 1\n[hardware]\ngpu = {quoted(EVIL)}"),
            self._file("3", ".toml", f"[[run]]\nname = {quoted(EVIL)}"),
            self._file("4", ".toml", f"[[claim]]\nid = {quoted(EVIL)}"),
            self._file("5", ".toml", f"[[claim]]\nid = 'x'\nclaim = 'x'\ngives = {quoted(EVIL)}"),
            self._file("6", ".toml", f"a = {EVIL}"),
            self._file("7", ".json", json.dumps({"model_type": EVIL})),
            self._file("8", ".json", json.dumps(CONFIG | {"hidden_size": EVIL, EVIL: 1})),
            self._file("9", ".json", EVIL),
        ]
        for kind in KINDS:
            own = self.folder / "dsexplore" / "presets" / kind
            own.mkdir(parents=True)
            (own / "own-evil.toml").write_text(SCENARIO)
            (own / "own-broken.toml").write_text(f"{quoted(EVIL)} = = 1")
            (own / f"{EVIL_NAME}.toml").write_text(SCENARIO)

    def _file(self, name: str, ending: str, text: str) -> str:
        path = self.folder / f"{name}{EVIL_NAME}{ending}"
        path.write_text(text, encoding="utf-8")
        return str(path)

    def cases(self) -> dict[str, list[list[str]]]:
        """For every command, command lines that read hostile files and words."""
        new = str(self.folder / "out")
        spoilt = [[*words] for path in self.refused for words in (["eval", path], [path])]
        return {
            "eval": [
                [self.scenario],
                [self.scenario, "--only", "gpu,num_layers,layout_problem"],
                [self.config],
                [self.scenario, "-o", f"{new}e"],
                [EVIL],
                ["deepseek-v3", "--set", EVIL],
                ["deepseek-v3", "--set", f"title={EVIL}"],
                ["deepseek-v3", "--only", EVIL],
                ["deepseek-v3", f"--{EVIL}"],
                *(words[1:] for words in spoilt if words[0] == "eval"),
            ],
            "explain": [
                [self.scenario, "num_layers"],
                [self.scenario, "total_parameters"],
                [self.scenario, EVIL],
                [self.config, "num_layers"],
            ],
            "compare": [
                [self.scenario, "deepseek-v2"],
                [self.scenario, self.config, "--of", "total_cost", "--all"],
                [self.scenario, EVIL],
                [self.scenario, "deepseek-v2", "--of", EVIL],
            ],
            "solve": [
                [self.scenario, "total_cost=$1M", "--by", "num_gpus"],
                [self.scenario, "pretraining_days=30 d", "--by", "price_per_gpu_hour"],
                [self.scenario, EVIL, "--by", "num_gpus"],
                [self.scenario, f"total_cost={EVIL}", "--by", "num_gpus"],
                [self.scenario, "total_cost=$1M", "--by", EVIL],
            ],
            "sweep": [
                [self.scenario, "--over", "num_gpus=8,16", "--of", "total_cost"],
                [self.scenario, "--over", "hardware=own-evil,h100-80gb-sxm", "--of", "total_cost"],
                [self.scenario, "--over", "hardware=all", "--of", "total_cost", "--format", "csv"],
                [self.scenario, "--over", f"layers_per_stage={EVIL}", "--of", "total_cost"],
                [self.scenario, "--over", f"gpu={EVIL}", "--of", "total_cost"],
                [self.scenario, "--over", EVIL, "--of", "total_cost"],
                [self.scenario, "--over", f"num_gpus={EVIL}", "--of", "total_cost"],
                [self.scenario, "--over", "num_gpus=8,16", "--of", EVIL],
                [self.scenario, "--over", "num_gpus=8", "--of", "mfu", "-o", f"{new}s"],
            ],
            "service": [
                [self.scenario],
                [self.scenario, "--ttft", EVIL],
                [self.scenario, "--time-per-token", EVIL],
                [self.scenario, "--load", EVIL],
                [self.scenario, "--format", "csv", "-o", f"{new}v"],
                [EVIL],
            ],
            "search": [
                [self.scenario, "--set", "num_gpus=8", "--set", "global_batch_size=8"],
                [self.scenario, "--by", EVIL],
                [self.scenario, "--where", EVIL],
                [self.scenario, "--where", f"gpu={EVIL}"],
                [self.scenario, "--top", EVIL],
                [self.scenario, "--what", EVIL],
                [self.scenario, "--what", "serving", "--top", "2"],
                [self.scenario, "--gpus", EVIL],
                [self.scenario, "--hardware", EVIL],
                [self.scenario, "--hardware", f"v100-32gb-sxm={EVIL}"],
                [EVIL],
            ],
            "sensitivity": [
                [self.scenario, "--of", "total_cost", "--top", "5"],
                [self.scenario, "--of", EVIL],
                [self.scenario, "--of", "total_cost", "--range", EVIL],
                [self.scenario, "--of", "total_cost", "--range", f"num_gpus={EVIL}:9"],
                [self.scenario, "--of", "mfu", "-o", f"{new}n"],
            ],
            "simulate": [
                [self.scenario, "--of", "step_time"],
                [self.scenario, "--of", "total_cost", "--uncertain", "num_gpus=choice:8:16"],
                [self.scenario, "--of", EVIL],
                [self.scenario, "--of", "total_cost", "--uncertain", EVIL],
                [self.scenario, "--of", "total_cost", "--uncertain", f"num_gpus={EVIL}:1:2"],
                [self.scenario, "--of", "total_cost", "--budget", EVIL],
                [self.scenario, "--of", "total_cost", "--samples", EVIL],
            ],
            "report": [
                [self.scenario],
                [self.scenario, "--format", "html"],
                [self.scenario, "--against", self.scenario],
                [self.scenario, "--only", EVIL],
                [EVIL],
            ],
            "serve": [[EVIL, "--port", "none"], ["--port", EVIL], ["--host", EVIL]],
            "settings": [[], [EVIL], ["--write", EVIL], ["--where"]],
            "completion": [[EVIL], ["bash", EVIL]],
            "answers": [
                [self.claims],
                [self.claims, "--format", "markdown"],
                [EVIL],
                *([path] for path in self.refused),
            ],
            "claims": [
                [self.claims],
                [self.claims, "e1"],
                [self.claims, "e2"],
                [EVIL],
                [self.claims, "--verdict", EVIL],
                *([path] for path in self.refused),
            ],
            "accuracy": [[self.runs], [EVIL], *([path] for path in self.refused)],
            "calibrate": [
                [self.scenario, "--step-time", "19.9"],
                [self.scenario, "--step-time", "19.9", "--save", "evil"],
                [self.scenario, "--step-time", EVIL],
                [self.scenario, "--step-time", "19.9", "--save", EVIL],
                ["--fit", self.runs],
            ],
            "measure": [
                [EVIL],
                ["--device", EVIL],
                ["--seconds", EVIL],
                ["--ranks", EVIL],
                ["--save", EVIL],
                ["-o", self.scenario],
                ["-o", f"{EVIL}/{EVIL}"],
            ],
            "presets": [
                [],
                *([kind] for kind in ("scenarios", "hardware")),
                ["--where"],
                [EVIL],
                ["hardware", EVIL],
                ["--save", "mine", "--from", self.scenario],
                ["--save", EVIL, "--from", self.scenario],
                ["--save", "mine", "--from", self.scenario, "--panel", EVIL],
            ],
            "import": [
                [self.config],
                [self.config, "-o", f"{new}i"],
                [self.config, "-o", self.scenario],
                [self.config, "--as", EVIL],
                [self.script],
                [self.script, "--model", self.config],
                [self.script, "--model", EVIL],
                [str(self.folder)],
                [EVIL],
                *([path] for path in self.refused),
            ],
            "export": [
                [self.scenario, "--as", "megatron"],
                [self.scenario, "--as", EVIL],
                [EVIL, "--as", "megatron"],
                [self.scenario, "--as", "megatron", "--set", f"fp8_recipe={EVIL}"],
            ],
            "": [[EVIL], [self.scenario], ["--version", EVIL], [f"--{EVIL}"], [EVIL, EVIL]],
        }


@pytest.fixture
def evil(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Evil:
    found = Evil(tmp_path)
    for variable in ("XDG_DATA_HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "HOME"):
        monkeypatch.setenv(variable, str(found.folder))
    # In processes of their own the same words would be computed, and printed here.
    monkeypatch.setattr(cores, "_cores", lambda: 1)
    for variable in ("TERM", "EDITOR", "COLUMNS"):
        monkeypatch.setenv(variable, os.fsencode(EVIL_NAME).decode("utf-8", "surrogateescape"))
    return found


def formats(run: Callable[..., Result], command: str, words: list[str]) -> list[str]:
    """The command's formats beside the usual one, as its own refusal lists them."""
    refusal = run(command, *words, "--format", "?").err
    _, found, listed = refusal.strip().partition("--format: found '?'; allowed: ")
    return listed.split(", ")[1:] if found else []


def assert_harmless(result: Result, words: list[str]) -> None:
    for text in (result.out, result.err):
        assert text.replace("\n", "").isprintable(), (words, text)
        assert not re.search(r"^ {0,2}(\| *|- *|# *)?FORGED", text, re.MULTILINE), (words, text)
    assert result.status in (0, 1, 2), words
    assert "Traceback" not in result.err, words
    assert len(result.err.splitlines()) <= 4, words


def test_every_command_has_its_hostile_words(evil: Evil) -> None:
    assert {*evil.cases()} == {*COMMANDS, ""}


def has_no_format(words: list[str]) -> bool:
    return {"-o", "--format"}.isdisjoint(words)


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_no_word_acts_on_a_terminal(command: str, evil: Evil, run: Callable[..., Result]) -> None:
    start = [command] if command else []
    cases = evil.cases()[command]
    others = formats(run, command, cases[0]) if command else []
    for words in cases:
        result = run(*start, *words)
        assert_harmless(result, [command, *words])
        for name in others if result.status == 0 and has_no_format(words) else ():
            assert_harmless(run(*start, *words, "--format", name), [command, *words, name])


def test_programs_get_the_words_as_they_are(evil: Evil, run: Callable[..., Result]) -> None:
    as_json = json.loads(run("eval", evil.scenario, "--format", "json").out)["scenario"]
    as_toml = tomllib.loads(run("eval", evil.scenario, "--format", "toml").out)
    for read in (as_json, as_toml):
        assert (read["title"], read["description"]) == (EVIL, EVIL)
        assert read["notes"]["num_layers"] == EVIL
        assert read["sources"][EVIL] == ["num_layers"]
    listed = json.loads(run("claims", evil.claims, "--format", "json").out)
    assert [claim["claim"] for claim in listed] == [EVIL, "=1+1" + EVIL]
    names = [
        each["name"]
        for each in json.loads(run("accuracy", evil.runs, "--format", "json").out)["runs"]
    ]
    assert names == ["1" + EVIL, "2" + EVIL]


def test_a_saved_scenario_opens_as_it_was(evil: Evil, run: Callable[..., Result]) -> None:
    assert run("presets", "--save", "again", "--from", evil.scenario).status == 0
    again, before = load("again"), load(evil.scenario)
    assert (again.title, again.notes, again.sources) == (before.title, before.notes, before.sources)


def test_a_poor_encoding_shows_less_and_ends_well(
    evil: Evil, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = io.BytesIO()
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(held, encoding="ascii"))
    with pytest.raises(SystemExit) as ended:
        main(["compare", evil.scenario, "deepseek-v2"])
    assert ended.value.code == 0
    assert b"FORGED" in held.getvalue()
