"""Products: each matrix product of a layer forward, with its own sides.

A product of m rows, n columns and an inner size k sums along k.
"""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import MEAN_LAYER, SIDE_BY_SIDE
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import without_unknown
from dsexplore.engine.formulas.machine.products import product_time, products_time
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import FLOP_PER_TOKEN, ROOFLINE
from dsexplore.engine.quantity import quantity

_STATE_PRODUCTS = "Small products within a layer with a fixed state take no time of their own."


@quantity("second", source=ROOFLINE, assumes=SIDE_BY_SIDE)
def qkv_product_time(
    tokens_per_micro_batch,
    qkv_width,
    hidden_size,
    gemm_element_bytes,
    gemm_rate,
    memory_rate,
    gemm_fill_time,
    kernel_floor,
):
    """Time of the product that makes queries, keys and values, or their latents."""
    return product_time(
        tokens_per_micro_batch,
        qkv_width,
        hidden_size,
        gemm_element_bytes,
        BF16_BYTES,
        gemm_rate,
        memory_rate,
        gemm_fill_time,
        kernel_floor,
    )


query_up_product_time = once_more(
    "qkv_product_time",
    "Time of the product that makes queries of a latent.",
    qkv_width="query_up_width",
    hidden_size="q_lora_rank",
)
key_value_up_product_time = once_more(
    "qkv_product_time",
    "Time of the product that makes keys and values of a latent.",
    qkv_width="key_value_up_width",
    hidden_size="kv_lora_rank",
)
attention_out_product_time = once_more(
    "qkv_product_time",
    "Time of attention's output projection.",
    qkv_width="hidden_size",
    hidden_size="attended_width",
)
ffn_in_product_time = once_more(
    "qkv_product_time",
    "Time of the first product of a dense feed-forward block, its gate included.",
    qkv_width="ffn_in_width",
)
ffn_out_product_time = once_more(
    "qkv_product_time",
    "Time of the second product of a dense feed-forward block.",
    qkv_width="hidden_size",
    hidden_size="ffn_width",
)
shared_in_product_time = once_more(
    "qkv_product_time",
    "Time of the first product of a layer's shared experts, their gates included.",
    qkv_width="shared_in_width",
)
shared_out_product_time = once_more(
    "qkv_product_time",
    "Time of the second product of a layer's shared experts.",
    qkv_width="hidden_size",
    hidden_size="shared_width",
)

other_product_time = once_more(
    "qkv_product_time",
    "Time of the products of a mean layer's matrices without fields of their own.",
    qkv_width="other_width",
)


@quantity("second", source=ROOFLINE, assumes="The router's scores are products in BF16.")
def router_product_time(
    routed_tokens,
    router_width,
    hidden_size,
    bf16_gemm_rate,
    memory_rate,
    gemm_fill_time,
    kernel_floor,
):
    """Time of the router's product, with the projections into and out of latent experts."""
    return product_time(
        routed_tokens,
        router_width,
        hidden_size,
        BF16_BYTES,
        BF16_BYTES,
        bf16_gemm_rate,
        memory_rate,
        gemm_fill_time,
        kernel_floor,
    )


@quantity("second", source=ROOFLINE, assumes=SIDE_BY_SIDE)
def expert_in_product_time(
    local_experts,
    expert_rows,
    expert_in_width,
    expert_input_width,
    gemm_element_bytes,
    gemm_rate,
    memory_rate,
    gemm_fill_time,
    kernel_floor,
    kernels_per_expert,
):
    """Time of the first products of the routed experts on the busiest accelerator."""
    return products_time(
        local_experts,
        expert_rows,
        expert_in_width,
        expert_input_width,
        gemm_element_bytes,
        BF16_BYTES,
        gemm_rate,
        memory_rate,
        gemm_fill_time,
        kernel_floor,
        kernels_per_expert,
    )


expert_out_product_time = once_more(
    "expert_in_product_time",
    "Time of the second products of the routed experts on the busiest accelerator.",
    expert_in_width="expert_input_width",
    expert_input_width="expert_width",
)


@quantity("second", source=ROOFLINE, assumes=_STATE_PRODUCTS)
def state_product_time(
    state_kind,
    tokens_per_micro_batch,
    state_in_width_here,
    state_width_here,
    hidden_size,
    gemm_element_bytes,
    gemm_rate,
    memory_rate,
    gemm_fill_time,
    kernel_floor,
):
    """Time of the products into and out of a layer with a fixed state."""
    if state_kind == "none":
        return 0.0
    rates = gemm_rate, memory_rate, gemm_fill_time, kernel_floor
    rows, each = tokens_per_micro_batch, (gemm_element_bytes, BF16_BYTES)
    into = product_time(rows, state_in_width_here, hidden_size, *each, *rates)
    return into + product_time(rows, hidden_size, state_width_here, *each, *rates)


@quantity("second", source=FLOP_PER_TOKEN, assumes=MEAN_LAYER)
def layer_gemm_time(
    attention_layer_share,
    state_layer_share,
    dense_layer_share,
    moe_layer_share,
    state_product_time,
    qkv_product_time,
    query_up_product_time,
    key_value_up_product_time,
    attention_out_product_time,
    ffn_in_product_time,
    ffn_out_product_time,
    router_product_time,
    expert_in_product_time,
    expert_out_product_time,
    shared_in_product_time,
    shared_out_product_time,
    other_product_time,
):
    """Forward time of a mean layer's matrix products per micro-batch."""
    latents = query_up_product_time + key_value_up_product_time
    attention = qkv_product_time + latents + attention_out_product_time
    mixing = attention_layer_share * attention + state_layer_share * state_product_time
    dense = without_unknown(dense_layer_share, ffn_in_product_time + ffn_out_product_time)
    routed = router_product_time + expert_in_product_time + expert_out_product_time
    experts = routed + shared_in_product_time + shared_out_product_time
    blocks = mixing + dense + if_any(moe_layer_share, moe_layer_share * experts)
    return blocks + other_product_time
