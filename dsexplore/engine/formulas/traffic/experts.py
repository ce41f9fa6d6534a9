"""Expert traffic: what dispatch and combine send in a step."""

from dsexplore.engine.assumptions import BOTH_NETWORKS, EVEN_ROUTING
from dsexplore.engine.constants import BF16_BYTES, FP8_WITH_SCALE_BYTES
from dsexplore.engine.counting import distinct_groups
from dsexplore.engine.elementwise import larger, smaller, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.idioms import if_any
from dsexplore.engine.papers import EXPERT_PRECISION, EXPERT_TRAFFIC


def _element_bytes(precision):
    """Bytes of one value on the wire; in FP8, every 128 share a scale of 4 bytes."""
    return {"fp8": FP8_WITH_SCALE_BYTES, "bf16": BF16_BYTES}[precision]


# How far a token's copies go
@quantity("node", source=EXPERT_TRAFFIC)
def expert_nodes(expert_parallel, gpus_per_node):
    """Nodes that hold the routed experts of a layer."""
    return larger(expert_parallel / gpus_per_node, 1.0)


@quantity("node", source=EXPERT_TRAFFIC)
def nodes_in_reach(expert_nodes, node_limit):
    """Nodes from which a token's experts may be chosen."""
    return where(node_limit > 0, smaller(node_limit, expert_nodes), expert_nodes)


@quantity("node", source=EXPERT_TRAFFIC, assumes=EVEN_ROUTING)
def expected_nodes_per_token(nodes_in_reach, expert_nodes, num_routed_experts, experts_per_token):
    """Distinct nodes that hold a token's experts, on average."""
    return distinct_groups(nodes_in_reach, num_routed_experts / expert_nodes, experts_per_token)


@quantity("GPU", source=EXPERT_TRAFFIC, assumes=EVEN_ROUTING)
def expected_gpus_per_token(
    nodes_in_reach, expert_nodes, expert_parallel, num_routed_experts, experts_per_token
):
    """Distinct accelerators that hold a token's experts, on average."""
    in_reach = nodes_in_reach * expert_parallel / expert_nodes
    return distinct_groups(in_reach, num_routed_experts / expert_parallel, experts_per_token)


@quantity("", source=EXPERT_TRAFFIC)
def scale_out_copies(expected_nodes_per_token, expert_nodes):
    """Copies of a token sent between nodes: one to each other node with an expert of its own."""
    return expected_nodes_per_token * (1 - 1 / expert_nodes)


@quantity("", source=EXPERT_TRAFFIC)
def scale_up_copies(expected_gpus_per_token, expert_parallel, expert_nodes):
    """Copies of a token sent within nodes, those forwarded from other nodes included."""
    return expected_gpus_per_token * (1 - expert_nodes / expert_parallel)


@quantity("", source=EXPERT_TRAFFIC)
def sent_copies(expert_nodes, scale_out_copies, scale_up_copies):
    """Copies of a token that count as sent: between nodes, or within the only node."""
    return where(expert_nodes > 1, scale_out_copies, scale_up_copies)


# Dispatch and combine
@quantity("byte", source=EXPERT_PRECISION)
def dispatch_element_bytes(dispatch_precision):
    """Bytes per value on its way to an expert."""
    return _element_bytes(dispatch_precision)


@quantity("byte", source=EXPERT_PRECISION)
def combine_element_bytes(combine_precision):
    """Bytes per value on its way back from an expert."""
    return _element_bytes(combine_precision)


@quantity("second", source=EXPERT_TRAFFIC, assumes=BOTH_NETWORKS)
def expert_exchange_time(
    elements_per_micro_batch,
    dispatch_element_bytes,
    combine_element_bytes,
    scale_out_copies,
    scale_up_copies,
    scale_out_bandwidth,
    scale_up_bandwidth,
    scale_out_latency,
    scale_up_latency,
):
    """Dispatch and combine of one layer and micro-batch at full bandwidth, forward or backward."""
    sent = elements_per_micro_batch * (dispatch_element_bytes + combine_element_bytes)
    between, within = sent * scale_out_copies, sent * scale_up_copies
    between = if_any(between, between / scale_out_bandwidth)
    within = if_any(within, within / scale_up_bandwidth)
    delay = if_any(scale_out_copies, scale_out_latency) + if_any(scale_up_copies, scale_up_latency)
    return larger(between, within) + 2 * delay


@quantity("", source=EXPERT_TRAFFIC)
def expert_exchanges(micro_batches, slowest_stage_moe_layers):
    """Dispatches of each accelerator per step: every MoE layer and micro-batch, both directions."""
    return 2 * micro_batches * slowest_stage_moe_layers


@quantity("byte", source=EXPERT_TRAFFIC)
def dispatch_bytes(expert_exchanges, elements_per_micro_batch, dispatch_element_bytes, sent_copies):
    """Bytes each accelerator sends to experts per step, out of its node if they are on several."""
    return expert_exchanges * elements_per_micro_batch * dispatch_element_bytes * sent_copies


@quantity("byte", source=EXPERT_TRAFFIC)
def combine_bytes(expert_exchanges, elements_per_micro_batch, combine_element_bytes, sent_copies):
    """Bytes each accelerator sends back from experts per step, out of its node if on several."""
    return expert_exchanges * elements_per_micro_batch * combine_element_bytes * sent_copies


@quantity("second", source=EXPERT_TRAFFIC)
def exchange_time(expert_exchanges, expert_exchange_time, network_efficiency):
    """Time of all dispatches and combines of a step, one after another, with no compute beside."""
    return expert_exchanges * expert_exchange_time / network_efficiency


@quantity("second", source=EXPERT_TRAFFIC)
def dispatch_time(exchange_time, dispatch_element_bytes, combine_element_bytes):
    """Time of dispatch per step, before any overlap."""
    both = dispatch_element_bytes + combine_element_bytes
    return exchange_time * dispatch_element_bytes / both


@quantity("second", source=EXPERT_TRAFFIC)
def combine_time(exchange_time, dispatch_element_bytes, combine_element_bytes):
    """Time of combine per step, before any overlap."""
    both = dispatch_element_bytes + combine_element_bytes
    return exchange_time * combine_element_bytes / both
