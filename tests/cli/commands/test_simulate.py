"""`dsexplore simulate`: what it prints, and what it refuses."""

from __future__ import annotations

import json

import pytest

from tests.points import holds_at

R1 = ["simulate", "deepseek-r1-epoch", "--of", "rl_cost,total_cost", "--samples", "4096"]


def test_json_holds_exactly_the_figures_the_samples_and_the_seed(run):
    result = run(*R1, "--format", "json", "--seed", "5")
    assert (result.status, result.err) == (0, "")
    found = json.loads(result.out)
    assert (found.pop("samples"), found.pop("seed")) == (4096, 5)
    assert {*found} == {"quantities"}
    assert {*found["quantities"]} == {"rl_cost", "total_cost"}
    rl = found["quantities"]["rl_cost"]
    assert {*rl} == {"mean", "std", "p5", "p50", "p95"}
    # One phase or two of $0.5 to 1 million each: half of all are below the two ends that meet.
    assert rl["p50"] == pytest.approx(1.007e6, rel=0.01)


def test_a_table_says_what_was_drawn_what_carries_the_spread_and_the_chance(run):
    out = run(*R1, "--budget", "rl_cost=$1.0066 M").out
    assert "questions_per_step: loguniform 512, 1,024" in out
    assert "rl_phases: choice 1, 2" in out
    assert "is carried by rl_phases 7" in out
    assert "rl_cost at most $1.007 M: 50.0 % of the samples." in out


def test_a_distribution_of_the_command_line(run):
    words = ["simulate", "deepseek-v3", "--of", "mfu,total_cost", "--samples", "100"]
    result = run(*words, "--uncertain", "price_per_gpu_hour=uniform:$1:$3", "--format", "csv")
    assert result.out.splitlines()[1].startswith("mfu,fraction,0.39")
    cost = dict(zip(*(line.split(",") for line in result.out.splitlines()[::2]), strict=True))
    assert float(cost["mean"]) == pytest.approx(5.576e6, rel=0.01)


@holds_at(
    ("words", "said"),
    [
        (["--samples", "many"], "--samples: found 'many'; allowed: a whole number"),
        (["--seed", "-1"], "--seed: found '-1'"),
        (["--budget", "mfu"], "--budget: found 'mfu'; allowed: NAME=VALUE"),
        (["--budget", "mfu=much"], "--budget mfu: found 'much'; allowed: an amount"),
        (["--uncertain", "mfu"], "--uncertain: found 'mfu'; allowed: NAME=KIND:NUMBERS"),
        (["--uncertain", "num_gpu=uniform:1:2"], "--uncertain: found unknown field 'num_gpu'"),
        (["--uncertain", "num_gpus=flat:1:2"], "uncertainty.num_gpus: found"),
        (["--uncertain", "num_gpus=uniform:2:1"], "from the lowest to the highest"),
    ],
)
def test_what_is_refused(refused, words, said):
    assert said in refused("simulate", "deepseek-v3", "--of", "mfu", *words)


def test_correlations_of_a_file(run, refused, tmp_path):
    file = tmp_path / "ours.toml"
    text = (
        'schema = 1\n[architecture]\npreset = "llama-3-8b"\n[uncertainty]\n'
        "assumed_mfu = { uniform = [0.3, 0.5] }\nprice_per_gpu_hour = { uniform = [1, 3] }\n"
        "[correlations]\nassumed_mfu = { price_per_gpu_hour = %s }\n"
    )
    words = ["simulate", str(file), "--of", "total_cost", "--format", "json"]
    stds = []
    for number in ("0.9", "-0.9"):
        file.write_text(text % number)
        stds.append(json.loads(run(*words).out)["quantities"]["total_cost"]["std"])
    assert stds[0] < stds[1], "dear and efficient against dear and slow"
    file.write_text(text % "1.5")
    assert "correlations.assumed_mfu.price_per_gpu_hour: found 1.5" in refused(*words)


def test_without_a_result_the_headlines_are_shown_with_medians(run):
    out = run("simulate", "deepseek-v3", "--samples", "256").out
    assert "total_cost" in out and "step_time" in out and "█" not in out
    assert "--of NAME draws how one of them is distributed." in out
