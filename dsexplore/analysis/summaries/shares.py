"""Shares: the parts of a whole, for bars and tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any


def shares(values: Mapping[str, Any], parts: Sequence[str]) -> dict[str, float]:
    """Each part over the sum of the parts; nan if a part is not known or the sum is 0."""
    whole = sum(values[part] for part in parts)
    return {part: values[part] / whole if whole else math.nan for part in parts}
