"""Idioms: what each of them says of one scenario, and of many at once."""

from __future__ import annotations

import math

import numpy as np

from dsexplore.engine.idioms import by_presence, if_any, link_between, sharded, stated_or

NVLINK, INFINIBAND = 450e9, 50e9


def test_a_stated_number_stands_and_none_is_computed() -> None:
    assert stated_or(37e9, 36.7e9) == 37e9
    assert stated_or(0.0, 36.7e9) == 36.7e9
    assert stated_or(np.array([0.0, 37e9]), 36.7e9).tolist() == [36.7e9, 37e9]


def test_none_of_a_thing_costs_nothing_even_at_an_unknown_price() -> None:
    assert if_any(0.0, math.nan) == 0
    assert math.isnan(if_any(2.0, math.nan))
    assert if_any(np.array([0.0, 2.0]), np.array([math.nan, 6.0])).tolist() == [0, 6]


def test_whether_there_is_any_is_unknown_where_the_amount_is() -> None:
    assert by_presence(58.0, 1.0, 0.0) == 1
    assert by_presence(0.0, math.nan, 2.0) == 2
    assert math.isnan(by_presence(math.nan, 1.0, 0.0))
    assert by_presence(np.array([58.0, 0.0]), 1.0, 0.0).tolist() == [1, 0]


def test_members_hold_the_whole_unless_they_shard_it() -> None:
    assert [sharded(12.0, stage >= 2, 8.0) for stage in range(4)] == [12, 12, 1.5, 1.5]
    assert sharded(12.0, np.arange(4) >= 1, 8.0).tolist() == [12, 1.5, 1.5, 1.5]


def test_a_group_of_one_node_stays_within_it() -> None:
    assert link_between(8, 8, NVLINK, INFINIBAND) == NVLINK
    assert link_between(9, 8, NVLINK, INFINIBAND) == INFINIBAND
    sizes = np.array([1, 8, 16])
    assert link_between(sizes, 8, NVLINK, INFINIBAND).tolist() == [NVLINK, NVLINK, INFINIBAND]
