"""The commands: each word, its meaning, and its module."""

from __future__ import annotations

from typing import NamedTuple


class Command(NamedTuple):
    """A command's module in `dsexplore.cli.commands`, and what it does in a few words."""

    module: str
    summary: str


COMMANDS = {
    "eval": Command("eval", "print a scenario's results, or write them to a file"),
    "explain": Command(
        "explain", "show where a number comes from: its formula, its values, its sources"
    ),
    "compare": Command(
        "compare", "show where scenarios differ, and which fields cause the difference"
    ),
    "solve": Command("solve", "find the field value at which a result meets a target"),
    "sweep": Command("sweep", "show results over a grid of values of one or several fields"),
    "search": Command("search", "find the fastest layouts, the cheapest cluster, or how to serve"),
    "sensitivity": Command("sensitivity", "show which fields move a result, and by how much"),
    "simulate": Command(
        "simulate", "show how results are distributed where fields are uncertain, and why"
    ),
    "service": Command(
        "service", "show what a service promises as its load rises, and the load that it can take"
    ),
    "claims": Command("claims", "check printed figures by computing them from their own inputs"),
    "report": Command("report", "write a scenario or a comparison as a page to hand on"),
    "answers": Command("answers", "set published answers to one question side by side"),
    "accuracy": Command(
        "accuracy", "compare predictions of published runs with their measurements"
    ),
    "calibrate": Command(
        "calibrate", "set a software stack by one measured step, or refit all stacks"
    ),
    "measure": Command(
        "measure", "time your own accelerator's kernels, and make a hardware preset of it"
    ),
    "serve": Command("serve", "show the explorer in a browser"),
    "presets": Command("presets", "list scenarios, architectures, hardware and the other presets"),
    "import": Command("import_config", "turn a model's or a run's files into a scenario file"),
    "settings": Command("settings", "show the explorer's theme, mouse and keys, or write a file"),
    "completion": Command("completion", "print the lines with which a shell completes words"),
    "export": Command("export", "print a scenario's layout as flags of a training framework"),
}
