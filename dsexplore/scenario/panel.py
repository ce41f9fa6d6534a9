"""The base of every panel of a scenario: strict reading, fields as specs, rules."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator

from dsexplore.scenario.declare import specs_of
from dsexplore.scenario.field import FieldSpec, Role
from dsexplore.text.refusal import ScenarioError

# A number divides another, is a multiple of it, or does not exceed it.
Tie = Literal["divides", "multiple of", "at most"]

# The field that brings along what an accelerator's data sheet and its measurements say.
SHEET = "gpu"


class Panel(BaseModel):
    """One table of a scenario. Frozen: an edit makes a new panel."""

    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        hide_input_in_errors=True,
        # The other engine takes 25 ms and 6 MB to compile a pattern with a maximum length.
        regex_engine="python-re",
    )

    table: ClassVar[str] = ""
    title: ClassVar[str] = ""
    # The title for little room.
    short: ClassVar[str] = ""
    # What its fields together are called, where many that differ count as one change.
    as_one: ClassVar[str] = ""
    # Whether its fields lay a step out, so that each moves parts of it.
    lays_out: ClassVar[bool] = False
    # What its fields are to a measured run, unless they say otherwise.
    role: ClassVar[Role] = "convention"
    specs: ClassVar[dict[str, FieldSpec]] = {}
    # Pairs of whole numbers: the first may not exceed the second.
    at_most: ClassVar[tuple[tuple[str, str], ...]] = ()
    # What whole numbers go by in the open scenario: another field, of any panel, or a result.
    goes_by: ClassVar[tuple[tuple[str, Tie, str], ...]] = ()
    # Degrees and numbers of accelerators of which the first is the product of the others.
    product: ClassVar[tuple[str, ...]] = ()
    # What further rules of its own name.
    in_rules: ClassVar[tuple[str, ...]] = ()

    # Any possible name of a preset: a saved file may come from a place with more of them.
    preset: str = Field(default="", max_length=100, pattern=r"^([\w.+-][\w .+-]*)?\Z")

    @classmethod
    def __pydantic_init_subclass__(cls, **options: Any) -> None:
        super().__pydantic_init_subclass__(**options)
        cls.specs = specs_of(cls.table, cls.role, cls.model_fields)

    @field_validator("*", mode="before")
    @classmethod
    def _read(cls, raw: object, info: ValidationInfo) -> object:
        spec = cls.specs.get(info.field_name or "")
        return spec.read(raw) if spec else raw

    @classmethod
    def ruled(cls) -> set[str]:
        """The fields that a rule between fields names: what one may be depends on another."""
        return {*cls.in_rules, *(name for pair in cls.at_most for name in pair)}

    def check_rules(self) -> None:
        """Raises ScenarioError for the first fields in conflict with each other."""
        for low, high in self.at_most:
            if not self.specs[low].applies_where(lambda name: getattr(self, name)):
                continue
            smaller, larger = getattr(self, low), getattr(self, high)
            if smaller is not None and larger is not None and smaller > larger:
                raise ScenarioError(low, f"{smaller}", f"at most {larger}, the value of {high}")


class Part(Panel):
    """Some fields of a panel, in a file of their own; the panel that holds them is built of it."""

    # Never read by itself: its validator would be built in vain at each start.
    model_config = ConfigDict(defer_build=True)
