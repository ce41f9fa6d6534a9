"""Sobol' points: every dimension, and the first two together, are filled as evenly as can be."""

from __future__ import annotations

import numpy as np
import pytest

from dsexplore.analysis.simulate.sobol import MOST_DIMENSIONS, Points


@pytest.mark.parametrize("seed", [0, 7])
def test_each_dimension_has_one_point_in_each_interval(seed: int) -> None:
    points = Points(MOST_DIMENSIONS, seed, 64)
    # Of any block, not of the first alone.
    for shares in (points.block(0), points.block(5)):
        for row in shares:
            assert sorted((row * 64).astype(int)) == list(range(64))


def test_the_first_two_have_one_point_in_each_square_and_each_flat_or_tall_box() -> None:
    one, other = Points(2, 3, 256).block(0)
    for across in (2, 4, 16, 64, 128):
        boxes = (one * across).astype(int) * 256 + (other * (256 // across)).astype(int)
        assert len({*boxes.tolist()}) == 256


def test_the_same_seed_gives_the_same_points_and_another_others() -> None:
    same = Points(3, 1, 8).block(2)
    assert np.array_equal(same, Points(3, 1, 8).block(2))
    assert not np.array_equal(same, Points(3, 2, 8).block(2))
    assert ((same > 0) & (same < 1)).all()


def test_an_integral_in_ten_dimensions_is_closer_than_by_chance() -> None:
    shares = Points(10, 0, 4096).block(0)
    # The mean of a product of numbers with mean 1; chance would be off by 0.01 here.
    assert np.prod(0.5 + shares, axis=0).mean() == pytest.approx(1, abs=0.002)
