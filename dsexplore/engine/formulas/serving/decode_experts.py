"""Decoding: routed experts, which tokens reach them, and the time of their products."""

from dsexplore.engine.again import at_other_inputs
from dsexplore.engine.assumptions import EVEN_ROUTING
from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.counting import at_least_once
from dsexplore.engine.elementwise import log, ratio, smaller, sqrt, where
from dsexplore.engine.formulas.serving.batch import EXCHANGES_PER_LAYER
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import DEFINITION, LOW_LATENCY, ROOFLINE, V3_DEPLOYMENT
from dsexplore.engine.quantity import quantity


@quantity("", source=V3_DEPLOYMENT)
def apart_experts(shared_experts_apart, num_shared_experts):
    """Shared experts on accelerators of their own, which every token is sent to."""
    return where(shared_experts_apart, num_shared_experts, 0)


@quantity("", source=LOW_LATENCY)
def decode_copies(computed_experts_per_token, apart_experts):
    """Copies of a token sent by each layer with experts in decoding."""
    return computed_experts_per_token + apart_experts


@quantity("fraction", assumes=EVEN_ROUTING)
def decode_experts_touched(
    decode_tokens,
    decode_expert_group,
    serving_expert_tensor_parallel,
    expert_activation_share,
    serving_micro_batches,
    decode_expert_read_time,
):
    """Share of the routed experts that a micro-batch reaches and reads, evenly routed.

    Where there are no experts to read, none is reached.
    """
    together = decode_tokens * decode_expert_group * serving_expert_tensor_parallel
    reached = at_least_once(expert_activation_share, together / serving_micro_batches)
    # A product with 0 keeps an unknown number of experts unknown.
    return where(decode_expert_read_time > 0, reached, 0.0 * decode_expert_read_time)


@quantity("", source=DEFINITION)
def decode_local_experts(
    held_expert_parameters, num_moe_layers, expert_parameters, serving_expert_tensor_parallel
):
    """Experts of a layer on a decoding accelerator, whole or cut."""
    whole = held_expert_parameters * serving_expert_tensor_parallel
    return if_any(whole, ratio(whole, num_moe_layers * expert_parameters))


@quantity("", assumes="The busiest of accelerators with few tokens each reads the most experts.")
def decode_busiest_experts(decode_local_experts, decode_experts_touched, decode_expert_group):
    """Experts of a layer that the busiest accelerator reads in a micro-batch.

    Of many accelerators with as many each on average, the busiest has so many deviations more.
    """
    mean = decode_local_experts * decode_experts_touched
    spread = sqrt(2 * log(decode_expert_group) * mean * (1 - decode_experts_touched))
    return smaller(mean + spread, decode_local_experts)


@quantity("", assumes="Copies of busy experts even out the load; without them some are busier.")
def served_expert_load(
    redundant_experts, decode_expert_group, serving_expert_imbalance, evened_expert_imbalance
):
    """Tokens of the busiest accelerator's experts over the mean in serving; 1 if one has all."""
    uneven = where(redundant_experts > 0, evened_expert_imbalance, serving_expert_imbalance)
    return where(decode_expert_group > 1, uneven, 1.0)


@quantity("token", source=DEFINITION)
def decode_sent_tokens(
    decode_tokens,
    serving_micro_batches,
    serving_expert_tensor_parallel,
    decode_copies,
    served_expert_load,
):
    """Copies of tokens that reach the busiest accelerator's experts in a micro-batch."""
    tokens = decode_tokens * serving_expert_tensor_parallel / serving_micro_batches
    return tokens * decode_copies * served_expert_load


@quantity("token", assumes=EVEN_ROUTING)
def decode_expert_rows(decode_sent_tokens, decode_local_experts, decode_experts_touched):
    """Tokens that reach one of the experts that a micro-batch reads, on the busiest accelerator."""
    touched = decode_local_experts * decode_experts_touched
    return if_any(decode_sent_tokens, ratio(decode_sent_tokens, touched))


@quantity("", source=DEFINITION)
def served_expert_traffic(serving_precision, expert_traffic, quantised_expert_traffic):
    """Traffic beside the products of experts relative to the least, by their precision."""
    return expert_traffic if serving_precision == "bf16" else quantised_expert_traffic


@quantity("second", source=ROOFLINE)
def decode_copy_time(
    decode_sent_tokens,
    expert_input_width,
    moe_intermediate_size,
    ffn_matrices,
    serving_expert_tensor_parallel,
    served_expert_traffic,
    memory_rate,
):
    """Time of one layer's traffic beside the products of experts: tokens copied there and back.

    Copies are read and written on each way, and the activation between the products.
    """
    width = ffn_matrices * moe_intermediate_size / serving_expert_tensor_parallel
    moved = BF16_BYTES * decode_sent_tokens * (2 * EXCHANGES_PER_LAYER * expert_input_width + width)
    return if_any(decode_sent_tokens, ratio(served_expert_traffic * moved, memory_rate))


@quantity("", assumes="One kernel computes all experts of a layer on an accelerator.")
def serving_kernels_per_expert():
    """Kernels that each product of a local expert takes in serving: one computes all."""
    return 0.0


# Products with experts, with the rows of a decoding step.
routed = at_other_inputs(
    of=("expert_in_product_time", "expert_out_product_time"),
    prefix="decode_",
    setting="In decoding",
    local_experts="decode_busiest_experts",
    expert_rows="decode_expert_rows",
    expert_in_width="serving_expert_in_width",
    expert_width="serving_expert_width",
    gemm_rate="serving_gemm_rate",
    gemm_element_bytes="serving_weight_bytes",
    memory_rate="weight_read_rate",
    kernels_per_expert="serving_kernels_per_expert",
)


@quantity("second", source=DEFINITION, better="less")
def decode_expert_time(
    num_moe_layers,
    serving_micro_batches,
    decode_expert_in_product_time,
    decode_expert_out_product_time,
    decode_copy_time,
):
    """Time of a decoding step in experts that tokens reach, copies of tokens included."""
    each = decode_expert_in_product_time + decode_expert_out_product_time + decode_copy_time
    return if_any(num_moe_layers, serving_micro_batches * num_moe_layers * each)
