"""Cost of the pre-training run, at the rent of its GPU-hours."""

from dsexplore.engine.constants import TOKENS_PER_MILLION
from dsexplore.engine.elementwise import ratio, without_unknown
from dsexplore.engine.papers import DEFINITION, V3_COST
from dsexplore.engine.quantity import quantity


@quantity("USD", source=V3_COST, better="less")
def pretraining_cost(pretraining_gpu_hours, price_per_gpu_hour):
    """Cost of pre-training: the rent of its GPU-hours."""
    return pretraining_gpu_hours * price_per_gpu_hour


@quantity("USD", source=V3_COST, better="less")
def context_extension_cost(context_extension_hours, price_per_gpu_hour):
    """Cost of context extension: the rent of its GPU-hours."""
    return without_unknown(context_extension_hours, price_per_gpu_hour)


@quantity("USD/Mtoken", source=DEFINITION, better="less")
def pretraining_cost_per_million_tokens(pretraining_cost, pretraining_tokens):
    """Cost of pre-training per million tokens."""
    return ratio(pretraining_cost, pretraining_tokens / TOKENS_PER_MILLION)
