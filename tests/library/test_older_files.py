"""Files of version 0.1.0 open with the same meaning; the three kept here are as it wrote them.

What is stated is read as it was, and what follows from it by arithmetic alone is the same; what is
predicted moves when the laws are fitted again, but is still there.
"""

from __future__ import annotations

import math
import tomllib
from pathlib import Path

import pytest

from dsexplore.engine import QUANTITIES, evaluate
from dsexplore.library.open import load
from dsexplore.library.presets import build
from dsexplore.library.renamed import renamed, renamed_values
from dsexplore.scenario.panels.parallelism import Parallelism
from dsexplore.scenario.scenario import PANELS

FILES = sorted((Path(__file__).parent / "older_files").glob("*.toml"))
# What 0.1.0 stated and is said otherwise today, or assumed where nobody knew it.
SAID_OTHERWISE = {
    *("preset", "first_stage_layers", "exposed_operand_share", "step_overhead"),
    *("scale_up_latency", "scale_out_latency"),
}
ARITHMETIC = {"model", "run", "totals"}
# The results of subject `run` that the laws of kernels and links predict.
BY_LAWS = {"predicted_mfu", "predicted_mfu_full", "predicted_hfu", "predicted_hfu_full"}
STILL_PREDICTED = ("step_time", "memory_per_gpu", "predicted_mfu", "time_per_output_token")


def _same(older: object, today: object) -> bool:
    if isinstance(older, int | float) and isinstance(today, int | float):
        return math.isclose(older, today, rel_tol=1e-9)
    unknown = today is None or today != today  # noqa: PLR0124 - nan is unknown
    return older == today or (older == "unknown" and unknown)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_of_the_first_version_opens_with_the_same_meaning(file: Path) -> None:
    older = tomllib.loads(file.read_text(encoding="utf-8"))
    scenario = load(str(file))
    stated = {key: value for table in PANELS for key, value in older[table].items()}
    assert len(stated) > 150
    for name in stated.keys() - SAID_OTHERWISE:
        assert _same(stated[name], scenario.value(name)), name
    results = {name: said["value"] for name, said in older["quantities"].items()}
    kept = [name for name in results if name in QUANTITIES]
    today = evaluate(scenario.inputs(), kept)
    compared = [
        name for name in kept if QUANTITIES[name].subject in ARITHMETIC and name not in BY_LAWS
    ]
    assert len(compared) > 70
    for name in compared:
        assert _same(results[name], today[name]), name
    for name in STILL_PREDICTED:
        known = isinstance(results.get(name), int | float)
        assert not known or today[name] > 0, f"{name} was known, and is not any more"


def test_a_latency_unknown_to_a_file_of_today_is_unknown() -> None:
    found = build(renamed({"schema": 1, "hardware": {"scale_up_latency": "unknown"}}))
    assert found.hardware.scale_up_latency is None


def test_a_cost_per_step_gives_way_to_the_usual_one_per_layer() -> None:
    default = Parallelism().layer_overhead
    assert renamed_values({"step_overhead": 0.1}) == {"layer_overhead": default}
    assert renamed_values({"step_overhead": 0.1, "layer_overhead": 2e-3})["layer_overhead"] == 2e-3


def test_a_field_that_nothing_reads_any_more_is_passed_over() -> None:
    older = {
        "schema": 1,
        "parallelism": {"exposed_operand_share": 0.3, "tensor_parallel": 2},
        "notes": {"exposed_operand_share": "Assumed."},
        "sources": {"a page": ["exposed_operand_share", "tensor_parallel"]},
    }
    found = build(renamed(older))
    assert found.parallelism.tensor_parallel == 2
    assert "exposed_operand_share" not in found.notes
