"""The same formulas at other inputs: quantities of the graph once more, under names of their own.

Decoding in a rollout is decoding with another batch and context; prefill is a forward pass with
another length and layout. Such a copy is a quantity like any other, with its own value to explain.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

from dsexplore.engine.quantity import Derived, GraphError, Quantity


def once_more(original: str, summary: str, **inputs: str) -> Derived:
    """Declare one quantity once more, named by what the module calls it, for other inputs."""
    return _Copy(original, summary, inputs)


def at_other_inputs(
    *,
    of: Iterable[str],
    prefix: str,
    setting: str,
    assumes: str = "",
    instead_of: str = "",
    **inputs: str,
) -> Derived:
    """Declare results `of` the graph once more, with other fields or quantities for some inputs.

    Copied is what lies between the inputs and the results; what no input changes is shared. A copy
    is named by the prefix, which stands in place of the start `instead_of`, and its summary begins
    with the setting. `assumes` says what is our own in using the formulas there, where an original
    says nothing.
    """
    return _Copies(tuple(of), inputs, prefix, instead_of, setting, assumes)


@dataclass(frozen=True, slots=True)
class _Copy(Derived):
    original: str
    summary: str
    inputs: Mapping[str, str]

    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        needs = known[self.original].needs if self.original in known else ()
        if not self.inputs or not self.inputs.keys() <= set(needs):
            raise GraphError(f"{name}: {self.original} has no input {', '.join(self.inputs)}")
        copy = _renamed(known[self.original], name, subject, self.inputs)
        return [replace(copy, summary=self.summary)]


@dataclass(frozen=True, slots=True)
class _Copies(Derived):
    results: tuple[str, ...]
    inputs: Mapping[str, str]
    prefix: str
    instead_of: str
    setting: str
    assumes: str

    def quantities(self, name: str, subject: str, known: Mapping[str, Quantity]) -> list[Quantity]:
        between = [known[each] for each in self._between(known)]
        copied = {
            each.name: self.prefix + each.name.removeprefix(self.instead_of) for each in between
        }
        names = {**self.inputs, **copied}
        return [
            replace(
                _renamed(each, names[each.name], subject, names),
                summary=f"{self.setting}: {_within_a_sentence(each.summary)}",
                assumes=each.assumes or self.assumes,
            )
            for each in between
        ]

    def _between(self, known: Mapping[str, Quantity]) -> list[str]:
        """What the results need and what follows from a replaced input, needs before results."""
        between: list[str] = []
        follows: dict[str, bool] = {}

        def visit(name: str) -> bool:
            if name in follows:
                return follows[name]
            follows[name] = name in self.inputs  # a circle ends here, and the graph refuses it
            if not follows[name] and name in known:
                # All needs are visited, not only those up to the first that follows.
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


def _renamed(original: Quantity, name: str, subject: str, names: Mapping[str, str]) -> Quantity:
    """A quantity under another name, with other names for some of what it needs."""
    return replace(
        original,
        name=name,
        needs=tuple(names.get(need, need) for need in original.needs),
        subject=subject,
        only_when={names.get(need, need): when for need, when in original.only_when.items()},
        forbids=tuple(names.get(need, need) for need in original.forbids),
        at_least_without=tuple(names.get(need, need) for need in original.at_least_without),
        concerns=tuple(names.get(need, need) for need in original.concerns),
        copy_of=original.name,
    )


def _within_a_sentence(summary: str) -> str:
    """A summary with a small first letter, unless it begins with an abbreviation."""
    return summary if summary[1:2].isupper() else summary[:1].lower() + summary[1:]
