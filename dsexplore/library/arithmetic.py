"""Arithmetic with other fields: `num_gpus/8` as the value of a field is 256 on 2,048 GPUs."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping

from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.refusal import ScenarioError, nearest, shown
from dsexplore.text.unit_names import kind_and_factor

_NAME = re.compile(r"[a-z][a-z0-9_]*")


def with_fields_read(
    changes: Mapping[str, object], value_of: Callable[[str], Value]
) -> dict[str, object]:
    """Texts of numeric fields with the names of other fields replaced by their numbers.

    A number is in its own field's unit, and stands for a plain number. Raises ScenarioError where
    a named field is unknown.
    """
    return {name: _read(name, raw, value_of) for name, raw in changes.items()}


def _read(name: str, raw: object, value_of: Callable[[str], Value]) -> object:
    spec = FIELDS.get(name)
    if spec is None or not spec.is_numeric or not isinstance(raw, str):
        return raw

    def number(match: re.Match[str]) -> str:
        word = match[0]
        other = FIELDS.get(word)
        if other is None and "_" in word:  # no unit has one
            raise ScenarioError(spec.path, shown(raw), _no_field(word))
        if other is None or not other.is_numeric or kind_and_factor(word):
            return word
        value = value_of(word)
        if not isinstance(value, int | float):
            allowed = f"fields that are known; {other.label} is not"
            raise ScenarioError(spec.path, shown(raw), allowed)
        return f"{value!r}" if value >= 0 else f"({value!r})"

    return _NAME.sub(number, raw)


def _no_field(word: str) -> str:
    """The fields that a name may have meant, as the second half of a refusal."""
    from dsexplore.engine import QUANTITIES  # noqa: PLC0415 - only a mistake pays for it

    if word in QUANTITIES:
        return f"fields by name; {word} is a result, which follows from them"
    begun = [name for name in FIELDS if name.startswith(word)]
    meant = ", ".join(begun[:3]) if begun else nearest(word, [*FIELDS])
    return f"fields by name; {word} is none: {meant}"
