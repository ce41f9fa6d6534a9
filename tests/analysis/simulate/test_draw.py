"""Draws: shares become the values of the distribution that is stated."""

from __future__ import annotations

import math
from statistics import NormalDist

import numpy as np
import pytest

from dsexplore.analysis.simulate.draw import Draw, normal_quantile
from dsexplore.scenario.scenario import FIELDS
from dsexplore.scenario.uncertainty import Distribution
from dsexplore.text.refusal import ScenarioError

SHARES = np.array([[0.05, 0.25, 0.5, 0.75, 0.95]])


def drawn(name: str, stated: dict[str, list[float]], shares: object = SHARES) -> list[float]:
    draw = Draw({name: Distribution.read(FIELDS[name], stated)}, {})
    return draw.values(np.asarray(shares))[name].tolist()


def test_the_normal_quantile_is_pythons() -> None:
    shares = np.array([1e-12, 1e-5, 0.01, 0.075, 0.2, 0.5, 0.8, 0.999, 1 - 1e-12])
    expected = [NormalDist().inv_cdf(share) for share in shares]
    assert normal_quantile(shares) == pytest.approx(expected, rel=1e-13, abs=1e-15)


@pytest.mark.parametrize(
    ("stated", "values"),
    [
        ({"uniform": [1.0, 3.0]}, [1.1, 1.5, 2.0, 2.5, 2.9]),
        ({"loguniform": [1.0, 16.0]}, [1.1487, 2.0, 4.0, 8.0, 13.9288]),
        # One standard deviation is a factor of e, and 1.645 of them hold 95 %.
        ({"lognormal": [2.0, math.e]}, [2 / 5.1803, 2 / 1.9630, 2.0, 2 * 1.9630, 2 * 5.1803]),
        ({"normal": [10.0, 1.0]}, [8.3551, 9.3255, 10.0, 10.6745, 11.6449]),
        # A right angle at 0: half of it lies below 0.293 of the way.
        ({"triangular": [0.0, 0.0, 1.0]}, [0.0253, 0.1340, 0.2929, 0.5, 0.7764]),
        ({"choice": [1.0, 4.0]}, [1, 1, 4, 4, 4]),
    ],
)
def test_a_distribution_has_its_percentiles(stated: dict[str, list[float]], values: list[float]):
    assert drawn("price_per_gpu_hour", stated) == pytest.approx(values, rel=1e-3)


def test_a_whole_number_is_whole_and_what_is_drawn_lies_in_the_range() -> None:
    assert drawn("num_gpus", {"uniform": [1, 4]}) == [1, 2, 2, 3, 4]
    wide = drawn("goodput", {"normal": [0.95, 0.2]}, [np.linspace(0.001, 0.999, 99)])
    assert max(wide) <= 1
    assert len({*wide}) == 99, "no heap of them at the end of the range"


def test_what_misses_its_range_is_refused() -> None:
    with pytest.raises(ScenarioError, match="misses its range"):
        drawn("goodput", {"normal": [0.5, 1e9]})


def test_correlated_fields_move_together_and_keep_their_own_distribution() -> None:
    names = ("price_per_gpu_hour", "assumed_mfu")
    stated = {name: Distribution.read(FIELDS[name], {"uniform": [0.1, 0.9]}) for name in names}
    draw = Draw(stated, {names[0]: {names[1]: 0.8}})
    shares = np.random.default_rng(1).random((2, 20_000))
    moved = draw.correlated(shares)
    normal = normal_quantile(moved)
    assert np.corrcoef(normal)[0, 1] == pytest.approx(0.8, abs=0.01)
    for row in moved:
        assert np.percentile(row, (10, 50, 90)) == pytest.approx([0.1, 0.5, 0.9], abs=0.01)


def test_correlations_that_cannot_all_be_are_refused() -> None:
    names = ("price_per_gpu_hour", "assumed_mfu", "goodput")
    stated = {name: Distribution.read(FIELDS[name], {"uniform": [0.1, 0.9]}) for name in names}
    pairs = {names[0]: {names[1]: 0.9, names[2]: 0.9}, names[1]: {names[2]: -0.9}}
    with pytest.raises(ScenarioError, match="correlations: found"):
        Draw(stated, pairs)
