"""Headlines of a scenario: the results to show first, as far as they are known."""

from __future__ import annotations

import math

from dsexplore.analysis.compare.compare import HEADLINES
from dsexplore.engine.standing import Standing

# Of all stages: what is asked first, and what it is the rent of.
_COST, _HOURS = "total_cost", "total_gpu_hours"


def headlines(standing: Standing) -> list[str]:
    """The headlines that are known and not nothing; a cost that lacks its price is one too."""
    priceless = math.isnan(standing.values[_COST]) and not math.isnan(standing.values[_HOURS])
    return [
        name
        for name in HEADLINES
        if isinstance(value := standing.values[name], str)
        or (value and not math.isnan(value))
        or (priceless and name == _COST)
    ]
