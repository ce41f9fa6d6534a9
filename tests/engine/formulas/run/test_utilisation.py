"""What an MFU is of: the peak, the counting, and how it is known."""

from __future__ import annotations

from dsexplore.engine import evaluate
from tests.points import holds_at
from tests.strategies import shipped

PEAKS = {
    "bf16": "BF16 peak",
    "fp8": "FP8 peak",
    "fp8_less_communication": "FP8 peak less communication",
}
COUNTINGS = {"six_nd": "6ND", "causal": "causal", "full": "full attention"}


@holds_at("utilization", ["assumed", "measured", "predicted"])
@holds_at("counting", COUNTINGS)
@holds_at("peak", PEAKS)
def test_an_mfu_names_its_peak_its_counting_and_how_it_is_known(
    peak: str, counting: str, utilization: str
) -> None:
    changes = {"mfu_peak": peak, "flop_accounting": counting, "utilization": utilization}
    scenario = shipped("deepseek-v3").with_values(changes)
    words = evaluate(scenario.inputs(), ["mfu_basis"])["mfu_basis"]
    assert words == f"of {PEAKS[peak]}, {COUNTINGS[counting]}, {utilization}"
