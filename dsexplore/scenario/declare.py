"""How a panel declares a field: its type, unit, range, choices and help, in one place.

The declaration is a pydantic field, with all that `FieldSpec` tells of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Literal, cast, get_args, get_origin

from pydantic import Field
from pydantic.fields import FieldInfo

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
    return _declare(label, "text", help, pattern=r"^[\w.+-][\w .+-]{0,59}\Z", **options)


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


def _declare(
    label: str,
    unit: str,
    help: str,  # noqa: A002 - the word users know
    *,
    section: str = "",
    nudge: Nudge = "one",
    step: float = 1,
    applies: tuple[str, tuple[Value, ...]] | None = None,
    comes_with: str = "",
    stays: bool = False,
    least: float = 0,
    picks: str = "",
    role: Role | None = None,
    detail_of: str = "",
    assumed: str = "",
    kind: Kind | None = None,
    **pydantic_options: Any,
) -> Any:
    extra = {
        "unit": unit,
        "section": section,
        "nudge": nudge,
        "step": step,
        "applies": applies,
        "comes_with": comes_with,
        "stays": stays,
        "least": least,
        "picks": picks,
        "role": role,
        "detail_of": detail_of or comes_with,
        "assumed": assumed,
        "kind": kind,
    }
    if assumed:
        help = f"{help.removesuffix('.')}; assumed where nobody states it: {assumed}."  # noqa: A001
    return Field(
        title=label,
        description=help,
        json_schema_extra=cast("dict[str, Any]", extra),
        **pydantic_options,
    )


def specs_of(table: str, role: Role, fields: Mapping[str, FieldInfo]) -> dict[str, FieldSpec]:
    """The specs of a panel model's fields, in order; other keys are left out.

    `role` is that of a field that declares none, unless it comes with another: then it is a detail.
    """
    specs = {}
    section = ""
    for name, info in fields.items():
        extra = info.json_schema_extra
        if not isinstance(extra, dict):
            continue
        declared = cast("dict[str, Any]", extra)
        section = declared["section"] or section
        own = declared["role"] or ("detail" if declared["comes_with"] else role)
        specs[name] = _spec_of(table, name, info, declared, section, own)
    return specs


def _spec_of(
    table: str, name: str, info: FieldInfo, declared: dict[str, Any], section: str, role: Role
) -> FieldSpec:
    bounds: dict[str, float] = {}
    for constraint in info.metadata:
        for key in ("ge", "gt", "le"):
            if hasattr(constraint, key):
                bounds[key] = getattr(constraint, key)
    kind, choices, optional = _kind_of(info.annotation)
    return FieldSpec(
        name=name,
        table=table,
        label=info.title or name,
        help=info.description or "",
        kind=declared["kind"] or kind,
        unit=declared["unit"],
        section=section,
        minimum=bounds.get("ge"),
        above=bounds.get("gt"),
        maximum=bounds.get("le"),
        choices=choices,
        may_be_unknown=optional,
        nudge=declared["nudge"],
        step=declared["step"],
        applies=declared["applies"],
        comes_with=declared["comes_with"],
        stays=declared["stays"],
        least=declared["least"],
        picks=declared["picks"],
        role=role,
        detail_of=declared["detail_of"],
        default=None if info.is_required() else info.default,
        assumed=declared["assumed"],
    )


def _kind_of(annotation: object) -> tuple[Kind, tuple[str, ...], bool]:
    arguments = get_args(annotation)
    if get_origin(annotation) is Literal:
        return "choice", tuple(str(a) for a in arguments), False
    optional = type(None) in arguments
    inner = next((a for a in arguments if a is not type(None)), annotation)
    kinds: dict[object, Kind] = {int: "integer", float: "number", bool: "boolean", str: "name"}
    return kinds[inner], (), optional
