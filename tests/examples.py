"""How many examples hypothesis tries: a third in the suite, all under the profile `random`."""

from __future__ import annotations

from typing import Any

from hypothesis import settings

# What the profile `random` tries of a test that names no number: hypothesis's own.
_ALL = 100


def examples(number: int, **more: Any) -> settings:
    """So many examples under the profile `random`, and in proportion under one that tries fewer."""
    tried = max(3, number * settings.default.max_examples // _ALL)
    return settings(max_examples=tried, **more)
