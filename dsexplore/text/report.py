"""Reports to hand on: paragraphs, tables and bars as Markdown, HTML or CSV."""

from __future__ import annotations

import html
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from dsexplore.text.csv_text import to_csv
from dsexplore.text.markdown import escaped, in_markdown
from dsexplore.text.plain import Printable, clean, in_lines

# By the ending of a file.
FORMAT_OF_ENDING = {".md": "markdown", ".html": "html", ".csv": "csv"}
FORMATS = tuple(FORMAT_OF_ENDING.values())
_STYLE = (
    "body{font:15px/1.45 system-ui,sans-serif;max-width:60em;margin:2em auto;padding:0 1em}"
    "table{border-collapse:collapse;width:100%}"
    "td,th{border-bottom:1px solid #ccc;padding:.2em .5em;text-align:left;vertical-align:top}"
    "td.n,th.n{text-align:right;white-space:nowrap}"
    "text{font:13px system-ui,sans-serif}"
)
_LINE, _LABEL, _LONGEST = 22, 260, 320


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a heading; `numbers` are the columns to be aligned to the right.

    `exact` is the table for programs, its head first, where that is another.
    """

    title: str
    head: tuple[str, ...]
    rows: Sequence[tuple[str, ...]]
    numbers: tuple[int, ...] = ()
    exact: Sequence[tuple[float | str | None, ...]] = ()


@dataclass(frozen=True, slots=True)
class Bars:
    """A picture of parts beside each other: label, size, and the size in words."""

    title: str
    parts: Sequence[tuple[str, float, str]]


@dataclass(frozen=True, slots=True)
class Report:
    """What is handed on: a title, sentences, a picture, tables, and lists by heading."""

    title: str
    said: Sequence[str]
    tables: Sequence[Table]
    bars: Bars | None = None
    lists: Sequence[tuple[str, Sequence[str]]] = ()


def report_text(report: Report, form: str) -> Printable:
    """A report in one of the formats."""
    return _WRITERS[form](report)


def _markdown(report: Report) -> Printable:
    lines = [f"# {escaped(report.title)}"]
    for sentence in report.said:
        lines += ["", escaped(sentence)]
    for table in report.tables:
        lines += ["", f"## {escaped(table.title)}", ""]
        lines += in_markdown([table.head, *table.rows], table.numbers)
    for title, sentences in report.lists:
        lines += ["", f"## {escaped(title)}", "", *(f"- {escaped(each)}" for each in sentences)]
    return in_lines(lines)


def _csv(report: Report) -> Printable:
    """A row for each row of a table, with the table's title before it."""
    rows = [
        (table.title, *row)
        for table in report.tables
        for row in (table.exact or (table.head, *table.rows))
    ]
    listed = [(title, sentence) for title, found in report.lists for sentence in found]
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
    if report.bars is not None:
        yield from _svg(report.bars)
    for table in report.tables:
        yield f"<h2>{_safe(table.title)}</h2>"
        yield "<table>"
        yield _row(table.head, "th", table.numbers)
        for row in table.rows:
            yield _row(row, "td", table.numbers)
        yield "</table>"
    for title, sentences in report.lists:
        yield f"<h2>{_safe(title)}</h2><ul>"
        for sentence in sentences:
            yield f"<li>{_safe(sentence)}</li>"
        yield "</ul>"
    yield "</body></html>"


def _row(cells: Sequence[str], tag: str, numbers: Sequence[int]) -> str:
    inner = "".join(
        f"<{tag}{' class=n' if place in numbers else ''}>{_safe(cell)}</{tag}>"
        for place, cell in enumerate(cells)
    )
    return f"<tr>{inner}</tr>"


def _svg(bars: Bars) -> Iterator[str]:
    """Bars as a drawing within the page: the longest fills the room."""
    parts = [part for part in bars.parts if part[1] > 0 and math.isfinite(part[1])]
    if not parts:
        return
    most = max(size for _, size, _ in parts)
    height = _LINE * (len(parts) + 1)
    yield f"<h2>{_safe(bars.title)}</h2>"
    yield f'<svg width="100%" viewBox="0 0 720 {height}" role="img">'
    for place, (label, size, words) in enumerate(parts):
        top = place * _LINE
        long = max(1.0, size / most * _LONGEST)
        yield f'<text x="0" y="{top + 15}">{_safe(label)}</text>'
        yield f'<rect x="{_LABEL}" y="{top + 4}" width="{long:.1f}" height="14" fill="#4477aa"/>'
        yield f'<text x="{_LABEL + long + 6:.1f}" y="{top + 15}">{_safe(words)}</text>'
    yield "</svg>"


def _safe(text: str) -> str:
    return html.escape(" ".join(clean(text).split()))


_WRITERS: dict[str, Callable[[Report], Printable]] = {
    "markdown": _markdown,
    "html": _html,
    "csv": _csv,
}
