"""The journal: every unsaved document, written at every edit, offered again after a lost session.

A session has a file for each unsaved document and one lock, held for as long as it lives.
"""

from __future__ import annotations

import contextlib
import fcntl
import itertools
import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from dsexplore.document.record import LARGEST_RECORD, Holder, Unsaved, read_record
from dsexplore.document.state import Place
from dsexplore.files.locations import NOWHERE
from dsexplore.files.reading import read_bytes
from dsexplore.text.refusal import ScenarioError

# Bounds on what others left in the folder.
_MOST_FILES = 200
_MOST_READ = 16 << 20
_TRIES = 5


@dataclass(frozen=True, slots=True)
class Entry:
    """A document to keep: what it is made of, compared by identity, and its text once needed."""

    made_of: tuple[object, ...]
    text: Callable[[], str]


class Journal:
    """One session's unsaved documents, each in a file of its own.

    While they cannot be written, `problem` says why; each edit tries again.
    """

    def __init__(self, folder: Path) -> None:
        self.problem = ""
        self.session = f"{time.time_ns():x}-{os.getpid()}"
        self._folder = folder
        self._lock: int | None = None
        self._is_closed = False
        self._numbers = itertools.count(1)
        self._files: dict[Place, Path] = {}
        self._written: dict[Place, tuple[object, ...]] = {}
        self._told = ""
        try:
            self._open()
            _sweep(folder)
        except OSError as error:
            self._fail(error)

    def update(self, works: Mapping[Place, Entry]) -> bool:
        """Keep these documents and no others; returns whether all of them are kept now.

        Never raises: a full disk must not stop an edit.
        """
        if self._is_closed:
            return False
        before_problem, self.problem = self.problem, ""
        wrote = False
        for place in [place for place in self._files if place not in works]:
            self._remove(place)
        for place, work in works.items():
            before = self._written.get(place, ())
            if len(before) == len(work.made_of) and all(map(_is, before, work.made_of)):
                continue
            try:
                self._write(place, work.text())
                self._written[place] = work.made_of
                wrote = True
            except (OSError, ValueError) as error:
                self._written.pop(place, None)
                self._fail(error)
        if not self.problem and not wrote:
            self.problem = before_problem  # nothing shows that it has ended
        return self._written.keys() == works.keys()

    def move(self, place: Place, to: Place) -> None:
        """A document has another place now; its file goes along, so that it is never without."""
        if to != place and place in self._files:
            self._files[to] = self._files.pop(place)
            self._written.pop(place, None)

    def news(self) -> str:
        """A sentence on what has changed since the last call: a problem, or its end."""
        before, self._told = self._told, self.problem
        if self.problem == before:
            return ""
        return self.problem or "Unsaved work is kept again."

    def close(self) -> None:
        """Release the lock; what is kept is offered to the next session."""
        self._is_closed = True
        if self._lock is not None:
            with contextlib.suppress(OSError):
                _lock_file(self._folder, self.session).unlink(missing_ok=True)
                os.close(self._lock)
            self._lock = None

    def _open(self) -> None:
        self._folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._lock = _locked(_lock_file(self._folder, self.session))

    def _write(self, place: Place, text: str) -> None:
        content = text.encode("utf-8", "surrogatepass")
        if len(content) > LARGEST_RECORD:
            raise ValueError("it is too large")
        lock = _lock_file(self._folder, self.session)
        if self._lock is None or not _is_locked(self._lock, lock):
            # The folder could not be written at first, or was moved or removed since.
            if self._lock is not None:
                os.close(self._lock)
                self._lock = None
            self._open()
        file = self._files.get(place)
        if file is None:
            file = self._folder / f"{self.session}.{next(self._numbers)}.json"
        # A name of its own: a signal may come, and save, in the middle of this.
        beside = self._folder / f"{self.session}.{next(self._numbers)}.new"
        try:
            # Renamed and not flushed: a killed program loses nothing, and a key stays quick.
            _write_new(beside, content)
            beside.replace(file)
        except BaseException:
            with contextlib.suppress(OSError):
                beside.unlink(missing_ok=True)
            raise
        self._files[place] = file

    def _remove(self, place: Place) -> None:
        try:
            self._files[place].unlink(missing_ok=True)
            del self._files[place]
            self._written.pop(place, None)
        except OSError as error:
            self._fail(error)

    def _fail(self, error: OSError | ValueError) -> None:
        if NOWHERE in self._folder.parents:
            self.problem = "Unsaved work is not kept: this user has no home folder."
            return
        why = error.strerror if isinstance(error, OSError) else str(error)
        self.problem = f"Unsaved work is not kept: {why} ({self._folder})."


def left_behind(folder: Path, most: int = _MOST_FILES) -> list[Unsaved]:
    """Unsaved work of lost sessions, newest first; unreadable files are left alone."""
    return [work for work in unsaved_in(folder, most=most) if work.holder is None]


def unsaved_in(folder: Path, *, but: str = "", most: int = _MOST_FILES) -> list[Unsaved]:
    """Unsaved work of sessions lost and living, but one's own; newest first, lost first."""
    found: list[Unsaved] = []
    living: dict[str, Holder | None] = {}
    left = _MOST_READ
    for file in _newest(folder):
        session = _session(file.name)
        if session == but:
            continue
        if session not in living:
            is_living = _is_in_use(_lock_file(folder, session))
            living[session] = _holder(session) if is_living else None
        text = _text(file)
        left -= len(text)
        if left < 0 or len(found) == most:
            break
        if text and (work := read_record(file, text, living[session])):
            found.append(work)
    return sorted(found, key=lambda work: (work.holder is not None, -work.when))


def discard(work: Unsaved) -> None:
    """Forget work of a lost session, already taken over or not wanted."""
    if work.holder is not None:
        return
    with contextlib.suppress(OSError):
        work.file.unlink(missing_ok=True)
        folder, session = work.file.parent, _session(work.file.name)
        if all(_session(name) != session or name.endswith(".lock") for name in _names(folder)):
            _lock_file(folder, session).unlink(missing_ok=True)


def _session(name: str) -> str:
    """The session in a file's name: all before the first dot."""
    return name.partition(".")[0]


def _names(folder: Path) -> list[str]:
    return [file.name for file in folder.iterdir()]


def _is(one: object, other: object) -> bool:
    return one is other


def _newest(folder: Path) -> list[Path]:
    """The files of records, the last written first, as many as are looked at."""
    try:
        with os.scandir(folder) as entries:
            files = [
                (entry.stat(follow_symlinks=False).st_mtime_ns, entry.path)
                for entry in entries
                if entry.name.endswith(".json")
            ]
    except (OSError, ValueError):
        return []
    return [Path(path) for _, path in sorted(files, reverse=True)[:_MOST_FILES]]


def _text(file: Path) -> str:
    """The text of a record; empty where there is none to read within bounds."""
    try:
        content = read_bytes(file, "unsaved work")
        return content.decode("utf-8", "surrogatepass")
    except (ScenarioError, UnicodeDecodeError):
        return ""


def _holder(session: str) -> Holder:
    """The process and the beginning of a session, as its name has them."""
    began, _, pid = session.partition("-")
    try:
        since = min(max(int(began, 16) / 1e9, 0), 1e11)
        return Holder(int(pid), since)
    except (ValueError, ArithmeticError):
        return Holder(0, 0.0)


def _lock_file(folder: Path, session: str) -> Path:
    return folder / f"{session}.lock"


def _write_new(file: Path, content: bytes) -> None:
    descriptor = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600)
    with os.fdopen(descriptor, "wb") as opened:
        opened.write(content)


def _locked(file: Path) -> int:
    for _ in range(_TRIES):
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NONBLOCK, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            # Another session may have swept it away before it was locked.
            if _is_locked(descriptor, file):
                return descriptor
        except BaseException:
            os.close(descriptor)
            raise
        os.close(descriptor)
    raise OSError(0, "its lock is taken away")


def _is_locked(descriptor: int, file: Path) -> bool:
    """Whether a locked file still has its name: only then do others see the lock."""
    try:
        return os.path.samestat(os.fstat(descriptor), file.stat())
    except OSError:
        return False


def _is_in_use(lock: Path) -> bool:
    try:
        descriptor = os.open(lock, os.O_RDWR | os.O_CLOEXEC | os.O_NONBLOCK)
    except (OSError, ValueError):
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False


def _sweep(folder: Path) -> None:
    """Remove locks and half-written files of sessions that ended without a chance to."""
    names = _names(folder)
    kept = {_session(name) for name in names if name.endswith(".json")}
    for name in names[: 2 * _MOST_FILES]:
        session, _, rest = name.partition(".")
        is_over = (rest == "lock" and session not in kept) or rest.endswith("new")
        if is_over and not _is_in_use(_lock_file(folder, session)):
            with contextlib.suppress(OSError):
                (folder / name).unlink()
