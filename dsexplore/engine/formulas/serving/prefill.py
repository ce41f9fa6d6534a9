"""Prefill: speed of reading prompts, from the arithmetic and traffic of each token.

Every quantity is per accelerator and counts its own tokens; a tensor-parallel group works on the
tokens of all its members.
"""

from dsexplore.engine.again import at_other_inputs, once_more
from dsexplore.engine.assumptions import BOTH_NETWORKS, EVEN_ROUTING, TWO_MICRO_BATCHES
from dsexplore.engine.elementwise import larger, ratio, smaller, where
from dsexplore.engine.formulas.serving.batch import overlapped
from dsexplore.engine.formulas.traffic.experts import scale_out_copies, scale_up_copies
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.papers import (
    ACTIVATIONS,
    DEFINITION,
    INDEXER,
    ROOFLINE,
    V3_PREFILL,
    V3_SERVICE,
)
from dsexplore.engine.quantity import quantity

# Compute


@quantity("", assumes="No serving stack passes keys round a ring.")
def serving_attention_blocks():
    """Kernels of one layer's attention in prefill, one after another: one."""
    return 1.0


@quantity("token", source=DEFINITION)
def prefill_tokens_together(prefill_pass_tokens, serving_micro_batches):
    """Tokens per prefill micro-batch that pass an accelerator's matrices together."""
    return prefill_pass_tokens / serving_micro_batches


@quantity("token", source=DEFINITION)
def prefill_tokens_per_gpu(prefill_pass_tokens, serving_tensor_parallel):
    """Tokens of a pass of prefill, the part of one accelerator of a tensor-parallel group."""
    return prefill_pass_tokens / serving_tensor_parallel


@quantity("GPU", source=V3_SERVICE)
def prefill_expert_group(
    num_routed_experts,
    prefill_expert_parallel,
    prefill_placement,
    decode_expert_parallel,
    expert_parallel,
):
    """Accelerators sharing a layer's routed experts in prefill; 1 for a model without experts.

    Accelerators beyond one per expert make further groups. An engine that decodes as well has the
    experts where it decodes.
    """
    elsewhere = expert_parallel
    if prefill_placement == "together":
        elsewhere = stated_or(decode_expert_parallel, expert_parallel)
    stated = stated_or(prefill_expert_parallel, elsewhere)
    return where(num_routed_experts > 0, smaller(stated, num_routed_experts), 1.0)


prefill_expert_load = once_more(
    "served_expert_load",
    "Tokens of the busiest accelerator's experts over the mean in prefill; 1 if one has all.",
    decode_expert_group="prefill_expert_group",
)
prefill_sent_tokens = once_more(
    "decode_sent_tokens",
    "Copies of prompt tokens that reach the busiest accelerator's experts together.",
    decode_tokens="prefill_tokens_per_gpu",
    served_expert_load="prefill_expert_load",
)
prefill_copy_time = once_more(
    "decode_copy_time",
    "Time of one layer's traffic beside the products of experts in prefill.",
    decode_sent_tokens="prefill_sent_tokens",
)


@quantity("token", assumes=EVEN_ROUTING)
def prefill_expert_rows(prefill_sent_tokens, num_routed_experts, prefill_expert_group):
    """Prompt tokens that reach one routed expert of the busiest accelerator together."""
    local = num_routed_experts / prefill_expert_group
    return if_any(num_routed_experts, ratio(prefill_sent_tokens, local))


prefill_nodes = once_more(
    "expert_nodes",
    "Nodes that the routed experts of a layer are spread over in prefill.",
    expert_parallel="prefill_expert_group",
    expert_tensor_group="serving_expert_tensor_parallel",
    scale_up_domain="gpus_per_node",
)

# Products with experts, with the rows of prefill.
routed = at_other_inputs(
    of=("expert_in_product_time", "expert_out_product_time"),
    prefix="prefill_",
    setting="In prefill",
    expert_group="prefill_expert_group",
    expert_rows="prefill_expert_rows",
    expert_in_width="serving_expert_in_width",
    expert_width="serving_expert_width",
    gemm_rate="serving_gemm_rate",
    gemm_element_bytes="serving_weight_bytes",
    kernels_per_expert="serving_kernels_per_expert",
)

# A forward pass, with the length and the layout of prefill.
forward = at_other_inputs(
    of=(
        "attention_span",
        "layer_gemm_time",
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
    routed_experts_computed="serving_routed_in_moving",
    inner_width="serving_inner_width",
    qkv_width="serving_qkv_width",
    query_up_width="serving_query_up_width",
    key_value_up_width="serving_key_value_up_width",
    attended_width="serving_attended_width",
    state_in_width_here="serving_state_in_width_here",
    state_width_here="serving_state_width_here",
    ffn_in_width="serving_ffn_in_width",
    ffn_width="serving_ffn_width",
    shared_in_width="serving_shared_in_width",
    shared_width="serving_shared_width",
    other_width="serving_other_width",
    layer_adapter_bytes="serving_adapter_bytes",
    expert_in_product_time="prefill_expert_in_product_time",
    expert_out_product_time="prefill_expert_out_product_time",
    gemm_rate="dense_gemm_rate",
    gemm_element_bytes="dense_weight_bytes",
)

# Weights held, spread as in prefill.
held = at_other_inputs(
    of=("serving_weight_memory",),
    prefix="prefill_",
    instead_of="decode_",
    setting="In prefill",
    decode_expert_group="prefill_expert_group",
)


@quantity("second/token", source=ROOFLINE)
def prefill_gemm_time_per_token(
    num_layers, prefill_layer_gemm_time, serving_micro_batches, prefill_tokens_per_gpu
):
    """Time per prompt token of matrix products, without the head's for one token per prompt."""
    time = num_layers * prefill_layer_gemm_time * serving_micro_batches
    return time / prefill_tokens_per_gpu


prefill_attention_length_share = once_more(
    "attention_length_share",
    "Share of its rate over long prompts that attention reaches at this length of prompts.",
    flash_attention="serving_flash_attention",
    attended_tokens="prefill_attended_tokens",
    attention_blocks="serving_attention_blocks",
)
serving_attention_width_factor = once_more(
    "attention_width_factor",
    "Rate of attention in serving with heads of this width relative to heads of 128.",
    flash_attention="serving_flash_attention",
)


@quantity("second/token", source=f"{ROOFLINE}; {INDEXER}")
def prefill_attention_time_per_token(
    attention_flops_per_attended_token,
    prefill_attended_tokens,
    indexer_flops_per_scored_token,
    prefill_scored_tokens,
    state_flops_per_token,
    served_attention_rate,
    prefill_attention_length_share,
    serving_attention_width_factor,
):
    """Time per prompt token of attention to the prompt before it, indexer and states included."""
    attended = attention_flops_per_attended_token * prefill_attended_tokens
    scored = indexer_flops_per_scored_token * prefill_scored_tokens
    reached = prefill_attention_length_share * serving_attention_width_factor
    arithmetic = attended + scored + state_flops_per_token
    return ratio(arithmetic, served_attention_rate * smaller(reached, 1.0))


@quantity("second/token", source=ACTIVATIONS)
def prefill_moving_time_per_token(
    num_layers,
    prefill_layer_moving_time,
    num_moe_layers,
    prefill_copy_time,
    serving_micro_batches,
    prefill_tokens_per_gpu,
):
    """Time per prompt token of memory-bound work in all layers: norms, sums, activations, copies.

    Every member of a tensor-parallel group repeats the norms of all its tokens.
    """
    time = num_layers * prefill_layer_moving_time
    time = time + if_any(num_moe_layers, num_moe_layers * prefill_copy_time)
    return time * serving_micro_batches / prefill_tokens_per_gpu


@quantity("second/token", assumes="Expert exchange takes SMs as in training.")
def prefill_compute_time_per_token(
    prefill_gemm_time_per_token,
    prefill_attention_time_per_token,
    prefill_moving_time_per_token,
    prefill_expert_group,
    lent_slowdown,
    kernel_overhead,
    moe_kernel_overhead,
    num_layers,
    num_moe_layers,
    serving_micro_batches,
    prefill_tokens_per_gpu,
):
    """Time per prompt token on the accelerator, slowed by SMs lent to dispatch and combine."""
    slowdown = where(prefill_expert_group > 1, lent_slowdown, 1.0)
    arithmetic = prefill_gemm_time_per_token + prefill_attention_time_per_token
    small_kernels = num_layers * kernel_overhead
    small_kernels = small_kernels + if_any(num_moe_layers, num_moe_layers * moe_kernel_overhead)
    small_kernels = serving_micro_batches * small_kernels / prefill_tokens_per_gpu
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
    expert_input_width,
    served_dispatch_bytes,
    served_combine_bytes,
    prefill_scale_out_copies,
    prefill_scale_up_copies,
    scale_out_bandwidth,
    scale_up_bandwidth,
    all_to_all_efficiency,
):
    """Time per prompt token of dispatch and combine in all layers; both networks work at once."""
    each = num_moe_layers * expert_input_width * (served_dispatch_bytes + served_combine_bytes)
    between, within = each * prefill_scale_out_copies, each * prefill_scale_up_copies
    between = if_any(between, ratio(between, scale_out_bandwidth))
    within = if_any(within, ratio(within, scale_up_bandwidth))
    time = larger(between, within) / all_to_all_efficiency
    return if_any(num_moe_layers, time)


prefill_message_bytes = once_more(
    "decode_message_bytes",
    "Bytes of prompt tokens that a tensor-parallel group sums at once.",
    decode_pass_tokens="prefill_tokens_together",
)
prefill_all_reduce_time = once_more(
    "decode_all_reduce_time",
    "Time of one all-reduce of a tensor-parallel group in prefill.",
    decode_message_bytes="prefill_message_bytes",
)
prefill_all_reduces_time = once_more(
    "decode_all_reduces_time",
    "Time of all all-reduces of a pass of prefill.",
    decode_all_reduce_time="prefill_all_reduce_time",
)


prefill_sends_time = once_more(
    "decode_sends_time",
    "Time of a pass of prefill in which stages of a pipeline send on.",
    decode_message_bytes="prefill_message_bytes",
)


@quantity("second/token", assumes="Thousands of tokens share a latency of dispatch and combine.")
def prefill_network_time_per_token(
    prefill_exchange_time_per_token,
    prefill_all_reduces_time,
    prefill_sends_time,
    prefill_tokens_per_gpu,
):
    """Time per prompt token on the network: its experts' exchange, the all-reduces and sends."""
    each_pass = prefill_all_reduces_time + prefill_sends_time
    return prefill_exchange_time_per_token + each_pass / prefill_tokens_per_gpu


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


@quantity("token/s", source=DEFINITION, better="more")
def computed_prefill_tokens_per_second_per_gpu(
    prefill_time_per_token, serving_fullest_stage, serving_pipeline
):
    """Prompt tokens computed per second and accelerator, a pipeline's stages all at work."""
    pace = serving_fullest_stage * serving_pipeline
    return ratio(1.0, prefill_time_per_token * pace)


@quantity(
    "token/s",
    source=DEFINITION,
    undefined="every prompt token is found in the cache",
    better="more",
)
def prefill_tokens_per_second_per_gpu(
    computed_prefill_tokens_per_second_per_gpu, computed_input_share
):
    """Prompt tokens read per second and accelerator, cached ones included."""
    return ratio(computed_prefill_tokens_per_second_per_gpu, computed_input_share)
