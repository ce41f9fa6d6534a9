"""The history on the screen: nothing that was undone is lost, and a name leads back."""

from __future__ import annotations

from tests.tui.explorer import Start


async def test_a_state_of_any_branch_is_a_key_away(explore: Start) -> None:
    async with explore() as user:
        await user.type("62")
        await user.press("enter")
        await user.press("N")
        await user.type("one more")
        await user.press("enter")
        assert user.message == "This state is called one more."
        await user.press("z")
        await user.type("70")
        await user.press("enter")
        await user.press("h")
        assert "├─○ Layers: 62  “one more”" in user.shown
        assert "▸● Layers: 70" in user.shown
        await user.press("up")
        assert "from there to now: 1 field: Layers 62 → 70" in user.shown
        await user.press("enter")
        assert user.document.scenario.value("num_layers") == 62
        assert user.message == "Back at: one more"
        # Undo and redo go on from there.
        await user.press("z", "y")
        assert user.document.scenario.value("num_layers") == 62
        await user.press("z")
        await user.press("slash")
        await user.type("one more")
        await user.press("enter")
        assert user.document.scenario.value("num_layers") == 62
