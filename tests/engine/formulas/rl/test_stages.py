"""Post-training: stages add up, and what is measured stands over what is counted."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import evaluate
from tests.examples import examples
from tests.strategies import shipped

laws = examples(30)
R1 = shipped("deepseek-r1-epoch")
STAGES = ("cold_start", "first_rl", "rejection", "fine_tuning", "later_rl")


def results(**changes: object) -> dict[str, Any]:
    """What follows from R1 as it was estimated, with some fields changed."""
    return evaluate(R1.with_values(changes).inputs())


@laws
@given(
    st.integers(1, 5),
    st.integers(0, 10**5),
    st.sampled_from(["pretraining", "measured", "predicted"]),
)
def test_the_stages_make_up_post_training(phases: int, last: int, basis: str) -> None:
    found = results(
        rl_phases=phases,
        last_phase_gradient_steps=last,
        rl_utilization=basis,
        measured_rl_gpu_hours=101e3,
        measured_last_phase_gpu_hours=41e3,
    )
    stages = sum(found[f"{stage}_cost"] for stage in STAGES)
    assert stages == pytest.approx(found["post_training_cost"])
    assert found["first_rl_cost"] + found["later_rl_cost"] == pytest.approx(found["rl_cost"])
    apart = found["cold_start_cost"] + found["rejection_cost"] + found["fine_tuning_cost"]
    assert apart == pytest.approx(found["sft_cost"])


def test_two_equal_phases_cost_the_same() -> None:
    found = results()
    assert found["first_rl_cost"] == pytest.approx(found["later_rl_cost"])
    assert results(rl_phases=1)["later_rl_cost"] == 0


def test_measured_hours_stand_over_counted_ones() -> None:
    measured = results(measured_rejection_gpu_hours=5000, measured_sft_gpu_hours=1800)
    assert measured["rejection_cost"] == 10_000
    assert measured["fine_tuning_cost"] == 3600


def test_choosing_one_in_four_generates_four_times_as_many() -> None:
    assert results(rejection_candidates=4)["rejection_generated_samples"] == 2.4e6
    assert results(rejection_candidates=4)["rejection_cost"] == pytest.approx(
        4 * results()["rejection_cost"]
    )


def test_distilled_models_are_in_no_total() -> None:
    without = results(distilled_parameters=0)
    assert without["distillation_cost"] == 0
    assert without["total_cost"] == results()["total_cost"]
    assert results()["distillation_cost"] > 0


def test_distilling_all_six_costs_less_than_a_hundredth_of_the_estimated_rl() -> None:
    assert 0 < results()["distillation_cost"] < 0.01 * results()["rl_cost"]


@pytest.mark.parametrize(("phases", "hours"), [(1, 0), (2, 1), (3, 101)])
def test_later_phases_take_the_usual_hours_and_the_last_its_own(phases: int, hours: int) -> None:
    measured = {"measured_rl_gpu_hours": 100, "measured_last_phase_gpu_hours": 1}
    assert results(rl_phases=phases, **measured)["measured_later_rl_gpu_hours"] == hours


@pytest.mark.parametrize(("phases", "share"), [(1, 0.6), (2, 0.6), (3, 0.6)])
def test_a_cap_raised_after_six_steps_of_ten_is_low_for_six_tenths(
    phases: int, share: float
) -> None:
    run = {"rl_gradient_steps": 10, "last_phase_gradient_steps": 0, "rl_phases": phases}
    caps = {"max_response_length": 8000, "raised_response_length": 16_000, "raised_after_steps": 6}
    found = results(**run, **caps, response_length=4000, inner_updates=1)
    assert found["rl_share_before_raise"] == pytest.approx(share)


def test_measured_hours_of_fine_tuning_go_with_their_samples() -> None:
    """DeepSeek-R1's sampling took 5,000 GPU-hours for 600,000 samples."""
    r1 = shipped("deepseek-r1")
    twice = r1.with_values({"rejection_samples": 1_200_000})
    hours = [
        evaluate(each.inputs(), ["rejection_gpu_hours"])["rejection_gpu_hours"]
        for each in (
            r1,
            twice,
            twice.with_values({"measured_rejection_gpu_hours": 7_000}),
            twice.with_values({"measured_basis": "hours"}),
            twice.with_values({"rejection_samples": 600_000}),
        )
    ]
    assert hours == pytest.approx([5_000, 10_000, 7_000, 5_000, 5_000])
