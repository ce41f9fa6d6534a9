"""What a kind of file is to the fuzzer, and how a command or a scenario is tried."""

from __future__ import annotations

import contextlib
import io
import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from dsexplore.cli.imports import imported
from dsexplore.cli.table import COMMANDS
from dsexplore.engine import evaluate
from dsexplore.files.toml import to_toml
from dsexplore.library.open import scenario_in
from dsexplore.library.saving import tables
from dsexplore.scenario.scenario import Scenario

Reader = Callable[[Path, random.Random], None]


@dataclass(frozen=True)
class Kind:
    """A kind of file: where it lies below the folder, real examples, and how it is read."""

    name: str
    place: str
    examples: list[bytes]
    read: Reader
    # Whether the file may name other files, anywhere.
    names_files: bool = False


def command(*words: str) -> str:
    """What a command prints; it refuses by raising."""
    out = io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(io.StringIO()) as said:
        imported(f"dsexplore.cli.commands.{COMMANDS[words[0]].module}").run(list(words[1:]))
    text = out.getvalue()
    for line in (text + said.getvalue()).split("\n"):
        assert line.isprintable(), f"a line for the terminal holds {line!r:.200}"
    return text


def check_scenario(scenario: Scenario) -> None:
    evaluate(scenario.inputs())
    assert scenario_in(to_toml(tables(scenario)).encode()) == scenario
