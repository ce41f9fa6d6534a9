"""Sentences: what stands in the way of a result, with its numbers; empty where nothing does."""

from dsexplore.engine.graph import quantity
from dsexplore.engine.numeric import fails, is_known, sentence

_OWN = "The formulas of this program: what they need and cannot do without"


@quantity("text", source=_OWN)
def architecture_problem(total_parameters, active_parameters):
    """Says that the shape of the model is not known."""
    return sentence(
        fails(is_known(total_parameters) & is_known(active_parameters)),
        "The shape of the model is not known: parameters and what follows from them are not "
        "computed. Give its sizes, or stated_total_parameters and stated_active_parameters.",
    )


@quantity("text", source=_OWN)
def hours_problem(
    utilization, gpu_hours_per_trillion_tokens, stated_pretraining_gpu_hours, pretraining_tokens
):
    """Says that utilisation is measured and no hours are given."""
    nothing = (gpu_hours_per_trillion_tokens == 0) & (stated_pretraining_gpu_hours == 0)
    return sentence(
        nothing & (pretraining_tokens != 0) & (utilization == "measured"),
        "Utilisation is measured, but no hours are given: set gpu_hours_per_trillion_tokens or "
        "stated_pretraining_gpu_hours, or utilization to assumed.",
    )


@quantity("text", source=_OWN)
def peak_problem(mfu_peak, mfu_peak_flops):
    """Says that MFU is measured against a peak that the accelerator does not have."""
    return sentence(
        fails(mfu_peak_flops > 0),
        "MFU is a share of the {mfu_peak} peak, which this accelerator does not have or does not "
        "state: MFU and what follows from it are not computed.",
        mfu_peak=mfu_peak,
    )


@quantity("text", source=_OWN)
def mfu_problem(mfu):
    """Says that utilisation is above what is possible."""
    return sentence(
        mfu > 1,
        "MFU is {mfu:.3g} times the peak, more than there is: hours, peak or tokens are off.",
        mfu=mfu,
    )


@quantity("text", source="Narayanan et al. 2021, arXiv:2104.04473, section 3")
def layout_problem(
    num_gpus, model_parallel_gpus, tensor_parallel, pipeline_parallel, context_parallel
):
    """Says that the GPUs do not divide into copies of the model."""
    return sentence(
        num_gpus % model_parallel_gpus != 0,
        "Data parallel: {num_gpus:g} GPUs do not divide by {tensor:g} × {pipeline:g} × {context:g} "
        "(tensor × pipeline × context parallel).",
        num_gpus=num_gpus,
        tensor=tensor_parallel,
        pipeline=pipeline_parallel,
        context=context_parallel,
    )
