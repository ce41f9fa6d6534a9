"""Published configurations of models in use, against what transformers and their makers count.

`published_counts.json` holds the keys of each file that may decide a shape; a list that repeats is
written once. A total is what transformers 5.24.0 makes of the same file, text model alone; where it
has no class (Kimi K3, MiMo, Llama-Nemotron, Ling), what follows from the published code, and of
Step 3.7 what its sizes give, which lie where its class does not read them. The
makers' figures are rounded, and some count vision parts or prediction modules too. But for those
that say `"shipped": false` they are the files of NVIDIA's aiconfigurator 0.12.0, a tool that plans
serving: it ships 89. `python -m tests.framework --keep FILE` adds another.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.config_json import architecture_of

FILE = Path(__file__).parent / "published_counts.json"
PUBLISHED = json.loads(FILE.read_text(encoding="utf-8"))
_UNITS = {"B": 1e9, "T": 1e12}


def whole(value: Any) -> Any:
    """A configuration with its repeated lists written out."""
    if not isinstance(value, dict):
        return value
    if value.keys() == {"repeat", "entries"}:
        times = -(-value["entries"] // len(value["repeat"]))
        return (value["repeat"] * times)[: value["entries"]]
    return {key: whole(one) for key, one in value.items()}


def number_shipped(entry: dict[str, Any]) -> int:
    """The models of an entry whose files the tool ships."""
    return len(entry["models"]) if entry.get("shipped", True) else 0


def total_of(entry: dict[str, Any]) -> float:
    """Parameters of an entry as imported. Raises ScenarioError if its type is not known."""
    scenario = architecture_of(whole(entry["config"]), entry["models"][0])
    return float(evaluate(scenario.inputs(), ["total_parameters"])["total_parameters"])


def test_every_configuration_that_a_serving_tool_ships_has_as_many_parameters_as_published():
    wrong = {}
    shipped = 0
    for entry in PUBLISHED:
        found, (figure, _) = total_of(entry), entry["published"]
        rounded = float(figure[:-1]) * _UNITS[figure[-1]]
        if found != entry["total"] or found != pytest.approx(rounded, rel=0.025):
            wrong[entry["models"][0]] = f"{found:,.0f} for {entry['total']:,} and {figure}"
        shipped += number_shipped(entry)
    assert wrong == {}
    assert shipped == 89
