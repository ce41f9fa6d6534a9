"""Words of a shell script with variables, sums and conditions decided; nothing is run.

The environment counts as empty, so that a variable nobody sets has its default. Where a condition
cannot be decided, as whether a file exists, all of its branches are read.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from fnmatch import fnmatchcase
from typing import NamedTuple

from dsexplore.library.run_files.shell_conditions import holds, worked_out
from dsexplore.text.refusal import ScenarioError

# Between the words of two lines.
END = "-;"

_ASSIGNED = re.compile(r"^\s*(?:export\s+|local\s+)?([A-Za-z_]\w*)(\+?)=(.*)$", re.DOTALL)
_VARIABLE = re.compile(r"\$(?:\{(\w+)(?:\[[@*]\])?(?::?-([^{}]*))?\}|(\w+))")
_SUM = re.compile(r"\$\(\(((?:[^()]|\([^()]*\))*)\)\)")
_COMMAND = re.compile(r"`[^`]*`|\$\((?!\()[^()]*\)")
_OUTPUT = "$(...)"
_BRANCH = re.compile(r"^\s*(if|elif)\s+(.*?)\s*(?:;\s*then\b\s*(.*))?$", re.DOTALL)
_CASE = re.compile(r"^\s*case\s+(\S+)\s+in\s*(.*)$", re.DOTALL)
_ARM = re.compile(r"^\s*\(?([^()\s]+(?:\s*\|\s*[^()\s]+)*)\)\s*(.*)$", re.DOTALL)
_PLAIN = re.compile(r"^\s*(then|else|fi|esac)\b\s*;?\s*(.*)$", re.DOTALL)
_DEEPEST = 8
# A few variables can stand for more than a memory holds.
_LONGEST = 20_000
_MOST_FILLED = 500_000
_WANTED = "a launch script of Megatron-LM"


class Script(NamedTuple):
    """Words of the lines that are read, and the conditions around some that nobody can decide."""

    words: list[str]
    undecided: list[str]


class _Block:
    """An `if` or `case` within which lines lie."""

    def __init__(self, subject: str | None = None) -> None:
        self.subject = subject
        self.is_read = True
        self.is_done = False
        self.undecided = ""

    def branch(self, decided: bool | None, condition: str) -> None:
        """Begin a branch of a condition that holds, does not, or is not decided."""
        self.is_read = not self.is_done and decided is not False
        self.is_done = self.is_done or decided is True
        if decided is None and self.is_read:
            self.undecided = condition


class _Reader:
    """Reads lines in order, as a shell would."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        self.variables = dict(environment)
        self.blocks: list[_Block] = []
        self.words: list[str] = []
        self.undecided: list[str] = []
        self.grown = 0

    def read(self, line: str, depth: int = 0) -> None:
        """One line, or what stands behind a word of a condition."""
        if depth > _DEEPEST or self._structure(line, depth):
            return
        if all(block.is_read for block in self.blocks):
            self._statement(line)

    def _structure(self, line: str, depth: int) -> bool:
        """Whether a line is of a condition."""
        if found := _BRANCH.match(line):
            condition = found[2].strip().removesuffix(";")
            if found[1] == "if":
                self.blocks.append(_Block())
            if self.blocks:
                is_reached = all(block.is_read for block in self.blocks[:-1])
                filled = self._filled(condition, keep=False) if is_reached else ""
                self.blocks[-1].branch(holds(filled) if is_reached else False, condition)
            self._rest(found[3], depth)
            return True
        if found := _CASE.match(line):
            self.blocks.append(_Block(self._filled(found[1], keep=False).strip("\"'")))
            self._rest(found[2], depth)
            return True
        if found := _PLAIN.match(line):
            self._plain(found[1])
            self._rest(found[2], depth)
            return True
        if self.blocks and self.blocks[-1].subject is not None and (found := _ARM.match(line)):
            subject = self.blocks[-1].subject or ""
            patterns = [one.strip().strip("\"'") for one in found[1].split("|")]
            self.blocks[-1].branch(
                any(fnmatchcase(subject, pattern) for pattern in patterns), found[1]
            )
            self._rest(found[2], depth)
            return True
        return False

    def _plain(self, word: str) -> None:
        if not self.blocks:
            return
        if word == "else":
            self.blocks[-1].branch(True, "")
        elif word in ("fi", "esac"):
            self.blocks.pop()

    def _rest(self, text: str | None, depth: int) -> None:
        for part in (text or "").split(";"):
            if part.strip():
                self.read(part, depth + 1)

    def _statement(self, line: str) -> None:
        assigned = _ASSIGNED.match(line)
        text = assigned[3].strip() if assigned else line
        if assigned and text.startswith("("):
            text = text[1:].rstrip().removesuffix(")")
        filled = self._filled(text)
        self.grown += max(len(filled) - len(text), 0)
        if self.grown > _MOST_FILLED:
            raise ScenarioError("", "variables that stand for too much text", _WANTED)
        split = _split(filled)
        if assigned:
            before = self.variables.get(assigned[1], "") + " " if assigned[2] else ""
            self.variables[assigned[1]] = (before + " ".join(split)).strip()[:_LONGEST]
        # A list of arguments counts where it is used, or where it is never used by name.
        if not assigned or "--" in text:
            self.words += [*split, END]
            if any(word.startswith("--") for word in split):
                self.undecided += [block.undecided for block in self.blocks if block.undecided]

    def _filled(self, text: str, *, keep: bool = True) -> str:
        for _ in range(_DEEPEST):
            filled = self._once(text, keep)
            filled = _SUM.sub(lambda found: worked_out(found[1], self.variables) or _OUTPUT, filled)
            filled = _COMMAND.sub(
                lambda found: found[0] if found[0] == _OUTPUT else _OUTPUT, filled
            )
            if filled == text:
                break
            text = filled
        return text

    def _summed(self, found: re.Match[str]) -> str:
        return worked_out(found[1], self.variables) or _OUTPUT

    def _once(self, text: str, keep: bool) -> str:
        """Text with variables in place of their names, until it has grown by more than any needs.

        Of a variable that nobody sets its name is kept, or nothing.
        """
        parts: list[str] = []
        at = grown = 0
        for found in _VARIABLE.finditer(text):
            unset = found[0] if keep and found[2] is None else found[2] or ""
            value = self.variables.get(found[1] or found[3] or "", unset)
            grown += len(value)
            if grown > _LONGEST:
                break
            parts += text[at : found.start()], value
            at = found.end()
        return "".join(parts) + text[at:]


def read_script(text: str, environment: Mapping[str, str]) -> Script:
    """The words of a script, where a few variables are set before."""
    reader = _Reader(environment)
    for line in _lines(text.replace("\\\n", " ")):
        reader.read(line)
    return Script(reader.words, list(dict.fromkeys(reader.undecided)))


def _lines(text: str) -> list[str]:
    """Lines without comments; a list in brackets, or a quotation that is assigned, is one."""
    lines: list[str] = []
    opened, closing = "", ""
    for line in text.splitlines():
        bare = re.sub(r"(^|\s)#.*$", "", line)
        if opened:
            opened += " " + bare
            if closing in bare:
                lines.append(opened)
                opened = ""
        elif re.match(r"^\s*\w+\+?=\([^)]*$", bare):
            opened, closing = bare, ")"
        elif re.match(r'^\s*(?:export\s+)?\w+="[^"]*$', bare):
            opened, closing = bare, '"'
        else:
            lines.append(bare.removesuffix(";;"))
    return [*lines, opened] if opened else lines


def _split(text: str) -> list[str]:
    if len(text) > _LONGEST:  # shlex takes a second for what may be one word of that length
        return text.replace('"', " ").replace("'", " ").split()
    try:
        return [word for part in shlex.split(text) for word in part.split()]
    except ValueError:  # a quotation that spans lines
        return text.replace('"', " ").replace("'", " ").split()
