"""Pipeline: what the stages of a pipeline send each other in a step."""

from dsexplore.engine.constants import BF16_BYTES
from dsexplore.engine.elementwise import where
from dsexplore.engine.idioms import if_any, link_between, stated_or
from dsexplore.engine.papers import HYPER_CONNECTIONS, MEGATRON
from dsexplore.engine.quantity import quantity


@quantity("", source=MEGATRON)
def pipeline_crossings(pipeline_parallel, pieces_per_stage):
    """Times a micro-batch leaves each accelerator on its way forward: once per piece."""
    return where(pipeline_parallel > 1, pieces_per_stage, 0.0)


@quantity("", source=MEGATRON + "; " + HYPER_CONNECTIONS)
def stage_elements(elements_per_micro_batch, residual_streams):
    """Numbers between two stages on one accelerator, per micro-batch: all residual streams."""
    return elements_per_micro_batch * stated_or(residual_streams, 1.0)


@quantity(
    "second",
    source=MEGATRON,
    assumes="The stages of a pipeline are on different nodes, unless one node holds the cluster.",
)
def pipeline_send_time(
    pipeline_crossings,
    stage_elements,
    num_gpus,
    scale_up_domain,
    scale_up_rate,
    scale_out_rate,
    scale_up_latency,
    scale_out_latency,
    collective_call_time,
):
    """Time to send one micro-batch on, in one direction; the tensor-parallel group shares it."""
    rate = link_between(num_gpus, scale_up_domain, scale_up_rate, scale_out_rate)
    delay = link_between(num_gpus, scale_up_domain, scale_up_latency, scale_out_latency)
    one = BF16_BYTES * stage_elements / rate + delay + collective_call_time
    return if_any(pipeline_crossings, pipeline_crossings * one)


@quantity("byte", source=MEGATRON)
def pipeline_bytes(micro_batches, pipeline_crossings, stage_elements):
    """Pipeline traffic each accelerator sends per step, forward and backward."""
    return 2 * micro_batches * pipeline_crossings * BF16_BYTES * stage_elements


@quantity("second", source=MEGATRON)
def pipeline_time(micro_batches, pipeline_send_time):
    """Time of the pipeline's sends per step, before any overlap."""
    return 2 * micro_batches * pipeline_send_time
