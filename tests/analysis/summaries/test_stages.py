"""The stages of a run's rent."""

from __future__ import annotations

import math

import pytest

from dsexplore.analysis.summaries.stages import stages
from dsexplore.engine.standing import Standing
from dsexplore.library.names import preset_names
from dsexplore.library.open import load


@pytest.mark.parametrize("name", preset_names("scenarios"))
def test_the_stages_of_a_preset_are_all_of_its_rent(name):
    values = Standing(load(name)).values
    parts = [values[part] for part in stages(load(name)) if not math.isnan(values[part])]
    if not math.isnan(values["total_cost"]):
        assert math.fsum(parts) == pytest.approx(values["total_cost"])
