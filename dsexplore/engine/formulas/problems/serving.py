"""Problems of serving: precision, layout, links and memory, of decoding and of prefill."""

from dsexplore.engine.constants import BYTES_PER_GB
from dsexplore.engine.elementwise import larger, ratio
from dsexplore.engine.idioms import exceeds
from dsexplore.engine.papers import CHUNKED_PREFILL, DEFINITION, LAYOUT_RULES
from dsexplore.engine.quantity import quantity
from dsexplore.engine.templates import first_sentence, sentence

_PRECISION = (
    "Serving in {precision} (serving_precision): this accelerator has no {precision} peak, so "
    "speeds are not computed."
)
_DENSE_PRECISION = (
    "Serving in {dense} outside experts (dense_weight_precision): this accelerator has no {dense} "
    "peak, so speeds are not computed."
)
_ATTENTION_PRECISION = (
    "Serving with attention in {attention} (serving_attention_precision): this accelerator has no "
    "{attention} peak, so speeds are not computed."
)
_CUT_EXPERTS = (
    "Serving: experts of {width:,.0f} hidden values (moe_intermediate_size) do not divide by "
    "{cut:g} (serving_expert_tensor_parallel)."
)
_STAGES = "Serving: {stages:g} stages (serving_pipeline) are more than {layers:g} layers."
_ONE_ENGINE = (
    "Serving: chunks of prompts (prefill_chunk) share the steps of decoding, so experts are spread "
    "alike: over {reading:g} GPUs in prefill and {group:g} in decoding is for prefill_placement "
    "apart."
)
_HEADS = "Serving: {heads:g} attention heads do not divide by {tensor:g} (serving_tensor_parallel)."
_STATE_HEADS = (
    "Serving: {states:g} heads of states do not divide by {tensor:g} (serving_tensor_parallel)."
)
_EXPERTS = (
    "Serving: {experts:g} routed experts, or those and {redundant:g} second copies, do not divide "
    "over {group:g} GPUs ({field})."
)
_GROUPS = (
    "Serving: {group:g} GPUs ({field}) do not divide into tensor-parallel groups of {tensor:g} "
    "(serving_tensor_parallel)."
)
_SCALE_UP = (
    "Serving: {members:g} GPUs of a node share the work, and no link joins them "
    "(scale_up_bandwidth is 0)."
)
_SCALE_OUT = (
    "Serving: {members:g} GPUs share the work, and no network joins nodes "
    "(scale_out_bandwidth is 0)."
)
_WEIGHTS = (
    "Serving: weights and reserve need {weights:,.4g} of {memory:,.4g} GB on each GPU. Share the "
    "weights among more (serving_tensor_parallel, expert parallel), or serve in fewer bits."
)
_CACHE = (
    "Serving: weights, KV cache and reserve need {need:,.4g} of {memory:,.4g} GB on each decoding "
    "GPU. Share the weights among more, or decode a smaller batch: {fits:,.4g} requests fit in "
    "a tensor-parallel group (decode_batch)."
)
_TOO_FEW = "Serving: {held:g} GPUs (serving_gpus) are fewer than the {group:g} of one copy."
_BUSY = "Serving: the day's tokens need {busy:.3g} times the GPUs held (serving_gpus)."
_LATE = (
    "Serving: at the load that keeps the decode batch, the first token takes {late:,.3g} times as "
    "long as is promised (ttft_limit). Decode a smaller batch."
)
_SLOW = (
    "Serving: at the load that keeps the decode batch, a token takes {slow:,.3g} times as long as "
    "is promised (time_per_token_limit). Decode a smaller batch."
)
_UNREAD = (
    "Serving: at the load that keeps the decode batch, prompts come {busy:,.4g} times as fast as "
    "they are read, so more and more wait. Decode a smaller batch, read with more "
    "(prefill_gpu_share) or in larger chunks (prefill_chunk)."
)
_BEYOND_CONTEXT = (
    "Serving: a context of {length:,.0f} tokens (kv_length, serving_prompt_length) is longer than "
    "the {published:,.0f} that the model is published for (max_context_length)."
)


# What cannot be had where the layout cannot: parts of a decoding step or of a prompt token, and the
# revenue from the tokens.
_DECODING = (
    "decode_dense_time",
    "decode_expert_time",
    "decode_attention_time",
    "decode_network_time",
    "decode_step_time",
    "decode_network_speed_limit",
    "output_revenue_per_day",
)
_PREFILL = (
    "prefill_compute_time_per_token",
    "prefill_network_time_per_token",
    "prefill_time_per_token",
    "input_revenue_per_day",
)


def _broken(
    field, precision, rate, dense, dense_rate, attention, attention_rate, heads, states, tensor,
    experts, redundant, width, cut, group, stages, layers, node, scale_up, scale_out, weights,
    memory, need,
    fits,
):  # fmt: skip
    """The first rule that a precision and a layout of serving break, or what does not fit.

    `field` names the group's; `weights`, with the reserve, and all that is needed are in bytes.
    """
    members = larger(tensor, group) * stages
    # Spread without its second copies or with them.
    uneven = (experts % group > 0) & ((experts + redundant) % group > 0)
    return first_sentence(
        [
            (rate == 0, _PRECISION),
            (dense_rate == 0, _DENSE_PRECISION),
            (attention_rate == 0, _ATTENTION_PRECISION),
            (stages > layers, _STAGES),
            (heads % tensor > 0, _HEADS),
            (states % tensor > 0, _STATE_HEADS),
            ((experts > 0) & uneven, _EXPERTS),
            ((experts > 0) & (width % cut > 0), _CUT_EXPERTS),
            ((group > 1) & (group % tensor > 0), _GROUPS),
            ((members > 1) & (members <= node) & (scale_up == 0), _SCALE_UP),
            ((members > node) & (scale_out == 0), _SCALE_OUT),
            (exceeds(weights, memory), _WEIGHTS),
            (exceeds(need, memory), _CACHE),
        ],
        field=field,
        precision=precision.upper(),
        dense=dense.upper(),
        attention=attention.upper(),
        width=width,
        cut=cut,
        stages=stages,
        layers=layers,
        heads=heads,
        states=states,
        tensor=tensor,
        experts=experts,
        redundant=redundant,
        group=group,
        members=members,
        weights=weights / BYTES_PER_GB,
        need=need / BYTES_PER_GB,
        memory=memory / BYTES_PER_GB,
        fits=fits,
    )


@quantity(kind="problem", source=LAYOUT_RULES, forbids=_DECODING)
def serving_problem(
    serving_precision, serving_gemm_rate, dense_weight_precision, dense_gemm_rate,
    serving_attention_precision, served_attention_peak, num_attention_heads,
    state_heads, serving_tensor_parallel, num_routed_experts, redundant_experts,
    moe_intermediate_size,
    serving_expert_tensor_parallel, decode_expert_group, serving_pipeline, num_layers,
    gpus_per_node, scale_up_bandwidth, scale_out_bandwidth, serving_weight_memory,
    memory_reserve, memory_capacity, decode_memory_per_gpu, largest_decode_batch,
):  # fmt: skip
    """Why nothing can be decoded as stated: precision, layout, links or memory."""
    return _broken(
        "decode_expert_parallel", serving_precision, serving_gemm_rate, dense_weight_precision,
        dense_gemm_rate, serving_attention_precision, served_attention_peak, num_attention_heads,
        state_heads, serving_tensor_parallel, num_routed_experts, redundant_experts,
        moe_intermediate_size,
        serving_expert_tensor_parallel, decode_expert_group, serving_pipeline, num_layers,
        gpus_per_node, scale_up_bandwidth, scale_out_bandwidth,
        serving_weight_memory + memory_reserve, memory_capacity, decode_memory_per_gpu,
        largest_decode_batch,
    )  # fmt: skip


@quantity(kind="problem", source=LAYOUT_RULES, forbids=_PREFILL)
def prefill_problem(
    serving_precision, serving_gemm_rate, dense_weight_precision, dense_gemm_rate,
    serving_attention_precision, served_attention_peak, num_attention_heads,
    state_heads, serving_tensor_parallel, num_routed_experts, redundant_experts,
    moe_intermediate_size,
    serving_expert_tensor_parallel, prefill_expert_group, serving_pipeline, num_layers,
    gpus_per_node, scale_up_bandwidth, scale_out_bandwidth, prefill_serving_weight_memory,
    memory_reserve, memory_capacity,
):  # fmt: skip
    """Why no prompt can be read as stated: precision, layout, links or memory."""
    return _broken(
        "prefill_expert_parallel", serving_precision, serving_gemm_rate, dense_weight_precision,
        dense_gemm_rate, serving_attention_precision, served_attention_peak, num_attention_heads,
        state_heads, serving_tensor_parallel, num_routed_experts, redundant_experts,
        moe_intermediate_size,
        serving_expert_tensor_parallel, prefill_expert_group, serving_pipeline, num_layers,
        gpus_per_node, scale_up_bandwidth, scale_out_bandwidth,
        prefill_serving_weight_memory + memory_reserve, memory_capacity, 0.0, 0.0,
    )  # fmt: skip


@quantity(
    kind="problem",
    source=DEFINITION,
    forbids=("serving_gpus_held", "input_revenue_per_day", "output_revenue_per_day"),
)
def fleet_problem(
    serving_gpus, serving_tensor_parallel, decode_expert_group, output_tokens_per_day,
    serving_utilization,
):  # fmt: skip
    """Why the GPUs held for serving cannot do a day's work."""
    group = larger(serving_tensor_parallel, decode_expert_group)
    is_served = output_tokens_per_day > 0
    return first_sentence(
        [
            (is_served & (serving_gpus > 0) & (group > serving_gpus), _TOO_FEW),
            (exceeds(serving_utilization, 1.0), _BUSY),
        ],
        held=serving_gpus,
        group=group,
        busy=serving_utilization,
    )


@quantity(
    kind="problem",
    source=CHUNKED_PREFILL,
    forbids=("steps_with_chunk", "decode_time_beside_chunk", "longest_token_gap"),
)
def chunk_problem(prefill_chunk, prefill_placement, prefill_expert_group, decode_expert_group):
    """Why no chunk of a prompt can be read in the steps of decoding."""
    is_one = prefill_placement == "together"
    return sentence(
        is_one & (prefill_chunk > 0) & (prefill_expert_group != decode_expert_group),
        _ONE_ENGINE,
        reading=prefill_expert_group,
        group=decode_expert_group,
    )


@quantity(kind="problem", source=DEFINITION, concerns=("loaded_ttft", "load_per_gpu"))
def promise_problem(
    prompt_queue_load,
    ttft_limit,
    loaded_ttft,
    time_per_token_limit,
    loaded_time_per_output_token,
):
    """Warning of prompts that cannot be read, or of a stated limit that is not kept."""
    is_slow = loaded_time_per_output_token > time_per_token_limit
    return first_sentence(
        [
            (exceeds(prompt_queue_load, 1.0), _UNREAD),
            ((ttft_limit > 0) & (loaded_ttft > ttft_limit), _LATE),
            ((time_per_token_limit > 0) & is_slow, _SLOW),
        ],
        busy=prompt_queue_load,
        late=ratio(loaded_ttft, ttft_limit),
        slow=ratio(loaded_time_per_output_token, time_per_token_limit),
    )


@quantity(kind="problem", source=DEFINITION)
def served_context_problem(kv_length, prompt_tokens, max_context_length):
    """Warning of requests longer than the model is published for."""
    longest = larger(kv_length, prompt_tokens)
    return sentence(
        longest > max_context_length, _BEYOND_CONTEXT, length=longest, published=max_context_length
    )
