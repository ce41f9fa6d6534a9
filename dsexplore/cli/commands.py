"""The commands: the words that may stand first, each a module of its name, and what each does."""

from __future__ import annotations

COMMANDS = {
    "eval": "print what follows from a scenario, or write it to a file",
    "presets": "list the scenarios, architectures and hardware that ship",
}
