"""`dsexplore search --what serving` and `rl`: the best choices, here or on each cluster."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dsexplore.analysis.search.choosing import Chosen, on_each
from dsexplore.analysis.search.clusters import Cluster
from dsexplore.analysis.search.spaces import Space, rl, serving
from dsexplore.cli.errors import say
from dsexplore.cli.input.settings import say_without_effect
from dsexplore.cli.output import choice_table
from dsexplore.cli.output.progress import watched
from dsexplore.cli.search.asked import (
    NOTHING_FITS,
    SERVING,
    Asked,
    command_words,
    ended,
    say_why_none,
)
from dsexplore.engine.names import check_result
from dsexplore.export.reports.choices import choices_on_each_report, choices_report
from dsexplore.scenario.scenario import Scenario


def of_choices(asked: Asked, scenario: Scenario, what: str, gpus: Sequence[int]) -> int:
    """Search one cluster and print; returns the exit status. Raises ScenarioError."""
    arguments = asked.arguments
    space = _space(asked, what, gpus)(scenario)
    with watched("choices") as watch:
        found = Chosen(
            scenario,
            space,
            asked.limits,
            most=arguments.most,
            goes_on=watch.goes_on,
            told=watch.told,
        )
    if watch.is_stopped:
        say(f"stopped: only {found.listed:,} choices were judged, and these are the best")
    say_without_effect(arguments.scenario, scenario, arguments.settings, space.results)
    if not found.fitting:
        say(found.why_none())
        return ended(is_stopped=watch.is_stopped, otherwise=NOTHING_FITS)
    choices = found.best(asked.top)
    if asked.form == "json":
        asked.put(choice_table.as_json(found, choices))
    elif asked.form == "table":
        predicted = space.predicted if found.is_predicted else {}
        differing = found.differing(choices[0])
        words = command_words({**predicted, **differing}) if differing else ""
        asked.put(choice_table.as_table(found, choices, words, asked.columns))
    else:
        asked.put_report(choices_report(found, choices, asked.base))
    asked.save(found.scenario_of(choices[0]))
    return ended(is_stopped=watch.is_stopped)


def of_choices_on_each(
    asked: Asked, scenario: Scenario, what: str, gpus: Sequence[int], every: Sequence[Cluster]
) -> int:
    """Search each cluster and print; returns the exit status. Raises ScenarioError."""
    space_of = _space(asked, what, gpus)
    with watched("clusters") as watch:
        found = on_each(
            every,
            space_of,
            asked.limits,
            most=asked.arguments.most,
            goes_on=watch.goes_on,
            told=watch.told,
        )
    if len(found) < len(every):
        say(f"stopped: only {len(found):,} of {len(every):,} clusters were searched")
    placed = [each for each in found if each.choice is not None][: asked.top]
    lost = [each for each in found if each.choice is None]
    if not placed:
        for each in lost:
            say_why_none(each.fields, each.why_none)
        return ended(is_stopped=watch.is_stopped, otherwise=NOTHING_FITS)
    space = space_of(placed[0].scenario)
    words = command_words({**placed[0].fields, **space.predicted})
    if asked.form == "json":
        asked.put(choice_table.clusters_as_json(placed, space))
    elif asked.form == "table":
        asked.put(choice_table.of_clusters([*placed, *lost], space, words, asked.columns))
    else:
        asked.put_report(choices_on_each_report([*placed, *lost], space, scenario, asked.base))
    asked.save(placed[0].scenario)
    return ended(is_stopped=watch.is_stopped)


def _space(asked: Asked, what: str, gpus: Sequence[int]) -> Callable[[Scenario], Space]:
    """What is chosen from in a scenario. Raises ScenarioError for an unknown result."""
    by = asked.by(what, "")
    if by:
        check_result(by)
    if what == SERVING:
        return lambda scenario: serving(scenario, by)
    return lambda scenario: rl(scenario, by, gpus)
