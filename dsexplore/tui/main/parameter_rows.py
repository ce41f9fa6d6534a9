"""The parameter panel: one row per field, and help under the focused one."""

from __future__ import annotations

from rich.cells import cell_len

from dsexplore.document.document import Document
from dsexplore.scenario.field import LISTS, FieldSpec
from dsexplore.scenario.scenario import PANELS
from dsexplore.text.plain import clean
from dsexplore.tui.main.edit_buffer import EditBuffer
from dsexplore.tui.widgets.lines import Line, Role, Row, Span, cropped, fitted, right, wrapped

_LABEL = 22
_VALUE = 14
_HELP = 4
# Cells of a row before its range or its change.
_BEFORE = 2 + _LABEL + 1 + _VALUE + 2


def visible_fields(document: Document, table: str) -> list[str]:
    """Fields of a panel that apply under the present choices, in order."""
    return [name for name, spec in PANELS[table].specs.items() if document.applies(spec)]


def parameter_rows(
    document: Document, table: str, focused: str, editing: EditBuffer | None, width: int
) -> list[Row]:
    """The panel as rows of at most `width` cells; help lines are their field's too."""
    rows: list[Row] = []
    section = ""
    for name in visible_fields(document, table):
        spec = PANELS[table].specs[name]
        if spec.section != section:
            section = spec.section
            rows.append(Row(_heading(section, width)))
        here = name == focused
        rows.append(Row(_field_line(document, spec, here, editing if here else None, width), name))
        if here:
            is_change_shown = (
                editing is None and cell_len(document.field_change(name)) <= width - _BEFORE
            )
            rows += [
                Row(line, name) for line in _help_lines(document, spec, width, is_change_shown)
            ]
    return rows


def _heading(text: str, width: int) -> Line:
    return ((f" ── {text} ".ljust(width - 1, "─"), "heading"),)


def _field_line(
    document: Document, spec: FieldSpec, here: bool, editing: EditBuffer | None, width: int
) -> Line:
    draft = document.drafts.get(spec.name)
    change = document.field_change(spec.name)
    mark: Span = ("✗", "problem") if draft else (("*", "changed") if change else (" ", "plain"))
    start: list[Span] = [
        ("▸" if here else " ", "active"),
        mark,
        (fitted(spec.label, _LABEL), "active" if here else "label"),
        (" ", "plain"),
    ]
    if editing is not None:
        return cropped((*start, *_typing(editing)), width)
    text = draft.text if draft else document.field_text(spec.name)
    role: Role = "problem" if draft else ("changed" if change else "value")
    if spec.kind in LISTS and cell_len(clean(text)) > _VALUE:
        # A long list takes the place of its range, or of what it was.
        return cropped((*start, (clean(text), role)), width)
    value = right(_short(clean(text)), _VALUE)
    return cropped(
        (*start, (value, role), ("  ", "plain"), (_aside(document, spec, change), "dim")), width
    )


def _short(text: str) -> str:
    """A value without its unit where both have no room; the unit stands beside it all the same."""
    number, _, _ = text.partition(" ")
    return text if cell_len(text) <= _VALUE or not number[:1].isdigit() else number


def _aside(document: Document, spec: FieldSpec, change: str) -> str:
    if change:
        return clean(change)
    doubt = "? unverified · " if spec.name in document.scenario.unverified else ""
    return doubt + spec.range_hint()


def _typing(editing: EditBuffer) -> list[Span]:
    """The text being typed; the caret is a cell of its own, visible at the end too."""
    start, end = editing.selection
    spans: list[Span] = []
    for index, character in enumerate(f"{editing.text} "):
        role: Role = "selected" if start <= index < end else "typed"
        if index == editing.cursor:
            role = "caret"
        if spans and spans[-1][1] == role:
            spans[-1] = (spans[-1][0] + character, role)
        else:
            spans.append((character, role))
    return spans


def _help_lines(
    document: Document, spec: FieldSpec, width: int, is_change_shown: bool
) -> list[Line]:
    """Help for the focused field, always as high: the rows below it never move.

    Its explanation holds whatever has no room here.
    """
    inner = width - 4
    draft = document.drafts.get(spec.name)
    said: list[Span] = (
        [(text, "problem") for text in wrapped(draft.problem, inner, _HELP)]
        if draft
        else _about(document, spec, inner, is_change_shown)
    )
    said += [("", "plain")] * (_HELP - len(said))
    return [(("   ", "plain"), span) for span in said]


def _about(document: Document, spec: FieldSpec, width: int, is_change_shown: bool) -> list[Span]:
    """Help, range, note and source, as much of each as there are lines for."""
    scenario = document.scenario
    change = document.field_change(spec.name)
    about = scenario.notes.get(spec.name, "")
    cited = scenario.sources.get(spec.name, "")
    texts: list[Span] = [(spec.help, "plain")]
    if change:
        before = "" if is_change_shown else f"{change} · "
        texts.append((before + spec.range_hint(), "plain"))
    if uncertain := scenario.uncertainty.get(spec.name):
        texts.append((f"Uncertain: {uncertain.text(spec.unit)}", "plain"))
    if about:
        texts.append((f"Note: {about}", "dim"))
    if cited:
        texts.append((f"Source: {cited}", "dim"))
    lines: list[Span] = []
    for place, (text, role) in enumerate(texts, 1):
        # One line for each text still to come.
        room = _HELP - len(lines) - (len(texts) - place)
        lines += [(line, role) for line in wrapped(text, width, room)]
    return lines
