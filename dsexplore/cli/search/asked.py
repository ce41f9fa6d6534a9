"""What is asked of a search, and how what it found is handed out."""

from __future__ import annotations

import re
import shlex
from argparse import Namespace
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from dsexplore.analysis.search.limits import Limit
from dsexplore.cli.errors import INTERRUPTED, say
from dsexplore.cli.input.asked import base_of
from dsexplore.cli.input.output_file import put
from dsexplore.cli.output.stdout import terminal_columns
from dsexplore.export.reports.report import Report, drawing, report_text
from dsexplore.library.saving import save
from dsexplore.scenario.field import Value
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.plain import Printable

NOTHING_FITS = 1
# What is searched, with short words for the results that it is often ranked by.
LAYOUT, CLUSTER, SERVING, RL = "layout", "cluster", "serving", "rl"
SHORT = {
    LAYOUT: {"cost": "pretraining_cost", "days": "pretraining_days"},
    CLUSTER: {"cost": "pretraining_cost", "days": "pretraining_days"},
    SERVING: {"cost": "cost_per_million_output_tokens"},
    RL: {"cost": "rl_cost", "days": "rl_days"},
}


def spelt(condition: str, what: str) -> str:
    """A condition with a short word spelt out."""
    for short, name in SHORT[what].items():
        condition = re.sub(rf"^\s*{short}(?=\s*[<>=!])", name, condition)
    return condition


def command_words(fields: Mapping[str, Value]) -> str:
    """The words of a command line that set some fields."""
    return shlex.join(
        word for name, value in fields.items() for word in ("--set", f"{name}={str(value).lower()}")
    )


@dataclass(frozen=True, slots=True)
class Asked:
    """A search as it was asked for."""

    arguments: Namespace
    limits: Sequence[Limit]
    top: int

    @property
    def form(self) -> str:
        """The format of the answer."""
        return str(self.arguments.format)

    @property
    def columns(self) -> int | None:
        """The columns of the terminal; None for a file or a pipe."""
        return terminal_columns() if self.arguments.output is None else None

    @property
    def base(self) -> Scenario | None:
        """The preset that `--set` changes."""
        return base_of(self.arguments)

    def by(self, what: str, otherwise: str) -> str:
        """The result to rank by."""
        by: str = (self.arguments.by or otherwise).strip()
        return SHORT[what].get(by, by)

    def put(self, text: Printable) -> None:
        """Print text, or write it to the file that is named."""
        put(self.arguments, text)

    def put_report(self, report: Report) -> None:
        """Hand on a report: as CSV, as a drawing, or in words."""
        self.put(drawing(report) if self.form == "svg" else report_text(report, self.form))

    def save(self, taken: Scenario) -> None:
        """Write the scenario with the first of what was found, where that is asked for."""
        if self.arguments.save:
            save(taken, Path(self.arguments.save), overwrite=self.arguments.force)
            say(f"wrote {self.arguments.save}")


def say_why_none(fields: Mapping[str, Value], why: str) -> None:
    """Say why nothing of a cluster, named by its fields, can be had."""
    say(f"{', '.join(f'{name} {value}' for name, value in fields.items())}: {why}")


def ended(*, is_stopped: bool, otherwise: int = 0) -> int:
    """The exit status of a search that may have been stopped."""
    return INTERRUPTED if is_stopped else otherwise
