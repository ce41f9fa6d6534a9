"""A table: columns of figures with their units, for reading, for numpy and for data frames."""

from __future__ import annotations

import html
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from dsexplore.text.columns import aligned
from dsexplore.text.format import format_value

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_NOT_KNOWN = "–"
# As many rows are printed; all of them are there.
_MOST_ROWS = 40


class Table:
    """Rows under named columns. Numbers are in base units, nan where not known.

    `print` and a notebook show it with units; `table["mfu"]` is a column, `len` the number of rows.
    """

    def __init__(
        self,
        columns: Mapping[str, Sequence[Any] | NDArray[Any]],
        units: Mapping[str, str] | None = None,
        row_units: Sequence[str] | None = None,
        notes: Sequence[str] = (),
    ) -> None:
        """Columns of equal length by name, in order.

        `units` is the base unit by column; `row_units` by row, where rows are different figures.
        `notes` are sentences below the table.
        """
        self.columns = dict(columns)
        self.units = dict(units or {})
        self.row_units = row_units
        self.notes = tuple(notes)

    def __len__(self) -> int:
        return len(next(iter(self.columns.values()), ()))

    def __getitem__(self, column: str) -> Any:
        """A column. Raises KeyError for a name that it does not have."""
        return self.columns[column]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        """The rows, each by column."""
        for values in zip(*self.columns.values(), strict=True):
            yield dict(zip(self.columns, values, strict=True))

    def to_arrays(self) -> dict[str, NDArray[np.generic]]:
        """Every column as an array of its length: numbers as float64, words as they are."""
        import numpy as np  # noqa: PLC0415 - whoever asks for no arrays does without

        return {name: np.asarray(values) for name, values in self.columns.items()}

    def to_frame(self) -> pd.DataFrame:
        """A pandas DataFrame, units in its `attrs["units"]`. Raises ImportError without pandas."""
        import pandas as pd  # noqa: PLC0415 - not among the dependencies

        frame = pd.DataFrame(self.to_arrays())
        frame.attrs["units"] = dict(self.units)
        return frame

    def __repr__(self) -> str:
        rows = self._texts()
        numbers = [place for place, name in enumerate(self.columns) if self._is_number(name)]
        lines = aligned([list(self.columns), *rows], numbers)
        if len(self) > len(rows):
            lines.append(f"… {len(self) - len(rows):,} more rows")
        return "\n".join([*lines, *self.notes])

    def _repr_html_(self) -> str:
        """The table as notebooks show it."""
        head = "".join(f"<th>{html.escape(name)}</th>" for name in self.columns)
        body = "".join(
            f"<tr>{''.join(f'<td>{html.escape(text)}</td>' for text in row)}</tr>"
            for row in self._texts()
        )
        more = len(self) - _MOST_ROWS
        notes = [*([f"… {more:,} more rows"] if more > 0 else []), *self.notes]
        below = "".join(f"<p>{html.escape(note)}</p>" for note in notes)
        return f"<table><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>{below}"

    def _texts(self) -> list[list[str]]:
        """The rows to print, for reading."""
        return [
            [_text(values[place], self._unit(name, place)) for name, values in self.columns.items()]
            for place in range(min(len(self), _MOST_ROWS))
        ]

    def _unit(self, name: str, place: int) -> str:
        if name in self.units or self.row_units is None:
            return self.units.get(name, "")
        return self.row_units[place]

    def _is_number(self, name: str) -> bool:
        return not any(isinstance(value, str) for value in self.columns[name])


def _text(value: Any, unit: str) -> str:
    if isinstance(value, str):
        return value
    if value is None:
        return _NOT_KNOWN
    plain = value.item() if hasattr(value, "item") else value
    return format_value(plain, unit) or _NOT_KNOWN
