"""What moves the cost, worked out once keys rest: many evaluations are no part of a frame."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.analysis.sensitivity.sensitivity import Sensitivity, sensitivities
from dsexplore.document.document import Document
from dsexplore.document.state import Evaluated, Place

_OF = "total_cost"


class Drivers:
    """What moves the cost of the open scenario; until that is worked out, of the one before."""

    def __init__(self, document: Document) -> None:
        self._document = document
        self._found: Sequence[Sensitivity] = ()
        self._of: Evaluated | None = None
        self._place: Place | None = None

    @property
    def are_due(self) -> bool:
        """Whether those of the open scenario have yet to be worked out."""
        return self._of is not self._document.state.current

    @property
    def found(self) -> Sequence[Sensitivity] | None:
        """Each with what it does, the strongest first; None of a document just opened."""
        return self._found if self._place == self._document.state.place else None

    def work_out(self) -> None:
        """Work them out for the open scenario."""
        state = self._document.state
        # Choices are scenarios of their own, and take as long again.
        self._found = sensitivities(state.current.scenario, _OF, with_choices=False)
        self._of, self._place = state.current, state.place
