"""Finding any field or quantity by its name, its label or what it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from dsexplore.document.document import Document
from dsexplore.engine import QUANTITIES
from dsexplore.scenario.scenario import FIELDS
from dsexplore.tui.lines import clean
from dsexplore.tui.screens.narrow import NarrowDialog


@dataclass(frozen=True, slots=True)
class Named:
    """A field or quantity: its name, what it is, its sentence, its value."""

    name: str
    kind: str
    title: str
    value: str

    @property
    def answer(self) -> str:
        """Its name."""
        return self.name

    def preview(self) -> str:
        """Its value, and what it is."""
        return f"{self.value}\n{self.title}"


class FindName(NarrowDialog):
    """Every field and quantity of the scenario. The answer is a name."""

    def __init__(
        self, document: Document, prompt: str = "Find a name", *, are_results: bool = False
    ) -> None:
        """All names, or those of results that are numbers alone."""
        super().__init__(prompt)
        fields = [
            Named(name, spec.table, spec.label, clean(document.field_text(name)))
            for name, spec in FIELDS.items()
            if not are_results
        ]
        results = [
            Named(name, found.subject, found.summary, clean(document.result_text(name)))
            for name, found in QUANTITIES.items()
            if not (are_results and found.is_text)
        ]
        self._named = fields + results

    def entries(self, typed: str) -> Iterator[Named]:
        """All of them; first those whose own name is, begins with or holds what is typed."""
        word = typed.strip().lower().replace(" ", "_")
        yield from sorted(
            self._named,
            key=lambda found: (
                found.name != word,
                not found.name.startswith(word),
                word not in found.name,
            ),
        )
