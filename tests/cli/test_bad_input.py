"""What is refused: always one line that names place, found and allowed; never more, never less."""

from __future__ import annotations

import os
import re
import socket
import string
import sys
import tempfile
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.library.names import presets_folder
from dsexplore.library.open import load_file
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.points import holds_at

ARCHITECTURE = "schema = 1\n[architecture]\n"

# What a file holds, and what its refusal must name besides the file.
TEXTS = {
    "unknown key": (
        ARCHITECTURE + "num_layer = 3",
        ["architecture: ", "'num_layer'", "num_layers"],
    ),
    "unknown table": ("schema = 1\n[architectur]", ["'architectur'", "architecture"]),
    "wrong schema": ("schema = 2", ["schema: found 2", "allowed: 1"]),
    "schema as text": ('schema = "1"', ["schema: found '1'", "allowed: 1"]),
    "schema as boolean": ("schema = true", ["schema: found True", "allowed: 1"]),
    "missing schema": ("[architecture]", ["schema: found nothing", "schema = 1"]),
    "word for a number": (
        ARCHITECTURE + 'num_layers = "many"',
        ["architecture.num_layers: found 'many'", "a whole number", "10,000"],
    ),
    "nan": ("schema = 1\n[hardware]\ngpu_power = nan", ["hardware.gpu_power: found nan", "number"]),
    "inf": ("schema = 1\n[hardware]\ngpu_power = -inf", ["gpu_power: found -inf", "a number"]),
    "overflow": (ARCHITECTURE + "num_layers = 1e999", ["num_layers: found inf", "whole number"]),
    "negative": (ARCHITECTURE + "vocab_size = -1", ["architecture.vocab_size: found -1", "whole"]),
    "no layers": (
        ARCHITECTURE + "num_layers = 0",
        ["architecture.num_layers: found 0", "whole number"],
    ),
    "fraction of a layer": (ARCHITECTURE + "num_layers = 1.5", ["num_layers: found 1.5", "whole"]),
    "too many experts": (
        ARCHITECTURE + "num_routed_experts = 8\nexperts_per_token = 9",
        ["experts_per_token: found 9", "at most 8, the value of num_routed_experts"],
    ),
    "boolean for a number": (
        ARCHITECTURE + "num_layers = true",
        ["num_layers: found True", "whole"],
    ),
    "number for a boolean": (
        ARCHITECTURE + "tie_embeddings = 1",
        ["architecture.tie_embeddings: found 1", "true or false"],
    ),
    "unknown choice": (
        ARCHITECTURE + 'attention = "flash"',
        ["architecture.attention: found 'flash'", "gqa, mla"],
    ),
    "list for a number": (ARCHITECTURE + "num_layers = [61]", ["num_layers: found [61]", "whole"]),
    "date for a number": (ARCHITECTURE + "num_layers = 2024-12-26", ["found 2024-12-26", "whole"]),
    "unit of another kind": (
        'schema = 1\n[hardware]\nmemory_capacity = "80 TFLOP/s"',
        ["hardware.memory_capacity: found '80 TFLOP/s'", "byte"],
    ),
    "table for text": ("schema = 1\n[title]", ["title: found {}", "text in quotes"]),
    "text for a table": ('schema = 1\nhardware = "h100"', ["hardware: found 'h100'", "[hardware]"]),
    "array of tables": ("schema = 1\n[[hardware]]", ["hardware: found [{}]", "[hardware]"]),
    "long title": (f'schema = 1\ntitle = "{"a" * 5000}"', ["title: found 5,000 char", "4,000"]),
    "unknown preset": (
        ARCHITECTURE + 'preset = "deepseek-v33"',
        ["architecture.preset: found 'deepseek-v33'", "deepseek-v3"],
    ),
    "preset that is a path": (
        ARCHITECTURE + 'preset = "../architectures/deepseek-v3"',
        ["architecture.preset: found '../architectures/deepseek-v3'", "names"],
    ),
    "distribution of no field": (
        "schema = 1\n[uncertainty]\nnum_gpu = { uniform = [1, 2] }",
        ["uncertainty: found unknown field 'num_gpu'", "num_gpus"],
    ),
    "distribution of no kind": (
        "schema = 1\n[uncertainty]\nnum_gpus = { uniforn = [1, 2] }",
        ["uncertainty.num_gpus: found {'uniforn': [1, 2]}", "uniform = [lowest, highest]"],
    ),
    "source of no field": (
        'schema = 1\n[sources]\n"A paper" = ["num_layer"]',
        ["sources: found unknown field 'num_layer'", "num_layers"],
    ),
    "not TOML": ("schema = 1\nschema = = 1", ["found no TOML", "line 2", "in TOML"]),
    "key twice": ("schema = 1\nschema = 1", ["found no TOML", "Cannot overwrite", "in TOML"]),
    "empty": ("", ["schema: found nothing", "schema = 1"]),
    "deep arrays": (ARCHITECTURE + "num_layers = " + "[" * 15_000, ["nested too deep", "in TOML"]),
    "deep tables": (
        ARCHITECTURE + "num_layers = " + "{a=" * 9_000,
        ["nested too deep", "in TOML"],
    ),
    "deep and whole": (
        ARCHITECTURE + "num_layers = " + "[" * 100 + "]" * 100,
        ["num_layers: found [[[", "whole number"],
    ),
    "endless key": ("schema = 1\n" + "a." * 100_000 + "a = 1", ["a key of more than", "in TOML"]),
    "endless quoted key": (
        "schema = 1\n[sources." + r"""'a' . "\"" . """ * 50_000 + "a]",
        ["a key of more than", "in TOML"],
    ),
    "endless integer": (
        ARCHITECTURE + "num_layers = " + "9" * 5000,
        ["more than 1,000 characters"],
    ),
    "endless hexadecimal": (
        ARCHITECTURE + "num_layers = 0x" + "f" * 900,
        ["architecture.num_layers: found ", "larger than anything", "whole number"],
    ),
    "endless power": (
        ARCHITECTURE + 'num_layers = "9**9**9**9"',
        ["architecture.num_layers: found '9**9**9**9'", "whole number"],
    ),
    "code": (
        ARCHITECTURE + """num_layers = "__import__('os').getpid()" """,
        ["architecture.num_layers: found \"__import__('os').getpid()\"", "whole number"],
    ),
    "escape in a table": (r"schema = 1" "\n" r'"a\u001b[31m\u009b" = 1', [r"'a\x1b[31m\x9b'"]),
    "escape in a key": (ARCHITECTURE + r'"a\u001b]0;x\u0007\nb" = 1', [r"'a\x1b]0;x\x07\nb'"]),
    "escape in a value": (
        ARCHITECTURE + r'num_layers = "\u001b[2J\r\n61"',
        [r"architecture.num_layers: found '\x1b[2J\r\n61'", "whole number"],
    ),
    "escape in a name": (
        "schema = 1\n[hardware]\n" r'gpu = "\u001b[2J"',
        [r"hardware.gpu: found '\x1b[2J'", "a short name"],
    ),
    "escape in a preset": (
        ARCHITECTURE + r'preset = "\u001b[2J"',
        [r"architecture.preset: found '\x1b[2J'", "names"],
    ),
    "escape in a note": (
        "schema = 1\n[notes]\n" r'"\u001b[2J" = "x"',
        [r"found unknown field '\x1b[2J'", "names"],
    ),
    "text that runs backwards": (ARCHITECTURE + '"\u202ea" = 1', [r"'\u202ea'", "names"]),
}


@holds_at("case", TEXTS)
def test_a_bad_file_is_refused_in_one_line(case, refused, tmp_path):
    text, named = TEXTS[case]
    file = tmp_path / "scenario.toml"
    file.write_text(text, encoding="utf-8")
    line = refused("eval", str(file))
    assert line.startswith(f"dsexplore: {file}: ")
    for words in named:
        assert words in line
    assert len(line) < 1000


def test_bytes_that_are_no_text(refused, tmp_path):
    file = tmp_path / "scenario.toml"
    file.write_bytes(b'schema = 1\ntitle = "\xff\xfe"')
    assert f"{file}: found bytes that are not UTF-8 at 20" in refused("eval", str(file))


def test_a_huge_file_is_not_read(refused, tmp_path):
    file = tmp_path / "scenario.toml"
    with file.open("wb") as sparse:
        sparse.truncate(100_000_000)
    line = refused("eval", str(file))
    assert f"{file}: found 100 MB" in line
    assert "at most 1,048,576 bytes" in line


def test_what_is_no_file(refused, tmp_path):
    pipe = tmp_path / "pipe.toml"
    os.mkfifo(pipe)
    assert f"{pipe}: found not a regular file" in refused("eval", str(pipe))
    assert f"{tmp_path}: found a directory" in refused("eval", str(tmp_path))
    missing = tmp_path / "missing.toml"
    assert f"{missing}: found no such file" in refused("eval", str(missing))
    assert "found not a directory" in refused("eval", f"{__file__}/x.toml")
    assert "found file name too long" in refused("eval", "x" * 5000 + ".toml")
    with socket.socket(socket.AF_UNIX) as listening:
        listening.bind(str(tmp_path / "s"))
        refused("eval", str(tmp_path / "s"))


@pytest.mark.parametrize("text", ["kernel_factor = 1\n", f"schema = {'9' * 5000}\n"])
def test_a_stack_out_of_order_is_named_with_its_file(refused, tmp_path, monkeypatch, text):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    file = tmp_path / "dsexplore" / "presets" / "stacks" / "ours.toml"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    line = refused("eval", "deepseek-v3", "--set", "software_stack=ours")
    assert line.startswith(f"dsexplore: {file}: ")


@pytest.mark.parametrize("text", ["notes = [1]\n", '[hardware]\nnum_gpus = "many"\n'])
def test_a_panel_out_of_order_is_named_with_its_own_file(refused, tmp_path, monkeypatch, text):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    file = tmp_path / "dsexplore" / "presets" / "hardware" / "ours.toml"
    file.parent.mkdir(parents=True)
    file.write_text(f"schema = 1\n{text}")
    scenario = tmp_path / "run.toml"
    scenario.write_text('schema = 1\n[hardware]\npreset = "ours"\n')
    for words in (["deepseek-v3", "--set", "hardware=ours"], [str(scenario)]):
        assert refused("eval", *words).startswith(f"dsexplore: {file}: ")


# The root user reads every file, whatever its mode says.
@pytest.mark.skipif(os.geteuid() == 0, reason="the root user may read everything")
def test_a_file_that_may_not_be_read(refused, tmp_path):
    file = tmp_path / "scenario.toml"
    file.write_text("schema = 1")
    file.chmod(0)
    assert f"{file}: found permission denied" in refused("eval", str(file))


@pytest.mark.parametrize("name", ["a\0b", "a\0b.toml", "", "\udcff.toml", "~nobody-at-all/x.toml"])
def test_names_that_no_file_can_have(name, refused):
    refused("eval", name)


_DOTS = "a." * 100


@pytest.mark.parametrize(
    "text",
    [
        f'description = "{"see www.example.org, v1.2.3.4 ... " * 100}"',
        f"description = '{_DOTS}a'",
        f"description = '''\n{_DOTS}a\n'''",
        f'description = """{_DOTS}a \\""" {_DOTS}a"""""',
        f"# {_DOTS}a",
    ],
)
def test_words_with_many_dots_are_no_endless_key(text, run, tmp_path):
    file = tmp_path / "scenario.toml"
    file.write_text(f"schema = 1\n{text}\n")
    assert run("eval", str(file), "--only", "total_cost").status == 0


def test_an_escape_in_a_files_name_stays_out_of_the_terminal(refused, tmp_path):
    file = tmp_path / "a\x1b[2J\n.toml"
    file.write_text("schema = 2")
    assert r"a\x1b[2J\n.toml: schema: found 2" in refused("eval", str(file))


def test_an_origin_in_a_whole_table_is_a_name_too(refused, tmp_path):
    whole = Scenario().architecture.values()
    lines = [f'{key} = "unknown"' for key, value in whole.items() if value is None]
    lines += [
        f"{key} = {str(value).lower() if isinstance(value, bool) else repr(value)}"
        for key, value in whole.items()
        if value is not None and key != "preset"
    ]
    file = tmp_path / "scenario.toml"
    origin = r'preset = "\u009b2J"'
    file.write_text("\n".join([ARCHITECTURE, origin, *lines]))
    line = refused("eval", str(file))
    assert r"architecture.preset: found '\x9b2J'; allowed: a preset's name" in line


@holds_at(
    ("words", "named"),
    [
        (["--set", "num_gpus"], ["--set: found 'num_gpus'", "NAME=VALUE"]),
        (["--set", "=3"], ["--set: found '=3'", "NAME=VALUE"]),
        (["--set", "num_gpu=3"], ["--set: found unknown field 'num_gpu'", "num_gpus"]),
        (["--set", "num_gpus="], ["hardware.num_gpus: found ''", "whole number"]),
        (["--set", "num_gpus=many"], ["hardware.num_gpus: found 'many'", "whole number"]),
        (["--set", "num_gpus=\x1b[2J"], [r"hardware.num_gpus: found '\x1b[2J'", "whole number"]),
        (["--set", "experts_per_token=999"], ["experts_per_token: found 999", "at most 256"]),
        (["--set", "hardware=h999"], ["hardware.preset: found 'h999'", "names"]),
        (["--set", "gpu=H100"], ["gpu: found 'H100', a name without figures", "h100-80gb-sxm"]),
        (["--set", "software_stack=megatron"], ["megatron-2021, megatron-2022", "figures"]),
        (["--only", "total_costs"], ["--only: found unknown name 'total_costs'", "total_cost"]),
        (["--only", ""], ["--only: found unknown name ''", "names"]),
        (["--format", "xml"], ["--format: found 'xml'", "table, json, toml, csv, markdown"]),
        (["--formt", "json"], ["--formt", "dsexplore eval SCENARIO"]),
        (["--set"], ["--set", "dsexplore eval SCENARIO"]),
        (["\x1b[2J"], [r"\x1b[2J", "dsexplore eval SCENARIO"]),
    ],
)
def test_a_bad_option_is_refused_in_one_line(words, named, refused):
    line = refused("eval", "deepseek-v3", *words)
    for part in named:
        assert part in line


@holds_at(
    ("words", "named"),
    [
        (["eval"], ["SCENARIO", "dsexplore eval SCENARIO"]),
        (["eval", "deepseek-v33"], ["no preset or file 'deepseek-v33'", "deepseek-v3"]),
        (["evl", "deepseek-v3"], ["'evl', no command", "did you mean eval?"]),
        (["evl", "deepseek-v3", "--only", "x"], ["'evl', no command", "did you mean eval?"]),
        (["evl"], ["no preset or file 'evl'", "or a command (eval, "]),
        (["deepseek-v3", "deepseek-v2"], ["'deepseek-v3', no command", "a SCENARIO alone"]),
        (["--bogus"], ["unknown option '--bogus'", "--help"]),
        (["deepseek-v33"], ["no preset or file 'deepseek-v33'", "deepseek-v3"]),
    ],
)
def test_a_mistyped_command_line_says_what_may_be_meant(words, named, refused):
    line = refused(*words)
    for part in named:
        assert part in line


def test_the_explorer_needs_a_terminal(refused, monkeypatch):
    with Path(os.devnull).open() as nothing:
        monkeypatch.setattr(sys, "__stdin__", nothing)
        line = refused("deepseek-v3")
    assert "standard input: found no terminal" in line
    assert "dsexplore eval" in line


@pytest.mark.parametrize(("words", "name"), [([], None), (["deepseek-v3"], "deepseek-v3")])
def test_the_explorer_opens_what_is_named_and_its_status_is_ours(words, name, run, monkeypatch):
    opened = []
    explorer = SimpleNamespace(run_explorer=lambda named, tour: opened.append((named, tour)) or 7)
    terminal = SimpleNamespace(isatty=lambda: True)
    monkeypatch.setitem(sys.modules, "dsexplore.tui.run", explorer)
    monkeypatch.setattr(sys, "__stdin__", terminal)
    monkeypatch.setattr(sys, "__stderr__", terminal)
    assert run(*words) == (7, "", "")
    assert run("--tour", *words) == (7, "", "")
    assert opened == [(name, False), (name, True)]


@pytest.mark.parametrize("words", [["eval", "/nowhere.toml"], ["evl", "x"], ["eval", "a\x1b[2J"]])
def test_a_process_ends_with_status_two_and_one_line(words, process):
    done = process("-m", "dsexplore", *words)
    assert (done.returncode, done.stdout) == (2, "")
    assert re.fullmatch(r"dsexplore: .*found .*; allowed: .*\n", done.stderr)
    assert done.stderr[:-1].isprintable()


def test_python_without_docstrings_is_refused(process):
    done = process("-OO", "-m", "dsexplore", "eval", "deepseek-v3")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == (
        "dsexplore: found Python without docstrings (-OO); allowed: python, or python -O\n"
    )


# Files that are nearly right: tables and keys that exist, with values of every kind.
_VALUES = st.one_of(
    st.integers().map(str),
    st.floats().map(repr),
    st.booleans().map(lambda value: str(value).lower()),
    st.text(max_size=20).map(lambda text: '"' + text.replace('"', "").replace("\\", "") + '"'),
    st.sampled_from(
        ["[]", "{}", '"14.8T"', '"1/0"', '"2**999"', "2024-01-01", "0xff", '"unknown"']
    ),
    st.text(string.punctuation + string.digits, max_size=12),
)
_LINES = st.one_of(
    st.sampled_from([f"[{table}]" for table in (*PANELS, "uncertainty", "sources", "notes")]),
    st.tuples(st.sampled_from([*FIELDS, "preset", "schema", "title"]), _VALUES).map(" = ".join),
    st.tuples(
        st.sampled_from(sorted(FIELDS)),
        st.sampled_from(["uniform", "lognormal", "choice", "triangular"]),
        st.lists(_VALUES, max_size=3),
    ).map(lambda parts: f"{parts[0]} = {{ {parts[1]} = [{', '.join(parts[2])}] }}"),
)
_NEARLY_RIGHT = st.lists(_LINES, max_size=8, unique=True).map(
    lambda lines: "\n".join(["schema = 1", *lines]).encode("utf-8", "surrogateescape")
)
_SHIPPED = (presets_folder() / "scenarios" / "deepseek-v3.toml").read_bytes()
_SPOILT = st.tuples(st.integers(0, len(_SHIPPED)), st.integers(0, 40), st.binary(max_size=12)).map(
    lambda cut: _SHIPPED[: cut[0]] + cut[2] + _SHIPPED[cut[0] + cut[1] :]
)


@examples(800)
@given(st.one_of(st.binary(max_size=200), _NEARLY_RIGHT, _SPOILT))
def test_any_bytes_load_or_are_refused(content):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "scenario.toml"
        file.write_bytes(content)
        try:
            scenario = load_file(file)
        except ScenarioError as error:
            assert str(error).isprintable()
            assert str(error).startswith(f"{file}: ")
        else:
            assert isinstance(scenario, Scenario)
