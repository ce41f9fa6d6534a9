"""What the user keeps in sight in every session, whatever scenario is open.

Its file is read as a stranger's: whatever does not fit is left out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dsexplore.files.reading import read_bytes
from dsexplore.files.writing import write_atomically
from dsexplore.text.refusal import ScenarioError

_LONGEST = 100
# The most pages that are read.
_MOST_PAGES = 30


class Desk:
    """The pages chosen for a wide terminal, by title; empty where nobody has chosen any."""

    def __init__(self, file: Path) -> None:
        self._file = file
        raw = _read(file)
        self.pages = _titles(raw.get("pages"))

    def choose(self, pages: Sequence[str]) -> None:
        """Keep these pages. Raises ScenarioError where that cannot be written."""
        self.pages = tuple(pages)
        self._write()

    def _write(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            why = error.strerror or "trouble"
            raise ScenarioError("", why, "a folder to keep this in", str(self._file)) from None
        kept = {"format": 1, "pages": [*self.pages]}
        write_atomically(self._file, json.dumps(kept, ensure_ascii=False), overwrite=True)


def _read(file: Path) -> dict[str, Any]:
    try:
        raw = json.loads(read_bytes(file, "kept pages"))
    except (ScenarioError, ValueError, RecursionError):
        return {}
    return raw if isinstance(raw, dict) else {}


def _titles(raw: object) -> tuple[str, ...]:
    titles = raw[:_MOST_PAGES] if isinstance(raw, list) else []
    return tuple(title for title in titles if isinstance(title, str) and len(title) <= _LONGEST)
