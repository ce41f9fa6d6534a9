"""Problems of memory: what a layout does not fit into, on the accelerator and its host."""

from dsexplore.engine.constants import BYTES_PER_GB
from dsexplore.engine.formulas.problems.training import HOURS, RUN, STEP
from dsexplore.engine.idioms import exceeds
from dsexplore.engine.papers import DEFINITION, OFFLOAD
from dsexplore.engine.quantity import quantity
from dsexplore.engine.templates import sentence


@quantity(kind="problem", source=DEFINITION, forbids=RUN, concerns=HOURS)
def memory_problem(layout_is_stated, memory_per_gpu, memory_capacity, memory_verdict):
    """Warning of a stated layout that does not fit into memory."""
    return sentence(
        (layout_is_stated > 0) & exceeds(memory_per_gpu, memory_capacity),
        "Memory: the layout {verdict} on the fullest accelerator.",
        verdict=memory_verdict,
    )


@quantity(kind="problem", source=OFFLOAD, forbids=STEP)
def host_memory_problem(host_memory_per_gpu, host_memory_capacity):
    """Why what is offloaded cannot be: the host's memory does not hold it."""
    return sentence(
        exceeds(host_memory_per_gpu, host_memory_capacity),
        "Host memory: what is offloaded needs {need:,.4g} GB per accelerator, of {memory:,.4g} GB.",
        need=host_memory_per_gpu / BYTES_PER_GB,
        memory=host_memory_capacity / BYTES_PER_GB,
    )


@quantity(kind="problem", source=DEFINITION, forbids=STEP)
def whole_model_problem(layout_is_stated, memory_per_gpu, memory_capacity, memory_verdict):
    """Why no step is to be had where no layout is stated: one accelerator cannot hold the model."""
    return sentence(
        (layout_is_stated == 0) & exceeds(memory_per_gpu, memory_capacity),
        "Memory: no layout is stated, and an accelerator with the whole model {verdict}.",
        verdict=memory_verdict,
    )
