"""CSV for spreadsheets: numbers and words, no word of which is taken for a formula."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from dsexplore.text.plain import Printable, clean

# A cell beginning with one of these is a formula to a spreadsheet; an apostrophe makes it text.
_FORMULA = ("=", "+", "-", "@")


def to_csv(rows: Iterable[Sequence[int | float | bool | str | None]]) -> Printable:
    """Rows as CSV: numbers at full precision, an empty cell for the unknown.

    >>> print(to_csv([("=1+1", -5, 0.1, True, None)]), end="")
    '=1+1,-5,0.1,true,
    """
    return Printable("".join(f"{','.join(map(_cell, row))}\n" for row in rows))


def _cell(value: int | float | bool | str | None) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if not isinstance(value, str):
        return repr(value)
    words = clean(value)
    words = f"'{words}" if words.lstrip().startswith(_FORMULA) else words
    return '"' + words.replace('"', '""') + '"' if '"' in words or "," in words else words
