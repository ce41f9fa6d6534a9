"""What a program does beside its work, by Python's own audit events: opens, writes, starts, runs.

`sys.addaudithook` has no way back, so there is one hook for the process, which looks on only while
a guard is active.
"""

from __future__ import annotations

import contextlib
import os
import sys
import sysconfig
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from types import CodeType

# The program itself, Python and its libraries: read at late imports.
_CODE = tuple(
    {
        os.path.realpath(path)
        for path in (
            Path(__file__).parents[2] / "dsexplore",
            Path(__file__).parents[2] / "presets",
            sysconfig.get_path("stdlib"),
            sysconfig.get_path("purelib"),
            sysconfig.get_path("platlib"),
            sys.prefix,
        )
    }
)
_FORBIDDEN = (
    "subprocess.",
    "socket.",
    "ctypes.",
    "os.system",
    "os.exec",
    "os.fork",
    "os.posix_spawn",
    "os.spawn",
    "os.startfile",
    "os.kill",
    "os.putenv",
    "pty.",
    "urllib.",
    "http.",
    "ftplib.",
    "smtplib.",
    "webbrowser.",
    "pickle.",
)
# Events whose first arguments are paths written to.
_CHANGES = {
    "os.rename": 2,
    "os.remove": 1,
    "os.mkdir": 1,
    "os.rmdir": 1,
    "os.link": 2,
    "os.symlink": 2,
    "os.chmod": 1,
    "os.chown": 1,
    "os.truncate": 1,
    "os.utime": 1,
    "os.setxattr": 1,
    "os.removexattr": 1,
    "shutil.rmtree": 1,
    "shutil.move": 2,
    "shutil.copyfile": 2,
    "tempfile.mkstemp": 1,
    "tempfile.mkdtemp": 1,
}
_WRITING = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND

_MOST_NOTED = 20
# The guard that looks on, if one does.
_active: list[Guard] = []


@cache
def _install() -> None:
    sys.addaudithook(_hook)


def _hook(event: str, arguments: tuple[object, ...]) -> None:
    if not _active:
        return
    # Its own look at a path must not be looked at.
    guard = _active.pop()
    try:
        guard.note(event, arguments)
    finally:
        _active.append(guard)


class Guard:
    """Notes every event that has no place in reading a file below some folders."""

    def __init__(self, folder: Path) -> None:
        self._folder = os.path.realpath(folder)
        self._may_write = False
        self._may_read_anything = False
        self.seen: list[str] = []

    @contextlib.contextmanager
    def watching(
        self, *, may_write: bool = False, may_read_anything: bool = False
    ) -> Iterator[None]:
        """Note what happens inside; writing and reading elsewhere only as far as allowed."""
        self._may_write, self._may_read_anything = may_write, may_read_anything
        self.seen.clear()
        _install()
        _active.append(self)
        try:
            yield
        finally:
            _active.clear()

    def note(self, event: str, arguments: tuple[object, ...]) -> None:
        """Note an event that has no place here."""
        if (found := self._fault(event, arguments)) and len(self.seen) < _MOST_NOTED:
            self.seen.append(found)

    def _fault(self, event: str, arguments: tuple[object, ...]) -> str:
        if event == "open":
            return self._open(*arguments[:3])
        if event in _CHANGES:
            paths = arguments[: _CHANGES[event]]
            is_fine = self._may_write and all(self._is_below(path) for path in paths)
            return "" if is_fine else f"{event} {paths}"
        if event in ("exec", "compile"):
            return self._run(event, arguments)
        return f"{event} {arguments!r:.200}" if event.startswith(_FORBIDDEN) else ""

    def _open(self, path: object, mode: object, flags: object) -> str:
        writes = bool(isinstance(flags, int) and flags & _WRITING)
        writes |= isinstance(mode, str) and not set(mode).isdisjoint("wax+")
        if isinstance(path, int) or self._is_below(path):
            return f"open for writing {path!r}" if writes and not self._may_write else ""
        if writes or not (self._may_read_anything or self._is_below(path, *_CODE)):
            return f"open {path!r} {mode} {flags}"
        return ""

    def _run(self, event: str, arguments: tuple[object, ...]) -> str:
        if event == "exec":
            code = arguments[0]
            name = code.co_filename if isinstance(code, CodeType) else ""
        else:
            name = str(arguments[1])
        # A class made at a late import compiles its own methods.
        is_ours = name.startswith("<frozen") or self._is_below(name, *_CODE)
        return "" if is_ours else f"{event} {name!r}"

    def _is_below(self, path: object, *folders: str) -> bool:
        if not isinstance(path, str | bytes | os.PathLike):
            return False
        # Not resolved: a link in the folder may lead anywhere, and is looked at as what it names.
        full = os.path.abspath(os.fsdecode(path))  # noqa: PTH100 - as said
        return any(full == one or full.startswith(f"{one}/") for one in folders or (self._folder,))
