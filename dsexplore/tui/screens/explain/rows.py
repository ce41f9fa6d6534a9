"""An explanation as rows: value, formula with names and values, its needs and its uses."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.explanation.explain import Explanation, Reference
from dsexplore.text.plain import clean
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.widgets.lines import Line, Row, Span, fitted, right, wrapped
from dsexplore.tui.widgets.writer import Writer

_STEP = " › "
_NAME = 34
_VALUE = 19


def explanation_rows(found: Explanation, width: int) -> list[Row]:
    """The explanation of one name, in rows of at most `width` cells."""
    written = Writer(width)
    written.line(((f" {short_label(found.name)}  ", "title"), (clean(found.value_text), "value")))
    written.text(found.summary, "plain", 4)
    _working(written, found)
    for title, text in (
        ("Not known", "; ".join(found.unknown_because)),
        ("Cannot be had", " ".join(found.impossible_because)),
        ("By default", " ".join(found.assumptions)),
        ("Interval", found.interval),
        ("Evidence", found.rests_on),
        ("Remark", found.remarks),
        ("Allowed", found.range),
        ("Origin", found.origin),
        ("Note", found.note),
        ("Source", found.source),
        ("Assumes", found.assumes),
    ):
        if text:
            written.text(f"{title}: {text}")
    listed = (*found.depends_on, *found.dependants)
    widths = _widths(listed)
    _references(written, "Inputs", found.depends_on, widths)
    _references(written, "Used by", found.dependants, widths)
    return written.rows


def path_text(path: Sequence[str], width: int) -> str:
    """The way from the first name to the last; where there is no room, the end of it."""
    shown = path[-1]
    for name in reversed(path[:-1]):
        if len(name) + len(shown) + len(_STEP) > width:
            return f"…{_STEP}{shown}"
        shown = f"{name}{_STEP}{shown}"
    return shown


def _working(written: Writer, found: Explanation) -> None:
    """The formula with its names and with their values, and why it took the branch it took."""
    if not found.working:
        return
    written.blank()
    for text in found.working:
        written.line(((f"  {clean(text)}", "value"),))
    written.blank()
    for text in found.because:
        written.text(text, "plain")


def reference_lines(found: Explanation, name: str, width: int) -> list[Line]:
    """What the name under the cursor is, in full."""
    for one in (*found.depends_on, *found.dependants):
        if one.name == name:
            said = wrapped(f"{name}: {clean(one.summary)}", width - 2, 2)
            return [((f" {line}", "dim"),) for line in said]
    return []


def _widths(found: Sequence[Reference]) -> tuple[int, int]:
    """Cells of a name and of a value: what the longest needs."""
    names = max((len(one.name) for one in found), default=0)
    values = max((len(clean(one.value_text)) for one in found), default=0)
    return min(_NAME, names + 1), min(_VALUE, values)


def _references(
    written: Writer, title: str, found: Sequence[Reference], widths: tuple[int, int]
) -> None:
    if found:
        written.heading(title)
    for one in found:
        written.line(_reference(one, widths), one.name)


def _reference(found: Reference, widths: tuple[int, int]) -> list[Span]:
    name, room = widths
    value = clean(found.value_text)
    # A name that only the other branch reads is listed too, and says so.
    summary = found.summary if found.is_used else f"not read here: {found.summary}"
    return [
        (f" {fitted(found.name, name)}", "label" if found.is_used else "dim"),
        (right(value, room) if len(value) <= room else f" {value}", "value"),
        (f"  {clean(summary)}", "dim"),
    ]
