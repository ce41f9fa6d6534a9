"""Rank: where a stated layout stands, and what the fastest has over it."""

from __future__ import annotations

from dsexplore.analysis.search.rank import rank
from dsexplore.analysis.search.ranking import PARTS
from tests.analysis.search.test_search import tiny


def test_the_fastest_leads_in_some_part_by_some_field() -> None:
    """Whole recomputation computes every layer twice forward: nobody needs it where all fits."""
    found = rank(tiny(recompute="full", tensor_parallel=1, pipeline_parallel=1))
    assert 0 < found.faster < found.fitting
    assert found.best < found.stated
    assert found.part in PARTS
    assert found.gained > 0
    assert found.field
    assert found.values[0] != found.values[1]
    best = rank(tiny(recompute="full", memory_capacity=1e9))
    assert "does not fit" in best.why_not
