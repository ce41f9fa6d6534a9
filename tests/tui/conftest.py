"""An explorer without a terminal, in folders of its own."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from textual.pilot import Pilot

from dsexplore.document.document import Document
from dsexplore.document.journal import Journal
from dsexplore.document.settings import Settings
from dsexplore.scenario.scenario import FIELDS
from dsexplore.tui.app import ExplorerApp
from dsexplore.tui.lines import Line
from dsexplore.tui.main_screen import TABLES, MainScreen
from dsexplore.tui.views.pages import PAGES
from dsexplore.tui.widgets.line_block import LineBlock, Sheet
from dsexplore.tui.widgets.parameter_sheet import ParameterSheet

NARROW, WIDE = (80, 24), (120, 40)


def text_of(line: Line) -> str:
    return "".join(text for text, _ in line)


@dataclass
class Explorer:
    """The explorer as a user has it: keys in, what the screen shows out."""

    pilot: Pilot[None]
    app: ExplorerApp

    @property
    def main(self) -> MainScreen:
        return self.app.main

    @property
    def document(self) -> Document:
        return self.app.document

    @property
    def parameters(self) -> ParameterSheet:
        return self.main.query_one("#parameters", ParameterSheet)

    @property
    def results(self) -> Sheet:
        return self.main.query_one("#results", Sheet)

    async def press(self, *keys: str) -> None:
        await self.pilot.press(*keys)

    async def type(self, text: str) -> None:
        """Characters, as fast as they can be sent."""
        await self.pilot.press(*text)

    async def settle(self) -> None:
        await self.pilot.pause()

    async def resize(self, width: int, height: int) -> None:
        await self.pilot.resize_terminal(width, height)
        await self.pilot.pause()

    # Where the user is

    @property
    def field(self) -> str:
        return self.main._field

    @property
    def panel(self) -> str:
        return self.main._table

    @property
    def page(self) -> str:
        return PAGES[self.main._page].title

    async def go_to(self, field: str) -> None:
        """Walk to a field with the keys that lead there."""
        table = FIELDS[field].table
        while self.panel != table:
            await self.press("n")
        await self.press("home")
        while self.field != field:
            before = self.field
            await self.press("down")
            assert self.field != before, f"{field} is not on its panel"

    async def show_page(self, title: str) -> None:
        """Turn to a page of results, from either side; where there is one side, go over."""
        if not self.results.size.width:
            await self.press("tab")
        while self.page != title:
            await self.press("v")

    # What the screen says

    @property
    def screen(self) -> list[str]:
        """Every line of the screen as the compositor draws it."""
        strips = self.app.screen._compositor.render_strips(self.app.size)
        return [strip.text for strip in strips]

    @property
    def shown(self) -> str:
        return "\n".join(self.screen)

    @property
    def message(self) -> str:
        return text_of(self.main.query_one("#message", LineBlock).lines[0]).strip()

    @property
    def title(self) -> str:
        return text_of(self.main.query_one("#title", LineBlock).lines[0])

    @property
    def row(self) -> str:
        """The focused row."""
        return next(line for line in map(text_of, self.parameters.lines) if line.startswith("▸"))

    @property
    def result_lines(self) -> list[str]:
        return [text_of(line) for line in self.results.lines]

    @property
    def parameter_lines(self) -> list[str]:
        return [text_of(line) for line in self.parameters.lines]

    def result(self, label: str) -> str:
        """The line of a result."""
        return next(line for line in self.result_lines if line.startswith(f" {label}"))


Start = Callable[..., AbstractAsyncContextManager[Explorer]]


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


@pytest.fixture
def explore() -> Start:
    """Start an explorer; used as `async with explore("deepseek-v3", size=(80, 24)) as user`."""

    @asynccontextmanager
    async def start(
        name: str = "deepseek-v3",
        size: tuple[int, int] = NARROW,
        settings: Settings | None = None,
        journal: Path | None = None,
    ) -> AsyncIterator[Explorer]:
        document = Document(name)
        if journal:
            document.journal = Journal(journal)
        app = ExplorerApp(document, settings)
        async with app.run_test(size=size) as pilot:
            await pilot.pause()
            yield Explorer(pilot, app)
        if document.journal:
            document.journal.close()

    return start


__all__ = ["NARROW", "TABLES", "WIDE", "Explorer", "Start", "text_of"]
