"""The open scenario for reading: its name, values and results, and how they changed."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterable
from pathlib import Path

from dsexplore.document.moved import (
    NO_CHANGE,
    Change,
    moved_between,
    movers,
    result_change,
    result_growth,
)
from dsexplore.document.state import Evaluated, State
from dsexplore.document.swept import Swept
from dsexplore.document.works import Works
from dsexplore.engine import QUANTITIES, Values, problems_in, warnings_in
from dsexplore.engine.doubt import (
    Ends,
    Spreads,
    doubted_figure,
    ends_of,
    ends_text,
    is_wide_between,
    with_half_width,
)
from dsexplore.library.open import CONFIG_ENDING
from dsexplore.scenario.field import FieldSpec, shown_text, value_text
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.format import doubted, format_value

# How often an interval holds its result: one of a prediction, and the range of a median.
_USUAL, SPREAD = "80 %", "90 %"


class Reading:
    """What can be asked of the open scenario; nothing here changes it."""

    state: State
    # What makes medians of the results; None while they are shown as they stand.
    spreading: Callable[[Evaluated], Spreads] | None = None
    # Scenarios that stay in sight beside this one.
    pins: tuple[Evaluated, ...] = ()
    # The last sweep, whatever scenario was open.
    swept: Swept | None = None
    _works: Works
    # What was spread last, and its medians.
    _spread: tuple[Evaluated, Spreads] | None = None

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
        return warnings_in(self.state.current.values, names)

    def problems(self, names: Iterable[str]) -> dict[str, str]:
        """Sentences as in `warnings`, each with the name of its problem."""
        return problems_in(self.state.current.values, names)

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

    def field_shown(self, name: str) -> str:
        """A field's value for reading, without digits that say nothing."""
        return shown_text(FIELDS[name], self.scenario.value(name))

    def field_change(self, name: str) -> str:
        """A field's value in the baseline, in words; empty where it is the same."""
        before = self.state.baseline.scenario.value(name)
        if before == self.scenario.value(name):
            return ""
        return f"was {shown_text(FIELDS[name], before, self.field_shown(name))}"

    @property
    def spreads(self) -> Spreads:
        """The medians of uncertain results while these are shown; none otherwise."""
        if self.spreading is None:
            return {}
        current = self.state.current
        if self._spread is None or self._spread[0] is not current:
            self._spread = current, self.spreading(current)
        return self._spread[1]

    @property
    def coverage(self) -> str:
        """How often an interval that is shown holds its result."""
        return _USUAL if self.spreading is None else SPREAD

    def figure(self, name: str) -> float:
        """A field or result as the screen shows it: its median where medians are shown."""
        spread = self.spreads.get(name)
        return spread.median if spread else self.state.current.numbers([name])[name]

    def ends(self, name: str) -> Ends | None:
        """Both ends of what is shown beside a result; None where it has no interval."""
        spread = self.spreads.get(name)
        return spread.ends if spread else ends_of(name, self.results)

    def result_text(self, name: str, digits: int = 4) -> str:
        """A result for reading, marked where it is a bound or cannot be had.

        Digits that its interval leaves nothing of are left out.
        """
        if ends := self.ends(name):
            return self.marked(name, doubted_figure(name, self.figure(name), ends, digits))
        return self.marked(name, format_value(self.results[name], QUANTITIES[name].unit, digits))

    def text_in(self, other: Evaluated, name: str, digits: int = 3) -> str:
        """A result of another scenario, for reading; marked where it could not be had."""
        text = format_value(other.results[name], QUANTITIES[name].unit, digits)
        return other.standing.marked(name, text)

    def beside(self, pin: Evaluated, name: str) -> Change:
        """How far a result is from that of a pinned scenario."""
        return result_growth(name, pin, self.state.current)

    def doubted_text(self, name: str, digits: int = 4) -> str:
        """A result for reading where its interval has no room: marked where that is wide."""
        text = self.result_text(name, digits)
        return doubted(text) if self.is_doubtful(name) else text

    def is_doubtful(self, name: str) -> bool:
        """Whether a result's interval is wider than a tenth of it."""
        ends = self.ends(name)
        return ends is not None and is_wide_between(self.figure(name), ends)

    def interval(self, name: str, room: int) -> str:
        """The interval of a result in so many cells, or half its width; empty without one."""
        ends = self.ends(name)
        if ends is None:
            return ""
        value = self.figure(name)
        text = ends_text(name, value, ends)
        return text if len(text) <= room else with_half_width("", value, ends).strip()

    def marked(self, name: str, text: str) -> str:
        """A result's text, marked where it is a bound or cannot be had."""
        return self.state.current.standing.marked(name, text)

    def marked_by(self, names: Collection[str], text: str) -> str:
        """A text of a figure made of some results, marked as these are."""
        return self.state.current.standing.marked_by(names, text)

    @property
    def before(self) -> Evaluated | None:
        """The open scenario before the last step; None where there is none to compare with."""
        return None

    def result_change(self, name: str) -> Change:
        """A result's change from the baseline."""
        return result_change(name, self.state.baseline, self.state.current)

    def result_growth(self, name: str) -> Change:
        """A numeric result's change from the baseline, as a share of itself."""
        return result_growth(name, self.state.baseline, self.state.current)

    def last_change(self, name: str) -> Change:
        """A result's change by the last step; none where the baseline tells it already."""
        before = self.before
        if before is None or before.scenario is self.state.baseline.scenario:
            return NO_CHANGE
        return result_change(name, before, self.state.current)

    def movers(self) -> list[tuple[str, Change]]:
        """What the last step moved, in a word or two, what moved most first."""
        return movers(self.before, self.state.current) if self.before else []

    @property
    def moved(self) -> set[str]:
        """Fields and results that differ from the baseline, or from before the last step."""
        current = self.state.current
        moved = moved_between(self.state.baseline, current)
        return moved | moved_between(self.before, current) if self.before else moved

    def applies(self, spec: FieldSpec) -> bool:
        """Whether the choices in force use a field."""
        return spec.applies_where(self.scenario.value)
