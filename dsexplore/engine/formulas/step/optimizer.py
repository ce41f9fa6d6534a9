"""Optimiser: its time per step, and the products with which Muon makes updates orthogonal."""

from dsexplore.engine.constants import FLOP_PER_MULTIPLY_ADD
from dsexplore.engine.elementwise import larger, ratio, smaller, where, without_unknown
from dsexplore.engine.idioms import if_any, sharded, stated_or
from dsexplore.engine.papers import MUON, NEWTON_SCHULZ
from dsexplore.engine.quantity import quantity
from dsexplore.scenario.schedules import SCHEDULES

_ONCE = (
    "Each matrix is made orthogonal whole, by one of its copies where ZeRO shards the optimiser."
)


def _iteration(rows, columns):
    """Multiply-adds of one step for a matrix: X X', its square, and a product with X."""
    short, long = smaller(rows, columns), larger(rows, columns)
    return 2 * short * short * long + short * short * short


@quantity("FLOP", source=NEWTON_SCHULZ)
def attention_newton_schulz_flops(
    attention,
    hidden_size,
    mean_attention_heads,
    num_kv_heads,
    query_key_dim,
    value_dim,
    q_lora_rank,
    kv_lora_rank,
    qk_nope_head_dim,
    qk_rope_head_dim,
    output_groups,
    output_rank,
    compressor_width,
):
    """FLOP of one Newton-Schulz step for the attention matrices of a layer.

    2 (2 n m^2 + m^3) for each matrix of n by m, the short side.
    """
    queries = mean_attention_heads * query_key_dim
    out = _iteration(hidden_size, mean_attention_heads * value_dim)
    asked = _iteration(hidden_size, queries)
    if attention != "gqa":
        down = _iteration(hidden_size, q_lora_rank) + _iteration(q_lora_rank, queries)
        asked = where(q_lora_rank > 0, down, asked)
    if attention == "mla":
        up = mean_attention_heads * (qk_nope_head_dim + value_dim)
        held = _iteration(hidden_size, kv_lora_rank + qk_rope_head_dim)
        held = held + _iteration(kv_lora_rank, up)
    elif attention == "shared_kv":
        held = _iteration(hidden_size, query_key_dim)
        group = mean_attention_heads * value_dim / output_groups
        latents = output_groups * _iteration(group, output_rank)
        latents = latents + _iteration(output_groups * output_rank, hidden_size)
        out = where(output_rank > 0, latents, out)
    else:
        keys, values = num_kv_heads * query_key_dim, num_kv_heads * value_dim
        held = _iteration(hidden_size, keys) + _iteration(hidden_size, values)
    entries = if_any(compressor_width, _iteration(hidden_size, compressor_width))
    return FLOP_PER_MULTIPLY_ADD * (asked + held + out + entries)


@quantity("FLOP", source=NEWTON_SCHULZ)
def dense_newton_schulz_flops(
    newton_schulz_steps,
    attention_newton_schulz_flops,
    own_attention_layers,
    state_layers,
    state_in_width,
    state_width,
    own_dense_layers,
    num_moe_layers,
    ffn_matrices,
    hidden_size,
    intermediate_size,
    moe_intermediate_size,
    num_shared_experts,
    shared_expert_intermediate_size,
):
    """FLOP per step of Newton-Schulz for all matrices within layers but routed experts'."""
    width = stated_or(shared_expert_intermediate_size, moe_intermediate_size)
    shared = num_moe_layers * num_shared_experts
    shared = if_any(shared, shared * _iteration(hidden_size, width))
    dense = without_unknown(own_dense_layers, _iteration(hidden_size, intermediate_size))
    blocks = FLOP_PER_MULTIPLY_ADD * ffn_matrices * (dense + shared)
    states = _iteration(hidden_size, state_in_width) + _iteration(hidden_size, state_width)
    states = FLOP_PER_MULTIPLY_ADD * if_any(state_layers, state_layers * states)
    attention = own_attention_layers * attention_newton_schulz_flops
    return newton_schulz_steps * (attention + states + blocks)


@quantity("FLOP", source=NEWTON_SCHULZ)
def expert_newton_schulz_flops(
    newton_schulz_steps,
    num_moe_layers,
    num_routed_experts,
    ffn_matrices,
    expert_input_width,
    moe_intermediate_size,
):
    """FLOP per step of Newton-Schulz for the matrices of all routed experts."""
    each = (
        FLOP_PER_MULTIPLY_ADD * ffn_matrices * _iteration(expert_input_width, moe_intermediate_size)
    )
    experts = num_moe_layers * num_routed_experts
    return if_any(experts, newton_schulz_steps * experts * each)


@quantity("", source=MUON)
def newton_schulz_share(
    optimizer,
    dense_newton_schulz_flops,
    expert_newton_schulz_flops,
    training_flops_per_token,
    tokens_per_step,
):
    """FLOP of Muon's Newton-Schulz relative to a step's model FLOP, each matrix counted once."""
    flops = dense_newton_schulz_flops + expert_newton_schulz_flops
    share = ratio(flops, training_flops_per_token * tokens_per_step)
    return share if optimizer == "muon" else 0.0 * flops


@quantity("second", source=MUON, assumes=_ONCE)
def newton_schulz_time(
    optimizer,
    dense_newton_schulz_flops,
    expert_newton_schulz_flops,
    trained_share,
    pipeline_schedule,
    pipeline_parallel,
    zero_stage,
    shards,
    expert_group,
    expert_shards,
    bf16_gemm_rate,
):
    """Time of Muon's Newton-Schulz per step on a mean stage, in BF16; 0 for other optimisers.

    Every member of a tensor-parallel group does it for whole matrices.
    """
    if optimizer != "muon":
        return 0.0
    dense = sharded(dense_newton_schulz_flops, zero_stage >= 1, shards)
    routed = sharded(expert_newton_schulz_flops / expert_group, zero_stage >= 1, expert_shards)
    stages = SCHEDULES[pipeline_schedule].copies / pipeline_parallel
    return ratio(trained_share * stages * (dense + routed), bf16_gemm_rate)


@quantity("second", assumes="Memory bounds the optimiser, and nothing hides it.", better="less")
def optimizer_time(
    optimizer_memory, made_gradient_memory, memory_rate, newton_schulz_time, host_update_time
):
    """Time of the optimiser per step: it reads and writes its state, and reads gradients twice.

    Gradients are read for their norm, and again for the update. Muon's products and
    the host's update of what is offloaded are added.
    """
    moved = ratio(2 * optimizer_memory + 2 * made_gradient_memory, memory_rate)
    return moved + newton_schulz_time + host_update_time
