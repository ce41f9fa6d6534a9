"""Other names of fields: settings of frameworks, keys of config.json, short forms of papers.

Settings and keys are those by which files are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from dsexplore.library.config_json.families import FAMILIES
from dsexplore.library.config_json.shape import Shape
from dsexplore.library.run_files.megatron import NUMBERS, SETTINGS, SIZES
from dsexplore.library.run_files.others import DEEPSPEED, TORCHTITAN
from dsexplore.scenario.scenario import FIELDS

_SHORT = {
    "tensor_parallel": ("tp",),
    "pipeline_parallel": ("pp",),
    "context_parallel": ("cp",),
    "expert_parallel": ("ep",),
    "expert_tensor_parallel": ("etp",),
    "virtual_stages": ("vp", "vpp"),
    "micro_batch_size": ("mbs",),
    "global_batch_size": ("gbs",),
    "sequence_parallel": ("sp",),
    "num_routed_experts": ("n_routed_experts",),
    "tie_embeddings": ("tie_word_embeddings",),
}


@cache
def aliases() -> Mapping[str, tuple[str, ...]]:
    """Every other name by field, short ones first; what is typed with dashes has underscores."""
    found: dict[str, dict[str, None]] = {name: {} for name in FIELDS}
    for table in (_SHORT, NUMBERS, SETTINGS, SIZES, TORCHTITAN, DEEPSPEED):
        for name, others in table.items():
            _add(found, name, others)
    for family in FAMILIES.values():
        if isinstance(family, Shape):
            for name, key in family.keys_read():
                _add(found, name, (key,))
    return {name: tuple(others) for name, others in found.items() if others}


def _add(found: dict[str, dict[str, None]], name: str, others: Sequence[str]) -> None:
    found[name] |= dict.fromkeys(other for other in others if other != name)
