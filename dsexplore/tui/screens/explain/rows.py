"""An explanation as rows: value, formula with names and values, its needs and its uses."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.explanation.explain import Explanation, Reference
from dsexplore.text.plain import clean
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.widgets.lines import Row, Span, fitted, right
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
            written.text(f"{title}: {text}", most=6)
    _references(written, "Inputs", found.depends_on)
    _references(written, "Used by", found.dependants)
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


def _references(written: Writer, title: str, found: Sequence[Reference]) -> None:
    if found:
        written.heading(title)
    for one in found:
        written.line(_reference(one), one.name)


def _reference(found: Reference) -> list[Span]:
    value = clean(found.value_text)
    # A name that only the other branch reads is listed too, and says so.
    summary = found.summary if found.is_used else f"not read here: {found.summary}"
    return [
        (f" {fitted(found.name, _NAME)}", "label" if found.is_used else "dim"),
        (right(value, _VALUE) if len(value) <= _VALUE else f" {value}", "value"),
        (f"  {clean(summary)}", "dim"),
    ]
