"""Work beside the screen: a piece at a time, the newest, and none that nobody waits for."""

from __future__ import annotations

import asyncio
import threading

import pytest

from dsexplore.analysis.search.judging import _Judging, _Part
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.beside import Beside, Run, Work
from dsexplore.tui.screens.computing import ComputingScreen
from tests.tui.explorer import GUARD, Start


async def test_the_newest_piece_stops_the_one_before_and_waits_for_its_end() -> None:
    beside, done, has_begun = Beside(), [], threading.Event()

    def until_stopped(run: Run) -> str:
        has_begun.set()
        run._stopped.wait(GUARD)
        done.append("first, stopped" if not run.goes_on() else "first")
        return "a part"

    def never(run: Run) -> str:
        done.append("superseded before it began")
        return ""

    def last(run: Run) -> str:
        done.append("last")
        return "all"

    first, given_up, newest = Run(), Run(keeps_part=False), Run()
    ends = [beside.do(first, until_stopped)]
    await asyncio.to_thread(has_begun.wait, GUARD)
    ends += [beside.do(given_up, never), beside.do(newest, last)]
    async with asyncio.timeout(GUARD):
        await asyncio.gather(*ends)
    assert done == ["first, stopped", "last"]
    assert [run.result for run in (first, given_up, newest)] == ["a part", None, "all"]


async def test_what_fails_says_so_and_the_next_piece_is_done() -> None:
    beside = Beside()

    def fails(_: Run) -> None:
        raise ValueError("no such thing")

    with pytest.raises(ValueError, match="no such thing"):
        await beside.do(Run(), fails)
    run = Run()
    await beside.do(run, lambda _: 1)
    assert run.result == 1


async def test_what_is_done_before_anybody_looks_is_shown(
    explore: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    def do_now(_: Beside, run: Run, work: Work) -> asyncio.Future[None]:
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        try:
            run.result = work(run)
            done.set_result(None)
        except ScenarioError as error:
            done.set_exception(error)
        return done

    monkeypatch.setattr(Beside, "do", do_now)
    async with explore("llama-3-8b") as user:
        user.document.take({"num_gpus": 16, "global_batch_size": 32}, "a small cluster")
        await user.press("L")
        assert "layouts are possible and fit" in " ".join(user.shown.split())
        await user.press("escape")
        user.document.take({"num_layers": "unknown"}, "no depth")
        await user.press("L")
        assert "num_layers" in user.shown


async def test_a_search_whose_screen_is_left_judges_no_further_part(
    explore: Start, monkeypatch: pytest.MonkeyPatch
) -> None:
    judge, is_left, judged = _Judging.part, threading.Event(), []

    def part(work: _Judging, number: int) -> _Part:
        judged.append(number)
        is_left.wait(GUARD)
        return judge(work, number)

    monkeypatch.setattr(_Judging, "part", part)
    async with explore("llama-3.1-405b") as user:
        await user.press("L")
        screen = user.app.screen
        assert isinstance(screen, ComputingScreen)
        run = screen.running
        assert run is not None
        assert screen._worker is not None
        async with asyncio.timeout(GUARD):
            while not judged:
                await asyncio.sleep(0)
        # The first stops it, the second does not wait for its end.
        await user.press("escape", "escape")
        assert user.app.screen is user.main
        is_left.set()
        # What comes next has its turn once that has ended.
        async with asyncio.timeout(GUARD):
            await user.press("L")
            await user.computed()
        assert judged[:2] == [0, 0]
        assert run.result is None
