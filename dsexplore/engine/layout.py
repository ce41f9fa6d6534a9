"""Layout: what follows from the degrees of parallelism."""

from dsexplore.engine.graph import quantity
from dsexplore.engine.numeric import where

_MEGATRON = "Narayanan et al. 2021, arXiv:2104.04473, section 3"


@quantity("GPU", source=_MEGATRON)
def model_parallel_gpus(tensor_parallel, pipeline_parallel, context_parallel):
    """Accelerators that hold one copy of the model."""
    return tensor_parallel * pipeline_parallel * context_parallel


@quantity("", source=_MEGATRON)
def data_parallel(num_gpus, model_parallel_gpus):
    """Copies of the model that train side by side; unknown where the GPUs do not divide."""
    copies = num_gpus / model_parallel_gpus
    return where(num_gpus % model_parallel_gpus == 0, copies, float("nan"))
