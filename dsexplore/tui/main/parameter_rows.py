"""The parameter panel: one row per field, those that nobody has set folded away."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Sequence
from dataclasses import dataclass
from functools import partial

from dsexplore.document.document import Document
from dsexplore.document.here import (
    TIED,
    here,
    is_left_alone,
    products_here,
    was_left_alone,
)
from dsexplore.scenario.field import LISTS, FieldSpec
from dsexplore.scenario.scenario import FIELDS, PANELS
from dsexplore.text.plain import clean
from dsexplore.tui.keys.actions import key_of
from dsexplore.tui.keys.keymap import Keymap
from dsexplore.tui.main.edit_buffer import EditBuffer
from dsexplore.tui.main.field_help import range_here
from dsexplore.tui.widgets.lines import (
    Line,
    Role,
    Row,
    Span,
    cell_len,
    cropped,
    fitted,
    right,
    wrapped,
)

_LABEL = 22
_VALUE = 14
# Lines for the headings whose fields are all folded.
_FOLDED = 3
# Fields that no run is without.
_NEEDED = {name for panel in PANELS.values() for name in panel.always_shown}
# Cells of a row before its range or its change.
_BEFORE = 2 + _LABEL + 1 + _VALUE + 2


@dataclass(frozen=True, slots=True)
class Visible:
    """The fields of a panel that have a row, and how many are folded under each heading."""

    names: Sequence[str]
    folded: Counter[str]


def visible_fields(
    document: Document, table: str, kept: Container[str], *, unfolded: bool
) -> Visible:
    """Fields that are set, changed or `kept`; all that apply where they are `unfolded`.

    What no run is without never goes, set or not: its size, how its MFU is known. Nor does the
    first heading, with what is chosen first: where nobody had set any of its fields, all of them
    show, and go on showing while they are set one by one; but for those of what there is none of.
    """
    fields = [spec for spec in PANELS[table].specs.values() if document.applies(spec)]
    if unfolded:
        return Visible([spec.name for spec in fields], Counter())
    idle = [
        name
        for without, names in PANELS[table].idle_without.items()
        if document.scenario.value(without) == 0
        for name in names
    ]
    first = [spec for spec in fields if spec.section == fields[0].section and spec.name not in idle]
    kept_whole = first if all(was_left_alone(document, spec) for spec in first) else []
    # What multiplies to the size of a run: its GPUs, its batch.
    needed = {*_NEEDED, *(name for product in products_here(document) for name in product)}
    shown = {
        spec.name
        for spec in fields
        if spec in kept_whole
        or spec.name in needed
        or spec.name in kept
        or spec.name in document.drafts
        or not is_left_alone(document, spec)
    }
    folded = Counter(spec.section for spec in fields if spec.name not in shown)
    return Visible([spec.name for spec in fields if spec.name in shown], folded)


class DrawnPanels:
    """Panels as rows, those of each as drawn last where nothing behind them has changed."""

    def __init__(self, document: Document, keys: Keymap) -> None:
        self._document = document
        self._keys = keys
        self._made: dict[str, tuple[tuple[object, ...], list[Row]]] = {}

    def rows(
        self, table: str, shown: Visible, focused: str, editing: EditBuffer | None, width: int
    ) -> list[Row]:
        """The rows of a panel, as in `parameter_rows`."""
        if focused and editing is not None:  # the text and its caret change in place
            self._made.pop(table, None)
            return parameter_rows(self._document, self._keys, table, shown, focused, editing, width)
        key = (*self._facts(table), shown, focused, width)
        kept = self._made.get(table)
        if kept is None or kept[0] != key:
            rows = parameter_rows(self._document, self._keys, table, shown, focused, None, width)
            kept = self._made[table] = key, rows
        return kept[1]

    def _facts(self, table: str) -> tuple[object, ...]:
        """What the rows of a panel show, but for the cursor."""
        document = self._document
        scenario, baseline = document.scenario, document.state.baseline.scenario
        ties = [here(document, first) for first in TIED if FIELDS[first].table == table]
        drafts = [draft for name, draft in document.drafts.items() if FIELDS[name].table == table]
        # An edit shares all panels but its own: the others are equal at a glance.
        panels = (scenario.panel(table), baseline.panel(table))
        return (*panels, ties, drafts, scenario.unverified, document.changed_in(table))


def parameter_rows(
    document: Document,
    keys: Keymap,
    table: str,
    shown: Visible,
    focused: str,
    editing: EditBuffer | None,
    width: int,
) -> list[Row]:
    """The panel as rows of at most `width` cells; the first is the panel's own.

    A heading counts the fields that are folded under it; those without any row are named at the
    end.
    """
    rows = [Row(_panel_line(document, keys, table, focused == table, width), table)]
    hidden = shown.folded.copy()
    section = ""
    for name in shown.names:
        spec = FIELDS[name]
        if spec.section != section:
            section = spec.section
            rows.append(Row(_heading(section, hidden.pop(section, 0), width)))
        here = name == focused
        typed = editing if here else None
        rows.append(Row(partial(_field_line, document, keys, spec, here, typed, width), name))
    if hidden:
        key = key_of(keys, "all_fields")
        folded = f"{key}: {hidden.total()} more at their defaults: {', '.join(hidden)}"
        rows.append(Row(()))
        rows += [Row(((f" {line}", "dim"),)) for line in wrapped(folded, width - 2, _FOLDED)]
    return rows


def _panel_line(document: Document, keys: Keymap, table: str, here: bool, width: int) -> Line:
    """The preset that the panel is from, and how much of it has changed."""
    preset = document.scenario.panel(table).preset or "none"
    changed = document.changed_in(table)
    spans: list[Span] = [
        ("▸ " if here else "  ", "active"),
        ("Preset ", "active" if here else "label"),
        (preset, "value"),
        (f", {changed} changed" if changed else "", "changed"),
        (f"   {key_of(keys, 'edit')} another" if here else "", "dim"),
    ]
    return cropped(spans, width)


def is_change_shown(document: Document, name: str, editing: EditBuffer | None, width: int) -> bool:
    """Whether a field's row has room for what it was."""
    longer = 0
    if FIELDS[name].kind == "name":
        longer = max(0, cell_len(clean(document.field_shown(name))) - _VALUE)
    return editing is None and cell_len(document.field_change(name)) <= width - _BEFORE - longer


def _heading(text: str, folded: int, width: int) -> Line:
    said = f" + {folded} at default{'s' if folded > 1 else ''} ─" if folded else ""
    title = f" ── {text} "
    return ((f"{title}{'─' * (width - 1 - len(title) - len(said))}", "heading"), (said, "dim"))


def _field_line(
    document: Document,
    keys: Keymap,
    spec: FieldSpec,
    here: bool,
    editing: EditBuffer | None,
    width: int,
) -> Line:
    draft = document.drafts.get(spec.name)
    change = document.field_change(spec.name)
    mark: Span = ("✗", "problem") if draft else (("*", "changed") if change else (" ", "plain"))
    start: list[Span] = [
        ("▸", "active") if here else (" ", "plain"),
        mark,
        (fitted(spec.label, _LABEL), "active" if here else "label"),
        (" ", "plain"),
    ]
    if editing is not None:
        return cropped((*start, *_typing(editing)), width)
    text = draft.text if draft else document.field_shown(spec.name)
    role: Role = "problem" if draft else ("changed" if change else "value")
    if spec.kind in LISTS and cell_len(clean(text)) > _VALUE:
        # A long list takes the place of its range, or of what it was.
        return cropped((*start, (clean(text), role)), width)
    whole = clean(text)
    if spec.kind == "name" and cell_len(whole) > _VALUE:
        # A name is read whole before what it was.
        before = f"  {clean(change)}" if is_change_shown(document, spec.name, None, width) else ""
        return cropped((*start, (whole, role), (before, "dim")), width)
    value = _short(whole)
    aside = _aside(document, spec, change)
    over = cell_len(value) - _VALUE
    if not change and cell_len(aside) + max(over, 0) > width - _BEFORE:
        # Half a range says nothing; the help has it whole.
        aside = f"{key_of(keys, 'edit')} lists {len(spec.choices)}" if spec.choices else ""
    # A word, or what a figure was, is read whole where spaces before it can make room.
    label = cell_len(spec.label)
    value_room = max(cell_len(value), min(_VALUE, width - _BEFORE + _VALUE - cell_len(aside)))
    label_room = max(label, min(_LABEL, width - 2 - 1 - value_room - 2 - cell_len(aside)))
    return cropped(
        (
            *start[:-2],
            (fitted(spec.label, min(_LABEL, label_room)), start[-2][1]),
            (" ", "plain"),
            (right(value, value_room), role),
            ("  ", "plain"),
            (aside, "dim"),
        ),
        width,
    )


def _short(text: str) -> str:
    """A value without its unit where both have no room; the unit stands beside it all the same."""
    number, _, _ = text.partition(" ")
    return text if cell_len(text) <= _VALUE or not number[:1].isdigit() else number


def _aside(document: Document, spec: FieldSpec, change: str) -> str:
    if change:
        return clean(change)
    doubt = "? unverified" if spec.name in document.scenario.unverified else ""
    return " · ".join(filter(None, (doubt, range_here(document, spec))))


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
