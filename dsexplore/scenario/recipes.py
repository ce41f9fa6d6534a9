"""Recipes: what shares a scale in low-precision training, and what scaling moves."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Recipe:
    """How often scaling moves a value through memory; one read or write of a BF16 value is 1.

    `passes` are those of a product's input forward, and of its output's gradient backward.
    `passes_again` are those of both once more before the gradient of weights, whose sum runs along
    tokens: a scale that runs along channels is of no use there.
    """

    passes: float
    passes_again: float


RECIPES: dict[str, Recipe] = {
    # Read for the largest value, read again, written in FP8 twice: as it is and transposed.
    "per_tensor": Recipe(3.0, 0.0),
    # Read and written; for weights, columns are scaled in the same way.
    "rowwise": Recipe(1.5, 1.5),
    # Read and written; for weights, read and written in FP8.
    "block_128": Recipe(1.5, 1.0),
    # Read, and written twice with a scale for 32 values: along rows and along columns.
    "mxfp8": Recipe(2 + 1 / 32, 0.0),
    # Read for the largest value, read for each of two copies of 4 bits with a scale for 16 values,
    # one of them turned by a Hadamard matrix.
    "nvfp4": Recipe(3 + 9 / 16, 0.0),
}
