"""One spoilt file after another: written, read, and judged by what the reading did."""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import signal
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import partial
from importlib import import_module
from pathlib import Path
from pkgutil import walk_packages
from types import FrameType

import dsexplore
from dsexplore.cli.errors import UsageError
from dsexplore.text.refusal import ScenarioError, nearest
from tests.fuzz.guard import Guard
from tests.fuzz.hostile import NO_FILES, made
from tests.fuzz.kinds import Kind, kinds
from tests.fuzz.mutations import mutated

# A refusal stays readable.
_LONGEST = 1200
_TO_WARM_UP = 2
_MEGABYTE = 1 << 20
_SHARE_OF_HOSTILE, _SHARE_OF_NO_FILES = 0.03, 0.01
_FOLDERS = {"XDG_DATA_HOME": "data", "XDG_CONFIG_HOME": "config", "XDG_STATE_HOME": "state"}


@dataclass(frozen=True)
class Limits:
    """What one file may take: processor time in seconds, memory in MB, and time on the clock."""

    seconds: float = 2.0
    memory: float = 150.0
    patience: int = 60


@dataclass
class Outcome:
    """What came of all files."""

    files: int = 0
    verdicts: Counter[str] = field(default_factory=Counter)
    by_kind: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    slowest: tuple[float, str] = (0.0, "")
    largest: tuple[float, str] = (0.0, "")


class Fuzzer:
    """Files below a folder, each following from the seed and its own number alone."""

    def __init__(self, folder: Path, seed: int, limits: Limits) -> None:
        self._folder = folder
        self._seed = seed
        self._limits = limits
        self._guard = Guard(folder)
        with _environment(folder):
            self._kinds = kinds()

    def run(self, numbers: range, keep: Path, tell: Callable[[str], None]) -> Outcome:
        """Try the files of these numbers; a faulty one is told, and kept in a folder."""
        outcome = Outcome()
        with _environment(self._folder):
            self._warm_up()
            for number in numbers:
                self._try(number, outcome, keep, tell)
        return outcome

    def _warm_up(self) -> None:
        """Import everything, and read an example of each kind: late imports are nobody's fault."""
        for module in walk_packages(dsexplore.__path__, "dsexplore."):
            if not module.name.startswith(("dsexplore.tui", "dsexplore.__main__")):
                import_module(module.name)
        nearest("a", ["b"])
        for kind in self._kinds:
            for content in kind.examples[:_TO_WARM_UP]:
                self._judged(kind, random.Random(0), partial(_write, content))

    def _try(self, number: int, outcome: Outcome, keep: Path, tell: Callable[[str], None]) -> None:
        chance = random.Random(f"{self._seed}:{number}")
        kind = chance.choice(self._kinds)
        what, put = self._spoilt(kind, chance)
        verdict, fault, seconds, megabytes = self._judged(kind, chance, put)
        called = f"number {number}, {kind.name}, {what}"
        outcome.files += 1
        outcome.verdicts[verdict] += 1
        outcome.by_kind[kind.name] += 1
        outcome.slowest = max(outcome.slowest, (seconds, called))
        outcome.largest = max(outcome.largest, (megabytes, called))
        if fault:
            outcome.faults.append(called)
            kept = keep / f"{self._seed}-{number}-{Path(kind.place).name}"
            again = f"--seed {self._seed} --first {number} --files 1"
            keep.mkdir(parents=True, exist_ok=True)
            with contextlib.suppress(OSError):
                put(kept)
            tell(f"{called} ({again}; kept as {kept})\n{fault}")

    def _spoilt(self, kind: Kind, chance: random.Random) -> tuple[str, Callable[[Path], object]]:
        which = chance.random()
        if which < _SHARE_OF_NO_FILES:
            make = chance.choice(NO_FILES)
            return make.__name__.strip("_").replace("_", " "), make
        if which < _SHARE_OF_NO_FILES + _SHARE_OF_HOSTILE:
            what, content = made(chance)
        else:
            what = "spoilt"
            content = mutated(chance.choice(kind.examples), kind.examples, chance)
        return what, partial(_write, content)

    def _judged(
        self, kind: Kind, chance: random.Random, put: Callable[[Path], object]
    ) -> tuple[str, str, float, float]:
        """The verdict, the fault if any, seconds and MB of reading one file."""
        path = self._folder / kind.place
        path.parent.mkdir(parents=True, exist_ok=True)
        put(path)
        _forget_peak()
        memory, started = _memory("VmRSS"), time.process_time()
        verdict, fault = "read", ""
        try:
            with (
                _alarm(self._limits.patience),
                self._guard.watching(may_write=True, may_read_anything=kind.names_files),
            ):
                kind.read(path, chance)
        except (ScenarioError, UsageError) as error:
            verdict, line = "refused", str(error)
            if not line.isprintable() or len(line) > _LONGEST:
                fault = f"a refusal of {len(line)} characters: {line!r:.300}"
        except KeyboardInterrupt:
            raise
        except BaseException:
            verdict, fault = "fault", traceback.format_exc()
        seconds, megabytes = time.process_time() - started, _memory("VmHWM") - memory
        if seconds > self._limits.seconds:
            fault += f"\ntook {seconds:.1f} s"
        if megabytes > self._limits.memory:
            fault += f"\ntook {megabytes:.0f} MB"
        if self._guard.seen:
            fault += "\n" + "\n".join(self._guard.seen)
        _remove(path)
        return ("fault" if fault else verdict), fault, seconds, megabytes


def _write(content: bytes, path: Path) -> None:
    path.write_bytes(content)


@contextlib.contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """No file of the machine's own is seen; everything is as before at the end."""
    before = {name: os.environ.get(name) for name in (*_FOLDERS, "HOME")}
    os.environ.update({name: str(folder / below) for name, below in _FOLDERS.items()})
    os.environ["HOME"] = str(folder)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextlib.contextmanager
def _alarm(seconds: int) -> Iterator[None]:
    """Interrupt what never ends."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise TimeoutError(f"not done after {seconds} s")

    before = signal.signal(signal.SIGALRM, ring)
    signal.alarm(seconds)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


def _remove(path: Path) -> None:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path)
    else:
        path.unlink(missing_ok=True)


def _forget_peak() -> None:
    """Let the kernel count the largest memory anew, where it can."""
    with contextlib.suppress(OSError):
        Path("/proc/self/clear_refs").write_text("5")


def _memory(which: str) -> float:
    """A figure of this process's memory in MB; 0 where the system does not tell."""
    try:
        lines = Path("/proc/self/status").read_text().splitlines()
    except OSError:
        return 0.0
    found = next((line.split()[1] for line in lines if line.startswith(f"{which}:")), "0")
    return int(found) * 1024 / _MEGABYTE
