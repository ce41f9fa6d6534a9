"""Reading a command's words: argparse, with its refusals in one line."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NoReturn

from dsexplore.cli.errors import UsageError
from dsexplore.cli.output.stdout import write_out
from dsexplore.text.plain import in_lines
from dsexplore.text.refusal import ScenarioError, shown

if TYPE_CHECKING:
    from _typeshed import SupportsWrite

    from dsexplore.cli.input.candidates import Candidates


class Parser(argparse.ArgumentParser):
    """A parser with preformatted usage and examples; its errors are exceptions."""

    def __init__(self, command: str, *, usage: str, summary: str, epilog: str) -> None:
        self._command = f"{command}: " if command else ""
        self.candidates: dict[argparse.Action, Candidates] = {}
        super().__init__(
            prog=f"dsexplore {command}".strip(),
            usage=usage,
            description=summary,
            epilog=epilog,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            # An abbreviated option could change its meaning when another is added.
            allow_abbrev=False,
        )

    def add_argument(
        self, *names: str, words: Sequence[str] | Candidates | None = None, **rest: Any
    ) -> argparse.Action:
        """Add an argument; `words` are what may stand there, for a shell that completes them."""
        action = super().add_argument(*names, **rest)
        if words is not None:
            self.candidates[action] = words if callable(words) else lambda _: words
        return action

    def error(self, message: str) -> NoReturn:
        """Raise UsageError: what argparse found, and the grammar in one line."""
        grammar = " ".join((self.usage or "").split())
        raise UsageError(
            f"{self._command}found words that do not fit ({message}); allowed: {grammar}"
        )

    def print_help(self, file: SupportsWrite[str] | None = None) -> None:
        """Print the help like all other output."""
        write_out(in_lines(self.format_help().splitlines()))


def one_of(where: str, word: str, allowed: Sequence[str]) -> str:
    """A word out of those allowed. Raises ScenarioError with the allowed words."""
    if word not in allowed:
        raise ScenarioError(where, shown(word), ", ".join(allowed))
    return word
