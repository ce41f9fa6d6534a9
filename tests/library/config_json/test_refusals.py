"""Configurations that are refused: one line that names the key, what was found, what is allowed."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.engine import evaluate
from dsexplore.library.config_json import (
    FAMILIES,
    architecture_of,
    read_config,
    scenario_from_config,
)
from dsexplore.library.config_json.class_defaults import keys_of, with_class
from dsexplore.library.config_json.config import Config
from dsexplore.library.config_json.families import class_of
from dsexplore.library.open import load_file
from dsexplore.library.saving import architecture_to_toml
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.points import holds_at

CONFIGS = Path(__file__).parent / "configs"
PUBLISHED = {
    path.stem: json.loads(path.read_text(encoding="utf-8")) for path in CONFIGS.glob("*.json")
}
ABSENT = object()


def refusal(name: str, changes: dict[str, Any]) -> str:
    """Why a published configuration with some keys changed is refused."""
    changed = {**PUBLISHED[name], **changes}
    config = {key: value for key, value in changed.items() if value is not ABSENT}
    with pytest.raises(ScenarioError) as refused:
        architecture_of(config, name)
    line = str(refused.value)
    assert line.isprintable()
    return line


@holds_at(
    ("name", "changes", "named"),
    [
        (
            "llama-3-8b",
            {"model_type": "hyena"},
            ["model_type: found 'hyena'", "--as llama", "weights"],
        ),
        ("llama-3-8b", {"model_type": ABSENT}, ["model_type: found nothing", "--as llama"]),
        ("llama-3-8b", {"model_type": 3}, ["model_type: found 3", "text"]),
        ("llama-3-8b", {"hidden_size": ABSENT}, ["hidden_size: found nothing", "a whole number"]),
        ("llama-3-8b", {"hidden_size": None}, ["hidden_size: found null", "a whole number"]),
        ("llama-3-8b", {"hidden_size": "4096"}, ["hidden_size: found '4096'"]),
        ("llama-3-8b", {"hidden_size": 4096.0}, ["hidden_size: found 4096.0"]),
        ("llama-3-8b", {"hidden_size": True}, ["hidden_size: found True"]),
        ("llama-3-8b", {"hidden_size": -1}, ["hidden_size: found -1", "from 1"]),
        ("llama-3-8b", {"hidden_size": [4096]}, ["hidden_size: found a list of 1"]),
        ("llama-3-8b", {"hidden_size": {"a": 1}}, ["hidden_size: found an object of 1 keys"]),
        ("llama-3-8b", {"hidden_size": 4100}, ["hidden_size: found 4100", "multiple of the 32"]),
        ("llama-3-8b", {"hidden_size": 10**8}, ["hidden_size: found 100000000", "from 1 to 1 M"]),
        ("llama-3-8b", {"num_hidden_layers": 10**12}, ["num_hidden_layers", "10,000"]),
        ("llama-3-8b", {"vocab_size": 10**5000}, ["vocab_size: found a number of thousands"]),
        ("llama-3-8b", {"num_key_value_heads": 5}, ["num_key_value_heads: found 5", "divisor"]),
        ("llama-3-8b", {"num_key_value_heads": 64}, ["num_key_value_heads: found 64"]),
        ("llama-3-8b", {"attention_bias": 1}, ["attention_bias: found 1", "true or false"]),
        ("llama-3-8b", {"text_config": 1}, ["text_config: found 1", "an object"]),
        ("gpt2", {"n_embd": ABSENT}, ["n_embd: found nothing", "or hidden_size"]),
        ("gpt2", {"n_embd": 770}, ["n_embd: found 770", "multiple of the 12"]),
        ("gpt2", {"add_cross_attention": True}, ["add_cross_attention: found True", "false"]),
        ("mixtral-8x7b", {"num_experts_per_tok": 9}, ["num_experts_per_tok: found 9", "at most 8"]),
        ("mixtral-8x7b", {"num_local_experts": ABSENT}, ["num_local_experts: found nothing"]),
        ("olmoe-1b-7b", {"num_experts": None}, ["num_experts: found null", "from 1"]),
        ("gpt-oss-20b", {"layer_types": ["full_attention"]}, ["found a list of 1", "24 entries"]),
        ("gpt-oss-20b", {"layer_types": "full"}, ["layer_types: found 'full'", "a list of 24"]),
        ("gpt-oss-20b", {"layer_types": ["mamba"] * 24}, ["found 'mamba'", "full_attention"]),
        ("gpt-oss-20b", {"layer_types": [[]] * 24}, ["layer_types: found a list of 0"]),
        ("gpt-oss-20b", {"sliding_window": None}, ["sliding_window: found null", "12 layers"]),
        ("qwen3-30b-a3b", {"mlp_only_layers": [48]}, ["mlp_only_layers: found 48", "0 to 47"]),
        ("qwen3-30b-a3b", {"mlp_only_layers": 3}, ["mlp_only_layers: found 3", "a list"]),
        ("qwen3-30b-a3b", {"decoder_sparse_step": 0}, ["decoder_sparse_step: found 0"]),
        ("qwen3-30b-a3b", {"mlp_layer_types": ["dense"]}, ["mlp_layer_types", "48 entries"]),
        ("deepseek-v3", {"moe_layer_freq": 0}, ["moe_layer_freq: found 0"]),
        ("deepseek-v3", {"topk_method": 1}, ["topk_method: found 1", "text"]),
        ("dbrx", {"ffn_config": ABSENT}, ["ffn_config: found nothing", "an object"]),
        ("dbrx", {"ffn_config": {}}, ["ffn_config.moe_num_experts: found nothing"]),
        ("minimax-m2", {"shared_intermediate_size": 64}, ["shared_intermediate_size: found 64"]),
        ("minimax-m2", {"qk_norm_type": "per_head"}, ["found 'per_head'", "'per_layer'"]),
    ],
)
def test_a_key_that_is_missing_or_wrong_is_named(name, changes, named):
    line = refusal(name, changes)
    assert "; allowed: " in line
    for words in named:
        assert words in line


@holds_at(
    ("text", "named"),
    [
        ("", "found no JSON"),
        ("{", "found no JSON"),
        ("[]", "found JSON that is a list of 0"),
        ("null", "found JSON that is null"),
        ('"a\\u001b[2J"', r"found JSON that is 'a\x1b[2J'"),
        ('{"model_type": "gpt2", "n_embd": NaN}', "n_embd: found nan"),
        ('{"model_type": "gpt2", "n_embd": -Infinity}', "n_embd: found -inf"),
        ('{"a": 1, "b": {"c": 1, "c": 2}}', "found the key 'c' twice"),
        ('{"a": ' + "[" * 100_000, "found values nested too deep"),
        ('{"a": ' + '{"a":' * 100_000, "found values nested too deep"),
        ('{"a": ' + "9" * 5000 + "}", "found a number of thousands of digits"),
        ('{"model_type": "llama"}', "hidden_layers: found nothing"),
        ('\ufeff{"model_type": "llama"}', "hidden_layers: found nothing"),
    ],
)
def test_a_file_that_is_no_configuration(text, named, tmp_path):
    file = tmp_path / "config.json"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError) as refused:
        scenario_from_config(file)
    line = str(refused.value)
    assert line.isprintable()
    assert line.startswith(f"{file}: ")
    assert named in line


def test_bytes_that_are_no_text(tmp_path):
    file = tmp_path / "config.json"
    file.write_bytes(b'{"a": "\xff"}')
    with pytest.raises(ScenarioError, match="bytes that are not UTF-8 at 7"):
        read_config(file)


def test_what_is_no_file_or_too_large(tmp_path):
    for path, found in ((tmp_path, "a directory"), (tmp_path / "none.json", "no such file")):
        with pytest.raises(ScenarioError, match=f"found {found}"):
            read_config(path)
    os.mkfifo(tmp_path / "pipe.json")
    with pytest.raises(ScenarioError, match="not a regular file"):
        read_config(tmp_path / "pipe.json")
    with (tmp_path / "huge.json").open("wb") as sparse:
        sparse.truncate(100_000_000)
    with pytest.raises(ScenarioError, match="found 100 MB"):
        read_config(tmp_path / "huge.json")


# Configurations that are nearly right: published ones with keys gone, or with values of any kind.
_SCALARS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-2, 70),
    st.integers(),
    st.sampled_from([2**31, 10**12, 10**400, -(10**30), 4096, 128]),
    st.floats(),
    st.text(max_size=12),
    st.sampled_from(["sliding_attention", "dense", "llama", "gpt2"]),
)
_JUNK = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=8,
)
_KEYS = sorted({key for config in PUBLISHED.values() for key in config})


@st.composite
def nearly_right(draw: st.DrawFn) -> dict[str, object]:
    """A published configuration, spoilt in up to four places, nested parts among them."""
    config: dict[str, Any] = json.loads(json.dumps(PUBLISHED[draw(st.sampled_from([*PUBLISHED]))]))
    for _ in range(draw(st.integers(1, 4))):
        parts = [config, *(value for value in config.values() if isinstance(value, dict))]
        part = draw(st.sampled_from(parts))
        key = draw(st.sampled_from([*part] or [""]) | st.sampled_from(_KEYS))
        if draw(st.booleans()):
            part.pop(key, None)
        else:
            part[key] = draw(_JUNK)
    return config


@examples(60)
@given(nearly_right())
def test_any_configuration_is_imported_or_refused(config):
    try:
        scenario = architecture_of(config, "a model")
    except ScenarioError as error:
        assert str(error).isprintable()
        assert len(str(error)) < 1000
        return
    assert isinstance(scenario, Scenario)
    assert evaluate(scenario.inputs(), ["total_parameters"])["total_parameters"] > 0
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "written.toml"
        file.write_text(architecture_to_toml(scenario), encoding="utf-8")
        assert load_file(file) == scenario


@pytest.mark.parametrize(
    ("name", "nearest"),
    [
        ("llama-3-8b", "llama"),
        ("deepseek-v3", "deepseek_v3"),
        ("qwen3-8b", "qwen3"),
        ("gpt-oss-20b", "gpt_oss"),
        ("minimax-m2", "minimax_m2"),
    ],
)
def test_the_nearest_type_is_the_one_whose_keys_few_others_have(name, nearest):
    assert f"nearest {nearest}," in refusal(name, {"model_type": "xyzzy"})


@pytest.mark.parametrize("odd", [[], {}])
def test_lists_of_lists_are_refused_under_any_key_of_any_type(odd):
    """What is wrong within a list is refused like what is wrong in its place."""
    for family, counts in FAMILIES.items():
        whole = with_class(Config({}), class_of(family), is_part=True)
        layers = whole.given("num_hidden_layers") or whole.given("num_layers") or 4
        for key in keys_of(class_of(family)):
            if not isinstance(whole.given(key), int | float | str):
                with contextlib.suppress(ScenarioError):
                    counts(whole.with_values(**{key: [odd] * int(str(layers))}))


@pytest.mark.parametrize("within", ["", "text_config"])
def test_a_file_without_a_type_is_answered_by_its_class(within):
    values = json.loads((CONFIGS / "llama-3-8b.json").read_text())
    del values["model_type"]
    values = ({within: values} if within else values) | {"architectures": ["LlamaForCausalLM"]}
    with pytest.raises(ScenarioError, match="--as llama"):
        architecture_of(values, "x")


def test_layers_that_contradict_each_other_are_refused():
    values = {"model_type": "nemotron_h", "num_hidden_layers": 9, "hybrid_override_pattern": "M*-"}
    with pytest.raises(ScenarioError, match="allowed: 3, as many"):
        architecture_of(values, "x")


def test_a_known_type_that_no_fields_count_says_why():
    assert "n_recurrent_loops" in refusal("llama-3-8b", {"model_type": "dory"})
    drafts = {"model_type": "gemma4_assistant", "text_config": {"model_type": "gemma4_text"}}
    assert "the model that it drafts for" in refusal("gemma-3-4b", drafts)


_BYTES = (CONFIGS / "deepseek-v3.json").read_bytes()
_SPOILT = st.tuples(st.integers(0, len(_BYTES)), st.integers(0, 40), st.binary(max_size=12)).map(
    lambda cut: _BYTES[: cut[0]] + cut[2] + _BYTES[cut[0] + cut[1] :]
)


@examples(40)
@given(st.one_of(st.binary(max_size=100), _SPOILT))
def test_any_bytes_are_imported_or_refused(content):
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "config.json"
        file.write_bytes(content)
        try:
            scenario = load_file(file)
        except ScenarioError as error:
            assert str(error).isprintable()
            assert str(error).startswith(f"{file}: ")
        else:
            assert isinstance(scenario, Scenario)
