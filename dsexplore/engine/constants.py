"""Constants with a unit, shared by formulas. Facts about products are presets, not constants."""

DAYS_PER_YEAR = 365.0
HOURS_PER_DAY = 24.0
SECONDS_PER_HOUR = 3600.0
SECONDS_PER_DAY = SECONDS_PER_HOUR * HOURS_PER_DAY

TOKENS_PER_TRILLION = 1e12
TOKENS_PER_MILLION = 1e6

# A matrix product multiplies and adds once per weight and token.
FLOP_PER_MULTIPLY_ADD = 2.0
# Backward takes the gradient of the input and of the weights: twice the forward's products.
BACKWARD_OVER_FORWARD = 2.0
# Without attention between tokens, training takes six FLOP per weight and token, and reading two.
TRAINING_FLOP_PER_PARAMETER = (1 + BACKWARD_OVER_FORWARD) * FLOP_PER_MULTIPLY_ADD

FP32_BYTES = 4.0
# BF16, in which activations travel and the KV cache is kept unless said otherwise.
BF16_BYTES = 2.0
# Training in FP8 keeps an FP32 scale per 128 values (DeepSeek-V3 report, section 3.3.2), and some
# activations in 12 bits (E5M6, section 3.3.3).
FP8_WITH_SCALE_BYTES = 1.0 + FP32_BYTES / 128
E5M6_WITH_SCALE_BYTES = 1.5 + FP32_BYTES / 128
# INT8 has a scale for each tensor or row, too few to count.
INT8_BYTES = 1.0
# FP4 comes with a scale of one byte per 32 values (OCP Microscaling Formats 1.0).
FP4_WITH_SCALE_BYTES = 0.5 + 1 / 32
# NVIDIA's FP4 has one of a byte per 16.
FP4_BY_16_BYTES = 0.5 + 1 / 16
# Sentences give memory in gigabytes.
BYTES_PER_GB = 1e9

JOULES_PER_KWH = 3.6e6

# A normal deviate exceeds this one time in ten: intervals hold 80 % between two such ends.
NORMAL_TENTH = 1.2815515655446004
