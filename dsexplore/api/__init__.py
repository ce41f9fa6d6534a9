"""What `import dsexplore` gives: questions of the command line as functions of Python."""

from dsexplore.api.asking import compare, evaluate, explain, load, predict
from dsexplore.api.many import search, simulate, sweep
from dsexplore.api.results import Results
from dsexplore.api.table import Table
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError

__all__ = [
    "Results",
    "Scenario",
    "ScenarioError",
    "Table",
    "compare",
    "evaluate",
    "explain",
    "load",
    "predict",
    "search",
    "simulate",
    "sweep",
]
