"""Choosing a preset or a file: a list that narrows as one types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from textual import events
from textual.app import ComposeResult
from textual.containers import Vertical
from textual.widgets import Input, OptionList, Static
from textual.widgets.option_list import Option

from dsexplore.analysis.catalogue import figures
from dsexplore.scenario.errors import ScenarioError, shown_path
from dsexplore.scenario.library import Preset, presets
from dsexplore.scenario.text import plain
from dsexplore.scenario.toml_file import read_toml
from dsexplore.tui.screens.dialog import Dialog

_KIND_OF = {"scenarios": "scenario", "architectures": "architecture", "hardware": "hardware"}
_MOST_FILES = 500
# A scenario, or the config that a model is published with.
_READ = (".toml", ".json")


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something that can be opened: how it is named, found again and described."""

    name: str
    opens: str
    kind: str
    title: str
    description: str
    preset: Preset | None = None

    def preview(self) -> str:
        """What one chooses it by: figures, title, description."""
        try:
            chosen_by = [figure.text() for figure in figures(self.preset)] if self.preset else []
        except ScenarioError as error:
            return str(error)
        return "\n".join(part for part in (" · ".join(chosen_by), self.description) if part)


class PresetDialog(Dialog):
    """A list of presets of some kinds. The answer is a preset's name."""

    def __init__(self, prompt: str, kinds: Sequence[str]) -> None:
        super().__init__()
        self._prompt = prompt
        self._kinds = kinds
        self._shown: list[Candidate] = []

    def compose(self) -> ComposeResult:
        """The prompt, what is typed, what fits it, and what the highlighted one is."""
        with Vertical():
            yield Static(self._prompt, classes="prompt", markup=False)
            yield Input(placeholder="type to narrow down", id="filter", select_on_focus=False)
            yield OptionList(id="candidates", markup=False)
            yield Static("", classes="about", id="about", markup=False)

    def on_mount(self) -> None:
        """Show all there is."""
        self._narrow("")
        self.query_one(Input).focus()

    def on_input_changed(self, event: Input.Changed) -> None:
        """Follow the typing."""
        self._narrow(event.value)

    def on_input_submitted(self, event: Input.Submitted) -> None:
        """Take the highlighted one, or what was typed where nothing fits it."""
        index = self._options.highlighted
        if index is not None and self._shown:
            self.dismiss(self._answer(self._shown[index]))
        elif event.value.strip():
            self.dismiss(event.value.strip())

    def on_option_list_option_selected(self, event: OptionList.OptionSelected) -> None:
        """Take the one that was chosen in the list."""
        self.dismiss(self._answer(self._shown[event.option_index]))

    def on_option_list_option_highlighted(self, event: OptionList.OptionHighlighted) -> None:
        """Describe it."""
        if event.option_index >= len(self._shown):
            return  # the list was narrowed since
        found = self._shown[event.option_index]
        self.query_one("#about", Static).update(found.preview())

    async def on_key(self, event: events.Key) -> None:
        """Arrows move in the list while the typing goes on."""
        moves = {
            "down": "cursor_down",
            "up": "cursor_up",
            "pagedown": "page_down",
            "pageup": "page_up",
        }
        if event.key in moves and self.query_one(Input).has_focus:
            await self._options.run_action(moves[event.key])
            event.stop()

    @property
    def _options(self) -> OptionList:
        return self.query_one(OptionList)

    def _answer(self, chosen: Candidate) -> str:
        return chosen.name

    @cached_property
    def _presets(self) -> list[Candidate]:
        """Every preset, read once and not at every key."""
        return [found for kind in self._kinds for found in presets_of(kind)]

    def _candidates(self, typed: str) -> Iterator[Candidate]:
        yield from self._presets

    def _narrow(self, typed: str) -> None:
        words = typed.lower().split()
        self._shown = [
            found
            for found in self._candidates(typed)
            if all(word in f"{found.name} {found.title} {found.kind}".lower() for word in words)
        ]
        widest = max((len(found.name) for found in self._shown), default=0)
        self._options.clear_options()
        self._options.add_options(
            Option(f"{found.name:<{widest}}  {found.kind:<12}  {found.title}")
            for found in self._shown
        )
        if self._shown:
            self._options.highlighted = 0
        else:
            self.query_one("#about", Static).update(
                "Nothing of that name; Enter opens it as a file."
            )


class OpenDialog(PresetDialog):
    """Presets of every kind, and the files of a folder. The answer is a name or a path."""

    def __init__(self) -> None:
        super().__init__("Open a preset or a file", tuple(_KIND_OF))

    def _answer(self, chosen: Candidate) -> str:
        return chosen.opens

    def _candidates(self, typed: str) -> Iterator[Candidate]:
        # Files first where one types a path, presets first where one does not.
        if "/" in typed or typed.startswith("~"):
            yield from files_at(typed)
            return
        yield from super()._candidates(typed)
        yield from files_at("")


def presets_of(kind: str) -> list[Candidate]:
    """The presets of a kind, described; the user's own say so."""
    return [_candidate(preset) for preset in presets(kind)]


def _candidate(preset: Preset) -> Candidate:
    try:
        raw = read_toml(preset.path)
    except ScenarioError as error:
        raw = {"title": "", "description": str(error)}
    title, description = (str(plain(str(raw.get(key, "")))) for key in ("title", "description"))
    kind = f"own {_KIND_OF[preset.kind]}" if preset.is_own else _KIND_OF[preset.kind]
    # A scenario comes first where an architecture has the same name: then the path says which.
    opens = preset.name if preset.kind == "scenarios" else str(preset.path)
    return Candidate(preset.name, opens, kind, title, description, preset)


def files_at(typed: str) -> Iterator[Candidate]:
    """Scenario and config files in the folder that is typed; in the working folder without one."""
    head, _, _ = typed.rpartition("/")
    folder = Path(f"{head}/" if typed.startswith("/") or head else ".").expanduser()
    try:
        entries = sorted(folder.iterdir())[:_MOST_FILES]
    except (OSError, ValueError, RuntimeError):
        return
    for entry in entries:
        name = f"{head}/{entry.name}" if head or typed.startswith("/") else entry.name
        if entry.suffix in _READ and entry.is_file():
            yield Candidate(str(plain(name)), str(entry), "file", "", shown_path(str(entry)))
