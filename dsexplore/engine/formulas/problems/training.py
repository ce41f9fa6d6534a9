"""Problems of a model, a machine and the pre-training run."""

from dsexplore.engine.assumptions import NOT_GUESSED, SHARE_OF_PEAK
from dsexplore.engine.elementwise import fails, is_known, larger, where
from dsexplore.engine.papers import DEFINITION
from dsexplore.engine.quantity import quantity
from dsexplore.engine.templates import first_sentence, sentence
from dsexplore.scenario.layer_pattern import COMPRESSED, WINDOWED, has_kinds, layers_in

_NO_SHAPE = (
    "The shape of the model is not known: parameters and what follows from them are not "
    "computed. Give its sizes, or stated_total_parameters and stated_active_parameters."
)
_NO_FLOP = (
    "The model's attention is not known: its FLOP and what follows from them are not computed. "
    "Give its layers, heads and their width, or set flop_accounting to six_nd."
)
_NO_HOURS = (
    "Utilisation is measured, but no hours are given: set gpu_hours_per_trillion_tokens or "
    "stated_pretraining_gpu_hours, or utilization to assumed."
)
_NOT_CARRIED = (
    "GPU-hours were measured on another run, and what they would be here is not known: "
    "{basis} of one of the two is not. Set measured_basis to hours to keep them."
)
_NO_SHARE = (
    "GPU-hours were measured on another run, whose tokens are none or not known, so they do not "
    "change in proportion to tokens. Set measured_basis to hours to keep them."
)
_NO_STEP = (
    "Utilisation is predicted, but the model's shape or the accelerator is not known well enough "
    "to predict a step: set utilization to assumed or measured."
)
_MFU_ABOVE_PEAK = (
    "MFU is {mfu:.3g} times the peak, more than there is: hours, peak or tokens are off."
)
_HFU_ABOVE_PEAK = (
    "HFU is {hfu:.3g} times the peak: with what is recomputed, the run does more than there is."
)
_FULL_MFU_ABOVE_PEAK = (
    "MFU with attention counted in full is {full:.3g} times the peak: the run skips what it counts."
)
_PREDICTED_ABOVE_PEAK = (
    "The predicted step reaches {predicted:.3g} times the peak: the peak of MFU is another "
    "precision's, or the FLOP counted are not those of the model's shape."
)
_NO_PRECISION = "Training in {precision} (precision): this accelerator has no {precision} peak."
_LONG_PATTERN = (
    "Layer pattern: it lists {listed:g} layers, more than the model's {layers:g}; those beyond "
    "count for nothing."
)
_NO_WINDOW = (
    "Layer pattern: its windows have no width (attention_window is 0), so their layers attend to "
    "all."
)
_NOT_COMPRESSED = (
    "Layer pattern: csa and hca compress the keys of shared_kv (attention), and this model's is "
    "{attention}."
)
_BEYOND_CONTEXT = (
    "Sequence: {length:,.0f} tokens (sequence_length) are more than the {longest:,.0f} that the "
    "model is published for (max_context_length)."
)


# The step of a run that cannot be, and its parts.
STEP = (
    "layer_gemm_time",
    "layer_attention_time",
    "layer_moving_time",
    "head_time",
    "all_reduce_time",
    "key_value_gather_time",
    "pipeline_send_time",
    "expert_exchange_time",
    "data_parallel_time",
    "optimizer_time",
    "step_time",
)
# Hours that stand, as they were measured, and are questioned nevertheless.
HOURS = ("pretraining_gpu_hours",)
# And what it is said to reach: an MFU that is assumed of it, or hours carried over to it.
REACHED = ("assumed_mfu", "measured_run_changed")
RUN = (*STEP, *REACHED)


@quantity(kind="problem", assumes=NOT_GUESSED, forbids=("total_parameters", "active_parameters"))
def architecture_problem(total_parameters, active_parameters):
    """Why parameters are not computed: the model's shape is not known."""
    return sentence(fails(is_known(total_parameters) & is_known(active_parameters)), _NO_SHAPE)


@quantity(kind="problem", source=DEFINITION, concerns=("total_parameters",))
def pattern_problem(layer_pattern, num_layers, attention_window, attention):
    """Warning of a layer pattern that says more than the model has."""
    return first_sentence(
        (
            (num_layers < len(layers_in(layer_pattern)), _LONG_PATTERN),
            (has_kinds(layer_pattern, WINDOWED) and attention_window == 0, _NO_WINDOW),
            (has_kinds(layer_pattern, COMPRESSED) and attention != "shared_kv", _NOT_COMPRESSED),
        ),
        listed=len(layers_in(layer_pattern)),
        layers=num_layers,
        attention=attention,
    )


@quantity(kind="problem", assumes=NOT_GUESSED, forbids=("counted_flops_per_token",))
def flops_problem(total_parameters, active_parameters, counted_flops_per_token):
    """Why FLOP are not computed: the model's parameters are known, but not its attention."""
    known = is_known(total_parameters) & is_known(active_parameters)
    return sentence(known & fails(is_known(counted_flops_per_token)), _NO_FLOP)


@quantity(kind="problem", source=DEFINITION, forbids=RUN, concerns=HOURS)
def precision_problem(pretraining_tokens, precision, precision_peak):
    """Why nothing can be trained in the stated precision: the accelerator lacks it."""
    is_trained = pretraining_tokens != 0
    return sentence(is_trained & (precision_peak == 0), _NO_PRECISION, precision=precision.upper())


@quantity(kind="problem", source=DEFINITION, concerns=("pretraining_flops", "step_time"))
def context_problem(sequence_length, max_context_length):
    """Warning of sequences longer than the model is published for."""
    return sentence(
        sequence_length > max_context_length,
        _BEYOND_CONTEXT,
        length=sequence_length,
        longest=max_context_length,
    )


@quantity(kind="problem", assumes=NOT_GUESSED, forbids=("pretraining_gpu_hours",))
def hours_problem(
    utilization,
    gpu_hours_per_trillion_tokens,
    stated_pretraining_gpu_hours,
    pretraining_tokens,
    step_time,
    layout_problem,
    precision_problem,
    measured_basis,
    measured_hours_factor,
    measured_gpu_hours,
):
    """Why there are no hours: none were given, or none follow from those of another run."""
    is_measured = utilization == "measured"
    basis = {"mfu": "the MFU", "prediction": "the predicted step", "hours": ""}[measured_basis]
    nothing = (gpu_hours_per_trillion_tokens == 0) & (stated_pretraining_gpu_hours == 0)
    lacking = nothing & is_measured
    unpredicted = fails(is_known(step_time)) & (utilization == "predicted")
    unpredicted = unpredicted & (layout_problem == "") & (precision_problem == "")
    no_share = is_known(pretraining_tokens) & fails(is_known(measured_gpu_hours))
    return first_sentence(
        [
            ((pretraining_tokens != 0) & lacking, _NO_HOURS),
            ((pretraining_tokens != 0) & unpredicted, _NO_STEP),
            (fails(is_known(measured_hours_factor)) & is_measured, _NOT_CARRIED),
            (no_share & is_measured, _NO_SHARE),
        ],
        basis=basis,
    )


@quantity(kind="problem", assumes=NOT_GUESSED, forbids=("mfu_peak_flops",))
def peak_problem(mfu_peak, mfu_peak_flops):
    """Why there is no MFU: the accelerator lacks the peak it is measured against."""
    return sentence(
        fails(mfu_peak_flops > 0),
        "MFU is a share of the {mfu_peak} peak, which this accelerator does not have or does not "
        "state: MFU and what follows from it are not computed.",
        mfu_peak=mfu_peak,
    )


@quantity(kind="problem", assumes=NOT_GUESSED, forbids=("price_per_gpu_hour",))
def price_problem(price_per_gpu_hour):
    """Why there are no costs: no price per GPU-hour is known."""
    return sentence(
        fails(is_known(price_per_gpu_hour)),
        "No price of a GPU-hour is known: costs are not computed. Give price_per_gpu_hour.",
    )


# A stated or assumed run that would do more than the peak does not take the hours it is said to.
@quantity(kind="problem", source=DEFINITION, forbids=("pretraining_gpu_hours",))
def mfu_problem(utilization, mfu, hfu):
    """Warning of pre-training's hours that imply a utilisation above 100 %."""
    stated = utilization != "predicted"
    return first_sentence(
        [(stated & (mfu > 1), _MFU_ABOVE_PEAK), (stated & (hfu > 1), _HFU_ABOVE_PEAK)],
        mfu=mfu,
        hfu=hfu,
    )


@quantity(kind="problem", source=DEFINITION, forbids=("mfu_full",))
def full_mfu_problem(mfu_problem, mfu_full):
    """Warning of an MFU above 100 % only because attention is counted in full."""
    return sentence((mfu_problem == "") & (mfu_full > 1), _FULL_MFU_ABOVE_PEAK, full=mfu_full)


@quantity(kind="problem", source=DEFINITION, forbids=("predicted_mfu", "predicted_hfu"))
def predicted_mfu_problem(predicted_mfu, predicted_hfu):
    """Warning of a predicted utilisation above 100 %: its peak or its FLOP are other ones."""
    predicted = larger(predicted_mfu, predicted_hfu)
    return sentence(predicted > 1, _PREDICTED_ABOVE_PEAK, predicted=predicted)


@quantity(kind="problem", assumes=SHARE_OF_PEAK)
def kernel_problem(
    kernel_speed,
    gemm_efficiency,
    gemm_share,
    attention_efficiency,
    attention_backward_efficiency,
    fused_attention_factor,
    flash_attention,
):
    """Warning of kernels that would be faster than the accelerator's peak."""
    # The output head is in BF16 at any precision.
    products = larger(gemm_efficiency, gemm_share)
    fused = larger(attention_efficiency, attention_backward_efficiency) * fused_attention_factor
    share = kernel_speed * larger(products, where(flash_attention > 0, fused, 0.0))
    return sentence(
        share > 1,
        "Kernel speed: {factor:g} times the efficiencies is {share:.3g} times the peak; no rate is "
        "counted above the peak.",
        factor=kernel_speed,
        share=share,
    )
