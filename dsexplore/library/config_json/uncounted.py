"""Types whose code is known and that no fields here count: why, and what to do."""

from __future__ import annotations

from typing import Final

from dsexplore.library.config_json.config import Config
from dsexplore.text.refusal import ScenarioError

_DRAFTS = "which drafts for another model and reads its cache: import the model that it drafts for"
_LOOPS = "whose layers run several times for a token, as {} says: a folder with its weights counts"
_WITH_WEIGHTS = ": a folder with its weights counts its parameters"

# A clause after the type's name.
UNCOUNTED: Final = {
    "blt": "which reads bytes in patches of changing length by four models" + _WITH_WEIGHTS,
    "dory": _LOOPS.format("n_recurrent_loops") + " its parameters",
    "dots3_note": "whose windows have latents of their own (swa_kv_lora_rank)" + _WITH_WEIGHTS,
    "gemma4_assistant": _DRAFTS,
    "gemma4_unified_assistant": _DRAFTS,
    "hrm_text": _LOOPS.format("H_cycles, L_cycles") + " its parameters",
    "inkling2_text": "whose layers choose among outputs of earlier ones (attention residuals)"
    + _WITH_WEIGHTS,
    "inkling2_loop_text": _LOOPS.format("loop_num_passes") + " its parameters",
    "qwen4_exp": "whose streams and n-gram tables (hc_count, ple_layer_ids) no fields hold"
    + _WITH_WEIGHTS,
}
UNCOUNTED["dots3_note_text"] = UNCOUNTED["dots3_note"]
UNCOUNTED["qwen4_exp_text"] = UNCOUNTED["qwen4_exp"]


def uncounted(config: Config, model_type: str) -> ScenarioError | None:
    """The refusal of a type that is known to be counted by no fields; None for any other."""
    why = UNCOUNTED.get(model_type)
    if why is None:
        return None
    return config.refusal("model_type", f"a type that fields count, not {model_type}, {why}")
