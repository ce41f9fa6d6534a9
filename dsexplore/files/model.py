"""A table of a file, read as a class of plain data or refused in one sentence."""

from __future__ import annotations

from dataclasses import fields
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

from pydantic import BaseModel, ConfigDict, ValidationError, create_model

from dsexplore.text.refusal import ScenarioError, shown, unknown

if TYPE_CHECKING:
    from _typeshed import DataclassInstance

_Model = TypeVar("_Model", bound=BaseModel)
_Plain = TypeVar("_Plain", bound="DataclassInstance")
# By pydantic's kind of refusal.
_ALLOWED = {
    "string_type": "text in quotes",
    "list_type": "a list in brackets",
    "bool_type": "true or false",
    "dict_type": "a table",
    "int_type": "a whole number",
    "float_type": "a number",
}
_STRICT = ConfigDict(strict=True, extra="forbid", hide_input_in_errors=True)


def validated(model: type[_Model], raw: object) -> _Model:
    """A model of raw values. Raises ScenarioError for the first problem."""
    try:
        return model.model_validate(raw)
    except ValidationError as error:
        raise _refusal(error, model) from None


def plain(kind: type[_Plain], raw: object) -> _Plain:
    """An instance of a dataclass with defaults, of raw values. Raises ScenarioError."""
    read = validated(_model_of(kind), raw)
    return kind(**{name: getattr(read, name) for name in read.model_fields_set})


@cache
def _model_of(kind: type[DataclassInstance]) -> type[BaseModel]:
    """A dataclass's model; a key that is not stated keeps the dataclass's own default."""
    hints = get_type_hints(kind)
    keys: dict[str, Any] = {each.name: (hints[each.name], None) for each in fields(kind)}
    return create_model(kind.__name__, __config__=_STRICT, **keys)


def _refusal(error: ValidationError, model: type[BaseModel]) -> ScenarioError:
    first = error.errors(include_url=False)[0]
    inner = first.get("ctx", {}).get("error")
    if isinstance(inner, ScenarioError):
        return inner
    location = [str(part) for part in first["loc"]]
    if first["type"] == "extra_forbidden":
        where = ".".join(location[:-1])
        return unknown("table or key", location[-1], list(model.model_fields), where)
    where = ".".join(shown(part)[1:-1] for part in location)
    allowed = _ALLOWED.get(first["type"]) or first["msg"].removeprefix("Input should be ")
    return ScenarioError(where, shown(first["input"]), allowed)
