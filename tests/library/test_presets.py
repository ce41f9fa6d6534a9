"""Fields that stand for presets: an accelerator, a software stack."""

from __future__ import annotations

import pytest

from dsexplore.library.open import load
from dsexplore.library.presets import check_names, with_changes, with_panel
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.refusal import ScenarioError

NAMES = [name for name, spec in FIELDS.items() if spec.kind == "name"]


def test_every_name_says_which_presets_it_stands_for() -> None:
    """A name that stood for none would label figures and never change them."""
    assert NAMES
    assert all(FIELDS[name].picks for name in NAMES)


def test_an_accelerator_named_as_its_preset_brings_its_data_sheet() -> None:
    before = load("deepseek-v3")
    after = with_changes(before, {"gpu": "h200-141gb-sxm"})
    assert after == with_panel(before, "hardware", "h200-141gb-sxm")
    assert after.value("memory_capacity") != before.value("memory_capacity")
    dearer = with_changes(before, {"price_per_gpu_hour": 9, "gpu": "h200-141gb-sxm"})
    assert dearer.value("price_per_gpu_hour") == 9


@pytest.mark.parametrize("meant", ["H100", "h100 sxm", "NVIDIA H100"])
def test_a_name_that_seems_to_mean_a_preset_never_relabels(meant: str) -> None:
    with pytest.raises(ScenarioError, match="h100-80gb-sxm"):
        check_names({"gpu": meant})
    # With a figure of its own it is another accelerator.
    check_names({"gpu": meant, "bf16_flops": "800 TFLOP/s"})
    check_names({"gpu": "our own chip"})
