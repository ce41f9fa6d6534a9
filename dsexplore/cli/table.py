"""The commands: the words that may stand first, what each does, and the module that does it."""

from __future__ import annotations

COMMANDS = {
    "eval": "print what follows from a scenario, or write it to a file",
    "explain": "say where a number comes from: its formula, its values, its sources",
    "compare": "say where scenarios differ, and which fields make the difference",
    "solve": "find the value of a field that makes a result what it is to be",
    "claims": "check figures that documents print against what follows from their own inputs",
    "accuracy": "compare what is predicted of published runs with what was measured",
    "calibrate": "set a software stack by one measured step, or refit all to published runs",
    "presets": "list the scenarios, architectures and hardware that ship",
    "import": "make an architecture of the config.json that a model is published with",
}
# A module has the name of its word, unless Python keeps the word for itself.
_MODULES = {"import": "import_config"}


def module_of(command: str) -> str:
    """The module of a command's word."""
    return _MODULES.get(command, command)
