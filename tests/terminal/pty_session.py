"""A program in a pseudo-terminal: what it sends, what it is told, and how it ends."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

# A guard against a test that hangs, not a promise: a start may wait long for a processor.
LIMIT = 180.0
DSEXPLORE = (sys.executable, "-m", "dsexplore")

_PIECE = re.compile(
    r"\x1b\[(?P<to>\d+;\d+)H|\x1b\[[0-?]*[ -/]*[@-~]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)"
    r"|\x1b[^\[\]]|.|[\r\n]"
)
_SGR = re.compile(rb"\x1b\[([0-9;]*)m")
_MODE = re.compile(rb"\x1b\[\?([0-9;]+)([hl])")
# Colour, size and, so that a start is not a compilation, where bytecode goes.
_DECIDED_HERE = (
    *("TERM", "COLOR", "NO_COLOR", "FORCE_COLOR", "TEXTUAL"),
    *("COLUMNS", "LINES", "PYTEST", "PYTHONDONTWRITEBYTECODE"),
)
# Queries that a terminal with synchronised output answers.
_ANSWERS = (
    (b"\x1b[?2026$p", b"\x1b[?2026;2$y"),
    (b"\x1b[c", b"\x1b[?62;22c"),
)
# Seconds between two looks at what it does.
_LOOK = 0.03
_POSITION = (b"\x1b[6n", b"\x1b[1;1R")


class PtySession:
    """A program that runs in a terminal of its own, with the user's folders below one folder."""

    def __init__(
        self,
        home: Path,
        *words: str,
        argv: tuple[str, ...] = DSEXPLORE,
        size: tuple[int, int] = (80, 24),
        environment: dict[str, str] | None = None,
        ignore_hangup: bool = False,
        tells_position: bool = True,
    ) -> None:
        """`tells_position`: whether the terminal answers where its cursor is; all real ones do."""
        self.home = home
        self.output = b""
        self.began = self.last_read = time.perf_counter()
        self._drawn_from = self._untold = 0
        self.tells_position = tells_position
        self._master, slave = os.openpty()
        self._terminal = os.ttyname(slave)
        self.resize(*size)
        self.attributes = termios.tcgetattr(slave)

        def take_terminal() -> None:
            fcntl.ioctl(0, termios.TIOCSCTTY, 0)
            if ignore_hangup:
                signal.signal(signal.SIGHUP, signal.SIG_IGN)

        self.process = subprocess.Popen(
            [*argv, *words],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=home,
            env=_environment(home, environment or {}),
            start_new_session=True,
            preexec_fn=take_terminal,  # noqa: PLW1509 - nothing between fork and exec takes a lock
        )
        os.close(slave)

    def __enter__(self) -> PtySession:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
            self.process.wait()
        self.hang_up()

    # What it is told

    def send(self, keys: str | bytes) -> None:
        os.write(self._master, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, rows: int) -> None:
        self.forget_screen()
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))

    def signal(self, number: int) -> None:
        self.process.send_signal(number)

    def hang_up(self) -> None:
        """Close the terminal, as an emulator does when its window is closed."""
        if self._master >= 0:
            os.close(self._master)
            self._master = -1

    # What it sends

    def read(self, patience: float) -> bytes:
        """What comes next; empty where nothing comes within so many seconds, or nothing ever."""
        if not select.select([self._master], [], [], patience)[0]:
            return b""
        try:
            data = os.read(self._master, 65536)
        except OSError:
            return b""
        self.output += data
        self.last_read = time.perf_counter()
        for query, answer in _ANSWERS:
            os.write(self._master, answer * data.count(query))
        self._untold += data.count(_POSITION[0])
        if self.tells_position:
            self.tell_position()
        return data

    def tell_position(self) -> None:
        """Answer where the cursor is, as often as it was asked."""
        os.write(self._master, _POSITION[1] * self._untold)
        self._untold = 0

    def forget_screen(self) -> None:
        """Look only at what is drawn from now on: words that stood there before answer nothing."""
        self._drawn_from = len(self.output)

    def screen(self) -> str:
        """What the screen shows, as far as it was drawn since it was last forgotten."""
        cells: dict[tuple[int, int], str] = {}
        row = column = 0
        for found in _PIECE.finditer(self.output[self._drawn_from :].decode(errors="replace")):
            piece = found[0]
            if found["to"]:
                row, column = (int(number) - 1 for number in found["to"].split(";"))
            elif piece == "\r":
                column = 0
            elif piece == "\n":
                row += 1
            elif piece >= " ":
                cells[row, column] = piece
                column += 1
        rows = range(max((row for row, _ in cells), default=0) + 1)
        columns = range(max((column for _, column in cells), default=0) + 1)
        return "\n".join("".join(cells.get((y, x), " ") for x in columns) for y in rows)

    def expect(self, words: str) -> None:
        """Read until words are on the screen."""
        deadline = time.monotonic() + LIMIT
        while words not in self.screen():
            assert time.monotonic() < deadline, f"no {words!r} in:\n{self.screen()}"
            ended = self.process.poll() is not None
            assert self.read(0.2) or not ended, f"it ended without {words!r}: {self.output!r}"

    def expect_all(self, text: str, seen: Callable[[str], str]) -> None:
        """Read until the screen is this text, each line as `seen`; ends of lines do not count."""
        deadline = time.monotonic() + LIMIT
        lines = [line.rstrip() for line in text.splitlines()]
        while [seen(line).rstrip() for line in self.screen().splitlines()] != lines:
            assert time.monotonic() < deadline, f"never so, but:\n{self.screen()}"
            self.read(0.2)

    def settle(self, quiet: float = 0.3) -> list[tuple[float, int]]:
        """Read until it has rested for a while; returns when what came, and how many bytes.

        Silence alone is not rest: what was sent may wait to be read, and it for a processor.
        """
        arrived: list[tuple[float, int]] = []
        since, turns = time.monotonic(), -1
        deadline = since + LIMIT
        while True:
            data = self.read(min(quiet, _LOOK))
            now = time.monotonic()
            if data:
                arrived.append((self.last_read, len(data)))
            elif self.process.poll() is not None:
                return arrived
            assert now < deadline, "it never comes to rest"
            before, turns = turns, self._turns()
            if data or turns != before:
                since = now
            elif now - since >= quiet and self._has_nothing_to_do() and self._turns() == turns:
                return arrived

    def frame(self, silence: float) -> list[tuple[float, int]]:
        """Read until nothing comes for so long; returns what `settle` does.

        For benchmarks: what waits for keys to rest may follow, and a busy machine cuts it short.
        """
        arrived: list[tuple[float, int]] = []
        while data := self.read(silence):
            arrived.append((self.last_read, len(data)))
        return arrived

    def _turns(self) -> int:
        """How often its main thread was given a processor: the same as long as it sleeps."""
        try:
            lines = Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        except OSError:
            return -1
        return sum(int(line.split()[1]) for line in lines if "ctxt_switches" in line)

    def _has_nothing_to_do(self) -> bool:
        """Whether all its threads sleep, with nothing left to read; or it is stopped."""
        try:
            stats = [*Path(f"/proc/{self.process.pid}/task").glob("*/stat")]
            states = {stat.read_text().rpartition(") ")[2][0] for stat in stats}
        except OSError:
            return False
        return states == {"T"} or (states == {"S"} and not self._unread())

    def _unread(self) -> int:
        """Bytes sent to it that it has not taken up."""
        slave = os.open(self._terminal, os.O_RDWR | os.O_NOCTTY)
        try:
            count = fcntl.ioctl(slave, termios.FIONREAD, b"\0" * 4)
        finally:
            os.close(slave)
        return int.from_bytes(count, sys.byteorder)

    def stall(self) -> None:
        """Read nothing and ask for new frames, until the program can do nothing but wait."""
        deadline = time.monotonic() + LIMIT
        before, same = "", 0
        while same < 10:
            assert time.monotonic() < deadline, "it goes on drawing"
            # Never the size before: each is a frame of its own.
            self.resize(100 + same % 2, 30)
            time.sleep(0.05)
            doing = f"{self._state()} {self.processor_seconds()}"
            same = same + 1 if doing == before and doing.startswith("S") else 0
            before = doing

    def _state(self) -> str:
        """What its main thread does: S where it sleeps."""
        return Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(") ")[2][0]

    def processor_seconds(self) -> float:
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    # How it ends

    def wait(self) -> None:
        """Wait for the process to end without reading what it sends."""
        self.process.wait(LIMIT)

    def end(self) -> int:
        """Read to the end of the process; returns its exit status."""
        deadline = time.monotonic() + LIMIT
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"it does not end: {self.output[-400:]!r}"
            if self._master >= 0:
                self.read(0.05)
            else:
                time.sleep(0.02)
        if self._master >= 0:
            while self.read(0.1):
                pass
        return self.process.wait()

    def modes_left_on(self) -> set[str]:
        """Private modes (`?1049`, `?1000`, …) that differ from a terminal's own at the end."""
        last = dict(_MODE.findall(self.output))
        # A terminal shows its cursor and wraps its lines by itself; the rest is off.
        return {
            number.decode()
            for number, state in last.items()
            if (state == b"h") != (number in (b"25", b"7"))
        }

    def is_as_before(self) -> bool:
        """Whether the line discipline is as it was before the start."""
        with contextlib.suppress(termios.error):
            return termios.tcgetattr(self._master) == self.attributes
        return False

    def sgr(self) -> set[str]:
        """Parameters of every SGR sequence that was sent."""
        return {found.decode() for found in _SGR.findall(self.output)}

    def kept(self) -> list[dict[str, Any]]:
        """The scenarios in the journal."""
        folder = self.home / "state" / "dsexplore" / "journal"
        return [json.loads(file.read_text())["scenario"] for file in folder.glob("*.json")]


def _environment(home: Path, changes: dict[str, str]) -> dict[str, str]:
    """The environment less what would change a test, and the user's folders below `home`."""
    inherited = {
        name: value for name, value in os.environ.items() if not name.startswith(_DECIDED_HERE)
    }
    return {
        **inherited,
        "TERM": "xterm-256color",
        "HOME": str(home),
        "XDG_STATE_HOME": str(home / "state"),
        "XDG_CONFIG_HOME": str(home / "config"),
        **changes,
    }
