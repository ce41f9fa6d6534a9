"""Shipped scenarios against what was published of the runs, written out."""

import math
import tomllib
from typing import Any

import pytest

from dsexplore.engine import PROBLEMS, evaluate, warnings_in
from dsexplore.library.names import preset_names, presets_folder
from dsexplore.library.open import load, load_file
from dsexplore.scenario.scenario import PANELS, Scenario
from tests.strategies import shipped
from tests.points import holds_at

NAMES = [
    "deepseek-llm-67b",
    "deepseek-r1-epoch",
    "deepseek-r1-100k",
    "deepseek-r1",
    "deepseek-r1-distill-llama-70b",
    "deepseek-r1-distill-llama-8b",
    "deepseek-r1-distill-qwen-1.5b",
    "deepseek-r1-distill-qwen-14b",
    "deepseek-r1-distill-qwen-32b",
    "deepseek-r1-distill-qwen-7b",
    "deepseek-r1-zero-disclosed",
    "deepseek-r1-zero-estimate",
    "deepseek-r1-zero-predicted",
    "deepseek-serving",
    "deepseek-v2",
    "deepseek-v3",
    "deepseek-v3-six-nd",
    "dense-70b-64k",
    "gpt-4-reported",
    "llama-1-65b",
    "llama-3-70b",
    "llama-3.1-405b",
    "minimax-m1-rl",
    "openai-o1",
    "qwen3-8b-distillation",
    "qwen3-8b-rl",
]
KINDS = ("architectures", "hardware", "scenarios")
FILES = [f"{kind}/{name}" for kind in KINDS for name in preset_names(kind)]

EXACT = [
    ("deepseek-v3", "total_parameters", 671026419200),
    ("deepseek-v3", "routed_expert_parameters", 653908770816),
    ("deepseek-v3", "mtp_parameters", 11610068224),
    ("deepseek-v3", "kv_cache_bytes_per_token", 70272),
    ("deepseek-v3", "pretraining_gpu_hours", 2664000),
    ("deepseek-v3", "pretraining_cost", 5328000),
    ("deepseek-v3", "context_extension_cost", 238000),
    ("deepseek-v3", "post_training_cost", 10000),
    ("deepseek-v3", "total_cost", 5576000),
    ("deepseek-v3", "rl_flops", 0),
    ("deepseek-v3", "expert_activation_share", 0.03125),
    ("deepseek-r1-zero-estimate", "rl_mean_serial_tokens", 32000000),
    ("deepseek-r1-zero-disclosed", "rl_rollouts", 650),
    ("deepseek-r1-zero-disclosed", "rl_gpu_hours", 101000),
    ("deepseek-r1-zero-disclosed", "rl_cost", 202000),
    ("deepseek-r1", "post_training_hours", 147000),
    ("deepseek-r1", "post_training_cost", 294000),
    ("deepseek-r1", "sft_cost", 10000),
    ("deepseek-r1-epoch", "sft_tokens", 6400000000),
    ("deepseek-r1-epoch", "sft_processed_tokens", 12800000000),
    ("llama-3.1-405b", "total_parameters", 405853388800),
    ("llama-3.1-405b", "kv_cache_bytes_per_token", 516096),
    ("llama-3.1-405b", "pretraining_gpu_hours", 30840000),
    ("llama-3.1-405b", "data_parallel", 128),
    ("gpt-4-reported", "pretraining_gpu_hours", 60000000),
    ("gpt-4-reported", "pretraining_days", 100),
    ("deepseek-serving", "serving_cost_per_day", 87072),
    ("deepseek-serving", "serving_gpus_held", 1814),
]
# Name, quantity, published or reported figure, and the difference that its rounding allows.
CLOSE = [
    ("deepseek-v3", "active_parameters", 37.552e9, 1e-4),
    ("deepseek-v3", "training_flops_per_token", 250.45e9, 1e-3),
    ("deepseek-v3", "training_flops_per_token_full", 281.15e9, 1e-3),
    ("deepseek-v3", "pretraining_days", 54.2, 1e-3),
    ("deepseek-v3", "mfu", 0.3908, 1e-3),
    ("deepseek-v3", "attention_parity_context", 4355, 0.02),
    ("deepseek-v3", "expert_dispatch_bytes", 9.845e19, 1e-3),
    ("deepseek-v3", "expert_dispatch_days", 11.13, 1e-3),
    ("deepseek-v3", "tokens_per_day", 272.80e9, 2e-3),
    ("deepseek-v3-six-nd", "pretraining_flops", 3.2856e24, 1e-6),
    ("deepseek-v3-six-nd", "mfu", 0.2284, 1e-3),
    ("deepseek-v3-six-nd", "pretraining_cost", 5.328e6, 1e-6),
    ("deepseek-v3-six-nd", "attention_parity_context", 4355, 1e-3),
    ("deepseek-r1-zero-estimate", "rl_generated_tokens", 2.097e12, 1e-3),
    ("deepseek-r1-zero-estimate", "rl_flops", 6.208e23, 1e-3),
    ("deepseek-r1-zero-estimate", "rl_cost", 1.007e6, 1e-3),
    ("deepseek-r1-zero-estimate", "rl_mean_serial_days", 7.41, 1e-3),
    ("deepseek-r1-zero-estimate", "rl_api_cost", 2.307e6, 1e-3),
    ("deepseek-r1-zero-estimate", "rl_break_even_mfu", 0.0432, 2e-3),
    ("deepseek-r1-zero-estimate", "post_training_cost", 1.007e6, 1e-3),
    ("deepseek-r1-zero-disclosed", "rl_serial_tokens", 25.8e6, 0.01),
    ("deepseek-r1-zero-disclosed", "rl_serial_days", 143.4 / 24, 0.01),  # at 50 tokens a second
    ("deepseek-r1-zero-disclosed", "rl_implied_decode_speed", 36, 0.02),  # that fills 198 hours
    ("deepseek-r1-zero-predicted", "rl_days", 198 / 24, 0.2),
    ("deepseek-r1-zero-predicted", "rl_gpu_hours", 101e3, 0.2),
    ("deepseek-r1-zero-predicted", "rl_cost", 202e3, 0.2),
    ("deepseek-r1", "later_rl_gpu_hours", 80 * 512, 0.002),
    ("deepseek-r1-100k", "rl_cost", 100e3, 1e-9),
    ("deepseek-r1-100k", "rl_implied_mfu", 2.3, 0.01),  # more than the peak
    ("minimax-m1-rl", "rl_cost", 534_700, 1e-9),
    ("minimax-m1-rl", "rl_days", 21, 1e-9),
    ("qwen3-8b-rl", "rl_gpu_hours", 17_920, 1e-9),
    ("qwen3-8b-distillation", "sft_gpu_hours", 1800, 1e-9),
    ("deepseek-r1-zero-disclosed", "rl_days", 8.25, 0.01),
    ("deepseek-r1-zero-disclosed", "post_training_cost", 202e3, 1e-6),
    ("deepseek-v2", "mfu", 0.268, 1e-3),
    ("deepseek-llm-67b", "mfu", 0.493, 1e-3),
    ("llama-1-65b", "mfu", 0.486, 1e-3),
    ("llama-1-65b", "pretraining_gpu_hours", 1e6, 1e-9),
    ("llama-3-70b", "pretraining_gpu_hours", 6.4e6, 1e-9),
    ("llama-3-70b", "attention_parity_context", 53406, 0.02),
    ("llama-3.1-405b", "pretraining_cost", 61.68e6, 1e-6),
    ("llama-3.1-405b", "training_flops_per_token", 2523955986432, 1e-3),
    ("llama-3.1-405b", "mfu", 0.3586, 1e-3),
    ("gpt-4-reported", "pretraining_cost", 100e6, 1e-9),
    ("dense-70b-64k", "mfu", 0.72, 1e-9),
    ("deepseek-serving", "revenue_per_day", 562_027, 1e-3),
    ("deepseek-serving", "margin", 5.45, 2e-3),
    ("deepseek-serving", "decode_tokens_per_second_per_gpu", 14_800 / 8, 0.2),
    ("deepseek-serving", "decode_tokens_per_second_per_request", 21, 0.2),
]
# Hours of fine-tuning on 12.8e9 tokens at 0.4 of 989 TFLOP/s, six FLOP a token and parameter.
DISTILLED = [
    ("deepseek-r1-distill-qwen-1.5b", 1543714304, 83.25),
    ("deepseek-r1-distill-qwen-7b", 7615616512, 410.7),
    ("deepseek-r1-distill-qwen-14b", 14770033664, 796.5),
    ("deepseek-r1-distill-qwen-32b", 32763876352, 1766.8),
    ("deepseek-r1-distill-llama-8b", 8030261248, 433.05),
    ("deepseek-r1-distill-llama-70b", 70553706496, 3804.7),
]


def results(name: str, **changes: object) -> dict[str, Any]:
    """What follows from a scenario with some fields changed."""
    return evaluate(shipped(name).with_values(changes).inputs())


def preset_file(path: str) -> Scenario:
    """The scenario of a shipped file of any kind."""
    return load_file(presets_folder() / f"{path}.toml")


def stated_fields(path: str) -> list[str]:
    """Fields that a shipped file itself states, distributions among them."""
    raw = tomllib.loads((presets_folder() / f"{path}.toml").read_text(encoding="utf-8"))
    stated = [name for table in PANELS for name in raw.get(table, {}) if name != "preset"]
    return [*stated, *raw.get("uncertainty", {})]


def test_the_scenarios_listed_here_ship():
    assert set(NAMES) <= set(preset_names("scenarios"))


@holds_at("path", FILES)
def test_every_preset_loads_and_says_what_it_is(path):
    scenario = preset_file(path)
    assert scenario.title
    assert len(scenario.description) > 30
    assert "\n" not in scenario.description
    assert evaluate(scenario.inputs())


@holds_at("path", FILES)
def test_every_stated_field_has_a_source_or_a_note(path):
    scenario = preset_file(path)
    said_of = scenario.sources.keys() | scenario.notes.keys()
    assert [name for name in stated_fields(path) if name not in said_of] == []


@holds_at("path", FILES)
def test_the_note_of_a_field_without_a_source_says_why(path):
    scenario = preset_file(path)
    words = ("assumed", "chosen", "not published", "never published")
    unsourced = [name for name in stated_fields(path) if name not in scenario.sources]
    silent = [n for n in unsourced if not any(w in scenario.notes[n].lower() for w in words)]
    assert silent == []


# Said of it, as it should be: what was claimed is more than the accelerators could do.
IMPOSSIBLE = "deepseek-r1-100k"


@holds_at("name", sorted(set(NAMES) - {"gpt-4-reported", "openai-o1", IMPOSSIBLE}))
def test_nothing_stands_in_the_way_of_what_a_scenario_is_about(name):
    values = shipped(name).inputs() | results(name)
    assert warnings_in(values, ["total_cost", "total_days", "mfu", "rl_cost"]) == []


# A step and a service that nobody stated: one accelerator cannot hold the model, or its answers.
UNSTATED = {
    "deepseek-llm-67b": {"whole_model_problem", "serving_problem", "prefill_problem"},
    "deepseek-r1-distill-llama-70b": {"whole_model_problem", "serving_problem", "prefill_problem"},
    "deepseek-r1-distill-qwen-14b": {"whole_model_problem"},
    "deepseek-r1-distill-qwen-32b": {"whole_model_problem", "serving_problem"},
    "deepseek-v2": {"serving_problem", "prefill_problem"},
    "dense-70b-64k": {"whole_model_problem", "serving_problem", "prefill_problem"},
    "llama-1-65b": {
        "whole_model_problem", "serving_problem", "prefill_problem", "served_context_problem",
    },
    "llama-3-70b": {"whole_model_problem"},
    "minimax-m1-rl": {"whole_model_problem", "serving_problem", "prefill_problem"},
}  # fmt: skip


@holds_at("name", sorted(set(NAMES) - {"gpt-4-reported", "openai-o1", IMPOSSIBLE}))
def test_what_a_scenario_leaves_unstated_may_be_impossible_and_is_said_to_be(name):
    found = results(name)
    assert {problem for problem in PROBLEMS if found[problem]} == UNSTATED.get(name, set())


def test_hours_too_few_for_the_flop_are_said_to_be():
    assert warnings_in(results(IMPOSSIBLE)) == [
        "RL's hours imply 2.3 times the peak, more than there is."
    ]


@holds_at(("name", "quantity", "published"), EXACT)
def test_exact_figures(name, quantity, published):
    assert results(name)[quantity] == published


@holds_at(("name", "quantity", "published", "tolerance"), CLOSE)
def test_rounded_figures(name, quantity, published, tolerance):
    assert results(name)[quantity] == pytest.approx(published, rel=tolerance)


@pytest.mark.parametrize(("name", "parameters", "hours"), DISTILLED)
def test_distilled_models_cost_their_fine_tuning_and_nothing_else(name, parameters, hours):
    values = results(name)
    assert values["total_parameters"] == parameters
    assert values["sft_processed_tokens"] == 12.8e9
    assert values["pretraining_cost"] == 0
    assert values["total_gpu_hours"] == pytest.approx(hours, rel=1e-3)
    assert values["total_cost"] == pytest.approx(2 * hours, rel=1e-3)


def test_v3_runs_as_disclosed():
    scenario = load("deepseek-v3")
    layout = scenario.parallelism
    assert (layout.pipeline_parallel, layout.expert_parallel, layout.node_limit) == (16, 64, 4)
    assert (layout.pipeline_schedule, layout.zero_stage) == ("dualpipe", 1)
    assert (layout.dispatch_precision, layout.combine_precision) == ("fp8", "bf16")
    assert (layout.optimizer_bytes, layout.micro_batch_size) == (8, 1)
    assert (scenario.hardware.num_gpus, scenario.hardware.communication_sms) == (2048, 20)
    assert results("deepseek-v3")["data_parallel"] == 128


def test_v3_against_the_fp8_peak_less_the_multiprocessors_that_communicate():
    # Published: 20.2 %, of a peak rounded to 1700 TFLOP/s; unrounded it is 1697.
    mfu = results("deepseek-v3-six-nd", fp8_flops=2000e12, mfu_peak="fp8_less_communication")["mfu"]
    assert mfu == pytest.approx(0.2015, rel=3e-3)
    assert round(mfu, 3) == 0.202


def test_the_exact_count_is_behind_the_stated_one():
    values = results("deepseek-v3-six-nd", stated_total_parameters=0, stated_active_parameters=0)
    assert values["total_parameters"] == 671026419200


@pytest.mark.parametrize("quantity", ["rl_flops", "rl_cost", "rl_generated_tokens"])
def test_half_the_questions_halve_the_estimate(quantity):
    whole = results("deepseek-r1-zero-estimate")[quantity]
    half = results("deepseek-r1-zero-estimate", questions_per_step=512)[quantity]
    assert half == whole / 2


def test_the_estimate_at_the_discounted_price():
    cost = results("deepseek-r1-zero-estimate", output_price=0.3)["rl_api_cost"]
    assert cost == pytest.approx(6.29e5, rel=1e-3)


def test_r1_has_two_phases_of_the_estimate_and_an_uncertain_number_of_questions():
    scenario = load("deepseek-r1-epoch")
    assert scenario.reinforcement.rl_phases == 2
    assert scenario.reinforcement.rejection_samples == 600e3
    stated = scenario.uncertainty["questions_per_step"]
    assert (stated.kind, stated.parameters) == ("loguniform", (512.0, 1024.0))
    values = evaluate(scenario.inputs())
    assert values["rl_cost"] == pytest.approx(2.014e6, rel=1e-3)


def test_the_hours_of_54_days_are_another_reading_of_the_405b():
    hours = "16000 * 54 * 24"
    values = results("llama-3.1-405b", stated_pretraining_gpu_hours=hours)
    assert values["pretraining_gpu_hours"] == 20736000
    assert values["pretraining_cost"] == 41472000


def test_of_gpt_4_cost_and_days_are_known_and_nothing_else():
    values = results("gpt-4-reported")
    for unknown in ("total_parameters", "pretraining_flops", "mfu"):
        assert values[unknown] != values[unknown]
    assert len(warnings_in(values)) >= 1


def test_of_o1_the_prices_are_known_and_nothing_of_what_serving_it_costs():
    values = results("openai-o1")
    assert load("openai-o1").serving.output_price == 60
    for unknown in ("total_parameters", "cost_per_million_output_tokens", "total_cost"):
        assert values[unknown] != values[unknown]
    assert len(warnings_in(values)) >= 1


def test_the_service_is_held_at_the_layout_that_was_disclosed():
    serving = load("deepseek-serving").serving
    assert (serving.decode_expert_parallel, serving.prefill_expert_parallel) == (144, 32)
    assert (serving.redundant_experts, serving.serving_micro_batches) == (32, 2)
    assert (serving.serving_precision, serving.kv_length) == ("fp8", 4989)


def test_distilling_reasoning_took_a_tenth_of_teaching_it():
    taught = results("qwen3-8b-rl")["total_cost"]
    distilled = results("qwen3-8b-distillation")["total_cost"]
    assert taught / distilled == pytest.approx(10, rel=0.01)


def test_the_six_distilled_models_are_those_of_r1():
    students = sum(results(name)["sft_flops"] for name, _, _ in DISTILLED)
    assert results("deepseek-r1-epoch")["distillation_flops"] == pytest.approx(students, rel=1e-9)


def test_r1_zero_takes_its_198_hours_with_nothing_stated_but_what_was_disclosed():
    scenario = load("deepseek-r1-zero-predicted")
    assert scenario.value("decode_speed") == 0
    hours = evaluate(scenario.inputs())["rl_predicted_days"] * 24
    assert hours == pytest.approx(198, rel=0.1)


def test_r1_zero_generates_for_most_of_the_time_and_waits_for_its_longest_answers():
    values = results("deepseek-r1-zero-predicted")
    assert values["rollout_bound"] == "longest answer"
    assert values["rollout_cost"] / values["rl_cost"] > 0.7


def test_reinforcement_learning_of_unknown_length_is_unknown_not_nothing():
    found = evaluate(load("openai-o1").inputs())
    assert all(math.isnan(found[name]) for name in ("rl_gpu_hours", "rl_days", "rl_cost"))
