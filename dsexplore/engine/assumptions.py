"""Assumptions shared by several formulas: modelling choices of this program, no paper's.

One plain sentence each. An assumption's numbers are fields, with a range and a default.
"""

# A machine
SHARE_OF_LINK = "Large collectives reach a fixed share of a link, whatever their kind."
SHARE_OF_PEAK = "Large products reach a fixed share of the peak, whatever their shape."
NEAREST_RECIPE = "A recipe not measured on an accelerator reaches what one scale a tensor does."
SIDE_BY_SIDE = "A kernel computes and reads side by side, and loses most where both take as long."

# A layout and its traffic
MEAN_LAYER = "A stage is made of mean layers: each has its share of dense and expert blocks."
DENSE_LAYERS_LEAD = "Layers without experts, where there are some, lead the model."
SLOWEST_STAGE = "A stage is as slow as its layers and output head, a pipeline as its slowest stage."
EVEN_ROUTING = "Tokens choose experts evenly and independently of each other."
BOTH_NETWORKS = "Copies to other nodes and copies within a node travel side by side."
LONE_LINKS = "Each accelerator sends over links of its own, between nodes over its own port."
BESIDE_NEIGHBOUR = "A layer's weights travel while its neighbour is computed, and no further ahead."

# Memory and data parallel
FULLEST = "A pipeline fits if its accelerators of the first, second and last stage do."
RINGS = "As with NCCL, every accelerator of a node carries a share of each ring that passes it."

# A step
IN_SEQUENCE = "The kernels of a pass run one after another."
OWN_KERNELS = "Norms, sums, activations and copies are kernels of their own, bound by memory."
ADDED_UP = "A step's parts follow one another; what overlaps counts as a part of its own."
HOST_OR_ACCELERATOR = "The host issues a pass while the accelerator runs it; the longer one counts."
BESIDE_LAYER = "A layer's activations travel beside its own compute, each way once."
UNEVEN = "A pipeline fills at the pace of each of its stages, and works at that of the slowest."

# Serving and reinforcement learning
TWO_MICRO_BATCHES = "Two micro-batches hide a stated share of the shorter of compute and network."
POST_TRAINING_MFU = "Every part of post-training without a rate of its own reaches one MFU."
LOGNORMAL_LENGTHS = "Lengths of answers are lognormal."
VALUE_MODEL = "A value model of no stated size is as large as the policy."

# Intervals
INDEPENDENT_ERRORS = "Errors of accelerator, software and formulas are lognormal and independent."
SHARED_ERRORS = (
    "Errors that a run shares with the measured run cancel; what changed counts on both sides, and "
    "the formulas' own error once."
)
SAME_WAY = "The errors of a run's stages go the same way."

# Problems
NOT_GUESSED = "What is not known is not guessed: results that need it stay unknown."
