"""What must hold on a bad line; each check returns what it measured, in words."""

from __future__ import annotations

import re
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from tests.link.held import RATE, hold
from tests.link.login import LIMIT, Login, sshd
from tests.link.proxy import Line, line_to

_MODEM = 56_000 / 8
_FAR = 0.3
_TURNS = 60
_TURNS_PER_SECOND = 20
# How long after the last key the screen may still change on the modem: two frames, of a second each
# at the largest size, and the way.
_SETTLES = {80: 3.0, 120: 3.0, 200: 4.0}
# Bytes that may be on their way when a frame is sent, and seconds that a frame may take to make.
_MAY_WAIT, _WORKS = 3072, 1.0
_MINE = 'schema = 1\n[architecture]\npreset = "deepseek-v3"\n'


class Place:
    """A server, a home folder there, and a line to it."""

    def __init__(self, folder: Path, port: int, home: Path, line: Line) -> None:
        self.port = port
        self.home = home
        self.line = line
        self._folder = folder

    def login(self, size: tuple[int, int], line: Line | None = None) -> Login:
        """One more login, over the line as it is now or over another."""
        return Login(self._folder, (line or self.line).port, self.home, size)


@contextmanager
def place(folder: Path, port: int, name: str) -> Iterator[Place]:
    """A home folder of its own, and a good line to it."""
    home = folder / name
    home.mkdir()
    (home / "mine.toml").write_text(_MINE)
    with line_to(port) as line:
        yield Place(folder, port, home, line)


def open_explorer(login: Login) -> float:
    """Wait for the first frame, and go to the parameters; returns after how many seconds."""
    seconds = login.expect("help")
    # A narrow screen opens on its results.
    if "Layers" not in login.screen():
        login.press("Tab")
    login.expect("Layers")
    login.settled_after(1.0)
    return seconds


def slow_and_far(here: Place, size: tuple[int, int]) -> str:
    """Editing works, page turns do not queue, and nothing is left in the shell."""
    here.line.delay, here.line.rate = _FAR, _MODEM
    with here.login(size) as login:
        opened = open_explorer(login)
        login.type("77\r")
        login.expect("77 ")
        login.press("Tab")
        login.settled_after()
        for _ in range(_TURNS):
            login.type("n")
            time.sleep(1 / _TURNS_PER_SECOND)
        settled = login.settled_after()
        said = f"{settled:.1f} s after {_TURNS} page turns"
        assert settled < _SETTLES[size[0]], f"it settles {said}"
        login.type("zq")
        login.expect("left with 0")
        login.settled_after(1.0)
        left = login.screen().split("left with 0")[1].strip()
        assert not left, f"the shell was sent {left!r}"
        return f"opened in {opened:.1f} s; settled {said}"


def held_down(here: Place, size: tuple[int, int]) -> str:
    """A key held down: what is on its way is a frame and a little, and so late is the last."""
    held = hold(here.home, size)
    largest, waiting = (count / RATE for count in (held.largest, held.most_waiting))
    said = (
        f"{held.keys} keys in 10 s, {held.frames} frames of {largest:.2f} s of the line at most; "
        f"{waiting:.2f} s on their way at once at most; the value of the last key came after "
        f"{held.value_after:.2f} s, the last byte after {held.all_after:.2f} s"
    )
    assert held.most_waiting <= held.largest + _MAY_WAIT, said
    assert held.value_after <= waiting + largest + _WORKS, said
    return said


def stalled(here: Place, size: tuple[int, int]) -> str:
    """What is typed while the line stands still arrives in one burst, and acts in order."""
    with here.login(size) as login:
        open_explorer(login)
        for seconds, opened in ((2.0, "llama-3.1-405b"), (12.0, "deepseek-v2")):
            here.line.is_stalled = True
            # A value; a dialog with its answer typed ahead; Enter twice, and out of the second.
            login.type("77\ro")
            login.type(opened)
            login.press("Enter", "Enter", "Escape")
            time.sleep(seconds)
            here.line.is_stalled = False
            login.settled_after()
            title = login.screen().splitlines()[0]
            assert f"  {opened}" in title, f"no {opened} in:\n{login.screen()}"
        login.type("z")
        login.expect("Undone: open deepseek-v2")
        login.type("z")
        login.expect("Undone: Layers: 77")
        here.line.drop()
        login.expect("client ended")
    assert not (here.home / "state" / "dsexplore" / "reports").exists(), "a fault was reported"
    return "bursts after 2 and 12 s acted in order"


def dropped(here: Place, size: tuple[int, int]) -> str:
    """Work is offered at the next login, once the line has dropped."""
    with here.login(size) as login:
        open_explorer(login)
        login.type("77")
        login.expect("77")
        login.settled_after(1.0)
        here.line.drop()
        login.expect("client ended")
    began = time.monotonic()
    while any("lock" in file.name for file in _journal(here)):
        assert time.monotonic() - began < LIMIT, "the session does not end"
        time.sleep(0.05)
    ended = time.monotonic() - began
    with here.login(size) as login:
        login.expect("unsaved work")
        login.type("R")
        login.settled_after(1.0)
        login.press("Enter")
        login.expect("77 ")
    return f"the session ended {ended:.1f} s after the drop; its work was offered and taken over"


def half_open(here: Place, size: tuple[int, int]) -> str:
    """A line that is dead at one end only: the next login names the session that still lives."""
    with here.login(size) as login:
        open_explorer(login)
        login.type("77\r")
        login.settled_after(1.0)
        here.line.is_dead = True
    with line_to(here.port) as other, here.login(size, other) as login:
        waited = login.expect("another session, pid ")
        named = re.search(r"another session, pid (\d+)", login.screen())
        assert named, login.screen()
        assert Path(f"/proc/{named[1]}").exists(), f"there is no process {named[1]}"
        login.type("q")
        login.expect("left with 0")
    here.line.drop()
    return f"the living session was named {waited:.1f} s after the next login"


def _journal(here: Place) -> list[Path]:
    folder = here.home / "state" / "dsexplore" / "journal"
    return list(folder.iterdir()) if folder.exists() else []


CHECKS: tuple[tuple[str, Callable[[Place, tuple[int, int]], str]], ...] = (
    ("slow and far", slow_and_far),
    ("held down", held_down),
    ("stalled", stalled),
    ("dropped", dropped),
    ("half open", half_open),
)
SIZES = ((80, 24), (120, 40), (200, 60))


def results(folder: Path, named: Sequence[str]) -> Iterator[tuple[str, str, str]]:
    """Every check, or those named, at every size: its name, what it measured, and what failed."""
    with sshd(folder) as port:
        for name, check in CHECKS:
            for columns, rows in SIZES if not named or name in named else ():
                called = f"{name}, {columns} x {rows}"
                with place(folder, port, f"{name}-{columns}".replace(" ", "-")) as here:
                    try:
                        yield called, check(here, (columns, rows)), ""
                    except AssertionError as error:
                        yield called, "", str(error)
