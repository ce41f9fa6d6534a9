"""A block of lines that repaints only the cells that changed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, get_args

from rich.segment import Segment
from rich.style import Style
from textual.geometry import Region, Size
from textual.scroll_view import ScrollView
from textual.strip import Strip
from textual.widget import Widget

from dsexplore.tui.lines import Line, Role, width_of

_LEAP = 256
ROLE_CLASSES = {f"line--{role}" for role in get_args(Role)}


def changed_cells(old: Line, new: Line) -> tuple[int, int]:
    """First cell and width of what differs between two lines; width 0 where nothing does."""
    if old == new:
        return 0, 0
    shortest = min(len(old), len(new))
    same = next((i for i in range(shortest) if old[i] != new[i]), shortest)
    start = width_of(new[:same])
    end = max(width_of(old), width_of(new))
    if width_of(old) == width_of(new):
        tail = next((i for i in range(shortest - same) if old[-1 - i] != new[-1 - i]), 0)
        end -= width_of(new[len(new) - tail :])
    return start, end - start


class _Drawing(Widget):
    """What drawing lines in roles needs of a widget; roles are its component classes."""

    _styles_by_role: dict[Role, Style]

    def _style(self, role: Role) -> Style:
        cache = self.__dict__.setdefault("_styles_by_role", {})
        if role not in cache:
            cache[role] = self.get_component_rich_style(f"line--{role}")
        style: Style = cache[role]
        return style

    def notify_style_update(self) -> None:
        """Forget styles when the theme changes."""
        self.__dict__["_styles_by_role"] = {}
        super().notify_style_update()

    def _strip(self, line: Line, width: int, background: Style) -> Strip:
        segments = [Segment(text, background + self._style(role)) for text, role in line]
        return Strip(segments).adjust_cell_length(width, background)


class LineBlock(_Drawing):
    """A few lines that do not scroll: title, tabs, message, hints."""

    COMPONENT_CLASSES: ClassVar[set[str]] = ROLE_CLASSES
    can_focus = False

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What it shows."""
        return self._lines

    def show(self, lines: Sequence[Line]) -> None:
        """Draw these lines; repaints the cells that differ."""
        old, self._lines = self._lines, tuple(lines)
        for y in range(max(len(old), len(self._lines))):
            before = old[y] if y < len(old) else ()
            after = self._lines[y] if y < len(self._lines) else ()
            start, width = changed_cells(before, after)
            if width:
                self.refresh(Region(start, y, width, 1))

    def render_line(self, y: int) -> Strip:
        """One line of the block."""
        line = self._lines[y] if y < len(self._lines) else ()
        return self._strip(line, self.size.width, self.rich_style)


class Sheet(_Drawing, ScrollView, inherit_bindings=False):
    """Lines that scroll; a line may be the cursor's."""

    COMPONENT_CLASSES: ClassVar[set[str]] = ROLE_CLASSES
    can_focus = True

    def __init__(self, id: str) -> None:  # noqa: A002 - Textual's own word
        super().__init__(id=id)
        self._lines: tuple[Line, ...] = ()

    @property
    def lines(self) -> tuple[Line, ...]:
        """What it shows, above and below the screen too."""
        return self._lines

    def show(self, lines: Sequence[Line]) -> None:
        """Draw these lines; repaints the cells that differ."""
        old, self._lines = self._lines, tuple(lines)
        # A virtual size lays the whole screen out anew: it grows in leaps, and rarely.
        while len(self._lines) > self.virtual_size.height:
            self.virtual_size = Size(0, self.virtual_size.height + _LEAP)
        # Fewer lines or a taller screen: nothing is left empty that could be filled.
        self.scroll_by_rows(0)
        top = self.scroll_offset.y
        for y in range(top, top + self.size.height):
            before = old[y] if y < len(old) else ()
            after = self._lines[y] if y < len(self._lines) else ()
            start, width = changed_cells(before, after)
            if width:
                self.refresh(Region(start, y - top, width, 1))

    @property
    def above(self) -> int:
        """How many lines are above what shows."""
        return self.scroll_offset.y

    @property
    def below(self) -> int:
        """How many lines are below what shows."""
        return max(0, len(self._lines) - self.scroll_offset.y - self.size.height)

    def scroll_into_view(self, first: int, last: int) -> None:
        """Scroll no further than it takes to see these lines, the first of them above all."""
        top, height = self.scroll_offset.y, self.size.height
        if height <= 0:
            return
        target = top
        if last >= top + height:
            target = last - height + 1
        target = min(target, first)
        # The heading above the first row belongs to it.
        target = 0 if first <= 1 else target
        if target != top:
            self.scroll_to(y=target, animate=False, force=True, immediate=True)

    def scroll_by_rows(self, rows: int) -> None:
        """Scroll up or down, as far as there is something to see."""
        lowest = max(0, len(self._lines) - self.size.height)
        target = min(max(self.scroll_offset.y + rows, 0), lowest)
        if target != self.scroll_offset.y:
            self.scroll_to(y=target, animate=False, force=True, immediate=True)

    def render_line(self, y: int) -> Strip:
        """One line, at its place on the screen."""
        index = y + self.scroll_offset.y
        line = self._lines[index] if index < len(self._lines) else ()
        return self._strip(line, self.size.width, self.rich_style)
