"""Software stacks: a few factors for kernels, fusion and overlap, by name."""

from __future__ import annotations

from functools import cache
from typing import Any

from dsexplore.files.toml import read_toml
from dsexplore.library.bundles import figures_of, is_bundle
from dsexplore.library.names import presets_folder

STACK = "software_stack"
NEUTRAL = "neutral"


def is_stack(name: object) -> bool:
    """Whether there is a stack of that name."""
    return is_bundle(STACK, name)


@cache
def stack_versions() -> dict[str, tuple[str, str]]:
    """The stack and the version, as its runs call it, of each preset of one version."""
    stated = read_toml(presets_folder() / "factors.toml").get("versions", {})
    return {name: (stack, version) for name, (stack, version) in stated.items()}


def stack_factors(name: object) -> dict[str, Any]:
    """The factors stated by a stack's preset, by field; none without such a preset.

    Raises ScenarioError for an unreadable preset.
    """
    return figures_of(STACK, name)
