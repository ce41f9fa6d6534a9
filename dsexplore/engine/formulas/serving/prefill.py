"""Prefill: how fast prompts are read, from what each token computes and sends.

Every quantity is one accelerator's, for the tokens that are its own: a tensor-parallel group
works on the tokens of all its members.
"""

from dsexplore.engine.constants import FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.formulas.model.flops import attention_span
from dsexplore.engine.formulas.serving.decode import overlapped
from dsexplore.engine.formulas.step.layer import gemm_size, gemm_slowdown, layer_moved_bytes
from dsexplore.engine.formulas.traffic.experts import (
    expected_gpus_per_token,
    expected_nodes_per_token,
    expert_nodes,
    nodes_in_reach,
    scale_out_copies,
    scale_up_copies,
)
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import ACTIVATIONS, ROOFLINE, V3_PREFILL, V3_SERVICE, WINDOWS


@quantity("token", assumes="A prompt of no stated length is as long as the context.")
def prompt_tokens(serving_prompt_length, kv_length):
    """Tokens of a prompt, those that the cache holds included."""
    return where(serving_prompt_length > 0, serving_prompt_length, kv_length)


@quantity("fraction", source=V3_SERVICE)
def computed_input_share(cache_hit_rate):
    """Share of the tokens read that the cache does not hold."""
    return 1 - cache_hit_rate


@quantity("token", source=WINDOWS)
def prefill_attended_tokens(
    prompt_tokens,
    cache_hit_rate,
    computed_input_share,
    attention,
    attention_window,
    index_heads,
    index_top_k,
    bounded_layer_share,
):
    """Tokens that a computed token looks back on, on average: the cached ones lie before it."""
    middle = prompt_tokens * (1 + cache_hit_rate) / 2
    span = attention_span(attention, attention_window, index_heads, index_top_k, prompt_tokens)
    cached = cache_hit_rate * prompt_tokens
    # The first computed tokens look back on all before them, the others on a full window.
    growing = (span - cached) * (span + cached) / 2
    full = span * (prompt_tokens - span)
    bounded = ratio(growing + full, computed_input_share * prompt_tokens)
    bounded = where(span <= cached, span, bounded)
    return (1 - bounded_layer_share) * middle + bounded_layer_share * bounded


# Compute


@quantity("token", source=V3_SERVICE)
def prefill_tokens_together(prefill_batch, serving_tensor_parallel, serving_micro_batches):
    """Tokens of a micro-batch that pass an accelerator's matrices together."""
    return prefill_batch * serving_tensor_parallel / serving_micro_batches


@quantity("GPU", source=V3_SERVICE)
def prefill_expert_group(num_routed_experts, prefill_expert_parallel, expert_parallel):
    """Accelerators that share a layer's routed experts in prefill; one where there are none.

    More of them than there are experts make further groups.
    """
    stated = where(prefill_expert_parallel > 0, prefill_expert_parallel, expert_parallel)
    return where(num_routed_experts > 0, smaller(stated, num_routed_experts), 1.0)


@quantity("", source=ROOFLINE)
def prefill_gemm_slowdown(
    prefill_tokens_together,
    hidden_size,
    intermediate_size,
    moe_intermediate_size,
    serving_tensor_parallel,
    moe_layer_share,
    experts_per_token,
    num_routed_experts,
    prefill_expert_group,
    serving_gemm_rate,
    memory_rate,
    exposed_operand_share,
):
    """Time of prefill's matrix products over that of large ones, as operands are moved too."""
    size = gemm_size(
        prefill_tokens_together,
        hidden_size,
        intermediate_size,
        moe_intermediate_size,
        serving_tensor_parallel,
        moe_layer_share,
        experts_per_token,
        num_routed_experts,
        prefill_expert_group,
    )
    return gemm_slowdown(size, serving_gemm_rate, memory_rate, exposed_operand_share)


@quantity("second/token", source=ROOFLINE)
def prefill_gemm_time_per_token(
    served_dense_parameters, served_expert_parameters, serving_gemm_rate, prefill_gemm_slowdown
):
    """Products with the weights that a token passes; the head sees one token a prompt."""
    flops = FLOP_PER_MULTIPLY_ADD * (served_dense_parameters + served_expert_parameters)
    return ratio(flops, serving_gemm_rate) * prefill_gemm_slowdown


@quantity("second/token", source=ROOFLINE)
def prefill_attention_time_per_token(
    attention_flops_per_attended_token, prefill_attended_tokens, attention_rate
):
    """Attention of a token to the prompt before it."""
    return ratio(attention_flops_per_attended_token * prefill_attended_tokens, attention_rate)


@quantity("second/token", source=ACTIVATIONS)
def prefill_moving_time_per_token(
    num_layers,
    attention,
    hidden_size,
    num_attention_heads,
    num_kv_heads,
    query_key_dim,
    value_dim,
    ffn_matrices,
    inner_width,
    routed_experts_computed,
    moe_layer_share,
    serving_tensor_parallel,
    memory_factor,
    memory_rate,
):
    """Memory-bound work of a token in all layers: norms, sums, activations and copies.

    Every member of a tensor-parallel group repeats the norms of all its tokens.
    """
    layer = layer_moved_bytes(
        attention,
        hidden_size,
        num_attention_heads,
        num_kv_heads,
        query_key_dim,
        value_dim,
        ffn_matrices,
        inner_width,
        routed_experts_computed,
        moe_layer_share,
        tokens_per_micro_batch=serving_tensor_parallel,
        tensor_parallel=serving_tensor_parallel,
        sequence_parallel=False,
    )
    return ratio(num_layers * layer * memory_factor, memory_rate)


@quantity("second/token", source=V3_SERVICE)
def prefill_compute_time_per_token(
    prefill_gemm_time_per_token,
    prefill_attention_time_per_token,
    prefill_moving_time_per_token,
    prefill_expert_group,
    lent_slowdown,
    decode_overhead,
    prefill_batch,
):
    """A token's time on the accelerator, of which dispatch and combine take some SMs."""
    slowdown = where(prefill_expert_group > 1, lent_slowdown, 1.0)
    arithmetic = prefill_gemm_time_per_token + prefill_attention_time_per_token
    small_kernels = decode_overhead / prefill_batch
    return slowdown * arithmetic + prefill_moving_time_per_token + small_kernels


# Network


@quantity("node", source=V3_PREFILL)
def prefill_nodes(prefill_expert_group, gpus_per_node):
    """Nodes that the routed experts of a layer are spread over in prefill."""
    return expert_nodes(prefill_expert_group, gpus_per_node)


@quantity("", source=V3_PREFILL)
def prefill_scale_out_copies(
    prefill_nodes,
    node_limit,
    num_routed_experts,
    experts_per_token,
    num_shared_experts,
    shared_experts_apart,
):
    """Copies of a token that leave its node in prefill: one for each node that it is needed on."""
    reach = nodes_in_reach(prefill_nodes, node_limit)
    nodes = expected_nodes_per_token(reach, prefill_nodes, num_routed_experts, experts_per_token)
    copies = nodes + where(shared_experts_apart, num_shared_experts, 0)
    return scale_out_copies(copies, prefill_nodes)


@quantity("", source=V3_PREFILL)
def prefill_scale_up_copies(
    prefill_nodes,
    node_limit,
    prefill_expert_group,
    num_routed_experts,
    experts_per_token,
    num_shared_experts,
    shared_experts_apart,
):
    """Copies of a token that pass between accelerators of a node in prefill."""
    reach = nodes_in_reach(prefill_nodes, node_limit)
    gpus = expected_gpus_per_token(
        reach, prefill_nodes, prefill_expert_group, num_routed_experts, experts_per_token
    )
    copies = gpus + where(shared_experts_apart, num_shared_experts, 0)
    return scale_up_copies(copies, prefill_expert_group, prefill_nodes)


@quantity("second/token", source=V3_PREFILL)
def prefill_exchange_time_per_token(
    num_moe_layers,
    hidden_size,
    dispatch_element_bytes,
    combine_element_bytes,
    prefill_scale_out_copies,
    prefill_scale_up_copies,
    scale_out_bandwidth,
    scale_up_bandwidth,
    all_to_all_efficiency,
):
    """Dispatch and combine of a token in all layers; both networks work at once."""
    each = num_moe_layers * hidden_size * (dispatch_element_bytes + combine_element_bytes)
    between, within = each * prefill_scale_out_copies, each * prefill_scale_up_copies
    between = where(between == 0, 0.0, ratio(between, scale_out_bandwidth))
    within = where(within == 0, 0.0, ratio(within, scale_up_bandwidth))
    time = larger(between, within) / all_to_all_efficiency
    return where(num_moe_layers == 0, 0.0, time)


@quantity("second/token", source=V3_SERVICE)
def prefill_network_time_per_token(
    prefill_exchange_time_per_token, serving_all_reduce_time_per_token
):
    """A token's time on the network in prefill: its experts' exchange and the all-reduces.

    Latency is left out: thousands of tokens share it.
    """
    return prefill_exchange_time_per_token + serving_all_reduce_time_per_token


# Speed


@quantity("second/token", source=V3_SERVICE)
def prefill_time_per_token(
    prefill_compute_time_per_token,
    prefill_network_time_per_token,
    serving_micro_batches,
    serving_overlap,
):
    """Time of a computed token: of the shorter of compute and network a share is hidden."""
    return overlapped(
        prefill_compute_time_per_token,
        prefill_network_time_per_token,
        serving_micro_batches,
        serving_overlap,
    )


@quantity("token/s", source=V3_SERVICE)
def computed_prefill_tokens_per_second_per_gpu(prefill_time_per_token):
    """Tokens of prompts that one accelerator computes in a second."""
    return ratio(1.0, prefill_time_per_token)


@quantity("token/s", source=V3_SERVICE)
def prefill_tokens_per_second_per_gpu(
    computed_prefill_tokens_per_second_per_gpu, computed_input_share
):
    """Tokens of prompts that one accelerator reads in a second, those from the cache included."""
    return ratio(computed_prefill_tokens_per_second_per_gpu, computed_input_share)
