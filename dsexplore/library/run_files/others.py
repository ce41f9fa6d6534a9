"""torchtitan's TOML, DeepSpeed's JSON and accelerate's YAML, as fields."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from dsexplore.library.run_files.stated import Stated, flattened

Fields = dict[str, Any]

# torchtitan's numbers that are a field of ours.
TORCHTITAN = {
    "tensor_parallel": ("tensor_parallel_degree",),
    "pipeline_parallel": ("pipeline_parallel_degree",),
    "context_parallel": ("context_parallel_degree",),
    "expert_parallel": ("expert_parallel_degree",),
    "expert_tensor_parallel": ("expert_tensor_parallel_degree",),
    "sequence_length": ("seq_len",),
}
# DeepSpeed's.
DEEPSPEED = {
    "global_batch_size": ("train_batch_size",),
    "micro_batch_size": ("train_micro_batch_size_per_gpu",),
}


_MESH = "parallelism_config_"
# accelerate's.
ACCELERATE = {
    "tensor_parallel": f"{_MESH}tp_size",
    "context_parallel": f"{_MESH}cp_size",
}


def torchtitan(tables: Mapping[str, object]) -> tuple[Fields, Stated]:
    """A job's TOML: its tables are flattened by their last names, which do not repeat."""
    flat = flattened(tables)
    checkpointing = tables.get("activation_checkpoint")
    if isinstance(checkpointing, Mapping):
        flat["activation_checkpoint_mode"] = checkpointing.get("mode")
        flat.pop("mode", None)
    # A table's own switch, by the table's name.
    flat.pop("enable", None)
    model, compiled = tables.get("model"), tables.get("compile")
    if isinstance(model, Mapping):
        flat["name"] = model.get("name")
    if isinstance(compiled, Mapping):
        flat["compile"] = compiled.get("enable")
    stated = Stated(flat)
    fields: Fields = {
        field: number
        for field, of in TORCHTITAN.items()
        if (number := stated.whole(*of)) is not None
    }
    shards, copies = (
        stated.number("data_parallel_shard_degree"),
        stated.number("data_parallel_replicate_degree"),
    )
    fields["zero_stage"] = 3 if shards is None or shards != 1 else 0
    if copies and copies > 1 and shards and shards > 1:
        fields["shard_group"] = int(shards)
    local = stated.whole("local_batch_size", "batch_size")
    pieces = stated.whole("pipeline_parallel_microbatch_size")
    if local:
        fields["micro_batch_size"] = pieces or local
    if batch := stated.whole("global_batch_size"):
        fields["global_batch_size"] = batch
    schedules = {"1f1b": "1f1b", "gpipe": "gpipe", "interleaved1f1b": "interleaved"}
    schedule = schedules.get(stated.word("pipeline_parallel_schedule"))
    if schedule and fields.get("pipeline_parallel", 1) > 1:
        fields["pipeline_schedule"] = schedule
    if shards and shards > 0:
        degrees = ("tensor_parallel", "pipeline_parallel", "context_parallel")
        gpus = int(shards) * int(copies or 1)
        fields["num_gpus"] = math.prod([gpus, *(fields.get(name, 1) for name in degrees)])
    mode = stated.word("activation_checkpoint_mode")
    if mode in ("full", "selective", "none"):
        fields["recompute"] = mode
    fields |= _titan_precision(tables)
    # Read where it says which products are of 8 bits, as far as we tell them apart.
    stated.value("converters", "dtype", "flavor", "name")
    stated.value("enable_fsdp_float8_all_gather", "precompute_float8_dynamic_scale_for_fsdp")
    if stated.has("reduce_type", "mixed_precision_reduce"):
        reduced = stated.word("mixed_precision_reduce")
        fields["gradient_precision"] = "bf16" if "bfloat16" in reduced else "fp32"
    steps, length = stated.whole("steps"), fields.get("sequence_length")
    if steps and length and batch:
        fields["pretraining_tokens"] = float(steps * length * batch)
    fields["sequence_parallel"] = fields.get("tensor_parallel", 1) > 1
    return fields, stated


def _titan_precision(tables: Mapping[str, object]) -> Fields:
    """8 bits where the model is converted to them; older files convert by a word, newer by many."""
    model = tables.get("model")
    found = model.get("converters") if isinstance(model, Mapping) else None
    words = [found] if isinstance(found, str) else found if isinstance(found, list) else []
    kinds = {str(word).rpartition(".")[2] for one in words for word in str(one).split(",")}
    if kinds & {"mx", "mxfp8"}:
        return {"precision": "fp8", "fp8_recipe": "mxfp8"}
    if "float8" not in kinds:
        return {"precision": "bf16"}
    recipe = str(flattened(tables).get("recipe_name") or "")
    return {"precision": "fp8", "fp8_recipe": "rowwise" if "rowwise" in recipe else "per_tensor"}


def deepspeed(tables: Mapping[str, object]) -> tuple[Fields, Stated]:
    """A configuration of DeepSpeed: ZeRO, batches and precision."""
    zero = tables.get("zero_optimization")
    zero = zero if isinstance(zero, Mapping) else {}
    flat = flattened({key: value for key, value in tables.items() if key != "zero_optimization"})
    optimizer = tables.get("optimizer")
    for name in ("bf16", "fp16"):
        part = tables.get(name)
        flat[name] = isinstance(part, Mapping) and part.get("enabled") in (True, "auto")
    flat |= {"zero_" + str(key): value for key, value in zero.items()}
    flat["optimizer"] = optimizer.get("type") if isinstance(optimizer, Mapping) else None
    stated = Stated(flat)
    fields: Fields = {}
    stage = stated.number("zero_stage")
    fields["zero_stage"] = int(stage) if stage in (1, 2, 3) else 0
    for field, of in DEEPSPEED.items():
        if number := stated.whole(*of):
            fields[field] = number
    # Steps of accumulation follow from both batches and the accelerators.
    stated.value("gradient_accumulation_steps", "enabled", "type", "zero_overlap_comm", "params")
    if stated.flag("bf16", "fp16"):
        fields["precision"] = "bf16"
    offload = stated.value("zero_offload_optimizer")
    if isinstance(offload, Mapping) and offload.get("device") in ("cpu", "nvme"):
        ratio = offload.get("ratio", 1.0)
        fields["optimizer_offload"] = ratio if isinstance(ratio, int | float) else 1.0
    by_name = {"adam": "adamw", "adamw": "adamw", "sgd": "sgd", "muon": "muon"}
    if found := by_name.get(stated.word("optimizer")):
        fields["optimizer"] = found
    return fields, stated


def accelerate(tables: Mapping[str, object]) -> tuple[Fields, Stated]:
    """A configuration of accelerate: FSDP's sharding, accelerators and precision."""
    stated = Stated(flattened(tables))
    fields: Fields = {}
    gpus, nodes = stated.whole("num_processes"), stated.whole("num_machines")
    if str(stated.value("distributed_type")).upper() == "NO":
        gpus = nodes = 1
    if gpus:
        fields["num_gpus"] = gpus
    if gpus and nodes and gpus % nodes == 0:
        fields["gpus_per_node"] = gpus // nodes
    for field, name in ACCELERATE.items():
        if degree := stated.whole(name):
            fields[field] = degree
    copies, shards = (stated.whole(_MESH + name) for name in ("dp_replicate_size", "dp_shard_size"))
    if copies and copies > 1 and shards and shards > 1:
        fields["shard_group"] = shards
    fields |= _fsdp(stated, fields.get("gpus_per_node", 0))
    mixed = stated.word("mixed_precision")
    if mixed in ("bf16", "fp16", "fp8"):
        fields["precision"] = "fp8" if mixed == "fp8" else "bf16"
    if (degree := stated.whole("zero_stage")) and degree <= 3:
        fields["zero_stage"] = degree
    stated.value(
        "distributed_type", "compute_environment", "machine_rank", "main_training_function"
    )
    return fields, stated


def _fsdp(stated: Stated, per_node: int) -> Fields:
    """Sharding by FSDP, of either version, and what it recomputes and offloads."""
    fields: Fields = {}
    strategy = str(stated.value("fsdp_sharding_strategy") or "").upper()
    by_word = {"1": 3, "FULL_SHARD": 3, "2": 2, "SHARD_GRAD_OP": 2, "3": 0, "NO_SHARD": 0}
    by_word |= {"4": 3, "HYBRID_SHARD": 3, "5": 2, "HYBRID_SHARD_ZERO2": 2}
    if strategy in by_word:
        fields["zero_stage"] = by_word[strategy]
    elif stated.has("fsdp_version"):
        reshards = stated.value("fsdp_reshard_after_forward")
        fields["zero_stage"] = 2 if reshards in (False, "false", "SHARD_GRAD_OP") else 3
    if strategy.startswith(("HYBRID", "4", "5")) and per_node:
        fields["shard_group"] = per_node
    if stated.flag("fsdp_activation_checkpointing"):
        fields["recompute"] = "full"
    if stated.flag("fsdp_offload_params"):
        fields["optimizer_offload"] = 1.0
    return fields
