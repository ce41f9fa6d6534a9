"""Actions that change the document: typing, nudges, resets, the baseline, undo and redo."""

from __future__ import annotations

from collections.abc import Callable

from dsexplore.library.presets import is_whole_panel
from dsexplore.scenario.field import LISTS
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.plain import clean
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.keys.actions import key_of
from dsexplore.tui.main.session import Session


class EditActions:
    """Changes the document, and reports the change."""

    def __init__(
        self, session: Session, explain: Callable[[], None], use_panel: Callable[[], None]
    ) -> None:
        self._session = session
        self._document = session.document
        self._explain = explain
        self._use_panel = use_panel

    def edit(self) -> None:
        """Type in the row, or choose; a switch is turned, a result explained, a panel replaced."""
        name = self._session.parameters.name
        if self._session.on_results:
            self._explain()
        elif not name:
            self._use_panel()
        elif FIELDS[name].kind == "boolean":
            self._nudge(1)
        elif FIELDS[name].kind == "choice":
            self._choose(name)
        elif FIELDS[name].picks:
            self._pick(name)
        else:
            self._session.parameters.typing.begin(name)

    def _choose(self, name: str) -> None:
        """Choose from the list of a choice's words, by arrows or first letters."""
        from dsexplore.tui.dialogs.choice import ChoiceDialog  # noqa: PLC0415 - the start goes without

        spec, present = FIELDS[name], self._document.field_text(name)

        def chosen(answer: str) -> None:
            self._document.set(name, answer)
            self._session.say(f"{spec.label}: {answer}.")

        self._session.ask(ChoiceDialog(spec, present), chosen)

    def _pick(self, name: str) -> None:
        """Choose what a name stands for."""
        from dsexplore.tui.dialogs.open import NameDialog  # noqa: PLC0415 - the start goes without

        spec, present = FIELDS[name], self._document.field_text(name)
        whole = self._document.scenario.panel(spec.table).preset
        at = whole if is_whole_panel(name) else present

        def chosen(answer: str) -> None:
            self._document.set(name, answer)
            self._session.say(f"{spec.label}: {self._document.field_text(name)}.")

        self._session.ask(
            NameDialog(f"{spec.label}: {clean(present)}", spec.picks, present, at), chosen
        )

    def nudge_up(self) -> None:
        """Raise the field by one step."""
        self._nudge(1)

    def nudge_down(self) -> None:
        """Lower the field by one step."""
        self._nudge(-1)

    def _nudge(self, direction: int) -> None:
        if self._session.on_results:
            self._session.step_between_results(direction)
            return
        if not self._session.parameters.name:
            return
        spec = FIELDS[self._session.parameters.name]
        moved = self._document.nudge(spec.name, direction)
        if moved:
            self._session.say("")
        elif spec.kind in ("name", *LISTS):
            how = "choose" if spec.picks else "type"
            key = key_of(self._session.keys, "edit")
            self._session.say(f"{spec.label} has no next value; press {key} to {how} one.")
        else:
            self._session.say(f"{spec.label} goes no further this way; type a value.")

    def distribution(self) -> None:
        """State how the field is distributed."""
        from dsexplore.scenario.uncertainty import Distribution  # noqa: PLC0415 - the start goes without
        from dsexplore.tui.dialogs.typed import TypedDialog  # noqa: PLC0415 - as said above

        name = self._session.parameters.name
        if self._session.on_results or not name or not FIELDS[name].is_numeric:
            self._session.say("Only a field with a number can be uncertain: go to one.")
            return
        spec, scenario = FIELDS[name], self._document.scenario
        stated = scenario.uncertainty.get(name)
        numbers = ", ".join(f"{value:g}" for value in stated.parameters) if stated else ""

        def problem_of(line: str) -> str:
            try:
                if line:
                    Distribution.typed(spec, line, scenario.value(name))
            except ScenarioError as error:
                return f"{error.sentence()}."
            return ""

        def typed(line: str) -> None:
            self._document.set_distribution(name, line)
            now = self._document.scenario.uncertainty.get(name)
            shows, tells = (key_of(self._session.keys, key) for key in ("medians", "likely"))
            self._session.say(
                f"{spec.label}: {now.text(spec.unit)}; {shows} shows medians and ranges, {tells} "
                "how likely."
                if now
                else f"{spec.label} is certain."
            )

        example = "lognormal 1.2, or uniform 512, 1024; empty for none"
        before = f"{stated.kind} {numbers}" if stated else ""
        dialog = TypedDialog(f"How is {spec.label} distributed?", problem_of, example, before)
        self._session.ask(dialog, typed)

    def write(self) -> None:
        """Write the title, the description, and the note on the focused field."""
        from dsexplore.tui.dialogs.write import WriteDialog  # noqa: PLC0415 - the start goes without

        field = "" if self._session.on_results else self._session.parameters.name
        self._session.ask(WriteDialog(self._document, field), self._session.say)

    def reset(self) -> None:
        """Put the field back to its value as opened, then to its preset's."""
        name = self._session.parameters.name
        if self._session.on_results or not name:
            return
        origin = self._document.reset(name)
        went = f"back to its value in {origin}." if origin else "nothing to go back to."
        self._session.say(f"{FIELDS[name].label}: {went}")

    def hold_mfu(self) -> None:
        """Choose what GPU-hours follow from: an assumed MFU, the measured run, a predicted step."""
        from dsexplore.tui.dialogs.hours import ASSUMED, HoursDialog  # noqa: PLC0415 - the start goes without

        def chosen(way: str) -> None:
            if way == ASSUMED:
                self._document.hold_mfu()
            else:
                self._document.take(HoursDialog.fields(way), f"hours follow from: {way}")
            mfu, hours = map(self._document.result_text, ("mfu", "pretraining_gpu_hours"))
            self._session.say(f"GPU-hours follow from {way}: {hours} at an MFU of {mfu}.")

        self._session.ask(HoursDialog(self._document), chosen)

    def baseline(self) -> None:
        """Mark changes from here on."""
        self._document.set_baseline()
        self._session.say("Changes from here on are marked; open another scenario to compare.")

    def free_baseline(self) -> None:
        """Mark changes against the preset or file as opened."""
        self._document.free_baseline()
        self._session.say(f"Changes are marked against {self._document.name} as opened.")

    def undo(self) -> None:
        """Take back a refused text, or else the last change."""
        if self._document.drafts:
            name, draft = next(reversed(self._document.drafts.items()))
            self._document.revert(name)
            self._session.say(
                f"Dropped: {FIELDS[name].label}: {clean(draft.text)}, a refused value."
            )
            return
        undone = self._document.undo()
        self._session.say(f"Undone: {undone}" if undone else "There is nothing to undo.")

    def redo(self) -> None:
        """Make the last undone change again."""
        redone = self._document.redo()
        self._session.say(f"Redone: {redone}" if redone else "There is nothing to redo.")
