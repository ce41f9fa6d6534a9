"""The frame around the sheets: title bar, tabs, summary, key hints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache, partial
from itertools import product
from typing import Literal

from dsexplore.document.document import Document
from dsexplore.document.reading import SPREAD
from dsexplore.text.format import CROSS, DOUBT, crossed, doubted
from dsexplore.text.plain import clean
from dsexplore.tui.keys.actions import ACTIONS, BY_NAME, shown_key, shown_together
from dsexplore.tui.pages.blocks import role_of, spaced
from dsexplore.tui.pages.labels import short_label
from dsexplore.tui.pages.overview import FIGURES, HEADLINE
from dsexplore.tui.widgets.lines import Line, Role, Span, between, cropped, width_of

_TYPING = (
    ("↵", "keep"),
    ("esc", "revert"),
    ("^u", "clear"),
    ("←→", "move"),
    ("↑↓", "keep, go on"),
)
_FITS = "✓"
# What is said of what moved: how far, a sign and an arrow, or an arrow alone.
_Moved = Literal["far", "mark", "arrow"]
# Stands for tabs without room.
_MORE: Line = (("…", "dim"),)


def title_line(document: Document, width: int) -> Line:
    """Program, scenario and unsaved mark at the left, the baseline at the right.

    Where unsaved work is not kept, that instead: the message under the sheets goes with a key.
    """
    unsaved: list[Span] = [(" *", "changed")] if document.is_modified else []
    left: list[Span] = [
        (" dsexplore  ", "dim"),
        (clean(document.name), "title"),
        *unsaved,
        (f"  {clean(document.place)}", "dim"),
    ]
    state = document.state
    baseline = f"  baseline: {clean(state.baseline.name)} "
    if width_of(left) + len(baseline) > width:  # the open scenario's own name matters more
        left = left[:-1]
    if width_of(left) + len(baseline) > width and state.baseline.name == state.current.name:
        baseline = f"  baseline: {'an earlier state' if state.pinned else 'as opened'} "
    if document.spreading:
        mode = f"  medians, {SPREAD} ranges"
        # Without room for both, how results are shown matters more.
        has_room = width_of(left) + len(mode + baseline) <= width
        baseline = mode + baseline if has_room else f"{mode} "
    for pinned in _pinned(document):
        if width_of(left) + len(pinned + baseline) <= width:
            baseline = pinned + baseline
            break
    end: Span = (baseline, "dim")
    if document.journal and document.journal.problem:
        end = ("  unsaved work is not kept ", "problem")
    return between(left, [end], width)


def _pinned(document: Document) -> tuple[str, ...]:
    """What is pinned, by name, or how much of it there is for want of room."""
    if not document.pins:
        return ()
    names = "  ".join(clean(pin.name) for pin in document.pins)
    return f"  pinned: {names}", f"  {len(document.pins)} pinned"


def tab_line(titles: Sequence[tuple[str, str]], active: int, focused: bool, width: int) -> Line:
    """Titles of panels or pages, as many as fit.

    Where not all do, the short ones of all but the active; then without those far from it.
    """
    full = _tabs([title for title, _ in titles], active, focused)
    if width_of(full) <= width:
        return tuple(full)
    short = [title if index == active else short for index, (title, short) in enumerate(titles)]
    first, last = 0, len(short)
    while True:
        shown = _tabs(short[first:last], active - first, focused)
        ends = (_MORE[:first], _MORE[: len(short) - last])
        if width_of((*ends[0], *shown, *ends[1])) <= width or last - first == 1:
            return cropped((*ends[0], *shown, *ends[1]), width)
        if active - first > last - 1 - active:
            first += 1
        else:
            last -= 1


def _tabs(titles: Sequence[str], active: int, focused: bool) -> list[Span]:
    # Brackets, not colour alone, mark the tab shown and the side with the keys.
    shown = f"[{titles[active]}]" if focused else f"‹{titles[active]}›"
    return [
        (shown, "title") if index == active else (f" {title} ", "dim")
        for index, title in enumerate(titles)
    ]


def tab_at(line: Line, active: int, cell: int) -> int | None:
    """The place of the tab at a cell of a line of tabs; a sign for those without room is the next.

    None beyond the last.
    """
    shown = next(place for place, (_, role) in enumerate(line) if role == "title")
    for place in range(len(line)):
        if cell < width_of(line[: place + 1]):
            return active + place - shown
    return None


def rule_line(width: int, above: int, below: int) -> Line:
    """The rule under the tabs; it counts the lines hidden above and below."""
    hidden = [f"↑ {above}"] if above else []
    hidden += [f"↓ {below} more"] if below else []
    said = f" {'  '.join(hidden)} ─" if hidden else ""
    return cropped((("─" * (width - len(said)), "dim"), (said, "dim")), width)


def summary_line(document: Document, width: int) -> Line:
    """The headline results, whether it fits, and what cannot be: above every page.

    Where there is no room, the words of MFU's peak go first: how it is known stays.
    """
    basis = document.result_text("mfu_basis")
    known = basis.rpartition(", ")[2]
    ends: list[Span] = [
        (f" {basis}", "dim"),
        (f", {known}", "dim"),
        (f", {known.split()[0]}", "dim"),
        (f" {known.split()[0]}", "dim"),
    ]
    most, some, least = _signs(document)
    pairs = [(ends[0], most), (ends[0], some), *product(ends[1:], [most]),
             *product(ends[1:], [some]), (ends[-1], least)]  # fmt: skip
    figures = [_Figure(document, name) for name in FIGURES]
    # Where something moved, by how much if there is room.
    said: tuple[_Moved, ...] = ("far", "mark") if any(it.change for it in figures) else ("mark",)
    wordy = [*product(said, pairs[:2]), *product((*said, "arrow"), pairs[2:-1])]
    # What cannot be keeps its words before a change keeps its size.
    bare: list[tuple[_Moved, tuple[Span, Line]]] = [("arrow", pairs[-1])]
    ways = [*product((True, False), wordy), *product((True, False), bare)]
    headline = cache(partial(_headline, figures))
    for each, (how, (end, sign)) in ways:
        left = (*headline(each, how), end)
        if width_of(left) + width_of(sign) <= width:
            break
    return between(left, sign, width)


class _Figure:
    """What the line above every page may say of a result."""

    def __init__(self, document: Document, name: str) -> None:
        self.label = "MFU " if name == "mfu" else ""
        self.text = document.result_text(name, 3)
        self.change = document.result_change(name)
        self.is_impossible = document.is_impossible(name)
        self.is_doubtful = document.is_doubtful(name)
        self.far = str(document.result_growth(name)) if self.change else ""


def _signs(document: Document) -> tuple[Line, Line, Line]:
    """What cannot be, or else that it fits, in ever fewer words."""
    if problems := [*document.problems(HEADLINE).values()]:
        first = short_label(problems[0])
        first = f"{first[:1].lower()}{first[1:]}"
        more = f" and {len(problems[1:])} more" if problems[1:] else ""
        return _sign(f"{CROSS} {first}{more}", f"{CROSS} {first}", CROSS, role="problem")
    verdict = clean(document.result_text("memory_verdict"))
    if not verdict:
        return (), (), ()
    where = "" if document.results["layout_is_stated"] else " on one GPU"
    short = verdict.partition(":")[0]
    return _sign(f"{_FITS} {verdict}{where}", f"{_FITS} {short}{where}", _FITS, role="value")


def _sign(*texts: str, role: Role) -> tuple[Line, Line, Line]:
    most, some, least = texts
    return ((f"  {most} ", role),), ((f"  {some} ", role),), ((f" {least}", role),)


def _headline(figures: Sequence[_Figure], each: bool, how: _Moved) -> Line:
    """Cost, hours, days and MFU; one cross where none of them can be had.

    A mark for a wide interval stands at `each`, or, for want of room, once where it is of all.
    `how` tells of what moved: how far where that differs from the figure before, by a mark, or by
    an arrow alone.
    """
    far = ""
    are_all_crossed = all(it.is_impossible for it in figures)
    is_once = not each and all(it.is_doubtful for it in figures)
    # Where none can be had, the cross at the end of the line is of all.
    first = DOUBT if is_once and not are_all_crossed else ""
    spans: list[Span] = [(f" {first}", "value")]
    for it in figures:
        text = it.text.removeprefix(crossed("") if are_all_crossed else "")
        text = doubted(text) if it.is_doubtful and not first else text
        moved = it.change.mark[-1:] if how == "arrow" else spaced(it.change.mark)
        if how == "far" and far != (far := it.far):
            moved = spaced(far)
        spans += [(f"{it.label}{text}{moved}", role_of(it.change)), ("  ", "dim")]
    return tuple(spans[:-1])


def hint_line(
    keys: Mapping[str, Sequence[str]], typing: bool, on_results: bool, width: int
) -> Line:
    """The keys that matter now; `keys` maps each action to its keys."""
    always = [action for action in ACTIONS if action.is_always_hinted and keys.get(action.name)]
    if typing:
        # A letter goes into the field.
        ends = [
            (shown_key(key), action.hint)
            for action in always
            if action.is_final
            for key in [key for key in keys[action.name] if len(key) > 1][:1]
        ]
        return hints_in(_TYPING, width, ends)
    texts = {action.name: action.results_hint if on_results else action.hint for action in ACTIONS}
    hints = [
        (_hint_key(name, keys), text)
        for name, text in texts.items()
        if text and keys.get(name) and not BY_NAME[name].is_always_hinted
    ]
    return hints_in(hints, width, [(_hint_key(it.name, keys), texts[it.name]) for it in always])


def hints_in(
    hints: Sequence[tuple[str, str]], width: int, always: Sequence[tuple[str, str]] = ()
) -> Line:
    """Pairs of key and meaning, as many as fit before those that are always there."""
    ends = [span for key, text in always for span in _hint(key, text)]
    spans: list[Span] = [(" ", "plain")]
    for key, text in hints:
        piece = _hint(key, text)
        if width_of(spans) + width_of(piece) + width_of(ends) <= width + 2:
            spans += piece
    spans += ends
    text, role = spans[-1]
    return cropped((*spans[:-1], (text.rstrip(), role)), width)


def _hint(key: str, text: str) -> list[Span]:
    return [(key, "key"), (f" {text}  ", "dim")]


def _hint_key(name: str, keys: Mapping[str, Sequence[str]]) -> str:
    """The key of a hint; opposite keys are written together: ↑↓."""
    pair = {"row_down": "row_up", "nudge_up": "nudge_down"}.get(name)
    names = [pair, name] if pair else [name]
    return shown_together([key for each in names for key in (keys.get(each) or ())[:1]])
