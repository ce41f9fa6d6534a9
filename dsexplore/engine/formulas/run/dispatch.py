"""Expert dispatch over the whole run, nothing shared and nothing hidden."""

from dsexplore.engine.constants import BF16_BYTES, SECONDS_PER_DAY
from dsexplore.engine.elementwise import ratio
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import DISPATCH_ESTIMATE


@quantity("byte", source=DISPATCH_ESTIMATE)
def expert_dispatch_bytes(num_moe_layers, experts_per_token, hidden_size, pretraining_tokens):
    """Bytes that enter experts in the forward passes of the whole run, nothing shared or saved.

    Every expert of every token gets a copy of its own, in the activations' own BF16.
    """
    copies = num_moe_layers * experts_per_token * pretraining_tokens
    return BF16_BYTES * hidden_size * copies


@quantity("day", source=DISPATCH_ESTIMATE)
def expert_dispatch_days(expert_dispatch_bytes, num_gpus, scale_out_bandwidth):
    """Days that those bytes take if all cross the scale-out network and none is hidden."""
    return ratio(expert_dispatch_bytes, num_gpus * scale_out_bandwidth * SECONDS_PER_DAY)


@quantity("fraction", source=DISPATCH_ESTIMATE)
def expert_dispatch_share(expert_dispatch_days, pretraining_days):
    """Those days as a share of the run."""
    return ratio(expert_dispatch_days, pretraining_days)
