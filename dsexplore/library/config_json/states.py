"""Fixed states of layers by the keys of their types: linear attention, Mamba, convolutions."""

from __future__ import annotations

from typing import Any

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.shape import Parts
from dsexplore.library.config_json.shared_keys import Fields


def gated_delta(config: Config, fields: Fields) -> Fields:
    """A gated delta network, by the keys of Qwen3-Next."""
    return {
        "linear_attention": "gated_delta",
        "state_key_heads": config.count("linear_num_key_heads"),
        "state_value_heads": config.count("linear_num_value_heads"),
        "state_key_dim": config.count("linear_key_head_dim"),
        "state_value_dim": config.count("linear_value_head_dim"),
        "state_conv": config.count("linear_conv_kernel_dim", least=0),
    }


def olmo_delta(config: Config, fields: dict[str, Any]) -> Fields:
    """The same; what is null follows from the heads of attention."""
    heads = fields["num_attention_heads"]
    key_heads = config.count("linear_num_key_heads", null=heads)
    key_dim = config.count(
        "linear_key_head_dim", null=int(0.75 * fields["hidden_size"] / key_heads)
    )
    return gated_delta(
        config.with_values(
            linear_num_key_heads=key_heads,
            linear_num_value_heads=config.count("linear_num_value_heads", null=heads),
            linear_key_head_dim=key_dim,
            linear_value_head_dim=config.count("linear_value_head_dim", null=2 * key_dim),
        ),
        fields,
    )


def lightning(config: Config, fields: Fields) -> Fields:
    """Lightning attention: as many heads as attention has, and no convolution."""
    heads, width = fields["num_attention_heads"], fields["head_dim"]
    return {
        "linear_attention": "lightning",
        "state_key_heads": heads,
        "state_value_heads": heads,
        "state_key_dim": width,
        "state_value_dim": width,
        "state_chunk": config.count("block_size") if config.has("block_size") else 256,
    }


def kda(config: Config, fields: Fields) -> Fields:
    """Kimi's delta attention: gates of latents as wide as a head."""
    if config.has("linear_attn_config"):
        part = config.part("linear_attn_config")
        heads, width = part.count("num_heads"), part.count("head_dim")
        conv = part.count("short_conv_kernel_size", least=0)
    else:
        heads, width = config.count("linear_num_heads"), config.count("linear_head_dim")
        conv = config.count("linear_conv_kernel_dim", least=0)
    return kda_fields(heads, width, conv) | {"state_rank": width}


def kda_fields(heads: int, width: int, conv: int) -> Fields:
    return {
        "linear_attention": "kda",
        "state_key_heads": heads,
        "state_value_heads": heads,
        "state_key_dim": width,
        "state_value_dim": width,
        "state_conv": conv,
    }


def mamba2(
    heads: str, width: str, groups: str, state: str, conv: str, conv_bias: str, bias: str
) -> Parts:
    """Mamba 2 by the names of its keys."""

    def states(config: Config, fields: Fields) -> Fields:
        return {
            "mamba": "mamba2",
            "state_key_heads": config.count(groups),
            "state_value_heads": config.count(heads),
            "state_key_dim": config.count(state),
            "state_value_dim": config.count(width),
            "state_conv": config.count(conv, least=0),
            "state_conv_bias": config.flag(conv_bias),
            "state_bias": config.flag(bias),
            **_chunk(config, "mamba_chunk_size", "chunk_size"),
        }

    return states


def _chunk(config: Config, *keys: str) -> Fields:
    """Tokens that a kernel takes at once, where a file or its class says so."""
    return {"state_chunk": config.count(*keys)} if config.has(*keys) else {}


def bamba2(inner: str = "") -> Parts:
    """Mamba 2 by the keys of Bamba; a head is as wide as the inner width has room for."""
    usual = mamba2(
        "mamba_n_heads",
        "mamba_d_head",
        "mamba_n_groups",
        "mamba_d_state",
        "mamba_d_conv",
        "mamba_conv_bias",
        "mamba_proj_bias",
    )

    def states(config: Config, fields: Fields) -> Fields:
        if inner and config.has(inner):
            whole = config.count(inner)
        else:
            whole = config.count("mamba_expand") * config.count("hidden_size")
        return usual(
            config.with_values(mamba_d_head=whole // config.count("mamba_n_heads")), fields
        )

    return states


def falcon_h1(config: Config, fields: dict[str, Any]) -> Fields:
    """Both projections of Mamba have a bias by a key each."""
    into, out = config.flag("mamba_proj_bias"), config.flag("projectors_bias")
    layers, heads = fields["num_layers"], fields["state_value_heads"]
    inner = heads * fields["state_value_dim"]
    width = 2 * inner + 2 * fields["state_key_heads"] * fields["state_key_dim"] + heads
    alone = (width if into else 0) + (fields["hidden_size"] if out else 0)
    return {
        "state_norm": config.flag("mamba_rms_norm"),
        "state_bias": into and out,
        "other_vectors": 0 if into and out else layers * alone,
    }


def lone_mamba1(config: Config, fields: dict[str, Any]) -> Fields:
    """Mamba 1 by the keys of Mamba itself, without norms of its own."""
    renamed = {
        "mamba_expand": config.count("expand"),
        "mamba_dt_rank": config.given("time_step_rank"),
        "mamba_d_state": config.count("state_size"),
        "mamba_d_conv": config.count("conv_kernel", least=0),
        "mamba_conv_bias": config.flag("use_conv_bias"),
        "mamba_proj_bias": config.flag("use_bias"),
    }
    return mamba1(config.with_values(**renamed), fields) | {"state_norm": False}


def chunk(key: str) -> Parts:
    """Tokens that are taken at once, by the name of their key."""
    return lambda config, fields: {"state_chunk": config.count(key)}


def rg_lru(config: Config, fields: dict[str, Any]) -> Fields:
    """Griffin's recurrence of a vector: gates in as many blocks as attention has heads."""
    width = config.count("lru_width", null=fields["hidden_size"])
    blocks = fields["num_attention_heads"]
    if width % blocks:
        raise config.refusal("lru_width", f"a multiple of the {blocks} attention heads")
    return {
        "linear_attention": "rg_lru",
        "state_key_heads": blocks,
        "state_value_heads": blocks,
        "state_key_dim": 1,
        "state_value_dim": width // blocks,
        "state_conv": config.count("conv1d_width", least=0),
        "state_conv_bias": True,
        "state_bias": True,
    }


def wkv(config: Config, fields: dict[str, Any]) -> Fields:
    """RWKV-4: a head for each channel, and a receptance beside the feed-forward block."""
    width = config.count("attention_hidden_size", null=fields["hidden_size"])
    layers, hidden = fields["num_layers"], fields["hidden_size"]
    return {
        "linear_attention": "wkv",
        "state_key_heads": width,
        "state_value_heads": width,
        "state_key_dim": 1,
        "state_value_dim": 1,
        "other_weights": layers * hidden * hidden,
        "other_vectors": layers * 2 * hidden,
    }


def mlstm(config: Config, fields: dict[str, Any]) -> Fields:
    """The matrix memory of xLSTM 7B; the code ties no head and has a norm after the last layer."""
    heads, hidden = config.count("num_heads"), fields["hidden_size"]
    keys = int(hidden * config.factor("qk_dim_factor"))
    values = int(hidden * config.factor("v_dim_factor"))
    for key, width in (("qk_dim_factor", keys), ("v_dim_factor", values)):
        if width % heads:
            raise config.refusal(key, f"one that makes a width for {heads} heads")
    has_bias = config.flag("use_bias")
    return {
        "linear_attention": "mlstm",
        "state_key_heads": heads,
        "state_value_heads": heads,
        "state_key_dim": keys // heads,
        "state_value_dim": values // heads,
        "state_bias": has_bias,
        "state_chunk": config.count("chunk_size"),
        "intermediate_size": rounded_up(
            hidden * config.factor("ffn_proj_factor"), config.count("ffn_round_up_to_multiple_of")
        ),
        # The norms of layers have biases, the last norm none.
        "other_vectors": 2 * fields["num_layers"] * hidden * has_bias,
        "tie_embeddings": False,
    }


def rounded_up(width: float, multiple: int) -> int:
    """A width up to a multiple, as xLSTM's code has it."""
    return int((width + multiple - 1) // multiple) * multiple


def mamba1(config: Config, fields: dict[str, Any]) -> Fields:
    """Mamba 1 by the keys of Jamba: a head for each channel."""
    hidden = fields["hidden_size"]
    rank = config.given("mamba_dt_rank")
    return {
        "mamba": "mamba1",
        "state_key_heads": 1,
        "state_value_heads": config.count("mamba_expand") * hidden,
        "state_key_dim": config.count("mamba_d_state"),
        "state_value_dim": 1,
        "state_rank": -(-hidden // 16) if rank == "auto" else config.count("mamba_dt_rank"),
        "state_conv": config.count("mamba_d_conv", least=0),
        "state_conv_bias": config.flag("mamba_conv_bias"),
        "state_bias": config.flag("mamba_proj_bias"),
    }


def convolution(config: Config, fields: Fields) -> Fields:
    """A gated short convolution in place of attention."""
    has_bias = config.flag("conv_bias")
    return {
        "state_conv": config.count("conv_L_cache"),
        "state_conv_bias": has_bias,
        "state_bias": has_bias,
    }
