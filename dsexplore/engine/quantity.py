"""What a quantity is, and how a function is declared as one."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any, Literal, TypeVar

from dsexplore.engine.elementwise import is_known, where

# A problem is a sentence about something impossible, empty where nothing is.
Kind = Literal["number", "text", "problem"]
Better = Literal["less", "more", ""]
_Function = TypeVar("_Function", bound=Callable[..., Any])


class GraphError(Exception):
    """The formulas do not fit together; raised when the engine is imported."""


# Not frozen, though nothing changes one: a start makes 1,500, and that is six times slower.
@dataclass(slots=True, eq=False)
class Quantity:
    """One result: its function, needs and unit, and the source of its formula.

    `source` is the paper holding the formula, `assumes` a modelling choice of this program; one of
    the two may be empty.
    """

    name: str
    function: Callable[..., Any]
    needs: tuple[str, ...]
    unit: str
    source: str
    assumes: str
    summary: str
    subject: str
    # Needs read under some choices alone: the need, the field of the choice, those choices.
    only_when: Mapping[str, tuple[str, ...]]
    kind: Kind = "number"
    # Of a problem: fields and quantities that cannot be had, nor results that follow from them.
    forbids: tuple[str, ...] = ()
    # Of a problem: what it is said beside as well, though that can be had.
    concerns: tuple[str, ...] = ()
    # Needs that are left out of a sum where they are unknown: the sum is then at least what it is.
    at_least_without: tuple[str, ...] = ()
    # The quantity with the same formula, here at other inputs (engine/again.py).
    copy_of: str = ""
    # Where the formula has no result though all that it needs is known, in a clause.
    undefined: str = ""
    # Whether it only notices that a need has changed: other quantities say what that does.
    watches: bool = False
    # Whether it takes what its other needs were in the measured run, of which its first need tells.
    is_of_run: bool = False
    # What of it serves the user; empty where that is a matter of purpose.
    better: Better = ""

    @property
    def is_contradiction(self) -> bool:
        """Whether it is a problem of needs that cannot be together."""
        return not set(self.forbids).isdisjoint(self.needs)

    @property
    def is_text(self) -> bool:
        """Whether the result is words, not a number."""
        return self.kind != "number"


@dataclass(slots=True, eq=False)
class _Declaration:
    """A function's declaration as a quantity."""

    unit: str | None
    kind: Kind
    source: str
    assumes: str
    only_when: Mapping[str, tuple[str, ...]]
    forbids: tuple[str, ...]
    concerns: tuple[str, ...]
    at_least_without: tuple[str, ...]
    undefined: str
    better: Better


def quantity(
    unit: str | None = None,
    *,
    kind: Kind = "number",
    source: str = "",
    assumes: str = "",
    only_when: Mapping[str, tuple[str, ...]] | None = None,
    forbids: tuple[str, ...] = (),
    concerns: tuple[str, ...] = (),
    at_least_without: tuple[str, ...] = (),
    undefined: str = "",
    better: Better = "",
) -> Callable[[_Function], _Function]:
    """Declare a function as a quantity: the unit of its result, and the source of its formula.

    `source` cites the paper holding the formula, or says it is a definition; `assumes` states a
    modelling choice of our own in one sentence. One of them is required. A number has a unit, if an
    empty one; a text or a problem has none. `only_when` maps a
    need to a field and the only choices of it under which the formula reads the need. `forbids`
    lists what cannot be had where a problem is in force: results that follow from it cannot either.
    `concerns` lists what the problem is said beside as well. `at_least_without` lists needs left
    out of a sum where they are unknown: the result, and all that rises with it, is then a bound.
    `undefined` says, in a clause, when there is no result though all needs are known; a quotient by
    a need that is 0 speaks for itself. `better` says which way it serves the user to move it.
    """

    def declare(function: _Function) -> _Function:
        named = "text" if unit is None and kind != "number" else unit
        declared = _Declaration(
            named,
            kind,
            source,
            assumes,
            only_when or {},
            forbids,
            concerns,
            at_least_without,
            undefined,
            better,
        )
        function.__dict__["quantity"] = declared
        return function

    return declare


class Derived(ABC):
    """A module's declaration of quantities derived from others in the graph."""

    __slots__ = ()

    @abstractmethod
    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        """The quantities declared here, derived from known ones; raises GraphError."""


def with_derived(
    declared: list[tuple[str, str, Quantity | Derived]],
) -> list[Quantity]:
    """The quantities in the order of declaration, derived ones in their places."""
    known = {found.name: found for _, _, found in declared if isinstance(found, Quantity)}
    collected: list[Quantity] = []
    for name, subject, found in declared:
        made = [found] if isinstance(found, Quantity) else found.quantities(name, subject, known)
        collected += made
        known |= {each.name: each for each in made}
    return collected


def declared_in(module: ModuleType, subject: str) -> Iterator[tuple[str, Quantity | Derived]]:
    """What a module of a subject declares, by name. Raises GraphError."""
    for name, found in vars(module).items():
        if isinstance(found, Derived):
            yield name, found
        elif "quantity" in getattr(found, "__dict__", {}) and found.__module__ == module.__name__:
            yield name, _declared(name, found, subject)


def _declared(name: str, function: Callable[..., Any], subject: str) -> Quantity:
    """A function as its declared quantity."""
    declared: _Declaration = function.__dict__["quantity"]
    summary = (function.__doc__ or "").strip().partition("\n\n")[0]
    if name != function.__name__ or not summary or declared.unit is None:
        raise GraphError(f"{subject}.{name}: a quantity needs its name, unit and summary")
    if not declared.source and not declared.assumes:
        raise GraphError(f"{subject}.{name}: a quantity needs a source or an assumption")
    # The same as by inspect.signature, which is slow for hundreds of functions.
    needs = function.__code__.co_varnames[: function.__code__.co_argcount]
    if not declared.only_when.keys() <= set(needs):
        raise GraphError(f"{subject}.{name}: only_when names something it does not need")
    if (declared.forbids or declared.concerns) and declared.kind != "problem":
        raise GraphError(f"{subject}.{name}: only a problem forbids")
    return Quantity(
        name,
        function,
        needs,
        declared.unit,
        declared.source,
        declared.assumes,
        " ".join(summary.split()),
        subject,
        declared.only_when,
        declared.kind,
        declared.forbids,
        declared.concerns,
        declared.at_least_without,
        undefined=declared.undefined,
        better=declared.better,
    )


def computing(found: Quantity) -> Callable[..., Any]:
    """What computes a quantity: its formula, without those unknown parts that it may lack."""
    if not found.at_least_without:
        return found.function
    may_lack = [need in found.at_least_without for need in found.needs]

    def computed(*values: Any) -> Any:
        whole = found.function(*values)
        if isinstance(whole, float) and not math.isnan(whole):
            return whole
        parts = [
            where(is_known(value), value, 0.0) if lacks else value
            for value, lacks in zip(values, may_lack, strict=True)
        ]
        known = found.function(*parts)
        return where(is_known(whole), whole, where(known > 0, known, math.nan))

    return computed


def is_read(found: Quantity, need: str, inputs: Mapping[str, Any]) -> bool:
    """Whether a formula reads one of its needs under the choices in force."""
    if need not in found.only_when:
        return True
    field, *choices = found.only_when[need]
    return inputs[field] in choices
