"""Traffic of groups and copies of round numbers, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario

# Nodes of eight: 100 GB/s within, 10 GB/s between, half of it reached; 1 and 5 microseconds.
SHAPE: dict[str, object] = {
    **{"num_layers": 8, "hidden_size": 1000, "intermediate_size": 4000, "ffn_matrices": 2},
    **{"num_attention_heads": 16, "num_kv_heads": 4, "head_dim": 50, "vocab_size": 1000},
    **{"sequence_length": 1000, "micro_batch_size": 1, "global_batch_size": 64, "num_gpus": 64},
    **{"gpus_per_node": 8, "scale_up_bandwidth": 100e9, "scale_out_bandwidth": 10e9},
    **{"scale_up_latency": 1e-6, "scale_out_latency": 5e-6, "network_efficiency": 0.5},
    **{"gradient_precision": "fp32", "zero_stage": 1, "communication_overlap": 0.25},
}


def results(**changes: object) -> dict[str, Any]:
    return evaluate(Scenario().with_values(SHAPE | changes).inputs())


def test_an_all_reduce_goes_round_twice() -> None:
    """2 x 3 x 2 bytes of a quarter of a million numbers: 3 MB, and six messages."""
    found = results(tensor_parallel=4)
    assert found["elements_per_micro_batch"] == 250_000
    assert found["all_reduce_bytes"] == 3e6
    assert found["all_reduce_time"] == pytest.approx(3e6 / 50e9 + 6e-6)
    assert found["tensor_parallel_bytes"] == 4 * 8 * 4 * 3e6
    assert results(tensor_parallel=4, recompute="full")["tensor_parallel_bytes"] == 4 * 8 * 6 * 3e6
    assert results()["all_reduce_time"] == 0


def test_a_group_larger_than_a_node_goes_between_nodes() -> None:
    at_most, more = results(tensor_parallel=8), results(tensor_parallel=16)
    assert at_most["all_reduce_time"] == pytest.approx(2 * 7 * 2 * 125_000 / 50e9 + 14e-6)
    assert more["all_reduce_time"] == pytest.approx(2 * 15 * 2 * 62_500 / 5e9 + 30 * 5e-6)


def test_keys_and_values_are_gathered_from_the_others_of_a_sequence() -> None:
    """Of 250 tokens on each of four, 2 x 4 x 50 numbers of two bytes, from three others."""
    found = results(context_parallel=4)
    assert found["key_value_gather_bytes"] == 3 * 2 * 250 * 400
    assert found["key_value_gather_time"] == pytest.approx(600_000 / 50e9 + 3e-6)
    assert found["context_parallel_bytes"] == 3 * 4 * 8 * 600_000
    assert results(context_parallel=4, tensor_parallel=2)["key_value_gather_bytes"] == 300_000
    far = results(context_parallel=16)
    assert far["key_value_gather_time"] == pytest.approx(15 * 2 * 62.5 * 400 / 5e9 + 15 * 5e-6)
    latent = {"attention": "mla", "kv_lora_rank": 60, "qk_rope_head_dim": 20}
    assert results(context_parallel=4, **latent)["key_value_gather_bytes"] == 3 * 2 * 250 * 80


def test_a_tensor_parallel_group_of_sequences_is_as_large_as_both() -> None:
    within = results(context_parallel=4, tensor_parallel=2)
    assert within["key_value_gather_time"] == pytest.approx(300_000 / 50e9 + 3e-6)
    between = results(context_parallel=4, tensor_parallel=4)
    assert between["key_value_gather_time"] == pytest.approx(150_000 / 5e9 + 3 * 5e-6)


@pytest.mark.parametrize(
    ("schedule", "crossings"),
    [("1f1b", 1), ("gpipe", 1), ("zb1p", 1), ("dualpipe", 1), ("dualpipev", 2), ("interleaved", 4)],
)
def test_a_micro_batch_leaves_a_stage_once_for_each_piece(schedule: str, crossings: int) -> None:
    pipeline = {"pipeline_parallel": 2, "pipeline_schedule": schedule, "virtual_stages": 4}
    found = results(**pipeline)
    assert found["pipeline_crossings"] == crossings
    # Two megabytes out and two back of each of two micro-batches.
    assert found["pipeline_bytes"] == 2 * 2 * crossings * 2e6
    assert found["pipeline_send_time"] == pytest.approx(crossings * (2e6 / 5e9 + 5e-6))
    assert found["pipeline_time"] == pytest.approx(2 * 2 * crossings * (2e6 / 5e9 + 5e-6))
    assert results(pipeline_schedule=schedule)["pipeline_crossings"] == 0


def test_a_cluster_of_one_node_sends_within_it() -> None:
    found = results(pipeline_parallel=2, num_gpus=8, global_batch_size=8)
    assert found["pipeline_send_time"] == pytest.approx(2e6 / 50e9 + 1e-6)
    assert found["data_parallel_bandwidth"] == 100e9


def test_copies_send_gradients_and_weights_to_all_but_themselves() -> None:
    """Gradients of four bytes and weights of two; without ZeRO gradients twice; by ZeRO 2
    gradients after each of four micro-batches, by ZeRO 3 weights twice for each as well."""
    found = results(tensor_parallel=4)
    held = found["total_parameters"] / 4
    assert found["replicas"] == 16
    assert found["synchronised_bytes"] == 4 + 2
    assert found["data_parallel_bytes"] == pytest.approx(6 * held * 15 / 16)
    # Two copies in a node, each with a link of its own.
    assert found["data_parallel_bandwidth"] == 20e9
    assert found["data_parallel_time"] == pytest.approx(6 * held * 15 / 16 / 10e9)
    assert found["exposed_data_parallel_time"] == pytest.approx(found["data_parallel_time"] * 0.75)
    assert results(tensor_parallel=4, zero_stage=0)["synchronised_bytes"] == 8
    assert results(tensor_parallel=4, zero_stage=2)["synchronised_bytes"] == 4 * 4 + 2
    assert results(tensor_parallel=4, zero_stage=3)["synchronised_bytes"] == 4 * 4 + 2 * 4 * 2


@pytest.mark.parametrize(
    ("stage", "micro_batches", "sent"),
    [(1, 8, 2 + 2), (2, 1, 2 + 2), (2, 8, 8 * 2 + 2), (3, 1, 2 + 4), (3, 8, 8 * 2 + 8 * 4)],
)
def test_a_rank_that_keeps_its_part_scatters_after_each_micro_batch(
    stage: int, micro_batches: int, sent: float
) -> None:
    """Gradients and weights of two bytes: as in memory, so on the network."""
    found = results(
        **{"zero_stage": stage, "gradient_precision": "bf16", "num_gpus": 8},
        global_batch_size=8 * micro_batches,
    )
    assert found["micro_batches"] == micro_batches
    assert found["synchronised_bytes"] == sent


@pytest.mark.parametrize(("batch", "turns"), [(4, 1), (8, 2), (12, 3)])
def test_micro_batches_that_go_round_in_groups_are_scattered_by_group(
    batch: int, turns: int
) -> None:
    """Four stages: a piece runs four micro-batches one after another, then sends once."""
    layout = {"pipeline_parallel": 4, "virtual_stages": 2, "num_gpus": 4, "zero_stage": 2}
    grouped = results(**layout, pipeline_schedule="interleaved", global_batch_size=batch)
    assert grouped["shard_turns"] == turns
    one_by_one = results(**layout, pipeline_schedule="1f1b", global_batch_size=batch)
    assert one_by_one["shard_turns"] == batch


def test_links_between_nodes_add_up_to_no_more_than_those_within() -> None:
    assert results()["data_parallel_bandwidth"] == 80e9
    assert results(scale_out_bandwidth=50e9)["data_parallel_bandwidth"] == 100e9
    assert results(tensor_parallel=16)["data_parallel_bandwidth"] == 10e9
    assert results(num_gpus=16, tensor_parallel=8)["data_parallel_bandwidth"] == 10e9


def test_experts_have_copies_of_their_own() -> None:
    """Four of eight experts on each of two: 32 copies, four in a node, of half of the weights."""
    found = results(
        **{"num_routed_experts": 8, "experts_per_token": 2, "moe_intermediate_size": 500},
        expert_parallel=2,
    )
    held = 8 * 8 * 2 * 500 * 1000 / 2
    assert found["replicated_expert_parameters"] == held
    assert found["expert_data_parallel"] == 32
    assert found["expert_data_parallel_bandwidth"] == 40e9
    dense = found["non_expert_parameters"] * 63 / 64
    assert found["data_parallel_bytes"] == pytest.approx(6 * (dense + held * 31 / 32))
    time = (6 * dense / 80e9 + 6 * held * 31 / 32 / 40e9) / 0.5
    assert found["data_parallel_time"] == pytest.approx(time)


def test_a_token_is_sent_to_experts_twice_in_each_layer_and_step() -> None:
    """Forward and back: of 8 micro-batches in 8 layers with experts, each on one stage."""
    experts = {"num_routed_experts": 8, "experts_per_token": 2, "moe_intermediate_size": 500}
    found = results(**experts, num_gpus=8, expert_parallel=8)
    assert found["expert_exchanges"] == 2 * 8 * 8
    # Two of eight accelerators, one of them another seven times in eight; two bytes a number.
    assert found["dispatch_bytes"] == pytest.approx(128 * 1e6 * 2 * 2 * 7 / 8)
    assert found["exchange_time"] == pytest.approx(128 * (7e6 / 100e9 + 2 * 1e-6) / 0.5)


def test_what_leaves_the_node_counts_where_experts_lie_on_two() -> None:
    """A token for all of sixteen on two nodes crosses once, and on one node goes to seven."""
    experts = {"experts_per_token": 16, "num_routed_experts": 16, "moe_intermediate_size": 500}
    two = results(**experts, num_gpus=16, expert_parallel=16)
    assert two["sent_copies"] == two["scale_out_copies"] == 1
    assert two["dispatch_bytes"] == two["expert_exchanges"] * 1e6 * 2
    one = results(**experts, num_gpus=16, expert_parallel=8)
    assert one["sent_copies"] == one["scale_up_copies"] == 7


def test_dualpipe_keeps_two_stages_equal() -> None:
    pipeline = {"pipeline_parallel": 4, "pipeline_schedule": "1f1b"}
    plain, both = results(**pipeline), results(**pipeline | {"pipeline_schedule": "dualpipe"})
    assert plain["replicated_parameters"] == plain["total_parameters"] / 4
    assert both["replicated_parameters"] == plain["total_parameters"] / 2
