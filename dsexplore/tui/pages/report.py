"""A page of results as a report: its picture, and its results with units, intervals and sources."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import Any

from dsexplore.document.document import Document
from dsexplore.engine import QUANTITIES
from dsexplore.export.reports.report import Picture, Report
from dsexplore.export.reports.scenario import scenario_report
from dsexplore.tui.pages.page import Tab
from dsexplore.tui.pages.picture import WIDTH, page_picture


def page_report(tab: Tab, document: Document, found: Any = None) -> Report:
    """The page of a tab to hand on; `found` as in `Page`."""
    rows = tab.rows(document, WIDTH, found)
    names = [name for name in dict.fromkeys(row.name for row in rows) if name in QUANTITIES]
    lines = ["".join(text for text, _ in row.line).rstrip() for row in rows]
    picture = Picture(tab.title, partial(page_picture, tab, document, found), lines)
    report = scenario_report(document.scenario, subjects={"Results": names})
    return replace(report, title=f"{report.title}: {tab.title}", pictures=[picture])
