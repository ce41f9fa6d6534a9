"""Expert traffic: what dispatch and combine send, a step and over the whole run."""

from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.counting import distinct_groups
from dsexplore.engine.elementwise import larger, smaller, where
from dsexplore.engine.graph import quantity
from dsexplore.engine.papers import EXPERT_PRECISION, EXPERT_TRAFFIC


# Experts
@quantity("node", source=EXPERT_TRAFFIC)
def expert_nodes(expert_parallel, gpus_per_node):
    """Nodes that the routed experts of a layer are spread over."""
    return larger(expert_parallel / gpus_per_node, 1.0)


@quantity("node", source=EXPERT_TRAFFIC)
def nodes_in_reach(expert_nodes, node_limit):
    """Nodes that the experts of one token may lie on."""
    return where(node_limit > 0, smaller(node_limit, expert_nodes), expert_nodes)


@quantity("node", source=EXPERT_TRAFFIC)
def expected_nodes_per_token(nodes_in_reach, expert_nodes, num_routed_experts, experts_per_token):
    """Distinct nodes that the experts of a token lie on, on average, under even routing."""
    return distinct_groups(nodes_in_reach, num_routed_experts / expert_nodes, experts_per_token)


@quantity("GPU", source=EXPERT_TRAFFIC)
def expected_gpus_per_token(
    nodes_in_reach, expert_nodes, expert_parallel, num_routed_experts, experts_per_token
):
    """Distinct accelerators that the experts of a token lie on, on average."""
    in_reach = nodes_in_reach * expert_parallel / expert_nodes
    return distinct_groups(in_reach, num_routed_experts / expert_parallel, experts_per_token)


@quantity("", source=EXPERT_TRAFFIC)
def scale_out_copies(expected_nodes_per_token, expert_nodes):
    """Copies of a token that leave its node: one for each other node that it is needed on."""
    return expected_nodes_per_token * (1 - 1 / expert_nodes)


@quantity("", source=EXPERT_TRAFFIC)
def scale_up_copies(expected_gpus_per_token, expert_parallel, expert_nodes):
    """Copies of a token that pass between accelerators of a node, forwarded ones included."""
    return expected_gpus_per_token * (1 - expert_nodes / expert_parallel)


@quantity("byte", source=EXPERT_PRECISION)
def dispatch_element_bytes(dispatch_precision):
    """Bytes of one number on its way to an expert; FP8 carries a scale of 4 bytes for 128."""
    return {"fp8": BF16_BYTES / 2 * (1 + 4 / 128), "bf16": BF16_BYTES}[dispatch_precision]


@quantity("byte", source=EXPERT_PRECISION)
def combine_element_bytes(combine_precision):
    """Bytes of one number on its way back from an expert."""
    return {"fp8": BF16_BYTES / 2 * (1 + 4 / 128), "bf16": BF16_BYTES}[combine_precision]


@quantity("second", source=EXPERT_TRAFFIC)
def expert_exchange_time(
    elements_per_micro_batch,
    dispatch_element_bytes,
    combine_element_bytes,
    scale_out_copies,
    scale_up_copies,
    scale_out_bandwidth,
    scale_up_bandwidth,
    scale_out_delay,
    scale_up_delay,
):
    """One layer's dispatch and combine of one micro-batch at full links, one direction of training.

    Both networks work at once, as forwarding within the node keeps pace; the slower one counts.
    """
    sent = elements_per_micro_batch * (dispatch_element_bytes + combine_element_bytes)
    between, within = sent * scale_out_copies, sent * scale_up_copies
    between = where(between == 0, 0.0, between / scale_out_bandwidth)
    within = where(within == 0, 0.0, within / scale_up_bandwidth)
    delays = 2 * (scale_out_delay * (scale_out_copies > 0) + scale_up_delay * (scale_up_copies > 0))
    return larger(between, within) + delays


@quantity("", source=EXPERT_TRAFFIC)
def expert_exchanges(micro_batches, slowest_stage_moe_layers):
    """Dispatches of an accelerator in a step: of each layer and micro-batch, forward and back."""
    return 2 * micro_batches * slowest_stage_moe_layers


@quantity("", source=EXPERT_TRAFFIC)
def sent_copies(expert_nodes, scale_out_copies, scale_up_copies):
    """Copies of a token that count as sent: between nodes, or within the only one."""
    return where(expert_nodes > 1, scale_out_copies, scale_up_copies)


@quantity("byte", source=EXPERT_TRAFFIC)
def dispatch_bytes(expert_exchanges, elements_per_micro_batch, dispatch_element_bytes, sent_copies):
    """Sent to experts by one accelerator in a step, out of its node if they lie on several."""
    return expert_exchanges * elements_per_micro_batch * dispatch_element_bytes * sent_copies


@quantity("byte", source=EXPERT_TRAFFIC)
def combine_bytes(expert_exchanges, elements_per_micro_batch, combine_element_bytes, sent_copies):
    """Sent back from experts by one accelerator in a step, out of its node if on several."""
    return expert_exchanges * elements_per_micro_batch * combine_element_bytes * sent_copies


@quantity("second", source=EXPERT_TRAFFIC)
def exchange_time(expert_exchanges, expert_exchange_time, network_efficiency):
    """Dispatch and combine of a step one after another, with nothing beside them."""
    return expert_exchanges * expert_exchange_time / network_efficiency


@quantity("second", source=EXPERT_TRAFFIC)
def dispatch_time(exchange_time, dispatch_element_bytes, combine_element_bytes):
    """Time of dispatch in a step."""
    both = dispatch_element_bytes + combine_element_bytes
    return exchange_time * dispatch_element_bytes / both


@quantity("second", source=EXPERT_TRAFFIC)
def combine_time(exchange_time, dispatch_element_bytes, combine_element_bytes):
    """Time of combine in a step."""
    both = dispatch_element_bytes + combine_element_bytes
    return exchange_time * combine_element_bytes / both
