"""What a model's weights say of it: how many there are, what experts hold, and in which bits."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from dsexplore.library.model_files.headers import Tensor

# Scales and bookkeeping of quantised weights: no parameters of the model.
_SCALES = (
    *("weight_scale_inv", "weight_scale", "weight_scale_2", "input_scale", "_scales", ".scales"),
    *(".qzeros", ".g_idx", ".zeros", "weight_zero_point", "weight_shape", "weight_global_scale"),
    *("input_global_scale", ".k_scale", ".v_scale", "absmax", "quant_map", "quant_state"),
    *("rotary_emb.inv_freq", ".tid2eid", "weight_g_idx", ".qscales"),
)
# Tensors that hold several values in each of theirs.
_PACKED = (".qweight", ".weight_packed", "_blocks", "_packed")
_NOT_TEXT = re.compile(
    r"(^|[._])(vision|visual|image|audio|vit|mm_projector|multi_modal_projector|vision_tower|"
    r"vision_model|speech|sam_model|projector|merger)([._]|$)"
)
_LAYER = re.compile(r"(?:^|\.)(?:layers|h|blocks|block|blk)\.(\d+)\.")
_EXPERT = re.compile(r"experts\.(\d+)\.")
_FUSED_EXPERTS = re.compile(r"\.experts\.[a-z_0-9]+$|_exps\.weight$|experts\.(gate_up|down)_proj")
_HEAD = re.compile(r"(^|\.)(lm_head|embed_out|output)\.weight$")


@dataclass
class Weights:
    """Parameters in a model's files, by where they are."""

    text: int = 0
    other_senses: int = 0
    # Prediction modules: whatever lies in layers beyond the model's own.
    modules: int = 0
    head: int = 0
    routed: int = 0
    stored_bytes: float = 0.0
    experts: int = 0
    layers_with_experts: set[int] = field(default_factory=set)
    kinds: Counter[str] = field(default_factory=Counter)

    @property
    def bytes_per_parameter(self) -> float:
        """Stored bytes per parameter, scales included."""
        held = self.text + self.other_senses + self.modules
        return self.stored_bytes / held if held else 0.0


def weights_of(tensors: Iterable[Tensor], layers: int | None, packed_bits: float | None) -> Weights:
    """Count tensors; layers from a number on are prediction modules, and packed values unpacked."""
    found = Weights()
    for tensor in tensors:
        found.stored_bytes += tensor.values * tensor.bits / 8
        if tensor.name.endswith(_SCALES):
            continue
        _count(found, tensor, _values(tensor, packed_bits), layers)
    return found


def _values(tensor: Tensor, packed_bits: float | None) -> int:
    if packed_bits and tensor.name.endswith(_PACKED):
        return round(tensor.values * tensor.bits / packed_bits)
    if packed_bits == 4 and tensor.kind in ("U8", "I8") and tensor.name.endswith(".weight"):
        return 2 * tensor.values
    return tensor.values


def _count(found: Weights, tensor: Tensor, values: int, layers: int | None) -> None:
    place = _LAYER.search(tensor.name)
    layer = int(place[1]) if place else -1
    found.kinds[tensor.kind] += values
    if _NOT_TEXT.search(tensor.name):
        found.other_senses += values
        return
    if (layers is not None and layer >= layers) or tensor.name.startswith("mtp."):
        found.modules += values
        return
    found.text += values
    if _HEAD.search(tensor.name):
        found.head += values
    expert = _EXPERT.search(tensor.name)
    is_routed = "shared" not in tensor.name and "bias_correction" not in tensor.name
    if expert and is_routed:
        found.routed += values
        found.experts = max(found.experts, int(expert[1]) + 1)
        found.layers_with_experts.add(layer)
    elif _FUSED_EXPERTS.search(tensor.name) and is_routed and tensor.shape:
        found.routed += values
        number = tensor.shape[-1] if tensor.name.endswith("_exps.weight") else tensor.shape[0]
        found.experts = max(found.experts, number)
        found.layers_with_experts.add(layer)
