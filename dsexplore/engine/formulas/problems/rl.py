"""Problems of reinforcement learning: hours beyond the peak, and what does not fit in memory."""

from dsexplore.engine.constants import BYTES_PER_GB
from dsexplore.engine.elementwise import is_known
from dsexplore.engine.idioms import exceeds
from dsexplore.engine.papers import AREAL, DEFINITION, HYBRIDFLOW
from dsexplore.engine.quantity import quantity
from dsexplore.engine.templates import first_sentence, sentence

_ABOVE_PEAK = "RL's hours imply {rl:.3g} times the peak, more than there is."
_GROUP = (
    "RL: {generators:g} generating GPUs are fewer than the {group:g} that share one copy of the "
    "weights (serving_tensor_parallel, decode_expert_parallel)."
)
_MEMORY = (
    "RL: its models need {need:,.4g} of {memory:,.4g} GB on an accelerator with {gpus:g} in all; "
    "{fewest:,.0f} hold them (rl_num_gpus, rl_fewest_gpus)."
)
_WEIGHTS = (
    "RL: the weights that generate need {weights:,.4g} of {memory:,.4g} GB on each GPU. Share them "
    "among more (serving_tensor_parallel, decode_expert_parallel)."
)


@quantity(kind="problem", source=DEFINITION, forbids=("rl_gpu_hours",))
def rl_mfu_problem(rl_implied_mfu):
    """Warning of RL's hours that imply a utilisation above 100 %."""
    return sentence(rl_implied_mfu > 1, _ABOVE_PEAK, rl=rl_implied_mfu)


# Measured hours stand: the run was held by its accelerators, whatever is counted here.
@quantity(
    kind="problem",
    source=HYBRIDFLOW + "; " + AREAL,
    forbids=(
        "rollout_dense_time",
        "rollout_expert_time",
        "rollout_attention_time",
        "rollout_network_time",
        "rollout_step_time",
        "rollout_tail_step_time",
        "rollout_prefill_time",
        "rollout_bulk_batch",
        "rollout_tail_batch",
        "rollout_queue_steps",
        "rollout_time",
        "reward_time",
        "log_probability_time",
        "policy_update_time",
        "weight_transfer_time",
        "rl_overhead_time",
        "rl_iteration_time",
        "rl_gpu_hours_by_flops",
    ),
)
def rl_problem(
    rl_rollouts,
    rl_gpus,
    rl_generators,
    rl_generator_group,
    rl_generator_memory,
    rl_memory_per_gpu,
    rl_fewest_gpus,
    memory_capacity,
    memory_reserve,
):
    """Why RL cannot run as stated: its accelerators are too few, or do not hold its models."""
    runs = (rl_rollouts != 0) & is_known(rl_rollouts)
    weights = rl_generator_memory + memory_reserve
    return first_sentence(
        [
            (runs & exceeds(weights, memory_capacity), _WEIGHTS),
            (runs & (rl_generator_group > rl_generators), _GROUP),
            (runs & exceeds(rl_memory_per_gpu, memory_capacity), _MEMORY),
        ],
        generators=rl_generators,
        group=rl_generator_group,
        weights=weights / BYTES_PER_GB,
        need=rl_memory_per_gpu / BYTES_PER_GB,
        memory=memory_capacity / BYTES_PER_GB,
        gpus=rl_gpus,
        fewest=rl_fewest_gpus,
    )
