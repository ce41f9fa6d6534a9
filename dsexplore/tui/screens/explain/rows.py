"""An explanation as rows: value, formula with names and values, what it is made of and leads to."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.explain.explain import Explanation, Reference
from dsexplore.tui.pages.blocks import heading, words
from dsexplore.tui.widgets.lines import BLANK, Row, Span, clean, cropped, fitted, right

_STEP = " › "
_NAME = 34
_VALUE = 19


def explanation_rows(found: Explanation, width: int) -> list[Row]:
    """All that is said of one name, in rows of at most `width` cells."""
    label = found.label if found.is_field else found.name
    head: list[Span] = [(f" {label}  ", "title"), (clean(found.value_text), "value")]
    rows = [Row(cropped(head, width)), *words(found.summary, width, "plain", 4)]
    rows += _working(found, width)
    for title, text in (
        ("Remark", found.remarks),
        ("Allowed", found.range),
        ("From", found.origin),
        ("Note", found.note),
        ("Source", found.source),
        ("Assumes", found.assumes),
    ):
        if text:
            rows += words(f"{title}: {text}", width, "dim", 6)
    rows += _references("Made of", found.depends_on, width)
    rows += _references("Leads to", found.dependants, width)
    return rows


def path_text(path: Sequence[str], width: int) -> str:
    """The way from the first name to the last; where there is no room, the end of it."""
    shown = path[-1]
    for name in reversed(path[:-1]):
        if len(name) + len(shown) + len(_STEP) > width:
            return f"…{_STEP}{shown}"
        shown = f"{name}{_STEP}{shown}"
    return shown


def _working(found: Explanation, width: int) -> list[Row]:
    if not found.working:
        return []
    because = [row for text in found.because for row in words(text, width, "plain")]
    lines = [Row(cropped(((f"  {clean(text)}", "value"),), width)) for text in found.working]
    return [BLANK, *lines, BLANK, *because]


def _references(title: str, found: Sequence[Reference], width: int) -> list[Row]:
    if not found:
        return []
    return [BLANK, heading(title, width), *(_reference(one, width) for one in found)]


def _reference(found: Reference, width: int) -> Row:
    value = clean(found.value_text)
    # What the branch that ran does not read is there all the same, and says so.
    summary = found.summary if found.is_used else f"not read here: {found.summary}"
    spans: list[Span] = [
        (f" {fitted(found.name, _NAME)}", "label" if found.is_used else "dim"),
        (right(value, _VALUE) if len(value) <= _VALUE else f" {value}", "value"),
        (f"  {clean(summary)}", "dim"),
    ]
    return Row(cropped(spans, width), found.name)
