"""The base of every panel of a scenario: strict reading, fields as specs, rules."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal, NoReturn, Self

from dsexplore.scenario.declare import declared_in, specs_of
from dsexplore.scenario.field import FieldSpec, Role, Value
from dsexplore.text.refusal import ScenarioError, shown, unknown

# A number divides another, is a multiple of it, or does not exceed it.
Tie = Literal["divides", "multiple of", "at most"]

# The field that brings along what an accelerator's data sheet and its measurements say.
SHEET = "gpu"

# Any possible name of a preset: a saved file may come from a place with more of them.
_PRESET = re.compile(r"([\w.+-][\w .+-]{0,99})?")


class Panel:
    """One table of a scenario: the values of its fields. Frozen: an edit makes a new panel."""

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
    # Fields and results of which the first is the product of the others, of which the last is what
    # is left.
    products: ClassVar[tuple[tuple[str, ...], ...]] = ()
    # Fields that do nothing where another, of any panel, is 0.
    idle_without: ClassVar[Mapping[str, tuple[str, ...]]] = {}
    # Fields that no plan is without, whatever is stated: they are never folded away.
    always_shown: ClassVar[tuple[str, ...]] = ()
    # What further rules of its own name.
    in_rules: ClassVar[tuple[str, ...]] = ()

    # The preset that it was taken from; empty: none.
    preset: str

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        if cls.table:
            cls.specs = specs_of(cls.table, cls.role, declared_in(cls))

    def __init__(self, preset: str = "", **values: Any) -> None:
        """A panel of values as `FieldSpec.accept` gives them; the rest is at its default."""
        whole: dict[str, Value] = {"preset": preset}
        for name, spec in self.specs.items():
            whole[name] = values[name] if name in values else spec.default_among(whole)
        self.__dict__.update(whole)

    @classmethod
    def read(cls, raw: object) -> Self:
        """The panel of a table of raw values. Raises ScenarioError for the first that is wrong."""
        if isinstance(raw, cls):
            return raw
        if not isinstance(raw, Mapping):
            raise ScenarioError(cls.table, shown(raw), f"a table, [{cls.table}]")
        preset = _preset(raw.get("preset", ""), cls.table)
        values = {name: spec.accept(raw[name]) for name, spec in cls.specs.items() if name in raw}
        for name in raw:
            if name not in values and name != "preset":
                raise unknown("key", str(name), list(cls.specs), cls.table)
        return cls(preset, **values)

    def reading(self, raw: Mapping[str, object]) -> Self:
        """This panel with some fields read anew. Raises ScenarioError."""
        values = {name: spec.accept(raw[name]) for name, spec in self.specs.items() if name in raw}
        return type(self)(self.preset, **{**self.values(), **values})

    def values(self) -> dict[str, Value]:
        """Every field's value by name, in order."""
        return {name: self.__dict__[name] for name in self.specs}

    def as_raw(self) -> dict[str, Value]:
        """What `read` makes this panel of, by key."""
        return dict(self.__dict__)

    def __setattr__(self, name: str, value: object) -> NoReturn:
        raise AttributeError(f"a panel is frozen: {name} is of another panel")

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.__dict__ == other.__dict__

    def __hash__(self) -> int:
        return hash((type(self), *self.__dict__.values()))

    def __repr__(self) -> str:
        stated = (
            f"{name}={value!r}"
            for name, value in self.__dict__.items()
            if name == "preset" or value != self.specs[name].default
        )
        return f"{type(self).__name__}({', '.join(stated)})"

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


def _preset(raw: object, table: str) -> str:
    if not isinstance(raw, str) or not _PRESET.fullmatch(raw):
        raise ScenarioError(f"{table}.preset", shown(raw), "a preset's name")
    return raw
