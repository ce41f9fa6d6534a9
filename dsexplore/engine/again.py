"""The same formulas at other inputs: quantities of the graph once more, under names of their own.

Decoding in a rollout is decoding with another batch and context; prefill is a forward pass of
another length and layout. Such a copy is a quantity like any other, with its own value to explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dsexplore.engine.graph import Derived, GraphError, Quantity


@dataclass(frozen=True, slots=True)
class Again(Derived):
    """All quantities between some inputs and some results, with those inputs replaced.

    `names` and `summaries` are those of copies that do not follow the rule of `at_other_inputs`.
    """

    results: tuple[str, ...]
    inputs: Mapping[str, str]
    prefix: str
    instead_of: str
    setting: str
    assumes: str
    names: Mapping[str, str]
    summaries: Mapping[str, str]

    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        """The copies, each after those that it needs."""
        between = self._between(known)
        names = {**self.inputs, **{each: self._name(each) for each in between}}
        copies = [_copy(known[each], names[each], subject, names) for each in between]
        return [
            replace(
                copy,
                summary=self._summary(known[copy.copy_of]),
                assumes=copy.assumes or self.assumes,
            )
            for copy in copies
        ]

    def _between(self, known: Mapping[str, Quantity]) -> list[str]:
        """The quantities that the results need and that follow from a replaced input."""
        between: list[str] = []
        follows: dict[str, bool] = {}

        def visit(name: str) -> bool:
            if name in follows:
                return follows[name]
            follows[name] = name in self.inputs  # a circle ends here, and the graph refuses it
            if not follows[name] and name in known:
                # Every need is visited, so that each is there to be copied.
                follows[name] = True in list(map(visit, known[name].needs))
                if follows[name]:
                    between.append(name)
            return follows[name]

        for name in self.results:
            if name not in known or not visit(name):
                raise GraphError(f"{name}: nothing to compute again from {', '.join(self.inputs)}")
        if unread := self.inputs.keys() - follows.keys():
            raise GraphError(f"{', '.join(self.results)}: made without {', '.join(sorted(unread))}")
        return between

    def _name(self, name: str) -> str:
        return self.names.get(name, self.prefix + name.removeprefix(self.instead_of))

    def _summary(self, found: Quantity) -> str:
        start = found.summary
        # An abbreviation stays as it is.
        start = start if start[1:2].isupper() else start[:1].lower() + start[1:]
        return self.summaries.get(found.name, f"{self.setting}: {start}")


@dataclass(frozen=True, slots=True)
class Copy(Derived):
    """One quantity once more, with a name and a summary of its own."""

    original: str
    summary: str
    inputs: Mapping[str, str]

    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        """The copy, by the name that the module gives it."""
        needs = known[self.original].needs if self.original in known else ()
        if not self.inputs or not self.inputs.keys() <= set(needs):
            raise GraphError(f"{name}: {self.original} has no input {', '.join(self.inputs)}")
        copy = _copy(known[self.original], name, subject, self.inputs)
        return [replace(copy, summary=self.summary)]


def _copy(original: Quantity, name: str, subject: str, names: Mapping[str, str]) -> Quantity:
    """A quantity under another name, with other names for some of what it needs."""
    return replace(
        original,
        name=name,
        needs=tuple(names.get(need, need) for need in original.needs),
        subject=subject,
        only_when={names.get(need, need): when for need, when in original.only_when.items()},
        forbids=tuple(names.get(need, need) for need in original.forbids),
        copy_of=original.name,
    )


def once_more(original: str, summary: str, **inputs: str) -> Copy:
    """Declare one quantity once more, named by what the module calls it, for other inputs."""
    return Copy(original, summary, inputs)


def at_other_inputs(
    *,
    of: Iterable[str],
    prefix: str,
    setting: str,
    assumes: str = "",
    instead_of: str = "",
    names: Mapping[str, str] | None = None,
    summaries: Mapping[str, str] | None = None,
    **inputs: str,
) -> Again:
    """Declare results `of` the graph once more, with other fields or quantities for some inputs.

    Copied is what lies between the inputs and the results; what none of the inputs changes is
    shared. A copy is named by the prefix, which stands in place of the start `instead_of`, and its
    summary begins with the setting; `names` and `summaries`, by the original's name, have others.
    `assumes` says what is our own in using the formulas there, where an original says nothing.
    """
    return Again(
        tuple(of), inputs, prefix, instead_of, setting, assumes, names or {}, summaries or {}
    )
