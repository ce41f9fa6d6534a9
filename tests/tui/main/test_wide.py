"""A wide terminal: all panels, a page, and pages of the user's choice, side by side."""

from __future__ import annotations

from textual import events

from dsexplore.document.desk import Desk
from dsexplore.files.locations import desk_file
from dsexplore.tui.main.side import Side
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.pages.pages import chosen_pages
from tests.tui.explorer import Start, text_of

ROOMY = (200, 60)


async def test_three_columns(explore: Start) -> None:
    async with explore(size=ROOMY) as user:
        session = user.main.session
        shown = user.shown
        for title in ("Architecture ━", "Where the money goes", "Pipeline ━", "Network ━"):
            assert title in shown
        # Keys walk through all panels as through one.
        await user.press("n", "up", "up")
        assert user.field == "router_bias"
        await user.press("down", "down")
        assert (user.field, user.panel) == ("gpu", "hardware")
        # What is edited shows in each column.
        await user.go_to("pipeline_parallel")
        await user.type("8")
        await user.press("enter")
        assert "moved" not in user.row
        assert "✗" in text_of(session.pages.sheet.lines[0])

        assert await _columns(user.press, session, "tab", "tab", "tab") == [1, 2, 0]
        assert await _columns(user.press, session, "shift+tab", "left", "left") == [2, 1, 1]
        assert await _columns(user.press, session, "right", "right") == [2, 2]
        await user.press("n")
        assert session.board.tab.title == "Network"
        assert "[Network]" in user.shown
        assert session.side.name

        for at in (0, 2, 1):
            _click(user.app.post_message, session.sides[at])
            await user.settle()
            assert session.at == at

        # Without room the board goes, and keys with it.
        await user.press("tab")
        await user.resize(120, 40)
        assert session.at == 1
        assert not session.board.sheet.size.width
        assert "Architecture ━" not in user.shown


async def test_the_board_is_kept(explore: Start) -> None:
    async with explore(size=ROOMY) as user:
        await user.press("D")
        await user.press("enter")
        await user.type("fine-tuning")
        await user.press("enter", "escape")
        assert "RL ━" in "\n".join(map(text_of, user.main.session.board.sheet.lines))
    assert Desk(desk_file()).pages == ("Network", "Memory", "RL")
    async with explore(size=ROOMY) as user:
        assert [page.title for page in user.main.session.board.pages] == ["Network", "Memory", "RL"]


async def test_the_board_finds_layouts_and_claims_once_keys_rest(explore: Start) -> None:
    Desk(desk_file()).choose(["Layouts", "Claims"])
    # Few layouts divide such a number of accelerators.
    async with explore("deepseek-v3", size=ROOMY) as user:
        board = user.main.session.board
        await user.go_to("num_gpus")
        await user.type("2047")
        await user.press("enter")
        lines = "\n".join(map(text_of, board.sheet.lines))
        assert "Fastest layouts" in lines
        assert "Claims about deepseek-v3 as published" in lines
        assert "f02" in lines


async def test_the_board_draws_the_last_sweep_of_this_session_or_one_before(
    explore: Start,
) -> None:
    Desk(desk_file()).choose(["Sweep"])
    async with explore(size=ROOMY) as user:
        board = user.main.session.board
        assert "Total cost by GPUs" in "\n".join(map(text_of, board.sheet.lines))
        # A page without a result for the cursor is turned to all the same.
        board.choose(chosen_pages(["Memory", "Sweep"]))
        await user.press("tab", "tab", "n")
        assert board.tab.title == "Sweep"
        await user.press("tab")
        await user.go_to("num_layers")
        await user.press("s", "n", "escape")
        result = user.document.swept.result
        assert result != "total_cost"
        assert f"{short_label(result)} by Layers" in "\n".join(map(text_of, board.sheet.lines))
        # It follows the scenario: the mark stands at the value now in force.
        await user.type("55")
        await user.press("enter")
        assert any(text_of(line).split() == ["49", "55", "73"] for line in board.sheet.lines)
    async with explore(size=ROOMY) as user:
        lines = "\n".join(map(text_of, user.main.session.board.sheet.lines))
        assert f"{short_label(result)} by Layers" in lines


async def _columns(press, session, *keys: str) -> list[int]:
    """The column that keys go to after each key."""
    found = []
    for key in keys:
        await press(key)
        found.append(session.at)
    return found


def _click(post, side: Side) -> None:
    x, y = side.sheet.region.x + 3, side.sheet.region.y + 2
    for kind in (events.MouseDown, events.MouseUp):
        post(kind(None, x, y, 0, 0, 1, False, False, False, x, y))
