"""LongCat-Flash: two blocks of attention a layer, and experts that compute nothing."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Final

from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.latent import LATENT_SHAPE
from dsexplore.library.config_json.parts import moe_layers, vectors
from dsexplore.library.config_json.shape import Experts
from dsexplore.library.config_json.shared_keys import Fields


def longcat(config: Config) -> Fields:
    """Each layer as two: attention and a dense block in both, experts beside the first's."""
    layers = config.layers("num_layers")
    config.refuse_unless("zero_expert_type", "identity")
    config.note(
        "num_layers",
        f"Two for each of the {layers} layers of the file: each has two blocks of attention, two "
        "dense ones, and experts beside the first, counted as beside a shared expert.",
    )
    return _LONGCAT(config.with_values(num_layers=2 * layers))


def _first_of_two(config: Config, layers: int) -> Sequence[bool]:
    return [layer % 2 == 0 for layer in range(layers)]


def _zero_experts(config: Config, fields: Fields) -> Fields:
    key = "zero_expert_num"
    return {"zero_experts": config.count(key, least=0, null=0) if config.has(key) else 0}


def _router_biases(config: Config, fields: dict[str, Any]) -> int:
    """A bias of the scores beside the one that balances experts."""
    scored = fields.get("num_routed_experts", 0) + fields["zero_experts"]
    return int(moe_layers(fields) * scored * config.flag("router_bias"))


_LONGCAT: Final = replace(
    LATENT_SHAPE,
    layers="num_layers",
    width="ffn_hidden_size",
    experts=Experts(
        number="n_routed_experts",
        chosen="moe_topk",
        width="expert_ffn_hidden_size",
        shared_width="ffn_hidden_size",
        bias=True,
        layers=_first_of_two,
    ),
    parts=(_zero_experts, vectors(_router_biases)),
)

ZERO_EXPERTS: Final[dict[str, Callable[[Config], Fields]]] = {"longcat_flash": longcat}
