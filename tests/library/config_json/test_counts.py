"""Imported architectures against published counts, written out; none is computed here."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from dsexplore.engine import evaluate
from dsexplore.library.config_json import scenario_from_config
from tests.points import holds_at

CONFIGS = Path(__file__).parent / "configs"

# Total, active and routed experts' parameters, KV cache bytes a token in BF16, prediction modules.
# As reports and model cards state them. Balancing biases count: one a routed expert and MoE layer,
# 14,848 of DeepSeek-V3's, 14,240 of GLM-4.5's and 23,040 of Kimi K2's, which some counts leave out.
COUNTS = {
    "deepseek-llm-67b": (67_425_001_472, 67_425_001_472, 0, 389_120, 0),
    "deepseek-r1": (671_026_419_200, 37_552_297_472, 653_908_770_816, 70_272, 11_610_068_224),
    "deepseek-v2": (235_741_434_880, 21_375_800_320, 222_717_542_400, 69_120, 0),
    "deepseek-v3": (671_026_419_200, 37_552_297_472, 653_908_770_816, 70_272, 11_610_068_224),
    "deepseek-v3.2": (671_877_944_064, 38_403_822_336, 653_908_770_816, 85_888, 11_624_027_648),
    "glm-4.5": (352_797_829_024, 33_632_266_144, 335_963_750_400, 376_832, 3_988_069_792),
    "gpt-oss-120b": (116_829_156_672, 5_711_982_912, 114_701_598_720, 73_728, 0),
    "gpt3-175b": (174_604_259_328, 174_604_259_328, 0, 4_718_592, 0),
    "kimi-k2": (1_026_408_232_448, 32_861_500_928, 1_014_686_023_680, 70_272, 0),
    "llama-1-65b": (65_285_660_672, 65_285_660_672, 0, 2_621_440, 0),
    "llama-2-70b": (68_976_648_192, 68_976_648_192, 0, 327_680, 0),
    "llama-3-70b": (70_553_706_496, 70_553_706_496, 0, 327_680, 0),
    "llama-3-8b": (8_030_261_248, 8_030_261_248, 0, 131_072, 0),
    "llama-3.1-405b": (405_853_388_800, 405_853_388_800, 0, 516_096, 0),
    "llama-3.1-70b": (70_553_706_496, 70_553_706_496, 0, 327_680, 0),
    "llama-3.1-8b": (8_030_261_248, 8_030_261_248, 0, 131_072, 0),
    "llama-4-maverick": (400_711_848_960, 17_184_691_200, 386_547_056_640, 196_608, 0),
    "mixtral-8x7b": (46_702_792_704, 12_879_925_248, 45_097_156_608, 131_072, 0),
    "olmoe-1b-7b": (6_919_161_856, 1_282_017_280, 6_442_450_944, 131_072, 0),
    "qwen2.5-1.5b": (1_543_714_304, 1_543_714_304, 0, 28_672, 0),
    "qwen2.5-14b": (14_770_033_664, 14_770_033_664, 0, 196_608, 0),
    "qwen2.5-32b": (32_763_876_352, 32_763_876_352, 0, 262_144, 0),
    "qwen2.5-72b": (72_706_203_648, 72_706_203_648, 0, 327_680, 0),
    "qwen2.5-7b": (7_615_616_512, 7_615_616_512, 0, 57_344, 0),
    "qwen3-235b-a22b": (235_093_634_560, 22_190_763_520, 227_096_395_776, 192_512, 0),
}

# Total parameters and KV cache bytes a token in BF16. Totals are what transformers 5.23.0 itself
# counts in the model that it makes of the configuration (tied weights once, balancing biases
# with the rest), and what the published weights hold where they are of the same shape.
TOTALS = {
    "bloom-176b": (176_247_271_424, 4_014_080),
    "bloom-560m": (559_214_592, 98_304),
    "bloom-7b1": (7_069_016_064, 491_520),
    "dbrx": (131_596_523_520, 163_840),
    "deepseek-v2-lite": (15_706_484_224, 31_104),
    "falcon-40b": (41_303_293_952, 122_880),
    # The published file holds the tied head once more: 7,217,189,760.
    "falcon-7b": (6_921_720_704, 8_192),
    "falcon-rw-1b": (1_311_625_216, 196_608),
    "gemma-2-27b": (27_227_128_320, 376_832),
    "gemma-2-2b": (2_614_341_888, 106_496),
    "gemma-2-9b": (9_241_705_984, 344_064),
    "gemma-3-1b": (999_885_952, 26_624),
    # With the vision tower 4,300,079,472.
    "gemma-3-4b": (3_880_263_168, 139_264),
    "glm-4-9b-0414": (9_400_279_040, 40_960),
    # The published file holds the prediction module, its embedding and its head too:
    # 110,468,824,832 = 106,852,251,264 + 2,375,059,584 + 2 x 620,756,992.
    "glm-4.5-air": (106_852_251_264, 188_416),
    "gpt-oss-20b": (20_914_757_184, 49_152),
    "gpt2": (124_439_808, 36_864),
    "gpt2-xl": (1_557_611_200, 307_200),
    "llama-3.2-1b": (1_235_814_400, 32_768),
    "llama-4-scout": (107_769_861_120, 196_608),
    # The published file holds 13,880,064 scales of its FP8 weights too: 228,703,644,928.
    "minimax-m2": (228_689_764_864, 253_952),
    "mistral-7b-v0.1": (7_241_732_096, 131_072),
    "mixtral-8x22b": (140_620_634_112, 229_376),
    "olmo-2-7b": (7_298_617_344, 524_288),
    "opt-125m": (125_239_296, 36_864),
    "opt-175b": (174_604_468_224, 4_718_592),
    "opt-350m": (331_196_416, 98_304),
    "opt-6.7b": (6_658_473_984, 524_288),
    "phi-3-mini": (3_821_079_552, 393_216),
    "phi-3.5-moe": (41_873_153_344, 131_072),
    "phi-4": (14_659_507_200, 204_800),
    "qwen1.5-moe-a2.7b": (14_315_784_192, 196_608),
    "qwen3-0.6b": (596_049_920, 114_688),
    "qwen3-30b-a3b": (30_532_122_624, 98_304),
    "qwen3-8b": (8_190_735_360, 147_456),
    "starcoder2-15b": (15_957_889_024, 81_920),
    "starcoder2-3b": (3_030_371_328, 30_720),
}
PREDICTION_MODULES = {"glm-4.5-air": 2_375_059_584}


def results(name: str) -> dict[str, Any]:
    """What follows from an imported configuration, its cache within every window."""
    inputs = scenario_from_config(CONFIGS / f"{name}.json").inputs()
    return evaluate({**inputs, "kv_length": 1.0})


def test_every_configuration_is_counted():
    assert sorted(path.stem for path in CONFIGS.glob("*.json")) == sorted([*COUNTS, *TOTALS])


@holds_at("name", COUNTS)
def test_counts_agree_with_published_ones_to_the_last_parameter(name):
    values = results(name)
    counted = (
        values["total_parameters"],
        values["active_parameters"],
        values["routed_expert_parameters"],
        values["kv_cache_bytes_per_token"],
        values["mtp_parameters"],
    )
    assert counted == COUNTS[name]


@holds_at("name", TOTALS)
def test_totals_agree_with_the_published_code_to_the_last_parameter(name):
    values = results(name)
    assert (values["total_parameters"], values["kv_cache_bytes_per_token"]) == TOTALS[name]
    if name in PREDICTION_MODULES:
        assert values["mtp_parameters"] == PREDICTION_MODULES[name]


@holds_at("name", [*COUNTS, *TOTALS])
def test_whatever_is_imported_can_be_evaluated_whole(name):
    values = results(name)
    assert values["architecture_problem"] == ""
    assert 0 < values["active_parameters"] <= values["total_parameters"]
    assert 0 < values["training_flops_per_token"] <= values["training_flops_per_token_full"]
