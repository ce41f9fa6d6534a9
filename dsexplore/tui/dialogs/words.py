"""Words in a dialog: no markup is read from them, and nothing unprintable reaches the terminal."""

from __future__ import annotations

from textual.visual import VisualType
from textual.widgets import Input, Static, option_list

from dsexplore.text.plain import clean


class Said(Static):
    """Text in the style of its kind: prompt, about or problem. It may have several lines."""

    def __init__(self, text: str, kind: str = "", id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(_cleaned(text), classes=kind, id=id, markup=False)

    def update(self, content: VisualType = "", *, layout: bool = True) -> None:
        """Show another text."""
        super().update(_cleaned(content) if isinstance(content, str) else content, layout=layout)


class Option(option_list.Option):
    """One line of a list; its list reads no markup."""

    def __init__(self, text: str, id: str | None = None) -> None:  # noqa: A002 - Textual's own word
        super().__init__(clean(text), id=id)


class TypedLine(Input):
    """A line to type in; what is pasted is cleaned too."""

    def validate_value(self, value: str) -> str:
        """The text with a mark for each unprintable character."""
        return clean(value)


def _cleaned(text: str) -> str:
    return "\n".join(clean(line) for line in text.split("\n"))
