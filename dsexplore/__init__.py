"""dsexplore: what a training run of a large language model costs, and why.

From Python, the questions of the command line are functions:

    import dsexplore as ds

    ds.evaluate("deepseek-v3", hardware="b200-180gb-sxm")["total_cost"]
    ds.sweep("deepseek-v3", {"num_gpus": "1024:8192:doubling"}, "pretraining_days").to_frame()
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from dsexplore.api import (
        Results,
        Scenario,
        ScenarioError,
        Table,
        compare,
        evaluate,
        explain,
        load,
        predict,
        search,
        simulate,
        sweep,
    )

__version__ = "1.0.0"
__all__ = [
    "Results",
    "Scenario",
    "ScenarioError",
    "Table",
    "__version__",
    "compare",
    "evaluate",
    "explain",
    "load",
    "predict",
    "search",
    "simulate",
    "sweep",
]


def __getattr__(name: str) -> Any:
    # The engine is built where it is first asked for: an import alone takes no time.
    if name in __all__:
        return getattr(import_module("dsexplore.api"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
