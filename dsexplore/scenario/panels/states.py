"""Layers with a fixed state in place of a growing cache: linear attention, Mamba, convolutions."""

from __future__ import annotations

from typing import Literal

from dsexplore.scenario.declare import choice, count, switch
from dsexplore.scenario.layer_pattern import (
    LINEAR,
    WITH_MAMBA,
    WITH_MATRIX,
    WITH_STATE,
    Naming,
)
from dsexplore.scenario.panel import Part

_LINEAR = ("layer_pattern", Naming(LINEAR))
_MAMBA = ("layer_pattern", Naming(WITH_MAMBA))
_STATE = ("layer_pattern", Naming(WITH_MATRIX))
_CONVOLVED = ("layer_pattern", Naming(WITH_STATE))


class States(Part):
    """Linear attention and Mamba. A head of keys serves several heads of values."""

    linear_attention: Literal["gated_delta", "kda", "lightning", "mlstm", "rg_lru", "wkv"] = choice(
        "Linear attention",
        "gated_delta: gated DeltaNet; kda: Kimi Delta Attention, which forgets by dimension; "
        "lightning: lightning attention, with a fixed decay; mlstm: xLSTM's matrix memory; "
        "rg_lru: Griffin's gated recurrence of a vector; wkv: RWKV-4's.",
        section="Layers with a fixed state",
        default="gated_delta",
        applies=_LINEAR,
    )
    mamba: Literal["mamba2", "mamba1"] = choice(
        "Mamba", "Version of Mamba.", default="mamba2", applies=_MAMBA
    )
    state_key_heads: int = count(
        "State key heads",
        "head",
        "Query and key heads of a layer with a fixed state; groups of Mamba 2, one in Mamba 1.",
        default=0,
        le=100_000,
        applies=_STATE,
    )
    state_value_heads: int = count(
        "State value heads",
        "head",
        "Value heads of a layer with a fixed state; heads of Mamba 2, inner width of Mamba 1 and "
        "RWKV, blocks of RG-LRU's gates.",
        default=0,
        le=10_000_000,
        applies=_STATE,
    )
    state_key_dim: int = count(
        "State key dimension",
        "",
        "Width of a key, the rows of a head's state; the state size of Mamba; 1 for a vector.",
        default=0,
        le=100_000,
        nudge="power of two",
        applies=_STATE,
    )
    state_value_dim: int = count(
        "State value dimension",
        "",
        "Width of a value, the columns of a head's state; a head's width in Mamba 2, 1 in Mamba 1 "
        "and RWKV.",
        default=0,
        le=100_000,
        nudge="power of two",
        applies=_STATE,
    )
    state_rank: int = count(
        "State gate rank",
        "",
        "Width of the latent behind KDA's two gates, or behind Mamba 1's time step.",
        default=0,
        le=1_000_000,
        nudge="step",
        step=32,
        applies=_STATE,
    )
    state_conv: int = count(
        "Short convolution",
        "",
        "Tokens that the convolution of a layer with a fixed state spans; 0: none.",
        default=0,
        le=1_000,
        applies=_CONVOLVED,
    )
    state_conv_bias: bool = switch(
        "Convolution bias",
        "Whether the convolution of a layer with a fixed state has a bias.",
        applies=_CONVOLVED,
    )
    state_bias: bool = switch(
        "State bias",
        "Whether the projections in and out of a layer with a fixed state have biases; linear "
        "attention has none but in mlstm and rg_lru.",
        applies=_CONVOLVED,
    )
    state_norm: bool = switch(
        "State norm",
        "Whether a layer with a fixed state has a norm of its own: on each head's output, on the "
        "whole of it (lightning, Mamba 2), or on time step, B and C (Mamba 1).",
        default=True,
        applies=_STATE,
    )
    state_chunk: int = count(
        "State chunk",
        "",
        "Tokens that training and prefill take at once between two updates of a state.",
        default=64,
        gt=0,
        le=1_000_000,
        nudge="power of two",
        applies=_STATE,
    )
    state_precision: Literal["fp32", "bf16"] = choice(
        "State precision", "Precision that a state is kept in.", default="fp32", applies=_STATE
    )
