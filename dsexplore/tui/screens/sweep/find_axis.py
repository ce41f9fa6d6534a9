"""Which field or panel to sweep over, found by name."""

from __future__ import annotations

from collections.abc import Iterator

from dsexplore.analysis.sweep.ranges import can_be_swept
from dsexplore.document.document import Document
from dsexplore.scenario.fields import FIELDS, PANELS
from dsexplore.tui.dialogs.pick import Named, NarrowDialog

# The answer that takes the second field away.
NO_FIELD = "none"


class FindAxis(NarrowDialog):
    """Every field and panel that can be swept over. The answer is a name, or `none`."""

    def __init__(self, document: Document, prompt: str, but: str = "", *, has_none: bool) -> None:
        super().__init__(prompt)
        fields = [
            Named(name, spec.table, spec.label, f"{document.field_shown(name)}\n{spec.help}")
            for name, spec in FIELDS.items()
            if name != but and document.applies(spec) and can_be_swept(name)
        ]
        panels = [
            Named(name, "panel", f"{panel.title}, from presets", "Every preset of the panel.")
            for name, panel in PANELS.items()
            if name != but and can_be_swept(name)
        ]
        none = [Named(NO_FIELD, "", "sweep over one field alone", "")] if has_none else []
        self._named = [*none, *fields, *panels]

    def entries(self, typed: str) -> Iterator[Named]:
        """All of them."""
        yield from self._named
