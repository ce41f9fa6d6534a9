"""What every panel of a scenario has in common: strict reading, and its fields as specs."""

from __future__ import annotations

from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from dsexplore.scenario.fields import FieldSpec, specs_of


class Panel(BaseModel):
    """One table of a scenario. Frozen: an edit makes a new panel."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        # The other engine takes 25 ms and 6 MB to compile a pattern of at most so many characters.
        regex_engine="python-re",
    )

    table: ClassVar[str] = ""
    title: ClassVar[str] = ""
    # The title where there is little room.
    short: ClassVar[str] = ""
    specs: ClassVar[dict[str, FieldSpec]] = {}

    # Any name that could be a preset's: a saved file may come from where more of them ship.
    preset: str = Field(default="", max_length=100, pattern=r"^([\w.+-][\w .+-]*)?\Z")

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        super().__pydantic_init_subclass__(**options)
        cls.specs = specs_of(cls.table, cls.model_fields)

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, raw: object, info: ValidationInfo) -> object:
        spec = cls.specs.get(info.field_name or "")
        return spec.read(raw) if spec else raw
