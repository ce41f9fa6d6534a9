"""What is pinned, as columns beside the open scenario: how far its results are from theirs."""

from __future__ import annotations

import re
from collections.abc import Sequence

from dsexplore.document.state import Evaluated
from dsexplore.text.plain import clean
from dsexplore.tui.pages.blocks import role_of
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.pages.page import Page
from dsexplore.tui.widgets.lines import Span, cell_len, fitted, in_full, right

_LABEL, _NOW = 22, 15
# Cells of a column: a difference alone, and with the pinned figure before it.
_LEAST, _WITH_FIGURE, _MOST = 10, 19, 24
_FIGURE = 9


def beside_pinned(page: Page, results: Sequence[str]) -> None:
    """Some results, and against each pinned scenario by how much they are more or less."""
    pins = page.document.pins
    if not pins:
        return
    room = page.width - 1 - _LABEL
    # The figures of now stand on the page as well: they go before a column does.
    now = _NOW if room - _NOW >= _LEAST * len(pins) else 0
    shown = pins[: max(1, (room - now) // _LEAST)]
    width = min(_MOST, (room - now) // len(shown))
    page.heading("Against what is pinned")
    heads = [_head(pin, width - 1) for pin in shown]
    highest = max(map(len, heads))
    for place in range(highest):
        # They end at the figures.
        said = "now" if place == highest - 1 else ""
        at = [([""] * (highest - len(head)) + head)[place] for head in heads]
        names: list[Span] = [(right(part, width), "label") for part in at]
        page.line([(" " * (1 + _LABEL), "dim"), (right(said, now) if now else "", "dim"), *names])
    for name in results:
        spans: list[Span] = [
            (f" {fitted(short_label(name), _LABEL)}", "label"),
            (right(clean(_now(page, name)), now) if now else "", "value"),
        ]
        for pin in shown:
            spans += _cell(page, pin, name, width)
        page.line(spans, name)
    if hidden := pins[len(shown) :]:
        named = ", ".join(clean(pin.name) for pin in hidden)
        page.text(f"Without room here: {named}.")
    stand = "Results as they stand, no medians. " if page.document.spreads else ""
    by_key = page.by_key("pin", " ", " pins and unpins.")
    page.text(f"{stand}+ better, - worse than there.{by_key}")


def _now(page: Page, name: str) -> str:
    """A result as it stands: a pinned figure is no median either."""
    document = page.document
    if document.spreads:
        return document.text_in(document.state.current, name)
    return document.result_text(name, 3)


def _head(pin: Evaluated, width: int) -> list[str]:
    """The name over a column, broken behind its hyphens and spaces where it is too wide."""
    lines = [""]
    for part in re.findall(r"[^- ]*[- ]*", clean(pin.name)):
        for piece in in_full(part, width):
            fits = cell_len(lines[-1]) + cell_len(piece) <= width
            lines = [*lines[:-1], lines[-1] + piece] if fits else [*lines, piece]
    return lines


def _cell(page: Page, pin: Evaluated, name: str, width: int) -> list[Span]:
    """The pinned figure where it has room, and the difference."""
    change = page.document.beside(pin, name)
    figure: list[Span] = []
    if width >= _WITH_FIGURE:
        text = clean(page.document.text_in(pin, name))
        figure = [(right(text, width - _FIGURE), "dim")]
        width = _FIGURE
    return [*figure, (right(clean(str(change)) or "=", width), role_of(change, "dim"))]
