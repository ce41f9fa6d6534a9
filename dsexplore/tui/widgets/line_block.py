"""A block of lines; only those that changed are drawn again."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from itertools import zip_longest
from typing import get_args

from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Region
from textual.message import Message
from textual.strip import Strip
from textual.widget import Widget

from dsexplore.text.plain import clean
from dsexplore.tui.widgets.lines import Line, Role

# Rows by which the wheel goes, and cells along which a drag is a step.
_WHEEL, _STEP = 3, 2
ROLE_CLASSES = {f"line--{role}" for role in get_args(Role)}


class _Drawing(Widget):
    """Draws lines in roles; roles are component classes of its screen.

    Of the screen, because every widget would match them against the stylesheet for itself.
    """

    _styles: dict[Role | None, Style]
    # Whether its lines changed out of sight.
    _is_behind = False

    def _catch_up(self) -> None:
        if self._is_behind:
            self._is_behind = False
            self.refresh()

    def _style(self, role: Role | None) -> Style:
        """The style of a role on this widget; of empty space for None."""
        cache = self.__dict__.setdefault("_styles", {})
        if role not in cache:
            style = self.rich_style
            if role:
                style += self.screen.get_component_rich_style(f"line--{role}")
            cache[role] = _lean(style)
        found: Style = cache[role]
        return found

    def notify_style_update(self) -> None:
        """Forget styles when the theme changes."""
        self.__dict__["_styles"] = {}
        self.__dict__["_made"] = {}
        super().notify_style_update()

    @abstractmethod
    def _line(self, y: int) -> Line:
        """What stands in a row, counted from the top."""

    def render_lines(self, crop: Region) -> list[Strip]:
        """What stands in a part of it. It has neither border nor padding: here is the whole."""
        width = self.size.width
        start, end = crop.column_span
        whole = (start, end) == (0, width)
        made = [self._row(y, width) for y in crop.line_range]
        return made if whole else [strip.crop(start, end) for strip in made]

    def _row(self, y: int, width: int) -> Strip:
        """A row as cells; made again only where its line, the width or the style has changed."""
        line = self._line(y)
        cache = self.__dict__.setdefault("_made", {})
        known = cache.get(y)
        if known is None or known[:2] != (line, width):
            strip = self._strip(line, width)
            for each in self.get_line_filters():
                strip = strip.apply_filter(each, self.background_colors[1])
            known = cache[y] = line, width, strip
        made: Strip = known[2]
        return made

    def _repaint(self, old: Sequence[Line], new: Sequence[Line]) -> None:
        """Draw again only the lines, from the top, that differ from those before.

        Of these the terminal is sent the cells that it does not show yet.
        """
        width = self.size.width
        pairs = enumerate(zip_longest(old, new, fillvalue=()))
        if regions := [Region(0, y, width, 1) for y, (was, now) in pairs if was != now]:
            self.refresh(*regions)

    def _strip(self, line: Line, width: int) -> Strip:
        # Whoever forgot to clean a text: none acts on the terminal. Nothing costs bytes of its own.
        segments = [Segment(clean(text), self._style(role)) for text, role in line if text]
        return Strip(segments).adjust_cell_length(width, self._style(None)).simplify()


def _lean(style: Style) -> Style:
    """A style without the terminal's default colours: naming them costs bytes."""
    color, ground = (
        None if found is None or found.is_default else found
        for found in (style.color, style.bgcolor)
    )
    return style.without_color + Style.from_color(color, ground)


class LineBlock(_Drawing):
    """A few fixed lines: title, tabs, message, hints."""

    can_focus = False

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()

    def on_resize(self) -> None:
        """Draw changes made out of sight."""
        self._catch_up()

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines it shows."""
        return self._lines

    def show(self, lines: Sequence[Line]) -> None:
        """Draw these lines; repaints only changed cells."""
        self._is_behind |= not self.size
        old, self._lines = self._lines, tuple(lines)
        self._repaint(old, self._lines)

    def _line(self, y: int) -> Line:
        return self._lines[y] if y < len(self._lines) else ()


class Sheet(_Drawing):
    """Lines that scroll. Keys are its screen's business, so it takes no focus.

    Not by Textual's scrolling, which draws every cell again and lays the screen out.
    """

    can_focus = False

    class Sized(Message):
        """A sheet has a new size, or has come into sight: its lines must be made again."""

        def can_replace(self, message: Message) -> bool:
            """Sheets laid out together are drawn together."""
            return isinstance(message, Sheet.Sized)

    class Wheeled(Message):
        """The wheel was turned over a sheet, by so many rows."""

        def __init__(self, sheet: Sheet, rows: int) -> None:
            super().__init__()
            self.sheet, self.rows = sheet, rows

    class Dragged(Message):
        """The mouse was drawn along a row, counted from the top, by a step to a side."""

        def __init__(self, sheet: Sheet, row: int, step: int) -> None:
            super().__init__()
            self.sheet, self.row, self.step = sheet, row, step

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._lines: Sequence[Line] = ()
        # How many lines are scrolled out of sight at the top, and those in sight.
        self._top = 0
        self._in_sight: tuple[Line, ...] = ()
        # Where a drag began or last took a step.
        self._drag: tuple[int, int] | None = None

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        """Let the screen go down: the cursor and the rule go along."""
        self._wheeled(event, _WHEEL)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        """Let the screen go up."""
        self._wheeled(event, -_WHEEL)

    def _wheeled(self, event: events.MouseEvent, rows: int) -> None:
        event.stop()
        event.prevent_default()
        self.post_message(self.Wheeled(self, rows))

    def on_mouse_down(self, event: events.MouseDown) -> None:
        """Begin what may be a drag."""
        self._drag = (event.x, event.y)
        self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        """Take a step of a drag."""
        if self._drag is None:
            return
        x, row = self._drag
        steps = int((event.x - x) / _STEP)
        if steps:
            self._drag = (x + steps * _STEP, row)
        for _ in range(abs(steps)):
            self.post_message(self.Dragged(self, row, 1 if steps > 0 else -1))

    def on_mouse_up(self) -> None:
        """End a drag."""
        self._drag = None
        self.release_mouse()

    def on_resize(self) -> None:
        """Ask for lines of the new width, and draw changes made out of sight."""
        self._catch_up()
        self.post_message(self.Sized())

    @property
    def lines(self) -> tuple[Line, ...]:
        """The lines it shows, those scrolled out of sight included."""
        return tuple(self._lines)

    def show(self, lines: Sequence[Line]) -> None:
        """Draw these lines, which stay as they are; repaints only changed cells."""
        self._is_behind |= not self.size
        self._lines = lines
        # With fewer lines or a taller screen, scroll back rather than leave space empty.
        self._top = self._within(self._top)
        self._draw_in_sight()

    def _within(self, top: int) -> int:
        """The nearest place to scroll to that leaves no space empty."""
        return min(max(top, 0), max(0, len(self._lines) - self.size.height))

    def _draw_in_sight(self) -> None:
        old = self._in_sight
        self._in_sight = tuple(self._lines[self._top : self._top + self.size.height])
        self._repaint(old, self._in_sight)

    def _scroll(self, top: int) -> None:
        if top != self._top:
            self._top = top
            self._draw_in_sight()

    @property
    def above(self) -> int:
        """How many lines are scrolled out of sight at the top."""
        return self._top

    @property
    def below(self) -> int:
        """How many lines are out of sight at the bottom."""
        return max(0, len(self._lines) - self._top - self.size.height)

    def scroll_into_view(self, first: int, last: int) -> None:
        """Scroll no further than it takes to see these lines, the first of them above all."""
        top, height = self._top, self.size.height
        if height <= 0:
            return
        target = top
        if last >= top + height:
            target = last - height + 1
        target = min(target, first)
        # The heading above the first row belongs to it.
        self._scroll(0 if first <= 1 else target)

    def scroll_to_top(self) -> None:
        """Scroll to the first line."""
        self._scroll(0)

    def scroll_by_rows(self, rows: int) -> None:
        """Scroll up or down, as far as the lines go."""
        self._scroll(self._within(self._top + rows))

    def _line(self, y: int) -> Line:
        index = y + self._top
        return self._lines[index] if index < len(self._lines) else ()
