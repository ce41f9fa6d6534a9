"""Formulas, a folder for each subject.

A quantity needs quantities of its own subject, or of one that stands before it here.
"""

from __future__ import annotations

from importlib import import_module
from types import ModuleType

# Modules by subject. A subject of one module is that module.
SUBJECTS: dict[str, tuple[str, ...]] = {
    "model": (
        *("layers", "compression", "states", "streams", "attention"),
        *("parameters", "trained", "flops"),
    ),
    "machine": ("rates", "network", "products"),
    "layout": ("stages", "slowest", "capacity", "groups"),
    "memory": ("states", "held", "gathered", "kept", "activations", "offload", "fullest"),
    "traffic": ("repeated", "tensor", "context", "pipeline", "experts", "copies"),
    "step": (
        *("widths", "products", "gradients", "attention", "moving", "scaling"),
        *("recomputed", "offload", "exposure", "launch", "passes", "schedule", "windows"),
        *("optimizer", "step"),
    ),
    "run": ("measured", "hours", "utilisation", "goodput", "dispatch", "cost"),
    "serving": (
        *("kv_cache", "served", "batch", "decode_products", "decode_experts", "decode_attention"),
        *("decode_network", "decode_kernels", "decode_step", "decode_memory", "prompts"),
        *("prefill", "together", "fleet", "promise", "load"),
    ),
    "rl": (
        *("samples", "models", "lengths", "rollout", "trainer", "iteration", "fit", "stages"),
        *("hours", "cost"),
    ),
    "totals": (),
    "intervals": ("spread", "bounds"),
    "problems": ("training", "layout", "memory", "serving", "rl"),
}


def modules() -> dict[str, list[ModuleType]]:
    """The modules of every subject, imported, in order."""
    return {
        subject: [import_module(f"{__name__}.{name}") for name in _names(subject, parts)]
        for subject, parts in SUBJECTS.items()
    }


def _names(subject: str, parts: tuple[str, ...]) -> list[str]:
    return [f"{subject}.{part}" for part in parts] or [subject]
