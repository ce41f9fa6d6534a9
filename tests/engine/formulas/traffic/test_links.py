"""Traffic of groups and copies of round numbers, by hand."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.scenario import Scenario

# Nodes of eight: 100 GB/s within, 10 GB/s between, half of it reached; 1 and 5 microseconds a step,
# no calls and ramps, no loss of a small group.
SHAPE: dict[str, object] = {
    **{"num_layers": 8, "hidden_size": 1000, "intermediate_size": 4000, "ffn_matrices": 2},
    **{"num_attention_heads": 16, "num_kv_heads": 4, "head_dim": 50, "vocab_size": 1000},
    **{"sequence_length": 1000, "micro_batch_size": 1, "global_batch_size": 64, "num_gpus": 64},
    **{"gpus_per_node": 8, "scale_up_bandwidth": 100e9, "scale_out_bandwidth": 10e9},
    **{"scale_up_latency": 1e-6, "scale_out_latency": 5e-6, "network_efficiency": 0.5},
    **{"scale_out_efficiency": 0.5, "small_group_loss": 0, "collective_call_time": 0},
    **{"ramp_time": 0, "scale_out_ramp_time": 0, "scale_out_call_time": 0},
    **{"exchange_efficiency": 0.5, "exchange_call_time": 0, "exchange_sms": 1000},
    **{"bf16_flops": 1e15, "memory_bandwidth": 1e12, "memory_capacity": 1e12},
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
    # Of sixteen ranks on two nodes each sends a sixteenth over its own port, there and back.
    assert more["tensor_nodes"] == 2
    crossing = 2 * 2e6 / 16 / 5e9
    within = 2 * 15 * 2 * 62_500 / 50e9
    delay = 30 * 1e-6 + 2 * 5e-6
    assert more["all_reduce_time"] == pytest.approx(max(crossing, within) + delay)


def test_keys_and_values_are_gathered_from_the_others_of_a_sequence() -> None:
    """Of 250 tokens on each of four, 2 x 4 x 50 numbers of two bytes, from three others."""
    found = results(context_parallel=4)
    assert found["key_value_gather_bytes"] == 3 * 2 * 250 * 400
    assert found["key_value_gather_time"] == pytest.approx(600_000 / 50e9 + 3e-6)
    assert found["context_parallel_bytes"] == 3 * 4 * 8 * 600_000
    assert results(context_parallel=4, tensor_parallel=2)["key_value_gather_bytes"] == 300_000
    far = results(context_parallel=16)
    assert far["context_nodes"] == 2
    whole = 2 * 1000 * 400
    within, between = whole * 15 / 16 / 50e9, whole / 16 / 5e9
    delay = 15 * 1e-6 + 5e-6
    assert far["key_value_gather_time"] == pytest.approx(max(within, between) + delay)
    latent = {"attention": "mla", "kv_lora_rank": 60, "qk_rope_head_dim": 20}
    assert results(context_parallel=4, **latent)["key_value_gather_bytes"] == 3 * 2 * 250 * 80


def test_a_tensor_parallel_group_of_sequences_is_as_large_as_both() -> None:
    within = results(context_parallel=4, tensor_parallel=2)
    assert within["key_value_gather_time"] == pytest.approx(300_000 / 50e9 + 3e-6)
    between = results(context_parallel=4, tensor_parallel=4)
    assert between["context_nodes"] == 2
    # A quarter of the sequence's keys and values leaves each, over its own port.
    assert between["key_value_gather_time"] == pytest.approx(50_000 / 5e9 + 3e-6 + 5e-6)


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


def test_copies_send_gradients_and_weights_to_all_but_themselves() -> None:
    """Gradients of four bytes and weights of two; without ZeRO gradients twice; by ZeRO 2
    gradients after each of four micro-batches, by ZeRO 3 weights twice for each as well."""
    found = results(tensor_parallel=4)
    held = found["total_parameters"] / 4
    assert found["replicas"] == 16
    assert found["synchronised_bytes"] == 4 + 2
    assert found["data_parallel_bytes"] == pytest.approx(6 * held * 15 / 16)
    # Two copies in a node, each with a port of its own: seven of eight nodes are others.
    assert (found["shards"], found["shard_nodes"]) == (16, 8)
    delay = 8 * 2 * (15 * 1e-6 + 7 * 5e-6)
    assert found["data_parallel_time"] == pytest.approx(6 * held * 7 / 16 / 5e9 + delay)
    # The backward pass of a slow machine hides a quarter, but nothing of the layer that comes last.
    slow = results(tensor_parallel=4, bf16_flops=1e12, memory_bandwidth=1e12)
    shown = 1 - 0.25 * 7 / 8
    assert slow["exposed_data_parallel_time"] == pytest.approx(slow["data_parallel_time"] * shown)
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


def test_ports_of_a_node_add_up_to_no_more_than_the_links_within() -> None:
    """Faster ports help until the links within hold the ring up."""
    delays = {"scale_up_latency": 1e-12, "scale_out_latency": 1e-12}
    ports = [2e9, 4e9, 100e9, 200e9]
    times = [results(**delays, scale_out_bandwidth=each)["data_parallel_time"] for each in ports]
    assert times[0] == pytest.approx(2 * times[1], rel=1e-3)
    assert times[2] == pytest.approx(times[3], rel=1e-3)
    # Where tensor parallelism takes up nodes, the copies have a port each, and no more links.
    apart = [results(**delays, tensor_parallel=n)["shard_nodes"] for n in (1, 8, 16)]
    assert apart == [8, 8, 4]


@pytest.mark.parametrize("stage", [1, 2, 3])
def test_a_shard_group_lies_between_all_copies_and_none(stage: int) -> None:
    """Shards in a node: no weight leaves it, and copies of the shards sum their gradients."""
    whole = results(zero_stage=stage)
    hybrid = results(zero_stage=stage, shard_group=8)
    none = results(zero_stage=0)
    assert (hybrid["shards"], hybrid["shard_copies"]) == (8, 8)
    assert whole["memory_per_gpu"] < hybrid["memory_per_gpu"] < none["memory_per_gpu"]
    assert hybrid["layer_gather_time"] < whole["layer_gather_time"]
    assert hybrid["gradient_sum_time"] > whole["gradient_sum_time"] == 0
    assert results(zero_stage=stage, shard_group=64)["step_time"] == whole["step_time"]
    assert "do not divide into groups of 24" in results(shard_group=24)["layout_problem"]


@pytest.mark.parametrize("ranks", [4, 8, 16, 32])
def test_more_nodes_are_never_faster(ranks: int) -> None:
    """The same tensor-parallel group over more and more nodes."""
    nodes = [n for n in (32, 16, 8, 4, 2, 1) if n <= ranks]
    found = [
        results(tensor_parallel=ranks, num_attention_heads=32, num_kv_heads=32, gpus_per_node=each)
        for each in nodes
    ]
    times = [each["tensor_gather_time"] for each in found]
    assert times == sorted(times)
    assert times[-1] > times[0]


def test_weights_travel_beside_their_neighbour_and_no_further_ahead() -> None:
    """Of weights gathered for each micro-batch a layer's compute hides as much as it lasts."""
    sharded = {"zero_stage": 3, "communication_overlap": 1, "scale_out_bandwidth": 1e9}
    fast, slow = results(**sharded, bf16_flops=1e17), results(**sharded, bf16_flops=1e12)
    for found in (fast, slow):
        left = found["layer_gather_time"] - found["layer_forward_time"]
        assert found["exposed_gather_time"] == pytest.approx(max(left, 0))
    assert slow["exposed_gather_time"] == slow["exposed_scatter_time"] == 0
    assert fast["exposed_gather_time"] > 0
    in_turn = results(**sharded | {"communication_overlap": 0})
    assert in_turn["exposed_gather_time"] == in_turn["layer_gather_time"]
    assert results(zero_stage=1)["exposed_gather_time"] == 0


@pytest.mark.parametrize("overlap", ["none", "shared_expert", "micro_batch"])
def test_an_exchange_is_hidden_by_what_the_stack_puts_beside_it(overlap: str) -> None:
    experts = {"num_routed_experts": 8, "experts_per_token": 2, "moe_intermediate_size": 500}
    layout = {"expert_parallel": 8, "num_shared_experts": 1, "expert_overlap": overlap}
    found = results(**experts | layout, bf16_flops=1e13)
    left, whole = found["exposed_exchange_forward_time"], found["layer_exchange_time"]
    hidden = {"none": 0, "shared_expert": found["shared_expert_time"], "micro_batch": whole}
    assert whole - left <= hidden[overlap] * (1 + 1e-9)
    assert (left == whole) == (overlap == "none")
    assert 0 <= left <= whole


def test_slices_part_what_the_fast_links_join() -> None:
    """Four slices of sixteen in a pod of 4,096: data parallelism leaves them."""
    pod = results(gpus_per_node=4096)
    parted = results(gpus_per_node=4096, slices=4)
    assert (pod["shard_nodes"], parted["shard_nodes"]) == (1, 4)
    assert parted["data_parallel_time"] > pod["data_parallel_time"]
    assert results(gpus_per_node=4096, scale_out_bandwidth="unknown")["step_time"] > 0


@pytest.mark.parametrize("kind", ["ring", "all_gather", "all_to_all", "hierarchical"])
def test_a_sequence_is_shared_by_kinds_that_wait_differently(kind: str) -> None:
    far = {"context_parallel": 16, "num_attention_heads": 16, "num_kv_heads": 16}
    found = results(**far, context_parallel_kind=kind)
    sent = found["context_forward_time"]
    assert 0 <= found["exposed_context_forward_time"] <= sent
    if kind in ("all_gather", "all_to_all"):
        assert found["exposed_context_forward_time"] == sent
    # Attention long enough hides a ring, and no heads on their way.
    slow = results(**far, context_parallel_kind=kind, attention_efficiency=0.001, bf16_flops=1e9)
    hidden = {"ring": 0, "hierarchical": slow["head_exchange_time"]}.get(kind, sent)
    assert slow["exposed_context_forward_time"] == pytest.approx(hidden)


def test_tensor_parallel_traffic_is_hidden_by_no_more_than_the_product_beside_it() -> None:
    plain = results(tensor_parallel=4, bf16_flops=1e14)
    half = results(tensor_parallel=4, bf16_flops=1e14, tensor_parallel_overlap=0.5)
    fast = results(tensor_parallel=4, bf16_flops=1e19, tensor_parallel_overlap=1)
    assert plain["exposed_all_reduce_time"] == plain["all_reduce_time"]
    assert half["exposed_all_reduce_time"] == pytest.approx(plain["all_reduce_time"] / 2)
    left = fast["all_reduce_time"] - fast["layer_gemm_time"] / 2
    assert fast["exposed_all_reduce_time"] == pytest.approx(left)


def test_experts_have_copies_of_their_own() -> None:
    """Four of eight experts on each of two: 32 copies, four in a node, of half of the weights."""
    found = results(
        **{"num_routed_experts": 8, "experts_per_token": 2, "moe_intermediate_size": 500},
        expert_parallel=2,
    )
    held = 8 * 8 * 2 * 500 * 1000 / 2
    assert found["replicated_expert_parameters"] == held
    assert found["expert_data_parallel"] == 32
    assert (found["shard_nodes"], found["expert_shard_nodes"]) == (8, 8)
    dense = found["non_expert_parameters"]
    sent = dense * 63 / 64 + held * 31 / 32
    assert found["data_parallel_bytes"] == pytest.approx(6 * sent)
    # Seven of eight nodes are others: of 64 ranks' ports, and of 32.
    moved = 6 * (dense * 7 / 64 + held * 7 / 32) / 5e9
    delay = 8 * 2 * (63e-6 + 31e-6 + 2 * 7 * 5e-6)
    assert found["data_parallel_time"] == pytest.approx(moved + delay)
    cut = results(
        **{"num_routed_experts": 8, "experts_per_token": 2, "moe_intermediate_size": 500},
        **{"expert_parallel": 2, "expert_tensor_parallel": 2},
    )
    assert cut["replicated_expert_parameters"] == held / 2
    assert cut["expert_data_parallel"] == 16
    assert cut["expert_exchange_time"] > cut["token_exchange_time"]


def test_a_token_is_sent_to_experts_twice_in_each_layer_and_step() -> None:
    """Forward and back: of 8 micro-batches in 8 layers with experts, each on one stage."""
    experts = {"num_routed_experts": 8, "experts_per_token": 2, "moe_intermediate_size": 500}
    found = results(**experts, num_gpus=8, expert_parallel=8)
    assert found["expert_exchanges"] == 2 * 8 * 8
    # Two of eight accelerators, one of them another seven times in eight; two bytes a number.
    assert found["dispatch_bytes"] == pytest.approx(128 * 1e6 * 2 * 2 * 7 / 8)
    assert found["exchange_time"] == pytest.approx(128 * (7e6 / 50e9 + 2 * 1e-6))


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
