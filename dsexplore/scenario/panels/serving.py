"""The serving panel: what tokens sell for, what is asked for, and how the model is deployed."""

from __future__ import annotations

from typing import ClassVar

from dsexplore.scenario.panel import Tie
from dsexplore.scenario.panels.engine import Engine
from dsexplore.scenario.panels.service import Service


# The last base comes first on the screen.
class Serving(Engine, Service):
    """Prices and tokens of a day, the shape of requests, and the deployment that serves them."""

    table: ClassVar[str] = "serving"
    title: ClassVar[str] = "Serving"
    short: ClassVar[str] = "Serve"
    goes_by: ClassVar[tuple[tuple[str, Tie, str], ...]] = (
        ("kv_length", "at most", "max_context_length"),
        ("serving_tensor_parallel", "divides", "num_attention_heads"),
        ("serving_pipeline", "at most", "num_layers"),
        ("serving_expert_tensor_parallel", "divides", "moe_intermediate_size"),
    )
