"""Expert traffic: what dispatch and combine send in a step."""

from dsexplore.engine.again import once_more
from dsexplore.engine.assumptions import BOTH_NETWORKS, EVEN_ROUTING
from dsexplore.engine.collectives import nodes_spanned
from dsexplore.engine.constants import BF16_BYTES, FP8_WITH_SCALE_BYTES
from dsexplore.engine.counting import distinct_groups
from dsexplore.engine.elementwise import larger, smaller, where
from dsexplore.engine.idioms import if_any, stated_or
from dsexplore.engine.papers import DEEPEP, EXPERT_PRECISION, EXPERT_TRAFFIC, FOLDING
from dsexplore.engine.quantity import quantity

_LIBRARIES = ("expert_exchange", "deepep", "hybrid_ep")
_ONE_FOR_EACH_NODE = {"scale_out_copies": _LIBRARIES}
_ONE_FOR_EACH_GPU = {"scale_up_copies": _LIBRARIES}


def _element_bytes(precision):
    """Bytes of one value on the wire; in FP8, every 128 share a scale of 4 bytes."""
    return {"fp8": FP8_WITH_SCALE_BYTES, "bf16": BF16_BYTES}[precision]


# How far a token's copies go
@quantity("node", source=EXPERT_TRAFFIC)
def expert_nodes(expert_parallel, expert_tensor_group, scale_up_domain):
    """Nodes that the accelerators lie on which exchange tokens for a layer's routed experts."""
    return nodes_spanned(expert_parallel, expert_tensor_group, scale_up_domain)


@quantity("node", source=EXPERT_TRAFFIC)
def nodes_in_reach(expert_nodes, node_limit):
    """Nodes from which a token's experts may be chosen."""
    return where(node_limit > 0, smaller(node_limit, expert_nodes), expert_nodes)


@quantity("node", source=EXPERT_TRAFFIC, assumes=EVEN_ROUTING)
def expected_nodes_per_token(
    nodes_in_reach, expert_nodes, num_routed_experts, computed_experts_per_token
):
    """Distinct nodes that hold a token's experts, on average."""
    return distinct_groups(
        nodes_in_reach, num_routed_experts / expert_nodes, computed_experts_per_token
    )


@quantity("GPU", source=EXPERT_TRAFFIC, assumes=EVEN_ROUTING)
def expected_gpus_per_token(
    nodes_in_reach, expert_nodes, expert_parallel, num_routed_experts, computed_experts_per_token
):
    """Distinct accelerators that hold a token's experts, on average."""
    in_reach = nodes_in_reach * expert_parallel / expert_nodes
    return distinct_groups(
        in_reach, num_routed_experts / expert_parallel, computed_experts_per_token
    )


@quantity("", source=EXPERT_TRAFFIC)
def scale_out_copies(expected_nodes_per_token, expert_nodes):
    """Copies of a token sent between nodes: one to each other node with an expert of its own."""
    return expected_nodes_per_token * (1 - 1 / expert_nodes)


@quantity("", source=EXPERT_TRAFFIC)
def scale_up_copies(expected_gpus_per_token, expert_parallel, expert_nodes):
    """Copies of a token sent within nodes, those forwarded from other nodes included."""
    return expected_gpus_per_token * (1 - expert_nodes / expert_parallel)


@quantity("", source=EXPERT_TRAFFIC, only_when=_ONE_FOR_EACH_NODE)
def exchanged_out_copies(
    expert_exchange, scale_out_copies, computed_experts_per_token, expert_nodes
):
    """Copies of a token sent between nodes; by plain all-to-all, one for each of its experts."""
    if expert_exchange == "all_to_all":
        return computed_experts_per_token * (1 - 1 / expert_nodes)
    return scale_out_copies


@quantity("", source=EXPERT_TRAFFIC, only_when=_ONE_FOR_EACH_GPU)
def exchanged_up_copies(
    expert_exchange, scale_up_copies, computed_experts_per_token, expert_nodes, expert_parallel
):
    """Copies of a token sent within nodes; by plain all-to-all, one for each of its experts."""
    if expert_exchange == "all_to_all":
        return computed_experts_per_token * (1 / expert_nodes - 1 / expert_parallel)
    return scale_up_copies


@quantity("", source=EXPERT_TRAFFIC)
def sent_copies(expert_nodes, exchanged_out_copies, exchanged_up_copies):
    """Copies of a token that count as sent: between nodes, or within the only node."""
    return where(expert_nodes > 1, exchanged_out_copies, exchanged_up_copies)


# Dispatch and combine
@quantity("byte", source=EXPERT_PRECISION)
def dispatch_element_bytes(dispatch_precision):
    """Bytes per value on its way to an expert."""
    return _element_bytes(dispatch_precision)


@quantity("byte", source=EXPERT_PRECISION)
def combine_element_bytes(combine_precision):
    """Bytes per value on its way back from an expert."""
    return _element_bytes(combine_precision)


@quantity("second", source=EXPERT_TRAFFIC)
def exchange_delay(
    expert_exchange,
    exchange_call_time,
    collective_call_time,
    exchanged_out_copies,
    scale_out_call_time,
    scale_out_latency,
    exchanged_up_copies,
    scale_up_latency,
):
    """Time of one dispatch or combine beside what it sends; nothing is sent to oneself."""
    call = collective_call_time if expert_exchange == "all_to_all" else exchange_call_time
    far = scale_out_latency
    if expert_exchange == "all_to_all":
        far = far + scale_out_call_time
    between = if_any(exchanged_out_copies, far)
    sent = exchanged_out_copies + exchanged_up_copies
    return if_any(sent, call + between + if_any(exchanged_up_copies, scale_up_latency))


@quantity(
    "byte/s",
    source=DEEPEP,
    only_when={
        "communication_sms": ("expert_exchange", "deepep"),
        "exchange_sms": ("expert_exchange", "deepep"),
        "exchange_sm_rate": ("expert_exchange", "deepep"),
    },
)
def exchange_rate(
    expert_exchange,
    scale_up_bandwidth,
    exchange_efficiency,
    communication_sms,
    exchange_sms,
    exchange_sm_rate,
):
    """Bandwidth within a node of dispatch and combine; DeepEP's copying takes multiprocessors."""
    reached = scale_up_bandwidth * exchange_efficiency
    if expert_exchange != "deepep":
        return reached
    return smaller(reached, stated_or(communication_sms, exchange_sms) * exchange_sm_rate)


@quantity("second", source=EXPERT_TRAFFIC, assumes=BOTH_NETWORKS)
def token_exchange_time(
    exchanged_elements,
    dispatch_element_bytes,
    combine_element_bytes,
    exchanged_out_copies,
    exchanged_up_copies,
    scale_out_rate,
    exchange_rate,
    exchange_delay,
    capacity_factor,
):
    """Dispatch and combine of one layer and micro-batch, forward or backward.

    With a capacity, what is padded or dropped of it is sent or not.
    """
    sent = exchanged_elements * (dispatch_element_bytes + combine_element_bytes)
    sent = sent * stated_or(capacity_factor, 1.0)
    between, within = sent * exchanged_out_copies, sent * exchanged_up_copies
    between = if_any(between, between / scale_out_rate)
    within = if_any(within, within / exchange_rate)
    return larger(between, within) + 2 * exchange_delay


@quantity("byte", source=FOLDING)
def expert_tensor_message_bytes(
    exchanged_elements, computed_experts_per_token, expert_tensor_group
):
    """Bytes of the tokens that a group receives which shares experts' matrices."""
    return BF16_BYTES * exchanged_elements * computed_experts_per_token * expert_tensor_group


expert_tensor_gather_time = once_more(
    "tensor_gather_time",
    "Time to gather the tokens of a group that shares experts' matrices, or to scatter their sums.",
    tensor_message_bytes="expert_tensor_message_bytes",
    tensor_parallel="expert_tensor_group",
    tensor_nodes="expert_tensor_nodes",
)


@quantity("second", source=f"{EXPERT_TRAFFIC}; {FOLDING}")
def expert_exchange_time(token_exchange_time, expert_tensor_group, expert_tensor_gather_time):
    """Dispatch and combine of one layer and micro-batch, in both ways that experts are shared.

    Where several accelerators share an expert's matrices, tokens are gathered and sums scattered.
    """
    shared = where(expert_tensor_group > 1, 2 * expert_tensor_gather_time, 0.0)
    return token_exchange_time + shared


@quantity("", source=EXPERT_TRAFFIC)
def expert_exchanges(micro_batches, slowest_stage_moe_layers, repeated_exchange_share):
    """Dispatches of each accelerator per step: every MoE layer, micro-batch and pass over it."""
    return (2 + repeated_exchange_share) * micro_batches * slowest_stage_moe_layers


@quantity("byte", source=EXPERT_TRAFFIC)
def dispatch_bytes(expert_exchanges, exchanged_elements, dispatch_element_bytes, sent_copies):
    """Bytes each accelerator sends to experts per step, out of its node if they are on several."""
    return expert_exchanges * exchanged_elements * dispatch_element_bytes * sent_copies


@quantity("byte", source=EXPERT_TRAFFIC)
def combine_bytes(expert_exchanges, exchanged_elements, combine_element_bytes, sent_copies):
    """Bytes each accelerator sends back from experts per step, out of its node if on several."""
    return expert_exchanges * exchanged_elements * combine_element_bytes * sent_copies


@quantity("second", source=EXPERT_TRAFFIC)
def exchange_time(expert_exchanges, expert_exchange_time):
    """Time of all dispatches and combines of a step, one after another, with no compute beside."""
    return expert_exchanges * expert_exchange_time


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
