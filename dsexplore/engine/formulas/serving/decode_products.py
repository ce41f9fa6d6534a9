"""Decoding: products with the weights that every token passes, head included."""

from dsexplore.engine.again import at_other_inputs, once_more
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import ratio, where, without_unknown
from dsexplore.engine.formulas.machine.products import product_time
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import DEFINITION, ROOFLINE
from dsexplore.engine.quantity import quantity


@quantity("", assumes="No serving stack shares norms by sequence parallelism.")
def serving_sequence_parallel():
    """Whether a serving tensor-parallel group shares the work of norms: it does not."""
    return False


@quantity("byte", assumes="Adapters are merged into the weights that serve.")
def serving_adapter_bytes():
    """Bytes that adapters move in serving: none."""
    return 0.0


@quantity("second", source=ROOFLINE)
def decode_dense_read_time(decode_dense_bytes, weight_read_rate):
    """Time to read once the weights that every token passes."""
    return ratio(decode_dense_bytes, weight_read_rate)


decode_expert_read_time = once_more(
    "decode_dense_read_time",
    "Time to read once the routed experts on an accelerator.",
    decode_dense_bytes="decode_expert_bytes",
)


@quantity("second", source=DEFINITION)
def decode_weight_read_time(decode_dense_read_time, decode_expert_read_time):
    """Time to read all weights on an accelerator once, the least that a decoding step takes."""
    return decode_dense_read_time + decode_expert_read_time


# Sides of products, of decoding and prefill alike.
@quantity("", assumes="What tokens' copies for experts move is a part of the experts' time.")
def serving_routed_in_moving():
    """Routed experts counted in a served layer's norms and sums: none."""
    return 0.0


cut = at_other_inputs(
    of=(
        "qkv_width",
        "query_up_width",
        "key_value_up_width",
        "attended_width",
        "state_in_width_here",
        "state_width_here",
        "ffn_in_width",
        "shared_in_width",
        "other_width",
        "expert_in_width",
        "inner_width",
    ),
    prefix="serving_",
    setting="In serving",
    tensor_parallel="serving_tensor_parallel",
    expert_tensor_group="serving_expert_tensor_parallel",
    routed_experts_computed="serving_routed_in_moving",
)

# Products of every token, with the rows of a decoding step.
passed = at_other_inputs(
    of=(
        "qkv_product_time",
        "query_up_product_time",
        "key_value_up_product_time",
        "attention_out_product_time",
        "state_product_time",
        "ffn_in_product_time",
        "ffn_out_product_time",
        "router_product_time",
        "shared_in_product_time",
        "shared_out_product_time",
        "other_product_time",
    ),
    prefix="decode_",
    setting="In decoding",
    tokens_per_micro_batch="decode_pass_tokens",
    tensor_parallel="serving_tensor_parallel",
    sequence_parallel="serving_sequence_parallel",
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
    gemm_rate="dense_gemm_rate",
    gemm_element_bytes="dense_weight_bytes",
    memory_rate="weight_read_rate",
)


@quantity("second", source=ROOFLINE, assumes="The output head is served in BF16.")
def decode_head_time(
    decode_pass_tokens,
    head_weights,
    hidden_size,
    serving_tensor_parallel,
    bf16_gemm_rate,
    weight_read_rate,
    gemm_fill_time,
    kernel_floor,
):
    """Time of the output head in one pass of decoding."""
    return product_time(
        decode_pass_tokens,
        ratio(head_weights, hidden_size * serving_tensor_parallel),
        hidden_size,
        BF16_BYTES,
        BF16_BYTES,
        bf16_gemm_rate,
        weight_read_rate,
        gemm_fill_time,
        kernel_floor,
    )


@quantity("second", source=DEFINITION, better="less")
def decode_dense_time(
    attention_layers,
    state_layers,
    dense_layers,
    num_moe_layers,
    serving_micro_batches,
    shared_experts_apart,
    decode_state_product_time,
    decode_qkv_product_time,
    decode_query_up_product_time,
    decode_key_value_up_product_time,
    decode_attention_out_product_time,
    decode_ffn_in_product_time,
    decode_ffn_out_product_time,
    decode_router_product_time,
    decode_shared_in_product_time,
    decode_shared_out_product_time,
    decode_other_product_time,
    num_layers,
    decode_head_time,
):
    """Time of a decoding step in products with weights that every token passes, head included."""
    latents = decode_query_up_product_time + decode_key_value_up_product_time
    attention = decode_qkv_product_time + latents + decode_attention_out_product_time
    dense = decode_ffn_in_product_time + decode_ffn_out_product_time
    shared = decode_shared_in_product_time + decode_shared_out_product_time
    experts = decode_router_product_time + where(shared_experts_apart, 0.0, shared)
    blocks = without_unknown(dense_layers, dense)
    blocks = blocks + if_any(num_moe_layers, num_moe_layers * experts)
    mixing = attention_layers * attention + state_layers * decode_state_product_time
    other = num_layers * decode_other_product_time
    return serving_micro_batches * (mixing + blocks + other + decode_head_time)
