"""After an edit only what follows from it is computed again, and every result is as if all were."""

from random import Random

from dsexplore.engine import GRAPH
from dsexplore.library.presets import with_changes
from dsexplore.text.refusal import ScenarioError
from tests.laws.scenarios import near, random_scenario
from tests.strategies import shipped


def test_one_scenario_after_another_gives_what_each_gives_alone():
    random = Random(1)
    workings = None
    for _ in range(25):
        inputs = random_scenario(random).inputs()
        workings = GRAPH.workings(inputs, workings)
        assert repr(GRAPH.results_in(workings)) == repr(GRAPH.evaluate(inputs))


def test_edit_after_edit_the_measured_run_is_the_same():
    base, random = shipped("deepseek-v3"), Random(2)
    workings = GRAPH.workings(base.inputs())
    edits = 0
    while edits < 25:
        try:
            inputs = with_changes(base, near(random, base)).inputs()
        except ScenarioError:
            continue
        edits += 1
        workings = GRAPH.workings(inputs, workings)
        assert repr(GRAPH.results_in(workings)) == repr(GRAPH.evaluate(inputs))
