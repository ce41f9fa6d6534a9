"""The ways to install the program: what each runs, and how it is removed again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

REPOSITORY = Path(__file__).parents[2]
_EXTRA = "[completion]"


@dataclass(frozen=True, slots=True)
class Place:
    """A folder of its own for one way on one Python, and what can be installed there."""

    folder: Path
    python: str
    tools: Path
    wheel: Path
    sdist: Path
    downloads: Path

    @property
    def environment(self) -> dict[str, str]:
        """The user's folders, and those of pipx and uv, all below the folder."""
        kept = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        below = {
            "HOME": "home",
            "PIPX_HOME": "pipx",
            "PIPX_BIN_DIR": "bin",
            "PIPX_MAN_DIR": "man",
            "UV_TOOL_DIR": "uv",
            "UV_TOOL_BIN_DIR": "bin",
        }
        once = {name: str(self.downloads) for name in ("PIP_CACHE_DIR", "UV_CACHE_DIR")}
        return kept | once | {name: str(self.folder / word) for name, word in below.items()}

    def run(self, *words: str | Path) -> str:
        """What a command prints, run in the folder. Raises CalledProcessError."""
        done = subprocess.run(
            [str(word) for word in words],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise subprocess.CalledProcessError(done.returncode, words, done.stdout, done.stderr)
        return done.stdout


@dataclass(frozen=True, slots=True)
class Way:
    """How the program comes and goes, and where it then lies."""

    install: Callable[[Place], object]
    remove: Callable[[Place], object]
    program: str
    # Where the way makes an environment that other programs can be told of.
    python: str | None = None


def _pip(what: Callable[[Place], list[str]]) -> Way:
    def install(place: Place) -> None:
        place.run(place.python, "-m", "venv", "venv")
        place.run("venv/bin/pip", "install", "-q", *what(place))

    def remove(place: Place) -> None:
        place.run("venv/bin/pip", "uninstall", "-q", "-y", "dsexplore")

    return Way(install, remove, "venv/bin/dsexplore", "venv/bin/python")


def _uv(place: Place) -> None:
    uv = place.tools / "uv"
    place.run(uv, "venv", "-q", "--python", place.python, "venv")
    place.run(uv, "pip", "install", "-q", "--python", "venv/bin/python", f"{place.wheel}{_EXTRA}")


def _without_uv(place: Place) -> None:
    uv = place.tools / "uv"
    place.run(uv, "pip", "uninstall", "-q", "--python", "venv/bin/python", "dsexplore")


WAYS = {
    "wheel": _pip(lambda place: [f"{place.wheel}{_EXTRA}"]),
    "sdist": _pip(lambda place: [f"{place.sdist}{_EXTRA}"]),
    "editable": _pip(lambda _: ["-e", f"{REPOSITORY}{_EXTRA}"]),
    "uv pip": Way(_uv, _without_uv, "venv/bin/dsexplore", "venv/bin/python"),
    "pipx": Way(
        lambda place: place.run(
            place.tools / "pipx", "install", "--python", place.python, f"{place.wheel}{_EXTRA}"
        ),
        lambda place: place.run(place.tools / "pipx", "uninstall", "dsexplore"),
        "bin/dsexplore",
    ),
    "uv tool": Way(
        lambda place: place.run(
            *(place.tools / "uv", "tool", "install", "-q", "--python", place.python),
            f"{place.wheel}{_EXTRA}",
        ),
        lambda place: place.run(place.tools / "uv", "tool", "uninstall", "-q", "dsexplore"),
        "bin/dsexplore",
    ),
}


def tools(folder: Path) -> Path:
    """The folder of pipx, uv and a builder, in an environment of their own."""
    subprocess.run([sys.executable, "-m", "venv", str(folder)], check=True)
    pip = [str(folder / "bin" / "pip"), "install", "-q", "pipx", "uv", "hatchling"]
    subprocess.run(pip, check=True)
    return folder / "bin"


def built(bin_folder: Path, folder: Path) -> tuple[Path, Path]:
    """A wheel, made from the sdist as an index's user would have it, and the sdist."""
    build = [str(bin_folder / "python"), "-m", "hatchling", "build", "-d", str(folder)]
    subprocess.run([*build, "-t", "sdist"], cwd=REPOSITORY, check=True, capture_output=True)
    (sdist,) = folder.glob("*.tar.gz")
    pip = [str(bin_folder / "pip"), "wheel", "-q", "--no-deps", "-w", str(folder), str(sdist)]
    subprocess.run(pip, check=True)
    (wheel,) = folder.glob("*.whl")
    return wheel, sdist
