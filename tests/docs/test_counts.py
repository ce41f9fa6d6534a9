"""What README and CHANGELOG count is counted: presets, claims, pages, runs, errors."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache
from pathlib import Path

import pytest

from dsexplore.analysis.accuracy.accuracy import accuracy
from dsexplore.analysis.accuracy.runs import SERVING, TRAINING, unseen_runs
from dsexplore.analysis.claims.check import check, shipped_claims, verdict_counts
from dsexplore.library.config_json import FAMILIES
from dsexplore.library.names import preset_names
from dsexplore.scenario.scenario import PANELS
from dsexplore.tui.pages.pages import PAGES

ROOT = Path(__file__).parents[2]
ERRORS = (
    r"dense models within ([\d.]+) % on average and mixtures of experts within ([\d.]+) %; "
    r"([\d.]+) % and ([\d.]+) % by a fit that knows none of their source's runs"
)
WORDS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")


def text_of(document: str) -> str:
    return " ".join((ROOT / document).read_text(encoding="utf-8").split())


def number(text: str) -> float:
    return float(WORDS.index(text.lower())) if text.lower() in WORDS else float(text)


def shipped() -> list[float]:
    return [len(preset_names(kind)) for kind in ("scenarios", "architectures", "hardware")]


def disclosed() -> list[float]:
    """Claims of documents on DeepSeek, those documents, claims disclosed, and others."""
    titles = [claim.document for claim in shipped_claims()]
    public = ("What training ", "What large ", "What is planned")
    own = titles.count("What developers disclosed of their models")
    others = sum(title.startswith(public) for title in titles)
    documents = {title for title in titles if not title.startswith((*public, "What developers"))}
    return [len(titles) - own - others, len(documents), own, others]


def unseen() -> list[float]:
    """Steps kept from every fit, mean errors in training and decoding in %, and % within."""
    training, serving = (accuracy(unseen_runs(subject)) for subject in (TRAINING, SERVING))
    return [
        len(training.runs) + len(serving.runs),
        round(100 * training.errors.mean, 1),
        round(100 * serving.errors.mean, 1),
        round(100 * training.errors.coverage),
    ]


@cache
def contradicted() -> int:
    return verdict_counts([check(claim) for claim in shipped_claims()])["contradicted"]


def errors() -> list[float]:
    """Runs, then mean errors as docs/accuracy.md has them, which is held to the model.

    Of dense models and mixtures of experts: as fitted, then with each source left out of the fit.
    """
    page = (ROOT / "docs/accuracy.md").read_text(encoding="utf-8")
    rows = {
        line.split(" | ")[0].strip("| "): [cell.strip("| %+") for cell in line.split(" | ")]
        for line in page.partition("## By source")[0].splitlines()
    }
    means = [float(rows[kind][place]) for place in (2, 6) for kind in ("dense", "moe")]
    return [float(rows["all"][1]), *means]


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
            r"(\w+) figures that (\w+) documents print on what DeepSeek cost, (\w+) that "
            r"developers disclosed and (\w+) that are argued about",
            disclosed,
        ),
        ("CHANGELOG.md", r"(\w+) are contradicted", lambda: [contradicted()]),
        ("CHANGELOG.md", rf"knows (\w+) measured runs of \w+ sources, {ERRORS}", errors),
        (
            "README.md",
            r"(\w+) printed figures are computed again from their own inputs; (\w+) of them",
            lambda: [len(shipped_claims()), contradicted()],
        ),
        ("README.md", rf"(\w+) measured runs, {ERRORS}", errors),
        (
            "README.md",
            r"(\w+) steps timed on one H100 and one H200 after everything was fitted were "
            r"([\d.]+) % off in training and ([\d.]+) % in decoding, and (\w+) % of the training "
            r"steps",
            unseen,
        ),
    ],
)
def test_a_count_in_words_is_what_there_is(
    document: str, sentence: str, counted: Callable[[], list[float]]
) -> None:
    found = re.search(sentence, text_of(document))
    assert found, f"{document} no longer says: {sentence}"
    assert [number(word) for word in found.groups()] == counted()
