"""Memory: what was published, and what holds of every layout."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from dsexplore.engine import evaluate, warnings_in
from dsexplore.library.names import preset_names
from dsexplore.scenario.scenario import FIELDS, Scenario
from tests.examples import examples
from tests.points import holds_at
from tests.strategies import changed, scenarios, shipped

GIB = 2**30
laws = examples(40)
anything_known = scenarios(unknown=False)
STATE = ("weight_memory", "gradient_memory", "optimizer_memory")
SAVINGS = ("recompute_norms", "recompute_up_projections", "recompute_ffn_activation")
PARTS = (*STATE, "gathered_memory", "activation_memory", "logits_memory")

# Korthikanti et al. 2022: layers, hidden size, heads, stages, virtual stages, sequences of a
# micro-batch and of the batch; GiB of activations with both savings and with neither.
GPT = {
    "22b": (48, 6144, 64, 1, 1, 4, 4, 9.56, 59.25),
    "175b": (96, 12288, 96, 8, 3, 1, 64, 12.35, 66.84),
    "530b": (105, 20480, 128, 35, 3, 1, 280, 23.08, 114.02),
    "1t": (128, 25600, 160, 64, 1, 1, 512, 26.56, 131.25),
}
KIMI_K2 = {
    **{"num_layers": 61, "hidden_size": 7168, "vocab_size": 163840, "attention": "mla"},
    **{"num_attention_heads": 64, "q_lora_rank": 1536, "kv_lora_rank": 512},
    **{"intermediate_size": 18432, "moe_intermediate_size": 2048, "num_routed_experts": 384},
    **{"experts_per_token": 8, "num_shared_experts": 1, "num_dense_layers": 1},
    **{"pipeline_parallel": 16, "expert_parallel": 16, "zero_stage": 1},
}


def results(scenario: Scenario, **changes: object) -> dict[str, Any]:
    return evaluate(scenario.with_values(dict(changes)).inputs())


def gpt(name: str, **changes: object) -> dict[str, Any]:
    layers, hidden, heads, stages, virtual, micro_batch, batch, _, _ = GPT[name]
    shape = {
        **{"num_layers": layers, "hidden_size": hidden, "num_attention_heads": heads},
        **{"intermediate_size": 4 * hidden, "ffn_matrices": 2, "vocab_size": 51200},
        **{"tie_embeddings": True, "sequence_length": 2048, "global_batch_size": batch},
        **{"num_gpus": 8 * stages, "tensor_parallel": 8, "pipeline_parallel": stages},
        **{"pipeline_schedule": "interleaved" if virtual > 1 else "1f1b"},
        **{"virtual_stages": virtual, "micro_batch_size": micro_batch},
        **{"attention_kernel": "plain", "dropout": "yes"},
    }
    shape |= {"num_kv_heads": heads, "head_dim": hidden // heads}
    return results(Scenario(), **{**shape, **changes})


# What was published


@pytest.mark.parametrize("name", GPT)
def test_activations_of_the_published_gpts(name: str) -> None:
    both = gpt(name, sequence_parallel=True, recompute="selective")
    assert both["activation_memory"] / GIB == pytest.approx(GPT[name][-2], abs=0.005)
    assert both["layout_problem"] == ""
    neither = gpt(name, recompute="none")
    assert neither["activation_memory"] / GIB == pytest.approx(GPT[name][-1], abs=0.006)


def test_state_of_llama_3_70b_on_its_first_stage() -> None:
    found = results(shipped("llama-3-70b"), tensor_parallel=8, pipeline_parallel=4, num_gpus=64)
    assert found["fullest_stage"] == "first"
    published = (4.23, 8.46, 12.69)
    assert [found[name] / GIB for name in STATE] == pytest.approx(published, abs=0.006)


def test_v3_fits_as_it_was_trained() -> None:
    found = results(shipped("deepseek-v3"))
    assert found["memory_verdict"] == "fits: 72.9 of 85.5 GB"
    # Two stages of four layers, each with 4 of 256 experts and all that every token reaches.
    experts, rest = 8 * 4 * 44_040_192, 8 * 232_997_120
    assert found["weight_memory"] == pytest.approx(2 * (experts + rest), rel=1e-3)
    assert found["gradient_memory"] == pytest.approx(4 * (experts + rest), rel=1e-3)
    assert found["optimizer_memory"] == pytest.approx(8 * (experts / 2 + rest / 128), rel=1e-3)


@pytest.mark.parametrize("saving", SAVINGS)
def test_v3_needs_more_without_each_of_its_savings(saving: str) -> None:
    as_trained = results(shipped("deepseek-v3"))["activation_memory"]
    assert (
        results(shipped("deepseek-v3"), **{saving: False})["activation_memory"] > as_trained * 1.05
    )


def test_v3_does_not_fit_without_its_savings() -> None:
    v3 = shipped("deepseek-v3")
    assert results(v3, **dict.fromkeys(SAVINGS, False))["memory_per_gpu"] > 100e9
    assert results(v3, activation_precision="bf16")["memory_headroom"] < 0


def test_state_of_kimi_k2_on_the_256_accelerators_of_a_copy() -> None:
    """Published: about 6 TB of weights and gradients, about 30 GB an accelerator for all states.

    Assumed: three layers on the first stage, which holds the embedding; a cluster so large that the
    optimiser's share is small, as the report says of its own.
    """
    found = results(
        Scenario(), **KIMI_K2, num_gpus=8192, layers_per_stage="3, 4*14, 2", optimizer_bytes=8
    )
    assert found["total_parameters"] * 6 == pytest.approx(6e12, rel=0.05)
    assert sum(found[name] for name in STATE) == pytest.approx(30e9, rel=0.03)


@pytest.mark.parametrize("name", ["deepseek-v2", "deepseek-v3", "llama-3.1-405b"])
def test_the_layouts_that_were_published_fit(name: str) -> None:
    assert results(shipped(name))["memory_verdict"].startswith("fits: ")


# What holds of all


@holds_at("name", preset_names("scenarios"))
def test_the_parts_add_up_to_what_the_fullest_accelerator_needs(name: str) -> None:
    found = results(shipped(name))
    if np.isnan(found["memory_per_gpu"]):
        assert found["memory_verdict"] == ""
        return
    of_stage = found[f"{found['fullest_stage']}_gpu_memory"]
    assert sum(found[part] for part in PARTS) == pytest.approx(of_stage, rel=1e-12)
    reserve = shipped(name).parallelism.memory_reserve
    assert found["memory_per_gpu"] == pytest.approx(of_stage + reserve, rel=1e-12)


@laws
@given(anything_known)
def test_no_other_accelerator_needs_more_than_the_fullest(scenario: Scenario) -> None:
    found = results(scenario)
    assume(found["fullest_stage"] != "")
    needs = [found[f"{where}_gpu_memory"] for where in ("first", "middle", "last")]
    assert found[f"{found['fullest_stage']}_gpu_memory"] == max(needs)


@laws
@given(anything_known)
def test_more_of_zero_never_needs_more_state(scenario: Scenario) -> None:
    """Whole layers in use come on top, and in a model of one layer outweigh what is saved."""
    found = [results(scenario, zero_stage=stage) for stage in range(4)]
    for less, more in zip(found[1:], found, strict=False):
        for part in ("state_bytes", "expert_state_bytes"):
            assert not less[part] > more[part] * (1 + 1e-12)
        assert not less["gathered_memory"] < more["gathered_memory"]
    assert not found[1]["memory_per_gpu"] > found[0]["memory_per_gpu"] * (1 + 1e-12)


@laws
@given(
    anything_known,
    st.sampled_from(["tensor_parallel", "context_parallel", "pipeline_parallel"]),
    st.integers(2, 8),
)
def test_dividing_a_model_over_more_accelerators_never_needs_more(
    scenario: Scenario, degree: str, times: int
) -> None:
    """As many copies of the model and as many sequences for each as before."""
    schedule = {"pipeline_schedule": "1f1b", "zero_stage": 0, "layers_per_stage": "balanced"}
    scenario = changed(scenario, {**schedule, "recompute": "none"})
    if degree == "pipeline_parallel":
        # A stage's share of the layers must be whole, and its micro-batches be there to fill it.
        scenario = changed(scenario, {"mtp_layers": 0, "num_layers": 64, "num_dense_layers": 0})
        scenario = changed(scenario, {"pipeline_parallel": 1, "num_routed_experts": 0})
        times = 2 ** (times % 4)
    before, gpus = scenario.value(degree), scenario.value("num_gpus")
    assert isinstance(before, int)
    assert isinstance(gpus, int)
    whole, divided = (
        results(scenario),
        results(changed(scenario, {degree: before * times, "num_gpus": gpus * times})),
    )
    assume(whole["data_parallel"] == divided["data_parallel"])
    for part in ("first_gpu_parameters", "head_logits"):
        assert not divided[part] > whole[part] * (1 + 1e-9), part
    if degree != "pipeline_parallel":
        assert not divided["memory_per_gpu"] > whole["memory_per_gpu"] * (1 + 1e-9)


def test_tensor_and_sequence_parallelism_halve_state_and_activations() -> None:
    one, two = (
        results(
            shipped("llama-3-70b"),
            **{"sequence_parallel": True, "pipeline_parallel": 4, "zero_stage": 0},
            **{"tensor_parallel": degree, "num_gpus": 64 * degree},
        )
        for degree in (2, 4)
    )
    for part in PARTS:
        assert two[part] == one[part] / 2, part


@laws
@given(anything_known)
def test_recomputing_more_never_needs_more(scenario: Scenario) -> None:
    none, selective, full = (
        results(scenario, recompute=how)["memory_per_gpu"] for how in ("none", "selective", "full")
    )
    # One layer that is computed again is held whole all the same, and its input besides.
    found = results(scenario)
    assume(found["layers_of_full_stage"] > 1 and found["micro_batches"] >= 1)
    assert not selective > none * (1 + 1e-12)
    assert not full > selective * (1 + 1e-12)


@laws
@given(
    anything_known,
    st.sampled_from(
        [
            *("recompute_norms", "recompute_up_projections", "recompute_ffn_activation"),
            *("sequence_parallel",),
        ]
    ),
)
def test_a_saving_never_costs(scenario: Scenario, saving: str) -> None:
    without = results(scenario, **{saving: False})["memory_per_gpu"]
    assert not results(scenario, **{saving: True})["memory_per_gpu"] > without * (1 + 1e-12)


def test_experts_are_sharded_over_copies_of_their_own() -> None:
    """Twice the accelerators halve the optimiser of the experts, and leave weights as they are."""
    one, two = (results(shipped("deepseek-v3"), num_gpus=gpus) for gpus in (2048, 4096))
    assert (one["expert_data_parallel"], two["expert_data_parallel"]) == (2, 4)
    assert two["optimizer_memory"] == one["optimizer_memory"] / 2
    assert two["weight_memory"] == one["weight_memory"]


def test_an_unbalanced_expert_receives_more() -> None:
    even = results(shipped("deepseek-v3"))
    busy = results(shipped("deepseek-v3"), expert_imbalance=1.5)
    assert busy["expert_activation_bytes"] > 1.4 * even["expert_activation_bytes"]
    assert busy["memory_verdict"].startswith("does not fit: needs ")


def test_dualpipe_holds_two_stages_and_its_v_form_one() -> None:
    plain, both, folded = (
        results(shipped("deepseek-v3"), pipeline_schedule=schedule)
        for schedule in ("1f1b", "dualpipe", "dualpipev")
    )
    assert both["middle_gpu_parameters"] == 2 * plain["middle_gpu_parameters"]
    assert folded["middle_gpu_parameters"] == plain["middle_gpu_parameters"]
    flights = (plain["stages_in_flight"], both["stages_in_flight"], folded["stages_in_flight"])
    assert flights == (16, 17, 16.5)


def test_dropout_and_scores_of_plain_gpts_may_be_switched_off() -> None:
    kept = gpt("22b")
    none = gpt("22b", dropout="no", attention_kernel="flash")
    assert none["activation_memory"] < 0.6 * kept["activation_memory"]
    assert (
        none["activation_memory"]
        == gpt("22b", dropout="no", recompute="selective")["activation_memory"]
    )


# Words


def test_the_verdict_has_the_numbers() -> None:
    found = results(shipped("deepseek-v3"), memory_capacity=64e9)
    assert found["memory_verdict"] == "does not fit: needs 72.9 of 64 GB"
    assert warnings_in(found) == [
        "Memory: the layout does not fit: needs 72.9 of 64 GB on the fullest accelerator."
    ]


def test_the_verdict_is_empty_where_nothing_is_known() -> None:
    assert results(shipped("deepseek-v3"), memory_capacity="unknown")["memory_verdict"] == ""
    assert results(shipped("deepseek-v3"), hidden_size="unknown")["memory_verdict"] == ""
    assert results(shipped("deepseek-v3"), num_gpus=1000)["memory_verdict"] == ""


def test_a_layout_that_nobody_chose_is_not_warned_of() -> None:
    found = results(shipped("llama-3-70b"))
    assert found["memory_verdict"].startswith("does not fit")
    everything = shipped("llama-3-70b").inputs() | found
    assert warnings_in(everything, ["total_cost", "total_days"]) == []
    (said,) = warnings_in(everything, ["step_time"])
    assert said.startswith("Memory: no layout is stated")


def test_arrays_of_layouts_give_what_each_gives_alone() -> None:
    inputs = shipped("deepseek-v3").inputs()
    stages = np.array([1.0, 2.0, 8.0, 16.0, 61.0])
    gpus = 128 * stages
    together = evaluate({**inputs, "pipeline_parallel": stages, "num_gpus": gpus})
    for row, (p, n) in enumerate(zip(stages, gpus, strict=True)):
        alone = evaluate({**inputs, "pipeline_parallel": float(p), "num_gpus": float(n)})
        for name in (*PARTS, "memory_per_gpu", "fullest_stage", "memory_verdict"):
            assert together[name][row] == alone[name], name


def test_every_choice_of_the_panel_is_understood() -> None:
    choices = [spec for spec in FIELDS.values() if spec.table == "parallelism" and spec.choices]
    for spec in choices:
        for choice in spec.choices:
            found = results(shipped("deepseek-v3"), **{spec.name: choice})
            assert found["memory_per_gpu"] > 0, f"{spec.name} = {choice}"


@pytest.mark.parametrize("schedule", ["dualpipe", "dualpipev"])
def test_no_accelerator_is_the_last_stages_alone_where_the_ends_meet(schedule: str) -> None:
    found = evaluate(shipped("deepseek-v3").with_values({"pipeline_schedule": schedule}).inputs())
    assert found["has_last_stage"] == 0
    assert found["last_gpu_memory"] == 0
