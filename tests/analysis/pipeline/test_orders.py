"""Orders of passes against the formulas that say what a stage holds of them."""

from __future__ import annotations

from dsexplore.analysis.pipeline.orders import ORDERS
from dsexplore.analysis.pipeline.timeline import pieces_per_stage
from dsexplore.engine import evaluate
from dsexplore.scenario.schedules import SCHEDULES
from tests.points import holds_at
from tests.strategies import shipped


def most_held(schedule: str, stage: int, stages: int, pieces: int, micro_batches: int) -> float:
    """Whole stages of activations held at most, from each forward to its backward for weights."""
    held = most = 0
    for work in ORDERS[schedule](stage, stages, pieces, micro_batches):
        for each in work:
            held += {"forward": 1, "backward": 0, "weight": -1}[each.kind]
            most = max(most, held)
    return most / pieces


@holds_at("schedule", SCHEDULES)
@holds_at("virtual", [1, 2, 4])
@holds_at("stages", [4, 8])
def test_activations_in_flight_are_those_that_the_order_of_passes_holds(
    schedule: str, virtual: int, stages: int
) -> None:
    scenario = shipped("llama-3.1-405b").with_values(
        {
            "pipeline_schedule": schedule,
            "virtual_stages": virtual,
            "pipeline_parallel": stages,
            "num_gpus": 128 * stages,
            "context_parallel": 1,
            "global_batch_size": 16 * 32,
        }
    )
    found = evaluate(scenario.inputs())
    assert found["micro_batches"] == 32
    pieces = pieces_per_stage(schedule, virtual)
    places = {"stages_in_flight": 0, "middle_stages_in_flight": 1, "last_stages_in_flight": -1}
    counted = {
        name: most_held(schedule, stage % stages, stages, pieces, 32)
        for name, stage in places.items()
    }
    assert {name: found[name] for name in counted} == counted
