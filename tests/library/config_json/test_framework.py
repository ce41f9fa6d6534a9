"""Counts of every importable type against what transformers makes of it, kept in a file.

`python -m tests.framework` compares them anew, with many variants of each.
"""

from __future__ import annotations

import json
from pathlib import Path

from dsexplore.engine import evaluate
from dsexplore.library.config_json import FAMILIES, architecture_of
from dsexplore.text.refusal import ScenarioError

KEPT = json.loads((Path(__file__).parent / "framework_counts.json").read_text(encoding="utf-8"))
# What the importer refuses rather than miscounts, in the kept variants.
REFUSED = {"doge", "helium", "mpt", "zamba", "zamba2"}


def test_every_type_has_as_many_parameters_as_the_framework_makes():
    wrong = {}
    for held, config in KEPT:
        name = config["model_type"]
        try:
            scenario = architecture_of(config, name)
        except ScenarioError as error:
            if name not in REFUSED:
                wrong[name] = str(error)
            continue
        found = round(evaluate(scenario.inputs(), ["total_parameters"])["total_parameters"])
        if found != held:
            wrong[name] = f"{found:,} for {held:,}"
    assert wrong == {}


def test_most_types_of_the_framework_are_kept():
    assert len({config["model_type"] for _, config in KEPT} & FAMILIES.keys()) >= 120
