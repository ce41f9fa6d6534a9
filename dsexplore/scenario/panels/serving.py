"""The serving panel: what tokens sell for, what is asked for, and how the model is deployed."""

from __future__ import annotations

from typing import ClassVar

from dsexplore.scenario.panels.engine import Engine
from dsexplore.scenario.panels.service import Service


# The last base comes first on the screen.
class Serving(Engine, Service):
    """Prices and tokens of a day, the shape of requests, and the deployment that serves them."""

    table: ClassVar[str] = "serving"
    title: ClassVar[str] = "Serving"
    short: ClassVar[str] = "Serve"
