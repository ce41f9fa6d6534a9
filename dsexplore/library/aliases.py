"""Other names of fields and results: settings of frameworks, keys of config.json, short forms.

Among them are the settings and keys by which files are read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

from dsexplore.library.config_json.families import FAMILIES
from dsexplore.library.config_json.shape import Shape
from dsexplore.library.run_files.megatron import NUMBERS, SETTINGS, SIZES
from dsexplore.library.run_files.others import DEEPSPEED, TORCHTITAN
from dsexplore.scenario.scenario import FIELDS

# What people call them: short forms, and settings that say the same in other words.
_CALLED = {
    "tensor_parallel": ("tp",),
    "pipeline_parallel": ("pp",),
    "context_parallel": ("cp",),
    "expert_parallel": ("ep",),
    "data_parallel": ("dp", "data_parallel_size"),
    "expert_tensor_parallel": ("etp",),
    "virtual_stages": ("vp", "vpp", "num_layers_per_virtual_pipeline_stage"),
    "micro_batch_size": ("mbs", "per_device_train_batch_size"),
    "global_batch_size": ("gbs", "gradient_accumulation_steps"),
    "sequence_parallel": ("sp",),
    "zero_stage": ("zero1", "zero2", "zero3", "fsdp"),
    "shard_group": ("hsdp", "num_distributed_optimizer_instances"),
    "recompute": ("gradient_checkpointing", "activation_checkpointing"),
    "communication_overlap": ("overlap_grad_reduce", "overlap_param_gather"),
    "dropout": ("attention_dropout", "hidden_dropout"),
    "pretraining_tokens": ("train_iters", "train_samples", "max_steps"),
    "attention": ("multi_latent_attention", "mha", "mqa"),
    "num_routed_experts": ("n_routed_experts",),
    "num_dense_layers": ("first_k_dense_replace",),
    "tie_embeddings": ("tie_word_embeddings",),
    "memory_capacity": ("vram", "hbm"),
    "memory_reserve": ("gpu_memory_utilization", "mem_fraction_static"),
    "serving_tensor_parallel": ("tensor_parallel_size", "tp_size"),
    "serving_pipeline": ("pipeline_parallel_size", "pp_size"),
    "decode_expert_parallel": ("enable_expert_parallel", "ep_size"),
    "decode_batch": ("max_num_seqs",),
    "prefill_chunk": ("max_num_batched_tokens", "chunked_prefill_size"),
    "kv_length": ("max_model_len",),
    "kv_cache_precision": ("kv_cache_dtype",),
    "weight_precision": ("quantization",),
    "time_per_output_token": ("tpot", "itl"),
}


@cache
def aliases() -> Mapping[str, tuple[str, ...]]:
    """Every other name by field or result, short ones first, with underscores for dashes."""
    found: dict[str, dict[str, None]] = {name: {} for name in (*FIELDS, *_CALLED)}
    for table in (_CALLED, NUMBERS, SETTINGS, SIZES, TORCHTITAN, DEEPSPEED):
        for name, others in table.items():
            _add(found, name, others)
    for family in FAMILIES.values():
        if isinstance(family, Shape):
            for name, key in family.keys_read():
                _add(found, name, (key,))
    return {name: tuple(others) for name, others in found.items() if others}


def _add(found: dict[str, dict[str, None]], name: str, others: Sequence[str]) -> None:
    found[name] |= dict.fromkeys(other for other in others if other != name)
