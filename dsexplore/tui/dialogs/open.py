"""Choosing a preset or a file: a list that narrows as one types."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path

from dsexplore.analysis.summaries.catalogue import figures
from dsexplore.files.locations import typed_path
from dsexplore.library.described import title_and_description
from dsexplore.library.names import Preset, presets
from dsexplore.text.plain import clean
from dsexplore.text.refusal import ScenarioError, shown_path
from dsexplore.tui.dialogs.pick import NarrowDialog

_KIND_OF = {
    "scenarios": "scenario",
    "architectures": "architecture",
    "hardware": "hardware",
    "stacks": "stack",
    "grids": "grid",
}
# Those that make a scenario on their own.
OPENED = ("scenarios", "architectures", "hardware")
_MOST_FILES = 500
_IN_FOLDER = "A folder: type / to see its files."
# A scenario, or a model's published config.
_READ = (".toml", ".json")


@dataclass(frozen=True, slots=True)
class Candidate:
    """A preset or file to open: its name, where it is found, its description."""

    name: str
    answer: str
    kind: str
    title: str
    description: str
    preset: Preset | None = None

    def preview(self) -> str:
        """Figures and description to choose it by."""
        try:
            chosen_by = [figure.text for figure in figures(self.preset)] if self.preset else []
        except ScenarioError as error:
            return str(error)
        return "\n".join(part for part in (" · ".join(chosen_by), self.description) if part)


class PresetDialog(NarrowDialog):
    """Presets of some kinds. The answer is a preset's name, or the typed text."""

    TAKES_ANYTHING = True

    def __init__(self, prompt: str, kinds: Sequence[str], at: str = "") -> None:
        """`at`: the preset in force, where the highlight begins."""
        super().__init__(prompt, at=at)
        self._kinds = kinds

    @cached_property
    def _presets(self) -> list[Candidate]:
        """Every preset, read once and not at every key."""
        return [found for kind in self._kinds for found in presets_of(kind)]

    def entries(self, typed: str) -> Iterator[Candidate]:
        """The presets of these kinds."""
        yield from self._presets


class NameDialog(PresetDialog):
    """What a name may stand for: presets of a kind, or else a mere name, as typed."""

    def __init__(self, prompt: str, kind: str, present: str, at: str) -> None:
        """`present`: the name in force; `at`: the preset behind it."""
        super().__init__(prompt, (kind,), at)
        self._present = present

    def entries(self, typed: str) -> Iterator[Candidate]:
        """The presets, and last the typed text as another name for the present figures."""
        yield from self._presets
        name = typed.strip()
        if name and all(name != found.name for found in self._presets):
            about = f"Another name for {self._present}: no figure changes."
            yield Candidate("rename only", name, "a name", name, about)


class OpenDialog(PresetDialog):
    """Presets of every kind, and the files of a folder. The answer is a name or a path."""

    NOTHING = "Nothing of that name; Enter opens it as a file."

    def __init__(self, prompt: str = "Open a preset or a file") -> None:
        super().__init__(prompt, OPENED)

    def nothing(self, typed: str) -> str:
        """A folder is told how to go on."""
        return _IN_FOLDER if _is_folder(typed.strip()) else super().nothing(typed)

    @cached_property
    def _presets(self) -> list[Candidate]:
        return [_by_path(found) for found in super()._presets]

    def entries(self, typed: str) -> Iterator[Candidate]:
        """Files first where one types a path, presets first where one does not."""
        if "/" in typed or typed.startswith("~"):
            yield from files_at(typed)
            return
        yield from super().entries(typed)
        yield from files_at("")


def presets_of(kind: str) -> list[Candidate]:
    """The presets of a kind, described; the user's own say so."""
    return [_candidate(preset) for preset in presets(kind)]


def _candidate(preset: Preset) -> Candidate:
    try:
        title, description = title_and_description(preset)
    except ScenarioError as error:
        title, description = "", str(error)
    kind = f"own {_KIND_OF[preset.kind]}" if preset.is_own else _KIND_OF[preset.kind]
    return Candidate(preset.name, preset.name, kind, title, description, preset)


def _by_path(found: Candidate) -> Candidate:
    """A scenario comes first where an architecture has the same name: then the path says which."""
    preset = found.preset
    if preset is None or preset.kind == "scenarios":
        return found
    return replace(found, answer=str(preset.path))


def _is_folder(typed: str) -> bool:
    """Whether the text names a folder, without the / after which its files are listed."""
    try:
        return bool(typed) and not typed.endswith("/") and typed_path(typed).is_dir()
    except (OSError, ValueError):
        return False


def files_at(typed: str) -> Iterator[Candidate]:
    """Scenario and config files in the typed folder, or else in the working folder."""
    head, _, _ = typed.rpartition("/")
    folder = typed_path(f"{head}/" if typed.startswith("/") or head else ".")
    try:
        entries = sorted(folder.iterdir())[:_MOST_FILES]
    except (OSError, ValueError):
        return
    for entry in entries:
        name = f"{head}/{entry.name}" if head or typed.startswith("/") else entry.name
        if entry.suffix in _READ and _is_file(entry):
            yield Candidate(clean(name), str(entry), "file", "", shown_path(str(entry)))


def _is_file(entry: Path) -> bool:
    try:
        return entry.is_file()
    except OSError:  # in a folder that may be listed and not searched
        return False
