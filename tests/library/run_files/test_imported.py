"""Runs as panels: what launch scripts, logs and configurations of frameworks say."""

from __future__ import annotations

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.open import load, load_file
from dsexplore.library.presets import with_changes
from dsexplore.library.run_files import Run, imported_run, is_run
from dsexplore.library.run_files.flags import megatron_flags
from dsexplore.text.refusal import ScenarioError

CONFIGS = Path(__file__).parents[1] / "config_json" / "configs"

# As Megatron-LM's examples launch Llama 3 8B, shortened.
SCRIPT = """#!/bin/bash
#SBATCH --nodes=4
export CUDA_DEVICE_MAX_CONNECTIONS=1
GPUS_PER_NODE=8
NUM_NODES=${NUM_NODES:-4}
TP_SIZE=2     # tensor parallel
PP_SIZE=2
SEQ_LENGTH=8192
DISTRIBUTED_ARGS=(
    --nproc_per_node $GPUS_PER_NODE
    --nnodes $NUM_NODES
    --master_port 6000
)
MODEL_ARGS=(
    --num-layers 32
    --hidden-size 4096
    --ffn-hidden-size 14336
    --num-attention-heads 32
    --group-query-attention
    --num-query-groups 8
    --seq-length $SEQ_LENGTH
    --max-position-embeddings $SEQ_LENGTH
    --position-embedding-type rope
    --normalization RMSNorm
    --swiglu
    --untie-embeddings-and-output-weights
    --disable-bias-linear
    --vocab-size 128256
    --attention-dropout 0.0
    --hidden-dropout 0.0
)
TRAINING_ARGS="--micro-batch-size 1 --global-batch-size 128 --train-iters 1000 --lr 3e-4 --bf16"
rm -rf / --no-such-thing-is-run $(touch SENTINEL)
torchrun ${DISTRIBUTED_ARGS[@]} pretrain_gpt.py ${MODEL_ARGS[@]} $TRAINING_ARGS \\
    --tensor-model-parallel-size ${TP_SIZE} --pipeline-model-parallel-size ${PP_SIZE} \\
    --sequence-parallel --use-distributed-optimizer --num-virtual-stages-per-pipeline-rank 4 \\
    --recompute-granularity selective --recompute-modules core_attn layernorm \\
    --fp8-format e4m3 --fp8-recipe blockwise --frobnicate 3
"""

# The head of a log, as Megatron-LM prints its arguments, and other lines around them.
LOG = """using world size: 16, data-parallel size: 4
------------------------ arguments ------------------------
  accumulate_allreduce_grads_in_fp32 .............. True
  bf16 ............................................ True
  context_parallel_size ........................... 2
  expert_model_parallel_size ...................... 4
  global_batch_size ............................... 64
  micro_batch_size ................................ 1
  moe_router_topk ................................. None
  pipeline_model_parallel_size .................... 1
  seq_length ...................................... 4096
  tensor_model_parallel_size ...................... 2
  use_distributed_optimizer ....................... True
  world_size ...................................... 16
-------------------- end of arguments ---------------------
 iteration 1/ 100 | elapsed time per iteration (ms): 1234.5
"""

TITAN = """
[model]
name = "llama3"
flavor = "8B"
[training]
local_batch_size = 2
global_batch_size = 32
seq_len = 8192
steps = 1000
[parallelism]
data_parallel_shard_degree = -1
tensor_parallel_degree = 2
[activation_checkpoint]
mode = "selective"
"""

NEMO = """
trainer:
  devices: 8
  num_nodes: 2
  max_steps: 100
model:
  tensor_model_parallel_size: 4
  pipeline_model_parallel_size: 1
  micro_batch_size: 1
  global_batch_size: 16
  encoder_seq_length: 4096
  activations_checkpoint_granularity: full
  sequence_parallel: true
"""

# As NeMo's Llama 3.1 405B has it, beside the layout.
OPTIM = """  num_layers: 126
  hidden_size: 16384
  ffn_hidden_size: 53248
  num_attention_heads: 128
  num_query_groups: 16
  bias: false
  activation: fast-swiglu
  normalization: rmsnorm
  optim:
    name: distributed_fused_adam
    grad_sync_dtype: bf16
"""

# As Megatron-Bridge writes a run of DeepSeek-V3, shortened.
BRIDGE = """
mixed_precision:
  bf16: true
  fp8: hybrid
  fp8_recipe: blockwise
  grad_reduce_in_fp32: false
model:
  num_layers: 3
  hidden_size: 7168
  num_attention_heads: 128
  kv_lora_rank: 512
  moe_layer_freq:
  - 0
  - 1
  - 1
  moe_ffn_hidden_size: 2048
  num_moe_experts: 256
  multi_latent_attention: true
  vocab_size: 129280
  fp8: null
optimizer:
  use_precision_aware_optimizer: true
  main_params_dtype:
    _call_: false
    _target_: torch.float32
  exp_avg_dtype:
    _call_: false
    _target_: torch.bfloat16
  exp_avg_sq_dtype:
    _call_: false
    _target_: torch.bfloat16
"""

# As accelerate's example of several kinds of parallelism has it.
ND = """
distributed_type: FSDP
fsdp_config:
  fsdp_reshard_after_forward: true
  fsdp_version: 2
mixed_precision: bf16
num_machines: 1
num_processes: 8
parallelism_config:
  parallelism_config_cp_size: 4
  parallelism_config_dp_shard_size: 1
  parallelism_config_tp_size: 2
"""

ACCELERATE = """
compute_environment: LOCAL_MACHINE
distributed_type: FSDP
fsdp_config:
  fsdp_sharding_strategy: HYBRID_SHARD
  fsdp_activation_checkpointing: true
mixed_precision: bf16
num_machines: 2
num_processes: 16
"""

DEEPSPEED = {
    "train_batch_size": 256,
    "train_micro_batch_size_per_gpu": 4,
    "bf16": {"enabled": True},
    "zero_optimization": {"stage": 2, "offload_optimizer": {"device": "cpu"}},
    "optimizer": {"type": "AdamW", "params": {"lr": 1e-4}},
}


def run_of(folder: Path, name: str, text: str, model: str = "") -> Run:
    file = folder / name
    file.write_text(text, encoding="utf-8")
    assert is_run(str(file))
    return imported_run(str(file), model)


def stated(run: Run) -> dict[str, Any]:
    """Every field of the run's tables."""
    panels = ("architecture", "parallelism", "pretraining", "hardware")
    return {name: value for panel in panels for name, value in run.tables.get(panel, {}).items()}


def test_a_launch_script(tmp_path):
    run = run_of(tmp_path, "train.sh", SCRIPT)
    assert not (Path.cwd() / "SENTINEL").exists()
    found = stated(run)
    wanted = {
        "tensor_parallel": 2,
        "pipeline_parallel": 2,
        "pipeline_schedule": "interleaved",
        "virtual_stages": 4,
        "sequence_parallel": True,
        "zero_stage": 1,
        "micro_batch_size": 1,
        "global_batch_size": 128,
        "sequence_length": 8192,
        "pretraining_tokens": 1000 * 128 * 8192,
        "recompute": "selective",
        "recompute_norms": True,
        "precision": "fp8",
        "fp8_recipe": "block_128",
        "num_gpus": 32,
        "gpus_per_node": 8,
    }
    assert {name: found[name] for name in wanted} == wanted
    said = " ".join(run.said)
    assert "frobnicate" in said
    assert "lr" not in said.split("Not understood:")[1]
    file = tmp_path / "run.toml"
    file.write_text(run.to_toml(), encoding="utf-8")
    values = evaluate(load_file(file).inputs())
    assert values["total_parameters"] == 8_030_261_248
    assert values["step_time"] > 0


def test_a_log_and_the_models_own_file(tmp_path):
    run = run_of(tmp_path, "train.log", LOG, str(CONFIGS / "qwen3-30b-a3b.json"))
    found = stated(run)
    assert (found["context_parallel"], found["expert_parallel"], found["num_gpus"]) == (2, 4, 16)
    assert found["gradient_precision"] == "fp32"
    assert found["num_routed_experts"] == 128
    assert not any(line.startswith("Not understood") for line in run.said)


@pytest.mark.parametrize(
    ("name", "text", "wanted"),
    [
        (
            "job.toml",
            TITAN,
            {"zero_stage": 3, "tensor_parallel": 2, "micro_batch_size": 2, "recompute": "selective"}
            | {"global_batch_size": 32, "sequence_length": 8192, "precision": "bf16"},
        ),
        (
            "ds.json",
            json.dumps(DEEPSPEED),
            {"zero_stage": 2, "optimizer_offload": 1.0, "global_batch_size": 256}
            | {"micro_batch_size": 4, "precision": "bf16", "optimizer": "adamw"},
        ),
        (
            "nemo.yaml",
            NEMO,
            {"tensor_parallel": 4, "num_gpus": 16, "gpus_per_node": 8, "recompute": "full"}
            | {"sequence_length": 4096, "sequence_parallel": True, "zero_stage": 0},
        ),
        (
            "old.toml",
            TITAN.replace('flavor = "8B"', 'converters = "float8"'),
            {"precision": "fp8", "fp8_recipe": "per_tensor"},
        ),
        (
            "mesh.toml",
            TITAN.replace("= -1", "= 4") + '[quantize.x]\nrecipe_name = "rowwise"',
            {"num_gpus": 8, "precision": "bf16"},
        ),
        (
            "llama.yaml",
            NEMO + OPTIM,
            {"zero_stage": 1, "optimizer": "adamw", "gradient_precision": "bf16"}
            | {"ffn_matrices": 3, "qkv_bias": False, "num_kv_heads": 16},
        ),
        (
            "bridge.yaml",
            BRIDGE,
            {"optimizer_bytes": 8.0, "gradient_precision": "bf16", "num_dense_layers": 1}
            | {"attention": "mla", "learned_positions": 0, "precision": "fp8"},
        ),
        (
            "nd.yml",
            ND,
            {"context_parallel": 4, "tensor_parallel": 2, "num_gpus": 8, "zero_stage": 3},
        ),
        (
            "fsdp.yml",
            ACCELERATE,
            {"zero_stage": 3, "shard_group": 8, "num_gpus": 16, "recompute": "full"},
        ),
    ],
)
def test_other_frameworks(name, text, wanted, tmp_path):
    if name.endswith((".yaml", ".yml")):
        pytest.importorskip("yaml")
    found = stated(run_of(tmp_path, name, text))
    assert {field: found[field] for field in wanted} == wanted


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.sh", "echo hello"),
        ("a.log", "nothing here"),
        ("axolotl.yml", "micro_batch_size: 2\nbf16: auto\ndeepspeed: zero3.json"),
        ("hf.sh", "torchrun --nproc_per_node 8 run_clm.py --bf16 --fsdp full_shard"),
        ("a.toml", "x = 1"),
        ("a.sh", "--tensor-model-parallel-size " + "9" * 400),
        ("a.sh", 'A="$A$A"\n' * 50),
        ("a.yaml", "a: &a [*a]"),
        ("a.yaml", "!!python/object/apply:os.system ['touch SENTINEL']"),
        ("a.yaml", "- 1\n- 2"),
    ],
)
def test_what_says_nothing_is_refused_in_one_line(name, text, tmp_path):
    with pytest.raises(ScenarioError) as refused:
        run_of(tmp_path, name, text)
    line = str(refused.value)
    assert line.isprintable()
    assert line.startswith(str(tmp_path))
    assert not Path("SENTINEL").exists()


LAYOUTS: list[dict[str, object]] = [
    {"tensor_parallel": 8, "sequence_parallel": True, "zero_stage": 1, "context_parallel": 2},
    {"pipeline_parallel": 4, "pipeline_schedule": "interleaved", "virtual_stages": 2},
    {"recompute": "selective", "recompute_norms": True, "zero_stage": 3},
    {"recompute": "full", "recompute_layers": 3, "micro_batch_size": 4},
    {"precision": "fp8", "fp8_recipe": "mxfp8", "gradient_precision": "bf16"},
    {"context_parallel": 4, "context_parallel_kind": "hierarchical", "optimizer_offload": 0.5},
    {"tensor_parallel": 8, "expert_tensor_parallel": 1, "optimizer": "muon"},
    {"optimizer_bytes": 8.0},
]


@pytest.mark.parametrize("layout", LAYOUTS)
def test_flags_of_a_layout_say_the_layout(layout, tmp_path):
    plain = {"pipeline_schedule": "1f1b", "recompute": "none", "precision": "bf16"}
    scenario = with_changes(load("llama-3.1-405b"), {**plain, **layout})
    run = run_of(tmp_path, "flags.sh", "pretrain.py " + " ".join(megatron_flags(scenario)))
    found = stated(run)
    assert {name: found.get(name) for name in layout} == layout


def test_a_schedule_that_megatron_has_no_flag_for_is_refused():
    with pytest.raises(ScenarioError, match="1f1b or interleaved"):
        megatron_flags(with_changes(load("llama-3.1-405b"), {"pipeline_schedule": "zb1p"}))


def test_a_size_by_a_variable_of_nowhere_is_unknown(tmp_path):
    script = tmp_path / "a.sh"
    script.write_text(SCRIPT.replace("SEQ_LENGTH=8192\n", ""))
    assert 'max_context_length = "unknown"' in imported_run(str(script)).to_toml()


def test_variables_that_double_each_other_end_at_once(tmp_path):
    file = tmp_path / "run.sh"
    doubled = "".join(f"A{at + 1}=$A{at}$A{at}\n" for at in range(60))
    file.write_text(f"A0=xx\n{doubled}pretrain_gpt.py --tensor-model-parallel-size 2 --a $A60\n")
    with pytest.raises(ScenarioError, match="variables that stand for too much text"):
        imported_run(str(file))


@pytest.mark.parametrize("inner", ["[*{0}, *{0}, *{0}, *{0}]", "{{a: *{0}, b: *{0}, c: *{0}}}"])
def test_anchors_that_multiply_or_hold_themselves_are_refused(inner, tmp_path):
    pytest.importorskip("yaml")
    file = tmp_path / "run.yaml"
    names = [f"x{at}" for at in range(20)]
    lines = [f"{name}: &{name} {inner.format(last)}" for last, name in pairwise(names)]
    file.write_text("\n".join(["tensor_model_parallel_size: 2", "x0: &x0 [1, 2]", *lines]))
    with pytest.raises(ScenarioError, match=r"run\.yaml: found more values than a run has"):
        imported_run(str(file))
    file.write_text("model: &m {tensor_model_parallel_size: 2, inner: *m}")
    with pytest.raises(ScenarioError, match=r"run\.yaml: found more values than a run has"):
        imported_run(str(file))


def test_a_value_that_is_no_number_is_listed_as_not_understood(tmp_path):
    file = tmp_path / "run.sh"
    file.write_text(
        "pretrain_gpt.py --tensor-model-parallel-size $(nproc) --num-layers many "
        "--pipeline-model-parallel-size 2"
    )
    said = " ".join(imported_run(str(file)).said)
    assert "num_layers of 'many'" in said
    assert "tensor_model_parallel_size" in said
    assert "pipeline_model_parallel_size" not in said


def test_a_setting_that_two_tables_give_differently_is_said(tmp_path):
    pytest.importorskip("yaml")
    text = "actor:\n  tensor_model_parallel_size: 1\nrollout:\n  tensor_model_parallel_size: 2\n"
    said = " ".join(run_of(tmp_path, "rl.yaml", text).said)
    assert "tensor_model_parallel_size, given as 1 and 2" in said
    text = "data:\n  seq_length: 4096\nmodel:\n  encoder_seq_length: 8192\n"
    said = " ".join(run_of(tmp_path, "nemo.yaml", text).said)
    assert "seq_length, given as 4096 and 8192" in said


def test_what_one_table_leaves_open_another_may_say(tmp_path):
    pytest.importorskip("yaml")
    text = "dataset:\n  context_parallel_size: null\nmodel:\n  context_parallel_size: 4\n"
    assert stated(run_of(tmp_path, "bridge.yaml", text))["context_parallel"] == 4


@pytest.mark.parametrize(
    "words", ["--hybrid-override-pattern M-M*-", "--experimental-attention-variant dsa"]
)
def test_a_model_of_other_layers_is_not_taken_for_a_transformer(words, tmp_path):
    sizes = "--num-layers 4 --hidden-size 64 --num-attention-heads 4 --seq-length 8"
    assert "architecture" in run_of(tmp_path, "a.sh", f"pretrain.py {sizes}").tables
    run = run_of(tmp_path, "b.sh", f"pretrain.py {sizes} {words}")
    assert "architecture" not in run.tables
    assert words.split()[0].removeprefix("--").replace("-", "_") in " ".join(run.said)


def test_what_overlaps_is_left_to_the_stack_and_said(tmp_path):
    words = "--tensor-model-parallel-size 2 --overlap-grad-reduce --distribute-saved-activations"
    said = " ".join(run_of(tmp_path, "a.sh", f"pretrain.py {words}").said)
    assert "Left to the stack, whose preset says what overlaps: overlap_grad_reduce." in said
    assert "Not understood: distribute_saved_activations." in said
