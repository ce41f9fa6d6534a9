"""`dsexplore search --what layout`: the layouts of one cluster that fit, the best first."""

from __future__ import annotations

from dsexplore.analysis.search.account import PREDICTED, why_none
from dsexplore.analysis.search.judging import STEP
from dsexplore.analysis.search.ranking import MEMORY, PARTS, Layout, Search
from dsexplore.cli.errors import say
from dsexplore.cli.input.settings import say_without_effect
from dsexplore.cli.input.workers import workers_at
from dsexplore.cli.output.progress import watched
from dsexplore.cli.output.search_table import as_table
from dsexplore.cli.search.asked import LAYOUT, NOTHING_FITS, Asked, command_words, ended
from dsexplore.engine.names import check_result
from dsexplore.export.reports.search import search_report
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.json_text import to_json


def of_layouts(asked: Asked, scenario: Scenario) -> int:
    """Search and print; returns the exit status. Raises ScenarioError."""
    arguments = asked.arguments
    by = asked.by(LAYOUT, STEP)
    check_result(by)
    with workers_at(arguments.scheduler) as workers, watched("layouts") as watch:
        found = Search(
            scenario,
            by,
            asked.limits,
            most=arguments.most,
            goes_on=watch.goes_on,
            told=watch.told,
            workers=workers,
        )
    if watch.is_stopped:
        say(f"stopped: only {found.judged.listed:,} layouts were judged, and these are the best")
    say_without_effect(arguments.scenario, scenario, arguments.settings, [STEP, found.by])
    if found.is_predicted and asked.form in ("json", "csv"):
        say(PREDICTED)
    if not found.fitting:
        say(why_none(found))
        return ended(is_stopped=watch.is_stopped, otherwise=NOTHING_FITS)
    frontier = found.frontier()[: asked.top] if arguments.frontier else ()
    layouts = found.at(frontier) if frontier else found.best(asked.top)
    if asked.form == "json":
        asked.put(to_json([_as_json(each, found.by) for each in layouts]))
    elif asked.form == "table":
        words = command_words(found.differing(layouts[0]))
        asked.put(as_table(found, layouts, words, asked.columns))
    else:
        asked.put_report(search_report(found, layouts, asked.base))
    asked.save(found.scenario_of(layouts[0]))
    return ended(is_stopped=watch.is_stopped)


def _as_json(layout: Layout, by: str) -> dict[str, object]:
    """A layout in base units."""
    low, high = layout.interval or (None, None)
    results = layout.results
    return {
        "layout": layout.fields,
        **{name: results[name] for name in dict.fromkeys((STEP, MEMORY, by))},
        "low": low,
        "high": high,
        "parts": {name: results[name] for name in PARTS},
    }
