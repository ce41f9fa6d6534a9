"""Launch scripts with conditions, sums and lists, read as a shell would and never run."""

from __future__ import annotations

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.presets import build
from dsexplore.library.run_files import imported_run
from dsexplore.library.run_files.megatron_text import scripted
from dsexplore.library.run_files.shell_conditions import holds, worked_out
from tests.points import holds_at

# As AMD's and Alibaba's scripts choose sizes, layout and precision, shortened.
CHOOSING = """
MODEL_SIZE=${MODEL_SIZE:-16B} # 16B, 671B
PR=${PR:-bf16}
TP=${TP:-2}
SP=true
AC="${AC:-none}"
if [ $MODEL_SIZE = 671B ]; then
    NUM_LAYERS=${NUM_LAYERS:-61}
    moe_options=" \\
        --q-lora-rank 1536
    "
elif [ $MODEL_SIZE = 16B ]; then
    NUM_LAYERS=${NUM_LAYERS:-27}
    SHARED=2
    moe_options=" --moe-router-topk 6
    "
fi
case $PR in
  fp8) pr_options="--bf16 --fp8-format hybrid" ;;
  bf16|fp16)
    pr_options="--bf16"
    ;;
  *) exit 1 ;;
esac
if [ $SP = true ] && [ $TP -gt 1 ]; then sp_options="--sequence-parallel"; else sp_options=""; fi
if [ "$AC" = full ]; then
    ac_options="--recompute-granularity full"
else
    ac_options=
fi
if [[ -z ${MP_VP} ]]; then
    vp_options=""
else
    vp_options=" --num-layers-per-virtual-pipeline-stage ${MP_VP}"
fi
EXTRA_ARGS=(--use-distributed-optimizer)
EXTRA_ARGS+=(--overlap-grad-reduce)
if [ -f extra.sh ]; then
    EXTRA_ARGS+=(--micro-batch-size 2)
fi
torchrun --nproc_per_node `python3 -c "print(8)"` --nnodes $NNODES pretrain.py
run="pretrain.py --num-layers ${NUM_LAYERS} ${moe_options} ${pr_options} ${sp_options} \\
  --moe-shared-expert-intermediate-size $((${SHARED} * 1408)) ${vp_options} ${ac_options}"
"""


def test_branches_that_are_not_taken_are_not_read():
    found = scripted(CHOOSING)
    assert found["num_layers"] == "27"
    assert found["moe_router_topk"] == "6"
    assert found["bf16"] is True
    assert found["sequence_parallel"] is True
    assert found["moe_shared_expert_intermediate_size"] == "2816"
    assert found["use_distributed_optimizer"] is True
    for name in ("q_lora_rank", "fp8_format", "recompute_granularity"):
        assert name not in found
    assert "num_layers_per_virtual_pipeline_stage" not in found


def test_a_scheduler_sets_the_nodes():
    script = "#SBATCH --nodes=48\nN=$SLURM_NNODES\ntorchrun --nproc_per_node 8 --nnodes $N x.py"
    assert scripted(script)["nnodes"] == ["48", "x.py"]


def test_what_cannot_be_known_is_kept_as_it_stands():
    found = scripted(CHOOSING)
    assert found["nproc_per_node"] == "$(...)"
    assert found["nnodes"] == ["$NNODES", "pretrain.py"]
    assert found["micro_batch_size"] == "2"
    assert found["whether [ -f extra.sh ]"] is True


@holds_at(
    ("condition", "wanted"),
    [
        ("[ 671B = 671B ]", True),
        ("[[ fp8 == bf16 ]]", False),
        ("[ 2 -gt 1 ] && [ true = true ]", True),
        ("[ 2 -gt 1 ] && [ -d folder ]", None),
        ("[ 1 -gt 2 ] && [ -d folder ]", False),
        ("[ a = a ] || [ -d folder ]", True),
        ("[ -z ]", True),
        ('[ -n "" ]', False),
        ('[ "" = none ]', False),
        ("! [ a = b ]", True),
        ("[ ! a = b ]", True),
        ("(( 4 > 3 ))", True),
        ("[ $(nproc) -gt 1 ]", None),
        ("command -v srun", None),
    ],
)
def test_conditions(condition, wanted):
    assert holds(condition) is wanted


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("2 * 1408", "2816"),
        ("GPUS*4", "32"),
        ("7 / 2", "3"),
        ("2 ** 9999999", None),
        ("1 / 0", None),
        ("().__class__", None),
        ("9" * 400, None),
    ],
)
def test_sums(text, wanted):
    assert worked_out(text, {"GPUS": "8"}) == wanted


# As BLOOM's run of 176 billion parameters was launched, shortened.
BLOOM = """#!/bin/bash
#SBATCH --nodes=48
#SBATCH --ntasks-per-node=1          # crucial - only 1 task per dist per node!
GPUS_PER_NODE=8
NNODES=$SLURM_NNODES
TRAIN_SAMPLES=220_000_000  # 450B tokens
GPT_ARGS=" \\
    --num-layers 70 --hidden-size 14336 --num-attention-heads 112 --seq-length 2048 \\
    --micro-batch-size 2 --global-batch-size 2048 --train-samples $TRAIN_SAMPLES \\
    --embed-layernorm --bf16 --position-embedding-type alibi --checkpoint-activations \\
    --pad-vocab-size-to 250880 \\
    "
ZERO_STAGE=0 # important: bf16 must use z0! it implements its own zero stage 1 equivalent
DEEPSPEED_ARGS=" --deepspeed --zero-stage ${ZERO_STAGE} "
export LAUNCHER="python -m torch.distributed.run \\
    --nproc_per_node $GPUS_PER_NODE --nnodes $NNODES \\
    "
export CMD=" `pwd`/pretrain_gpt.py --tensor-model-parallel-size 4 \\
    --pipeline-model-parallel-size 12 $GPT_ARGS $DEEPSPEED_ARGS "
srun --jobid $SLURM_JOB_ID bash -c "$LAUNCHER --node_rank \\$SLURM_PROCID $CMD" 2>&1 | tee log.txt
"""


def test_the_run_of_bloom(tmp_path):
    file = tmp_path / "bloom.slurm"
    file.write_text(BLOOM)
    run = imported_run(str(file))
    assert run.tables["hardware"]["num_gpus"] == 384
    assert run.tables["pretraining"]["pretraining_tokens"] == 450.56e9
    assert run.tables["parallelism"]["zero_stage"] == 1
    assert run.tables["parallelism"]["recompute"] == "full"
    scenario = build({**run.tables})
    total = evaluate(scenario.inputs(), ["total_parameters"])["total_parameters"]
    # What the published weights hold.
    assert total == 176_247_271_424
