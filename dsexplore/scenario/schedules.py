"""Pipeline schedules: one table of all that tells them apart.

A schedule is an order in which the stages of a pipeline run the forward and backward passes of a
step's micro-batches. To add one: an entry here, the order of its passes in
`analysis/pipeline/orders.py`, and, where its bubble is a new one, the bubble's formula in
`engine/formulas/step/schedule.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

# Where a micro-batch leaves the pipeline: on the last accelerator; on the first, as both ends of
# the pipeline hold both end stages (crossed); on the first, as the pipeline turns back (folded).
Ends = Literal["apart", "crossed", "folded"]

# Stages of activations waiting for their backward pass:
#   all         every micro-batch of the step
#   fewer       as many as there are stages, one fewer on each later stage
#   pieces      fewer, counted in pieces of a stage, a whole group of micro-batches at a time
#   equal       as many as there are stages, on each of them
#   both ways   equal, and one piece more where the directions meet
InFlight = Literal["all", "fewer", "pieces", "equal", "both ways"]

# Sends that filling and emptying a pipeline of p stages wait for:
#   there and back  2 (p - 1)
#   in turns        2 (p - 2): those that no turn waits for
#   in pieces       every piece there and back; in turns, where there is one
#   twice           there and back twice over
#   folded          3 (p - 1): the way back lies on the same stages
Fill = Literal["there and back", "in turns", "in pieces", "twice", "folded"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Schedule:
    """One pipeline schedule: its names, and how it differs from others."""

    name: str
    title: str
    source: str
    # The name of the quantity for its bubble.
    bubble: str
    in_flight: InFlight
    ends: Ends = "apart"
    # Stages of the pipeline on each accelerator.
    copies: int = 1
    # Pieces of the model per stage, apart from each other.
    pieces: int = 1
    # Whether the field `virtual_stages` says how many pieces there are.
    has_virtual_stages: bool = False
    # The schedule that it is with one piece per stage.
    in_one_piece: str = ""
    # Whether a backward pass follows its forward pass at once, not after the whole step's.
    turns_back: bool = True
    # Fewest stages at which some accelerator holds neither the first stage nor the last.
    fewest_with_middle: int = 3
    # Whether the forward of one micro-batch runs into the backward of another.
    overlaps: bool = False
    # Whether the backward for weights may run later than the backward for inputs.
    separates_weights: bool = False
    # Fewest micro-batches per stage; 0 where the pipeline need not be full.
    fewest_micro_batches: int = 0
    # Of a micro-batch's two sends those that a full pipeline of stages in one piece waits for.
    sends_in_turn: int = 0
    # Sends that filling and emptying wait for (engine/formulas/step/windows.py).
    sends_in_fill: Fill = "there and back"
    # Whether micro-batches go round in groups of as many as there are stages.
    in_groups: bool = False
    # Whether stages and micro-batches are halved between the two ends.
    in_halves: bool = False

    @property
    def joins_ends(self) -> bool:
        """Whether the first stage and the last are on one accelerator."""
        return self.ends != "apart"

    @property
    def is_folded(self) -> bool:
        """Whether the pipeline turns back: each accelerator holds two pieces of it."""
        return self.ends == "folded"

    @property
    def must_fill(self) -> bool:
        """Whether the schedule needs a full pipeline."""
        return self.fewest_micro_batches > 0


_ALL = (
    Schedule(
        name="gpipe",
        title="GPipe",
        source="Huang et al. 2018, arXiv:1811.06965, section 2.3",
        bubble="bubble_1f1b",
        in_flight="all",
        turns_back=False,
    ),
    Schedule(
        name="1f1b",
        title="1F1B",
        source="Narayanan et al. 2021, arXiv:2104.04473, section 2.2.1",
        bubble="bubble_1f1b",
        in_flight="fewer",
        sends_in_turn=2,
        sends_in_fill="in turns",
    ),
    Schedule(
        name="interleaved",
        title="Interleaved 1F1B",
        source="Narayanan et al. 2021, arXiv:2104.04473, section 2.2.2",
        bubble="bubble_interleaved",
        in_flight="pieces",
        has_virtual_stages=True,
        in_one_piece="1f1b",
        sends_in_turn=2,
        sends_in_fill="in pieces",
        in_groups=True,
    ),
    Schedule(
        name="zb1p",
        title="ZB1P",
        source="Qi et al. 2024, arXiv:2401.10241, section 2 (there ZB-H1)",
        bubble="bubble_zb1p",
        in_flight="equal",
        sends_in_fill="twice",
        separates_weights=True,
    ),
    Schedule(
        name="dualpipe",
        title="DualPipe",
        source="DeepSeek-V3 report, arXiv:2412.19437, section 3.2.1",
        bubble="bubble_dualpipe",
        in_flight="both ways",
        ends="crossed",
        copies=2,
        fewest_with_middle=4,
        overlaps=True,
        separates_weights=True,
        fewest_micro_batches=2,
        in_halves=True,
    ),
    Schedule(
        name="dualpipev",
        title="DualPipeV",
        source="github.com/deepseek-ai/DualPipe, dualpipev.py",
        bubble="bubble_dualpipev",
        in_flight="both ways",
        ends="folded",
        pieces=2,
        sends_in_fill="folded",
        fewest_with_middle=2,
        overlaps=True,
        separates_weights=True,
        fewest_micro_batches=2,
    ),
)

SCHEDULES = {schedule.name: schedule for schedule in _ALL}

# Schedules whose stages may be cut into pieces.
IN_PIECES = tuple(each.name for each in _ALL if each.has_virtual_stages)

_SCHEDULE, PIECES = "pipeline_schedule", "virtual_stages"


def with_schedule_of_pieces(
    stated: Mapping[str, Any], present: object, pieces_of: Callable[[object], object]
) -> dict[str, Any]:
    """Stated fields, with the schedule in pieces where several are stated and no schedule is.

    `present` is the schedule so far: one that is no other form of it stays. `pieces_of` reads a
    stated number.
    """
    values = dict(stated)
    schedule = next((each.name for each in _ALL if each.in_one_piece == present), None)
    if schedule and PIECES in values and _SCHEDULE not in values:
        pieces = pieces_of(values[PIECES])
        if isinstance(pieces, int) and pieces > 1:
            values[_SCHEDULE] = schedule
    return values


if TYPE_CHECKING:
    ScheduleName = str
else:
    # The table's own names: a schedule's name is written once.
    ScheduleName = Literal[tuple(SCHEDULES)]
