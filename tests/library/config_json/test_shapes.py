"""How the keys of a family become our fields, beyond what shows in a count."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.config_json import architecture_of, scenario_from_config
from dsexplore.library.model_files.quantization import stored_as
from dsexplore.library.open import load_file
from dsexplore.library.saving import architecture_to_toml
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.refusal import ScenarioError
from tests.points import holds_at

CONFIGS = Path(__file__).parent / "configs"
NAMES = sorted(path.stem for path in CONFIGS.glob("*.json"))


def config(name: str, **changes: object) -> dict[str, Any]:
    """A published configuration with some keys changed."""
    return {**json.loads((CONFIGS / f"{name}.json").read_text()), **changes}


def imported(name: str, **changes: object) -> Any:
    """The architecture of a published configuration with some keys changed."""
    return architecture_of(config(name, **changes), name).architecture


def without(name: str, *keys: str) -> Any:
    """The architecture of a published configuration without some keys."""
    kept = {key: value for key, value in config(name).items() if key not in keys}
    return architecture_of(kept, name).architecture


# Width of the window, and layers that have it where the others look back on all.
@holds_at(
    ("name", "changes", "window", "layers"),
    [
        ("mistral-7b-v0.1", {}, 4096, 0),
        ("mistral-7b-v0.1", {"sliding_window": None}, 0, 0),
        ("mixtral-8x7b", {}, 0, 0),
        ("gpt-oss-120b", {}, 128, 18),
        ("gpt-oss-120b", {"layer_types": None}, 128, 18),
        ("gpt-oss-20b", {}, 128, 12),
        ("gemma-2-2b", {}, 4096, 13),
        ("gemma-2-2b", {"num_hidden_layers": 27}, 4096, 14),
        ("gemma-3-1b", {}, 512, 22),
        ("gemma-3-1b", {"sliding_window_pattern": 2}, 512, 13),
        ("gemma-3-4b", {}, 1024, 29),
        ("llama-4-maverick", {}, 8192, 36),
        ("qwen2.5-7b", {}, 0, 0),
        ("qwen2.5-7b", {"use_sliding_window": True, "max_window_layers": 20}, 4096, 8),
        ("qwen2.5-7b", {"use_sliding_window": True, "max_window_layers": 0}, 4096, 0),
        ("qwen2.5-7b", {"use_sliding_window": True, "max_window_layers": 28}, 0, 0),
        ("qwen2.5-7b", {"use_sliding_window": True, "sliding_window": None}, 0, 0),
        ("qwen3-235b-a22b", {}, 0, 0),
        ("phi-3-mini", {}, 2047, 0),
        ("starcoder2-3b", {}, 4096, 0),
    ],
)
def test_windows(name, changes, window, layers):
    shape = imported(name, **changes)
    assert (shape.attention_window, shape.windowed_layers) == (window, layers)


@holds_at(
    ("name", "changes", "dense"),
    [
        ("deepseek-v3", {}, 3),
        ("deepseek-v3", {"moe_layer_freq": 2}, 32),
        ("deepseek-v2-lite", {}, 1),
        ("kimi-k2", {}, 1),
        ("glm-4.5", {}, 3),
        ("llama-4-maverick", {}, 24),
        ("llama-4-scout", {}, 0),
        ("qwen1.5-moe-a2.7b", {"decoder_sparse_step": 2}, 12),
        ("qwen1.5-moe-a2.7b", {"decoder_sparse_step": 2, "mlp_only_layers": [0, 1, 3]}, 14),
        ("qwen3-30b-a3b", {"mlp_only_layers": [0, 47]}, 2),
        ("qwen3-30b-a3b", {"mlp_layer_types": ["dense"] * 5 + ["sparse"] * 43}, 5),
        ("mixtral-8x7b", {}, 0),
        ("dbrx", {}, 0),
        ("llama-3-8b", {}, 0),
    ],
)
def test_dense_layers_between_experts(name, changes, dense):
    assert imported(name, **changes).num_dense_layers == dense


def test_the_layers_with_experts_may_be_listed():
    text = config("llama-4-maverick")["text_config"]
    shape = imported("llama-4-maverick", text_config={**text, "moe_layers": [1, 3, 5]})
    assert shape.num_dense_layers == 45
    assert (shape.intermediate_size, shape.moe_intermediate_size) == (16384, 8192)


@holds_at(
    ("name", "context"),
    [
        ("llama-3.1-8b", 131072),
        ("gpt2", 1024),
        ("opt-125m", 2048),
        ("bloom-560m", 2048),
        ("falcon-7b", 2048),
        ("dbrx", 32768),
        ("llama-4-scout", 10485760),
        ("gemma-3-4b", 131072),
    ],
)
def test_the_longest_context(name, context):
    assert imported(name).max_context_length == context


def test_a_context_that_is_not_stated_is_unknown():
    assert without("llama-3-8b", "max_position_embeddings").max_context_length is None


@pytest.mark.parametrize(
    ("name", "modules"),
    [("deepseek-v3", 1), ("glm-4.5", 1), ("kimi-k2", 0), ("minimax-m2", 3), ("deepseek-v2", 0)],
)
def test_prediction_modules(name, modules):
    assert imported(name).mtp_layers == modules


def test_opt_has_two_rows_more_than_positions():
    assert imported("opt-125m").learned_positions == 2050
    assert imported("gpt2").learned_positions == 1024


def test_opt_350m_projects_its_embedding_and_ends_without_a_norm():
    shape = imported("opt-350m")
    assert (shape.embedding_size, shape.final_norm) == (512, False)
    shape = imported("opt-125m")
    assert (shape.embedding_size, shape.final_norm) == (0, True)
    assert imported("opt-125m", layer_norm_elementwise_affine=False).norms_per_layer == 0


def test_a_full_query_projection():
    assert imported("deepseek-v2-lite").q_lora_rank == 0
    assert without("deepseek-v2-lite", "q_lora_rank").q_lora_rank == 1536


def test_the_indexer():
    shape = imported("deepseek-v3.2")
    assert (shape.index_heads, shape.index_head_dim, shape.index_top_k) == (64, 128, 2048)


def test_shared_experts():
    shape = imported("qwen1.5-moe-a2.7b")
    assert (shape.num_shared_experts, shape.shared_expert_intermediate_size) == (1, 5632)
    assert shape.shared_expert_gate
    assert imported("deepseek-v2-lite").num_shared_experts == 2


def test_null_experts_make_a_dense_model():
    shape = imported("deepseek-v3", n_routed_experts=None)
    assert (shape.num_routed_experts, shape.experts_per_token) == (0, 0)


@pytest.mark.parametrize(
    ("changes", "norms"),
    [
        ({}, 1),
        ({"parallel_attn": False}, 2),
        ({"new_decoder_architecture": True, "num_kv_heads": 1}, 2),
        ({"num_ln_in_parallel_attn": 2}, 2),
    ],
)
def test_falcon_has_one_norm_where_its_blocks_share_it(changes, norms):
    assert imported("falcon-7b", **changes).norms_per_layer == norms


def test_falcon_under_its_first_names():
    first_7b = {
        "model_type": "RefinedWebModel",
        "n_layer": 32,
        "n_head": 71,
        "hidden_size": 4544,
        "vocab_size": 65024,
        "multi_query": True,
        "parallel_attn": True,
        "bias": False,
        "alibi": False,
    }
    first_40b = {
        "model_type": "RefinedWeb",
        "n_layer": 60,
        "n_head": 128,
        "n_head_kv": 8,
        "hidden_size": 8192,
        "vocab_size": 65024,
        "parallel_attn": True,
        "bias": False,
        "alibi": False,
    }
    assert architecture_of(first_7b, "a").architecture == imported("falcon-7b")
    assert architecture_of(first_40b, "a").architecture == imported("falcon-40b")


def test_the_text_model_of_a_model_that_sees():
    scenario = architecture_of(config("gemma-3-4b"), "gemma-3-4b")
    assert scenario.title == "gemma-3-4b (text model)"
    assert "not counted" in scenario.description
    # What its class leaves out, as a file by itself states it.
    sizes = {"num_attention_heads": 8, "vocab_size": 262208, "max_position_embeddings": 131072}
    text = {**config("gemma-3-4b")["text_config"], **sizes}
    assert architecture_of(text, "x").architecture == scenario.architecture
    assert architecture_of(text, "x").title == "x"


def test_chunks_of_attention_are_said_to_be_counted_as_a_window():
    scenario = architecture_of(config("llama-4-scout"), "scout")
    assert "chunks" in scenario.notes["attention_window"]


def test_embeddings_are_tied_as_the_family_has_it():
    assert not without("llama-3-8b", "tie_word_embeddings").tie_embeddings
    assert without("gemma-2-2b", "tie_word_embeddings").tie_embeddings
    assert without("starcoder2-15b", "tie_word_embeddings").tie_embeddings


def test_an_absent_key_takes_the_familys_default_and_a_null_one_means_none():
    assert without("mistral-7b-v0.1", "num_key_value_heads").num_kv_heads == 8
    assert imported("mistral-7b-v0.1", num_key_value_heads=None).num_kv_heads == 32
    assert without("llama-3-8b", "num_key_value_heads").num_kv_heads == 32
    assert without("mistral-7b-v0.1", "sliding_window").attention_window == 4096


@pytest.mark.parametrize("head_dim", [None, 256])
def test_the_width_of_a_head(head_dim):
    assert imported("llama-3-8b", head_dim=head_dim).head_dim == (head_dim or 128)


def test_keys_that_mean_nothing_here_are_passed_over():
    changes = {"quantization_config": {"quant_method": "fp8"}, "": [], "x": None, "dtype": "bf16"}
    assert imported("llama-3-8b", **changes) == imported("llama-3-8b")


def test_latent_attention_becomes_multi_head_where_it_is_switched():
    shape = imported("deepseek-v3")
    assert (shape.attention, shape.num_kv_heads, shape.head_dim) == ("mla", 128, 128)
    values = evaluate(
        architecture_of(config("deepseek-v3"), "v3").with_values({"attention": "gqa"}).inputs()
    )
    assert values["kv_cache_bytes_per_token"] == 3_997_696


def test_every_value_is_cited():
    scenario = scenario_from_config(CONFIGS / "llama-3-8b.json")
    cited = {name for name in scenario.sources if FIELDS[name].table == "architecture"}
    assert cited == {name for name, spec in FIELDS.items() if spec.table == "architecture"}
    assert scenario.sources["num_layers"] == "config.json of llama-3-8b, model_type llama"


@holds_at("name", NAMES)
def test_the_written_file_is_the_same_scenario(name, tmp_path):
    scenario = scenario_from_config(CONFIGS / f"{name}.json")
    file = tmp_path / "written.toml"
    file.write_text(architecture_to_toml(scenario), encoding="utf-8")
    assert load_file(file) == scenario


def test_the_model_is_called_as_its_folder(tmp_path):
    folder = tmp_path / "My-Model-7B"
    folder.mkdir()
    file = folder / "config.json"
    file.write_text((CONFIGS / "llama-3-8b.json").read_text())
    assert scenario_from_config(file).title == "My-Model-7B"
    assert scenario_from_config(CONFIGS / "llama-3-8b.json").title == "llama-3-8b"


def test_a_configuration_is_a_scenario_too():
    path = CONFIGS / "qwen3-8b.json"
    assert load_file(path) == scenario_from_config(path)


def test_a_size_that_nobody_reads_is_said():
    said = architecture_of(config("llama-3-8b", memory_tokens_dim=64), "x").description
    assert said == "Not read, so perhaps not counted: memory_tokens_dim."
    assert architecture_of(config("llama-3-8b", num_beams=4), "x").description == ""


@pytest.mark.parametrize(
    ("name", "changes", "said"),
    [
        ("gpt-oss-120b", {"num_mtp_modules": 7}, "Prediction modules are not counted: num_mtp"),
        ("qwen3-30b-a3b", {"use_qk_norm": False}, "though it says otherwise: use_qk_norm"),
        ("qwen3-30b-a3b", {"use_qk_norm": True}, ""),
        ("llama-3-8b", {"use_qk_norm": True}, "though it says otherwise: use_qk_norm"),
        ("deepseek-v3", {"num_experts": 256}, ""),
        ("deepseek-v3", {"num_experts": 128}, "perhaps not counted: num_experts"),
    ],
)
def test_what_a_file_says_otherwise_is_said(name, changes, said):
    found = architecture_of(config(name, **changes), "x").description
    assert said in found
    assert bool(said) == bool(found)


def test_weights_in_groups_of_32_with_4_bits_are_of_microscaling():
    weights = {"num_bits": 4, "type": "float", "group_size": 32}
    groups = {"quant_method": "compressed-tensors", "config_groups": {"g": {"weights": weights}}}
    stored = stored_as({"quantization_config": groups})
    assert stored is not None and stored.name(has_experts=False) == "MXFP4"


@pytest.mark.parametrize("found", [{}, {"block_configs": [1]}, {"block_configs": [{}] * 2}])
def test_blocks_of_a_pruned_model_that_are_none_are_refused(found):
    values = {"model_type": "nemotron-nas", "num_hidden_layers": 2, "hidden_size": 64}
    with pytest.raises(ScenarioError, match="block_configs"):
        architecture_of({**values, "num_attention_heads": 4, "vocab_size": 99, **found}, "x")
