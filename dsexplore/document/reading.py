"""The open scenario for reading: its name, values and results, and how they changed."""

from __future__ import annotations

import os
from collections.abc import Collection, Iterable
from pathlib import Path

from dsexplore.document.state import State
from dsexplore.document.works import Works
from dsexplore.engine import QUANTITIES, Values, warnings_in
from dsexplore.engine.doubt import ends_of, figure_text, half_width_text, interval_text, is_wide
from dsexplore.engine.names import in_words
from dsexplore.library.open import CONFIG_ENDING
from dsexplore.scenario.field import FieldSpec, value_text
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.format import doubted, format_change, format_value


class Reading:
    """What can be asked of the open scenario; nothing here changes it."""

    state: State
    _works: Works

    @property
    def scenario(self) -> Scenario:
        """The scenario in force."""
        return self.state.current.scenario

    @property
    def name(self) -> str:
        """Its name: a preset's or a file's."""
        return self.state.current.name

    @property
    def place(self) -> str:
        """Its origin: a folder, or one word where it has no file of its own."""
        if self.state.path:
            return str(self.state.path.parent)
        if self.state.claim:
            return self.state.claim
        return "imported" if self.name.endswith(CONFIG_ENDING) else "preset"

    @property
    def results(self) -> Values:
        """Every result of the scenario."""
        return self.state.current.results

    def warnings(self, names: Iterable[str]) -> list[str]:
        """Sentences about problems that concern some fields or results."""
        return warnings_in(self.scenario.inputs() | self.results, names)

    def is_impossible(self, name: str) -> bool:
        """Whether a result is a figure that cannot be had."""
        return name in self.state.current.standing.impossible

    def assumed_behind(self, names: Iterable[str]) -> str:
        """A sentence on the defaults nobody published that some results rest on."""
        return self.state.current.standing.assumed_behind(names)

    def is_own_file(self, path: Path) -> bool:
        """Whether a path leads to the file of the scenario that is open."""
        own = self.state.path
        return own is not None and os.path.realpath(path) == os.path.realpath(own)

    @property
    def is_modified(self) -> bool:
        """Whether there are unsaved changes."""
        return self._works.is_unsaved(self.state)

    def field_text(self, name: str) -> str:
        """A field's value as a person would type it."""
        return value_text(FIELDS[name], self.scenario.value(name))

    def field_change(self, name: str) -> str:
        """A field's value in the baseline, in words; empty where it is the same."""
        before = self.state.baseline.scenario.value(name)
        if before == self.scenario.value(name):
            return ""
        return f"was {value_text(FIELDS[name], before)}"

    def result_text(self, name: str, digits: int = 4) -> str:
        """A result for reading, marked where it is a bound or cannot be had.

        Digits that its interval leaves nothing of are left out.
        """
        if ends_of(name, self.results):
            return self.marked(name, figure_text(name, self.results, digits))
        return self.marked(name, format_value(self.results[name], QUANTITIES[name].unit, digits))

    def doubted_text(self, name: str, digits: int = 4) -> str:
        """A result for reading where its interval has no room: marked where that is wide."""
        text = self.result_text(name, digits)
        return doubted(text) if self.is_doubtful(name) else text

    def is_doubtful(self, name: str) -> bool:
        """Whether a result's interval is wider than a tenth of it."""
        return is_wide(name, self.results)

    def interval(self, name: str, room: int) -> str:
        """The interval of a result in so many cells, or half its width; empty without one."""
        text = interval_text(name, self.results)
        return text if len(text) <= room else half_width_text(name, self.results)

    def marked(self, name: str, text: str) -> str:
        """A result's text, marked where it is a bound or cannot be had."""
        return self.state.current.standing.marked(name, text)

    def marked_by(self, names: Collection[str], text: str) -> str:
        """A text of a figure made of some results, marked as these are."""
        return self.state.current.standing.marked_by(names, text)

    def result_change(self, name: str) -> str:
        """A result's change from the baseline; empty without a change."""
        if self.state.baseline.scenario is self.scenario:
            return ""
        before = self.state.baseline.results[name]
        if isinstance(before, str):
            return "" if before == self.results[name] else f"was {in_words(name, before)}"
        return format_change(before, self.results[name], QUANTITIES[name].unit)

    def applies(self, spec: FieldSpec) -> bool:
        """Whether the choices in force use a field."""
        return spec.applies_where(self.scenario.value)
