"""Layer patterns: what is read, in which spelling, and how layers of a kind are counted."""

import pytest

from dsexplore.engine.layer_counts import layers_of
from dsexplore.scenario.layer_pattern import as_pattern, layers_in, pattern_of
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError
from tests.points import holds_at

# Kimi Linear: of 27 layers, these look back on everything, counted from 1.
KIMI_FULL = (4, 8, 12, 16, 20, 24, 27)


@pytest.mark.parametrize(
    ("written", "pattern"),
    [
        ("3 x linear + 1 x full", "3 x linear + 1 x full"),
        ("3×Linear, full", "3 x linear + 1 x full"),
        ("linear+linear+2*linear + full", "4 x linear + 1 x full"),
        ("12 x (3 x linear + 1 x full)", "3 x linear + 1 x full"),
        ("2 x (full + 3 x mamba) + ffn", "2 x (1 x full + 3 x mamba) + 1 x ffn"),
        (["window", "window", "full"], "2 x window + 1 x full"),
        (" UNIFORM ", "uniform"),
    ],
)
def test_a_pattern_has_one_spelling(written: object, pattern: str) -> None:
    assert as_pattern(written) == pattern
    assert Scenario().with_values({"layer_pattern": written}).value("layer_pattern") == pattern


@holds_at(
    "written",
    [
        *("", "3 x", "x full", "0 x full", "full full", "full +", "(full", "full)", "3 x dense"),
        *(
            "linear + mamba",
            "conv + linear",
            "ffn",
            "2 x moe",
            "9999 x (9999 x full)",
            "(" * 900,
            [],
            ["dense"],
            3,
        ),
    ],
)
def test_what_is_no_pattern_is_refused(written: object) -> None:
    with pytest.raises(ScenarioError) as caught:
        Scenario().with_values({"layer_pattern": written})
    assert "such as 3 x linear + 1 x full" in caught.value.allowed


def test_a_list_of_layers_becomes_the_pattern_of_just_these_layers() -> None:
    kinds = ["full" if layer in KIMI_FULL else "linear" for layer in range(1, 28)]
    pattern = pattern_of(kinds)
    assert pattern == "6 x (3 x linear + 1 x full) + 2 x linear + 1 x full"
    assert list(layers_in(pattern)) == kinds
    assert pattern_of(kinds[:24]) == "3 x linear + 1 x full"


def test_a_pattern_is_repeated_and_cut_off() -> None:
    """Gemma 3 has 62 layers, five with a window to one without: ten without."""
    assert layers_of("5 x window + 1 x full", "full", 62.0) == 10
    assert layers_of("5 x window + 1 x full", "window", 62.0) == 52
