"""The shape that a GGUF file's metadata and tensors say."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from dsexplore.library.model_files.gguf import Header
from dsexplore.library.model_files.headers import Tensor

Fields = dict[str, object]


def shape_of(header: Header) -> Fields:
    """The fields of an architecture that a header says; those it does not say are left out."""
    values = header.values
    kind = values.get("general.architecture")

    def whole(key: str) -> int | None:
        value = values.get(f"{kind}.{key}")
        return value if type(value) is int and 0 < value < 10**9 else None

    first = {
        tensor.name.removeprefix("blk.0."): tensor
        for tensor in header.tensors
        if tensor.name.startswith("blk.0.")
    }
    names = {tensor.name: tensor for tensor in header.tensors}
    hidden, heads = whole("embedding_length"), whole("attention.head_count")
    fields: Fields = {
        "num_layers": whole("block_count"),
        "hidden_size": hidden,
        "max_context_length": whole("context_length"),
        "intermediate_size": whole("feed_forward_length"),
        "num_attention_heads": heads,
        "num_kv_heads": whole("attention.head_count_kv") or heads,
        "head_dim": whole("attention.key_length")
        or (hidden // heads if hidden and heads else None),
        "attention_window": whole("attention.sliding_window") or 0,
        "tie_embeddings": "output.weight" not in names,
        "vocab_size": _rows(names, "token_embd.weight"),
        **_experts(whole, header),
        **_details(first, hidden),
        "final_norm": "output_norm.weight" in names,
        "norm_bias": "output_norm.bias" in names,
    }
    return {key: value for key, value in fields.items() if value is not None}


def is_grouped(header: Header) -> bool:
    """Whether every layer has attention with keys and values for groups of heads, and no more."""
    return all(
        any(tensor.name == f"blk.{layer}.attn_{which}.weight" for tensor in header.tensors)
        for layer in range(2)
        for which in ("q", "k", "v", "output")
    )


def _experts(whole: Callable[[str], int | None], header: Header) -> Fields:
    routed = whole("expert_count")
    if not routed:
        return {}
    layers = whole("block_count") or 0
    with_experts = {
        tensor.name.split(".")[1] for tensor in header.tensors if "_exps.weight" in tensor.name
    }
    return {
        "num_routed_experts": routed,
        "experts_per_token": whole("expert_used_count") or 0,
        "moe_intermediate_size": whole("expert_feed_forward_length")
        or whole("feed_forward_length")
        or 0,
        "num_shared_experts": whole("expert_shared_count") or 0,
        "num_dense_layers": max(layers - len(with_experts), 0),
    }


def _details(first: Mapping[str, Tensor], hidden: int | None) -> Fields:
    head_norm = first.get("attn_q_norm.weight")
    norms = sum(
        name.endswith("norm.weight") and tensor.shape == (hidden,)
        for name, tensor in first.items()
        if name not in ("attn_q_norm.weight", "attn_k_norm.weight")
    )
    is_plain = "ffn_gate.weight" not in first and "ffn_gate_exps.weight" not in first
    return {
        "qkv_bias": "attn_q.bias" in first,
        "output_bias": "attn_output.bias" in first,
        "ffn_bias": "ffn_down.bias" in first or "ffn_down_exps.bias" in first,
        "router_bias": "exp_probs_b.bias" in first or "ffn_gate_inp.bias" in first,
        "attention_sinks": "attn_sinks.weight" in first,
        "norms_per_layer": norms,
        "ffn_matrices": 2 if is_plain else 3,
        "query_key_norm": "none"
        if head_norm is None
        else ("full" if head_norm.shape == (hidden,) else "head"),
    }


def _rows(names: Mapping[str, Tensor], name: str) -> int | None:
    tensor = names.get(name)
    return tensor.shape[-1] if tensor and len(tensor.shape) > 1 else None
