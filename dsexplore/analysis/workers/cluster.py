"""A Dask cluster: parts go to whichever worker is free, and to another if that one is lost."""

from __future__ import annotations

import hashlib
import pickle
from collections import deque
from collections.abc import Iterator
from importlib import import_module
from typing import Any

import dsexplore
from dsexplore.analysis.workers.work import T, Work
from dsexplore.text.refusal import ScenarioError, shown

_WHERE = "--scheduler"
# Parts under way or waiting, for each thread of the cluster: enough that none runs dry.
_AHEAD = 3
_SECONDS = 10


class Cluster:
    """The workers behind a Dask scheduler, which have this version of this program."""

    def __init__(self, address: str) -> None:
        """Raises ScenarioError if there is no scheduler, or Dask is missing."""
        try:
            distributed: Any = import_module("distributed")
        except ImportError:
            allowed = "pip install 'dsexplore[cluster]'"
            raise ScenarioError(_WHERE, "Dask, and it is missing", allowed) from None
        self._lost: Any = distributed.scheduler.KilledWorker
        try:
            self._client: Any = distributed.Client(address, timeout=_SECONDS, set_as_default=False)
        except (OSError, ValueError, TimeoutError):
            allowed = "the address of a running Dask scheduler, such as tcp://HOST:8786"
            raise ScenarioError(_WHERE, f"no answer at {shown(address)}", allowed) from None

    def results(self, work: Work[T]) -> Iterator[T]:
        """What comes of all parts; a worker that is lost costs the time of its parts alone."""
        packed = pickle.dumps(work, protocol=pickle.HIGHEST_PROTOCOL)
        waiting: deque[Any] = deque()
        try:
            for number in range(work.parts):
                waiting.append(
                    self._client.submit(_part, packed, number, dsexplore.__version__, pure=False)
                )
                # Workers may come and go meanwhile.
                if len(waiting) >= _AHEAD * max(1, self._threads()):
                    yield self._result(waiting.popleft())
            while waiting:
                yield self._result(waiting.popleft())
        finally:
            self._client.cancel(list(waiting))

    def close(self) -> None:
        """Leave the cluster as it was."""
        self._client.close()

    def _threads(self) -> int:
        return sum(self._client.nthreads().values())

    def _result(self, future: Any) -> Any:
        try:
            found = future.result()
        except self._lost as error:
            found = f"workers that were lost one after another: {str(error).splitlines()[0]}"
            raise ScenarioError(_WHERE, found, "workers with enough memory") from None
        if isinstance(found, _OtherVersion):
            raise ScenarioError(
                _WHERE, f"a worker with dsexplore {found.version}", dsexplore.__version__
            )
        return found


class _OtherVersion:
    """What a worker of another version answers."""

    def __init__(self, version: str) -> None:
        self.version = version


# The work that a worker of the cluster does at present, by what it came as.
_known: dict[str, Work[Any]] = {}


def _part(packed: bytes, number: int, version: str) -> Any:
    """One part, done by a worker of the cluster."""
    if version != dsexplore.__version__:
        return _OtherVersion(dsexplore.__version__)
    key = hashlib.sha256(packed).hexdigest()
    work = _known.get(key)
    if work is None:
        _known.clear()
        work = _known[key] = pickle.loads(packed)
    return work.part(number)
