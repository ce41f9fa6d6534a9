"""Words of a file are shown and never obeyed."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.tui.explorer import NARROW, WIDE, Start

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


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["narrow", "wide"])
@pytest.mark.parametrize("words", [HOSTILE, WIDE_AND_COMBINING], ids=["hostile", "wide"])
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
        for strip in user.app.screen._compositor.render_strips(user.app.size):
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


async def test_a_hostile_file_name_is_text_too(explore: Start, own_folders: Path) -> None:
    name = "[red]a\x1b[31m[@click=app.quit]b.toml"
    (own_folders / name).write_text(scenario("t"), encoding="utf-8")
    async with explore(f"./{name}", size=WIDE) as user:
        assert "[red]a [31m[@click=app.quit]b.toml" in user.title
        await user.press("o")
        await user.type("red")
        assert [line for line in user.screen if not line.isprintable()] == []
        assert "[@click=app.quit]" in user.shown
        await user.press("enter")
        assert [line for line in user.screen if not line.isprintable()] == []
        await user.press("right", "q")
        assert [line for line in user.screen if not line.isprintable()] == []
