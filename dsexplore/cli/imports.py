"""Late imports by name: no command pays for another's imports, nor for garbage collection."""

from __future__ import annotations

import gc
from importlib import import_module
from types import ModuleType


def imported(module: str) -> ModuleType:
    """A module by its name.

    Imports make many objects and no garbage; collecting would take a tenth of the start-up.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    finally:
        if was_enabled:
            gc.enable()
