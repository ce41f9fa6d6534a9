"""Words made fit for a terminal, for Markdown and for a spreadsheet."""

from __future__ import annotations

import csv
import io
import itertools
import sys

from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from dsexplore.text.csv_text import to_csv
from dsexplore.text.markdown import escaped, in_markdown
from dsexplore.text.plain import clean, in_lines
from tests.examples import examples

words = st.text(st.characters(codec=None), max_size=30)
# What Markdown, HTML and their readers act on.
markup = st.text("abc 1.)(-+=*_`~#|\\[]<>&!:/;'\"$@{}\n\t", max_size=30)


def test_no_character_that_acts_or_hides_is_left() -> None:
    left = clean("".join(map(chr, range(sys.maxunicode + 1))))
    assert len(left) == sys.maxunicode + 1
    assert left.isprintable()
    assert {"\u3164", "\u034f", "\U000e0100"}.isdisjoint(left)


@examples(40)
@given(st.lists(words, max_size=5))
def test_as_many_lines_as_there_are(lines: list[str]) -> None:
    assert len(in_lines(lines).splitlines()) == len(lines)


def shown(text: str) -> str:
    """What a reader sees of one paragraph of Markdown; fails on anything but its text."""
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(text)
    assert [token.type for token in tokens] in (
        ["paragraph_open", "inline", "paragraph_close"],
        [],
    )
    found = [child for token in tokens for child in token.children or []]
    assert {child.type for child in found} <= {"text", "text_special"}
    return "".join(child.content for child in found)


@examples(40)
@given(st.one_of(words, markup))
def test_markdown_shows_a_text_as_it_is(text: str) -> None:
    assert shown(escaped(text)) == " ".join(clean(text).split())


@examples(40)
@given(st.lists(st.tuples(markup, markup), min_size=1, max_size=3))
def test_a_markdown_table_shows_its_cells_as_they_are(rows: list[tuple[str, str]]) -> None:
    lines = in_markdown([("one", "other"), *rows])
    tokens = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse("\n".join(lines))
    cells = [
        "".join(child.content for child in inline.children or [])
        for opened, inline in itertools.pairwise(tokens)
        if opened.type == "td_open"
    ]
    assert cells == [" ".join(cell.split()) for row in rows for cell in row]


@examples(40)
@given(st.lists(st.lists(st.one_of(words, markup, st.floats(), st.none()), min_size=2, max_size=2)))
def test_csv_reads_back_and_no_cell_is_a_formula(rows: list[list[object]]) -> None:
    text = to_csv(rows)  # type: ignore[arg-type]  # hypothesis knows no narrower type
    read = list(csv.reader(io.StringIO(text)))
    assert [len(row) for row in read] == [2 for _ in rows]
    for written, found in zip(rows, read, strict=True):
        for value, cell in zip(written, found, strict=True):
            if isinstance(value, str):
                assert cell.removeprefix("'") == clean(value).removeprefix("'")
                assert not cell.strip().startswith(("=", "+", "-", "@"))
            else:
                assert cell == ("" if value is None else repr(value))


def test_a_number_below_zero_is_no_formula() -> None:
    assert to_csv([("-1+1|x", -5, -0.5)]) == "'-1+1|x,-5,-0.5\n"
