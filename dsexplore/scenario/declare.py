"""How a panel declares a field: its type, unit, range, choices and help, in one place.

A declaration stands where a class's default would; `specs_of` reads all of a panel's.
"""

from __future__ import annotations

import inspect
import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Literal, get_args, get_origin

from dsexplore.scenario.field import FieldSpec, Kind, Nudge, Role, Value
from dsexplore.scenario.layer_pattern import UNIFORM
from dsexplore.scenario.layers_per_stage import BALANCED

# The smallest amount beside none at all, by unit: finer than anything that is bought, measured or
# built, and far from where products and quotients of such numbers leave the range of a float.
_LEAST = {
    "": 1e-6,
    "fraction": 1e-6,
    "token": 1.0,
    "token/day": 1.0,
    "token/s": 1e-3,
    "sample": 1e-3,
    "parameter": 1.0,
    "FLOP/parameter": 1e-6,
    "FLOP/s": 1e9,
    "byte": 1.0,
    "byte/parameter": 1e-3,
    "second": 1e-12,
    "hour": 1e-3,
    "year": 1e-6,
    "watt": 1e-3,
    "gram/kWh": 1e-6,
    "litre/kWh": 1e-6,
    "GPU-hour": 1e-6,
    "GPU-hour/Ttoken": 1e-6,
    "USD": 1e-3,
    "USD/year": 1e-3,
    "USD/kWh": 1e-6,
    "USD/Mtoken": 1e-9,
    "USD/GPU-hour": 1e-6,
}


# Not frozen, though nothing changes one: a start makes hundreds, and that is six times slower.
@dataclass(slots=True, eq=False)
class Declared:
    """What a panel's class says of one of its fields."""

    label: str
    unit: str
    help: str
    section: str = ""
    nudge: Nudge = "one"
    step: float = 1
    applies: tuple[str, tuple[Value, ...]] | None = None
    also_applies: tuple[str, tuple[Value, ...]] | None = None
    comes_with: str = ""
    stays: bool = False
    least: float = 0
    picks: str = ""
    role: Role | None = None
    detail_of: str = ""
    assumed: str = ""
    kind: Kind | None = None
    default: Value = None
    # A default that follows from the fields before it.
    default_factory: Callable[[Mapping[str, Value]], Value] | None = None
    ge: float | None = None
    gt: float | None = None
    le: float | None = None


def count(label: str, unit: str, help: str, **options: Any) -> Any:  # noqa: A002 - the word users know
    """A whole number of things; at least 0 unless `ge` or `gt` says otherwise."""
    if "gt" not in options:
        options.setdefault("ge", 0)
    options.setdefault("le", 10**15)
    return _declare(label, unit, help, **options)


def number(label: str, unit: str, help: str, **options: Any) -> Any:  # noqa: A002 - the word users know
    """A measured or chosen number; 0, or at least what its unit allows, unless `ge` says otherwise.

    `least` is the smallest amount beside 0 where the unit's own does not suit.
    """
    if "ge" not in options:
        options["ge"] = 0
        options.setdefault("least", _LEAST[unit])
    options.setdefault("nudge", "two digits")
    return _declare(label, unit, help, **options)


def choice(label: str, help: str, **options: Any) -> Any:  # noqa: A002 - the word users know
    """One of a few words; the words are the Literal of the annotation."""
    return _declare(label, "text", help, **options)


def name(label: str, help: str, **options: Any) -> Any:  # noqa: A002 - the word users know
    """A short name for people."""
    return _declare(label, "text", help, **options)


def stages(label: str, help: str, **options: Any) -> Any:  # noqa: A002 - the word users know
    """Layers of each stage of a pipeline: balanced, or a list."""
    return _declare(label, "text", help, kind="stages", default=BALANCED, **options)


def layers(label: str, help: str, **options: Any) -> Any:  # noqa: A002 - the word users know
    """Kinds of layer with their numbers and order: uniform, or a pattern."""
    return _declare(label, "text", help, kind="layers", default=UNIFORM, **options)


def switch(label: str, help: str, **options: Any) -> Any:  # noqa: A002 - the word users know
    """Yes or no."""
    options.setdefault("default", False)
    return _declare(label, "text", help, **options)


def _declare(label: str, unit: str, help: str, **options: Any) -> Any:  # noqa: A002 - the word users know
    # Any: a type checker takes the class at its annotations, which are what a panel holds.
    return Declared(label, unit, help, **options)


def declared_in(panel: type) -> dict[str, tuple[Declared, object]]:
    """The fields that a class and its bases declare, with their types, the last base's first."""
    found = {}
    for each in reversed(panel.__mro__):
        own = vars(each)
        if any(isinstance(value, Declared) for value in own.values()):
            for name, annotation in inspect.get_annotations(each).items():
                if isinstance(own.get(name), Declared):
                    found[name] = (own[name], _type_said(annotation, each.__module__))
    return found


@cache
def _type_said(words: str, module: str) -> object:
    """A type by its words in a module; hundreds of fields share a few."""
    return eval(words, vars(sys.modules[module]))


def specs_of(
    table: str, role: Role, fields: Mapping[str, tuple[Declared, object]]
) -> dict[str, FieldSpec]:
    """The specs of a panel's fields, in order.

    `role` is that of a field that declares none, unless it comes with another: then it is a detail.
    """
    specs = {}
    section = ""
    for name, (declared, annotation) in fields.items():
        section = declared.section or section
        own = declared.role or ("detail" if declared.comes_with else role)
        specs[name] = _spec_of(table, name, declared, annotation, section, own)
    return specs


def _spec_of(
    table: str, name: str, declared: Declared, annotation: object, section: str, role: Role
) -> FieldSpec:
    kind, choices, optional = _kind_of(annotation)
    help_text = declared.help
    if declared.assumed:
        help_text = f"{help_text.removesuffix('.')}; assumed where nobody states it: "
        help_text += f"{declared.assumed}."
    return FieldSpec(
        name=name,
        table=table,
        label=declared.label,
        help=help_text,
        kind=declared.kind or kind,
        unit=declared.unit,
        section=section,
        minimum=declared.ge,
        above=declared.gt,
        maximum=declared.le,
        choices=choices,
        may_be_unknown=optional,
        nudge=declared.nudge,
        step=declared.step,
        applies=declared.applies,
        also_applies=declared.also_applies,
        comes_with=declared.comes_with,
        stays=declared.stays,
        least=declared.least,
        picks=declared.picks,
        role=role,
        detail_of=declared.detail_of or declared.comes_with,
        default=declared.default,
        default_from=declared.default_factory,
        assumed=declared.assumed,
    )


def _kind_of(annotation: object) -> tuple[Kind, tuple[str, ...], bool]:
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal:
        return "choice", tuple(str(a) for a in arguments), False
    optional = type(None) in arguments
    inner = next((a for a in arguments if a is not type(None)), annotation)
    kinds: dict[object, Kind] = {int: "integer", float: "number", bool: "boolean", str: "name"}
    return kinds[inner], (), optional
