"""`dsexplore compare`: what is printed of differences and their causes, and what is refused."""

from __future__ import annotations

import json
import math
import re
import shlex
from pathlib import Path

from dsexplore.cli.commands import compare as command
from dsexplore.engine import QUANTITIES
from dsexplore.scenario.scenario import FIELDS
from tests.points import holds_at

RL = ("compare", "deepseek-r1-zero-estimate", "deepseek-r1-zero-disclosed")


def line_of(text: str, word: str) -> str:
    (line,) = [line for line in text.splitlines() if line.split()[:1] == [word]]
    return " ".join(line.split())


def test_fields_results_and_causes_are_each_under_a_heading(run):
    result = run("compare", "deepseek-v3", "llama-3.1-405b")
    assert (result.status, result.err) == (0, "")
    headings = [line for line in result.out.splitlines() if line and not line.startswith(" ")]
    assert headings == [
        "deepseek-v3: DeepSeek-V3",
        "llama-3.1-405b: Llama 3.1 405B",
        "Fields that differ",
        "Results that differ",
        "Why total_cost is $5.576 M in deepseek-v3 and $61.68 M in llama-3.1-405b (× 11.06)",
    ]
    assert line_of(result.out, "total_cost") == "total_cost $5.576 M $61.68 M × 11.06"
    assert line_of(result.out, "num_gpus") == "num_gpus 2048 16384"
    assert "averaged over" in result.out.splitlines()[-1]


def printed_factor(row):
    """The factor that a row of a table begins with: × 3.2, ÷ 2 or +0.3 %."""
    first, second = row.split()[:2]
    if second == "%":
        return 1 + float(first) / 100
    return float(second) if first == "×" else 1 / float(second)


def test_the_fields_that_make_rl_cheaper_are_in_order_of_effect(run):
    text = run(*RL, "--of", "rl_cost").out
    heading, _, *rows, method = text[text.index("Why rl_cost") :].splitlines()
    assert heading.startswith("Why rl_cost is $1.007 M in deepseek-r1-zero-estimate")
    assert rows[0].split()[0] == "÷"
    assert "questions_per_step" in rows[0]
    assert rows[0].endswith("1024 → 32")
    factors = [printed_factor(row) for row in rows]
    strengths = [abs(math.log(factor)) for factor in factors]
    assert strengths == sorted(strengths, reverse=True)
    product = math.prod(factors)
    assert math.isclose(product, 202_000 / 1_006_633, rel_tol=5e-3), "as printed"
    assert "averaged over all" in method


def test_json_holds_scenarios_fields_results_and_attributions(run):
    document = json.loads(run(*RL, "--of", "rl_cost", "--format", "json").out)
    assert list(document) == ["scenarios", "fields", "results", "attributions"]
    assert [entry["name"] for entry in document["scenarios"]] == list(RL[1:])
    assert all(
        list(entry) == ["name", "title", "warnings", "assumptions"]
        for entry in document["scenarios"]
    )
    for entry in document["fields"]:
        assert list(entry) == ["name", "table", "unit", "values", "applies"]
        assert entry["table"] == FIELDS[entry["name"]].table
        assert len(entry["values"]) == len(entry["applies"]) == 2
    for entry in document["results"]:
        told = ["impossible", "at_least_without", "intervals", "within_interval"]
        assert list(entry) == ["name", "unit", "values", "ratios", *told]
        assert entry["unit"] == QUANTITIES[entry["name"]].unit
    (found,) = document["attributions"]
    assert (found["of"], found["unit"], found["between"]) == ("rl_cost", "USD", list(RL[1:]))
    factors = [part["factor"] for part in found["parts"]]
    assert math.isclose(math.prod(factors), found["ratio"])
    assert math.isclose(sum(part["share"] for part in found["parts"]), 1)
    assert math.isclose(
        sum(part["change"] for part in found["parts"]), found["values"][1] - found["values"][0]
    )
    assert found["problems"] == []


def test_what_is_not_known_is_null_and_has_a_sentence(run):
    words = ("compare", "deepseek-v3", "gpt-4-reported", "--of", "mfu")
    document = json.loads(run(*words, "--format", "json").out)
    assert {"name": "gpt-4-reported", "title": "GPT-4, as reported"}.items() <= document[
        "scenarios"
    ][1].items()
    assert document["scenarios"][1]["warnings"]
    (found,) = document["attributions"]
    assert (found["values"][1], found["ratio"], found["parts"]) == (None, None, [])
    text = run(*words).out
    assert text.splitlines()[-1].strip() == found["problems"][0]
    assert "warning: gpt-4-reported: " in text
    assert not re.search(r"\bnan\b", text)


def test_what_stands_in_the_way_of_several_scenarios_is_said_once(run, tmp_path):
    names = [str(tmp_path / f"{letter}.toml") for letter in "ab"]
    for place, name in enumerate(names):
        layout = f"tensor_parallel = 5\nmicro_batch_size = {place + 1}"
        Path(name).write_text(f'schema = 1\ntitle = "A run"\n[parallelism]\n{layout}\n')
    warnings = [line for line in run("compare", *names).out.splitlines() if "warning" in line]
    assert warnings
    assert all(line.startswith("warning: 2 scenarios (a.toml, b.toml): ") for line in warnings)


def test_every_result_is_listed_on_request(run):
    few = json.loads(run(*RL, "--format", "json").out)["results"]
    every = json.loads(run(*RL, "--all", "--format", "json").out)["results"]
    assert {entry["name"] for entry in few} < {entry["name"] for entry in every}
    more = len(every) - len(few)
    assert f"{more} more differ: --all lists them." in run(*RL).out
    assert "--all" not in run(*RL, "--all").out


def test_more_than_two_stand_in_columns_each_against_the_first(run):
    result = run(
        "compare", "deepseek-v3", "deepseek-v2", "llama-3.1-405b", "--of", "total_cost,mfu"
    )
    assert result.status == 0
    whys = [line.split()[1] for line in result.out.splitlines() if line.startswith("Why ")]
    assert whys == ["total_cost", "mfu"] * 2
    assert len(line_of(result.out, "hidden_size").split()) == 4


def test_on_a_terminal_every_line_fits_and_no_name_of_two_is_broken(run, monkeypatch):
    monkeypatch.setattr(command, "terminal_columns", lambda: 80)
    lines = run(*RL, "--of", "rl_cost").out.splitlines()
    assert max(map(len, lines)) == 80
    named = {word for line in lines for word in line.split()}
    assert {"backward_flop_per_parameter", "training_flops_per_token"} <= named
    three = run("compare", "deepseek-v3", "deepseek-v2", "llama-3.1-405b", "--of", "mfu").out
    assert max(map(len, three.splitlines())) == 80


def test_identical_scenarios_say_so(run):
    lines = run("compare", "deepseek-v3", "deepseek-v3").out.splitlines()
    assert "  No field differs." in lines
    assert "  No result differs." in lines
    assert not any(line.startswith("Why") for line in lines)
    asked = run("compare", "deepseek-v3", "deepseek-v3", "--of", "mfu").out.splitlines()
    assert asked[-1] == "  No differing field moves it."


def test_files_are_called_by_their_names(run, tmp_path):
    for name, price in (("ours", 2), ("theirs", 3)):
        text = f"schema = 1\n[hardware]\npreset = 'h100-80gb-sxm'\nprice_per_gpu_hour = {price}\n"
        (tmp_path / f"{name}.toml").write_text(text)
    result = run("compare", str(tmp_path / "ours.toml"), str(tmp_path / "theirs.toml"))
    assert line_of(result.out, "hardware") == "hardware price_per_gpu_hour $2 $3"
    assert "panel field ours.toml theirs.toml" in re.sub(" +", " ", result.out)


def test_two_numbers_that_differ_are_never_shown_alike(run, tmp_path):
    file = tmp_path / "v3.toml"
    text = (
        "schema = 1\n[architecture]\npreset = 'deepseek-v3'\n[hardware]\npreset = 'deepseek-v3'\n"
    )
    text += "[pretraining]\npreset = 'deepseek-v3'\npretraining_tokens = 14.800001e12\n"
    file.write_text(text)
    out = run("compare", "deepseek-v3", str(file)).out
    assert line_of(out, "pretraining").endswith("14.8T 14.800001T")
    _, one, *_ = line_of(out, "pretraining_cost").split(" ", 1)
    first, second, *_ = re.findall(r"\$[\d.]+", one)
    assert first != second


def test_markdown_is_a_table_for_each_subject(run):
    out = run(*RL, "--of", "rl_cost", "--format", "markdown").out
    assert out.startswith("# Comparison: deepseek-r1-zero-estimate against ")
    assert re.findall(r"^## (\w+)", out, re.MULTILINE) == ["Fields", "Results", "Why", "Sources"]
    assert "| questions\\_per\\_step | 1024 → 32 |" in out
    page = run(*RL, "--of", "rl_cost", "--format", "html").out
    assert "<td>1024 → 32</td>" in page


@holds_at(
    ("words", "said"),
    [
        (["deepseek-v3"], "found one scenario; allowed: two or more"),
        (["deepseek-v3", "deepseek-v33"], "found no preset or file 'deepseek-v33'"),
        (["deepseek-v3", "llama-3-8b", "--of", "total_costs"], "--of: found unknown result"),
        (["deepseek-v3", "llama-3-8b", "--of", "num_gpus"], "--of: found num_gpus, a field"),
        (["deepseek-v3", "llama-3-8b", "--of", "mfu_basis"], "--of: found mfu_basis, a sentence"),
        (["deepseek-v3", "llama-3-8b", "--format", "xml"], "table, json, markdown, html, csv"),
        (["deepseek-v3", "llama-3-8b", "--set", "num_gpus=1"], "found words that do not fit"),
        ([], "found words that do not fit"),
    ],
)
def test_what_does_not_fit_is_refused_in_one_line(refused, words, said):
    assert said in refused("compare", *words)


def test_help_has_examples_that_work(run, tmp_path, monkeypatch):
    result = run("compare", "--help")
    assert result.status == 0
    (tmp_path / "our-run.toml").write_text("schema = 1\n")
    monkeypatch.chdir(tmp_path)
    examples = [
        line for line in command._EPILOG.splitlines() if line.strip().startswith("dsexplore ")
    ]
    assert len(examples) == 2
    for example in examples:
        assert run(*shlex.split(example)[1:]).status == 0


def test_no_screen_is_imported(process):
    code = """
import sys
from dsexplore.cli import main
try:
    main(["compare", "deepseek-v3", "deepseek-v2"])
except SystemExit as ended:
    slow = [name for name in ("textual", "rich", "pandas", "scipy") if name in sys.modules]
    print(ended.code, slow, file=sys.stderr)
"""
    assert process("-c", code).stderr == "0 []\n"
