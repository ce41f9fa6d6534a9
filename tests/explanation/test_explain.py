"""Explanations: what is shown is what was computed."""

from __future__ import annotations

import math
import re

import pytest
from hypothesis import given

from dsexplore.engine import GRAPH, QUANTITIES, constants, evaluate, formulas
from dsexplore.engine import elementwise as numeric
from dsexplore.engine.standing import Standing
from dsexplore.explanation.explain import explain, reading_of
from dsexplore.library.names import preset_names
from dsexplore.library.open import load
from dsexplore.library.presets import build
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.strategies import changed, changes, preset_scenarios
from tests.ways import ways

V3 = load("deepseek-v3")
LLAMA = load("llama-3-70b")
WIDE = 10_000
SCENARIOS = {
    "deepseek-v3": V3,
    "llama-3-70b": LLAMA,
    "gpt-4-reported": load("gpt-4-reported"),
    "deepseek-r1-zero-disclosed": load("deepseek-r1-zero-disclosed"),
    "interleaved": LLAMA.with_values(
        {
            "pipeline_schedule": "interleaved",
            "virtual_stages": 2,
            "utilization": "predicted",
            "recompute": "full",
            "gpu_mean_time_to_failure": 50_000,
            "checkpoint_time": 60,
        }
    ),
}


def _values(scenario):
    inputs = scenario.inputs()
    return {**inputs, **evaluate(inputs)}


def _same(one, other):
    if isinstance(other, str):
        return one == other
    if math.isnan(other):
        return not math.isfinite(one)
    return math.isclose(one, other, rel_tol=1e-12, abs_tol=0)


def test_what_is_explained_is_what_the_engine_computed():
    for quantity, scenario, standing in ways(map(load, preset_names("scenarios"))):
        result = reading_of(quantity, standing.values).result.value
        assert _same(result, standing.values[quantity]), (scenario.title, quantity)


@examples(8)
@given(preset_scenarios, changes())
def test_it_is_so_under_any_choices(scenario, edits):
    values = _values(changed(scenario, edits))
    for quantity in QUANTITIES:
        assert _same(reading_of(quantity, values).result.value, values[quantity]), quantity


# The formula as it is printed, computed again by Python from the printed text alone.

_MODULES = [
    numeric,
    constants,
    *(module for subject in formulas.modules().values() for module in subject),
]
_KNOWN = {
    **{
        name.strip("_"): value
        for module in _MODULES
        for name, value in vars(module).items()
        if isinstance(value, int | float)
    },
    **{f"call_{name}": found for module in _MODULES for name, found in vars(module).items()},
    "call_max": max,
    "call_min": min,
    "call_round": numeric.nearest_whole,
    "call_ln": numeric.log,
    "call_log2": numeric.log2,
    "call_root": math.sqrt,
    "call_one": float,
    "unknown": math.nan,
    "inf": math.inf,
}
_AS_PYTHON = (
    (r"×", "*"),
    (r"∞", "inf"),
    (r"−", "-"),
    (r"≥", ">="),
    (r"≤", "<="),
    (r"≠", "!="),
    (r" = ", " == "),
    (r" mod ", " % "),
    (r"²", "**2"),
    (r"⌈", "ceil("),
    (r"⌊", "floor("),
    (r"[⌉⌋]", ")"),
    (r"log₂", "log2"),
    (r"√\(", "root("),
    (r"√(\w+)", r"root(\1)"),
    (r"\[", "one("),
    (r"\]", ")"),
    (r" is not (\w+)", r" != '\1'"),
    (r" is (\w+)", r" == '\1'"),
    (r"\b10(?=[⁰¹²³⁴-⁹])", "10**"),
    (r"(\d),(?=\d\d\d)", r"\1"),
    (r"\^", "**"),
    (r"(\w+)\(", r"call_\1("),
)


def _again(formula, values):
    """What a printed formula comes to: its named lines in order, then its last."""
    known = {**_KNOWN, **values}
    result = math.nan
    for text in formula:
        if not text:  # what follows explains a helper
            break
        name, equals, rest = re.match(r"(?:(\w+)( = ))?(.*)", text).groups()
        for pattern, python in _AS_PYTHON:
            rest = re.sub(pattern, python, rest)
        result = eval(rest, {}, known)
        if equals:
            known[name] = result
    return result


def test_the_printed_formula_computed_again_gives_the_value():
    compared = 0
    names = ("deepseek-v3", "deepseek-r1-zero-disclosed", "interleaved")
    for quantity, scenario, standing in ways(SCENARIOS[name] for name in names):
        values = standing.values
        found, value = QUANTITIES[quantity], values[quantity]
        if found.is_text or math.isnan(value):
            continue
        if found.is_of_run and scenario.measured_run:  # another's formula with other values
            continue
        formula = explain(scenario, quantity, standing, WIDE).formula
        if "Σ" in " ".join(formula):  # says only what its last term is
            continue
        left_out = {name: 0.0 for name in found.at_least_without if math.isnan(values[name])}
        again = _again(formula, {**values, **left_out})
        assert math.isclose(again, value, rel_tol=1e-9, abs_tol=1e-300), quantity
        compared += 1
    assert compared > 1000


# What a reader finds


def test_a_product_reads_like_the_paper():
    found = explain(V3, "routed_expert_parameters")
    assert found.working == (
        "  num_moe_layers × num_routed_experts × expert_parameters",
        "= 58 × 256 × 44,040,192",
        "= 653,908,770,816",
    )
    assert found.value == 653_908_770_816
    assert "2.1.2" in found.source
    assert found.because == ()


def test_a_paper_and_an_assumption_are_told_apart():
    found = explain(V3, "lent_slowdown")
    assert "arXiv:2412.19437" in found.source and "clock" in found.assumes
    assert "lent_sm_loss" in {each.name for each in found.depends_on}
    assert (explain(V3, "memory_rate").source, explain(V3, "memory_rate").assumes) == (
        "",
        "Large products reach a fixed share of the peak, whatever their shape.",
    )
    assert explain(V3, "total_days").assumes.startswith("Stages follow one another")


def test_an_idiom_reads_as_if_it_were_written_out():
    found = explain(V3, "state_bytes")
    assert found.working[0] == (
        "  held_weight_bytes + held_gradient_bytes + held_optimizer_bytes / shards"
    )
    assert found.because == (
        "zero_stage is 1, below 3",
        "zero_stage is 1, below 2",
        "zero_stage is 1",
    )


def test_only_the_branch_that_ran_is_shown_and_why():
    latent = explain(V3, "query_projection")
    straight = explain(LLAMA, "query_projection")
    assert any("q_lora_rank" in line for line in latent.formula)
    assert "attention is mla" in latent.because
    assert not any("q_lora_rank" in line for line in straight.formula)
    assert straight.because == ("attention is gqa",)
    unread = {reference.name for reference in straight.depends_on if not reference.is_used}
    assert unread == {"q_lora_rank"}


def test_a_quantity_under_a_choice_says_which():
    measured = explain(V3, "mfu")
    assert measured.formula == ("achieved_flops_per_gpu / mfu_peak_flops",)
    assumed = explain(V3.with_values({"utilization": "assumed"}), "mfu")
    assert assumed.formula == ("assumed_mfu",)
    assert assumed.because == ("utilization is assumed",)


def test_results_on_the_way_have_their_lines_and_units():
    found = explain(V3, "memory_per_gpu")
    state = next(line for line in found.with_values if line.startswith("state = "))
    assert state.count("GB") == 3


def test_a_helper_is_shown_with_what_it_does():
    found = explain(V3, "expected_nodes_per_token")
    assert found.formula[0].startswith("distinct_groups(nodes_in_reach, ")
    assert "everyone = groups × members" in found.formula
    assert any("C(everyone, chosen)" in line for line in found.formula), "choices are counted"


def test_a_sentence_says_what_it_was_made_of():
    found = explain(V3.with_values({"num_gpus": 2047}), "layout_problem")
    assert "{gpus}" in " ".join(found.formula) or "{num_gpus}" in " ".join(found.formula)
    assert "2047 GPUs" in " ".join(" ".join(found.with_values).split())
    assert found.because == ("num_gpus mod model_parallel_gpus is 15, not 0",)


def test_no_sentence_says_everything_that_was_looked_at():
    found = explain(V3, "layout_problem")
    assert found.value == ""
    assert "pipeline_parallel is 16, at most num_layers (61)" in found.because
    assert len(found.because) > 10


def test_what_is_unknown_is_said_to_be():
    found = explain(SCENARIOS["gpt-4-reported"], "attention_parameters")
    assert math.isnan(found.value)
    assert found.value_text == "–"
    assert "unknown" in " ".join(found.with_values)


def test_dependencies_and_dependants_are_those_of_the_graph():
    for name in ("mfu", "step_time", "num_gpus"):
        found = explain(V3, name)
        assert {each.name for each in found.depends_on} == set(GRAPH.dependencies(name))
        assert tuple(each.name for each in found.dependants) == GRAPH.dependants(name)


def test_values_that_are_known_already_are_taken():
    values = {**Standing(V3).values, "mfu": 0.5}
    assert explain(V3, "mfu_full", Standing(V3, values)).with_values[0].startswith("50 % × ")


# Fields


def test_a_field_has_source_range_and_origin():
    found = explain(V3, "experts_per_token")
    assert (found.label, found.value, found.formula) == ("Experts per token", 8, ())
    assert "arXiv:2412.19437" in found.source
    assert found.range == FIELDS["experts_per_token"].allowed()
    assert "preset deepseek-v3" in found.origin
    assert "computed_experts_per_token" in {each.name for each in found.dependants}


def test_the_origin_of_a_field_is_what_stated_it():
    assert explain(V3, "num_gpus").origin.startswith("the scenario")
    assert explain(V3, "kernel_factor").origin == "the software stack deepseek"
    edited = V3.with_values({"experts_per_token": 9})
    assert explain(edited, "experts_per_token", opened=V3).origin == "changed; it was 8"
    own = explain(edited, "experts_per_token")
    assert own.origin == "the scenario; the preset deepseek-v3 has 8"
    bare = build({"schema": 1, "pretraining": {"pretraining_tokens": 2e12}})
    assert explain(bare, "pretraining_tokens").origin == "the scenario"
    assert explain(bare, "sequence_length").origin == "the default"


def test_a_field_without_effect_says_so():
    assert explain(LLAMA, "q_lora_rank").remarks == "No effect while attention is gqa."
    assert explain(V3, "q_lora_rank").remarks == ""


def test_an_unverified_or_unknown_value_says_so():
    announced = build({"schema": 1, "hardware": {"preset": "rubin-288gb-sxm"}})
    assert explain(announced, "bf16_flops").remarks.startswith("Stated, but not by a source")
    assert explain(SCENARIOS["gpt-4-reported"], "hidden_size").value_text == "unknown"


def test_a_mistyped_name_is_refused_with_the_nearest():
    with pytest.raises(ScenarioError, match="unknown name 'total_costs'; allowed: total_cost"):
        explain(V3, "total_costs")


def test_without_source_files_all_but_the_formula_is_there(monkeypatch):
    def missing(function):
        raise OSError("could not get source code")

    monkeypatch.setattr("dsexplore.explanation.trace.definition", missing)
    found = explain(V3, "mfu")
    assert (found.value_text, found.working) == ("39.08 %", ())
    assert "no source files" in found.remarks
    assert all(each.is_used for each in found.depends_on)
