"""Reports: what differs, results with units and worth, in three formats."""

from __future__ import annotations

import csv
import io
import re
from pathlib import Path

import pytest

from dsexplore.analysis.claims.answers import find_answers, load_answers
from dsexplore.analysis.claims.check import check, shipped_claims
from dsexplore.analysis.compare.compare import compare
from dsexplore.export.pictures.caption import Caption
from dsexplore.export.pictures.plots import Bar, bars
from dsexplore.export.reports.answers import answers_report
from dsexplore.export.reports.claims import claims_report
from dsexplore.export.reports.comparison import Compared, comparison_report
from dsexplore.export.reports.pictures import sweep_of, tornado_of
from dsexplore.export.reports.report import (
    FORMATS,
    Picture,
    Report,
    Table,
    drawing,
    report_at,
    report_text,
)
from dsexplore.export.reports.scenario import scenario_report
from dsexplore.library.open import load
from dsexplore.library.presets import with_changes
from dsexplore.text.refusal import ScenarioError

V3 = load("deepseek-v3")


def test_a_report_names_what_was_changed_and_what_it_costs():
    twice = with_changes(V3, {"pretraining_tokens": "29.6T"})
    text = report_text(scenario_report(twice, V3), "markdown")
    assert "| Training tokens (pretraining\\_tokens) | 29.6T | 14.8T | stated here |" in text
    assert "total\\_cost | $10.90 M |" in text
    assert "DeepSeek-V3 report, arXiv:2412.19437, table 1" in text
    assert len(text.splitlines()) < 60, "a page"


def test_a_value_has_its_own_unit_and_csv_the_base_unit():
    report = scenario_report(V3, V3, {"Results": ["energy", "step_time"]})
    (row,) = (line for line in report_text(report, "markdown").splitlines() if "| energy |" in line)
    assert "| 2.342 GWh |" in row and "joule" not in row
    rows = list(csv.reader(io.StringIO(report_text(report, "csv"))))
    energy = next(row for row in rows if "energy" in row)
    assert float(energy[2]) == pytest.approx(2.788e6 * 3600 * 700 * 1.2)
    assert energy[3] == "joule" and "assumed" in energy[-1]
    step = next(row for row in rows if "step_time" in row)
    assert float(step[4]) < float(step[2]) < float(step[5]) and step[-1] == "predicted"


def test_a_page_of_html_holds_no_markup_of_its_words():
    caption = Caption("<u>", "<u>", "<u>")
    picture = Picture("<u>", lambda: bars(caption, [Bar("<u>", [("", 2.0)])], ""), ["<u>"])
    table = Table("t", ("a",), [("<i>x</i>",)], said=["<s>"])
    report = Report("<b>", ["<script>"], [table], [picture])
    text = report_text(report, "html")
    assert not any(each in text for each in ("<script>", "<i>x", "<u>", "<s>"))
    assert "<figure>" in text and "&lt;script&gt;" in text


def test_what_is_said_on_a_row_stands_by_it_and_an_address_can_be_followed():
    rows = [("a", "1"), ("b_c", "2")]
    words = ["See https://x.org/a_b?c=1&d=2, page 3.", "Not javascript:alert(1)."]
    report = Report("r", [], [Table("t", ("name", "n"), rows, (1,), words=words)])
    page = report_text(report, "html")
    assert (
        '<a href="https://x.org/a_b?c=1&amp;d=2">https://x.org/a_b?c=1&amp;d=2</a>, page 3.' in page
    )
    assert page.count("<a ") == 1
    text = report_text(report, "markdown")
    assert "\n- b\\_c: Not javascript:alert(1)." in text


def test_words_beside_a_bar_stand_on_no_bar():
    said = "as long a sentence as any that a bar has ever had beside it, and longer"
    page = bars(Caption("c", "", ""), [Bar("x", [("", 2.0)], said), Bar("y", [("", 1.0)])], "")
    (box,) = re.findall(r'<rect x="([0-9.]+)"[^>]*width="([0-9.]+)"', page)[-2:-1]
    (words,) = re.findall(rf'<text x="([0-9.]+)"[^>]*text-anchor="start">{said}', page)
    assert float(words) > float(box[0]) + float(box[1])


def test_a_comparison_and_claims_are_handed_on_in_every_format():
    found = compare(V3, load("deepseek-r1"))
    both = [V3, load("deepseek-r1")]
    comparison = comparison_report(Compared(["v3", "r1"], both, found, found.headlines))
    claims = claims_report([check(claim) for claim in shipped_claims()[:5]])
    for form in FORMATS:
        assert any(each in report_text(comparison, form) for each in ("$5.860 M", "5860000"))
        assert "reproduced" in report_text(claims, form)


def test_a_page_holds_pictures_in_each_format_and_few_of_its_rows():
    tornado = tornado_of(V3, "total_cost")
    found = scenario_report(
        V3, V3, pictures=[*tornado, *sweep_of(V3, "total_cost", "goodput=0.8,1")]
    )
    page = report_text(found, "html")
    assert page.count("<figure>") == page.count("<svg") == 3, "rent, tornado, sweep"
    text = report_text(found, "markdown")
    assert "    price_per_gpu_hour" in text and "total\\_cost by goodput" in text
    assert len(text.splitlines()) < 110, "tables and pictures on two sheets"
    with pytest.raises(ScenarioError, match=r"found the ending '\.xyz'; allowed: \.md, \.html"):
        report_at(found, Path("x.xyz"))


def test_answers_are_one_table_for_programs_and_a_picture_for_people():
    found = answers_report(load_answers(find_answers("r1")))
    rows = list(csv.DictReader(io.StringIO(report_text(found, "csv"))))
    assert {row["id"]: row["gives"] for row in rows}["nature"] == "294000.0"
    assert "superseded" in report_text(found, "markdown")
    assert drawing(found).count("<svg") == 1
