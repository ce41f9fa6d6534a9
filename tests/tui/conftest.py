"""An explorer without a terminal, in folders of its own."""

from __future__ import annotations

import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual._compositor import Compositor
from textual.css.model import RuleSet
from textual.css.stylesheet import Stylesheet
from textual.screen import Screen

from dsexplore.analysis.sensitivity import sensitivity
from dsexplore.analysis.sensitivity.sensitivity import Sensitivity, sensitivities
from dsexplore.document.document import Document
from dsexplore.document.journal import Journal
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.tui.app import ExplorerApp
from dsexplore.tui.dialogs import open as opening
from dsexplore.tui.main.screen import MainScreen
from dsexplore.tui.screens.claims import screen as claims
from dsexplore.tui.screens.computing import Run
from dsexplore.tui.settings import Settings
from tests.built_once import of_shipped
from tests.claims_once import checked_once
from tests.tui.explorer import GUARD, NARROW, Explorer, Start


@pytest.fixture(autouse=True)
def own_folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """No journal, setting or file of the machine is seen."""
    for variable in ("XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"):
        monkeypatch.setenv(variable, str(tmp_path / variable.lower()))
    monkeypatch.setenv("HOME", str(tmp_path))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)
    return work


@pytest.fixture(scope="session", autouse=True)
def styles_parsed_once() -> Iterator[None]:
    """Each explorer parses the same style sheets anew, which takes longer than a key does."""
    parsed: dict[object, list[RuleSet]] = {}
    parse = Stylesheet._parse_rules

    def remembered(sheet: Stylesheet, *words: object, **named: object) -> list[RuleSet]:
        key = (words, *sorted(named.items()), frozenset(sheet._variables.items()))
        if key not in parsed:
            parsed[key] = parse(sheet, *words, **named)
        return parsed[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Stylesheet, "_parse_rules", remembered)
        yield


@pytest.fixture(scope="session", autouse=True)
def shipped_claims_checked_once() -> Iterator[None]:
    with checked_once(claims):
        yield


@pytest.fixture(scope="session", autouse=True)
def presets_described_once() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(opening, "figures", of_shipped(opening.figures))
        yield


@pytest.fixture(scope="session", autouse=True)
def frames_drawn_when_looked_at() -> Iterator[None]:
    """No terminal is there to see a frame; `Explorer.screen` and each test's end draw one."""

    draw = Compositor.render_update

    def unseen(
        compositor: Compositor,
        full: bool = False,
        screen_stack: list[Screen[Any]] | None = None,
        **named: Any,
    ) -> object:
        # A screenshot is one.
        if full:
            return draw(compositor, full, screen_stack, **named)
        compositor._dirty_regions.clear()
        return None

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Compositor, "render_update", unseen)
        yield


@pytest.fixture(scope="session", autouse=True)
def drivers_worked_out_once() -> Iterator[None]:
    """Every explorer opens with what moves the cost of the same few scenarios."""
    known: dict[str, list[Sensitivity]] = {}

    def remembered(scenario: Scenario, of: str, *ranges: Any, **named: bool) -> list[Sensitivity]:
        values = [scenario.value(name) for name in FIELDS]
        key = repr((values, scenario.measured_run, of, ranges, named))
        if key not in known:
            known[key] = sensitivities(scenario, of, *ranges, **named)
        return known[key]

    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sensitivity, "sensitivities", remembered)
        yield


@pytest.fixture(autouse=True)
def keys_rest_where_tests_settle(monkeypatch: pytest.MonkeyPatch) -> None:
    """What waits for keys to rest waits for `Explorer.settle`, however slow the machine is."""
    monkeypatch.setattr("dsexplore.tui.main.screen._REST", 3600)


@pytest.fixture
def work_waits_to_be_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is computed beside a screen gets no further than a first part before it is stopped."""

    def wait(run: Run, _: float) -> None:
        if threading.current_thread() is not threading.main_thread():
            run._stopped.wait(GUARD)

    monkeypatch.setattr(Run, "told", wait)


def _begin_among_parameters(main: MainScreen) -> None:
    """Most tests do, and a narrow screen opens with its results."""
    begin = main._begin

    def among_parameters() -> None:
        begin()
        main.session.on_results = False

    vars(main)["_begin"] = among_parameters


@pytest.fixture
def explore() -> Start:
    """Start an explorer among the parameters, or as it opens.

    Used as `async with explore("deepseek-v3", size=(80, 24)) as user`.
    """

    @asynccontextmanager
    async def start(
        name: str = "deepseek-v3",
        size: tuple[int, int] = NARROW,
        settings: Settings | None = None,
        journal: Path | None = None,
        *,
        as_opened: bool = False,
    ) -> AsyncIterator[Explorer]:
        document = Document(name)
        if journal:
            document.journal = Journal(journal)
        app = ExplorerApp(document, settings)
        if not as_opened:
            _begin_among_parameters(app.main)
        async with app.run_test(size=size) as pilot:
            user = Explorer(pilot, app)
            await user.settle()
            yield user
            assert user.is_seen or not app._running or user.screen, "what is there can be drawn"
        if document.journal:
            document.journal.close()

    return start
