"""Compute that two kinds of traffic travel beside hides both only while it lasts."""

from __future__ import annotations

import numpy as np
import pytest

from dsexplore.engine import evaluate
from tests.strategies import shipped


@pytest.mark.parametrize("recompute", ["none", "full"])
def test_faster_products_never_lengthen_a_step_that_waits_for_two_networks(recompute: str) -> None:
    scenario = shipped("llama-3-70b").with_values(
        {
            **{"num_gpus": 64, "global_batch_size": 64, "micro_batch_size": 1, "zero_stage": 3},
            **{"tensor_parallel": 8, "pipeline_parallel": 1, "context_parallel": 1},
            **{"tensor_parallel_overlap": 0.9, "communication_overlap": 1.0},
            **{"scale_up_bandwidth": 2e9, "scale_out_bandwidth": 2e8, "recompute": recompute},
            **{"layers_per_stage": "balanced"},
        }
    )
    faster = {**scenario.inputs(), "gemm_efficiency": np.linspace(0.1, 1.0, 10)}
    assert (np.diff(evaluate(faster, ("step_time",))["step_time"]) <= 0).all()
