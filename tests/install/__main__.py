"""`python -m tests.install`: every way to install, on every Python that is found, tried for real.

Each is installed into a folder of its own, asked what the checkout is asked, opened in a terminal,
type-checked and removed, with the user's files left. Needs the `dev` extra and a package index.
"""

from __future__ import annotations

import argparse
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.install.trial import trial
from tests.install.ways import WAYS, Place, built, tools

_OLDEST, _NEWEST = 11, 20
_LONGEST = 2000


def _pythons() -> list[str]:
    """This Python, then the others that are on the path or that pyenv holds, from 3.11 on."""
    found = {sys.version_info[:2]: sys.executable}
    for minor in range(_OLDEST, _NEWEST):
        held = sorted(Path.home().glob(f".pyenv/versions/3.{minor}.*/bin/python"))
        on_path = shutil.which(f"python3.{minor}")
        for python in (*map(str, held), *([on_path] if on_path else [])):
            if (3, minor) not in found and _runs(python):
                found[3, minor] = python
    return [found[version] for version in sorted(found)]


def _runs(python: str) -> bool:
    return subprocess.run([python, "-c", ""], capture_output=True, check=False).returncode == 0


def _version(python: str) -> str:
    code = "import platform; print(platform.python_version())"
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=True)
    return done.stdout.strip()


def main() -> int:
    """Try each way on each Python; says how each went, and fails if one did."""
    parser = argparse.ArgumentParser(prog="python -m tests.install")
    parser.add_argument("--python", action="append", help="a Python; default: all that are found")
    parser.add_argument("--way", action="append", choices=WAYS, help="default: all")
    arguments = parser.parse_args()
    failed = passed = 0
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        bin_folder = tools(folder / "tools")
        wheel, sdist = built(bin_folder, folder / "dist")
        print(f"{sdist.name}; of it {wheel.name}", flush=True)
        for python in arguments.python or _pythons():
            for way in arguments.way or WAYS:
                own = folder / f"{passed + failed}"
                place = Place(own, python, bin_folder, wheel, sdist, folder / "downloads")
                (place.folder / "home").mkdir(parents=True)
                began = time.monotonic()
                try:
                    trial(WAYS[way], place)
                    said = "installed, used and removed"
                    passed += 1
                except (AssertionError, subprocess.CalledProcessError) as error:
                    said = f"FAILED: {error} {getattr(error, 'stderr', '')}"[:_LONGEST]
                    failed += 1
                took = time.monotonic() - began
                print(f"{_version(python):8} {way:9} {took:4.0f} s  {said}", flush=True)
                shutil.rmtree(place.folder)
    print(f"{passed} passed, {failed} failed")
    return 1 if failed else 0


sys.exit(main())
