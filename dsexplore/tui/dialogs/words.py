"""Words in a dialog: no markup is read from them, and nothing unprintable reaches the terminal."""

from __future__ import annotations

from rich.segment import Segment
from textual import events
from textual.strip import Strip
from textual.visual import VisualType
from textual.widgets import Input, OptionList, Static, option_list

from dsexplore.text.plain import clean


class Said(Static):
    """Text in the style of its kind: prompt, about or problem. It may have several lines."""

    def __init__(self, text: str, kind: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(_cleaned(text), classes=kind, id=id, markup=False)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text."""
        super().update(_cleaned(content) if isinstance(content, str) else content, layout=layout)


class Option(option_list.Option):
    """An entry of a list, of one line or more; its list reads no markup."""

    def __init__(self, *lines: str, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__("\n".join(map(clean, lines)), id=id)


class Choices(OptionList):
    """A list to choose from, with the cursor of the sheets; it reads no markup."""

    def __init__(self, *options: Option, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(*options, id=id, markup=False)

    def _get_left_gutter_width(self) -> int:
        return 1

    def render_line(self, y: int) -> Strip:
        """A line with the cursor's mark or the room for it."""
        line, at = super().render_line(y), self.scroll_offset.y + y
        is_here = at < len(self._lines) and self._lines[at] == (self.highlighted, 0)
        style = line._segments[0].style if line._segments else None
        return Strip([Segment("▸" if is_here else " ", style), *line])

    def action_page_up(self) -> None:
        """A page up; Textual's own looks for lines which a list without room has not made."""
        if self.scrollable_content_region:
            super().action_page_up()  # type: ignore[no-untyped-call]  # Textual gives it none
        else:
            self.action_cursor_up()

    def action_page_down(self) -> None:
        """A page down, likewise."""
        if self.scrollable_content_region:
            super().action_page_down()  # type: ignore[no-untyped-call]  # Textual gives it none
        else:
            self.action_cursor_down()


class TypedLine(Input):
    """A line to type in; what is pasted is cleaned too."""

    def _on_paste(self, event: events.Paste) -> None:
        """Take all pasted lines, as one: Textual's own takes the first and drops the others."""
        lines = event.text.splitlines()
        if len(lines) > 1:
            event.text = " ".join(filter(None, map(str.strip, lines)))

    def validate_value(self, value: str) -> str:
        """The text with a mark for each unprintable character."""
        return clean(value)


def _cleaned(text: str) -> str:
    return "\n".join(clean(line) for line in text.split("\n"))
