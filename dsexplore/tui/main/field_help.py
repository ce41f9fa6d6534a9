"""What is said about a field: its range beside it, and help at the foot of the panel."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from dsexplore.document.document import Document
from dsexplore.document.here import Here, here, products_here
from dsexplore.engine import GRAPH
from dsexplore.engine.names import BROKEN_LINK
from dsexplore.scenario.field import FieldSpec, value_text
from dsexplore.scenario.measured_run import DETAILS, PREMISES
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.format import crossed
from dsexplore.text.plain import clean
from dsexplore.tui.keys.actions import key_of
from dsexplore.tui.keys.keymap import Keymap
from dsexplore.tui.pages.blocks import role_of
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.widgets.lines import Line, Span, cell_len, cropped, packed, wrapped

_LISTED = 12
# More lines than any help has.
_ANY = 1000
# What goes without saying among factors of a layout: data-parallel copies, micro-batches per step.
_TAKEN_AS_SAID = re.compile(r"[ -]parallel\b.*| (per|of) .*| group$")
# What of a measured run carries over to a changed one.
_HELD = {
    "mfu": "MFU is held",
    "prediction": "Predicted steps count",
    "hours": "Hours are held",
}
# Cells of a range that every row has room for.
_SHORT = 14


def range_here(document: Document, spec: FieldSpec) -> str:
    """The range that makes sense now, in a few characters; empty where any number does."""
    if tied := here(document, spec.name):
        return f"at most {tied.bound[1]}" if tied.bound else _tie_text(tied)
    return spec.range_hint() if spec.has_two_ends else ""


def help_lines(
    document: Document,
    spec: FieldSpec,
    width: int,
    height: int,
    keys: Keymap,
    *,
    is_change_shown: bool,
) -> list[Line]:
    """Help for the focused field under a rule with its label, always as high.

    Its explanation holds whatever has no room here.
    """
    inner = width - 2
    draft = document.drafts.get(spec.name)
    moved = moved_lines(document, width)
    room = height - 1 - len(moved[:1])
    texts: list[Span] = (
        [(draft.problem, "problem")] if draft else _texts(document, spec, keys, is_change_shown)
    )
    said = _in_lines(texts, inner, room)
    is_cut = said != _in_lines(texts, inner, _ANY)
    moved = moved[: max(1, height - 1 - len(said))]
    said += [("", "plain")] * (height - 1 - len(said) - len(moved))
    more = f" {key_of(keys, 'explain')}: all of it ─" if is_cut else ""
    rule = _rule(spec.label, width, more)
    return [rule, *((("  ", "plain"), span) for span in said), *moved]


def panel_help_lines(
    document: Document, title: str, width: int, height: int, keys: Keymap
) -> list[Line]:
    """What can be done with a whole panel, as high as help for a field."""
    edit, take, save = (key_of(keys, name) for name in ("edit", "use_panel", "save_preset"))
    text = f"{edit} or {take} takes the whole panel from a preset; {save} saves it as one of yours."
    moved = moved_lines(document, width)[:1]
    said = wrapped(text, width - 2, height - 1 - len(moved))
    blank = [""] * (height - 1 - len(moved) - len(said))
    return [_rule(title, width), *((("  ", "plain"), (t, "plain")) for t in said + blank), *moved]


def _rule(title: str, width: int, end: str = "") -> Line:
    rest = "─" * (width - cell_len(title) - 5 - cell_len(end))
    return ("──", "dim"), (f" {title} ", "active"), (f"{rest}{end}", "dim")


def moved_lines(document: Document, width: int) -> list[Line]:
    """What the last step moved, what moved most first; empty for nothing."""
    pieces: list[list[Span]] = [
        [(f"{word} ", "dim"), (str(change), role_of(change))] for word, change in document.movers()
    ]
    if not pieces:
        return []
    pieces[0] = [("moved: ", "dim"), *pieces[0]]
    lines = packed(pieces, width - 2)
    return [cropped((("  ", "plain"), *line), width) for line in lines]


def _texts(document: Document, spec: FieldSpec, keys: Keymap, is_change_shown: bool) -> list[Span]:
    """A link that is broken, help, range, note and source: each a text of its own."""
    scenario = document.scenario
    change = document.field_change(spec.name)
    before = change if change and not is_change_shown else ""
    ranges = " · ".join(filter(None, (before, *_ranges(document, spec, bool(change)))))
    texts: list[Span] = [(spec.help, "plain"), (ranges, "plain")]
    if measured := _measured_with(document, spec, keys):
        texts.insert(1, (measured, "plain"))
    if (broken := document.results[BROKEN_LINK]) and spec.name in _linked():
        repairs = f"{key_of(keys, 'repair')} repairs it."
        texts.insert(0, (f"{crossed(clean(str(broken)))} {repairs}", "problem"))
    if uncertain := scenario.uncertainty.get(spec.name):
        texts.append((f"Uncertain: {uncertain.text(spec.unit)}", "plain"))
    if about := scenario.notes.get(spec.name, ""):
        texts.append((f"Note: {clean(about)}", "dim"))
    if cited := scenario.sources.get(spec.name, ""):
        texts.append((f"Source: {clean(cited)}", "dim"))
    return [(text, role) for text, role in texts if text]


def _measured_with(document: Document, spec: FieldSpec, keys: Keymap) -> str:
    """Of a premise that changed: the value under which hours were measured, and what is held."""
    scenario = document.scenario
    is_measured = scenario.pretraining.utilization == "measured"
    if not (
        is_measured and spec.name in scenario.measured_run and spec.name in (*PREMISES, *DETAILS)
    ):
        return ""
    was = value_text(spec, scenario.measured_run[spec.name])
    held = _HELD[scenario.pretraining.measured_basis]
    chooses = f"{key_of(keys, 'hold_mfu')} chooses"
    return f"{held}: {chooses}. Hours were measured with {clean(was)}."


@cache
def _linked() -> frozenset[str]:
    """The fields of which a broken link of the layout may be."""
    return GRAPH.behind([BROKEN_LINK], {}).intersection(FIELDS)


def _in_lines(texts: Sequence[Span], width: int, height: int) -> list[Span]:
    """As much of each text as there are lines for, what cannot be before all else."""
    lines: list[Span] = []
    for place, (text, role) in enumerate(texts, 1):
        # One line for each text still to come, as far as they go.
        kept = 0 if role == "problem" else len(texts) - place
        left = max(1, height - len(lines) - kept)
        lines += [(line, role) for line in wrapped(text, width, left)]
    return lines[:height]


def _ranges(document: Document, spec: FieldSpec, has_changed: bool) -> list[str]:
    """The products that the field is part of, what it goes by, or its range."""
    products = products_here(document, spec.name)
    if products and products[0][0] != spec.name:  # a whole is of all of them
        products = products[:1]
    said = [product_text(document, product) for product in products]
    if tied := here(document, spec.name):
        said.append(_tie_words(tied))
    elif spec.has_two_ends and (has_changed or len(spec.range_hint()) > _SHORT):
        said.append(spec.range_hint())
    return said


def product_text(document: Document, product: Sequence[str]) -> str:
    """A product with the values it has now, as GPUs 2048 = Tensor 1 × Pipeline 16 and so on."""
    label = {name: _TAKEN_AS_SAID.sub("", short_label(name)) for name in product}
    whole, *factors = (f"{label[name]} {_value(document, name)}" for name in product)
    return f"{whole} = {' × '.join(factors)}"


def _value(document: Document, name: str) -> str:
    if name in FIELDS:
        return document.field_shown(name)
    # A link that is broken is no figure with a cross of its own; whole numbers are as in fields.
    number = document.results[name]
    if number == number // 1:
        return f"{number:.0f}"
    return clean(document.result_text(name).removeprefix(crossed("")))


def _tie_words(tied: Here) -> str:
    of = " and ".join(_within(short_label(other)) for other in tied.others)
    tie = _tie_text(tied)
    said = f"{tie[:1].upper()}{tie[1:]}{f' ({of})' if of else ''}"
    if tied.bound is not None:
        said += f", at most {tied.bound[1]} ({_within(short_label(tied.bound[0]))})"
    found = tied.divisors
    if tied.tie != "divides" or len(found) == 1:
        return said
    more = " …" if found[_LISTED:] else ""
    listed = ", ".join(f"{n}" for n in found[:_LISTED])
    return f"{said}: {listed}{more}"


def _tie_text(tied: Here) -> str:
    """As divides 128; of 1 there is one divisor."""
    return "only 1" if tied.tie == "divides" and tied.number == 1 else f"{tied.tie} {tied.number}"


def _within(label: str) -> str:
    """A label within a sentence: GPUs stay GPUs."""
    return label if label[1:2].isupper() else f"{label[:1].lower()}{label[1:]}"
