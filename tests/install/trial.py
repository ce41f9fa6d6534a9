"""What is tried where the program was installed: its presets, its screen, its types, its going."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from functools import cache
from pathlib import Path

from dsexplore import __version__
from tests.install.ways import REPOSITORY, Place, Way
from tests.terminal.pty_session import PtySession

# What a type checker must see, and what it must refuse.
_TYPED = """\
import dsexplore as ds

cost: object = ds.evaluate("deepseek-v3")["total_cost"]
table: ds.Table = ds.sweep("deepseek-v3", {"num_gpus": "1024,2048"}, "pretraining_days")
"""
_MISTYPED = "import dsexplore as ds\n\nwrong: int = ds.load('deepseek-v3')\n"
# The same question to the checkout and to what was installed.
_QUESTIONS = (
    ("presets", "--format", "json"),
    ("eval", "deepseek-v3", "--format", "json"),
    ("claims", "--format", "json"),
)


def trial(way: Way, place: Place) -> None:
    """Install, use, remove. Raises AssertionError or CalledProcessError with what went wrong."""
    way.install(place)
    program = place.folder / way.program
    assert place.run(program, "--version") == f"dsexplore {__version__}\n"
    for question in _QUESTIONS:
        told, expected = place.run(program, *question), _in_the_checkout(question)
        assert told == expected, f"{question}: another answer than the checkout's"
    assert "dsexplore" in place.run(program, "completion", "bash")
    _open_the_explorer(program, place)
    if way.python:
        _check_types(place.folder / way.python, place)
    _remove(way, program, place)


@cache
def _in_the_checkout(question: tuple[str, ...]) -> str:
    with tempfile.TemporaryDirectory() as home:
        there = {name: value for name, value in os.environ.items() if not name.startswith("XDG_")}
        done = subprocess.run(
            [sys.executable, "-m", "dsexplore", *question],
            cwd=REPOSITORY,
            env=there | {"HOME": home},
            capture_output=True,
            text=True,
            check=True,
        )
    return done.stdout


def _open_the_explorer(program: Path, place: Place) -> None:
    with PtySession(place.folder, "deepseek-v3", argv=(str(program),)) as session:
        session.expect("Overview")
        session.send("q")
        assert session.end() == 0, session.output[-400:]


def _check_types(python: Path, place: Place) -> None:
    for text, status in ((_TYPED, 0), (_MISTYPED, 1)):
        script = place.folder / "typed.py"
        script.write_text(text)
        cache = place.folder / "mypy"
        checker = [
            "mypy",
            "--strict",
            "--python-executable",
            str(python),
            "--cache-dir",
            str(cache),
        ]
        done = subprocess.run(
            [sys.executable, "-m", *checker, str(script)],
            cwd=place.folder,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == status, done.stdout + done.stderr


def _remove(way: Way, program: Path, place: Place) -> None:
    place.run(program, "presets", "--save", "ours", "--from", "deepseek-v3")
    place.run(program, "settings", "--write")
    place.run(program, "eval", "deepseek-v3", "-o", "our-run.toml")
    said = place.run(program, "settings", "--where")
    home = place.folder / "home"
    kept = [
        home / ".config/dsexplore/settings.toml",
        home / ".local/share/dsexplore/presets/scenarios/ours.toml",
    ]
    ours = [*kept, place.folder / "our-run.toml"]
    before = {path: path.read_bytes() for path in ours}
    for path in kept:
        assert any(line.rsplit("  ", 1)[1] in str(path) for line in said.splitlines()), (
            f"{path} is nowhere in:\n{said}"
        )
    way.remove(place)
    assert not os.path.lexists(program), "the program is still there"
    left = [path for path in place.folder.rglob("dsexplore") if "site-packages" in path.parts]
    assert not any(path.glob("**/*.py") for path in left), f"left behind: {left}"
    assert {path: path.read_bytes() for path in ours} == before, "a file of the user's has changed"
