"""Prefill: speed of reading prompts, from the arithmetic and traffic of each token.

Every quantity is per accelerator and counts its own tokens; a tensor-parallel group works on the
tokens of all its members.
"""

from dsexplore.engine.again import at_other_inputs, once_more
from dsexplore.engine.assumptions import BOTH_NETWORKS, MEAN_LAYER, TWO_MICRO_BATCHES
from dsexplore.engine.constants import BF16_BYTES, FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import larger, ratio, smaller, where, without_unknown
from dsexplore.engine.formulas.serving.decode import overlapped
from dsexplore.engine.formulas.traffic.experts import scale_out_copies, scale_up_copies
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.papers import (
    ACTIVATIONS,
    DEFINITION,
    INDEXER,
    ROOFLINE,
    V3_PREFILL,
    V3_SERVICE,
    WINDOWS,
)


@quantity("token", assumes="A prompt of no stated length is as long as the context.")
def prompt_tokens(serving_prompt_length, kv_length):
    """Tokens per prompt, cached ones included."""
    return stated_or(serving_prompt_length, kv_length)


@quantity("fraction", source=DEFINITION)
def computed_input_share(cache_hit_rate):
    """Share of prompt tokens that are computed, not taken from the cache."""
    return 1 - cache_hit_rate


@quantity("token", source=DEFINITION)
def prefill_scored_tokens(prompt_tokens, cache_hit_rate):
    """Tokens before a computed prompt token, on average, cached ones included."""
    return prompt_tokens * (1 + cache_hit_rate) / 2


@quantity("token", source=WINDOWS)
def prefill_attended_tokens(
    prompt_tokens,
    cache_hit_rate,
    computed_input_share,
    prefill_scored_tokens,
    prefill_attention_span,
    bounded_layer_share,
):
    """Tokens that a computed prompt token looks back on, on average, cached ones included."""
    # A full window, less what the first computed tokens lack of one; so no large terms cancel.
    growing = larger(prefill_attention_span - cache_hit_rate * prompt_tokens, 0.0)
    growing_share = ratio(growing, computed_input_share * prompt_tokens)
    bounded = prefill_attention_span - if_any(growing, growing_share * growing / 2)
    return (1 - bounded_layer_share) * prefill_scored_tokens + bounded_layer_share * bounded


# Compute


@quantity("token", source=DEFINITION)
def prefill_tokens_together(prefill_batch, serving_micro_batches):
    """Tokens per prefill micro-batch that pass an accelerator's matrices together."""
    return prefill_batch / serving_micro_batches


@quantity("token", source=DEFINITION)
def prefill_tokens_per_gpu(prefill_batch, serving_tensor_parallel):
    """Prompt tokens read together, the part of one accelerator of a tensor-parallel group."""
    return prefill_batch / serving_tensor_parallel


@quantity("GPU", source=V3_SERVICE)
def prefill_expert_group(num_routed_experts, prefill_expert_parallel, expert_parallel):
    """Accelerators sharing a layer's routed experts in prefill; 1 for a model without experts.

    Accelerators beyond one per expert make further groups.
    """
    stated = stated_or(prefill_expert_parallel, expert_parallel)
    return where(num_routed_experts > 0, smaller(stated, num_routed_experts), 1.0)


@quantity("", assumes="No serving stack shares norms by sequence parallelism.")
def serving_sequence_parallel():
    """Whether a serving tensor-parallel group shares the work of norms: it does not."""
    return False


@quantity("", assumes="Copies of busy experts even out the load of serving.")
def serving_expert_imbalance():
    """Tokens at the busiest expert over the mean expert's in serving: as many."""
    return 1.0


@quantity("GPU", assumes="No serving stack cuts a routed expert.")
def serving_expert_tensor_group():
    """Accelerators sharing each routed expert's matrices in serving: one."""
    return 1.0


@quantity("byte", assumes="Adapters are merged into the weights that serve.")
def serving_adapter_bytes():
    """Bytes that adapters move in serving: none."""
    return 0.0


prefill_nodes = once_more(
    "expert_nodes",
    "Nodes that the routed experts of a layer are spread over in prefill.",
    expert_parallel="prefill_expert_group",
    expert_tensor_group="serving_expert_tensor_group",
    scale_up_domain="gpus_per_node",
)

# A forward pass, with the length and the layout of prefill.
forward = at_other_inputs(
    of=(
        "attention_span",
        "layer_moving_time",
        "expected_nodes_per_token",
        "expected_gpus_per_token",
    ),
    prefix="prefill_",
    setting="In prefill",
    assumes="Prefill computes as a forward pass of training does, at its own length and layout.",
    sequence_length="prompt_tokens",
    tokens_per_micro_batch="prefill_tokens_together",
    tensor_parallel="serving_tensor_parallel",
    sequence_parallel="serving_sequence_parallel",
    expert_parallel="prefill_expert_group",
    expert_nodes="prefill_nodes",
    expert_load="serving_expert_imbalance",
    layer_adapter_bytes="serving_adapter_bytes",
)

# Weights held, spread as in prefill.
held = at_other_inputs(
    of=("serving_weight_memory",),
    prefix="prefill_",
    instead_of="decode_",
    setting="In prefill",
    decode_expert_group="prefill_expert_group",
)


@quantity("", source=ROOFLINE, assumes=MEAN_LAYER)
def prefill_gemm_size(
    prefill_tokens_together,
    hidden_size,
    intermediate_size,
    moe_intermediate_size,
    serving_tensor_parallel,
    moe_layer_share,
    experts_per_token,
    num_routed_experts,
    prefill_expert_group,
):
    """Multiply-adds of a product per value it moves: 1 / (1/m + 1/n + 1/k) of its sides."""
    side = if_any(intermediate_size, ratio(serving_tensor_parallel, intermediate_size))
    dense = 1 / prefill_tokens_together + serving_tensor_parallel / hidden_size + side
    received = prefill_tokens_together * prefill_expert_group * experts_per_token
    height = if_any(received, ratio(num_routed_experts, received))
    side = if_any(moe_intermediate_size, ratio(serving_tensor_parallel, moe_intermediate_size))
    routed = height + serving_tensor_parallel / hidden_size + side
    routed = if_any(moe_layer_share, moe_layer_share * routed)
    dense = without_unknown(1 - moe_layer_share, dense)
    return 1 / (dense + routed)


@quantity("", source=ROOFLINE, assumes="The first and last tiles of a product hide no traffic.")
def prefill_gemm_slowdown(prefill_gemm_size, serving_gemm_rate, memory_rate, exposed_operand_share):
    """Time of a product of this size relative to a large one, its operands moved too."""
    moved = ratio(BF16_BYTES / FLOP_PER_MULTIPLY_ADD, prefill_gemm_size)
    return 1 + exposed_operand_share * moved * ratio(serving_gemm_rate, memory_rate)


@quantity("second/token", source=ROOFLINE)
def prefill_gemm_time_per_token(
    served_dense_parameters, served_expert_parameters, serving_gemm_rate, prefill_gemm_slowdown
):
    """Time per prompt token of matrix products, without the head's for one token per prompt."""
    flops = FLOP_PER_MULTIPLY_ADD * (served_dense_parameters + served_expert_parameters)
    return ratio(flops, serving_gemm_rate) * prefill_gemm_slowdown


@quantity("second/token", source=f"{ROOFLINE}; {INDEXER}")
def prefill_attention_time_per_token(
    attention_flops_per_attended_token,
    prefill_attended_tokens,
    indexer_flops_per_scored_token,
    prefill_scored_tokens,
    serving_attention_rate,
):
    """Time per prompt token of attention to the prompt before it, indexer included."""
    attended = attention_flops_per_attended_token * prefill_attended_tokens
    scored = indexer_flops_per_scored_token * prefill_scored_tokens
    return ratio(attended + scored, serving_attention_rate)


@quantity("second/token", source=ACTIVATIONS)
def prefill_moving_time_per_token(
    num_layers, prefill_layer_moving_time, serving_micro_batches, prefill_tokens_per_gpu
):
    """Time per prompt token of memory-bound work in all layers: norms, sums, activations, copies.

    Every member of a tensor-parallel group repeats the norms of all its tokens.
    """
    time = num_layers * prefill_layer_moving_time * serving_micro_batches
    return time / prefill_tokens_per_gpu


@quantity("second/token", assumes="Expert exchange takes SMs as in training.")
def prefill_compute_time_per_token(
    prefill_gemm_time_per_token,
    prefill_attention_time_per_token,
    prefill_moving_time_per_token,
    prefill_expert_group,
    lent_slowdown,
    decode_overhead,
    prefill_tokens_per_gpu,
):
    """Time per prompt token on the accelerator, slowed by SMs lent to dispatch and combine."""
    slowdown = where(prefill_expert_group > 1, lent_slowdown, 1.0)
    arithmetic = prefill_gemm_time_per_token + prefill_attention_time_per_token
    small_kernels = decode_overhead / prefill_tokens_per_gpu
    return slowdown * arithmetic + prefill_moving_time_per_token + small_kernels


# Network


@quantity("", source=V3_PREFILL)
def prefill_scale_out_copies(prefill_expected_nodes_per_token, apart_experts, prefill_nodes):
    """Copies per prompt token that leave its node, one for each other node with its experts."""
    return scale_out_copies(prefill_expected_nodes_per_token + apart_experts, prefill_nodes)


@quantity("", source=V3_PREFILL)
def prefill_scale_up_copies(
    prefill_expected_gpus_per_token, apart_experts, prefill_expert_group, prefill_nodes
):
    """Copies per prompt token between accelerators of a node."""
    gpus = prefill_expected_gpus_per_token + apart_experts
    return scale_up_copies(gpus, prefill_expert_group, prefill_nodes)


@quantity("second/token", source=V3_PREFILL, assumes=BOTH_NETWORKS)
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
    """Time per prompt token of dispatch and combine in all layers; both networks work at once."""
    each = num_moe_layers * hidden_size * (dispatch_element_bytes + combine_element_bytes)
    between, within = each * prefill_scale_out_copies, each * prefill_scale_up_copies
    between = if_any(between, ratio(between, scale_out_bandwidth))
    within = if_any(within, ratio(within, scale_up_bandwidth))
    time = larger(between, within) / all_to_all_efficiency
    return if_any(num_moe_layers, time)


@quantity("second/token", assumes="Thousands of tokens share a latency, so it counts as none.")
def prefill_network_time_per_token(
    prefill_exchange_time_per_token, serving_all_reduce_time_per_token
):
    """Time per prompt token on the network: its experts' exchange and the all-reduces.

    Latency is left out: thousands of tokens share it.
    """
    return prefill_exchange_time_per_token + serving_all_reduce_time_per_token


# Speed


@quantity("second/token", source=V3_SERVICE, assumes=TWO_MICRO_BATCHES)
def prefill_time_per_token(
    prefill_compute_time_per_token,
    prefill_network_time_per_token,
    serving_micro_batches,
    serving_overlap,
):
    """Time per computed prompt token, a share of the shorter of compute and network hidden."""
    return overlapped(
        prefill_compute_time_per_token,
        prefill_network_time_per_token,
        serving_micro_batches,
        serving_overlap,
    )


@quantity("token/s", source=DEFINITION)
def computed_prefill_tokens_per_second_per_gpu(prefill_time_per_token):
    """Prompt tokens computed per second and accelerator."""
    return ratio(1.0, prefill_time_per_token)


@quantity("token/s", source=DEFINITION)
def prefill_tokens_per_second_per_gpu(
    computed_prefill_tokens_per_second_per_gpu, computed_input_share
):
    """Prompt tokens read per second and accelerator, cached ones included."""
    return ratio(computed_prefill_tokens_per_second_per_gpu, computed_input_share)
