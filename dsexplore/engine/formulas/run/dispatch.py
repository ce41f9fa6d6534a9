"""Expert dispatch over the whole run, with nothing shared and nothing hidden."""

from dsexplore.engine.constants import BF16_BYTES, SECONDS_PER_DAY
from dsexplore.engine.elementwise import ratio
from dsexplore.engine.papers import DISPATCH_ESTIMATE
from dsexplore.engine.quantity import quantity


@quantity("byte", source=DISPATCH_ESTIMATE)
def expert_dispatch_bytes(
    num_moe_layers, computed_experts_per_token, expert_input_width, pretraining_tokens
):
    """Bytes sent to experts over the whole run, forward: one BF16 copy per token and expert."""
    copies = num_moe_layers * computed_experts_per_token * pretraining_tokens
    return BF16_BYTES * expert_input_width * copies


@quantity("day", source=DISPATCH_ESTIMATE, better="less")
def expert_dispatch_days(expert_dispatch_bytes, num_gpus, scale_out_bandwidth):
    """Days of expert dispatch over the whole run, all between nodes and none hidden."""
    return ratio(expert_dispatch_bytes, num_gpus * scale_out_bandwidth * SECONDS_PER_DAY)


@quantity("fraction", source=DISPATCH_ESTIMATE, better="less")
def expert_dispatch_share(expert_dispatch_days, pretraining_days):
    """Days of expert dispatch, all between nodes and none hidden, as a share of the run."""
    return ratio(expert_dispatch_days, pretraining_days)
