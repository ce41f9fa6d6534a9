"""One kill: keys at 80 a second, an end at a random moment, and what is left of the work."""

from __future__ import annotations

import random
import signal
import sys
import time
import tomllib
from dataclasses import dataclass
from pathlib import Path

from dsexplore.document.journal import left_behind
from tests.terminal.pty_session import PtySession

KEYS_PER_SECOND = 80
# A field that admits any whole number, and the keys that lead to it from the start.
_FIELD = ("architecture", "vocab_size")
_WAY = 2 * "\x1b[B"
_AT_FIELD = "▸ Vocabulary"
_BEFORE = 129280
_SAVE = "w"
# The explorer, and a mark in a file for each key that it begins to act on.
_WITNESSED = """
import os, sys
from dsexplore.cli import main
from dsexplore.tui.main.screen import MainScreen

witness = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
take_key = MainScreen.take_key

def witnessed(self, event):
    os.write(witness, b".")
    return take_key(self, event)

MainScreen.take_key = witnessed
main(sys.argv[2:])
"""
# As often as not nobody is told: the others can still save.
ENDS = ("kill", "kill", "kill", "TERM", "HUP", "terminal closed")


@dataclass(frozen=True, slots=True)
class Killed:
    """What a kill left: keys sent, taken up and kept, and what is wrong, empty if nothing is."""

    how: str
    saves: bool
    sent: int
    taken: int
    kept: int
    problem: str

    @property
    def lost(self) -> int:
        """Keys taken up that left no trace."""
        return max(0, self.taken - self.kept)

    @property
    def unread(self) -> int:
        """Keys that still waited in the terminal."""
        return self.sent - self.taken


def kill(home: Path, chance: random.Random, how: str, longest: float, *, saves: bool) -> Killed:
    """Type, and save after each value or never, to an end at a random moment; then look at it."""
    mine = home / "mine.toml"
    mine.write_text(f'schema = 1\n[architecture]\npreset = "deepseek-v3"\nvocab_size = {_BEFORE}\n')
    keys, values = _typing(chance, saves)
    witness = home / "witness"
    argv = (sys.executable, "-c", _WITNESSED, str(witness))
    with PtySession(home, str(mine), argv=argv, size=(120, 40)) as session:
        session.expect("Layers")
        session.expect("help")
        session.send(_WAY)
        session.expect(_AT_FIELD)
        before = witness.stat().st_size
        sent = _type(session, keys, chance.uniform(0.05, longest))
        if how == "kill":
            session.signal(signal.SIGKILL)
        elif how == "terminal closed":
            session.hang_up()
        else:
            session.signal(getattr(signal, f"SIG{how}"))
        session.end()
    taken = witness.stat().st_size - before
    saved, problem = _saved(mine)
    kept, unreadable = _kept(home)
    # With nothing unsaved, the file is what is left.
    value = kept if kept is not None else saved
    known = [index for index in range(sent + 1) if values[index] == value]
    if not problem and saved not in values[: sent + 1]:
        problem = f"the file holds {saved}, which was never typed"
    if not known:
        problem = problem or f"{value} is kept, which was never typed"
    return Killed(how, saves, sent, taken, max(known, default=0), problem or unreadable)


def _typing(chance: random.Random, saves: bool) -> tuple[str, list[int]]:
    """More keys than are sent, and the field's value after each number of them."""
    keys, values = "", [_BEFORE]
    while len(keys) < 4 * KEYS_PER_SECOND:
        typed = str(chance.randrange(1_000, 1_000_000))
        keys += typed
        values += [int(typed[: end + 1]) for end in range(len(typed))]
        after = "\r" + (_SAVE if saves else "")
        keys += after
        values += [values[-1]] * len(after)
    return keys, values


def _type(session: PtySession, keys: str, seconds: float) -> int:
    """Send keys for so long, reading what comes; returns how many."""
    began = time.perf_counter()
    sent = 0
    while (passed := time.perf_counter() - began) < seconds:
        while sent < min(passed * KEYS_PER_SECOND, len(keys)):
            session.send(keys[sent])
            sent += 1
        session.read(1 / KEYS_PER_SECOND / 4)
    return sent


def _saved(mine: Path) -> tuple[int | None, str]:
    """The field in the file; whether it is whole."""
    try:
        tables = tomllib.loads(mine.read_text(encoding="utf-8"))
        return int(tables[_FIELD[0]][_FIELD[1]]), ""
    except (OSError, ValueError, LookupError) as error:
        return None, f"the file is not whole: {error!r}"


def _kept(home: Path) -> tuple[int | None, str]:
    """The field in the journal, None where nothing is unsaved; whether all of it can be read."""
    folder = home / "state" / "dsexplore" / "journal"
    files = list(folder.glob("*.json"))
    works = left_behind(folder)
    problem = "" if len(works) == len(files) else f"of {len(files)} records {len(works)} are read"
    if not works:
        return None, problem
    return int(works[0].scenario.value(_FIELD[1])), problem
