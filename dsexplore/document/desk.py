"""What the user keeps in sight in every session, whatever scenario is open.

Its file is read as a stranger's: whatever does not fit is left out.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from dsexplore.document.state import Evaluated
from dsexplore.document.swept import Swept
from dsexplore.files.reading import read_bytes
from dsexplore.files.writing import write_atomically
from dsexplore.library.presets import build
from dsexplore.library.saving import tables
from dsexplore.text.refusal import ScenarioError

# As many scenarios have columns of their own beside the open one.
MOST_PINS = 4
_LONGEST = 100
# The most pages that are read.
_MOST_PAGES = 30
_MOST_AXES = 2


class Desk:
    """The pages chosen for a wide terminal, the scenarios pinned as columns, and the last sweep.

    `pages` holds titles; it is empty where nobody has chosen any.
    """

    def __init__(self, file: Path) -> None:
        self._file = file
        raw = _read(file)
        self.pages = _titles(raw.get("pages"))
        self.pins = _pins(raw.get("pins"))
        self.swept = _swept(raw.get("sweep"))

    def choose(self, pages: Sequence[str]) -> None:
        """Keep these pages. Raises ScenarioError where that cannot be written."""
        self.pages = tuple(pages)
        self._write()

    def pin(self, pinned: Evaluated) -> None:
        """Keep a scenario in sight. Raises ScenarioError where that cannot be written."""
        if len(self.pins) == MOST_PINS:
            found = f"{MOST_PINS} pinned scenarios"
            raise ScenarioError("", found, f"at most {MOST_PINS}: take one away first")
        self.pins = (*self.pins, pinned)
        self._write()

    def unpin(self, place: int) -> Evaluated:
        """Take a pinned scenario away. Raises ScenarioError as `pin` does."""
        taken = self.pins[place]
        self.pins = (*self.pins[:place], *self.pins[place + 1 :])
        self._write()
        return taken

    def sweep(self, swept: Swept) -> None:
        """Keep the last sweep. Raises ScenarioError where that cannot be written."""
        if swept != self.swept:
            self.swept = swept
            self._write()

    def _write(self) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            why = error.strerror or "trouble"
            raise ScenarioError("", why, "a folder to keep this in", str(self._file)) from None
        pins = [{"name": pin.name, "scenario": tables(pin.scenario)} for pin in self.pins]
        kept: dict[str, Any] = {"format": 1, "pages": [*self.pages], "pins": pins}
        if self.swept is not None:
            kept["sweep"] = {"over": self.swept.over, "result": self.swept.result}
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


def _swept(raw: object) -> Swept | None:
    try:
        pairs, result = raw["over"][:_MOST_AXES], raw["result"]  # type: ignore[index]  # as below
        over = tuple((name, values) for name, values in pairs)
    except (LookupError, TypeError, ValueError):  # a stranger's: of any shape
        return None
    texts = [result, *(text for pair in over for text in pair)]
    if not over or not all(isinstance(text, str) and len(text) <= _LONGEST for text in texts):
        return None
    return Swept(over, result)


def _pins(raw: object) -> tuple[Evaluated, ...]:
    pins: list[Evaluated] = []
    for kept in raw[:MOST_PINS] if isinstance(raw, list) else ():
        try:
            name, scenario = kept["name"], build(kept["scenario"])
        except (ArithmeticError, AttributeError, ValueError, LookupError, TypeError):
            continue
        except (RecursionError, ScenarioError):
            continue
        if isinstance(name, str):
            pins.append(Evaluated(scenario, name[:_LONGEST]))
    return tuple(pins)
