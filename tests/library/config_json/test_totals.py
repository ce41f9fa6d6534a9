"""Sizes of models in use under many types, against what transformers makes of them.

The totals are those of transformers 5.24.0's own classes at these sizes, which were typed and not
read from published files; EXAONE's with its windows as a number, as its class knows no letters, and
GLM-4's those of `glm`, which has ChatGLM's shape under other names.
"""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.config_json import architecture_of
from dsexplore.text.refusal import ScenarioError
from tests.points import holds_at


def total(config: dict[str, object]) -> float:
    """The parameters of the text model of a configuration."""
    inputs = architecture_of(config, "a model").inputs()
    return float(evaluate(inputs, ["total_parameters"])["total_parameters"])


# Type, hidden size, layers, heads, KV heads, width, vocabulary.
SIZES = ("model_type", "hidden_size", "num_hidden_layers", "num_attention_heads")
MORE = ("num_key_value_heads", "intermediate_size", "vocab_size")
UNTIED = {"tie_word_embeddings": False}
TIED = {"tie_word_embeddings": True}
GLM = {
    **{"hidden_size": 4096, "num_attention_heads": 32, "kv_channels": 128, "add_qkv_bias": True},
    **{"ffn_hidden_size": 13696, "multi_query_attention": True, "multi_query_group_num": 2},
    **{"model_type": "chatglm", "rmsnorm": True, "add_bias_linear": False, **UNTIED},
}
LETTERS = {"head_dim": 128, "sliding_window": 4096, "sliding_window_pattern": "LLLG", **UNTIED}
SEED = {"head_dim": 128, "attention_bias": True, "attention_out_bias": False, **UNTIED}
MADE: tuple[tuple[tuple[object, ...], dict[str, object], int], ...] = (
    (("smollm3", 2048, 36, 16, 4, 11008, 128256), TIED, 3_075_098_624),
    (("olmo3", 4096, 32, 32, 32, 11008, 100278), UNTIED, 7_298_011_136),
    (("seed_oss", 5120, 64, 80, 8, 27648, 155136), SEED, 36_151_104_512),
    (("exaone4", 5120, 64, 40, 8, 27392, 102400), LETTERS, 32_003_216_384),
    (("granite", 4096, 40, 32, 8, 12800, 49155), TIED, 8_170_848_256),
    (("cohere", 8192, 40, 64, 64, 22528, 256000), {}, 34_980_831_232),
    (("ernie4_5", 1024, 18, 16, 2, 3072, 103424), {"head_dim": 128, **TIED}, 360_748_032),
    (("stablelm", 2048, 24, 32, 32, 5632, 100352), {"use_qkv_bias": True, **UNTIED}, 1_644_515_328),
    (("gpt_neox", 6144, 44, 64, 64, 24576, 50432), UNTIED, 20_554_567_680),
)


@holds_at(("sizes", "more", "made"), MADE)
def test_a_type_has_as_many_parameters_as_its_class(sizes, more, made):
    assert total({**dict(zip((*SIZES, *MORE), sizes, strict=True)), **more}) == made


def test_megatrons_names_of_chatglm():
    assert total({**GLM, "num_layers": 40, "padded_vocab_size": 151552}) == 9_399_951_360


TEXT = {
    **{"model_type": "mistral", "hidden_size": 5120, "num_hidden_layers": 40, "head_dim": 128},
    **{"num_attention_heads": 32, "num_key_value_heads": 8, "intermediate_size": 32768},
    **{"vocab_size": 131072},
}
SEES = {"model_type": "mistral3", "text_config": TEXT, "vision_config": {"model_type": "pixtral"}}


def test_a_model_that_sees_is_its_text_model_tied_by_the_outer_flag():
    assert total(SEES) == 23_572_403_200
    inner = {**TEXT, "tie_word_embeddings": False}
    tied = total({**SEES, "text_config": inner, "tie_word_embeddings": True})
    assert tied == 23_572_403_200 - 131072 * 5120
    # LLaVA 1.5 states of Llama what differs from its class.
    llava = {"model_type": "llava", "text_config": {"model_type": "llama", "vocab_size": 32064}}
    assert total(llava) == 6_738_939_904


def test_letters_of_windows_are_l_and_g():
    with pytest.raises(ScenarioError, match="L and G"):
        total(
            {**dict(zip((*SIZES, *MORE), MADE[3][0], strict=True)), **LETTERS}
            | {"sliding_window_pattern": "LXG"}
        )
