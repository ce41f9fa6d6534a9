"""Imports by name and late: a command pays for no other's, and for no search of garbage."""

from __future__ import annotations

import gc
from importlib import import_module
from types import ModuleType


def imported(module: str) -> ModuleType:
    """A module by its name.

    Imports make many objects and no garbage; looking for it takes a tenth of the whole start.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        return import_module(module)
    finally:
        if was_enabled:
            gc.enable()
