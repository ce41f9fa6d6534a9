"""Finding anything: fields, results, pages, actions, presets and claims, in one list."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import chain
from typing import Literal

from textual.worker import Worker, WorkerState

from dsexplore.document.document import Document
from dsexplore.engine import QUANTITIES
from dsexplore.engine.names import in_words, unit_of
from dsexplore.library.aliases import aliases
from dsexplore.scenario.scenario import FIELDS, PANELS
from dsexplore.text.plain import clean
from dsexplore.tui.beside import GivenUpError, Run
from dsexplore.tui.dialogs.open import OPENED, presets_of
from dsexplore.tui.dialogs.pick import Entry, NarrowDialog
from dsexplore.tui.keys.actions import ACTIONS, shown_key
from dsexplore.tui.keys.keymap import Keymap
from dsexplore.tui.pages.labels import LABELS
from dsexplore.tui.pages.pages import PAGES
from dsexplore.tui.widgets.lines import cell_len, fitted

Kind = Literal["field", "result", "panel", "page", "action", "preset", "claim", "state"]

# Characters of a name and of what stands beside it, so that a line is one.
_NAME, _BESIDE = 34, 160


@dataclass(frozen=True, slots=True)
class Place:
    """Something to go to: what it is called, and every other name and word it is found by."""

    kind: Kind
    # Its name in files, the place of a page, or the path of a preset.
    goal: str
    name: str
    title: str
    about: str
    # In small letters, with underscores for dashes: names that may be typed whole.
    names: tuple[str, ...]
    words: str
    # Beside its title where there is room.
    called: str = ""

    @property
    def answer(self) -> str:
        """Its kind and goal."""
        return f"{self.kind}:{self.goal}"

    def preview(self) -> str:
        """What it is, and its other names."""
        return self.about


class FindDialog(NarrowDialog):
    """All there is to go to. The answer is its kind and goal, apart by a colon."""

    NOTHING = "Nothing of that name, label, flag or unit."

    def __init__(self, document: Document, keys: Keymap, typed: str = "") -> None:
        """`typed` is looked for at once."""
        super().__init__(
            "Taken as a word to find: what its letters did as keys is undone"
            if typed
            else "Find a field, result, page, action, preset or claim",
            typed,
        )
        self._reading = Run(keeps_part=False)
        self._places = [
            *_fields(document),
            *_results(document),
            *_pages(),
            *_states(document),
            *_actions(keys),
        ]

    def on_mount(self) -> None:
        """List presets and claims once they are read: keys do not wait for files."""
        self.run_worker(self._read, thread=True, name="read")

    def _read(self) -> list[Place]:
        """Presets and claims, as long as the dialog is open."""
        places: list[Place] = []
        with suppress(GivenUpError):
            for place in chain(_presets(), _claims()):
                self._reading.goes_on()
                places.append(place)
        return places

    def on_unmount(self) -> None:
        """Read no further."""
        self._reading.give_up()
        super().on_unmount()

    def on_worker_state_changed(self, event: Worker.StateChanged) -> None:
        """List what was read."""
        if event.worker.name == "read" and event.state is WorkerState.SUCCESS:
            self._places += event.worker.result or []
            self.narrow_again(keeps_first=True)

    def entries(self, typed: str) -> Iterator[Entry]:
        """Every place."""
        yield from self._places

    def fits(self, found: Entry, words: list[str]) -> bool:
        """Whether it has every typed word, a flag's dashes or not."""
        return isinstance(found, Place) and all(_plain(word) in found.words for word in words)

    def beside(self, found: Entry, room: int) -> str:
        """With its name in files where there is room: what it is stands under the list too."""
        called = f"{found.title}  {found.called}" if isinstance(found, Place) else found.title
        return called.rstrip() if len(called) <= room else found.title

    def distance(self, found: Entry, words: list[str]) -> int:
        """As of its nearest name."""
        typed = _plain("_".join(words))
        if not typed or not isinstance(found, Place):
            return 0
        return min(_distance(name, typed) for name in found.names)


def _distance(name: str, typed: str) -> int:
    if name == typed:
        return 0
    return 1 if name.startswith(typed) else 2 if typed in name else 3


def _plain(typed: str) -> str:
    """A name or flag as it is compared: --micro-batch-size is micro_batch_size."""
    return typed.lower().lstrip("-").replace("-", "_")


def _place(
    kind: Kind,
    goal: str,
    name: str,
    title: str,
    about: str,
    *others: str,
    words: str = "",
    called: str = "",
) -> Place:
    names = tuple(_plain(other).replace(" ", "_") for other in (name, goal, *others))
    all_words = _plain(" ".join((kind, *names, name, title, about, words)))
    beside = clean(" ".join(title.split()))[:_BESIDE]
    return Place(
        kind,
        goal,
        fitted(name, min(cell_len(name), _NAME)),
        beside,
        about,
        names,
        all_words,
        called,
    )


def _fields(document: Document) -> Iterator[Place]:
    for name, spec in FIELDS.items():
        others = aliases().get(name, ())
        value = document.field_shown(name)
        panel = PANELS[spec.table].title
        called = ", ".join((name, *others))
        about = f"{panel}: {called}\n{spec.help}"
        yield _place("field", name, spec.label, value, about, *others, words=spec.unit, called=name)


def _results(document: Document) -> Iterator[Place]:
    for name, found in QUANTITIES.items():
        value = in_words(name, document.results[name])
        label = LABELS.get(name, name)
        unit = "" if found.is_text else unit_of(name)
        others = aliases().get(name, ())
        about = f"{', '.join((name, *others))}\n{found.summary}"
        called = name if label != name else ""
        yield _place("result", name, label, value, about, *others, words=unit, called=called)


def _pages() -> Iterator[Place]:
    for table, panel in PANELS.items():
        yield _place("panel", table, panel.title, "parameters", f"The fields of {panel.title}.")
    for place, page in enumerate(PAGES):
        yield _place(
            "page", str(place), page.title, "results", f"The results of {page.title}.", page.short
        )


def _actions(keys: Keymap) -> Iterator[Place]:
    for action in ACTIONS:
        bound = " ".join(shown_key(key) for key in keys[action.name])
        yield _place("action", action.name, action.title, bound, action.help)


def _states(document: Document) -> Iterator[Place]:
    """The states of the history that have a name."""
    for drawn in document.history():
        if title := drawn.state.title:
            about = f"After: {clean(drawn.state.change)}"
            yield _place("state", str(drawn.number), title, about, about)


def _presets() -> Iterator[Place]:
    for kind in OPENED:
        for found in presets_of(kind):
            preset = found.preset
            goal = found.name if preset is None or kind == OPENED[0] else str(preset.path)
            about = f"{found.kind}: {found.title}\n{found.description}"
            yield _place("preset", goal, found.name, f"{found.kind}: {found.title}", about)


def _claims() -> Iterator[Place]:
    from dsexplore.analysis.claims.check import shipped_claims  # noqa: PLC0415 - only when asked for

    for claim in shipped_claims():
        yield _place("claim", claim.id, claim.id, claim.claim, claim.claim)
