"""Groups: who communicates with whom, and on how many nodes they lie.

Ranks are counted along tensor, context, data and pipeline parallelism, in that order; those that
share experts along expert tensor and expert parallelism, folded over the ranks of a stage.
"""

from dsexplore.engine.collectives import nodes_spanned
from dsexplore.engine.elementwise import larger, smaller, where
from dsexplore.engine.idioms import stated_or
from dsexplore.engine.papers import FOLDING, MEGATRON, SHARD_GROUPS
from dsexplore.engine.quantity import quantity


# Who shares the state
@quantity("GPU", source=SHARD_GROUPS)
def shards(zero_stage, shard_group, replicas):
    """Accelerators over which ZeRO shards parameters outside routed experts."""
    group = smaller(stated_or(shard_group, replicas), replicas)
    return where(zero_stage > 0, group, 1.0)


@quantity("", source=SHARD_GROUPS)
def shard_copies(replicas, shards):
    """Copies of each shard, which sum their gradients once per step."""
    return replicas / shards


@quantity("GPU", source=SHARD_GROUPS)
def expert_shards(
    zero_stage,
    shard_group,
    tensor_parallel,
    expert_group,
    expert_tensor_group,
    expert_data_parallel,
):
    """Accelerators over which ZeRO shards a routed expert: those of a shard group that hold it."""
    in_group = shard_group * tensor_parallel / (expert_group * expert_tensor_group)
    group = smaller(larger(in_group, 1.0), expert_data_parallel)
    group = where(shard_group > 0, group, expert_data_parallel)
    return where(zero_stage > 0, group, 1.0)


@quantity("", source=SHARD_GROUPS)
def expert_shard_copies(expert_data_parallel, expert_shards):
    """Copies of each shard of a routed expert."""
    return expert_data_parallel / expert_shards


# Where a group lies
@quantity("node", source=MEGATRON)
def tensor_nodes(tensor_parallel, scale_up_domain):
    """Nodes that a tensor-parallel group spans."""
    return nodes_spanned(tensor_parallel, 1.0, scale_up_domain)


@quantity("node", source=MEGATRON)
def context_nodes(context_parallel, tensor_parallel, scale_up_domain):
    """Nodes that a context-parallel group spans."""
    return nodes_spanned(context_parallel, tensor_parallel, scale_up_domain)


@quantity("node", source=MEGATRON)
def shard_nodes(shards, tensor_parallel, scale_up_domain):
    """Nodes that a group spans which shards the same parameters."""
    return nodes_spanned(shards, tensor_parallel, scale_up_domain)


@quantity("node", source=MEGATRON)
def shard_copy_nodes(shard_copies, shards, tensor_parallel, scale_up_domain):
    """Nodes that the copies of a shard lie on."""
    return nodes_spanned(shard_copies, shards * tensor_parallel, scale_up_domain)


@quantity("node", source=FOLDING)
def expert_tensor_nodes(expert_tensor_group, scale_up_domain):
    """Nodes that a group spans which shares an expert's matrices."""
    return nodes_spanned(expert_tensor_group, 1.0, scale_up_domain)


@quantity("node", source=FOLDING)
def expert_shard_nodes(expert_shards, expert_group, expert_tensor_group, scale_up_domain):
    """Nodes that a group spans which shards the same routed experts."""
    return nodes_spanned(expert_shards, expert_group * expert_tensor_group, scale_up_domain)


@quantity("node", source=FOLDING)
def expert_shard_copy_nodes(
    expert_shard_copies, expert_shards, expert_group, expert_tensor_group, scale_up_domain
):
    """Nodes that the copies of a shard of routed experts lie on."""
    apart = expert_shards * expert_group * expert_tensor_group
    return nodes_spanned(expert_shard_copies, apart, scale_up_domain)
