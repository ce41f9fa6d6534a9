"""Scaling: what a low-precision recipe moves to scale a layer's operands."""

from dsexplore.engine.assumptions import MEAN_LAYER, NEAREST_RECIPE
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import ratio, where
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import FLOP_PER_TOKEN, RECIPES_OF_FP8, ROOFLINE
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.recipes import RECIPES


@quantity("", source=RECIPES_OF_FP8, assumes=NEAREST_RECIPE)
def scaling_passes(precision, fp8_recipe, fp4_flops):
    """Times scaling moves a value through memory; a BF16 value is 1.

    Forward of each product's input, backward of its output's gradient.
    """
    if precision == "bf16":
        return 0.0
    if precision == "fp4":
        return RECIPES["nvfp4"].passes
    if precision == "int8":
        return RECIPES["per_tensor"].passes
    if fp8_recipe in ("auto", "nvfp4"):
        return where(fp4_flops > 0, RECIPES["mxfp8"].passes, RECIPES["per_tensor"].passes)
    return RECIPES[fp8_recipe].passes


@quantity("", source=RECIPES_OF_FP8, assumes=NEAREST_RECIPE)
def scaling_passes_again(precision, fp8_recipe, fp4_flops):
    """Times scaling anew for gradients of weights moves a value of either operand."""
    if precision == "bf16":
        return 0.0
    if precision == "fp4":
        return RECIPES["nvfp4"].passes_again
    if precision == "int8":
        return RECIPES["per_tensor"].passes_again
    if fp8_recipe in ("auto", "nvfp4"):
        by_block, by_tensor = RECIPES["mxfp8"].passes_again, RECIPES["per_tensor"].passes_again
        return where(fp4_flops > 0, by_block, by_tensor)
    return RECIPES[fp8_recipe].passes_again


# What is scaled on one accelerator
@quantity("", source=FLOP_PER_TOKEN, assumes=MEAN_LAYER)
def layer_input_values(
    tokens_per_micro_batch,
    hidden_size,
    blocks_per_layer,
    attention_layer_share,
    state_layer_share,
    state_width,
    attention,
    q_lora_rank,
    kv_lora_rank,
    output_groups,
    output_rank,
    mean_attention_heads,
    value_dim,
    inner_width,
    routed_experts_computed,
    expert_input_width,
    moe_layer_share,
    tensor_parallel,
):
    """Inputs of a mean layer's matrix products per micro-batch."""
    latents = {
        "gqa": 0.0,
        "mla": q_lora_rank + kv_lora_rank,
        "shared_kv": q_lora_rank + output_groups * output_rank,
    }[attention]
    attended = attention_layer_share * (mean_attention_heads * value_dim + latents)
    # Before each block, and each expert's copies.
    whole = blocks_per_layer * hidden_size + attended + state_layer_share * state_width
    received = if_any(moe_layer_share, routed_experts_computed * expert_input_width)
    widths = whole + inner_width + received
    return tokens_per_micro_batch * widths / tensor_parallel


@quantity("", source=FLOP_PER_TOKEN, assumes=MEAN_LAYER)
def layer_output_values(
    tokens_per_micro_batch,
    hidden_size,
    blocks_per_layer,
    attention_layer_share,
    qkv_width,
    query_up_width,
    key_value_up_width,
    state_layer_share,
    state_in_width_here,
    ffn_matrices,
    inner_width,
    routed_experts_computed,
    expert_input_width,
    moe_layer_share,
    tensor_parallel,
):
    """Outputs of a mean layer's matrix products per micro-batch, whose gradients are scaled."""
    heads = attention_layer_share * (qkv_width + query_up_width + key_value_up_width)
    heads = heads + state_layer_share * state_in_width_here
    # After each block, and each expert's copies.
    received = if_any(moe_layer_share, routed_experts_computed * expert_input_width)
    widths = blocks_per_layer * hidden_size + (ffn_matrices - 1) * inner_width + received
    return tokens_per_micro_batch * (heads + widths / tensor_parallel)


@quantity("second", source=ROOFLINE)
def layer_scaling_time(layer_input_values, scaling_passes, memory_factor, memory_rate):
    """Time to scale the inputs of a mean layer's products per micro-batch, forward."""
    moved = BF16_BYTES * scaling_passes * layer_input_values
    return ratio(moved * memory_factor, memory_rate)


@quantity("second", source=ROOFLINE)
def layer_backward_scaling_time(layer_output_values, scaling_passes, memory_factor, memory_rate):
    """Time to scale the gradients of a mean layer's outputs per micro-batch."""
    moved = BF16_BYTES * scaling_passes * layer_output_values
    return ratio(moved * memory_factor, memory_rate)


@quantity("byte", source=RECIPES_OF_FP8)
def layer_requantised_bytes(layer_input_values, layer_output_values, scaling_passes_again):
    """Bytes moved per layer and micro-batch to scale operands anew for the weight gradients.

    Their scales run along tokens there, not along channels.
    """
    return BF16_BYTES * scaling_passes_again * (layer_input_values + layer_output_values)
