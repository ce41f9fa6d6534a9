"""FLOP of a forward pass at real sizes: published models by their classes' defaults, and torch.

torch counts by shape alone, so models of hundreds of billions of parameters need no memory.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from dsexplore.engine import evaluate
from dsexplore.library.config_json import architecture_of
from tests.framework.models import worked

# No more than an indexer of V3.2 picks, and a multiple of all chunks and entries.
LENGTH = 2048
FORWARD = ("matmul_flops_per_token", "attention_flops_per_token_full")
# What torch does not count in transformers' own code, or what that code does more than a kernel.
_UNSEEN = {
    "deepseek_v4": "sums an indexer's heads without a product",
    "jamba": "writes and reads states without a product",
    "nemotron_h": "mixes the states of all chunks with each other",
    "falcon_h1": "mixes the states of all chunks with each other",
}
# A window as long as the pass: the framework scores what it then masks.
_CHANGES: dict[str, dict[str, Any]] = {
    name: {"sliding_window": LENGTH} for name in ("deepseek_v4", "gpt_oss", "gemma3_text")
}
TYPES = (
    *("llama", "mixtral", "gpt_oss", "gemma3_text", "deepseek_v3", "deepseek_v32"),
    *("glm_moe_dsa", "deepseek_v4", "qwen3_next", "qwen3_5_text", "olmo_hybrid", "kimi_linear"),
    *("bailing_hybrid", "minimax", "nemotron_h", "falcon_h1", "jamba", "lfm2"),
)


class Counted(NamedTuple):
    """A type, forward FLOP per token here and as torch counts them, and why these differ."""

    name: str
    ours: float
    theirs: float
    unseen: str

    def row(self) -> str:
        """A row of the table."""
        share = 100 * (self.ours / self.theirs - 1)
        off = "exact" if abs(share) < 1e-7 else f"{share:+.2g} %"
        return f"| {self.name} | {self.ours / 1e9:,.3f} | {off} | {self.unseen} |"


def counted() -> Iterator[Counted]:
    """Each type in turn."""
    for name in TYPES:
        changes = _CHANGES.get(name, {})
        stated, work = worked(name, changes, LENGTH)
        lengths = {"sequence_length": float(LENGTH)}
        found = evaluate({**architecture_of(stated, name).inputs(), **lengths}, [*FORWARD])
        ours = sum(float(found[each]) for each in FORWARD)
        yield Counted(name, ours, work.flops / LENGTH, _UNSEEN.get(name, ""))


def lines() -> list[str]:
    """The section of the page: a sentence, and the table."""
    return [
        "## At real sizes",
        "",
        f"Forward FLOP per token of {LENGTH:,} tokens at each class's defaults, the sizes of a "
        "published model, as torch counts them; attention is counted as the whole square, as its "
        "code computes it, a triangular system as the product that it stands for, and of KDA the "
        "sums over queries, keys and decays within a chunk as the two products that its kernel "
        "makes of them (flash-linear-attention, fla/ops/kda/chunk_intra.py): without these "
        "kimi_linear and bailing_hybrid are 0.33 % above. Training "
        "takes three times as many. `python -m tests.framework --real` prints the table.",
        "",
        "| type | GFLOP | off | transformers' own code |",
        "|---|---|---|---|",
        *(each.row() for each in counted()),
    ]
