"""What is sent in a step, against what was published and what must hold of any layout."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import evaluate
from dsexplore.engine.counting import distinct_groups, touching_share
from dsexplore.library.open import load
from tests.examples import examples
from tests.points import holds_at
from tests.strategies import shipped

V3 = shipped("deepseek-v3").with_values({"utilization": "predicted"})
LLAMA = shipped("llama-3.1-405b")


def results(scenario=V3, **changes: object) -> dict:
    return evaluate(scenario.with_values(changes).inputs())


def test_a_token_of_v3_reaches_as_many_nodes_as_counting_says() -> None:
    assert results()["expected_nodes_per_token"] == pytest.approx(3.63, abs=0.005)
    assert results(node_limit=0)["expected_nodes_per_token"] == pytest.approx(5.29, abs=0.005)


@pytest.mark.parametrize(("nodes", "experts", "chosen"), [(4, 32, 8), (8, 32, 8), (3, 2, 5)])
def test_distinct_groups_are_what_drawing_experts_gives(nodes, experts, chosen) -> None:
    draw = np.random.default_rng(1)
    picked = [
        len(set(draw.choice(nodes * experts, chosen, replace=False) // experts))
        for _ in range(4000)
    ]
    found = distinct_groups(float(nodes), float(experts), float(chosen))
    assert found == pytest.approx(np.mean(picked), rel=0.02)


def counted_share(members: int, everyone: int, chosen: int) -> Fraction:
    """The share of choices that touch a group, one choice after another, in whole numbers."""
    missed = Fraction(1)
    for already in range(min(members, chosen)):
        missed *= Fraction(everyone - max(members, chosen) - already, everyone - already)
    return 1 - max(missed, Fraction(0))


@given(st.data())
def test_a_group_is_touched_by_as_many_choices_as_counting_says(data) -> None:
    """To 1e-14 whatever the sizes: a difference of large logarithms would be far from it."""
    everyone = data.draw(st.integers(1, 100) | st.integers(1, 10**15))
    chosen = data.draw(st.integers(1, min(everyone, 300)))
    members = data.draw(st.integers(1, everyone) | st.just(everyone - chosen + 1))
    exact = counted_share(members, everyone, chosen)
    one = touching_share(float(members), float(everyone), float(chosen))
    assert abs(Fraction(one) - exact) <= exact * Fraction(1e-14)
    many = touching_share(*(np.array([float(n)]) for n in (members, everyone, chosen)))
    assert abs(Fraction(many[0]) - exact) <= exact * Fraction(1e-14)


@given(
    st.integers(1, 64) | st.floats(1, 1e6),
    st.integers(1, 64) | st.floats(1e-6, 1e6),
    st.integers(0, 64),
)
def test_no_more_groups_than_there_are_nor_than_are_chosen(groups, members, chosen) -> None:
    chosen = min(chosen, int(groups * members))
    found = distinct_groups(float(groups), float(members), float(chosen))
    assert min(chosen, 1) * (1 - 1e-14) <= found <= min(groups, chosen)


def test_experts_on_more_gpus_than_there_are_experts_lie_on_as_many_as_are_chosen() -> None:
    """Each on one of its own: 8 experts of 256 are never on more than 8 GPUs."""
    spread = results(expert_parallel=10**6, node_limit=0)
    assert spread["expected_gpus_per_token"] == pytest.approx(8, rel=1e-14)
    assert spread["expected_gpus_per_token"] <= 8


def test_everything_is_reached_when_everything_is_chosen() -> None:
    assert distinct_groups(4.0, 8.0, 32.0) == 4
    assert distinct_groups(1.0, 64.0, 8.0) == 1
    assert distinct_groups(1.0, 1.000001, 0.0) == 0
    assert math.isnan(distinct_groups(4.0, 8.0, math.nan))


@pytest.mark.parametrize("way", ["dispatch", "combine"])
def test_fp8_travels_with_a_scale_of_four_bytes_for_128_numbers(way: str) -> None:
    """132 bytes where BF16 takes 256."""
    fp8, bf16 = (results(**{f"{way}_precision": each}) for each in ("fp8", "bf16"))
    assert fp8[f"{way}_element_bytes"] == 132 / 128
    assert fp8[f"{way}_bytes"] / bf16[f"{way}_bytes"] == pytest.approx(132 / 256)
    other = {"dispatch": "combine", "combine": "dispatch"}[way]
    assert fp8[f"{other}_bytes"] == bf16[f"{other}_bytes"]


def test_combine_in_bf16_sends_nearly_twice_what_dispatch_in_fp8_does() -> None:
    found = results()
    assert found["combine_bytes"] / found["dispatch_bytes"] == pytest.approx(2 / (1 + 4 / 128))
    same = results(dispatch_precision="bf16")
    assert same["combine_bytes"] == same["dispatch_bytes"]


def test_experts_within_a_node_leave_the_scale_out_network_alone() -> None:
    found = results(expert_parallel=8)
    assert found["scale_out_copies"] == 0
    assert found["expert_exchange_time"] < results()["expert_exchange_time"]


def test_a_scale_up_domain_of_72_takes_the_exchange_in() -> None:
    wide = results(gpus_per_node=64, scale_up_bandwidth=900e9, expert_exchange="hybrid_ep")
    assert wide["expert_exchange_time"] < results()["expert_exchange_time"] / 3


def test_a_dense_model_on_one_accelerator_sends_nothing() -> None:
    alone = shipped("llama-3-70b").with_values({"num_gpus": 1, "global_batch_size": 4})
    found = evaluate(alone.inputs())
    for name in ("dispatch", "combine", "tensor_parallel", "context_parallel", "pipeline"):
        assert found[f"{name}_bytes"] == 0, name
        assert found[f"{name}_time"] == 0, name
    assert found["data_parallel_bytes"] == 0
    assert found["exposed_communication_time"] == 0


def test_a_network_that_nobody_knows_is_only_missed_where_it_is_used() -> None:
    alone = {"num_gpus": 1, "global_batch_size": 4, "scale_out_bandwidth": "unknown"}
    assert evaluate(shipped("llama-3-70b").with_values(alone).inputs())["step_time"] > 0
    assert math.isnan(results(scale_out_bandwidth="unknown")["step_time"])


def test_a_group_larger_than_its_node_is_held_up_between_nodes() -> None:
    within = results(LLAMA)
    across = results(LLAMA, gpus_per_node=4)
    assert across["tensor_parallel_bytes"] == within["tensor_parallel_bytes"]
    # Four accelerators of a node take their shards across, each over its own port.
    assert 2 * within["tensor_parallel_time"] > across["tensor_parallel_time"]
    assert across["tensor_parallel_time"] > within["tensor_parallel_time"]


def test_full_recomputation_repeats_the_forward_sums() -> None:
    once, again = results(LLAMA), results(LLAMA, recompute="full")
    ratio = again["tensor_parallel_bytes"] / once["tensor_parallel_bytes"]
    assert ratio == pytest.approx(1.5)


def test_gradients_without_zero_travel_twice() -> None:
    plain = results(LLAMA, zero_stage=0)["data_parallel_bytes"]
    sharded = results(LLAMA, zero_stage=1)["data_parallel_bytes"]
    assert plain / sharded == pytest.approx(8 / 6)


def test_context_parallelism_sends_keys_and_values_once_a_layer_and_pass() -> None:
    """Llama 3.1 405B at 128 K: 8 KV heads of 128 over 8 GPUs, 8,192 tokens each, 15 of 16 sent."""
    long = {"context_parallel": 16, "sequence_length": 131072, "global_batch_size": 128}
    found = results(LLAMA, **long)
    assert found["key_value_gather_bytes"] == 15 * 8192 * 2 * 128 * 2


FASTER = ("scale_up_bandwidth", "scale_out_bandwidth", "memory_bandwidth", "bf16_flops")


@examples(40)
@given(
    st.sampled_from(["deepseek-v3", "llama-3.1-405b", "deepseek-v2", "dense-70b-64k"]),
    st.sampled_from([*FASTER, "fp8_flops", "kernel_factor", "network_efficiency"]),
    st.floats(1.01, 2),
)
def test_a_faster_part_never_makes_a_slower_step(name: str, field: str, factor: float) -> None:
    inputs = shipped(name).inputs()
    faster = {**inputs, field: inputs[field] * factor}
    before, after = (evaluate(i, ["step_time"])["step_time"] for i in (inputs, faster))
    assert after <= before * (1 + 1e-12)


_SHEET = load("h100-80gb-sxm").panel("hardware").values()
H100 = {name: value for name, value in _SHEET.items() if value is not None}

# Tokens, precision on the wire, ranks, microseconds: DeepEP's normal kernels with 20 SMs on H100, a
# hidden state of 7,168 and eight of 256 experts.
EXCHANGES = (
    (128, "fp8", 8, 50.0),
    (512, "fp8", 8, 98.0),
    (4096, "fp8", 8, 492.0),
    (4096, "bf16", 8, 975.0),
    (16384, "bf16", 8, 3540.0),
    (4096, "fp8", 16, 843.0),
    (4096, "fp8", 32, 1801.0),
    (4096, "bf16", 32, 3528.0),
    (8192, "bf16", 32, 6912.0),
)


@holds_at(("tokens", "precision", "ranks", "measured"), EXCHANGES)
def test_dispatch_takes_what_was_measured(tokens, precision, ranks, measured) -> None:
    """Half of dispatch and combine in one precision: within 25 %, of four nodes within 12 %."""
    found = results(
        **H100
        | {"expert_parallel": ranks, "node_limit": 0, "num_gpus": 2048, "communication_sms": 20}
        | {"sequence_length": tokens, "micro_batch_size": 1, "expert_exchange": "deepep"}
        | {"dispatch_precision": precision, "combine_precision": precision}
    )
    one = 1e6 * found["token_exchange_time"] / 2
    assert one == pytest.approx(measured, rel=0.12 if ranks == 32 else 0.25)


FOLDED = {
    **{"num_layers": 56, "hidden_size": 6144, "num_attention_heads": 48, "num_kv_heads": 8},
    **{"head_dim": 128, "attention": "gqa", "num_routed_experts": 64, "experts_per_token": 8},
    **{"moe_intermediate_size": 2048, "num_dense_layers": 0, "num_shared_experts": 0},
    **{"mtp_layers": 0, "vocab_size": 32000, "num_gpus": 128, "global_batch_size": 256},
    **{"sequence_length": 4096, "micro_batch_size": 1, "sequence_parallel": True, "node_limit": 0},
    **{"pipeline_schedule": "interleaved", "precision": "bf16", "expert_exchange": "all_to_all"},
    **{"recompute_norms": False, "communication_sms": 0, "expert_parallel": 8},
}


def test_experts_folded_over_tensor_parallel_ranks_stay_in_a_node() -> None:
    """Of fine-grained experts on 128 GPUs, MFU 0.288 folded, 0.087 with experts cut across nodes,
    0.022 with weights gathered for each micro-batch (arXiv:2504.14960, table 3)."""
    folded = {"tensor_parallel": 4, "pipeline_parallel": 8, "virtual_stages": 7}
    cut = {"tensor_parallel": 8, "pipeline_parallel": 1, "expert_tensor_parallel": 8}
    sharded = {"tensor_parallel": 8, "pipeline_parallel": 1, "expert_parallel": 1, "zero_stage": 3}
    times = [
        results(**H100 | FOLDED | layout)["step_time"]
        for layout in (folded, cut, sharded | {"expert_tensor_parallel": 8})
    ]
    assert times == sorted(times)
    assert times[1] / times[0] == pytest.approx(0.288 / 0.087, rel=0.25)
    assert times[2] / times[0] == pytest.approx(0.288 / 0.022, rel=0.25)
