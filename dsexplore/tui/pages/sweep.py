"""The last sweep, for the board: over the open scenario, again once keys rest."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dsexplore.document.document import Document
from dsexplore.document.state import State
from dsexplore.document.swept import Swept
from dsexplore.engine import QUANTITIES
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.pages.page import GoesOn, Page, tab

if TYPE_CHECKING:
    from dsexplore.analysis.sweep.grid import Sweep

# Swept where nobody has swept anything yet.
_FIRST = "num_gpus"
# Lines of a plot, of those in sight.
_LEAST, _MOST, _BESIDE = 8, 20, 6


def last_swept(document: Document) -> Swept | None:
    """What was swept last, in this session or one before."""
    return document.swept


def swept_again(state: State, goes_on: GoesOn, swept: Swept | None) -> Sweep | str:
    """The same sweep over the open scenario, or why there is none."""
    from dsexplore.analysis.sweep.axis import read_axis  # noqa: PLC0415 - the start must not pay for it
    from dsexplore.analysis.sweep.grid import sweep  # noqa: PLC0415 - as said above
    from dsexplore.tui.dialogs.values import MOST_VALUES  # noqa: PLC0415 - as said above
    from dsexplore.tui.screens.sweep.asked import results_of, usual  # noqa: PLC0415 - as said above

    scenario = state.current.scenario
    over = swept.over if swept else ()
    if not over and (first := usual(scenario, _FIRST)):
        over = ((first.name, first.values),)
    try:
        axes = [read_axis(f"{name}={values}", MOST_VALUES) for name, values in over]
        asked = [swept.result] if swept and swept.result in QUANTITIES else []
        names = tuple(results_of(scenario, [axis.name for axis in axes], asked)[:1])
        if not names:
            return "No result follows from what was swept last."
        return sweep(scenario, axes, names, goes_on=goes_on)
    except ScenarioError as error:
        return f"{error}."


@tab("Sweep", works_out=swept_again, asks=last_swept)
def swept_page(page: Page) -> None:
    """What was swept last, drawn over the open scenario; s sweeps something else."""
    found = page.found
    if found is None:
        page.heading("Sweep")
        page.text("Swept once keys rest …")
        return
    if isinstance(found, str):
        page.heading("Sweep")
        page.text(found, "plain")
    else:
        _drawn(page, found)
    page.offer("sweep", " on a field sweeps it, and shows here from then on.")


def _drawn(page: Page, found: Sweep) -> None:
    from dsexplore.tui.pages.labels import short_label  # noqa: PLC0415 - as said above
    from dsexplore.tui.screens.sweep.asked import nearest_place, present_place, title  # noqa: PLC0415 - as said above
    from dsexplore.tui.screens.sweep.plot import (  # noqa: PLC0415 - as said above
        Look,
        bar_rows,
        curve_lines,
        is_drawn_as_bars,
        map_lines,
    )

    scenario = page.document.scenario
    by = " and ".join(title(axis.name) for axis in reversed(found.axes))
    page.heading(f"{short_label(found.names[0])} by {by}")
    at = tuple(nearest_place(scenario, axis) for axis in found.axes)
    present = tuple(present_place(scenario, axis) for axis in found.axes)
    look = Look(found, found.names[0], at, present)
    if is_drawn_as_bars(found.axes):
        for row in bar_rows(look, page.width):
            page.line(row.line)
        return
    draw = map_lines if len(found.axes) > 1 else curve_lines
    height = min(max(page.height - _BESIDE, _LEAST), _MOST)
    for line in draw(look, page.width, height):
        page.line(line)
