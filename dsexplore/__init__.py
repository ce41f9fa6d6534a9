"""dsexplore: what a training run of a large language model costs, and why."""

__version__ = "0.1.0"
