"""An explanation as text: for reading, for a page, for programs."""

from __future__ import annotations

import textwrap
from collections.abc import Sequence
from dataclasses import asdict

from dsexplore.explanation.explain import Explanation, Reference, spoken
from dsexplore.scenario.field import UNKNOWN
from dsexplore.text.columns import aligned
from dsexplore.text.format import bounded, crossed
from dsexplore.text.json_text import to_json
from dsexplore.text.markdown import escaped, in_markdown
from dsexplore.text.plain import Printable, clean, in_lines

INDENT = "  "
# Stands for the words of a row while its other cells are lined up.
_WORDS = "|"
# Cells that words have at least, however long a name is.
_LEAST = 24


def text(found: Explanation, width: int) -> Printable:
    """An explanation for reading, at most `width` columns wide; formulas are laid out already."""
    lines = _head(found, width)
    if found.working:
        lines += ["", *(f"{INDENT}{line}".rstrip() for line in found.working)]
    if found.because:
        lines += ["", *_reasons(found.because, width)]
    said = [line for title, words in _said(found) for line in _titled(title, words, width)]
    lines += ["", *said] if said else []
    for title, references in _beside(found):
        lines += ["", title, *_references(references, width)]
    return in_lines(lines)


def _head(found: Explanation, width: int) -> list[str]:
    label = f"{found.label}: {found.summary}" if found.is_field else found.summary
    value = _value(found)
    first = f"{found.name}   {value}"
    start = [first] if len(first) <= width else [found.name, *_wrapped(value, width, INDENT)]
    return [*start, *_wrapped(label, width)]


def _value(found: Explanation) -> str:
    if found.value_text == UNKNOWN:
        return UNKNOWN
    if found.interval:
        return clean(found.value_text)
    value = clean(spoken(found.name, found.value))
    value = bounded(value) if found.at_least_without else value
    return crossed(value) if found.impossible_because else value


def _said(found: Explanation) -> list[tuple[str, str]]:
    """The explanation in words, part by part under titles."""
    said = [
        ("Not known", "; ".join(found.unknown_because)),
        ("Cannot be had", " ".join(found.impossible_because)),
        ("By default", " ".join(found.assumptions)),
        ("Interval", found.interval),
        ("Evidence", found.rests_on),
        ("Source", found.source),
        ("Assumes", found.assumes),
        ("Origin", found.origin),
        ("Note", found.note),
        ("Allowed", found.range),
        ("Remark", found.remarks),
    ]
    return [(title, words) for title, words in said if words]


def _beside(found: Explanation) -> list[tuple[str, list[Reference]]]:
    """Its inputs and the results using it, under titles; empty lists are left out."""
    beside = [
        ("Inputs", [each for each in found.depends_on if each.is_used]),
        ("Inputs under other choices", [each for each in found.depends_on if not each.is_used]),
        ("Used by", list(found.dependants)),
    ]
    return [(title, references) for title, references in beside if references]


def _titled(title: str, words: str, width: int) -> list[str]:
    # Deeper than the rows below: no word of a note can stand where a name does.
    return _wrapped(f"{title}: {words}", width, hang=2 * INDENT)


def _reasons(because: Sequence[str], width: int) -> list[str]:
    if len(because) == 1:
        return _wrapped(f"As {because[0]}", width, hang=INDENT)
    hang = 2 * INDENT
    return ["As", *(row for each in because for row in _wrapped(each, width, INDENT, hang))]


def _references(references: Sequence[Reference], width: int) -> list[str]:
    """A row for each; words without room go on under their own beginning."""
    names = max(len(each.name) for each in references)
    room = width - len(INDENT) - names - _LEAST
    fits = [each for each in references if len(clean(each.value_text)) <= room]
    starts = iter(aligned([(each.name, each.value_text, _WORDS) for each in fits]))
    found = []
    for each in references:
        if each not in fits:  # a sentence for a value
            said = f"{each.name}: {each.value_text}. {each.summary}"
            found += _wrapped(said, width, INDENT, 2 * INDENT)
            continue
        begins = f"{INDENT}{next(starts).removesuffix(_WORDS)}"
        found += _wrapped(each.summary, width, begins, " " * len(begins))
    return found


def _wrapped(words: str, width: int, start: str = "", hang: str | None = None) -> list[str]:
    return textwrap.wrap(
        " ".join(clean(words).split()),
        width,
        initial_indent=start,
        subsequent_indent=start if hang is None else hang,
        break_on_hyphens=False,
    )


def as_markdown(found: Explanation) -> Printable:
    """An explanation for a page."""
    lines = [f"# `{found.name}`", "", f"**{escaped(_value(found))}**", "", escaped(found.summary)]
    if found.working:
        lines += ["", "```", *found.working, "```"]
    if found.because:
        lines += ["", "As", "", *(f"- {escaped(reason)}" for reason in found.because)]
    for title, words in _said(found):
        lines += ["", f"{title}: {escaped(words)}"]
    for title, references in _beside(found):
        rows = [("name", "value", ""), *((r.name, r.value_text, r.summary) for r in references)]
        lines += ["", f"## {title}", "", *in_markdown(rows)]
    return in_lines(lines)


def as_json(found: Explanation) -> Printable:
    """An explanation for programs."""
    return to_json(asdict(found))
