"""Tables of claim and benchmark files: read by a strict model, refused in plain words."""

from __future__ import annotations

import math
import re
from typing import Any, ClassVar, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationInfo, field_validator

from dsexplore.files.model import validated
from dsexplore.text.refusal import ScenarioError, shown

TEXT = "text in quotes"
NAME = "a name of letters, digits and .-_, at most 60"
NUMBER = "a finite number"
TABLE = "a table, such as { name = value }"
SWITCH = "true or false"
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,59}", re.ASCII)
_LONGEST_TEXT = 4000
_Read = TypeVar("_Read", bound="Table")


class Table(BaseModel):
    """One table. The kind of a key, one of the words above, says how its value is read."""

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    kinds: ClassVar[dict[str, str]] = {}
    must: ClassVar[tuple[str, ...]] = ()

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, raw: object, info: ValidationInfo) -> object:
        name = info.field_name or ""
        return read_as(cls.kinds[name], raw, name) if name in cls.kinds else raw


def read_table(model: type[_Read], raw: object, where: str) -> _Read:
    """A table read by its model. Raises ScenarioError with `where` and the key."""
    try:
        if not isinstance(raw, dict):
            raise ScenarioError("", shown(raw), TABLE)
        known = list(model.model_fields)
        for key in raw:
            if key not in known:
                raise ScenarioError("", f"unknown key {shown(key)}", ", ".join(known))
        for key in model.must:
            if key not in raw:
                raise ScenarioError(key, "nothing", model.kinds.get(key, "a value"))
        return validated(model, raw)
    except ScenarioError as error:
        raise placed(error, where) from None


def placed(error: ScenarioError, where: str) -> ScenarioError:
    """The same refusal with a wider place before its own."""
    place = ", ".join(part for part in (where, error.where) if part)
    return ScenarioError(place, error.found, error.allowed, error.file)


def read_as(kind: str, raw: object, where: str) -> Any:
    """A value of one of the kinds. Raises ScenarioError."""
    if kind == NUMBER:
        return finite(raw, where)
    if kind == SWITCH and isinstance(raw, bool):
        return raw
    if kind == TABLE and isinstance(raw, dict):
        return raw
    if kind == NAME and isinstance(raw, str) and _NAME.fullmatch(raw):
        return raw
    if kind == TEXT and isinstance(raw, str):
        if len(raw) > _LONGEST_TEXT:
            raise ScenarioError(where, f"{len(raw)} characters", f"at most {_LONGEST_TEXT}")
        return raw
    raise ScenarioError(where, shown(raw), kind)


def finite(raw: object, where: str) -> float:
    """A finite number. Raises ScenarioError."""
    if isinstance(raw, int | float) and not isinstance(raw, bool):
        try:
            number = float(raw)
        except OverflowError:  # an integer beyond every float
            number = math.inf
        if math.isfinite(number):
            return number
    raise ScenarioError(where, shown(raw), NUMBER)


def shown_name(raw: object, instead: str) -> str:
    """The name of an entry in messages: its own if it can be shown."""
    return raw if isinstance(raw, str) and _NAME.fullmatch(raw) else instead
