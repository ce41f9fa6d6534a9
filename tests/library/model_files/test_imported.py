"""Models as they lie on disk: folders, caches, headers of weights, GGUF and params.json."""

from __future__ import annotations

import json
import os
import struct
from math import prod
from pathlib import Path
from threading import Thread
from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.model_files import imported_model
from dsexplore.text.refusal import ScenarioError

CONFIGS = Path(__file__).parents[1] / "config_json" / "configs"
QWEN = CONFIGS / "qwen3-0.6b.json"
QWEN_PARAMETERS = 596_049_920


def total(word: str | Path) -> float:
    scenario = imported_model(str(word)).scenario
    return evaluate(scenario.inputs(), ["total_parameters"])["total_parameters"]


def header(path: Path, tensors: dict[str, tuple[str, list[int]]]) -> None:
    """A safetensors file's header, without the weights behind it."""
    about = {
        name: {"dtype": kind, "shape": shape, "data_offsets": [0, 0]}
        for name, (kind, shape) in tensors.items()
    }
    text = json.dumps({"__metadata__": {"format": "pt"}, **about}).encode()
    path.write_bytes(len(text).to_bytes(8, "little") + text)


def qwen_tensors() -> dict[str, tuple[str, list[int]]]:
    """The tensors of Qwen3-0.6B as its file lists them."""
    layer = {
        "self_attn.q_proj.weight": [2048, 1024],
        "self_attn.k_proj.weight": [1024, 1024],
        "self_attn.v_proj.weight": [1024, 1024],
        "self_attn.o_proj.weight": [1024, 2048],
        "self_attn.q_norm.weight": [128],
        "self_attn.k_norm.weight": [128],
        "mlp.gate_proj.weight": [3072, 1024],
        "mlp.up_proj.weight": [3072, 1024],
        "mlp.down_proj.weight": [1024, 3072],
        "input_layernorm.weight": [1024],
        "post_attention_layernorm.weight": [1024],
    }
    layers = {
        f"model.layers.{number}.{name}": ("BF16", shape)
        for number in range(28)
        for name, shape in layer.items()
    }
    head = {
        "model.embed_tokens.weight": ("BF16", [151936, 1024]),
        "lm_head.weight": ("BF16", [151936, 1024]),
        "model.norm.weight": ("BF16", [1024]),
    }
    return {**layers, **head}


def test_a_folder_says_whether_its_weights_are_as_many_as_counted(tmp_path):
    folder = tmp_path / "Qwen3-0.6B"
    folder.mkdir()
    (folder / "config.json").write_bytes(QWEN.read_bytes())
    header(folder / "model.safetensors", qwen_tensors())
    found = imported_model(str(folder))
    assert found.scenario.title == "Qwen3-0.6B"
    # Its file holds the tied head once more.
    assert found.said == (
        "config.json says 596,049,920 parameters; the weights hold the same.",
        "Stored bytes per parameter: 2.",
    )
    header(folder / "model.safetensors", {**qwen_tensors(), "model.extra": ("BF16", [10, 10])})
    assert "hold 596,050,020, 100 more" in imported_model(str(folder)).said[0]


def test_weights_count_a_model_of_an_unknown_type(tmp_path):
    config = {
        "model_type": "nobody_knows",
        "num_hidden_layers": 2,
        "hidden_size": 64,
        "num_experts_per_tok": 2,
    }
    (tmp_path / "config.json").write_text(json.dumps(config))
    experts = {
        f"model.layers.1.mlp.experts.{number}.up_proj.weight": ("BF16", [10, 64])
        for number in range(8)
    }
    rest = {
        "model.layers.0.mixer.weight": ("BF16", [64, 64]),
        "model.layers.2.mtp.weight": ("BF16", [5, 5]),
        "vision_tower.patch.weight": ("BF16", [7, 7]),
    }
    header(tmp_path / "model-00001-of-00002.safetensors", experts)
    header(tmp_path / "model-00002-of-00002.safetensors", rest)
    found = imported_model(str(tmp_path))
    shape = found.scenario.architecture
    assert shape.stated_total_parameters == 8 * 640 + 4096
    assert shape.stated_active_parameters == 2 * 640 + 4096
    assert (shape.num_layers, shape.hidden_size, shape.num_attention_heads) == (2, 64, None)
    said = " ".join(found.said)
    assert "Parts for images or sound hold 49" in said
    assert "Prediction modules hold 25" in said
    assert "2 of 8 experts" in said


def test_a_cached_repository_is_called_as_it_is_published(tmp_path):
    blobs = tmp_path / "models--Qwen--Qwen3-0.6B" / "blobs"
    revision = tmp_path / "models--Qwen--Qwen3-0.6B" / "snapshots" / "abc123"
    blobs.mkdir(parents=True)
    revision.mkdir(parents=True)
    (blobs / "f00d").write_bytes(QWEN.read_bytes())
    (revision / "config.json").symlink_to("../../blobs/f00d")
    for place in (tmp_path / "models--Qwen--Qwen3-0.6B", revision, revision / "config.json"):
        assert imported_model(str(place)).scenario.title == "Qwen3-0.6B"
        assert total(place) == QWEN_PARAMETERS


PARAMS: list[tuple[dict[str, Any], int]] = [
    # Llama 3 8B, Llama 2 7B, Mistral 7B and Mixtral 8x7B, as published beside their own code.
    (
        {"dim": 4096, "n_layers": 32, "n_heads": 32, "n_kv_heads": 8, "vocab_size": 128256}
        | {"multiple_of": 1024, "ffn_dim_multiplier": 1.3, "norm_eps": 1e-05},
        8_030_261_248,
    ),
    (
        {"dim": 4096, "multiple_of": 256, "n_heads": 32, "n_layers": 32, "vocab_size": -1},
        6_738_415_616,
    ),
    (
        {"dim": 4096, "n_layers": 32, "head_dim": 128, "hidden_dim": 14336, "n_heads": 32}
        | {"n_kv_heads": 8, "vocab_size": 32000, "sliding_window": 4096},
        7_241_732_096,
    ),
    (
        {"dim": 4096, "n_layers": 32, "head_dim": 128, "hidden_dim": 14336, "n_heads": 32}
        | {"n_kv_heads": 8, "vocab_size": 32000}
        | {"moe": {"num_experts_per_tok": 2, "num_experts": 8}},
        46_702_792_704,
    ),
]


def test_a_gguf_model_in_several_files_is_read_whole(tmp_path):
    values: dict[str, object] = {"general.architecture": "llama", "split.count": 2}
    files = [tmp_path / f"m-0000{number}-of-00002.gguf" for number in (1, 2)]
    gguf(files[0], values, {"token_embd.weight": [64, 500]})
    gguf(files[1], {"split.count": 2}, {"blk.0.ffn_up.weight": [64, 100]})
    for word in (tmp_path, *files):
        assert total(word) == 64 * 600
    (tmp_path / "f00d").write_bytes(files[0].read_bytes())
    files[1].unlink()
    for word in (tmp_path, files[0], tmp_path / "f00d"):
        with pytest.raises(ScenarioError, match="found 1 of 2 files of weights"):
            imported_model(str(word))


@pytest.mark.parametrize(
    ("layer", "multiple", "parameters"),
    # Mamba 2 2.7B and Mamba 2.8B, as their authors publish them.
    [({"layer": "Mamba2"}, 16, 2_702_599_680), ({}, 8, 2_768_345_600)],
)
def test_a_config_json_of_mambas_authors(layer, multiple, parameters, tmp_path):
    sizes = {"d_model": 2560, "n_layer": 64, "vocab_size": 50277, "attn_layer_idx": []}
    padded = {"ssm_cfg": layer, "pad_vocab_size_multiple": multiple, "tie_embeddings": True}
    (tmp_path / "config.json").write_text(json.dumps(sizes | padded))
    assert total(tmp_path) == parameters
    (tmp_path / "config.json").write_text(json.dumps(sizes | padded | {"attn_layer_idx": [3]}))
    with pytest.raises(ScenarioError, match="allowed: layers of Mamba alone"):
        imported_model(str(tmp_path))


def test_what_a_params_json_says_and_nobody_reads_is_said(tmp_path):
    (params, _), *_ = PARAMS
    more = {"kv_lora_rank": 512, "vision_encoder": {"hidden_size": 1024}}
    (tmp_path / "params.json").write_text(json.dumps(params | more))
    said = " ".join(imported_model(str(tmp_path)).said)
    assert "perhaps not counted: kv_lora_rank" in said
    assert "The text model alone" in said


@pytest.mark.parametrize(("params", "parameters"), PARAMS)
def test_a_params_json(params, parameters, tmp_path):
    (tmp_path / "params.json").write_text(json.dumps(params))
    assert total(tmp_path) == parameters


def gguf(path: Path, values: dict[str, object], tensors: dict[str, list[int]]) -> None:
    """A GGUF file's header, of texts, whole numbers and BF16 tensors."""

    def text(word: str) -> bytes:
        return struct.pack("<Q", len(word)) + word.encode()

    out = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(values))
    for key, value in values.items():
        out += text(key)
        if isinstance(value, str):
            out += struct.pack("<I", 8) + text(value)
        else:
            out += struct.pack("<II", 4, value)
    for name, shape in tensors.items():
        out += text(name) + struct.pack(f"<I{len(shape)}QIQ", len(shape), *shape, 30, 0)
    path.write_bytes(out)


def test_a_gguf_header(tmp_path):
    layer = {
        "attn_norm.weight": [64],
        "attn_q.weight": [64, 64],
        "attn_k.weight": [64, 32],
        "attn_v.weight": [64, 32],
        "attn_output.weight": [64, 64],
        "ffn_norm.weight": [64],
        "ffn_gate.weight": [64, 96],
        "ffn_up.weight": [64, 96],
        "ffn_down.weight": [96, 64],
    }
    tensors = {f"blk.{n}.{name}": shape for n in range(2) for name, shape in layer.items()}
    tensors |= {"token_embd.weight": [64, 500], "output_norm.weight": [64]}
    values: dict[str, object] = {
        "general.architecture": "llama",
        "llama.block_count": 2,
        "llama.embedding_length": 64,
        "llama.feed_forward_length": 96,
        "llama.attention.head_count": 4,
        "llama.attention.head_count_kv": 2,
    }
    file = tmp_path / "tiny.gguf"
    gguf(file, values, tensors)
    found = imported_model(str(file))
    shape = found.scenario.architecture
    assert (shape.num_kv_heads, shape.head_dim, shape.tie_embeddings) == (2, 16, True)
    assert shape.stated_total_parameters == 0
    assert total(file) == sum(map(prod, tensors.values()))
    gguf(file, values, {**tensors, "blk.0.odd.weight": [3, 3]})
    assert total(file) == sum(map(prod, tensors.values())) + 9


@pytest.mark.parametrize(
    ("about", "serving"),
    [
        (
            {"quant_method": "fp8", "fmt": "e4m3", "weight_block_size": [128, 128]},
            {"weight_precision": "fp8", "serving_precision": "fp8"}
            | {"serving_fp8_recipe": "block_128"},
        ),
        (
            {"quant_method": "gptq", "bits": 4, "group_size": 64},
            {"weight_precision": "int4", "weight_group": 64},
        ),
        (
            {"quant_method": "awq", "bits": 4, "group_size": 128},
            {"weight_precision": "int4", "weight_group": 128},
        ),
        ({"quant_method": "mxfp4"}, {"weight_precision": "mxfp4"}),
        (
            {"quant_algo": "FP8", "kv_cache_scheme": "FP8"},
            {"weight_precision": "fp8", "serving_precision": "fp8"}
            | {"serving_fp8_recipe": "per_tensor", "kv_cache_precision": "fp8"},
        ),
        (
            {"quant_method": "quark", "global_quant_config": {"weight": {"dtype": "fp4"}}},
            {"weight_precision": "nvfp4"},
        ),
        ({"quant_method": "auto-round", "bits": 4}, {"weight_precision": "int4"}),
        ({"quant_method": "gptq", "bits": 3}, {}),
        ({"quant_method": "of tomorrow"}, {}),
        (3, {}),
        ([], {}),
    ],
)
def test_how_weights_are_stored(about, serving, tmp_path):
    config = {**json.loads(QWEN.read_text()), "quantization_config": about}
    file = tmp_path / "config.json"
    file.write_text(json.dumps(config))
    found = imported_model(str(file))
    assert found.serving == serving
    is_read = any("Stored as" in sentence for sentence in found.said)
    assert is_read == bool(serving)
    assert is_read != any("is not read" in sentence for sentence in found.said)


_MIXED = {
    "a mixture lists each layer's": (
        {"quant_method": "modelopt", "quant_algo": "MIXED_PRECISION"}
        | {
            "quantized_layers": {
                "layers.0.mlp.experts": {"quant_algo": "W4A16_NVFP4"},
                "layers.0.self_attn.o_proj": {"quant_algo": "FP8"},
                "layers.0.self_attn.q_proj": {"quant_algo": "FP8"},
            }
        },
        {},
        ("nvfp4", "fp8"),
    ),
    "experts have a type of their own": (
        {"quant_method": "fp8", "weight_block_size": [128, 128]},
        {"expert_dtype": "fp4"},
        ("mxfp4", "fp8"),
    ),
    "attention is spared by a pattern": (
        {"quant_method": "mxfp4", "modules_to_not_convert": ["model.layers.*.self_attn"]},
        {},
        ("mxfp4", "bf16"),
    ),
    "attention is spared layer by layer": (
        {"quant_algo": "NVFP4", "ignore": [f"model.layers.{n}.self_attn*" for n in range(24)]},
        {},
        ("nvfp4", "bf16"),
    ),
    "norms are spared, as always": (
        {"quant_method": "fp8", "ignore": [f"layers.{n}.self_attn.q_norm" for n in range(24)]},
        {},
        ("fp8", None),
    ),
}


@pytest.mark.parametrize(("about", "more", "kept"), _MIXED.values(), ids=_MIXED)
def test_weights_outside_experts_have_a_precision_of_their_own(about, more, kept, tmp_path):
    mixture = json.loads((CONFIGS / "gpt-oss-120b.json").read_text()) | more
    (tmp_path / "config.json").write_text(json.dumps(mixture | {"quantization_config": about}))
    serving = imported_model(str(tmp_path)).serving
    assert (serving["weight_precision"], serving.get("dense_weight_precision")) == kept
    dense = json.loads(QWEN.read_text()) | more
    (tmp_path / "config.json").write_text(json.dumps(dense | {"quantization_config": about}))
    assert "dense_weight_precision" not in imported_model(str(tmp_path)).serving


def test_a_file_beside_the_configuration_says_how_weights_are_stored(tmp_path):
    (tmp_path / "config.json").write_bytes(QWEN.read_bytes())
    about = {"quantization": {"quant_algo": "NVFP4", "kv_cache_quant_algo": "FP8"}}
    (tmp_path / "hf_quant_config.json").write_text(json.dumps(about))
    found = imported_model(str(tmp_path))
    assert found.serving == {"weight_precision": "nvfp4", "kv_cache_precision": "fp8"}
    assert "Stored as NVFP4, its KV cache as FP8." in found.said


def parts(folder: Path, kind: str) -> list[Path]:
    """A folder with a model's weights in two files."""
    config = json.loads(QWEN.read_text())
    (folder / "config.json").write_text(json.dumps({**config, "model_type": kind}))
    tensors = [*qwen_tensors().items()]
    files = [folder / f"model-{number:05}-of-00002.safetensors" for number in (1, 2)]
    header(files[0], dict(tensors[:99]))
    header(files[1], dict(tensors[99:]))
    return files


def test_one_of_several_files_stands_for_all(tmp_path):
    file, _ = parts(tmp_path, "qwen3")
    assert "hold the same" in " ".join(imported_model(str(file)).said)
    (tmp_path / "config.json").unlink()
    assert total(file) == total(tmp_path) > QWEN_PARAMETERS  # the head lies there apart


@pytest.mark.parametrize("pointer", [None, b"version https://git-lfs.github.com/spec/v1\n"])
def test_weights_that_are_not_all_here_are_neither_counted_nor_compared(pointer, tmp_path):
    _, last = parts(tmp_path, "qwen3")
    last.unlink() if pointer is None else last.write_bytes(pointer)
    found = imported_model(str(tmp_path))
    assert "1 of 2 files of weights" in found.said[-1]
    assert not any("hold" in sentence for sentence in found.said)
    (tmp_path / "config.json").write_text('{"model_type": "zork"}')
    with pytest.raises(ScenarioError, match="found 1 of 2 files of weights"):
        imported_model(str(tmp_path))


def test_weights_are_known_by_how_they_begin(tmp_path):
    """A cache names files by their hash; what comes through a pipe has no name at all."""
    gguf(tmp_path / "a.gguf", {"general.architecture": "llama"}, {"token_embd.weight": [64, 500]})
    header(tmp_path / "b.safetensors", qwen_tensors())
    for number, name in enumerate(("a.gguf", "b.safetensors")):
        blob = tmp_path / f"f00d{number}"
        blob.write_bytes((tmp_path / name).read_bytes())
        assert total(blob) == total(tmp_path / name)
        pipe = tmp_path / f"pipe{number}"
        os.mkfifo(pipe)
        writing = Thread(target=pipe.write_bytes, args=(blob.read_bytes()[:1000],))
        writing.start()
        with pytest.raises(ScenarioError) as refused:
            imported_model(str(pipe))
        writing.join()
        assert f"found a {name.partition('.')[2]} file" in str(refused.value).lower()
        assert "a config.json through a pipe" in str(refused.value)


def test_packed_weights_count_as_many_as_they_stand_for(tmp_path):
    about = {"quant_method": "gptq", "bits": 4, "group_size": 128}
    config = {**json.loads(QWEN.read_text()), "quantization_config": about}
    (tmp_path / "config.json").write_text(json.dumps(config))
    tensors: dict[str, tuple[str, list[int]]] = {}
    for name, (kind, shape) in qwen_tensors().items():
        if "_proj" in name:
            packed = name.removesuffix(".weight")
            tensors[f"{packed}.qweight"] = ("I32", [shape[1] // 8, shape[0]])
            tensors[f"{packed}.scales"] = ("F16", [shape[1] // 128, shape[0]])
            tensors[f"{packed}.qzeros"] = ("I32", [shape[1] // 128, shape[0] // 8])
        else:
            tensors[name] = (kind, shape)
    header(tmp_path / "model.safetensors", tensors)
    assert "hold the same" in " ".join(imported_model(str(tmp_path)).said)


def test_files_of_several_megabytes_marks_and_infinities(tmp_path):
    config = {**json.loads(QWEN.read_text()), "unread": float("inf"), "long": "x" * 3_000_000}
    file = tmp_path / "config.json"
    file.write_text("\ufeff" + json.dumps(config), encoding="utf-8")
    assert total(file) == QWEN_PARAMETERS


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("model.safetensors", b"", "no header of weights"),
        ("model.safetensors", b"\xff" * 100, "no header of weights"),
        ("model.safetensors", (2).to_bytes(8, "little") + b"[]", "a header that is no object"),
        ("model.safetensors", (9).to_bytes(8, "little") + b'{"a": {}}', "no type and shape"),
        ("model.safetensors", (99).to_bytes(8, "little") + b"{}", "an end within the header"),
        ("model.safetensors", (2).to_bytes(8, "little") + b"{}", "weights without parameters"),
        ("config.json", b"", "an empty file"),
        ("a.gguf", b"GGUF", "an end within the header"),
        ("a.gguf", b"GGUF" + struct.pack("<IQQ", 3, 0, 0), "weights without parameters"),
        ("a.gguf", b"GGUF" + struct.pack("<IQQ", 3, 2**60, 0), "entries"),
        ("a.gguf", b"GGUF" + struct.pack("<IQQQ", 3, 0, 1, 2**50), "more than 16 MiB"),
        ("params.json", b'{"dim": 64, "n_layers": 1}', "n_heads"),
        (
            "params.json",
            b'{"dim": 64, "n_layers": 1, "n_heads": 1, "vocab_size": 9, "multiple_of": 8, '
            b'"ffn_dim_multiplier": Infinity}',
            "ffn_dim_multiplier: found inf",
        ),
    ],
)
def test_hostile_files_are_refused_in_one_line(name, content, said, tmp_path):
    file = tmp_path / name
    file.write_bytes(content)
    with pytest.raises(ScenarioError) as refused:
        imported_model(str(file))
    line = str(refused.value)
    assert line.isprintable()
    assert said in line
    assert str(file) in line


# What a newcomer may give in place of a causal language model, and what each is told.
OTHERS = [
    ("config.json", {"model_type": "bert", "type_vocab_size": 2}, "an encoder", "weights"),
    (
        "config.json",
        {"model_type": "modernbert", "architectures": ["ModernBertForMaskedLM"]},
        "an encoder",
        "weights",
    ),
    ("config.json", {"model_type": "t5", "num_decoder_layers": 12}, "a decoder", "weights"),
    ("config.json", {"model_type": "whisper", "is_encoder_decoder": True}, "a decoder", "weights"),
    (
        "config.json",
        {"model_type": "clip", "projection_dim": 768, "vision_config": {}, "text_config": {}},
        "encoders of images and texts",
        "weights",
    ),
    ("config.json", {"_diffusers_version": "0.30"}, "a diffusion model", "causal"),
    ("model_index.json", {"_class_name": "Pipeline"}, "a diffusion model's folder", "causal"),
    ("adapter_config.json", {"peft_type": "LORA"}, "an adapter's folder", "base model"),
    ("tokenizer.json", {"added_tokens": []}, "a tokenizer's folder", "config.json"),
    ("pytorch_model.bin", {}, "weights of PyTorch", "safetensors"),
    ("README.md", {}, "a folder without a model", "GGUF"),
]


@pytest.mark.parametrize(("name", "content", "found", "allowed"), OTHERS)
def test_what_is_no_causal_language_model_is_named(name, content, found, allowed, tmp_path):
    (tmp_path / name).write_text(json.dumps(content))
    with pytest.raises(ScenarioError) as refused:
        imported_model(str(tmp_path))
    said, _, wanted = str(refused.value).partition("; allowed: ")
    assert found in said
    assert allowed in wanted


@pytest.mark.parametrize(
    ("content", "found"),
    [
        ({"added_tokens": [], "model": {}}, "a tokenizer's file"),
        ({"tokenizer_class": "LlamaTokenizer"}, "a tokenizer's file"),
        ({"do_sample": True}, "settings of generation"),
        ({"peft_type": "LORA"}, "an adapter's file"),
        ({"weight_map": {}}, "an index of weights"),
    ],
)
def test_a_file_beside_the_configuration_is_named(content, found, tmp_path):
    (tmp_path / "some.json").write_text(json.dumps(content))
    with pytest.raises(ScenarioError, match=found):
        imported_model(str(tmp_path / "some.json"))


def test_an_empty_folder_is_called_so(tmp_path):
    with pytest.raises(ScenarioError, match="found an empty folder"):
        imported_model(str(tmp_path))


def test_a_hubs_name_is_found_in_the_cache_and_never_fetched(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    with pytest.raises(ScenarioError, match="nothing is fetched"):
        imported_model("meta-llama/Llama-3.1-8B")
    snapshot = tmp_path / "models--meta-llama--Llama-3.1-8B" / "snapshots" / "1"
    snapshot.mkdir(parents=True)
    source = Path(__file__).parents[1] / "config_json" / "configs" / "llama-3.1-8b.json"
    (snapshot / "config.json").write_bytes(source.read_bytes())
    found = imported_model("meta-llama/Llama-3.1-8B").scenario
    assert found.title == "Llama-3.1-8B"
    assert found.architecture.num_layers == 32
