"""Parquet files, written with pyarrow table by table: columns of numbers or words, with units."""

from __future__ import annotations

import contextlib
import importlib.util
from collections.abc import Callable, Iterator, Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

from dsexplore.files.streaming import streamed
from dsexplore.text.refusal import ScenarioError

ENDING = ".parquet"
# A column of words says so in place of a unit.
WORDS = "words"

Put = Callable[[Mapping[str, Any]], None]


def check_parquet() -> None:
    """Raise ScenarioError before any work if pyarrow is missing."""
    if importlib.util.find_spec("pyarrow") is None:
        allowed = (
            "a file that ends in .csv or .json; or pyarrow, by pip install 'dsexplore[cluster]'"
        )
        raise ScenarioError("-o", "Parquet, which pyarrow would write, and it is missing", allowed)


@contextlib.contextmanager
def parquet_file(path: Path, units: Mapping[str, str], *, overwrite: bool) -> Iterator[Put]:
    """A file to put tables in: columns by name, arrays as long as one another.

    `units` has the unit of each column; of words it is `WORDS`, and such a column is a pair of the
    places of its words and the words. A number that is unknown is null. Raises ScenarioError if the
    file cannot be written.
    """
    arrow: Any = import_module("pyarrow")
    parquet: Any = import_module("pyarrow.parquet")
    words = arrow.dictionary(arrow.int32(), arrow.string())
    schema = arrow.schema(
        [
            arrow.field(name, words)
            if unit == WORDS
            else arrow.field(name, arrow.float64(), metadata={"unit": unit})
            for name, unit in units.items()
        ]
    )

    def column(name: str, values: Any) -> Any:
        if units[name] == WORDS:
            places, known = values
            # Below 0 there is no word.
            missing = places < 0
            indices = arrow.array(places.astype("int32"), mask=missing)
            return arrow.DictionaryArray.from_arrays(indices, arrow.array(known, arrow.string()))
        return arrow.array(values, arrow.float64(), from_pandas=True)

    with (
        streamed(path, overwrite=overwrite) as beside,
        parquet.ParquetWriter(beside, schema) as writer,
    ):
        yield lambda columns: writer.write_table(
            arrow.Table.from_arrays([column(name, columns[name]) for name in units], schema=schema)
        )
