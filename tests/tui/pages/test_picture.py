"""The page of results as a picture: every page can be drawn, and holds what it shows."""

from __future__ import annotations

from pathlib import Path
from xml.etree import ElementTree

from dsexplore.tui.pages.pages import PAGES
from dsexplore.tui.pages.picture import page_picture
from tests.tui.explorer import Explorer, Start

_SVG = "{http://www.w3.org/2000/svg}"


def drawn(picture: str) -> tuple[str, list[ElementTree.Element]]:
    """The words of a picture, and its boxes."""
    root = ElementTree.fromstring(picture)
    words = " ".join(each.text or "" for each in root.iter(f"{_SVG}text"))
    return words, [*root.iter(f"{_SVG}rect")]


async def test_every_page_can_be_drawn_whole(explore: Start) -> None:
    async with explore("llama-3.1-405b") as user:
        for page in PAGES:
            words, boxes = drawn(page_picture(page, user.document))
            assert words.startswith(f"{page.title} of llama-3.1-405b Llama 3.1 405B")
            assert "Computed by dsexplore" in words
            assert not set("█▒▓") & set(words), "bars are boxes, as fonts differ"
            shown = " ".join(
                text for row in page.rows(user.document, 100) for text, role in row.line
            )
            assert ("█" in shown) == (len(boxes) > 5), "four hatchings, and the page"


async def test_the_page_is_exported_by_its_ending(explore: Start, tmp_path: Path) -> None:
    async with explore("deepseek-v3") as user:
        await export(user, tmp_path / "overview.svg")
        words, _ = drawn((tmp_path / "overview.svg").read_text(encoding="utf-8"))
        assert "Where the money goes" in words
        assert "Price per GPU-hour" in words, "what moves the cost is not waited for"


async def export(user: Explorer, path: Path) -> None:
    await user.press("x", "ctrl+u")
    await user.paste(str(path))
    await user.press("enter")
    assert "Exported to" in user.message
