"""What is said about a field: its range beside it, and help at the foot of the panel."""

from __future__ import annotations

from rich.cells import cell_len

from dsexplore.document.document import Document
from dsexplore.document.here import PRODUCT, Here, here
from dsexplore.scenario.field import FieldSpec
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.plain import clean
from dsexplore.tui.pages.blocks import role_of
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.widgets.lines import Line, Span, packed, wrapped

_LISTED = 12
# Cells of a range that every row has room for.
_SHORT = 14


def range_here(document: Document, spec: FieldSpec) -> str:
    """The range that makes sense now, in a few characters; empty where any number does."""
    if tied := here(document, spec.name):
        return f"{tied.tie} {tied.number}"
    return spec.range_hint() if spec.has_two_ends else ""


def help_lines(
    document: Document, spec: FieldSpec, width: int, height: int, *, is_change_shown: bool
) -> list[Line]:
    """Help for the focused field under a rule with its label, always as high.

    Its explanation holds whatever has no room here.
    """
    inner = width - 2
    draft = document.drafts.get(spec.name)
    moved = moved_lines(document, width)
    room = height - 1 - len(moved[:1])
    said: list[Span] = (
        [(text, "problem") for text in wrapped(draft.problem, inner, room)]
        if draft
        else _about(document, spec, (inner, room), is_change_shown)
    )
    moved = moved[: max(1, height - 1 - len(said))]
    said += [("", "plain")] * (height - 1 - len(said) - len(moved))
    title = f" {spec.label} "
    rule: Line = (("──", "dim"), (title, "active"), ("─" * (width - cell_len(title) - 3), "dim"))
    return [rule, *((("  ", "plain"), span) for span in said), *moved]


def moved_lines(document: Document, width: int) -> list[Line]:
    """What the last step moved, what moved most first; empty for nothing."""
    pieces: list[list[Span]] = [
        [(f"{word} ", "dim"), (str(change), role_of(change))] for word, change in document.movers()
    ]
    if not pieces:
        return []
    pieces[0] = [("moved: ", "dim"), *pieces[0]]
    return [(("  ", "plain"), *line) for line in packed(pieces, width - 2)]


def _about(
    document: Document, spec: FieldSpec, room: tuple[int, int], is_change_shown: bool
) -> list[Span]:
    """Help, range, note and source, as much of each as there are lines for."""
    width, height = room
    scenario = document.scenario
    change = document.field_change(spec.name)
    before = change if change and not is_change_shown else ""
    ranges = " · ".join(filter(None, (before, *_ranges(document, spec, bool(change)))))
    texts: list[Span] = [(spec.help, "plain"), (ranges, "plain")]
    if uncertain := scenario.uncertainty.get(spec.name):
        texts.append((f"Uncertain: {uncertain.text(spec.unit)}", "plain"))
    if about := scenario.notes.get(spec.name, ""):
        texts.append((f"Note: {clean(about)}", "dim"))
    if cited := scenario.sources.get(spec.name, ""):
        texts.append((f"Source: {clean(cited)}", "dim"))
    texts = [(text, role) for text, role in texts if text]
    lines: list[Span] = []
    for place, (text, role) in enumerate(texts, 1):
        # One line for each text still to come.
        left = height - len(lines) - (len(texts) - place)
        if left > 0:
            lines += [(line, role) for line in wrapped(text, width, left)]
    return lines[:height]


def _ranges(document: Document, spec: FieldSpec, has_changed: bool) -> list[str]:
    """What the field goes by, the product that it is part of, or its range."""
    said = []
    if tied := here(document, spec.name):
        said.append(_tie_words(tied))
    elif spec.has_two_ends and (has_changed or len(spec.range_hint()) > _SHORT):
        said.append(spec.range_hint())
    if spec.name in PRODUCT:
        whole, *factors = (f"{short_label(name)} {_value(document, name)}" for name in PRODUCT)
        said.append(f"{whole} = {' × '.join(factors)}")
    return said


def _value(document: Document, name: str) -> str:
    return document.field_text(name) if name in FIELDS else clean(document.result_text(name))


def _tie_words(tied: Here) -> str:
    label = short_label(tied.other)
    of = f"{tied.tie} {tied.number:,} ({label[:1].lower()}{label[1:]})"
    if tied.tie != "divides":
        return f"{of[:1].upper()}{of[1:]}"
    found = tied.divisors
    more = " …" if found[_LISTED:] else ""
    listed = ", ".join(f"{n}" for n in found[:_LISTED])
    return f"{of[:1].upper()}{of[1:]}: {listed}{more}"
