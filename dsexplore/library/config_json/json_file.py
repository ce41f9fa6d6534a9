"""The keys and values of a published config.json, read within bounds."""

from __future__ import annotations

import json
from pathlib import Path

from dsexplore.files.reading import read_bytes
from dsexplore.text.grouped import first_double
from dsexplore.text.refusal import ScenarioError, shown, shown_path

_CONFIG = "a model's config.json"
# A configuration may list every layer's quantisation, or a vocabulary.
LARGEST = 16 << 20


def read_config(path: Path) -> dict[str, object]:
    """The keys and values of a config.json. Raises ScenarioError with the file's name."""
    try:
        return parse_config(read_bytes(path, _CONFIG, LARGEST))
    except ScenarioError as error:
        raise error.in_file(str(path)) from None


def parse_config(content: bytes) -> dict[str, object]:
    """The keys and values of a config.json's text. Raises ScenarioError."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ScenarioError("", f"bytes that are not UTF-8 at {error.start}", _CONFIG) from None
    try:
        config = json.loads(text, object_pairs_hook=_each_key_once)
    except RecursionError:
        raise ScenarioError("", "values nested too deep", _CONFIG) from None
    except json.JSONDecodeError as error:
        raise ScenarioError("", f"no JSON ({shown_path(str(error))[:200]})", _CONFIG) from None
    except ScenarioError:
        raise
    except ValueError:  # Python reads no integer of more than 4,300 digits
        raise ScenarioError("", "a number of thousands of digits", _CONFIG) from None
    if not isinstance(config, dict):
        raise ScenarioError("", f"JSON that is {kind_of(config)}", f"{_CONFIG}, one object")
    return config


def kind_of(value: object) -> str:
    """A JSON value in words; lists and objects are named, not shown."""
    if isinstance(value, list):
        return f"a list of {len(value)}"
    if isinstance(value, dict):
        return f"an object of {len(value)} keys"
    return "null" if value is None else shown(value)


def _each_key_once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    values = dict(pairs)
    if len(values) < len(pairs):
        twice = first_double(key for key, _ in pairs)
        raise ScenarioError("", f"the key {shown(twice)} twice", "each key once")
    return values
