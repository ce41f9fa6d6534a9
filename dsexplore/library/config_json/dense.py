"""Dense decoders: a row for each type, with what makes it differ from Llama."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.parts import layer_vectors, query_width, vectors, weights
from dsexplore.library.config_json.shape import (
    Shape,
    Window,
    all_but_one_in,
)
from dsexplore.library.config_json.shared_keys import Fields
from dsexplore.library.config_json.windows import (
    cohere_windows,
    exaone_windows,
    from_layer,
    gemma3_windows,
    gpt_neo_windows,
    modernbert_windows,
    only_listed,
)

LLAMA: Final = Shape(qkv_bias="attention_bias", output_bias="attention_bias", ffn_bias="mlp_bias")
# The same code without biases of the feed-forward block.
_ATTENTION_ONLY = replace(LLAMA, ffn_bias=False)
_PLAIN = Shape()
# Biases everywhere, LayerNorm, two matrices: as in GPT-2.
_GPT = Shape(
    ffn_matrices=2,
    qkv_bias=True,
    output_bias=True,
    ffn_bias=True,
    norm_bias=True,
)
_GPT_KEYS = replace(
    _GPT,
    layers="n_layer",
    hidden="n_embd",
    heads="n_head",
    kv_heads="",
    context="n_positions",
    width="n_inner",
    times_hidden=4,
)


_QWEN_WINDOW = Window(only_if="use_sliding_window", layers=from_layer("max_window_layers"))
QWEN2: Final = Shape(qkv_bias=True, window=_QWEN_WINDOW)
_GEMMA = Shape(qkv_bias="attention_bias", output_bias="attention_bias")
_GEMMA2 = replace(_GEMMA, norms=4, window=Window(layers=all_but_one_in(2)))
_PHI = replace(
    _GPT,
    norms=1,
    head_bias=True,
    parts=(
        # Norms of queries and keys within each head, with biases.
        lambda config, fields: (
            layer_vectors(lambda of: 4 * of["head_dim"])(config, fields)
            if config.flag("qk_layernorm")
            else {}
        ),
    ),
)
_CODEGEN = replace(_GPT_KEYS, qkv_bias=False, output_bias=False, norms=1, head_bias=True)


def _wide_values(config: Config, fields: dict[str, Any]) -> Fields:
    """Differential attention weighs values twice as wide, which no field says."""
    config.note(
        "head_dim",
        "Each head weighs the values of two: attention takes 1.5 times the FLOP counted here.",
    )
    return {}


def _square_output(config: Config, fields: dict[str, Any]) -> Fields:
    """An output projection as wide as the model fits only heads of that width together."""
    if query_width(fields) != fields["hidden_size"]:
        heads = fields["num_attention_heads"]
        raise config.refusal("head_dim", f"the hidden size over the {heads} attention heads")
    return {}


def _stablelm(config: Config, fields: Fields) -> Fields:
    """One norm for both blocks side by side; a norm for each head of queries and keys."""
    norms = 1 if config.flag("use_parallel_residual") else 2
    found: Fields = {"norms_per_layer": norms}
    if config.flag("qk_layernorm"):
        found |= layer_vectors(
            lambda of: (of["num_attention_heads"] + of["num_kv_heads"]) * of["head_dim"]
        )(config, fields)
    return found


def _cross_attention(config: Config, fields: dict[str, Any]) -> Fields:
    """Llama 3.2 with images: layers that attend to them have gates, and norms on heads."""
    layers = config.layer_numbers("cross_attention_layers", config.layers()) or set()
    per_layer = 2 + 2 * fields["head_dim"]
    rows = 8 * fields["hidden_size"]
    return {"other_vectors": len(layers) * per_layer + rows, "tie_embeddings": False}


def _moshi(config: Config, fields: Fields) -> Fields:
    """A gated block whose stated width is that of both inputs; one more row of the embedding."""
    return {
        "intermediate_size": config.count("ffn_dim") // 2,
        "other_vectors": fields["hidden_size"],
        "tie_embeddings": False,
    }


def _mpt(config: Config, fields: Fields) -> Fields:
    return {"intermediate_size": 4 * config.count("d_model")}


def _half_the_window(config: Config, fields: dict[str, Any]) -> Fields:
    """A window stated for both directions, of which a decoder has the one."""
    return {"attention_window": fields["attention_window"] // 2}


def _modernbert_head(config: Config, fields: Fields) -> Fields:
    """The first layer lacks its first norm; a dense layer with a norm before the output head."""
    hidden = config.count("hidden_size")
    bias = hidden if config.flag("classifier_bias") else 0
    return {"other_weights": hidden * hidden, "other_vectors": bias}


DENSE: Final[dict[str, Callable[[Config], Fields]]] = {
    "llama": LLAMA,
    "iquestcoder": LLAMA,
    "internlm3": LLAMA,
    "exaone": LLAMA,
    "granite": LLAMA,
    "smollm3": replace(LLAMA, window=_QWEN_WINDOW),
    "helium": replace(LLAMA, output_bias=False, parts=(_square_output,)),
    "diffllama": replace(
        _ATTENTION_ONLY, parts=(layer_vectors(lambda of: 4 * of["head_dim"]), _wide_values)
    ),
    "arcee": replace(LLAMA, ffn_matrices=2),
    "hyperclovax": replace(
        LLAMA,
        parts=(
            lambda config, fields: {"norms_per_layer": 4 if config.flag("use_post_norm") else 2},
        ),
    ),
    "cwm": replace(
        LLAMA,
        qkv_bias=False,
        output_bias=False,
        ffn_bias="mlp_bias",
        window=Window(layers=all_but_one_in(4, offset=0)),
    ),
    "granite_swa": replace(LLAMA, sinks=True, window=Window(layers=all_but_one_in(4, offset=0))),
    "jais2": replace(LLAMA, ffn_matrices=2, norm_bias=True),
    "nemotron": replace(LLAMA, ffn_matrices=2, norm_bias=True),
    "seed_oss": replace(LLAMA, output_bias="attention_out_bias"),
    "apertus": replace(
        _ATTENTION_ONLY,
        ffn_matrices=2,
        query_key_norm="head",
        parts=(layer_vectors(lambda of: 2),),
    ),
    "apertus1p5_text": replace(
        _ATTENTION_ONLY,
        ffn_matrices=2,
        query_key_norm="head",
        only={"output_vocab_size": ()},
        parts=(layer_vectors(lambda of: 2),),
    ),
    "bitnet": replace(
        _ATTENTION_ONLY,
        parts=(layer_vectors(lambda of: of["hidden_size"] + of["intermediate_size"]),),
    ),
    "doge": replace(
        LLAMA,
        query_key_norm="head",
        window=Window(),
        only={"is_moe": (False,)},
        parts=(
            layer_vectors(
                lambda of: 2 * of["hidden_size"] + of["num_kv_heads"] * (1 + of["qkv_bias"])
            ),
            weights(
                lambda config, of: (
                    of["num_layers"] * of["num_kv_heads"] * of["num_kv_heads"] * of["head_dim"]
                )
            ),
        ),
    ),
    "emu3_text_model": replace(_ATTENTION_ONLY, ffn_bias="mlp_bias"),
    "emu3": replace(_ATTENTION_ONLY, ffn_bias="mlp_bias"),
    "ernie4_5": replace(_PLAIN, qkv_bias="use_bias", output_bias="use_bias", ffn_bias="use_bias"),
    "mistral": replace(_PLAIN, window=Window()),
    "ministral": replace(_PLAIN, window=Window()),
    "ministral3": replace(_PLAIN, window=Window()),
    "mllama_text_model": replace(_PLAIN, parts=(_cross_attention,)),
    "qwen2": QWEN2,
    "qwen3": replace(
        QWEN2, qkv_bias="attention_bias", output_bias="attention_bias", query_key_norm="head"
    ),
    "olmo": replace(_ATTENTION_ONLY, norms=0, final_norm=False),
    "olmo2": replace(_ATTENTION_ONLY, query_key_norm="full"),
    "olmo3": replace(
        _ATTENTION_ONLY, query_key_norm="full", window=Window(layers=all_but_one_in(4))
    ),
    "exaone4": replace(
        _PLAIN,
        query_key_norm="head",
        window=Window(layers=exaone_windows),
    ),
    "phi3": replace(_PLAIN, window=Window()),
    "phi4_multimodal": replace(_PLAIN, window=Window()),
    "glm": replace(_PLAIN, qkv_bias="attention_bias"),
    "glm4": replace(_PLAIN, qkv_bias="attention_bias", norms=4),
    "gemma": _GEMMA,
    "gemma2": _GEMMA2,
    "vaultgemma": replace(_GEMMA2, norms=2),
    "gemma3_text": replace(
        _GEMMA2,
        query_key_norm="head",
        window=Window(layers=gemma3_windows),
    ),
    "cohere": replace(
        _ATTENTION_ONLY, norms=1, query_key_norm="full", query_key_norm_if="use_qk_norm"
    ),
    "cohere2": replace(
        _ATTENTION_ONLY,
        norms=1,
        head_dim="",
        window=Window(layers=cohere_windows),
    ),
    "cohere_compass_text": replace(
        _ATTENTION_ONLY, norms=1, head_dim="", window=Window(layers=only_listed)
    ),
    "hunyuan_v1_dense": replace(_ATTENTION_ONLY, query_key_norm="head"),
    "nanochat": replace(_ATTENTION_ONLY, ffn_matrices=2, norms=0, final_norm=False),
    "stablelm": replace(
        _PLAIN, qkv_bias="use_qkv_bias", norm_bias=True, head_dim="", parts=(_stablelm,)
    ),
    "moshi": replace(_PLAIN, width="ffn_dim", window=Window(), parts=(_moshi,)),
    "phi": replace(_PHI, head_dim=""),
    "persimmon": replace(_PHI, norms=2, head_bias=False, kv_heads="", head_dim=""),
    "gpt_neox": replace(
        _GPT, kv_heads="", head_dim="", qkv_bias="attention_bias", output_bias="attention_bias"
    ),
    "gpt_neox_japanese": replace(
        _GPT,
        kv_heads="",
        head_dim="",
        qkv_bias=False,
        output_bias=False,
        ffn_bias=False,
        width="intermediate_multiple_size",
        parts=(
            lambda config, fields: {
                "intermediate_size": config.count("intermediate_multiple_size")
                * config.count("hidden_size")
            },
            vectors(lambda config, of: of["hidden_size"]),
        ),
    ),
    "gptj": _CODEGEN,
    "codegen": _CODEGEN,
    "gpt_neo": replace(
        _GPT,
        layers="num_layers",
        heads="num_heads",
        kv_heads="",
        head_dim="",
        times_hidden=4,
        qkv_bias=False,
        position_rows=0,
        window=Window(key="window_size", layers=gpt_neo_windows),
    ),
    "gpt_bigcode": replace(
        _GPT_KEYS,
        head_dim="",
        position_rows=0,
        parts=(
            lambda config, fields: {
                "num_kv_heads": 1 if config.flag("multi_query") else fields["num_attention_heads"]
            },
        ),
    ),
    "openai-gpt": replace(_GPT_KEYS, head_dim="", width="", position_rows=0, final_norm=False),
    "ctrl": replace(_GPT_KEYS, head_dim="", width="dff", head_bias=True),
    "biogpt": replace(_GPT, kv_heads="", head_dim="", position_rows=2),
    "xglm": replace(
        _GPT,
        layers="num_layers",
        hidden="d_model",
        heads="attention_heads",
        kv_heads="",
        head_dim="",
        width="ffn_dim",
    ),
    "mpt": Shape(
        layers="n_layers",
        hidden="d_model",
        heads="n_heads",
        kv_heads="",
        head_dim="",
        context="max_seq_len",
        width="expansion_ratio",
        ffn_matrices=2,
        only={"expansion_ratio": (4,)},
        parts=(_mpt,),
    ),
    "starcoder2": replace(
        _GPT,
        qkv_bias="use_bias",
        output_bias="use_bias",
        ffn_bias="use_bias",
        head_dim="",
        window=Window(),
    ),
    "bert-generation": replace(
        _GPT,
        kv_heads="",
        head_dim="",
        position_rows=0,
        final_norm=False,
        embedding_norm=True,
        head_bias=True,
        # A head of its own has its bias twice.
        parts=(vectors(lambda config, of: 0 if of["tie_embeddings"] else of["vocab_size"]),),
    ),
    "modernbert-decoder": Shape(
        kv_heads="",
        head_dim="",
        qkv_bias="attention_bias",
        output_bias="attention_bias",
        ffn_bias="mlp_bias",
        norm_bias="norm_bias",
        embedding_norm=True,
        head_bias="decoder_bias",
        window=Window(
            key="local_attention",
            layers=modernbert_windows,
        ),
        parts=(_modernbert_head, _half_the_window),
    ),
    "cpmant": Shape(
        kv_heads="",
        head_dim="dim_head",
        context="",
        width="dim_ff",
        parts=(
            vectors(
                lambda config, of: (
                    of["hidden_size"]
                    * (
                        config.count("prompt_types") * config.count("prompt_length")
                        + config.count("segment_types")
                    )
                    + of["num_attention_heads"]
                    * (
                        config.count("position_bias_num_buckets")
                        + config.count("segment_types") * config.count("segment_types")
                    )
                )
            ),
            lambda config, fields: {"tie_embeddings": False},
        ),
    ),
}
