"""What README and CHANGELOG count is counted: presets, claims, pages, runs, errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from dsexplore.analysis.claims.check import check, shipped_claims, verdict_counts
from dsexplore.library.config_json import FAMILIES
from dsexplore.library.names import preset_names
from dsexplore.scenario.scenario import PANELS
from dsexplore.tui.pages.pages import PAGES

ROOT = Path(__file__).parents[2]
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def text_of(document: str) -> str:
    return " ".join((ROOT / document).read_text(encoding="utf-8").split())


def number(text: str) -> float:
    return float(WORDS.index(text.lower())) if text.lower() in WORDS else float(text)


def shipped() -> list[float]:
    return [len(preset_names(kind)) for kind in ("scenarios", "architectures", "hardware")]


def disclosed() -> list[float]:
    """Claims of documents, the documents, and claims of the developers' own disclosures."""
    titles = [claim.document for claim in shipped_claims()]
    own = [title for title in titles if title == "What developers disclosed of their models"]
    return [len(titles) - len(own), len({*titles} - {*own}), len(own)]


@cache
def contradicted() -> int:
    return verdict_counts([check(claim) for claim in shipped_claims()])["contradicted"]


def errors() -> list[float]:
    """Runs, mean and largest error as fitted: docs/accuracy.md, which is held to the model."""
    page = text_of("docs/accuracy.md")
    runs = re.search(r"absolute error of (\d+) runs", page)
    fitted = re.findall(r"\| (?:mean|largest) \| ([\d.]+) % \| ([\d.]+) %", page)
    assert runs and len(fitted) == 2
    return [float(runs[1]), float(fitted[0][0]), float(fitted[1][0])]


def left_out() -> list[float]:
    fitted = re.findall(
        r"\| (?:mean|largest) \| [\d.]+ % \| ([\d.]+) %", text_of("docs/accuracy.md")
    )
    return [float(error) for error in fitted]


@pytest.mark.parametrize(
    ("document", "sentence", "counted"),
    [
        (
            "CHANGELOG.md",
            r"presets of (\w+) scenarios, (\w+) architectures and (\w+) accelerators",
            shipped,
        ),
        ("CHANGELOG.md", r"for (\w+) model types", lambda: [len(FAMILIES)]),
        (
            "CHANGELOG.md",
            r"(\w+) panels of parameters, (\w+) pages of results",
            lambda: [len(PANELS), len(PAGES)],
        ),
        (
            "CHANGELOG.md",
            r"(\w+) figures that (\w+) documents print on what DeepSeek cost, and (\w+) that",
            disclosed,
        ),
        ("CHANGELOG.md", r"(\w+) are contradicted", lambda: [contradicted()]),
        (
            "CHANGELOG.md",
            r"with (\w+) published runs \(([\d.]+) % on average, ([\d.]+) % at",
            errors,
        ),
        ("CHANGELOG.md", r"each left out of the fit, ([\d.]+) % and ([\d.]+) %", left_out),
        (
            "README.md",
            r"(\w+) printed figures are computed again from their own inputs; (\w+) of them",
            lambda: [len(shipped_claims()), contradicted()],
        ),
        ("README.md", r"(\w+) published runs within ([\d.]+) % on average and ([\d.]+) %", errors),
    ],
)
def test_a_count_in_words_is_what_there_is(
    document: str, sentence: str, counted: Callable[[], list[float]]
) -> None:
    found = re.search(sentence, text_of(document))
    assert found, f"{document} no longer says: {sentence}"
    assert [number(word) for word in found.groups()] == counted()
