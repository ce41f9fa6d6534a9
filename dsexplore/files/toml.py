"""TOML: files parsed within bounds, tables written so that they read back."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path
from typing import Any

from dsexplore.files.reading import read_bytes
from dsexplore.files.toml_bounds import too_much_in
from dsexplore.text.plain import Printable, by_number
from dsexplore.text.refusal import ScenarioError, shown_path

# The shipped files are all smaller; a few larger ones would fill the memory.
_REMEMBERED_FILE = 1 << 14

SCENARIO = "a scenario file in TOML"
# Claims, settings and measured runs are read here too.
_TOML = "a file in TOML"


def read_toml(path: Path) -> dict[str, Any]:
    """The tables of a TOML file. Raises ScenarioError with the file and the problem."""
    try:
        return parse_toml(read_bytes(path, _TOML))
    except ScenarioError as error:
        raise error.in_file(str(path)) from None


def parse_toml(content: bytes) -> dict[str, Any]:
    """The tables of TOML text, the caller's own to change. Raises ScenarioError."""
    tables = _remembered(content) if len(content) <= _REMEMBERED_FILE else _parsed(content)
    return {key: _copied(value) for key, value in tables.items()}


@lru_cache(maxsize=128)
def _remembered(content: bytes) -> dict[str, Any]:
    """Scenarios name the same few presets over and over: each text is parsed once."""
    return _parsed(content)


def _parsed(content: bytes) -> dict[str, Any]:
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ScenarioError("", f"bytes that are not UTF-8 at {error.start}", _TOML) from None
    if found := too_much_in(text):
        raise ScenarioError("", found, _TOML)
    try:
        return tomllib.loads(text)
    except RecursionError:
        raise ScenarioError("", "values nested too deep", _TOML) from None
    except tomllib.TOMLDecodeError as error:
        # Cut later than other found values: the line number stands at the end.
        raise ScenarioError("", f"no TOML ({shown_path(str(error))[:200]})", _TOML) from None
    except ValueError:  # Python reads no integer of more than 4,300 digits
        raise ScenarioError("", "a number of thousands of digits", _TOML) from None


def _copied(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _copied(inner) for key, inner in value.items()}
    return [_copied(inner) for inner in value] if isinstance(value, list) else value


def to_toml(tables: Mapping[str, Any]) -> Printable:
    """Tables as the text of a TOML file, which reads back exactly and is safe on a terminal."""
    import tomli_w  # noqa: PLC0415 - reading needs none of it

    text = tomli_w.dumps(tables)
    # What does not show stands in a string, and so may be written by its number.
    return by_number(text)
