"""Benchmarks: published tables of scores, the winners, and the price of the models' tokens."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar

from dsexplore.analysis.claims.expression import Call
from dsexplore.analysis.claims.tables import (
    NAME,
    NUMBER,
    TABLE,
    TEXT,
    Table,
    finite,
    placed,
    read_as,
    read_table,
    shown_name,
)
from dsexplore.files.toml import read_toml
from dsexplore.library.names import SCENARIO_KINDS, preset_names, preset_path
from dsexplore.library.open import load_file
from dsexplore.text.refusal import ScenarioError, nearest, shown, unknown

KIND = "benchmarks"
# The functions that count in a table, and the number of models each takes.
_MODELS_OF = {"wins": 1, "beats": 2, "compared": 2}
_SCORE = "score"
FUNCTIONS = (*_MODELS_OF, _SCORE)
_MOST_MODELS = 100
_MOST_BENCHMARKS = 500
_TOP = ("title", "source", "published", "models", "benchmark")


@dataclass(frozen=True, slots=True)
class Model:
    """A model of a table. Its price comes from a scenario, or is stated with its source."""

    name: str
    title: str
    short: str
    scenario: str
    output_price: float
    price_source: str


@dataclass(frozen=True, slots=True)
class Benchmark:
    """One benchmark: higher is better. A model without a published score is left out."""

    name: str
    metric: str
    group: str
    scores: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class BenchmarkTable:
    """A published table of scores, and its source."""

    name: str
    title: str
    source: str
    published: str
    models: Mapping[str, Model]
    benchmarks: tuple[Benchmark, ...]

    def groups(self) -> list[str]:
        """Groups of benchmarks, such as math, in order."""
        return list(dict.fromkeys(benchmark.group for benchmark in self.benchmarks))

    def wins(self, model: str, group: str = "") -> int:
        """The number of benchmarks, of a group or of all, in which a model is above every other."""
        return sum(
            model in scores
            and all(scores[model] > other for name, other in scores.items() if name != model)
            for scores in self._scores(group)
        )

    def beats(self, model: str, other: str, group: str = "") -> int:
        """The number of benchmarks with scores of both in which the first is above the other."""
        return sum(
            scores[model] > scores[other]
            for scores in self._scores(group)
            if model in scores and other in scores
        )

    def compared(self, model: str, other: str, group: str = "") -> int:
        """The number of benchmarks with scores of both."""
        return sum(model in scores and other in scores for scores in self._scores(group))

    def score(self, benchmark: str, model: str) -> float:
        """The score of a model in a benchmark; nan if the table has none."""
        scores = next((found.scores for found in self.benchmarks if found.name == benchmark), {})
        return scores.get(self.model_called(model) or "", math.nan)

    def model_called(self, words: str) -> str | None:
        """The model of that name or title; None where there is none."""
        called = words.casefold()
        return next(
            (
                name
                for name, model in self.models.items()
                if called in (name.casefold(), model.title.casefold(), model.short.casefold())
            ),
            None,
        )

    def _scores(self, group: str) -> list[Mapping[str, float]]:
        return [found.scores for found in self.benchmarks if group in ("", found.group)]


@dataclass(frozen=True, slots=True)
class PriceAndScores:
    """A model with the price of a million generated tokens (USD; nan: none) and its scores."""

    model: Model
    output_price: float
    scores: Mapping[str, float]


def load_benchmarks(name: str) -> BenchmarkTable:
    """The table of a preset's name. Raises ScenarioError."""
    path = preset_path(name, (KIND,))
    if path is None:
        raise ScenarioError("benchmarks", shown(name), nearest(name, preset_names(KIND)))
    return load_benchmark_file(path)


def load_benchmark_file(path: Path) -> BenchmarkTable:
    """The table in a file. Raises ScenarioError with the file and the fault."""
    try:
        return _table(path.stem, read_toml(path))
    except ScenarioError as error:
        raise error.in_file(str(path)) from None


def price_and_scores(table: BenchmarkTable | None = None) -> list[PriceAndScores]:
    """Models by falling price, each with its scores; DeepSeek-R1's table if none is given.

    Raises ScenarioError for a price from a faulty scenario.
    """
    found = load_benchmarks("deepseek-r1") if table is None else table
    rows = [
        PriceAndScores(
            model,
            _price(model),
            {b.name: b.scores[name] for b in found.benchmarks if name in b.scores},
        )
        for name, model in found.models.items()
    ]
    return sorted(rows, key=lambda row: (math.isnan(row.output_price), -row.output_price))


def count(table: BenchmarkTable, call: Call) -> float:
    """What a function gives in a table. The call has passed `check_call`."""
    if call.function == _SCORE:
        return table.score(*call.arguments)
    if call.function == "wins":
        return float(table.wins(*call.arguments))
    if call.function == "beats":
        return float(table.beats(*call.arguments))
    return float(table.compared(*call.arguments))


def check_call(table: BenchmarkTable | None, call: Call) -> None:
    """Raise ScenarioError for an unknown model, group or benchmark, or a wrong number of them."""
    if table is None:
        raise ScenarioError("", f"{call.function} without a table", "a key 'benchmarks'")
    if call.function == _SCORE:
        _check_score(table, call)
    else:
        _check_count(table, call)


def _check_score(table: BenchmarkTable, call: Call) -> None:
    if len(call.arguments) != len(("benchmark", "model")):
        found = f"{call.function} of {len(call.arguments)}"
        raise ScenarioError("", found, "a benchmark and a model")
    benchmark, model = call.arguments
    names = [found.name for found in table.benchmarks]
    if benchmark not in names:
        raise ScenarioError("", f"unknown benchmark {shown(benchmark)}", nearest(benchmark, names))
    if table.model_called(model) is None:
        raise ScenarioError("", f"unknown model {shown(model)}", ", ".join(table.models))


def _check_count(table: BenchmarkTable, call: Call) -> None:
    needed = _MODELS_OF[call.function]
    if not needed <= len(call.arguments) <= needed + 1:
        found = f"{call.function} of {len(call.arguments)}"
        raise ScenarioError(
            "",
            found,
            f"{needed} model{'s' * (needed > 1)}, and a group if not all benchmarks are meant",
        )
    for model in call.arguments[:needed]:
        if model not in table.models:
            raise ScenarioError("", f"unknown model {shown(model)}", ", ".join(table.models))
    for group in call.arguments[needed:]:
        if group not in table.groups():
            raise ScenarioError("", f"unknown group {shown(group)}", ", ".join(table.groups()))


class _Model(Table):
    kinds: ClassVar[dict[str, str]] = {
        "title": TEXT,
        "short": TEXT,
        "scenario": TEXT,
        "output_price": NUMBER,
        "price_source": TEXT,
    }
    must: ClassVar[tuple[str, ...]] = ("title",)

    title: str
    short: str = ""
    scenario: str = ""
    output_price: float = math.nan
    price_source: str = ""


class _Benchmark(Table):
    kinds: ClassVar[dict[str, str]] = {
        "name": TEXT,
        "metric": TEXT,
        "group": NAME,
        "scores": TABLE,
    }
    must: ClassVar[tuple[str, ...]] = ("name", "group", "scores")

    name: str
    group: str
    scores: dict[str, Any]
    metric: str = ""


def _table(name: str, raw: dict[str, Any]) -> BenchmarkTable:
    for key in raw:
        if key not in _TOP:
            raise unknown("table or key", key, _TOP)
    tables, listed = raw.get("models"), raw.get("benchmark")
    if not isinstance(tables, dict) or not tables:
        raise ScenarioError("models", shown(tables), "a table for each model, [models.NAME]")
    if not isinstance(listed, list) or not listed:
        raise ScenarioError("benchmark", shown(listed), "one [[benchmark]] or several")
    for found, most, key in (
        (tables, _MOST_MODELS, "models"),
        (listed, _MOST_BENCHMARKS, "benchmark"),
    ):
        if len(found) > most:
            raise ScenarioError(key, f"{len(found):,}", f"at most {most} in one table")
    words = {key: read_as(TEXT, raw.get(key, ""), key) for key in ("title", "source", "published")}
    models = {key: _model(key, stated) for key, stated in tables.items()}
    benchmarks = tuple(
        _benchmark(stated, number, list(models)) for number, stated in enumerate(listed, 1)
    )
    return BenchmarkTable(name=name, **words, models=models, benchmarks=benchmarks)


def _model(name: str, raw: object) -> Model:
    where = f"model {shown_name(name, 'without a name')}"
    read = read_table(_Model, raw, where)
    if read.scenario and preset_path(read.scenario, SCENARIO_KINDS) is None:
        allowed = nearest(read.scenario, preset_names("scenarios"))
        raise ScenarioError(f"{where}, scenario", shown(read.scenario), allowed)
    return Model(
        name,
        read.title,
        read.short or read.title,
        read.scenario,
        read.output_price,
        read.price_source,
    )


def _benchmark(raw: object, number: int, models: list[str]) -> Benchmark:
    stated = raw.get("name") if isinstance(raw, dict) else None
    where = f"benchmark {shown_name(stated, str(number))}"
    read = read_table(_Benchmark, raw, where)
    try:
        for model in read.scores:
            if model not in models:
                raise unknown("model", model, models, "scores")
        scores = {model: finite(score, "scores") for model, score in read.scores.items()}
    except ScenarioError as error:
        raise placed(error, where) from None
    return Benchmark(read.name, read.metric, read.group, scores)


def _price(model: Model) -> float:
    path = preset_path(model.scenario, SCENARIO_KINDS)
    if path is None:
        return model.output_price
    # A price of 0 is not stated.
    return float(load_file(path).serving.output_price) or math.nan
