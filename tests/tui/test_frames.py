"""Whole screens as text.

`UPDATE_FRAMES=1 pytest tests/tui/test_frames.py` writes them anew; look at the difference then.
"""

from __future__ import annotations

import difflib
import os
import re
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from rich.color import ColorSystem, ColorType

from dsexplore.tui.main.side import TABLES
from dsexplore.tui.pages.pages import PAGES
from dsexplore.tui.settings import Settings
from tests.tui.explorer import NARROW, WIDE, Explorer, Start

FRAMES = Path(__file__).parent / "frames"
TINY, ROOMY = (40, 10), (200, 60)
PREDICTED_PAGES = ("Compute", "Network", "Pipeline", "Serving")


# How many rows are hidden, at the end of a rule, and where a list's scroll bar ends.
_COUNTER = re.compile(r"─+ (?:↑ \d+)?(?:  )?(?:↓ \d+ more)? ─")
_BAR_END = re.compile(r"([▁-▇])\1(?= │)")


def without_hidden(line: str) -> str:
    """A line that says whether rows are hidden, but not how many: a frame is of what it shows."""
    uncounted = _COUNTER.sub(
        lambda found: re.sub(r"\d+", "…", found[0]).rjust(len(found[0]), "─"), line
    )
    return _BAR_END.sub("  ", uncounted)


# A prediction moves with every fit, and a frame is of where it stands: its digits and bars are
# held by other tests.
_PREDICTED = re.compile(r"(?:Step time|Predicted MFU|Memory needed per GPU) .*")
_NUMBER = re.compile(r"(?<![\w-])\d[\d.,]*+(?!\w)")
_DRAWN = re.compile(r"[▏▎▍▌▋▊▉█▒▓▞·][▏▎▍▌▋▊▉█▒▓▞· ]*")


def without_digits(text: str) -> str:
    """Numbers as 0, bars and charts as their first cell, all as wide as they are."""
    blank = _DRAWN.sub(lambda found: "█".ljust(len(found[0])), text)
    return _NUMBER.sub(lambda found: "0".rjust(len(found[0])), blank)


def of_any_fit(line: str) -> str:
    """A line of which neither hidden rows nor what is predicted count."""
    return _PREDICTED.sub(lambda found: without_digits(found[0]), without_hidden(line))


def shape(line: str) -> str:
    """A line of a page whose figures are predicted."""
    return without_digits(without_hidden(line))


Seen = Callable[[str], str]


def hold(
    user: Explorer, name: str, seen: Seen = of_any_fit, lines: Sequence[str] | None = None
) -> None:
    """Hold the screen against its frame; spaces at the ends of lines do not count."""
    drawn = "\n".join(seen(line).rstrip() for line in lines or user.screen) + "\n"
    assert str(Path.home()) not in drawn
    file = FRAMES / f"{name}.txt"
    if os.environ.get("UPDATE_FRAMES"):
        FRAMES.mkdir(exist_ok=True)
        file.write_text(drawn, encoding="utf-8")
        return
    held = file.read_text(encoding="utf-8") if file.exists() else ""
    if drawn != held:
        difference = difflib.unified_diff(
            held.splitlines(), drawn.splitlines(), f"{name}.txt", "drawn", lineterm="", n=1
        )
        pytest.fail("\n".join(difference), pytrace=False)


@pytest.mark.parametrize("size", [NARROW, WIDE, ROOMY], ids=lambda size: f"{size[0]}x{size[1]}")
async def test_start(explore: Start, size: tuple[int, int]) -> None:
    async with explore(size=size) as user:
        await user.settle()
        # Where there is room for a third column, its pages are of predictions.
        seen = shape if size == ROOMY else of_any_fit
        hold(user, f"start-{size[0]}x{size[1]}", seen)


async def test_panels(explore: Start) -> None:
    async with explore() as user:
        for table in TABLES:
            assert user.panel == table
            hold(user, f"panel-{table}-80x24")
            await user.press("n")


async def test_pages(explore: Start) -> None:
    async with explore(size=WIDE) as user:
        await user.press("tab")
        for page in PAGES:
            assert user.page == page.title
            seen = shape if page.title in PREDICTED_PAGES else of_any_fit
            hold(user, f"page-{page.title.lower()}-120x40", seen)
            await user.press("n")


async def test_results_alone(explore: Start) -> None:
    async with explore() as user:
        await user.press("tab")
        hold(user, "overview-80x24")
        await user.press("end")
        hold(user, "overview-end-80x24")


async def test_reinforcement(explore: Start) -> None:
    async with explore("deepseek-r1-epoch", size=WIDE) as user:
        await user.show_page("RL")
        hold(user, "deepseek-r1-rl-120x40", shape)


async def test_unknowns(explore: Start) -> None:
    async with explore("gpt-4-reported", size=WIDE) as user:
        hold(user, "gpt-4-reported-120x40")


@pytest.mark.parametrize(
    ("name", "keys"),
    [
        ("typing", ["down", *"4096*2", "left"]),
        ("bad-value", [*"61x", "enter"]),
        ("changed", [*"32", "enter", "v"]),
        ("open", ["o"]),
        ("open-narrowed", ["o", *"r1"]),
        ("help", ["question_mark"]),
        ("leave", ["right", "q"]),
    ],
)
@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["80x24", "120x40"])
async def test_doing(explore: Start, name: str, keys: list[str], size: tuple[int, int]) -> None:
    async with explore(size=size) as user:
        for key in keys:
            await user.press(key)
        hold(user, f"{name}-{size[0]}x{size[1]}")


@pytest.mark.parametrize(
    ("name", "scenario", "keys"),
    [
        # A price moves the cost alone, and no fit moves either.
        ("sweep", "deepseek-v3", ["n", *["down"] * 4, "s", *["right"] * 8]),
        (
            "sweep-map",
            "deepseek-v3",
            ["n", *["down"] * 4, "s", "o", *"pretraining_tok", "enter", "up"],
        ),
        ("likely", "deepseek-r1-epoch", ["tab", "U", "b", *"$7M", "enter"]),
        ("medians", "deepseek-r1-epoch", ["tab", "u"]),
    ],
)
async def test_asking(explore: Start, name: str, scenario: str, keys: list[str]) -> None:
    async with explore(scenario) as user:
        for key in keys:
            await user.press(key)
        hold(user, f"{name}-80x24")


async def test_doing_on_a_wide_screen(explore: Start) -> None:
    async with explore(size=(200, 60)) as user:
        await user.press("right")
        hold(user, "changed-200x60")
        await user.press("o")
        hold(user, "open-200x60")
        await user.press("escape", "question_mark")
        hold(user, "help-200x60")


_SGR = re.compile(r"\x1b\[([\d;]*)m")


def in_colours(user: Explorer, system: ColorSystem) -> list[str]:
    """The screen with what a terminal is sent for colours and attributes, between ‹ and ›."""
    lines = []
    for strip in user.strips:
        line = ""
        for segment in strip:
            sent = segment.style.render("x", color_system=system) if segment.style else "x"
            code = _SGR.match(sent)
            line += f"‹{code[1]}›{segment.text}" if code else segment.text
        lines.append(line)
    return lines


@pytest.mark.parametrize(
    ("theme", "colours"),
    [
        ("terminal", ColorSystem.STANDARD),
        ("dark", ColorSystem.EIGHT_BIT),
        ("light", ColorSystem.EIGHT_BIT),
        ("none", ColorSystem.TRUECOLOR),
    ],
)
async def test_colours(
    explore: Start, monkeypatch: pytest.MonkeyPatch, theme: str, colours: ColorSystem
) -> None:
    if theme == "none":
        monkeypatch.setenv("NO_COLOR", "1")
    async with explore(settings=Settings(theme=theme if theme != "none" else "dark")) as user:
        await user.press("right")
        lines = in_colours(user, colours)
        hold(user, f"colours-{theme}-80x24", lines=lines)
        await user.press("q")
        lines += in_colours(user, colours)
        hold(user, f"colours-{theme}-leave-80x24", lines=lines[-24:])
        if theme == "none":
            sent = {code for line in lines for code in re.findall("‹(.*?)›", line)}
            # Bold, dim, reversed and the terminal's own two: no colour.
            assert {part for code in sent for part in code.split(";")} <= {*"1247", "39", "49"}


async def test_no_screen_or_dialog_has_a_colour_that_is_not_the_themes(
    explore: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "1")
    async with explore() as user:
        await user.press("right")
        for keys in ("C", "s", ["c", "enter"], "?", "o"):
            await user.press(*keys if isinstance(keys, list) else [keys])
            styles = [segment.style for strip in user.strips for segment in strip if segment.style]
            colours = [found for each in styles for found in (each.color, each.bgcolor) if found]
            assert {colour.type for colour in colours} <= {ColorType.DEFAULT}, keys
            await user.press("escape")


async def test_too_small(explore: Start) -> None:
    async with explore(size=TINY) as user:
        hold(user, "too-small-40x10")


def test_a_row_that_does_not_show_changes_no_frame() -> None:
    assert (
        without_hidden("──── ↓ 9 more ─│") == without_hidden("─── ↓ 10 more ─│") != "─" * 15 + "│"
    )
    assert without_hidden("─── ↑ 9  ↓ 9 more ─") == without_hidden("─ ↑ 10  ↓ 10 more ─")
    assert without_hidden("──── ↓ 9 more ─│") != "─" * 15 + "│"
    assert without_hidden(" Deep ▄▄ │") == without_hidden(" Deep    │")


def test_a_prediction_that_moves_changes_no_frame() -> None:
    first, second = (
        " Compute time   15.58 s  ████▏   81.1 %",
        " Compute time   9.958 s  ██▌     8.11 %",
    )
    assert shape(first) == shape(second) == " Compute time       0 s  █          0 %"
    assert of_any_fit(first) == first
    assert of_any_fit(" Step time  19.2 s  14.4 … 25.7 s") == " Step time     0 s     0 …    0 s"
