"""Undo and redo over a tree of states: a change made after undoing begins a branch."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Generic, TypeVar

_State = TypeVar("_State")
# Steps that are kept, those of branches too. Each holds the panel that changed, about 15 kB.
_MOST = 500


@dataclass(eq=False, slots=True)
class _Node(Generic[_State]):
    """A state among those it came from and those that came of it; redo goes to the last of them."""

    number: int
    before: _Node[_State] | None
    # Of the node in force, the state is whoever's holds it.
    states: list[_State] = field(default_factory=list)
    after: list[_Node[_State]] = field(default_factory=list)

    def hold(self, state: _State) -> None:
        self.states[:] = [state]


@dataclass(frozen=True, slots=True)
class Drawn(Generic[_State]):
    """A line of the drawn tree: what stands before the state, and what to jump to it by."""

    stem: str
    state: _State
    number: int
    is_now: bool


class History(Generic[_State]):
    """Every state there was, up to a bound, and which is in force: that one is held elsewhere."""

    def __init__(self) -> None:
        self._at: _Node[_State] = _Node(0, None)
        self._root = self._at
        self._last = 0
        self._count = 1

    def push(self, before: _State) -> None:
        """Remember the state before a change; what was undone stays as a branch."""
        self._at.hold(before)
        self._at = self._added(self._at)
        self._forget()

    @property
    def has_undone(self) -> bool:
        """Whether there is something to redo."""
        return bool(self._at.after)

    def undo(self, now: _State) -> _State | None:
        """The state before the last change; None if there is none."""
        return self._go(now, self._at.before)

    def redo(self, now: _State) -> _State | None:
        """The state last undone; None if there is none."""
        return self._go(now, self._at.after[-1] if self._at.after else None)

    def jump(self, now: _State, number: int) -> _State | None:
        """The state of a number in the drawn tree; None if it is in force, or is kept no more."""
        found = next((node for node in self._nodes() if node.number == number), None)
        return None if found is self._at else self._go(now, found)

    def around(self, now: _State, state: _State) -> tuple[Iterator[_State], Iterator[_State]]:
        """The states before and after one, each going away from it.

        Both are empty for a state that is not in the tree.
        """
        node = self._find(now, state)
        return (_held(_up(node)), _held(_down(node))) if node else (iter(()), iter(()))

    def branches(self, now: _State, state: _State) -> Iterator[tuple[_State, list[_State]]]:
        """All that is neither before nor after a state: each branch, and the state it left from.

        Those that left last come first, and branches of a branch after it.
        """
        node = self._find(now, state)
        lines = [[*[*_up(node)][::-1], node, *_down(node)]] if node else []
        for line in lines:
            for fork, onward in reversed([*zip(line, [*line[1:], None], strict=True)]):
                for child in fork.after:
                    if child is not onward:
                        branch = [child, *_down(child)]
                        lines.append(branch)
                        yield fork.states[0], [*_held(branch)]

    def graft(self, now: _State, fork: _State, states: Iterable[_State], *, is_next: bool) -> None:
        """Let states follow one, each after the one before; redo goes there if they are next."""
        node = self._find(now, fork)
        if node is None:
            return
        for state in states:
            child = self._added(node)
            child.hold(state)
            if not is_next:
                node.after.insert(0, node.after.pop())
            node, is_next = child, True
        self._forget()

    def beyond(self, steps: int) -> Iterator[_State]:
        """The states just more than so many steps away, before and after."""
        for line in (_up(self._at), _down(self._at)):
            yield from _held(node for place, node in enumerate(line) if place == steps)

    def far(self, steps: int) -> Iterator[_State]:
        """Every state more than so many steps away."""
        near = {self._at}
        for line in (_up(self._at), _down(self._at)):
            near.update(node for _, node in zip(range(steps), line, strict=False))
        yield from _held(node for node in self._nodes() if node not in near)

    def drawn(self, now: _State) -> list[Drawn[_State]]:
        """The tree line by line, the oldest first; each branch under the state it left from."""
        self._at.hold(now)
        return [
            Drawn(stem, node.states[0], node.number, node is self._at)
            for stem, node in _drawn(self._root, "", "")
        ]

    def mark(self) -> tuple[int, int]:
        """What `forget_since` goes back to."""
        return self._at.number, self._last

    def forget_since(self, mark: tuple[int, int]) -> None:
        """Be where the history was, without what came since."""
        at, last = mark
        for node in [*self._nodes()]:
            if node.number <= last:
                node.after[:] = [child for child in node.after if child.number <= last]
        self._count = sum(1 for _ in self._nodes())
        self._at = next((node for node in self._nodes() if node.number == at), self._root)
        self._lead_here()

    def _added(self, node: _Node[_State]) -> _Node[_State]:
        self._last += 1
        self._count += 1
        child: _Node[_State] = _Node(self._last, node)
        node.after.append(child)
        return child

    def _go(self, now: _State, target: _Node[_State] | None) -> _State | None:
        if target is None:
            return None
        self._at.hold(now)
        self._at = target
        self._lead_here()
        return target.states[0]

    def _lead_here(self) -> None:
        """Let redo lead from the beginning to where one is."""
        node = self._at
        while node.before is not None:
            node.before.after.remove(node)
            node.before.after.append(node)
            node = node.before

    def _find(self, now: _State, state: _State) -> _Node[_State] | None:
        self._at.hold(now)
        if state is now:
            return self._at
        return next((node for node in self._nodes() if node.states[0] is state), None)

    def _nodes(self) -> Iterator[_Node[_State]]:
        waiting = [self._root]
        while waiting:
            node = waiting.pop()
            yield node
            waiting += node.after

    def _forget(self) -> None:
        """Forget the oldest beyond the bound: branches that left first, then first states."""
        while self._count > _MOST + 1 and self._root is not self._at:
            if self._root.after[1:]:
                lost = self._root.after.pop(0)
                self._count -= 1 + sum(1 for _ in _under(lost))
            else:
                self._root = self._root.after[0]
                self._root.before = None
                self._count -= 1


def _up(node: _Node[_State]) -> Iterator[_Node[_State]]:
    while node.before is not None:
        node = node.before
        yield node


def _down(node: _Node[_State]) -> Iterator[_Node[_State]]:
    while node.after:
        node = node.after[-1]
        yield node


def _under(node: _Node[_State]) -> Iterator[_Node[_State]]:
    waiting = [*node.after]
    while waiting:
        child = waiting.pop()
        yield child
        waiting += child.after


def _held(nodes: Iterable[_Node[_State]]) -> Iterator[_State]:
    return (node.states[0] for node in nodes)


def _drawn(first: _Node[_State], start: str, stem: str) -> Iterator[tuple[str, _Node[_State]]]:
    """A line of states from one on, each with its branches; `start` stands before the first."""
    line: Sequence[_Node[_State]] = [first, *_down(first)]
    for node in line:
        yield (start if node is first else stem), node
        for branch in node.after[:-1]:
            # The line that it left goes on under it.
            yield from _drawn(branch, f"{stem}├─", f"{stem}│ ")
