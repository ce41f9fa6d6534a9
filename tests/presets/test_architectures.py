"""Shipped architectures against published counts, written out; none is computed here."""

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.scenario.library import preset_names, presets_folder
from dsexplore.scenario.presets import load_file
from dsexplore.scenario.scenario import Scenario

# total, active, routed experts, embedding, output head, tied, KV cache bytes a token in BF16.
# V3's counts hold the 14,848 load-balancing biases that some counts leave out.
COUNTS = {
    "deepseek-llm-67b": (67425001472, 67425001472, 0, 838860800, 838860800, False, 389120),
    "deepseek-v2": (
        235741434880,
        21375800320,
        222717542400,
        524288000,
        524288000,
        False,
        69120,
    ),
    "deepseek-v3": (
        671026419200,
        37552297472,
        653908770816,
        926679040,
        926679040,
        False,
        70272,
    ),
    "llama-1-65b": (65285660672, 65285660672, 0, 262144000, 262144000, False, 2621440),
    "llama-3-8b": (8030261248, 8030261248, 0, 525336576, 525336576, False, 131072),
    "llama-3-70b": (70553706496, 70553706496, 0, 1050673152, 1050673152, False, 327680),
    "llama-3.1-405b": (
        405853388800,
        405853388800,
        0,
        2101346304,
        2101346304,
        False,
        516096,
    ),
    "qwen2.5-1.5b": (1543714304, 1543714304, 0, 233373696, 0, True, 28672),
    "qwen2.5-7b": (7615616512, 7615616512, 0, 544997376, 544997376, False, 57344),
    "qwen2.5-14b": (14770033664, 14770033664, 0, 778567680, 778567680, False, 196608),
    "qwen2.5-32b": (32763876352, 32763876352, 0, 778567680, 778567680, False, 262144),
    "qwen2.5-72b": (72706203648, 72706203648, 0, 1245708288, 1245708288, False, 327680),
}
WITHOUT_EMBEDDING = {
    "deepseek-llm-67b": 66586140672,
    "deepseek-v2": 20851512320,
    "deepseek-v3": 36625618432,
    "llama-1-65b": 65023516672,
    "llama-3-8b": 7504924672,
    "llama-3-70b": 69503033344,
    "llama-3.1-405b": 403752042496,
    "qwen2.5-1.5b": 1543714304,
    "qwen2.5-7b": 7070619136,
    "qwen2.5-14b": 13991465984,
    "qwen2.5-32b": 31985308672,
    "qwen2.5-72b": 71460495360,
}
# Sequence length, training FLOP a token with the causal half and with the whole square of
# attention, as a framework's own counter gives them.
TRAINING_FLOPS = [
    ("llama-3-8b", 4096, 48249176064, 51470401536),
    ("llama-3-8b", 8192, 51470401536, 57912852480),
    ("llama-3.1-405b", 4096, 2473221685248, 2523955986432),
    ("llama-3.1-405b", 8192, 2523955986432, 2625424588800),
    ("deepseek-v2", 4096, 155303608320, 185502597120),
    ("deepseek-v3", 4096, 250449887232, 281152192512),
]
UNPUBLISHED = ("gpt-4", "o1")


def architecture(name: str) -> Scenario:
    """The scenario of an architecture's file alone, not of a scenario of the same name."""
    return load_file(presets_folder() / "architectures" / f"{name}.toml")


def results(name: str, **changes: object) -> dict[str, Any]:
    """What follows from an architecture with some fields changed."""
    return evaluate(architecture(name).with_values(changes).inputs())


def test_the_architectures_that_ship_are_those_listed():
    assert preset_names("architectures") == sorted([*COUNTS, *UNPUBLISHED])


@pytest.mark.parametrize("name", COUNTS)
def test_counts_agree_with_published_ones_to_the_last_parameter(name):
    values = results(name)
    counted = (
        values["total_parameters"],
        values["active_parameters"],
        values["routed_expert_parameters"],
        values["embedding_parameters"],
        values["head_parameters"],
        architecture(name).architecture.tie_embeddings,
        values["kv_cache_bytes_per_token"],
    )
    assert counted == COUNTS[name]


@pytest.mark.parametrize("name", WITHOUT_EMBEDDING)
def test_active_parameters_without_the_input_embedding(name):
    assert results(name)["active_parameters_without_embedding"] == WITHOUT_EMBEDDING[name]


@pytest.mark.parametrize(
    ("name", "routed", "reached"), [("deepseek-v2", 160, 6), ("deepseek-v3", 256, 8)]
)
def test_the_numbers_of_experts(name, routed, reached):
    shape = architecture(name).architecture
    assert (shape.num_routed_experts, shape.experts_per_token) == (routed, reached)


def test_without_the_balancing_bias_v3_counts_as_others_count_it():
    values = results("deepseek-v3", router_bias=False)
    assert values["total_parameters"] == 671026404352
    assert values["active_parameters"] == 37552282624


def test_the_prediction_module_of_v3_to_the_last_parameter():
    assert results("deepseek-v3")["mtp_parameters"] == 11610068224


@pytest.mark.parametrize(("name", "sequence_length", "causal", "full"), TRAINING_FLOPS)
def test_training_flop_agree_with_a_counter(name, sequence_length, causal, full):
    values = results(name, sequence_length=sequence_length)
    assert values["training_flops_per_token"] == pytest.approx(causal, rel=1e-3)
    assert values["training_flops_per_token_full"] == pytest.approx(full, rel=1e-3)


@pytest.mark.parametrize(
    ("name", "bytes_per_token"), [("deepseek-v2", 3932160), ("deepseek-v3", 3997696)]
)
def test_latent_attention_switched_off_is_multi_head_attention(name, bytes_per_token):
    values = results(name, attention="gqa")
    assert values["kv_cache_bytes_per_token"] == bytes_per_token


@pytest.mark.parametrize("name", UNPUBLISHED)
def test_of_unpublished_models_no_size_is_stated_and_none_computed(name):
    scenario = architecture(name)
    shape = scenario.architecture
    assert (shape.num_layers, shape.hidden_size, shape.vocab_size) == (None, None, None)
    assert (shape.stated_total_parameters, shape.stated_active_parameters) == (0, 0)
    values = evaluate(scenario.inputs())
    assert values["total_parameters"] != values["total_parameters"]
    assert "not known" in values["architecture_problem"]
    assert "published no" in scenario.description
