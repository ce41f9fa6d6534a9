"""No change of a widget is forgotten, whatever the screen has to draw itself."""

from textual.geometry import Region


async def test_what_changed_is_drawn_with_what_the_terminal_waited_for(explore):
    async with explore(size=(120, 40)) as user:
        screen, sheet = user.app.screen, user.parameters
        sheet.refresh(Region(0, 3, 10, 1))
        screen._dirty_widgets.add(sheet)
        # As after the answer of a slow terminal, which is owed a part of the screen.
        screen.refresh(Region(0, 0, 5, 1))
        screen._on_timer_update()
        assert not sheet._repaint_regions
