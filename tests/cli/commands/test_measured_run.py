"""Measured hours on the command line: by `--set`, by a preset, in a claim."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

ONLY = "pretraining_gpu_hours,mfu,mfu_basis,mfu_problem"


@pytest.mark.parametrize(
    ("setting", "hours"),
    [
        ("hardware=b200-180gb-sxm", 2664e3 * 989 / 2250),
        ("hardware=v100-32gb-sxm", 2664e3 * 989 / 125),
        ("price_per_gpu_hour=3", 2664e3),
        ("bf16_flops=755 TFLOP/s", 2664e3),
    ],
)
def test_v3_elsewhere_takes_the_hours_that_its_mfu_makes(run, setting, hours):
    out = run("eval", "deepseek-v3", "--set", setting, "--only", ONLY, "--format", "json").out
    found = {name: of["value"] for name, of in json.loads(out)["quantities"].items()}
    assert found["pretraining_gpu_hours"] == pytest.approx(hours)
    is_held = setting.startswith("hardware")
    how = "held from the measured run" if is_held else "measured"
    assert found["mfu_basis"] == f"of BF16 peak, causal, {how}"
    assert found["mfu_problem"] == ""
    if is_held:
        assert found["mfu"] == pytest.approx(0.3908, abs=1e-4)


def test_a_claim_about_another_model_is_checked_at_the_measured_mfu(run, tmp_path: Path):
    """Kimi K2 at V3's MFU costs $4.37 M, not V3's $5.33 M."""
    file = tmp_path / "claims.toml"
    claim = 'id = "k"\nclaim = "Kimi K2 cost $4.6 M."\nstates = "$4.6M"\nunit = "USD"\n'
    recipe = 'scenario = "deepseek-v3"\nset = { architecture = "kimi-k2" }\n'
    file.write_text(f'[[claim]]\n{claim}{recipe}gives = "pretraining_cost"\n')
    out = run("claims", str(file), "--format", "json").out
    assert '"verdict": "reproduced"' in out


def test_an_export_as_toml_opens_with_the_same_hours(run, tmp_path: Path):
    nine = ("--set", "experts_per_token=9")
    file = tmp_path / "nine.toml"
    run("eval", "deepseek-v3", *nine, "--format", "toml", "-o", str(file))
    assert "[measured_run]\nexperts_per_token = 8\n" in file.read_text()
    ways = [("deepseek-v3", *nine), (str(file),)]
    texts = [run("eval", *way, "--only", ONLY, "--format", "csv").out for way in ways]
    assert texts[0] == texts[1]
