"""The journal: unsaved work, written at every edit, offered again after a lost session."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dsexplore.library.presets import build
from dsexplore.library.saving import tables
from dsexplore.scenario.scenario import Scenario

_KEPT = 20


@dataclass(frozen=True, slots=True)
class Unsaved:
    """Work left behind by a session."""

    file: Path
    name: str
    path: Path | None
    when: float
    scenario: Scenario


class Journal:
    """One session's unsaved work, in a file locked for as long as the session lives.

    If the folder cannot be written, `problem` says so and nothing is kept.
    """

    def __init__(self, folder: Path) -> None:
        self.problem = ""
        self._file = folder / f"{time.time_ns():x}-{os.getpid()}.json"
        self._lock: int | None = None
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            self._lock = _locked(_lock_file(self._file))
        except OSError as error:
            self.problem = f"unsaved work is not kept: {error.strerror} ({folder})"

    def write(self, name: str, path: Path | None, scenario: Scenario) -> None:
        """Keep the scenario as it is now. Never raises: a full disk must not stop an edit."""
        if self._lock is None:
            return
        content = {
            "name": name,
            "path": str(path) if path else "",
            "when": time.time(),
            "scenario": tables(scenario),
        }
        beside = self._file.with_suffix(".new")
        try:
            # Renamed and not flushed: a killed program loses nothing, and a key stays quick.
            beside.write_text(json.dumps(content), encoding="utf-8")
            beside.replace(self._file)
        except OSError as error:
            self.problem = f"unsaved work is not kept: {error.strerror}"

    def clear(self) -> None:
        """Forget the unsaved work: there is none."""
        with contextlib.suppress(OSError):
            self._file.unlink(missing_ok=True)

    def close(self) -> None:
        """Release the lock; the journal is offered to the next session."""
        if self._lock is not None:
            with contextlib.suppress(OSError):
                _lock_file(self._file).unlink(missing_ok=True)
                os.close(self._lock)
            self._lock = None


def left_behind(folder: Path) -> list[Unsaved]:
    """Unsaved work of lost sessions, newest first; unreadable files are left alone."""
    found = [work for file in _files(folder) if (work := _read(file)) is not None]
    return sorted(found, key=lambda work: work.when, reverse=True)[:_KEPT]


def discard(work: Unsaved) -> None:
    """Forget work already taken over, or not wanted."""
    with contextlib.suppress(OSError):
        work.file.unlink(missing_ok=True)
        _lock_file(work.file).unlink(missing_ok=True)


def _files(folder: Path) -> list[Path]:
    try:
        return [file for file in folder.glob("*.json") if not _is_in_use(file)]
    except OSError:
        return []


def _read(file: Path) -> Unsaved | None:
    try:
        content: dict[str, Any] = json.loads(file.read_text(encoding="utf-8"))
        scenario = build(content["scenario"])
        path = Path(content["path"]) if content["path"] else None
        return Unsaved(file, str(content["name"]), path, float(content["when"]), scenario)
    except (OSError, ArithmeticError, ValueError, LookupError, TypeError, RecursionError):
        return None


def _lock_file(file: Path) -> Path:
    return file.with_suffix(".lock")


def _locked(file: Path) -> int:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    return descriptor


def _is_in_use(file: Path) -> bool:
    try:
        descriptor = os.open(_lock_file(file), os.O_RDWR | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return True
    finally:
        os.close(descriptor)
    return False
