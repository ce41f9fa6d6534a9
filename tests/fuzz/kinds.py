"""Every kind of file that the program reads: real ones to begin with, its place, and its reader.

A reader does all that a user may do with such a file, and returns; what it raises is the verdict.
"""

from __future__ import annotations

import random
import re
import tempfile
from collections.abc import Callable
from pathlib import Path

from dsexplore.analysis.claims.benchmarks import load_benchmarks, price_and_scores
from dsexplore.analysis.summaries.catalogue import figures
from dsexplore.document.document import Document
from dsexplore.document.journal import Journal, left_behind
from dsexplore.files.toml import to_toml
from dsexplore.library.described import title_and_description
from dsexplore.library.names import presets, presets_folder
from dsexplore.library.open import load, load_file
from dsexplore.library.presets import with_changes, with_panel
from dsexplore.library.saving import save, tables
from dsexplore.scenario.scenario import Scenario
from dsexplore.text.refusal import ScenarioError
from dsexplore.tui.keys.keymap import keymap
from dsexplore.tui.settings import load_settings
from tests.fuzz.imports import import_kinds
from tests.fuzz.reading import Kind, Reader, check_scenario, command

_CONFIGS = Path(__file__).parents[1] / "library" / "config_json" / "configs"
_OWN = "data/dsexplore/presets"
_SETTINGS = [
    b'theme = "ansi-dark"\nmouse = true\n[keys]\nsave = ["f2"]\nopen = ["ctrl+t", "f3"]\n',
    b'theme = "nord"\n[keys]\nhelp = ["?"]\nundo = []\n',
]


def kinds() -> list[Kind]:
    """Every kind of file."""
    base = load("deepseek-v3")
    scenarios = _shipped("scenarios")
    return [
        Kind("scenario", "scenario.toml", [*scenarios, *_saved(base)], _scenario),
        Kind("own scenario", f"{_OWN}/scenarios/deepseek-v2.toml", scenarios,
             _preset("scenarios", load)),
        Kind("own architecture", f"{_OWN}/architectures/deepseek-v3.toml",
             _shipped("architectures"),
             _preset("architectures", lambda name: with_panel(base, "architecture", name))),
        Kind("own hardware", f"{_OWN}/hardware/h100-80gb-sxm.toml", _shipped("hardware"),
             _preset("hardware", lambda name: with_panel(base, "hardware", name))),
        Kind("own stack", f"{_OWN}/stacks/deepseek.toml", _shipped("stacks"),
             _preset("stacks", lambda name: with_changes(base, {"software_stack": name}))),
        Kind("claims", "claims.toml", _shipped("claims"), _claims, names_files=True),
        Kind("runs", "runs.toml", [*_shipped("runs"), *_shipped("unseen")], _runs),
        Kind("benchmarks", f"{_OWN}/benchmarks/deepseek-r1.toml", _shipped("benchmarks"),
             _benchmarks),
        Kind("config.json", "config.json",
             [path.read_bytes() for path in sorted(_CONFIGS.glob("*.json"))], _config),
        Kind("settings", "config/dsexplore/settings.toml", _SETTINGS, _settings),
        Kind("journal", "state/dsexplore/journal/1-1.1.json", _journals(), _journal),
        *import_kinds(),
    ]  # fmt: skip


def _shipped(kind: str) -> list[bytes]:
    return [path.read_bytes() for path in sorted((presets_folder() / kind).glob("*.toml"))]


def _saved(scenario: Scenario) -> list[bytes]:
    """Files as the program writes them: every value, and results."""
    return [
        to_toml(tables(scenario)).encode(),
        command("eval", "deepseek-v3", "--format", "toml").encode(),
    ]


def _journals() -> list[bytes]:
    """Unsaved work as the program keeps it, with steps before and after it."""
    with tempfile.TemporaryDirectory() as folder:
        journal = Journal(Path(folder))
        document = Document("deepseek-v3", journal)
        document.set("num_layers", 32)
        document.set_baseline()
        document.set("num_gpus", 4096)
        document.set("price_per_gpu_hour", 3)
        document.undo()
        document.keep()
        journal.close()
        kept = [file.read_bytes() for file in Path(folder).glob("*.json")]
    # The same files tomorrow: each follows from the seed alone.
    return [re.sub(rb'"when": [0-9.]+', b'"when": 1700000000.0', content) for content in kept]


def _scenario(path: Path, chance: random.Random) -> None:
    scenario = load_file(path)
    check_scenario(scenario)
    if chance.random() < 0.2:
        form = chance.choice(("table", "json", "toml", "csv", "markdown"))
        command("eval", str(path), "--format", form)
    if chance.random() < 0.05:
        saved = path.with_name("saved.toml")
        save(scenario, saved, overwrite=True)
        assert load_file(saved) == scenario


def _preset(kind: str, started: Callable[[str], Scenario]) -> Reader:
    def read(path: Path, chance: random.Random) -> None:
        [own] = [preset for preset in presets(kind) if preset.is_own]
        refusals: list[ScenarioError] = []
        for step in (
            lambda: title_and_description(own),
            lambda: figures(own),
            lambda: check_scenario(started(own.name)),
        ):
            try:
                step()
            except ScenarioError as error:
                refusals.append(error)
        if chance.random() < 0.02:
            command("presets", kind)
        if refusals:
            raise refusals[-1]

    return read


def _claims(path: Path, chance: random.Random) -> None:
    command("claims", str(path), "--format", chance.choice(("table", "json", "markdown")))


def _runs(path: Path, chance: random.Random) -> None:
    command("accuracy", str(path), "--format", chance.choice(("table", "json", "csv", "markdown")))


def _benchmarks(path: Path, chance: random.Random) -> None:
    table = load_benchmarks(path.stem)
    price_and_scores(table)
    groups, models = table.groups(), list(table.models)
    for model in models[:3]:
        table.wins(model)
        table.wins(model, groups[0])
        table.beats(model, models[-1])


def _config(path: Path, chance: random.Random) -> None:
    scenario = load_file(path)
    check_scenario(scenario)
    if chance.random() < 0.2:
        command("import", str(path))


def _settings(path: Path, chance: random.Random) -> None:
    keymap(load_settings(path).keys)


def _journal(path: Path, chance: random.Random) -> None:
    for work in left_behind(path.parent):
        check_scenario(work.scenario)
        work.as_opened()
        work.baseline()
        work.past()
        work.future()
        if chance.random() < 0.2:
            Document("deepseek-v3").recover(work)
