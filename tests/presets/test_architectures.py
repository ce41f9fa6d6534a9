"""Shipped architectures against published counts, written out; none is computed here."""

from typing import Any

import pytest

from dsexplore.engine import evaluate
from dsexplore.library.names import preset_names, presets_folder
from dsexplore.library.open import load_file
from dsexplore.scenario.scenario import Scenario
from tests.points import holds_at

# total, active, routed experts, embedding, output head, tied, KV cache bytes a token in BF16.
# DeepSeek's, Kimi's and GLM's counts hold the load-balancing biases that some counts leave out;
# GPT-3's embedding holds the 25,165,824 parameters of its learned positions.
COUNTS = {
    "zamba2-7b": (7356749648, 7356749648, 0, 114688000, 0, True, 372736),
    "falcon-mamba-7b": (7272665088, 7272665088, 0, 266338304, 266338304, False, 0),
    "mamba-2-2.7b": (2702599680, 2702599680, 0, 128737280, 0, True, 0),
    "recurrentgemma-9b": (8579977216, 8579977216, 0, 1048576000, 0, True, 12288),
    "falcon-h1-34b": (33642221312, 33642221312, 0, 1336934400, 1336934400, False, 147456),
    "gemma-3-27b": (27009346304, 27009346304, 0, 1409630208, 0, True, 507904),
    "gemma-3n-e2b": (4435182688, 4435182688, 0, 537395200, 0, True, 40960),
    "gemma-3n-e4b": (6835235568, 6835235568, 0, 537395200, 0, True, 40960),
    "gemma-4-26b-a4b": (25233141760, 3822530560, 22837985280, 738197504, 0, True, 225280),
    "gemma-4-31b": (30697345280, 30697345280, 0, 1409286144, 0, True, 901120),
    "jamba-1.5-large": (398555145696, 94149338592, 347892350976, 536870912, 536870912, False, 36864),
    "kimi-linear-48b-a3b": (49122681728, 3484459904, 47110422528, 377487360, 377487360, False, 8064),
    "minimax-m1": (456089655296, 48403306496, 434865438720, 1229193216, 1229193216, False, 40960),
    "minimax-text-01": (456089655296, 48403306496, 434865438720, 1229193216, 1229193216, False, 40960),
    "nemotron-3-nano-30b-a3b": (31577940288, 3580076352, 29374808064, 352321536, 352321536, False, 6144),
    "nemotron-3-super-120b-a12b": (120668707840, 12770237440, 112742891520, 536870912, 536870912, False, 8192),
    "nemotron-h-8b": (8100852736, 8100852736, 0, 536870912, 536870912, False, 16384),
    "qwen3-next-80b-a3b": (79674391296, 3874929408, 77309411328, 311164928, 311164928, False, 24576),
    "qwen3.5-397b-a17b": (396346350336, 17349040896, 386547056640, 1017118720, 1017118720, False, 30720),
    "deepseek-llm-67b": (67425001472, 67425001472, 0, 838860800, 838860800, False, 389120),
    "deepseek-r1": (671026419200, 37552297472, 653908770816, 926679040, 926679040, False, 70272),
    "deepseek-v2": (235741434880, 21375800320, 222717542400, 524288000, 524288000, False, 69120),
    "deepseek-v3": (671026419200, 37552297472, 653908770816, 926679040, 926679040, False, 70272),
    "deepseek-v3.2": (671877944064, 38403822336, 653908770816, 926679040, 926679040, False, 85888),
    "glm-4.5": (352797829024, 33632266144, 335963750400, 775946240, 775946240, False, 376832),
    "gpt-oss-120b": (116829156672, 5711982912, 114701598720, 579133440, 579133440, False, 73728),
    "gpt3-175b": (174604259328, 174604259328, 0, 642723840, 0, True, 4718592),
    "kimi-k2": (1026408232448, 32861500928, 1014686023680, 1174405120, 1174405120, False, 70272),
    "longcat-flash": (560664980480, 27954818048, 541165879296, 805306368, 805306368, False, 64512),
    "mimo-v2-flash": (308778780864, 15445936320, 302795194368, 624951296, 624951296, False, 222720),
    "step-3.5-flash": (196956130368, 11987323968, 190253629440, 527958016, 527958016, False, 184320),
    "llama-1-65b": (65285660672, 65285660672, 0, 262144000, 262144000, False, 2621440),
    "llama-2-70b": (68976648192, 68976648192, 0, 262144000, 262144000, False, 327680),
    "llama-3-70b": (70553706496, 70553706496, 0, 1050673152, 1050673152, False, 327680),
    "llama-3-8b": (8030261248, 8030261248, 0, 525336576, 525336576, False, 131072),
    "llama-3.1-405b": (405853388800, 405853388800, 0, 2101346304, 2101346304, False, 516096),
    "llama-3.1-70b": (70553706496, 70553706496, 0, 1050673152, 1050673152, False, 327680),
    "llama-3.1-8b": (8030261248, 8030261248, 0, 525336576, 525336576, False, 131072),
    "llama-4-maverick": (
        400711848960,
        17184691200,
        386547056640,
        1034485760,
        1034485760,
        False,
        196608,
    ),
    "mixtral-8x7b": (46702792704, 12879925248, 45097156608, 131072000, 131072000, False, 131072),
    "olmoe-1b-7b": (6919161856, 1282017280, 6442450944, 103022592, 103022592, False, 131072),
    "qwen2.5-1.5b": (1543714304, 1543714304, 0, 233373696, 0, True, 28672),
    "qwen2.5-14b": (14770033664, 14770033664, 0, 778567680, 778567680, False, 196608),
    "qwen2.5-32b": (32763876352, 32763876352, 0, 778567680, 778567680, False, 262144),
    "qwen2.5-72b": (72706203648, 72706203648, 0, 1245708288, 1245708288, False, 327680),
    "qwen2.5-7b": (7615616512, 7615616512, 0, 544997376, 544997376, False, 57344),
    "qwen3-8b": (8190735360, 8190735360, 0, 622329856, 622329856, False, 147456),
    "qwen3-235b-a22b": (
        235093634560,
        22190763520,
        227096395776,
        622329856,
        622329856,
        False,
        192512,
    ),
}
# Of one token, without the rows of an embedding that it only looks up.
WITHOUT_EMBEDDING = {
    "zamba2-7b": 7356749648,
    "falcon-mamba-7b": 7006326784,
    "mamba-2-2.7b": 2702599680,
    "recurrentgemma-9b": 8579977216,
    "falcon-h1-34b": 32305286912,
    "gemma-3-27b": 27009346304,
    "gemma-3n-e2b": 4435182688,
    "gemma-3n-e4b": 6835235568,
    "gemma-4-26b-a4b": 3822530560,
    "gemma-4-31b": 30697345280,
    "jamba-1.5-large": 93612467680,
    "kimi-linear-48b-a3b": 3106972544,
    "minimax-m1": 47174113280,
    "minimax-text-01": 47174113280,
    "nemotron-3-nano-30b-a3b": 3227754816,
    "nemotron-3-super-120b-a12b": 12233366528,
    "nemotron-h-8b": 7563981824,
    "qwen3-next-80b-a3b": 3563764480,
    "qwen3.5-397b-a17b": 16331922176,
    "deepseek-llm-67b": 66586140672,
    "deepseek-r1": 36625618432,
    "deepseek-v2": 20851512320,
    "deepseek-v3": 36625618432,
    "deepseek-v3.2": 37477143296,
    "glm-4.5": 32856319904,
    "gpt-oss-120b": 5132849472,
    "gpt3-175b": 174604259328,
    "kimi-k2": 31687095808,
    "longcat-flash": 27149511680,
    "mimo-v2-flash": 14820985024,
    "step-3.5-flash": 11459365952,
    "llama-1-65b": 65023516672,
    "llama-2-70b": 68714504192,
    "llama-3-70b": 69503033344,
    "llama-3-8b": 7504924672,
    "llama-3.1-405b": 403752042496,
    "llama-3.1-70b": 69503033344,
    "llama-3.1-8b": 7504924672,
    "llama-4-maverick": 16150205440,
    "mixtral-8x7b": 12748853248,
    "olmoe-1b-7b": 1178994688,
    "qwen2.5-1.5b": 1543714304,
    "qwen2.5-14b": 13991465984,
    "qwen2.5-32b": 31985308672,
    "qwen2.5-72b": 71460495360,
    "qwen2.5-7b": 7070619136,
    "qwen3-235b-a22b": 21568433664,
    "qwen3-8b": 7568405504,
}
# Routed experts a layer, and how many of them a token reaches.
EXPERTS = {
    "gemma-4-26b-a4b": (128, 8),
    "jamba-1.5-large": (16, 2),
    "kimi-linear-48b-a3b": (256, 8),
    "minimax-m1": (32, 2),
    "minimax-text-01": (32, 2),
    "nemotron-3-nano-30b-a3b": (128, 6),
    "nemotron-3-super-120b-a12b": (512, 22),
    "qwen3-next-80b-a3b": (512, 10),
    "qwen3.5-397b-a17b": (512, 10),
    "deepseek-r1": (256, 8),
    "deepseek-v2": (160, 6),
    "deepseek-v3": (256, 8),
    "deepseek-v3.2": (256, 8),
    "glm-4.5": (160, 8),
    "gpt-oss-120b": (128, 4),
    "kimi-k2": (384, 8),
    "longcat-flash": (512, 12),
    "mimo-v2-flash": (256, 8),
    "step-3.5-flash": (288, 8),
    "llama-4-maverick": (128, 1),
    "mixtral-8x7b": (8, 2),
    "olmoe-1b-7b": (64, 8),
    "qwen3-235b-a22b": (128, 8),
}
PREDICTION_MODULES = {
    "qwen3-next-80b-a3b": 1650471424,
    "qwen3.5-397b-a17b": 6595568128,
    "deepseek-r1": 11610068224,
    "deepseek-v3": 11610068224,
    "deepseek-v3.2": 11624027648,
    "glm-4.5": 3988069792,
    # Its publisher says 0.33 billion each.
    "mimo-v2-flash": 984870912,
    # Its publisher says 0.81 billion in all.
    "step-3.5-flash": 817348556.8,
}
# Total and active parameters as others count them, without the load-balancing biases.
WITHOUT_BALANCING_BIAS = {
    "gemma-4-26b-a4b": (25233137920, 3822526720),
    "kimi-linear-48b-a3b": (49122675072, 3484453248),
    "nemotron-3-nano-30b-a3b": (31577937344, 3580073408),
    "nemotron-3-super-120b-a12b": (120668687360, 12770216960),
    "deepseek-r1": (671026404352, 37552282624),
    "deepseek-v3": (671026404352, 37552282624),
    "deepseek-v3.2": (671877929216, 38403807488),
    "glm-4.5": (352797814784, 33632251904),
    "kimi-k2": (1026408209408, 32861477888),
}
# Total and active billions as the makers round them, and where they say so. Some leave the input
# embedding out of the active ones, some the output head too; Llama 4's hold its vision part.
AS_PUBLISHED = {
    "deepseek-llm-67b": (67, 67, "report"),
    "deepseek-r1": (671, 37, "report"),
    "deepseek-v2": (236, 21, "report"),
    "deepseek-v3": (671, 37, "report"),
    "deepseek-v3.2": (671, 37, "report of DeepSeek-V3; without the indexers"),
    "deepseek-v4-flash": (284, 13, "model card"),
    "deepseek-v4-pro": (1_600, 49, "model card"),
    "falcon-h1-34b": (33.6, 33.6, "report"),
    "falcon-mamba-7b": (7.27, 7.27, "report"),
    "longcat-flash": (560, 27, "report"),
    "mamba-2-2.7b": (2.7, 2.7, "paper"),
    "mimo-v2-flash": (309, 15, "report"),
    "recurrentgemma-9b": (8.58, 8.58, "report"),
    "step-3.5-flash": (196.8, 11, "model card"),
    "gemma-3-27b": (27, 27, "report"),
    "gemma-3n-e2b": (4.46, 4.46, "5.44 of the published weights, less MobileNet-V5-300M and 0.681 for sound"),
    "gemma-3n-e4b": (6.87, 6.87, "7.85 of the published weights, less MobileNet-V5-300M and 0.681 for sound"),
    "gemma-4-26b-a4b": (25.2, 3.8, "model card"),
    "gemma-4-31b": (30.7, 30.7, "model card"),
    "glm-4.5": (355, 32, "report"),
    "gpt-oss-120b": (116.8, 5.1, "model card"),
    "gpt3-175b": (174.6, 174.6, "paper, table D.1"),
    "jamba-1.5-large": (398, 94, "report"),
    "kimi-k2": (1_040, 32.6, "report"),
    "kimi-linear-48b-a3b": (48, 3, "report"),
    "llama-1-65b": (65.2, 65.2, "paper"),
    "llama-2-70b": (70, 70, "paper"),
    "llama-3-70b": (70.6, 70.6, "safetensors"),
    "llama-3-8b": (8.03, 8.03, "safetensors"),
    "llama-3.1-405b": (405, 405, "paper"),
    "llama-3.1-70b": (70.6, 70.6, "safetensors"),
    "llama-3.1-8b": (8.03, 8.03, "safetensors"),
    "llama-4-maverick": (400, 17, "model card"),
    "minimax-m1": (456, 45.9, "report"),
    "minimax-text-01": (456, 45.9, "report"),
    "mixtral-8x7b": (46.7, 12.9, "announcement"),
    "nemotron-3-nano-30b-a3b": (31.6, 3.6, "report; 3.2 without embeddings"),
    "nemotron-3-super-120b-a12b": (120.6, 12.7, "report"),
    "nemotron-h-8b": (8.1, 8.1, "report"),
    "olmoe-1b-7b": (6.9, 1.3, "paper"),
    "qwen2.5-1.5b": (1.54, 1.54, "report"),
    "qwen2.5-14b": (14.7, 14.7, "report"),
    "qwen2.5-32b": (32.5, 32.5, "report"),
    "qwen2.5-72b": (72.7, 72.7, "report"),
    "qwen2.5-7b": (7.61, 7.61, "report"),
    "qwen3-235b-a22b": (235, 22, "report"),
    "qwen3-8b": (8.2, 8.2, "model card"),
    "qwen3-next-80b-a3b": (80, 3, "model card"),
    "qwen3.5-397b-a17b": (397, 17, "model card"),
    "zamba2-7b": (7.4, 7.4, "report"),
}
CONTEXTS = {
    "zamba2-7b": 4096,
    "falcon-mamba-7b": 8192,
    "mamba-2-2.7b": None,
    "recurrentgemma-9b": 8192,
    "falcon-h1-34b": 262144,
    "gemma-3-27b": 131072,
    "gemma-3n-e2b": 32768,
    "gemma-3n-e4b": 32768,
    "gemma-4-26b-a4b": 262144,
    "gemma-4-31b": 262144,
    "jamba-1.5-large": 262144,
    "kimi-linear-48b-a3b": 1048576,
    "minimax-m1": 1000000,
    "minimax-text-01": 1000000,
    "nemotron-3-nano-30b-a3b": 1048576,
    "nemotron-3-super-120b-a12b": 1048576,
    "nemotron-h-8b": 8192,
    "qwen3-next-80b-a3b": 262144,
    "qwen3.5-397b-a17b": 262144,
    "deepseek-llm-67b": 4096,
    "deepseek-r1": 131072,
    "deepseek-v2": 131072,
    "deepseek-v3": 131072,
    "deepseek-v3.2": 131072,
    "glm-4.5": 131072,
    "gpt-4": 8192,
    "gpt-oss-120b": 131072,
    "gpt3-175b": 2048,
    "kimi-k2": 131072,
    "longcat-flash": 131072,
    "mimo-v2-flash": 262144,
    "step-3.5-flash": 262144,
    "llama-1-65b": 2048,
    "llama-2-70b": 4096,
    "llama-3-70b": 8192,
    "llama-3-8b": 8192,
    "llama-3.1-405b": 131072,
    "llama-3.1-70b": 131072,
    "llama-3.1-8b": 131072,
    "llama-4-maverick": 1048576,
    "mixtral-8x7b": 32768,
    "o1": 200000,
    "olmoe-1b-7b": 4096,
    "qwen2.5-1.5b": 32768,
    "qwen2.5-14b": 131072,
    "qwen2.5-32b": 131072,
    "qwen2.5-72b": 131072,
    "qwen2.5-7b": 131072,
    "qwen3-235b-a22b": 131072,
    "qwen3-8b": 131072,
}
# Sequence length, training FLOP a token with the causal half and with the whole square of
# attention, as a framework's own counter gives them.
TRAINING_FLOPS = [
    ("llama-3-8b", 4096, 48249176064, 51470401536),
    ("llama-3-8b", 8192, 51470401536, 57912852480),
    ("llama-3.1-405b", 4096, 2473221685248, 2523955986432),
    ("llama-3.1-405b", 8192, 2523955986432, 2625424588800),
    ("deepseek-v2", 4096, 155303608320, 185502597120),
    ("deepseek-v3", 4096, 250449887232, 281152192512),
    ("mixtral-8x7b", 4096, 79712747520, 82933972992),
    ("gpt3-175b", 2048, 1061877915648, 1076373430272),
]
UNBOUNDED = {"attention_window": 0, "windowed_layers": 0, "index_top_k": 0}
# A length at which the model's windows or its indexer keep attention from some of the tokens.
BOUNDED = [("gpt-oss-120b", 4096), ("llama-4-maverick", 32768), ("deepseek-v3.2", 8192)]
UNPUBLISHED = ("gpt-4", "o1")


def architecture(name: str) -> Scenario:
    """The scenario of an architecture's file alone, not of a scenario of the same name."""
    return load_file(presets_folder() / "architectures" / f"{name}.toml")


def results(name: str, **changes: object) -> dict[str, Any]:
    """What follows from an architecture with some fields changed."""
    return evaluate(architecture(name).with_values(changes).inputs())


def test_the_architectures_listed_here_ship():
    assert {*COUNTS, *UNPUBLISHED} <= {*preset_names("architectures")}


@holds_at("name", COUNTS)
def test_counts_agree_with_published_ones_to_the_last_parameter(name):
    # A context of one token is within every window.
    values = results(name, kv_length=1)
    counted = (
        values["total_parameters"],
        values["active_parameters"],
        values["routed_expert_parameters"],
        values["embedding_parameters"],
        values["head_parameters"],
        architecture(name).architecture.tie_embeddings,
        values["kv_cache_bytes_per_token"],
    )
    assert counted == COUNTS[name]


def test_every_architecture_is_as_large_as_its_maker_says():
    assert {*AS_PUBLISHED, *UNPUBLISHED} == {*preset_names("architectures")}
    for name, (total, active, _) in AS_PUBLISHED.items():
        values = results(name)
        assert values["total_parameters"] == pytest.approx(total * 1e9, rel=0.025), name
        most, head = values["active_parameters"], values["head_parameters"]
        least = values["active_parameters_without_embedding"] - head
        # Half a billion is what rounding to a whole one takes.
        rounding = max(0.025 * active * 1e9, 0.5e9 if active == int(active) else 0.0)
        assert least - rounding <= active * 1e9 <= most + rounding, name


@holds_at("name", WITHOUT_EMBEDDING)
def test_active_parameters_without_the_input_embedding(name):
    assert results(name)["active_parameters_without_embedding"] == WITHOUT_EMBEDDING[name]


@holds_at("name", COUNTS)
def test_the_numbers_of_experts(name):
    shape = architecture(name).architecture
    numbers = (shape.num_routed_experts, shape.experts_per_token)
    assert numbers == EXPERTS.get(name, (0, 0))


@holds_at("name", WITHOUT_BALANCING_BIAS)
def test_without_the_balancing_bias_as_others_count(name):
    values = results(name, router_bias=False)
    counted = (values["total_parameters"], values["active_parameters"])
    assert counted == WITHOUT_BALANCING_BIAS[name]


@holds_at("name", COUNTS)
def test_prediction_modules_to_the_last_parameter(name):
    assert results(name)["mtp_parameters"] == PREDICTION_MODULES.get(name, 0)


@holds_at("name", CONTEXTS)
def test_the_context_that_a_model_is_published_for(name):
    assert architecture(name).architecture.max_context_length == CONTEXTS[name]


def test_every_architecture_states_its_context():
    assert {*CONTEXTS} <= {*preset_names("architectures")}


@holds_at("name", COUNTS)
def test_nothing_is_wrong_with_an_architecture(name):
    assert results(name)["architecture_problem"] == ""


@holds_at(("name", "sequence_length", "causal", "full"), TRAINING_FLOPS)
def test_training_flop_agree_with_a_counter(name, sequence_length, causal, full):
    values = results(name, sequence_length=sequence_length, **UNBOUNDED)
    assert values["training_flops_per_token"] == pytest.approx(causal, rel=1e-3)
    assert values["training_flops_per_token_full"] == pytest.approx(full, rel=1e-3)


@pytest.mark.parametrize(("name", "sequence_length"), BOUNDED)
@pytest.mark.parametrize("counted", ["training_flops_per_token", "training_flops_per_token_full"])
def test_windows_and_indexers_save_arithmetic(name, sequence_length, counted):
    bounded = results(name, sequence_length=sequence_length)[counted]
    unbounded = results(name, sequence_length=sequence_length, **UNBOUNDED)[counted]
    assert 0.5 * unbounded < bounded < unbounded


@pytest.mark.parametrize(
    ("name", "bytes_per_token"), [("deepseek-v2", 3932160), ("deepseek-v3", 3997696)]
)
def test_latent_attention_switched_off_is_multi_head_attention(name, bytes_per_token):
    values = results(name, attention="gqa")
    assert values["kv_cache_bytes_per_token"] == bytes_per_token


def test_weights_outside_experts_are_those_of_published_headers() -> None:
    """Intern-S2 397B is Qwen3.5's shape with another vocabulary: its safetensors headers add up."""
    values = results("qwen3.5-397b-a17b", vocab_size=251_392)
    assert values["non_expert_parameters"] == 9_824_459_520


def test_the_module_of_deepseek_v4_holds_the_tensors_that_its_published_code_names() -> None:
    """MTPBlock: window attention, experts, two projections, five norms, streams of its own."""
    width, queries, outputs = 4096, 64 * 512, 8 * 1024
    attention = (width + queries) * 1024 + width * 512 + queries * 1024 + outputs * width
    vectors = 1024 + 512 + 64 + 5 * width
    experts = 257 * 3 * width * 2048 + 256 * width + 256
    streams = 2 * (24 * 4 * width + 24 + 3) + 4 * 4 * width + 4 + 1
    held = attention + vectors + experts + 2 * width**2 + streams
    assert results("deepseek-v4-flash")["mtp_parameters"] == held


def test_a_token_of_longcat_reaches_what_its_report_says() -> None:
    """27 billion on average, 18.6 with zero experts alone, 31.3 with none of them."""
    reached = "active_parameters_without_embedding"
    assert results("longcat-flash")[reached] == pytest.approx(27e9, rel=0.01)
    assert results("longcat-flash", zero_experts=0)[reached] == pytest.approx(31.3e9, rel=0.01)
    fewest = results("longcat-flash", zero_experts=10**6)
    shared = fewest["router_weights"] - 28 * 768 * 6144
    assert fewest[reached] - shared == pytest.approx(18.6e9, rel=0.01)


def test_windows_of_other_heads_cache_and_score_as_wide_as_they_are() -> None:
    """MiMo-V2-Flash: 320 of width in 4 heads of 9 layers, in 8 of 39 that end after 128 tokens."""
    cache = results("mimo-v2-flash", kv_length=1024)["kv_cache_per_request"]
    assert cache == pytest.approx(2 * 320 * (9 * 4 * 1024 + 39 * 8 * 128))
    # Step 3.5 Flash: 64 heads in 12 layers, 96 in 33.
    scores = results("step-3.5-flash")["attention_flops_per_attended_token"]
    assert scores == pytest.approx(4 * 128 * (12 * 64 + 33 * 96))
