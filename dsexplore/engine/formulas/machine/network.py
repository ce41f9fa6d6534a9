"""Network: what an accelerator reaches of its links, and how many the fast ones join."""

from dsexplore.engine.assumptions import SHARE_OF_LINK
from dsexplore.engine.elementwise import larger, smaller, where
from dsexplore.engine.papers import DEFINITION
from dsexplore.engine.quantity import quantity


@quantity("GPU", source=DEFINITION)
def scale_up_domain(gpus_per_node, num_gpus, slices):
    """Accelerators of the run that scale-up links join: a node or pod, or a slice of one."""
    of_a_slice = larger(num_gpus / slices, 1.0)
    return where(slices > 1, smaller(gpus_per_node, of_a_slice), gpus_per_node)


@quantity("byte/s", assumes=SHARE_OF_LINK)
def scale_up_rate(scale_up_bandwidth, network_efficiency):
    """Bandwidth within a node that large collectives of many ranks reach."""
    return scale_up_bandwidth * network_efficiency


@quantity("byte/s", assumes=SHARE_OF_LINK)
def all_reduce_rate(scale_up_rate, all_reduce_gain):
    """Bandwidth within a node that large all-reduces of many ranks reach."""
    return scale_up_rate * all_reduce_gain


@quantity("byte/s", assumes=SHARE_OF_LINK)
def scale_out_rate(scale_out_bandwidth, scale_out_efficiency):
    """Bandwidth between nodes that large collectives reach, of one accelerator."""
    return scale_out_bandwidth * scale_out_efficiency
