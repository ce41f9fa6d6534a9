"""Megatron-LM's arguments in a launch script or at the head of a log; nothing is run."""

from __future__ import annotations

import re
from itertools import takewhile

from dsexplore.library.run_files.shell import read_script

# A log's list: the argument's name, dots, and its value.
_DUMPED = re.compile(r"^(?:\[[^\]]*\]:?|\d+:)*\s*([a-z]\w*) \.{3,} (.*?)\s*$", re.MULTILINE)
_SLURM = re.compile(r"^#SBATCH\s+--([\w-]+)[= ](\S+)", re.MULTILINE)
# What a scheduler sets by its own lines.
_NODES = ("SLURM_NNODES", "SLURM_JOB_NUM_NODES")
_LEAST_DUMPED = 5


def is_dump(text: str) -> bool:
    """Whether a text holds a list of arguments with dots, as Megatron-LM prints it."""
    return len(_DUMPED.findall(text)) >= _LEAST_DUMPED


def is_script(text: str) -> bool:
    """Whether a text has words of a command line."""
    return re.search(r"(?:^|\s)--[a-z][\w-]+", text) is not None


def dumped(text: str) -> dict[str, object]:
    """Values by name in a log's list."""
    return {name: _plain(value) for name, value in _DUMPED.findall(text)}


def scripted(text: str) -> dict[str, object]:
    """Values by name in snake case among the command lines of a shell script."""
    found: dict[str, object] = {
        name.replace("-", "_"): value for name, value in _SLURM.findall(text)
    }
    nodes = str(found.get("nodes", "")).partition("-")[0]
    script = read_script(text, dict.fromkeys(_NODES, nodes) if nodes.isdigit() else {})
    words = script.words
    for at, word in enumerate(words):
        if not word.startswith("--") or len(word) < 4:
            continue
        name, equals, value = word[2:].partition("=")
        behind = list(takewhile(_is_value, words[at + 1 :]))
        several: object = behind[0] if len(behind) == 1 else behind or True
        found[name.replace("-", "_")] = value if equals else several
    for condition in script.undecided:
        found[f"whether {condition}"] = True
    return found


def _plain(value: str) -> object:
    return {"True": True, "False": False}.get(value, value)


def _is_value(word: str) -> bool:
    return not word.startswith("-") or _is_number(word)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[\d.]+(e-?\d+)?", text) is not None
