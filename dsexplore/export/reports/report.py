"""Reports to hand on: paragraphs, pictures, tables and lists as Markdown, HTML, CSV or SVG.

Pictures are drawings in HTML and SVG and stand in characters in Markdown; CSV has the tables alone.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path

from dsexplore.export.endings import DATA, PICTURE, REPORTS
from dsexplore.export.pictures.svg import together
from dsexplore.text.csv_text import to_csv
from dsexplore.text.markdown import escaped, in_markdown
from dsexplore.text.plain import Printable, clean, in_lines
from dsexplore.text.refusal import ScenarioError, shown

# By the ending of a file; a drawing is of a report with pictures.
FORMAT_OF_ENDING = {**REPORTS, ".csv": DATA[".csv"]}
FORMATS = tuple(FORMAT_OF_ENDING.values())
[DRAWING] = PICTURE
# Columns of a picture in characters.
COLUMNS = 100
_STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #ccc;padding:.2em .5em;text-align:left;vertical-align:top}"
    "td.n,th.n{text-align:right}.o{white-space:nowrap}"
    "tr.a td{border-bottom:0}tr.a td:nth-child(2){width:40%}"
    "tr.w td{padding-top:0;color:#555;overflow-wrap:anywhere}"
    "figure{margin:1em 0}svg{max-width:100%;height:auto}"
)
# Numbers with a unit are shorter; so are intervals.
_ONE_LINE = 24
# Of the web alone: nothing that runs. What closes a sentence is no part of it.
_ADDRESS = re.compile(r"https?://[\w.~:/?#@!$()*+=%;&-]*[\w/]", re.ASCII)
Cell = float | bool | str | None


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading, and sentences below them.

    `numbers` are the columns to be aligned to the right, the first `names` hold names; `exact` is
    the table for programs, its head first, where that is another.
    """

    title: str
    head: Sequence[str] = ()
    rows: Sequence[Sequence[str]] = ()
    numbers: Sequence[int] = ()
    exact: Sequence[Sequence[Cell]] = ()
    said: Sequence[str] = ()
    names: int = 1
    # A sentence on each row: below it on a page, in a list below the table in Markdown.
    words: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture: drawn when it is asked for, and in characters."""

    title: str
    draw: Callable[[], Printable]
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class Report:
    """What is handed on: a title, sentences, pictures, tables, and lists by heading.

    `data` is all of it as one table for programs, its head first, where one table holds it.
    """

    title: str
    said: Sequence[str] = ()
    tables: Sequence[Table] = ()
    pictures: Sequence[Picture] = ()
    lists: Sequence[tuple[str, Sequence[str]]] = ()
    data: Sequence[Sequence[Cell]] = ()

    @property
    def endings(self) -> tuple[str, ...]:
        """The endings of files that it can be written to."""
        return (*FORMAT_OF_ENDING, DRAWING) if self.pictures else tuple(FORMAT_OF_ENDING)


def report_text(report: Report, form: str) -> Printable:
    """A report in one of the formats."""
    return _WRITERS[form](report)


def report_at(report: Report, path: Path) -> Printable:
    """A report in the format of a file's ending. Raises ScenarioError for one that is none."""
    if path.suffix not in report.endings:
        raise ScenarioError("", f"the ending {shown(path.suffix)}", ", ".join(report.endings))
    if path.suffix == DRAWING:
        return drawing(report)
    return report_text(report, FORMAT_OF_ENDING[path.suffix])


def drawing(report: Report) -> Printable:
    """The pictures of a report, one below another. Raises ScenarioError where it has none."""
    if not report.pictures:
        raise ScenarioError("", "a report without pictures", ", ".join(report.endings))
    return together([picture.draw() for picture in report.pictures])


def _markdown(report: Report) -> Printable:
    lines = [f"# {escaped(report.title)}"]
    for sentence in report.said:
        lines += ["", escaped(sentence)]
    for picture in report.pictures:
        lines += ["", f"## {escaped(picture.title)}", "", *_fenced(picture.lines)]
    for table in report.tables:
        lines += ["", f"## {escaped(table.title)}"]
        if table.rows:
            lines += ["", *in_markdown([table.head, *table.rows], table.numbers)]
        if table.words:
            lines += ["", *(f"- {escaped(each)}" for each in _on_rows(table))]
        lines += [line for sentence in table.said for line in ("", escaped(sentence))]
    for title, sentences in report.lists:
        lines += ["", f"## {escaped(title)}", "", *(f"- {escaped(each)}" for each in sentences)]
    return in_lines(lines)


def _on_rows(table: Table) -> list[str]:
    """The sentence on each row, after the name of the row."""
    return [f"{row[0]}: {words}" for row, words in zip(table.rows, table.words, strict=True)]


def _fenced(lines: Sequence[str]) -> list[str]:
    """Lines as they stand: indented, so that no line of theirs can end the block."""
    return [f"    {line}".rstrip() for line in lines]


def _csv(report: Report) -> Printable:
    """The one table for programs, or a row for each row of a table, its title before it."""
    if report.data:
        return to_csv(report.data)
    rows = [
        (table.title, *row)
        for table in report.tables
        for row in (table.exact or (table.head, *table.rows))
        if row
    ]
    listed = [(table.title, sentence) for table in report.tables for sentence in table.said]
    listed += [(title, sentence) for title, found in report.lists for sentence in found]
    return to_csv([("report", report.title), *rows, *listed])


def _html(report: Report) -> Printable:
    return in_lines(_html_lines(report))


def _html_lines(report: Report) -> Iterator[str]:
    yield "<!doctype html>"
    yield '<html lang="en"><head><meta charset="utf-8">'
    yield f"<title>{_safe(report.title)}</title><style>{_STYLE}</style></head><body>"
    yield f"<h1>{_safe(report.title)}</h1>"
    for sentence in report.said:
        yield f"<p>{_safe(sentence)}</p>"
    for picture in report.pictures:
        yield from _figure(picture)
    for table in report.tables:
        yield f"<h2>{_safe(table.title)}</h2>"
        if table.rows:
            yield "<table>"
            yield _row(table.head, "th", table.numbers)
            yield from _body(table)
            yield "</table>"
        for sentence in table.said:
            yield f"<p>{_safe(sentence)}</p>"
    for title, sentences in report.lists:
        yield f"<h2>{_safe(title)}</h2><ul>"
        for sentence in sentences:
            yield f"<li>{_safe(sentence)}</li>"
        yield "</ul>"
    yield "</body></html>"


def _body(table: Table) -> Iterator[str]:
    """The rows, and below each what is said on it over the whole width."""
    for row, words in zip_longest(table.rows, table.words):
        if not words:
            yield _row(row, "td", table.numbers)
            continue
        yield _row(row, "td", table.numbers, " class=a")
        yield f"<tr class=w><td></td><td colspan={len(row) - 1}>{_safe(words)}</td></tr>"


def _figure(picture: Picture) -> Iterator[str]:
    """A drawing within the page; where there are too many points for one, a sentence."""
    try:
        drawn = picture.draw()
    except ScenarioError as error:
        yield f"<p>{_safe(f'{picture.title}: no picture of it; {error}.')}</p>"
        return
    yield "<figure>"
    yield from drawn.splitlines()
    yield "</figure>"


def _row(cells: Sequence[str], tag: str, numbers: Sequence[int], of: str = "") -> str:
    inner = "".join(
        f"<{tag}{_class(cell) if place in numbers else ''}>{_breakable(cell)}</{tag}>"
        for place, cell in enumerate(cells)
    )
    return f"<tr{of}>{inner}</tr>"


def _class(cell: str) -> str:
    """A number keeps to one line; words in a column of numbers need not."""
    return ' class="n o"' if len(cell) <= _ONE_LINE else " class=n"


def _breakable(cell: str) -> str:
    """A cell in which a long name may be folded at its joints."""
    return _safe(cell) if "://" in cell else _safe(cell).replace("_", "_<wbr>")


def _safe(text: str) -> str:
    """Text as it stands, its addresses to be followed."""
    words = html.escape(" ".join(clean(text).split()))
    return _ADDRESS.sub(r'<a href="\g<0>">\g<0></a>', words)


_WRITERS: dict[str, Callable[[Report], Printable]] = {
    "markdown": _markdown,
    "html": _html,
    "csv": _csv,
}
