"""The commands: each word, its meaning, and its module."""

from __future__ import annotations

COMMANDS = {
    "eval": "print a scenario's results, or write them to a file",
    "explain": "show where a number comes from: its formula, its values, its sources",
    "compare": "show where scenarios differ, and which fields cause the difference",
    "solve": "find the field value at which a result meets a target",
    "claims": "check printed figures by computing them from their own inputs",
    "accuracy": "compare predictions of published runs with their measurements",
    "calibrate": "set a software stack by one measured step, or refit all stacks",
    "presets": "list scenarios, architectures, hardware and the other presets",
    "import": "turn a model's published config.json into an architecture",
}
# A module is named like its word, except where the word is a Python keyword.
_MODULES = {"import": "import_config"}


def module_of(command: str) -> str:
    """The module of a command's word."""
    return _MODULES.get(command, command)
