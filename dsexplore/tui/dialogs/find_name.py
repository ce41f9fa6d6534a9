"""Finding any field or result by its name, label or summary."""

from __future__ import annotations

from collections.abc import Iterator

from dsexplore.analysis.compare.compare import HEADLINES
from dsexplore.document.document import Document
from dsexplore.engine import QUANTITIES
from dsexplore.engine.names import in_words
from dsexplore.engine.quantity import Quantity
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.plain import clean
from dsexplore.tui.dialogs.pick import Named, NarrowDialog
from dsexplore.tui.pages.labels import LABELS


class FindName(NarrowDialog):
    """Every field and result of the scenario. The answer is a name."""

    def __init__(
        self, document: Document, prompt: str = "Find a name", *, are_results: bool = False
    ) -> None:
        """All names, or those of numeric results alone."""
        super().__init__(prompt)
        fields = [
            _named(name, spec.table, spec.label, document.field_shown(name))
            for name, spec in FIELDS.items()
            if not are_results
        ]
        results = [
            _named(name, found.subject, _called(name), in_words(name, document.results[name]))
            for name, found in _headlines_first()
            if not (are_results and found.is_text)
        ]
        self._named = fields + results

    def entries(self, typed: str) -> Iterator[Named]:
        """All of them."""
        yield from self._named


def _headlines_first() -> list[tuple[str, Quantity]]:
    """Every result, those that most ask about before all others."""
    names = [*HEADLINES, *(name for name in QUANTITIES if name not in HEADLINES)]
    return [(name, QUANTITIES[name]) for name in names]


def _called(name: str) -> str:
    """A result's label, if it has one, and its summary."""
    summary = QUANTITIES[name].summary
    return f"{LABELS[name]}: {summary}" if name in LABELS else summary


def _named(name: str, kind: str, title: str, value: str) -> Named:
    return Named(name, kind, title, f"{clean(value)}\n{title}")
