"""Papers holding the formulas, each with its section.

A name says the subject of the section. This program's own choices stand in `assumptions`.
"""

_DEEPSEEK_V3 = "DeepSeek-V3 report, arXiv:2412.19437"
_DEEPSEEK_HARDWARE = "DeepSeek-AI 2025, 'Insights into DeepSeek-V3', arXiv:2505.09343"
_DEEPSEEK_R1 = "DeepSeek-R1, Nature 645, 633 (2025)"
_ERDIL = "Erdil 2025, 'What went into training DeepSeek-R1?', Epoch AI"
_KORTHIKANTI = "Korthikanti et al. 2022, arXiv:2205.05198"
_LLAMA_3 = "The Llama 3 Herd of Models, arXiv:2407.21783"
_MEGATRON_LM = "Narayanan et al. 2021, arXiv:2104.04473"
_ZERO = "ZeRO, arXiv:1910.02054"

# Models: parameters and FLOP
TRANSFORMER_SHAPE = "Counted from the published shape; Vaswani et al. 2017, section 3"
LATENT_ATTENTION = "DeepSeek-V2 report, arXiv:2405.04434, section 2.1"
INDEXER = "DeepSeek-V3.2 report, arXiv:2512.02556, section 2.1"
COMPRESSED_ATTENTION = "DeepSeek-V4 report, arXiv:2606.19348, section 2.3"
ALTUP = "AltUp: Baykal et al. 2023, arXiv:2301.13310, section 3"
HYPER_CONNECTIONS = "mHC: Xie et al. 2025, arXiv:2512.24880, section 4"
MODELS_CODE = "github.com/huggingface/transformers, the models' code"
GATED_DELTA = "Gated DeltaNet: Yang et al. 2024, arXiv:2412.06464, section 3"
KIMI_DELTA = "Kimi Linear report, arXiv:2510.26692, sections 3 and 4"
LIGHTNING = "Lightning attention: MiniMax-01 report, arXiv:2501.08313, section 2.2"
MAMBA_1 = "Mamba: Gu and Dao 2023, arXiv:2312.00752, section 3"
MAMBA_2 = "Mamba 2: Dao and Gu 2024, arXiv:2405.21060, sections 6 and 7"
MLSTM = "xLSTM 7B: Beck et al. 2025, arXiv:2503.13427, section 2"
RG_LRU = "Griffin: De et al. 2024, arXiv:2402.19427, section 2.4"
WKV = "RWKV: Peng et al. 2023, arXiv:2305.13048, section 3.1"
SHORT_CONV = "LFM2: arXiv:2511.23404, section 2"
STATES = "; ".join(
    (GATED_DELTA, KIMI_DELTA, LIGHTNING, MAMBA_2, MAMBA_1, MLSTM, RG_LRU, WKV, SHORT_CONV)
)
SHARED_BLOCKS = "Zamba 2: Glorioso et al. 2024, arXiv:2411.15242, section 2"
OPT = "OPT, arXiv:2205.01068, and the models' published code"
V3_EXPERTS = f"{_DEEPSEEK_V3}, section 2.1.2"
ZERO_EXPERTS = "Zero-computation experts: LongCat-Flash, arXiv:2509.01322, section 2.1"
LATENT_EXPERTS = "LatentMoE: Elango et al. 2026, arXiv:2601.18089, section 3"
FLOP_PER_TOKEN = "Kaplan et al. 2020, arXiv:2001.08361, section 2.1"
ATTENTION_FLOP = f"{_KORTHIKANTI}, appendix A"
WINDOWS = "Sliding windows: Beltagy et al. 2020, arXiv:2004.05150, section 3.1"
MFU = "PaLM, arXiv:2204.02311, appendix B"
LORA = "LoRA, arXiv:2106.09685, section 4"
FINE_TUNING_FLOP = f"{LORA}: only the adapters have gradients; PaLM, arXiv:2204.02311, appendix B"
PACKED_DOCUMENTS = (
    "Krell et al. 2021, arXiv:2107.02027, section 3: packed sequences do not attend to each other"
)

# Layouts and memory
MEGATRON = f"{_MEGATRON_LM}, section 3"
UNEVEN_STAGES = f"{_LLAMA_3}, section 3.3.2"
GROUPED_MICRO_BATCHES = f"{_LLAMA_3}, section 3.3.2; {_MEGATRON_LM}, section 2.2"
CONTEXT_PARALLEL = f"{_LLAMA_3}, section 3.3.2"
CAPACITY = "Switch Transformers, arXiv:2101.03961, section 2.2"
EXPERT_PARALLEL = f"{_DEEPSEEK_V3}, section 3.2"
DUALPIPE = f"{_DEEPSEEK_V3}, section 3.2.1 and table 2"
PREDICTION_MODULES = f"{_DEEPSEEK_V3}, sections 2.2 and 3.2.3"
LAYOUT_RULES = (
    "Narayanan et al. 2021, arXiv:2104.04473, sections 2 and 3; DeepSeek-V3 report, "
    "arXiv:2412.19437, section 3.2 and the DualPipe code published with it"
)
ZERO = f"{_ZERO}, section 5"
ZERO_GATHERED = (
    f"{_ZERO}, section 5.3; Zhao et al. 2023, 'PyTorch FSDP', arXiv:2304.11277, section 3"
)
LOSSES = (
    "Wijmans et al. 2024, 'Cut Your Losses', arXiv:2411.09009, table 1; "
    "github.com/NVIDIA/Megatron-LM, its cross-entropy in place"
)
ACTIVATIONS = f"{_KORTHIKANTI}, section 4"
ACTIVATIONS_IN_FLIGHT = f"{_DEEPSEEK_V3}, table 2; Korthikanti et al. 2022, section 4.2.3"
V3_RECOMPUTATION = f"{_DEEPSEEK_V3}, sections 3.2.3 and 3.3.3"

# Megatron-LM's --recompute-num-layers and --recompute-modules.
RECOMPUTED_LAYERS = f"{_KORTHIKANTI}, section 5; github.com/NVIDIA/Megatron-LM, its recomputation"
OFFLOAD = "ZeRO-Offload, arXiv:2101.06840, sections 3 and 4"
ACTIVATION_OFFLOAD = "Rajbhandari et al. 2021, 'ZeRO-Infinity', arXiv:2104.07857, sections 3 and 5"
# Optimisers
POWER_LIMIT = (
    "Samsi et al. 2023, arXiv:2310.03003, section IV: generation under power caps; dynamic power "
    "goes with the clock and the square of the voltage, Chandrakasan et al. 1992, JSSC 27, 473"
)
MUON = "Moonlight, arXiv:2502.16982, section 2"
NEWTON_SCHULZ = "Jordan et al. 2024, 'Muon', kellerjordan.github.io/posts/muon"

# Traffic and kernels
SEQUENCE_PARALLEL = f"{_KORTHIKANTI}, section 4.2"
EXPERT_TRAFFIC = f"{_DEEPSEEK_V3}, section 3.2.2"
DEEPEP = "github.com/deepseek-ai/DeepEP, README: normal kernels"
EXPERT_PRECISION = f"{_DEEPSEEK_V3}, section 3.3.3"
SHARD_GROUPS = "Zhao et al. 2023, 'PyTorch FSDP', arXiv:2304.11277, section 3.2"
FOLDING = "Liu et al. 2025, 'MoE Parallel Folding', arXiv:2504.14960, section 3"
RING_ATTENTION = "Liu et al. 2023, 'Ring Attention', arXiv:2310.01889, section 3"
ULYSSES = "Jacobs et al. 2023, 'DeepSpeed Ulysses', arXiv:2309.14509, section 3"
FSDP_OVERLAP = "Zhao et al. 2023, 'PyTorch FSDP', arXiv:2304.11277, section 3.3"
TENSOR_OVERLAP = "Wang et al. 2023, 'Overlap Communication with Dependent Computation', ASPLOS"
ZERO_TRAFFIC = f"{_ZERO}, section 7"
ROOFLINE = "Williams et al. 2009, 'Roofline', CACM 52(4)"
FLASH_ATTENTION_3 = "Shah et al. 2024, FlashAttention-3, arXiv:2407.08608, section 1"
FLASH_ATTENTION = "Dao 2023, arXiv:2307.08691, section 3; Dao et al. 2022, arXiv:2205.14135"
RECOMPUTATION = f"{_KORTHIKANTI}, sections 4 and 5"
V3_QUANTISATION = f"{_DEEPSEEK_V3}, section 3.3.2"
RECIPES_OF_FP8 = (
    "Micikevicius et al. 2022, arXiv:2209.05433; OCP Microscaling Formats 1.0; "
    "DeepSeek-V3 report, arXiv:2412.19437, section 3.3.2; NVFP4: arXiv:2509.25149"
)
V3_TRAINING = f"{_DEEPSEEK_V3}, sections 3.2 and 3.3"

# A step and a run
BUBBLES = f"{_DEEPSEEK_V3}, table 2; {_MEGATRON_LM}"
DUALPIPE_CODE = "github.com/deepseek-ai/DualPipe, dualpipe.py and dualpipev.py"
ZERO_BUBBLE = "Qi et al. 2024, arXiv:2401.10241, section 2"
HARDWARE_FLOP = f"{_MEGATRON_LM}, section 5"
STEP_PARTS = f"{_DEEPSEEK_HARDWARE}, table 4"
STRAGGLERS = "MegaScale, arXiv:2402.15627, sections 5 and 6"
FAILURES = f"{_LLAMA_3}, section 3.3.4"
CHECKPOINTS = "Daly 2006, Future Generation Computer Systems 22, 303; Young 1974, CACM 17, 530"
V3_COST = f"{_DEEPSEEK_V3}, table 1"
ENERGY = "Patterson et al. 2021, arXiv:2104.10350, section 2"
WATER = "Li et al. 2023, arXiv:2304.03271, section 3"
CLUSTER_COST = "Cottier et al. 2024, arXiv:2405.21015, section 2"
DISPATCH_ESTIMATE = f"{_ERDIL}, section Pre-training"

# Serving
V3_SERVICE = "DeepSeek, 'DeepSeek-V3/R1 Inference System Overview', 2025"
V3_PREFILL = f"{_DEEPSEEK_V3}, sections 3.2.2 and 3.4.1"
V3_DEPLOYMENT = f"{_DEEPSEEK_V3}, section 3.4"
DECODE_LIMIT = f"{_DEEPSEEK_HARDWARE}, section 2.3.2"
CACHE_SIZES = f"{_DEEPSEEK_HARDWARE}, table 1"
SHARDED_CACHE = "Pope et al. 2022, arXiv:2211.05102, section 3.3"
LOW_LATENCY = "github.com/deepseek-ai/DeepEP, README: low-latency kernels send each expert its copy"
SPECULATIVE = "Leviathan et al. 2023, arXiv:2211.17192: guessed tokens are verified in one step"
CHUNKED_PREFILL = "Sarathi-Serve, arXiv:2403.02310, sections 3 and 4"
DISAGGREGATED = "DistServe, arXiv:2401.09670, sections 2 and 3"
KV_TRANSFER = "Splitwise, arXiv:2311.18677, section 4; Mooncake, arXiv:2407.00079, section 3"
LITTLE = "Little 1961, Operations Research 9, 383: requests under way are load times time in it"
PRIORITY_QUEUE = (
    "Pollaczek and Khinchine's formula with a residual of lower priority: Kleinrock 1976, "
    "'Queueing Systems 2', section 3.4"
)
MANY_SERVERS = "Sakasegawa 1977, Annals of the Institute of Statistical Mathematics 29, 67"
BLOCK_SCALES = "OCP Microscaling Formats (MX) 1.0, 2023: weights in blocks with scales, for FP4"

# Reinforcement learning
GRPO = "DeepSeekMath, arXiv:2402.03300, section 4.1"
PPO = "Schulman et al. 2017, arXiv:1707.06347; Ouyang et al. 2022, arXiv:2203.02155, section 3.5"
R1 = f"{_DEEPSEEK_R1}, and arXiv:2501.12948v2"
R1_COST = f"{_DEEPSEEK_R1}, supplementary information, training cost"
R1_FRAMEWORK = (
    "DeepSeek-R1, arXiv:2501.12948v2, appendix B.1: rollout, inference, reward and training"
)
RL_ESTIMATE = f"{_ERDIL}, section RL"
HYBRIDFLOW = "HybridFlow, arXiv:2409.19256, sections 2 and 5"
DAPO = "DAPO, arXiv:2503.14476, section 3.2: groups that are all right or all wrong are dropped"
PARTIAL_ROLLOUTS = "Kimi k1.5, arXiv:2501.12599, section 2.6.2: answers carry on in later rollouts"
AREAL = "AReaL, arXiv:2505.24298, sections 2 and 3"
ORDER_STATISTICS = "David and Nagaraja 2003, 'Order Statistics', sections 2.1 and 10.5"
LOGNORMAL = "Johnson, Kotz and Balakrishnan 1994, 'Continuous Univariate Distributions', 14"

# No paper is needed: the meaning of a word, a sum of parts, a choice of the scenario
DEFINITION = "By definition"
