"""Recordings: what is known of a result before any number is computed."""

from __future__ import annotations

import math

import numpy as np
import pytest

from dsexplore.engine.ranges import Range
from dsexplore.engine.recording import Recording
from dsexplore.engine.symbol import NUMBERS, Symbol


@pytest.fixture
def recording() -> Recording:
    return Recording()


def test_what_may_be_unknown_is_like_nothing_outside_its_range(recording: Recording) -> None:
    number = recording.input(1, NUMBERS, Range(1, 8))
    part = np.where(number > 4, number, math.nan)
    assert (part == 0) is np.False_
    assert not (part < 1)
    assert part != 0
    assert type(part >= 1) is Symbol, "where it is unknown it is not from 1 on"
    assert math.isnan(part * math.nan)


def test_a_whole_less_all_but_a_part_of_it_is_that_part(recording: Recording) -> None:
    layers = recording.input(1, NUMBERS, Range(16, 128))
    dense = layers - (layers - 3.0)
    assert dense > 2.9
    assert dense < 3.1
    assert type(dense) is Symbol, "rounding may tell it from 3"


def test_nothing_of_a_number_is_no_number_to_compute(recording: Recording) -> None:
    number = recording.input(1, NUMBERS, Range(1, 8))
    assert number * 0.0 + 2.0 == 2.0
    assert number * 1.0 - 0 is number
    assert number * True is number
    assert np.maximum(number, 0.5) is number
    assert np.minimum(number, 0.5) == 0.5
    assert abs(number) is number
