"""`--scheduler`: who does long work, this machine's cores or a Dask cluster."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator

from dsexplore.analysis.workers.cores import Cores
from dsexplore.analysis.workers.work import Workers
from dsexplore.cli.input.arguments import Parser


def add_scheduler(parser: Parser) -> None:
    """Add the option to a parser."""
    parser.add_argument(
        "--scheduler",
        metavar="ADDRESS",
        help="hand the work to the Dask cluster of this scheduler, such as tcp://HOST:8786; "
        "without it every core of this machine is used",
    )


@contextlib.contextmanager
def workers_at(address: str | None) -> Iterator[Workers]:
    """Those behind a scheduler, or this machine's cores. Raises ScenarioError if none answers."""
    if address is None:
        yield Cores()
        return
    from dsexplore.analysis.workers.cluster import Cluster  # noqa: PLC0415 - seldom asked for

    cluster = Cluster(address)
    try:
        yield cluster
    finally:
        cluster.close()
