"""Gradients: each matrix product of a layer backward, for its input and for its weights.

The gradient of a product's input sums along its columns. That of its weights sums along the rows,
which are tokens, and is added to gradients kept in memory.
"""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import SIDE_BY_SIDE
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.formulas.machine.products import product_time, products_time
from dsexplore.engine.papers import ROOFLINE
from dsexplore.engine.quantity import quantity

# Backward for inputs: rows and columns as forward, the inner size in the other's place

qkv_input_gradient_time = once_more(
    "qkv_product_time",
    "Time of the gradient of the input of the product that makes queries, keys and values.",
    qkv_width="hidden_size",
    hidden_size="qkv_width",
)

query_up_input_gradient_time = once_more(
    "qkv_product_time",
    "Time of the gradient of the input of the product that makes queries of a latent.",
    qkv_width="q_lora_rank",
    hidden_size="query_up_width",
)

key_value_up_input_gradient_time = once_more(
    "qkv_product_time",
    "Time of the gradient of the input of the product that makes keys and values of a latent.",
    qkv_width="kv_lora_rank",
    hidden_size="key_value_up_width",
)

attention_out_input_gradient_time = once_more(
    "qkv_product_time",
    "Time of the gradient of the input of attention's output projection.",
    qkv_width="attended_width",
)

ffn_in_input_gradient_time = once_more(
    "qkv_product_time",
    "Time of the gradient of the input of the first product of a dense feed-forward block.",
    qkv_width="hidden_size",
    hidden_size="ffn_in_width",
)

ffn_out_input_gradient_time = once_more(
    "qkv_product_time",
    "Time of the gradient of the input of the second product of a dense feed-forward block.",
    qkv_width="ffn_width",
)

shared_in_input_gradient_time = once_more(
    "qkv_product_time",
    "Time of the gradient of the input of the first product of a layer's shared experts.",
    qkv_width="hidden_size",
    hidden_size="shared_in_width",
)

shared_out_input_gradient_time = once_more(
    "qkv_product_time",
    "Time of the gradient of the input of the second product of a layer's shared experts.",
    qkv_width="shared_width",
)

router_input_gradient_time = once_more(
    "router_product_time",
    "Time of the gradient of the router's input.",
    router_width="hidden_size",
    hidden_size="router_width",
)

expert_in_input_gradient_time = once_more(
    "expert_in_product_time",
    "Time of the gradients of the inputs of the routed experts' first products.",
    expert_in_width="expert_input_width",
    expert_input_width="expert_in_width",
)

expert_out_input_gradient_time = once_more(
    "expert_in_product_time",
    "Time of the gradients of the inputs of the routed experts' second products.",
    expert_in_width="expert_width",
)


@quantity("second", source=ROOFLINE, assumes=SIDE_BY_SIDE)
def state_input_gradient_time(
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
    """Time of the gradients of the inputs of the products into and out of a fixed state."""
    if state_kind == "none":
        return 0.0
    rates = gemm_rate, memory_rate, gemm_fill_time, kernel_floor
    rows, each = tokens_per_micro_batch, (gemm_element_bytes, BF16_BYTES)
    into = product_time(rows, hidden_size, state_in_width_here, *each, *rates)
    return into + product_time(rows, state_width_here, hidden_size, *each, *rates)


other_input_gradient_time = once_more(
    "qkv_product_time",
    "Time of the gradients of the inputs of a mean layer's matrices without fields of their own.",
    qkv_width="hidden_size",
    hidden_size="other_width",
)


layer_input_gradient_time = once_more(
    "layer_gemm_time",
    "Time of a mean layer's matrix products backward for inputs per micro-batch.",
    state_product_time="state_input_gradient_time",
    qkv_product_time="qkv_input_gradient_time",
    query_up_product_time="query_up_input_gradient_time",
    key_value_up_product_time="key_value_up_input_gradient_time",
    attention_out_product_time="attention_out_input_gradient_time",
    ffn_in_product_time="ffn_in_input_gradient_time",
    ffn_out_product_time="ffn_out_input_gradient_time",
    router_product_time="router_input_gradient_time",
    expert_in_product_time="expert_in_input_gradient_time",
    expert_out_product_time="expert_out_input_gradient_time",
    shared_in_product_time="shared_in_input_gradient_time",
    shared_out_product_time="shared_out_input_gradient_time",
    other_product_time="other_input_gradient_time",
)


# Backward for weights: summed along tokens, and added to gradients that are read and written
@quantity("second", source=ROOFLINE, assumes=SIDE_BY_SIDE)
def qkv_weight_gradient_time(
    qkv_width,
    hidden_size,
    tokens_per_micro_batch,
    gemm_element_bytes,
    gradient_bytes,
    gemm_rate,
    memory_rate,
    gemm_fill_time,
    kernel_floor,
):
    """Time of the gradient of the weights that make queries, keys and values, or their latents."""
    return product_time(
        qkv_width,
        hidden_size,
        tokens_per_micro_batch,
        gemm_element_bytes,
        2 * gradient_bytes,
        gemm_rate,
        memory_rate,
        gemm_fill_time,
        kernel_floor,
    )


query_up_weight_gradient_time = once_more(
    "qkv_weight_gradient_time",
    "Time of the gradient of the weights of the product that makes queries of a latent.",
    qkv_width="query_up_width",
    hidden_size="q_lora_rank",
)

key_value_up_weight_gradient_time = once_more(
    "qkv_weight_gradient_time",
    "Time of the gradient of the weights of the product that makes keys and values of a latent.",
    qkv_width="key_value_up_width",
    hidden_size="kv_lora_rank",
)

attention_out_weight_gradient_time = once_more(
    "qkv_weight_gradient_time",
    "Time of the gradient of the weights of attention's output projection.",
    qkv_width="hidden_size",
    hidden_size="attended_width",
)

ffn_in_weight_gradient_time = once_more(
    "qkv_weight_gradient_time",
    "Time of the gradient of the weights of the first product of a dense feed-forward block.",
    qkv_width="ffn_in_width",
)

ffn_out_weight_gradient_time = once_more(
    "qkv_weight_gradient_time",
    "Time of the gradient of the weights of the second product of a dense feed-forward block.",
    qkv_width="hidden_size",
    hidden_size="ffn_width",
)

shared_in_weight_gradient_time = once_more(
    "qkv_weight_gradient_time",
    "Time of the gradient of the weights of the first product of a layer's shared experts.",
    qkv_width="shared_in_width",
)

shared_out_weight_gradient_time = once_more(
    "qkv_weight_gradient_time",
    "Time of the gradient of the weights of the second product of a layer's shared experts.",
    qkv_width="hidden_size",
    hidden_size="shared_width",
)


@quantity("second", source=ROOFLINE, assumes="The router's scores are products in BF16.")
def router_weight_gradient_time(
    router_width,
    hidden_size,
    routed_tokens,
    gradient_bytes,
    bf16_gemm_rate,
    memory_rate,
    gemm_fill_time,
    kernel_floor,
):
    """Time of the gradient of the router's weights."""
    return product_time(
        router_width,
        hidden_size,
        routed_tokens,
        BF16_BYTES,
        2 * gradient_bytes,
        bf16_gemm_rate,
        memory_rate,
        gemm_fill_time,
        kernel_floor,
    )


@quantity("second", source=ROOFLINE, assumes=SIDE_BY_SIDE)
def expert_in_weight_gradient_time(
    local_experts,
    expert_in_width,
    expert_input_width,
    expert_rows,
    gemm_element_bytes,
    gradient_bytes,
    gemm_rate,
    memory_rate,
    gemm_fill_time,
    kernel_floor,
    kernels_per_expert,
):
    """Time of the gradients of the weights of the routed experts' first products."""
    return products_time(
        local_experts,
        expert_in_width,
        expert_input_width,
        expert_rows,
        gemm_element_bytes,
        2 * gradient_bytes,
        gemm_rate,
        memory_rate,
        gemm_fill_time,
        kernel_floor,
        kernels_per_expert,
    )


expert_out_weight_gradient_time = once_more(
    "expert_in_weight_gradient_time",
    "Time of the gradients of the weights of the routed experts' second products.",
    expert_in_width="expert_input_width",
    expert_input_width="expert_width",
)


@quantity("second", source=ROOFLINE, assumes=SIDE_BY_SIDE)
def state_weight_gradient_time(
    state_kind,
    tokens_per_micro_batch,
    state_in_width_here,
    state_width_here,
    hidden_size,
    gemm_element_bytes,
    gradient_bytes,
    gemm_rate,
    memory_rate,
    gemm_fill_time,
    kernel_floor,
):
    """Time of the gradients of the weights into and out of a fixed state."""
    if state_kind == "none":
        return 0.0
    rates = gemm_rate, memory_rate, gemm_fill_time, kernel_floor
    rows, each = tokens_per_micro_batch, (gemm_element_bytes, 2 * gradient_bytes)
    into = product_time(state_in_width_here, hidden_size, rows, *each, *rates)
    return into + product_time(hidden_size, state_width_here, rows, *each, *rates)


other_weight_gradient_time = once_more(
    "qkv_weight_gradient_time",
    "Time of the gradients of the weights of a mean layer's matrices without fields of their own.",
    qkv_width="other_width",
)


layer_weight_gradient_time = once_more(
    "layer_gemm_time",
    "Time of a mean layer's matrix products backward for weights per micro-batch.",
    state_product_time="state_weight_gradient_time",
    qkv_product_time="qkv_weight_gradient_time",
    query_up_product_time="query_up_weight_gradient_time",
    key_value_up_product_time="key_value_up_weight_gradient_time",
    attention_out_product_time="attention_out_weight_gradient_time",
    ffn_in_product_time="ffn_in_weight_gradient_time",
    ffn_out_product_time="ffn_out_weight_gradient_time",
    router_product_time="router_weight_gradient_time",
    expert_in_product_time="expert_in_weight_gradient_time",
    expert_out_product_time="expert_out_weight_gradient_time",
    shared_in_product_time="shared_in_weight_gradient_time",
    shared_out_product_time="shared_out_weight_gradient_time",
    other_product_time="other_weight_gradient_time",
)
