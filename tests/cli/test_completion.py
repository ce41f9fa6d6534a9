"""TAB in a shell: what is offered fits, and every place that offers words can say them."""

from __future__ import annotations

import os

import pytest

from dsexplore.cli.imports import imported
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.table import COMMANDS

MODULES = sorted({"explore", *(command.module for command in COMMANDS.values())})


def grammar(module: str) -> Parser:
    parser: Parser = imported(f"dsexplore.cli.commands.{module}").grammar()
    return parser


@pytest.mark.parametrize(
    ("line", "offered"),
    [
        ("dsexplore sea", ["search"]),
        (
            "dsexplore eval deepseek-v3 --set hardware=h100",
            ["hardware=h100-80gb-pcie", "hardware=h100-80gb-sxm", "hardware=h100-94gb-nvl"],
        ),
    ],
)
def test_a_shell_is_told_what_fits(process, tmp_path, line, offered):
    pytest.importorskip("argcomplete")
    told = tmp_path / "told"
    asked = {
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_IFS": "\n",
        "_ARGCOMPLETE_STDOUT_FILENAME": str(told),
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "XDG_DATA_HOME": str(tmp_path),
    }
    done = process("-m", "dsexplore", env={**os.environ, **asked})
    assert done.returncode == 0
    assert told.read_text().replace(" ", "").splitlines() == offered


def test_every_place_offers_words_of_its_kind(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "our-run.toml").touch()
    (tmp_path / "evil\x1b[31m.toml").touch()
    for module in MODULES:
        parser = grammar(module)
        for action, candidates in parser.candidates.items():
            words = list(candidates(""))
            assert words, (module, action.dest)
            assert all(word.isprintable() for word in words), (module, action.dest)
            if action.metavar in ("FILE", "SCENARIO"):
                assert "our-run.toml" in words, (module, action.dest)
            if action.metavar == "SCENARIO":
                assert {"deepseek-v3", "h100-80gb-sxm"} <= {*words}, (module, action.dest)


def test_a_choice_is_offered_behind_its_field_and_a_name_behind_a_comma():
    by_option = {action.dest: words for action, words in grammar("eval").candidates.items()}
    assert "pipeline_schedule=dualpipe" in by_option["settings"]("pipeline_schedule=")
    assert "total_cost,mfu" in by_option["only"]("total_cost,m")


def test_lines_for_each_shell_name_the_program(run):
    pytest.importorskip("argcomplete")
    for shell in ("bash", "zsh", "fish"):
        assert "dsexplore" in run("completion", shell).out


def test_an_unknown_shell_is_refused(refused):
    assert "allowed: bash, zsh, fish" in refused("completion", "tcsh")
