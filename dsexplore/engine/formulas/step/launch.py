"""Launch: how long the host takes to issue a pass, which may be longer than the pass takes."""

from dsexplore.engine.idioms import if_any
from dsexplore.engine.quantity import quantity

# Forward, backward for inputs and backward for weights: about as many operations in each.
PASSES_OF_A_LAYER = 3


@quantity(
    "second",
    assumes="The host issues forward and both backward passes of a layer in a third of its time.",
)
def layer_host_time(
    launch,
    dense_layer_host_time,
    moe_layer_host_time,
    moe_layer_share,
    compiled_host_share,
    graph_host_share,
    recomputed_layer_share,
):
    """Time in which the host issues a mean layer's work on a micro-batch, in all its passes.

    Layers recomputed whole issue the forward pass again.
    """
    share = {"eager": 1.0, "compiled": compiled_host_share, "graphs": graph_host_share}[launch]
    again = 1 + recomputed_layer_share / PASSES_OF_A_LAYER
    experts = if_any(moe_layer_share, moe_layer_share * moe_layer_host_time)
    eager = (1 - moe_layer_share) * dense_layer_host_time + experts
    return share * again * eager


@quantity("second", assumes="A stage's passes are issued one after another.")
def stage_pass_host_time(slowest_stage_layers, layer_host_time, recomputed_layer_share):
    """Time in which the host issues one pass of a micro-batch on the slowest stage: F, B or W."""
    passes = PASSES_OF_A_LAYER + recomputed_layer_share
    return slowest_stage_layers * layer_host_time / passes


@quantity("second", assumes="A stage's passes are issued one after another.")
def backward_host_time(stage_pass_host_time, recomputed_layer_share):
    """Time in which the host issues the backward pass for inputs, recomputation included."""
    return stage_pass_host_time * (1 + recomputed_layer_share)


@quantity(
    "second",
    assumes="The host keeps ahead of the accelerator, or the accelerator waits.",
    better="less",
)
def host_waiting_time(
    passes_alone,
    forward_time,
    forward_accelerator_time,
    backward_time,
    backward_accelerator_time,
    weight_time,
    weight_accelerator_time,
    passes_overlapped,
    overlapped_pair_time,
    overlapped_accelerator_time,
):
    """Time per step in which accelerators wait for the host to issue passes."""
    forward = forward_time - forward_accelerator_time
    backward = backward_time - backward_accelerator_time
    alone = forward + backward + weight_time - weight_accelerator_time
    together = overlapped_pair_time - overlapped_accelerator_time
    return passes_alone * alone + passes_overlapped * together
