"""The problem of a layout: the first rule that it breaks."""

from dsexplore.engine.elementwise import larger, smaller
from dsexplore.engine.formulas.problems.training import HOURS, REACHED
from dsexplore.engine.idioms import are_uneven
from dsexplore.engine.papers import LAYOUT_RULES
from dsexplore.engine.quantity import quantity
from dsexplore.engine.templates import first_sentence
from dsexplore.scenario.schedules import SCHEDULES

# Rules that a layout may break, in the order in which they are checked.
_GPUS = (
    "Data parallel: {gpus:.0f} GPUs do not divide by {tensor:g} × {pipeline:g} × {context:g} "
    "(tensor × pipeline × context parallel)."
)
_STAGES = "Pipeline: {pipeline:g} stages are more than the model's {layers:g} layers."
_PIECES = (
    "Pipeline: {layers:g} layers do not divide into {pipeline:g} × {pieces:g} pieces (stages × "
    "virtual stages), nor with the embedding and the head counted as layers."
)
_EXPERTS = "Expert parallel: {experts:g} routed experts do not divide over {group:g} GPUs."
_EXPERT_GROUP = (
    "Expert parallel: a group of {group:g} GPUs is larger than the {stage:g} GPUs of a stage "
    "(tensor × context × data parallel)."
)
_EXPERT_GROUPS = (
    "Expert parallel: the {stage:g} GPUs of a stage (tensor × context × data parallel) do not "
    "divide into groups of {group:g}."
)
_EXPERT_TENSOR_GROUP = (
    "Expert tensor parallel: {group:g} × {cut:g} GPUs (expert × expert tensor parallel) are more "
    "than the {stage:g} GPUs of a stage (tensor × context × data parallel)."
)
_EXPERT_TENSOR_GROUPS = (
    "Expert tensor parallel: the {stage:g} GPUs of a stage (tensor × context × data parallel) do "
    "not divide into groups of {group:g} × {cut:g}."
)
_EXPERT_WIDTH = "Expert tensor parallel: experts of width {width:g} do not divide by {cut:g}."
_SHARDS = (
    "Shard group: {replicas:g} GPUs with the same parameters (context × data parallel) do not "
    "divide into groups of {shards:g}."
)
_SLICES = "Slices: {gpus:.0f} GPUs do not divide into {slices:g} slices."
_REACH = (
    "Node limit: with {limit:g}, a token can reach {reached:g} of {experts:g} routed experts, "
    "fewer than its {active:g}."
)
_HEADS = "Tensor parallel: {heads:g} attention heads do not divide by {tensor:g}."
_STATE_HEADS = "Tensor parallel: {states:g} heads of states do not divide by {tensor:g}."
_SEQUENCE = "Context parallel: {sequence:.0f} tokens do not divide by {context:g}."
_SEQUENCE_PARALLEL = (
    "Sequence parallel: {sequence:.0f} tokens do not divide by {context:g} × {tensor:g} "
    "(context × tensor parallel)."
)
_BATCH = (
    "Batch: {batch:.0f} sequences do not divide by {copies:g} × {each:g} "
    "(data parallel × micro-batch)."
)
_GROUPS = "{schedule}: {micro:g} micro-batches are no multiple of {pipeline:g} stages."
_EVEN = "{schedule}: {pipeline:g} stages are odd, and it pairs them."
_TOO_FEW = (
    "{schedule}: {micro:g} micro-batches are fewer than the {fewest:g} that {pipeline:g} stages "
    "need."
)
_PAIRS = "{schedule}: {micro:g} micro-batches are odd, and half of them enter at each end."

# If these do not fit together, there is no such layout, and no result follows from it.
_LAYOUT = (
    "tensor_parallel",
    "pipeline_parallel",
    "context_parallel",
    "sequence_parallel",
    "expert_group",
    "expert_tensor_group",
    "shards",
    "scale_up_domain",
    "pieces_per_stage",
    "micro_batch_size",
    "global_batch_size",
    *REACHED,
)


@quantity(kind="problem", source=LAYOUT_RULES, forbids=_LAYOUT, concerns=HOURS)
def layout_problem(
    num_gpus,
    gpus_per_node,
    model_parallel_gpus,
    tensor_parallel,
    pipeline_parallel,
    context_parallel,
    sequence_parallel,
    pipeline_schedule,
    pieces_per_stage,
    data_parallel,
    expert_group,
    expert_tensor_group,
    moe_intermediate_size,
    zero_stage,
    replicas,
    shard_group,
    slices,
    node_limit,
    num_layers,
    num_attention_heads,
    state_heads,
    num_routed_experts,
    experts_per_token,
    sequence_length,
    global_batch_size,
    micro_batch_size,
    micro_batches,
    layout_is_stated,
):
    """The first rule that the layout breaks."""
    pieces = pipeline_parallel * pieces_per_stage
    stage_gpus = num_gpus / pipeline_parallel
    expert_gpus = expert_group * expert_tensor_group
    shard_count = larger(shard_group, 1.0)
    reachable = node_limit * smaller(gpus_per_node, expert_group) * num_routed_experts
    has_experts = num_routed_experts > 0
    has_stages = pipeline_parallel > 1
    in_pieces = SCHEDULES[pipeline_schedule].has_virtual_stages & has_stages
    in_groups = SCHEDULES[pipeline_schedule].in_groups & has_stages
    in_halves = SCHEDULES[pipeline_schedule].in_halves & has_stages
    must_fill = SCHEDULES[pipeline_schedule].must_fill & has_stages
    fewest = SCHEDULES[pipeline_schedule].fewest_micro_batches * pipeline_parallel
    cases = [
        (num_gpus % model_parallel_gpus != 0, _GPUS),
        (pipeline_parallel > num_layers, _STAGES),
        (SCHEDULES[pipeline_schedule].is_folded & (pieces > num_layers), _PIECES),
        (in_pieces & are_uneven(num_layers, pieces), _PIECES),
        (has_experts & (num_routed_experts % expert_group != 0), _EXPERTS),
        (has_experts & (expert_group > stage_gpus), _EXPERT_GROUP),
        (has_experts & (stage_gpus % expert_group != 0), _EXPERT_GROUPS),
        (has_experts & (expert_gpus > stage_gpus), _EXPERT_TENSOR_GROUP),
        (has_experts & (stage_gpus % expert_gpus != 0), _EXPERT_TENSOR_GROUPS),
        (has_experts & (moe_intermediate_size % expert_tensor_group > 0), _EXPERT_WIDTH),
        ((zero_stage > 0) & (shard_group > 0) & (replicas % shard_count != 0), _SHARDS),
        (num_gpus % slices != 0, _SLICES),
        (has_experts & (node_limit > 0) & (reachable < experts_per_token * expert_group), _REACH),
        (num_attention_heads % tensor_parallel > 0, _HEADS),
        (state_heads % tensor_parallel > 0, _STATE_HEADS),
        (sequence_length % context_parallel != 0, _SEQUENCE),
        (
            sequence_parallel & (sequence_length % (context_parallel * tensor_parallel) != 0),
            _SEQUENCE_PARALLEL,
        ),
        ((layout_is_stated > 0) & (micro_batches % 1 > 0), _BATCH),
        (in_groups & (micro_batches % pipeline_parallel > 0), _GROUPS),
        (in_halves & (pipeline_parallel % 2 != 0), _EVEN),
        (must_fill & (micro_batches < fewest), _TOO_FEW),
        (in_halves & (micro_batches % 2 > 0), _PAIRS),
    ]
    return first_sentence(
        cases,
        gpus=num_gpus,
        node=gpus_per_node,
        tensor=tensor_parallel,
        pipeline=pipeline_parallel,
        context=context_parallel,
        copies=data_parallel,
        stage=stage_gpus,
        pieces=pieces_per_stage,
        layers=num_layers,
        heads=num_attention_heads,
        states=state_heads,
        experts=num_routed_experts,
        active=experts_per_token,
        group=expert_group,
        cut=expert_tensor_group,
        width=moe_intermediate_size,
        replicas=replicas,
        shards=shard_group,
        slices=slices,
        limit=node_limit,
        reached=reachable / expert_group,
        sequence=sequence_length,
        batch=global_batch_size,
        each=micro_batch_size,
        micro=micro_batches,
        fewest=fewest,
        schedule=SCHEDULES[pipeline_schedule].title,
    )
