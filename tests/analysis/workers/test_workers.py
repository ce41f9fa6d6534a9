"""Workers: whoever does the parts, and whoever is lost, what comes of them is the same."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from dsexplore.analysis.search.ranking import Search
from dsexplore.analysis.simulate.simulate import simulate
from dsexplore.analysis.sweep.axis import read_axis
from dsexplore.analysis.sweep.grid import Sweep, sweep
from dsexplore.analysis.workers.cores import Cores
from dsexplore.analysis.workers.work import Workers
from dsexplore.library.open import load
from dsexplore.scenario.fields import FIELDS
from dsexplore.scenario.uncertainty import Distribution
from dsexplore.text.refusal import ScenarioError
from tests.strategies import shipped

# Scenarios of their own, layouts that cannot be, and the last axis not the one that runs fastest.
AXES = ("pipeline_parallel=4,8,16", "hardware=h100-80gb-sxm,h200-141gb-sxm", "goodput=0.8:1:50")
NAMES = ("step_time", "total_cost")


def swept(workers: Workers | None = None, told: Any = None) -> Sweep:
    axes = [read_axis(words) for words in AXES]
    return sweep(load("deepseek-v3"), axes, NAMES, told, workers=workers)


def demand_the_same(one: Sweep, other: Sweep) -> None:
    for name in NAMES:
        assert one.results[name].tobytes() == other.results[name].tobytes()
        for end, there in zip(one.ends[name], other.ends[name], strict=True):
            assert end.tobytes() == there.tobytes()
    assert one.reasons.tobytes() == other.reasons.tobytes()
    assert one.gaps == other.gaps
    assert one.gaps


class Fatal:
    """Work in which one process is lost, once: the first that takes the third part."""

    parts = 6

    def __init__(self, mark: Path) -> None:
        self._mark = mark
        self._here = os.getpid()

    def part(self, number: int) -> int:
        if number == 2 and os.getpid() != self._here:
            try:
                self._mark.touch(exist_ok=False)
            except FileExistsError:
                pass
            else:
                os.kill(os.getpid(), signal.SIGKILL)
        return number * number


def test_every_core_gives_what_one_gives() -> None:
    demand_the_same(swept(), swept(Cores(2, worth_it=0)))
    scenario = replace(
        shipped("deepseek-r1"),
        uncertainty={
            "price_per_gpu_hour": Distribution.read(
                FIELDS["price_per_gpu_hour"], {"lognormal": [2, 1.5]}
            )
        },
    )
    one, two = (
        simulate(scenario, ["total_cost"], 40_000, workers=workers)
        for workers in (None, Cores(2, worth_it=0))
    )
    assert one.every["total_cost"].tobytes() == two.every["total_cost"].tobytes()
    assert one.spreads == two.spreads


def test_every_core_finds_the_layouts_that_one_finds() -> None:
    scenario = shipped("llama-3-70b").with_values({"num_gpus": 16, "global_batch_size": 16})
    one, two = (Search(scenario, workers=workers) for workers in (None, Cores(2, worth_it=0)))
    assert one.best(20) == two.best(20)
    assert one.judged.stopped == two.judged.stopped


def test_a_process_that_is_lost_costs_its_part_alone(tmp_path: Path) -> None:
    mark = tmp_path / "lost"
    assert [*Cores(2, worth_it=0).results(Fatal(mark))] == [n * n for n in range(6)]
    assert mark.exists()


def test_short_work_starts_no_process() -> None:
    class Mine:
        parts = 3

        def part(self, number: int) -> int:
            return os.getpid()

    # However long this process waits for its turn.
    assert {*Cores(8, worth_it=3600).results(Mine())} == {os.getpid()}


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """A Dask cluster of two processes on this machine."""
    distributed = pytest.importorskip("distributed")
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as found:
        yield found


@pytest.mark.filterwarnings("ignore")
def test_a_cluster_that_loses_a_worker_gives_what_one_process_gives(cluster: Any) -> None:
    from dsexplore.analysis.workers.cluster import Cluster

    lost: list[int] = []

    def lose(share: float) -> None:
        if share >= 0.1 and not lost:
            lost.append(next(iter(cluster.workers.values())).pid)
            os.kill(lost[0], signal.SIGKILL)
            time.sleep(0.1)

    workers = Cluster(cluster.scheduler_address)
    try:
        demand_the_same(swept(), swept(workers, lose))
    finally:
        workers.close()
    assert lost


def test_no_scheduler_is_refused_in_words() -> None:
    pytest.importorskip("distributed")
    from dsexplore.analysis.workers import cluster as clusters

    with pytest.raises(ScenarioError, match="no answer at 'nowhere'"):
        clusters.Cluster("nowhere")
