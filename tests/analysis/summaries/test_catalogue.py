"""What one chooses a preset by: published figures, with their units."""

from __future__ import annotations

import pytest

from dsexplore.analysis.summaries.catalogue import figures
from dsexplore.library.names import KINDS, Preset, presets
from dsexplore.text.refusal import ScenarioError


def _texts(kind: str, name: str) -> list[str]:
    [preset] = [preset for preset in presets(kind) if preset.name == name]
    return [figure.text for figure in figures(preset)]


def test_an_architecture_is_chosen_by_its_size_and_experts():
    texts = _texts("architectures", "deepseek-v3")
    assert texts[:3] == ["671 B parameters", "37.6 B active", "256 experts"]


def test_hardware_is_chosen_by_peak_memory_and_price():
    texts = _texts("hardware", "h800-80gb-sxm")
    assert texts == ["989 TFLOP/s BF16", "85.5 GB memory", "3.35 TB/s", "$2/GPU-h"]


def test_a_scenario_is_chosen_by_what_it_cost():
    assert _texts("scenarios", "deepseek-v3")[0] == "$5.58 M cost"


def test_what_nobody_stated_is_a_dash():
    assert _texts("architectures", "gpt-4")[0] == "– parameters"


@pytest.mark.parametrize("kind", KINDS)
def test_every_preset_has_figures_or_a_kind_without(kind):
    for preset in presets(kind):
        assert all(figure.text for figure in figures(preset))


def test_a_file_that_is_wrong_is_refused(tmp_path):
    path = tmp_path / "bad.toml"
    path.write_text("schema = 1\n[hardware]\nnum_gpus = 0\n", encoding="utf-8")
    with pytest.raises(ScenarioError, match="num_gpus"):
        figures(Preset("hardware", "bad", path, is_own=True))
