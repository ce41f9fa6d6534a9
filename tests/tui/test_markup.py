"""Words of a file are shown and never obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.analysis.claims.file import load_claims
from dsexplore.files.locations import journal_folder, user_presets_folder
from dsexplore.library.names import KINDS
from dsexplore.tui.keys.actions import ACTIONS
from dsexplore.tui.screens.claims import screen
from tests.hostile import CLAIMS, EVIL, EVIL_NAME, SCENARIO, quoted
from tests.tui.explorer import NARROW, WIDE, Explorer, Start

HOSTILE = "[@click=app.quit]x[/] [red]y[/red] \\u001B[31mz\\u001B]52;c;AAAA\\u0007 \\u202Eq"
WIDE_AND_COMBINING = "模型训练 é́ 🔎 \\u200Bende"


def scenario(words: str) -> str:
    return f'''schema = 1
title = "{words}"
description = "{words}\\nsecond line"
[architecture]
preset = "deepseek-v3"
num_layers = 60
[hardware]
preset = "h800-80gb-sxm"
[sources]
"{words}" = ["num_layers"]
[notes]
num_layers = "{words}"
'''


@pytest.mark.parametrize(
    ("words", "size"), [(HOSTILE, NARROW), (WIDE_AND_COMBINING, WIDE)], ids=["hostile", "wide"]
)
async def test_words_of_a_file_are_drawn_as_text(
    explore: Start, own_folders: Path, words: str, size: tuple[int, int]
) -> None:
    (own_folders / "words.toml").write_text(scenario(words), encoding="utf-8")
    async with explore("words.toml", size=size) as user:
        screens = [user.screen]
        await user.press("tab")
        screens.append(user.screen)
        await user.press("o")
        await user.type("words")
        screens.append(user.screen)
        await user.press("escape")
        await user.press("right", "tab", "enter", "x")
        screens.append(user.screen)
        for screen in screens:
            for line in screen:
                assert line.isprintable()
        for strip in user.strips:
            assert strip.cell_length == size[0]
            for segment in strip:
                assert not segment.control
                assert not (segment.style and segment.style.meta.get("@click"))
        everything = "\n".join(line for screen in screens for line in screen)
        if words == HOSTILE:
            assert "[@click=app.quit]x[/] [red]y[/red]" in everything
        else:
            assert "模型训练" in everything
        assert user.app._running


async def test_columns_stay_aligned_beside_wide_words(explore: Start, own_folders: Path) -> None:
    (own_folders / "words.toml").write_text(scenario(WIDE_AND_COMBINING), encoding="utf-8")
    async with explore("words.toml", size=WIDE) as user:
        from rich.cells import cell_len

        edges = {cell_len(line[: line.index("│")]) for line in user.screen if "│" in line}
        assert len(edges) == 1


def seen(user: Explorer) -> str:
    """What the screen shows, all of it text that does nothing."""
    width, height = user.app.size
    strips = user.strips
    assert len(strips) == height
    for strip in strips:
        assert strip.text.isprintable()
        assert strip.cell_length == width
        for segment in strip:
            assert not segment.control
            assert not (segment.style and segment.style.meta.get("@click"))
    return "\n".join(strip.text for strip in strips)


def hostile_presets() -> None:
    """A preset of every kind whose words are hostile, and one that is refused in hostile words."""
    for kind in KINDS:
        folder = user_presets_folder() / kind
        folder.mkdir(parents=True)
        (folder / "evil.toml").write_text(CLAIMS if kind == "claims" else SCENARIO)
        if kind in ("scenarios", "hardware"):
            (folder / "broken.toml").write_text(f"schema = 1\n{quoted(EVIL)} = 1\n")


async def test_no_action_lets_a_word_act(
    explore: Start, own_folders: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The hostile claims alone: the shipped ones would take most of a second.
    own = user_presets_folder() / "claims" / "evil.toml"
    monkeypatch.setattr(screen, "shipped_claims", lambda: load_claims(own))
    name = f"./{EVIL_NAME}.toml"
    (own_folders / name).write_text(SCENARIO, encoding="utf-8")
    async with explore(name, journal=journal_folder()) as user:
        await user.press("right")
    hostile_presets()
    # A tour has a scenario of its own.
    opening = [it for it in ACTIONS if it.group in ("why", "file") and it.name != "tour"]
    hostile = 0
    async with explore(name, size=WIDE) as user:
        await user.press("right")
        for action in opening:
            await user.press(action.keys[0])
            hostile += "FORGED" in seen(user)
            await user.paste(EVIL)
            seen(user)
            for _ in range(3):
                if user.app.screen is not user.main:
                    await user.press("escape")
            assert "FORGED" in seen(user), "back where its name stands"
    assert hostile > len(opening) // 2
