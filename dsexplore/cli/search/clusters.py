"""`dsexplore search --what cluster`: the best layout of each cluster, the cheapest first."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.analysis.search.clusters import Cluster, best_of_each
from dsexplore.cli.errors import say
from dsexplore.cli.input.workers import workers_at
from dsexplore.cli.output import cluster_table
from dsexplore.cli.output.progress import watched
from dsexplore.cli.search.asked import (
    CLUSTER,
    NOTHING_FITS,
    Asked,
    command_words,
    ended,
    say_why_none,
)
from dsexplore.export.reports.search import clusters_report
from dsexplore.scenario.scenario import Scenario


def of_clusters(asked: Asked, scenario: Scenario, every: Sequence[Cluster]) -> int:
    """Search and print; returns the exit status. Raises ScenarioError."""
    arguments = asked.arguments
    by = asked.by(CLUSTER, "cost")
    with workers_at(arguments.scheduler) as workers, watched("clusters") as watch:
        found = best_of_each(
            every,
            by,
            asked.limits,
            most=arguments.most,
            goes_on=watch.goes_on,
            told=watch.told,
            workers=workers,
        )
    if len(found) < len(every):
        say(f"stopped: only {len(found):,} of {len(every):,} clusters were searched")
    placed = [each for each in found if each.layout is not None][: asked.top]
    lost = [each for each in found if each.layout is None]
    if not placed:
        for each in lost:
            say_why_none(each.cluster.fields, each.why_none)
        return ended(is_stopped=watch.is_stopped, otherwise=NOTHING_FITS)
    if asked.form == "json":
        asked.put(cluster_table.as_json(placed, by))
    elif asked.form == "table":
        words = command_words(placed[0].fields)
        asked.put(
            cluster_table.as_table([*placed, *lost], by, scenario, words, asked.columns),
        )
    else:
        asked.put_report(clusters_report([*placed, *lost], by, scenario, asked.base))
    asked.save(placed[0].scenario)
    return ended(is_stopped=watch.is_stopped)
