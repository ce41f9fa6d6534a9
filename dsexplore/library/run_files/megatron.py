"""Megatron-Core's settings, by the names of Megatron-LM, Megatron-Bridge and NeMo, as fields."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dsexplore.library.run_files.stated import Stated

Fields = dict[str, Any]

# Settings that are a field of ours, number for number, for reading and for writing.
NUMBERS = {
    "tensor_parallel": ("tensor_model_parallel_size",),
    "pipeline_parallel": ("pipeline_model_parallel_size",),
    "context_parallel": ("context_parallel_size",),
    "expert_parallel": ("expert_model_parallel_size", "moe_expert_parallel_size"),
    "expert_tensor_parallel": ("expert_tensor_parallel_size",),
    "micro_batch_size": ("micro_batch_size",),
    "global_batch_size": ("global_batch_size",),
    "sequence_length": ("seq_length", "encoder_seq_length", "sequence_length"),
}
# Settings behind a field of ours that is more than their number.
SETTINGS = {
    "num_gpus": ("world_size",),
    "virtual_stages": (
        "num_virtual_stages_per_pipeline_rank",
        "virtual_pipeline_model_parallel_size",
    ),
    "context_parallel_kind": ("cp_comm_type",),
    "sequence_parallel": ("sequence_parallel",),
    "zero_stage": ("use_distributed_optimizer",),
    "recompute": ("recompute_granularity", "activations_checkpoint_granularity"),
    "recompute_layers": ("recompute_num_layers", "activations_checkpoint_num_layers"),
    "capacity_factor": ("moe_expert_capacity_factor", "moe_train_capacity_factor"),
    "precision": ("fp8_format", "fp8"),
    "fp8_recipe": ("fp8_recipe",),
    "gradient_precision": ("grad_reduce_in_bf16",),
    "optimizer": ("optimizer",),
    "optimizer_offload": ("optimizer_offload_fraction",),
}
# Sizes of the model.
SIZES = {
    "num_layers": ("num_layers",),
    "hidden_size": ("hidden_size",),
    "num_attention_heads": ("num_attention_heads",),
    "num_kv_heads": ("num_query_groups",),
    "head_dim": ("kv_channels",),
    "intermediate_size": ("ffn_hidden_size",),
    "vocab_size": ("padded_vocab_size", "pad_vocab_size_to", "vocab_size"),
    "max_context_length": ("max_position_embeddings",),
    "tie_embeddings": ("untie_embeddings_and_output_weights",),
    "num_routed_experts": ("num_experts", "num_moe_experts"),
    "experts_per_token": ("moe_router_topk",),
    "moe_intermediate_size": ("moe_ffn_hidden_size",),
    "num_dense_layers": ("moe_layer_freq",),
    "shared_expert_intermediate_size": ("moe_shared_expert_intermediate_size",),
    "router_bias": ("moe_router_enable_expert_bias",),
    "mtp_layers": ("mtp_num_layers",),
    "moe_latent_size": ("moe_latent_size",),
    "q_lora_rank": ("q_lora_rank",),
    "kv_lora_rank": ("kv_lora_rank",),
    "qk_nope_head_dim": ("qk_head_dim",),
    "qk_rope_head_dim": ("qk_pos_emb_head_dim",),
    "v_head_dim": ("v_head_dim",),
}
CONTEXT_KINDS = {
    "p2p": "ring",
    "a2a": "all_to_all",
    "allgather": "all_gather",
    "all_gather": "all_gather",
    "a2a+p2p": "hierarchical",
}
RECIPES = {
    "tensorwise": "per_tensor",
    "delayed": "per_tensor",
    "blockwise": "block_128",
    "mxfp8": "mxfp8",
}
# Modules that are recomputed in part, and the fields that say so.
MODULES = {
    "mlp": "recompute_ffn",
    "moe": "recompute_moe",
    "layernorm": "recompute_norms",
    "mla_up_proj": "recompute_up_projections",
    "moe_act": "recompute_ffn_activation",
}


# Names that no other framework's settings have.
_OWN = (
    *("tensor_model_parallel_size", "pipeline_model_parallel_size", "expert_model_parallel_size"),
    *("recompute_granularity", "activations_checkpoint_granularity", "use_distributed_optimizer"),
    *("moe_expert_parallel_size", "context_parallel_size", "seq_length", "encoder_seq_length"),
)
_SHAPE = ("num_layers", "hidden_size", "num_attention_heads")


def is_megatron(values: Mapping[str, object]) -> bool:
    """Whether settings are Megatron-Core's: a layout, or a model's sizes, by its names."""
    return any(name in values for name in _OWN) or all(name in values for name in _SHAPE)


def run_fields(stated: Stated) -> Fields:
    """Fields of layout, batch, precision and memory."""
    fields: Fields = {}
    for field, names in NUMBERS.items():
        number = stated.whole(*names)
        if number is not None:
            fields[field] = number
    return fields | _stages(stated) | _memory(stated) | _precision(stated) | _scale(stated)


def _stages(stated: Stated) -> Fields:
    pieces = stated.whole(*SETTINGS["virtual_stages"])
    each = stated.whole("num_layers_per_virtual_pipeline_stage")
    layers = stated.whole("num_layers")
    stages = stated.whole("pipeline_model_parallel_size") or 1
    if pieces is None and each and layers:
        pieces = layers // (stages * each) or None
    if pieces and pieces > 1:
        return {"pipeline_schedule": "interleaved", "virtual_stages": pieces}
    return {}


def _memory(stated: Stated) -> Fields:
    fields: Fields = {"sequence_parallel": stated.flag(*SETTINGS["sequence_parallel"])}
    sharding = stated.word("data_parallel_sharding_strategy")
    by_word = {"optim": 1, "optim_grads": 2, "optim_grads_params": 3}
    if stated.flag("use_megatron_fsdp", "use_custom_fsdp", "use_torch_fsdp2"):
        fields["zero_stage"] = by_word.get(sharding, 3)
    elif stated.whole("zero_stage") in (1, 2, 3):
        fields["zero_stage"] = stated.whole("zero_stage")
    elif stated.flag("deepspeed") and stated.flag("bf16"):
        # DeepSpeed's optimizer for BF16 splits its state over the ranks at stage 0 too.
        fields["zero_stage"] = 1
    elif stated.flag("fsdp"):
        strategy = stated.word("fsdp_sharding_strategy")
        fields["zero_stage"] = 2 if strategy == "grad" else 3
    else:
        is_split = stated.flag(*SETTINGS["zero_stage"])
        named = stated.word(*SETTINGS["optimizer"])
        fields["zero_stage"] = int(is_split or named.startswith(_SPLIT))
    granularity = stated.word(*SETTINGS["recompute"])
    if granularity == "full" or stated.has("checkpoint_activations"):
        fields["recompute"] = "full"
        layers = stated.whole(*SETTINGS["recompute_layers"])
        if stated.word("recompute_method", "activations_checkpoint_method") == "block" and layers:
            fields["recompute_layers"] = layers
    elif granularity == "selective" or stated.flag("recompute_activations"):
        fields |= _modules(stated)
    capacity = stated.number(*SETTINGS["capacity_factor"])
    if capacity and capacity > 0:
        fields["capacity_factor"] = capacity
    kind = CONTEXT_KINDS.get(stated.word(*SETTINGS["context_parallel_kind"]))
    if kind:
        fields["context_parallel_kind"] = kind
    if any((stated.number(name) or 0) > 0 for name in ("attention_dropout", "hidden_dropout")):
        fields["dropout"] = "yes"
    return fields


def _modules(stated: Stated) -> Fields:
    value = stated.value("recompute_modules")
    text = " ".join(map(str, value)) if isinstance(value, list) else str(value or "core_attn")
    words = {word.strip("[]'\",") for word in text.split()}
    fields: Fields = {field: True for word, field in MODULES.items() if word in words}
    return fields | ({"recompute": "selective"} if "core_attn" in words else {})


# NeMo's optimizers that split their state over the data-parallel ranks.
_SPLIT = "distributed_fused_"


def _precision(stated: Stated) -> Fields:
    fields: Fields = {}
    has_half = stated.flag("bf16") | stated.flag("fp16")
    mixed = stated.word("mixed_precision", "precision")
    fp8 = stated.word(*SETTINGS["precision"])
    if fp8 in ("e4m3", "hybrid") or "fp8" in mixed:
        recipe = stated.word(*SETTINGS["fp8_recipe"])
        fields |= {"precision": "fp8", "fp8_recipe": RECIPES.get(recipe, "per_tensor")}
    elif has_half or "bf16" in mixed or "16" in mixed:
        fields["precision"] = "bf16"
    if stated.flag(*SETTINGS["gradient_precision"]):
        fields["gradient_precision"] = "bf16"
    elif stated.has("grad_reduce_in_fp32"):
        is_whole = stated.flag("grad_reduce_in_fp32")
        fields["gradient_precision"] = "fp32" if is_whole else "bf16"
    elif stated.word("grad_sync_dtype") in ("bf16", "fp16"):
        fields["gradient_precision"] = "bf16"
    elif stated.flag("bf16", "accumulate_allreduce_grads_in_fp32"):
        fields["gradient_precision"] = "fp32"
    optimizer = stated.word(*SETTINGS["optimizer"]).removeprefix(_SPLIT).removeprefix("fused_")
    by_name = {"adam": "adamw", "adamw": "adamw", "sgd": "sgd", "muon": "muon"}
    if optimizer in by_name:
        fields["optimizer"] = by_name[optimizer]
    if stated.flag("use_precision_aware_optimizer"):
        fields["optimizer_bytes"] = _optimizer_bytes(stated)
    if stated.flag("optimizer_cpu_offload"):
        fields["optimizer_offload"] = stated.number(*SETTINGS["optimizer_offload"]) or 1.0
    return fields


def _optimizer_bytes(stated: Stated) -> float:
    """Bytes of both moments and the master weight, by their types."""
    size = {"fp32": 4.0, "torch.float32": 4.0, "bf16": 2.0, "torch.bfloat16": 2.0}
    size |= {"fp16": 2.0, "torch.float16": 2.0, "fp8": 1.0, "torch.uint8": 1.0}
    kinds = ("main_params_dtype", "exp_avg_dtype", "exp_avg_sq_dtype")
    return sum(size.get(stated.word(name), 4.0) for name in kinds)


def _scale(stated: Stated) -> Fields:
    """Accelerators, and tokens of the whole run."""
    fields: Fields = {}
    per_node = stated.whole(
        "nproc_per_node", "gpus_per_node", "ntasks_per_node", "devices", "num_gpus_per_node"
    )
    asked = [stated.whole(name) for name in ("nnodes", "nodes", "num_nodes")]
    nodes = next((number for number in asked if number), None)
    gpus = stated.whole(*SETTINGS["num_gpus"]) or (nodes * per_node if nodes and per_node else None)
    if gpus:
        fields["num_gpus"] = gpus
    if per_node:
        fields["gpus_per_node"] = per_node
    samples = stated.whole("train_samples")
    steps = stated.whole("train_iters", "max_steps")
    batch = stated.whole("global_batch_size")
    length = stated.whole("seq_length", "encoder_seq_length")
    if samples is None and steps and batch:
        samples = steps * batch
    if tokens := stated.whole("train_tokens"):
        fields["pretraining_tokens"] = float(tokens)
    elif samples and length:
        fields["pretraining_tokens"] = float(samples * length)
    return fields


def model_fields(stated: Stated) -> Fields:
    """Fields of the model, as far as arguments say them; none without its sizes."""
    sizes = [_size(stated, of) for of in ("num_layers", "hidden_size", "num_attention_heads")]
    layers, hidden, heads = sizes
    if not (layers and hidden and heads) or _has_other_layers(stated):
        return {}
    biases = not stated.flag("disable_bias_linear")
    for key in ("add_bias_linear", "bias"):
        biases = biases and stated.value(key) not in (False, "False")
    is_gated = stated.flag("swiglu", "gated_linear_unit") or stated.word("activation").endswith(
        ("swiglu", "geglu", "reglu")
    )
    grouped = stated.has(*SIZES["num_kv_heads"]) and (
        stated.flag("group_query_attention") or stated.value("group_query_attention") is None
    )
    fields: Fields = {
        "num_layers": layers,
        "hidden_size": hidden,
        "num_attention_heads": heads,
        "num_kv_heads": (_size(stated, "num_kv_heads") if grouped else None) or heads,
        "head_dim": _size(stated, "head_dim") or hidden // heads or None,
        "intermediate_size": _size(stated, "intermediate_size") or 4 * hidden,
        "ffn_matrices": 3 if is_gated else 2,
        "qkv_bias": biases or stated.flag("add_qkv_bias"),
        "output_bias": biases,
        "ffn_bias": biases,
        "norm_bias": stated.word("normalization") not in ("rmsnorm",),
        "query_key_norm": "head" if stated.flag("qk_layernorm") else "none",
        "tie_embeddings": not stated.flag(*SIZES["tie_embeddings"])
        and stated.value("share_embeddings_and_output_weights") not in (False, "False"),
    }
    if stated.flag("embed_layernorm"):
        fields["embedding_norm"] = True
    vocab = _size(stated, "vocab_size")
    if vocab:
        fields["vocab_size"] = vocab
    if stated.has(*SIZES["max_context_length"]):
        fields["max_context_length"] = _size(stated, "max_context_length")
    if stated.word("position_embedding_type") in ("", "learned_absolute"):
        fields["learned_positions"] = stated.whole("max_position_embeddings", "seq_length") or 0
    return fields | _experts(stated, layers, hidden) | _latents(stated)


# Layers without attention, or with another kind: only a model's own configuration says them.
_OTHER_LAYERS = (
    *("hybrid_override_pattern", "hybrid_layer_pattern", "hybrid_attention_ratio"),
    *("hybrid_mlp_ratio", "is_hybrid_model", "linear_attention_type", "linear_attention_freq"),
    *("experimental_attention_variant", "heterogeneous_layers_config_path"),
)


def _has_other_layers(stated: Stated) -> bool:
    """Whether layers are of kinds that these arguments alone do not size; they are listed then."""
    return any(stated.is_on(name) for name in _OTHER_LAYERS)


def _size(stated: Stated, field: str) -> int | None:
    return stated.whole(*SIZES[field])


def _experts(stated: Stated, layers: int, hidden: int) -> Fields:
    experts = _size(stated, "num_routed_experts")
    if not experts:
        return {}
    shared = _size(stated, "shared_expert_intermediate_size")
    return {
        "num_routed_experts": experts,
        "experts_per_token": _size(stated, "experts_per_token")
        or (stated.whole("topk") or 1 if _is_deepspeed(stated) else 2),
        "moe_intermediate_size": stated.whole(
            *SIZES["moe_intermediate_size"], *SIZES["intermediate_size"]
        )
        or 4 * hidden,
        "num_dense_layers": _dense_layers(stated, layers),
        "num_shared_experts": 1 if shared else 0,
        "shared_expert_intermediate_size": shared or 0,
        "router_bias": stated.flag(*SIZES["router_bias"]),
        "mtp_layers": _size(stated, "mtp_layers") or 0,
        "moe_latent_size": _size(stated, "moe_latent_size") or 0,
    }


def _is_deepspeed(stated: Stated) -> bool:
    """Whether experts are Megatron-DeepSpeed's: in every second layer, one for each token."""
    return stated.has("moe_expert_parallel_size")


def _dense_layers(stated: Stated, layers: int) -> int:
    """Layers without experts, by a number or by a list such as ([0]*3+[1]*58)."""
    if _is_deepspeed(stated):
        return layers - layers // (stated.whole("expert_interval") or 2)
    text = str(stated.value(*SIZES["num_dense_layers"]) or "1").strip("()[] ")
    if text.isdigit():
        every = int(text) or 1
        return layers - len(range(0, layers, every))
    terms = [
        term.strip("[]() ") for term in str(stated.value(*SIZES["num_dense_layers"])).split("+")
    ]
    dense = 0
    for term in terms:
        kind, _, times = term.replace("]", "").partition("*")
        number = int(times) if times.strip().isdigit() else 1
        dense += number if kind.strip() == "0" else 0
    if "*" not in text:
        dense = [word.strip() for word in text.split(",")].count("0")
    return min(dense, layers)


def _latents(stated: Stated) -> Fields:
    if not stated.flag("multi_latent_attention"):
        return {}
    return {
        "attention": "mla",
        "query_key_norm": "none",
        "learned_positions": 0,
        "q_lora_rank": _size(stated, "q_lora_rank") or 0,
        "kv_lora_rank": _size(stated, "kv_lora_rank") or 512,
        "qk_nope_head_dim": _size(stated, "qk_nope_head_dim") or 128,
        "qk_rope_head_dim": _size(stated, "qk_rope_head_dim") or 64,
        "v_head_dim": _size(stated, "v_head_dim") or 128,
    }
