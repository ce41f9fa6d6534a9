"""Types with code of their own, against the counts of their published weights."""

from __future__ import annotations

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.config_json import architecture_of
from dsexplore.text.refusal import ScenarioError

SIZES = {"hidden_size": 4096, "num_hidden_layers": 32, "num_attention_heads": 32}
# Parameters as the files of the weights hold them.
PUBLISHED: list[tuple[dict[str, Any], int]] = [
    (  # THUDM/chatglm3-6b
        {"model_type": "chatglm", "num_layers": 28, "padded_vocab_size": 65024}
        | {"hidden_size": 4096, "ffn_hidden_size": 13696, "kv_channels": 128}
        | {"num_attention_heads": 32, "multi_query_attention": True, "multi_query_group_num": 2}
        | {"seq_length": 8192, "add_qkv_bias": True, "add_bias_linear": False, "rmsnorm": True},
        6_243_584_000,
    ),
    (  # internlm/internlm2-7b
        {"model_type": "internlm2", **SIZES, "num_key_value_heads": 8, "vocab_size": 92544}
        | {"intermediate_size": 14336, "bias": False, "tie_word_embeddings": False},
        7_737_708_544,
    ),
    (  # Qwen/Qwen-7B
        {"model_type": "qwen", **SIZES, "vocab_size": 151936, "intermediate_size": 22016}
        | {"kv_channels": 128, "no_bias": True, "seq_length": 8192},
        7_721_324_544,
    ),
    (  # baichuan-inc/Baichuan2-7B-Base
        {"model_type": "baichuan", **SIZES, "vocab_size": 125696, "intermediate_size": 11008},
        7_505_973_248,
    ),
    (  # deepseek-ai/deepseek-moe-16b-base
        {"model_type": "deepseek", "hidden_size": 2048, "num_hidden_layers": 28}
        | {"num_attention_heads": 16, "num_key_value_heads": 16, "vocab_size": 102400}
        | {"intermediate_size": 10944, "moe_intermediate_size": 1408, "n_routed_experts": 64}
        | {"n_shared_experts": 2, "num_experts_per_tok": 6, "first_k_dense_replace": 1},
        16_375_728_128,
    ),
]


@pytest.mark.parametrize(("config", "parameters"), PUBLISHED)
def test_a_type_with_code_of_its_own(config, parameters):
    scenario = architecture_of(config, "x")
    assert evaluate(scenario.inputs(), ["total_parameters"])["total_parameters"] == parameters


def test_a_text_model_wherever_it_lies():
    text = {"model_type": "qwen2", **SIZES, "vocab_size": 1000, "intermediate_size": 8192}
    text["max_position_embeddings"] = 4096
    for key in ("text_config", "llm_config", "language_config"):
        scenario = architecture_of({"model_type": "sees_too", key: text}, "x")
        assert scenario.architecture == architecture_of(text, "x").architecture
        assert scenario.title == "x (text model)"


def test_the_head_of_a_whole_is_tied_by_the_flag_of_the_whole():
    text = {"model_type": "llama", **SIZES, "vocab_size": 1000, "intermediate_size": 8192}
    for tied in (True, False):
        config = {"model_type": "llava", "tie_word_embeddings": tied, "text_config": text}
        assert architecture_of(config, "x").architecture.tie_embeddings == tied


def test_a_class_that_is_no_causal_model_is_said():
    text = {"model_type": "llama", **SIZES, "vocab_size": 1000, "intermediate_size": 8192}
    said = architecture_of({**text, "architectures": ["LlamaForTokenClassification"]}, "x")
    assert "LlamaForTokenClassification" in said.description
    assert architecture_of({**text, "architectures": ["LlamaForCausalLM"]}, "x").description == ""


def test_another_type_counts_as_one_that_is_known_and_says_what_was_not_read():
    text = {"model_type": "of_tomorrow", **SIZES, "vocab_size": 1000, "intermediate_size": 8192}
    scenario = architecture_of({**text, "sparse_rank": 3}, "x", "llama")
    assert scenario.description == "Counted as llama; not read: sparse_rank."
    assert scenario.architecture.num_layers == 32


def test_indexers_that_layers_share_are_counted_where_they_are() -> None:
    """Two of four layers have one; the others attend to what an earlier one picked."""
    config = {
        **{"model_type": "glm_moe_dsa", "hidden_size": 64, "num_hidden_layers": 4},
        **{"num_attention_heads": 4, "vocab_size": 100, "intermediate_size": 64},
        **{"n_routed_experts": 4, "num_experts_per_tok": 2, "moe_intermediate_size": 32},
        "indexer_types": ["full", "shared", "shared", "full"],
    }
    own, every = architecture_of(config, "x"), architecture_of(config, "x", "deepseek_v32")
    assert (own.architecture.indexer_layers, every.architecture.indexer_layers) == (2, 0)
    with pytest.raises(ScenarioError, match="an indexer in the first layer at least"):
        architecture_of({**config, "indexer_types": ["shared"] * 4}, "x")
