"""Draws docs/pictures/ with the explorer itself: each screen as SVG in colour, and as text.

Run as `python docs/pictures.py`; with `--check` it only says whether the texts are up to date.
"""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from pathlib import Path
from typing import NamedTuple

from dsexplore.document.document import Document
from dsexplore.tui.app import ExplorerApp

PICTURES = Path(__file__).parent / "pictures"
_PATIENCE = 600
_SMALL, _USUAL, _WIDE = (80, 24), (120, 40), (200, 60)
_V3, _R1_ZERO = "deepseek-v3", "deepseek-r1-zero-predicted"


class Picture(NamedTuple):
    """A screen: its scenario, its size, the keys that lead to it, and words that it then shows."""

    name: str
    scenario: str
    size: tuple[int, int]
    keys: tuple[str, ...]
    shows: str


PICTURES_TO_DRAW = (
    Picture("overview-80x24", _V3, _SMALL, (), "Where the money goes"),
    Picture("changed-120x40", _V3, _USUAL, (*"/experts per tok", "enter", "right"), "was 8"),
    Picture("wide-200x60", _V3, _WIDE, (), "Where the money goes"),
    Picture("why-80x24", _V3, _SMALL, (*"/mfu", "enter", "e"), "peak"),
    Picture("layouts-120x40", _V3, _USUAL, ("L",), "of 1,9"),
    Picture(
        "r1-zero-120x40", "deepseek-r1-zero-predicted", _USUAL, (*"/page rl", "enter"), "Rollout"
    ),
    Picture("claims-120x40", _V3, _USUAL, ("C",), "reproduced"),
    Picture("answers-120x40", _V3, _USUAL, ("a",), "DeepSeek-R1"),
)


async def drawn(picture: Picture) -> tuple[str, str]:
    """A screen as SVG and as text; the program ends if it does not show its words."""
    app = ExplorerApp(Document(picture.scenario))
    async with app.run_test(size=picture.size) as pilot:
        await pilot.pause()
        for key in picture.keys:
            await pilot.press("space" if key == " " else key)
        for _ in range(_PATIENCE):
            await pilot.pause(0.1)
            app.main.rest()
            text = app.main.session.drawn()[1]
            if picture.shows in text:
                break
        else:
            sys.exit(f"{picture.name} does not show {picture.shows!r}:\n{text}")
        await pilot.pause(0.3)
        return app.main.session.drawn()


async def _draw() -> None:
    for picture in PICTURES_TO_DRAW:
        svg, text = await drawn(picture)
        file = PICTURES / f"{picture.name}.txt"
        if "--check" not in sys.argv:
            PICTURES.mkdir(exist_ok=True)
            file.write_text(text, encoding="utf-8")
            file.with_suffix(".svg").write_text(svg, encoding="utf-8")
        elif not file.exists() or file.read_text(encoding="utf-8") != text:
            sys.exit(f"docs/pictures/{file.name} is old: run python docs/pictures.py")


def main() -> None:
    """Draw all, away from the user's own files and settings."""
    with tempfile.TemporaryDirectory() as home:
        for name in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            os.environ[name] = home
        os.environ.pop("NO_COLOR", None)
        os.environ.update(COLORTERM="truecolor", TERM="xterm-256color")
        asyncio.run(_draw())


if __name__ == "__main__":
    main()
