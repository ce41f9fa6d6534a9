"""Megatron-LM's arguments in a launch script or at the head of a log; nothing is run."""

from __future__ import annotations

import re
import shlex
from itertools import takewhile

from dsexplore.text.refusal import ScenarioError

# A log's list: the argument's name, dots, and its value.
_DUMPED = re.compile(r"^(?:\[[^\]]*\]:?|\d+:)*\s*([a-z]\w*) \.{3,} (.*?)\s*$", re.MULTILINE)
_ASSIGNED = re.compile(r"^\s*(?:export\s+|local\s+)?([A-Za-z_]\w*)=(.*)$", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?:\[[@*]\])?(?::?-([^{}]*))?\}|(\w+))")
_SLURM = re.compile(r"^#SBATCH\s+--([\w-]+)[= ](\S+)", re.MULTILINE)
_LEAST_DUMPED = 5
_DEEPEST = 8
# A few variables can stand for more than a memory holds.
_LONGEST = 20_000
_MOST_FILLED = 500_000
_WANTED = "a launch script of Megatron-LM"


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
    words = _words(text)
    for at, word in enumerate(words):
        if not word.startswith("--") or len(word) < 4:
            continue
        name, equals, value = word[2:].partition("=")
        behind = list(takewhile(_is_value, words[at + 1 :]))
        several: object = behind[0] if len(behind) == 1 else behind or True
        found[name.replace("-", "_")] = value if equals else several
    return found


def _words(text: str) -> list[str]:
    """Words of all lines, with variables in place of their names."""
    joined = text.replace("\\\n", " ")
    variables: dict[str, str] = {}
    words: list[str] = []
    grown = 0
    for line in _lines(joined):
        assigned = _ASSIGNED.match(line)
        text = assigned[2].strip() if assigned else line
        if assigned and text.startswith("("):
            text = text[1:].rstrip().removesuffix(")")
        filled = _filled(text, variables)
        grown += max(len(filled) - len(text), 0)
        if grown > _MOST_FILLED:
            raise ScenarioError("", "variables that stand for too much text", _WANTED)
        split = _split(filled)
        if assigned:
            variables[assigned[1]] = " ".join(split)[:_LONGEST]
        # A list of arguments counts where it is used, or where it is never used by name.
        if not assigned or "--" in text:
            words += split
    return words


def _lines(text: str) -> list[str]:
    """Lines without comments; a list in brackets is one."""
    lines: list[str] = []
    opened = ""
    for line in text.splitlines():
        bare = re.sub(r"(^|\s)#.*$", "", line)
        if opened:
            opened += " " + bare
            if ")" in bare:
                lines.append(opened)
                opened = ""
        elif re.match(r"^\s*\w+\+?=\([^)]*$", bare):
            opened = bare.replace("+=", "=")
        else:
            lines.append(bare)
    return [*lines, opened] if opened else lines


def _filled(text: str, variables: dict[str, str]) -> str:
    for _ in range(_DEEPEST):
        filled = _filled_once(text, variables)
        if filled == text:
            break
        text = filled
    return text


def _filled_once(text: str, variables: dict[str, str]) -> str:
    """Text with variables in place of their names, until it has grown by more than any needs."""
    parts: list[str] = []
    at = grown = 0
    for found in _VARIABLE.finditer(text):
        value = variables.get(found[1] or found[3] or "", found[2] or "")
        grown += len(value)
        if grown > _LONGEST:
            break
        parts += text[at : found.start()], value
        at = found.end()
    return "".join(parts) + text[at:]


def _split(text: str) -> list[str]:
    if len(text) > _LONGEST:  # shlex takes a second for what may be one word of that length
        return text.replace('"', " ").replace("'", " ").split()
    try:
        return [word for part in shlex.split(text) for word in part.split()]
    except ValueError:  # a quotation that spans lines
        return text.replace('"', " ").replace("'", " ").split()


def _plain(value: str) -> object:
    return {"True": True, "False": False}.get(value, value)


def _is_value(word: str) -> bool:
    return not word.startswith("-") or _is_number(word)


def _is_number(text: str) -> bool:
    return re.fullmatch(r"-?[\d.]+(e-?\d+)?", text) is not None
