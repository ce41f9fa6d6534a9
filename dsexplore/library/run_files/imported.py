"""A run as imported: its panels, what was not understood, and what stays open."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

from dsexplore.files.locations import typed_path
from dsexplore.files.reading import read_bytes
from dsexplore.files.toml import parse_toml, to_toml
from dsexplore.library.model_files import imported_model
from dsexplore.library.presets import build
from dsexplore.library.run_files import megatron, megatron_text, others
from dsexplore.library.run_files.stated import Stated, differing, flattened, listed
from dsexplore.library.run_files.yaml_text import parse_yaml
from dsexplore.library.saving import plain_values, table_values
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.plain import Printable, in_escapes
from dsexplore.text.refusal import ScenarioError

WANTED = (
    "a launch script or log of Megatron-LM, YAML of Megatron-Bridge, NeMo or accelerate, TOML of "
    "torchtitan, or JSON of DeepSpeed"
)
_ENDINGS = (".sh", ".bash", ".slurm", ".sbatch", ".log", ".out", ".txt", ".yaml", ".yml", ".toml")
# A log may be long; its head is enough.
_LARGEST = 16 << 20
_DEEPSPEED = ("zero_optimization", "train_micro_batch_size_per_gpu", "train_batch_size")
_ACCELERATOR = "h100-80gb-sxm"


class Run(NamedTuple):
    """A run's tables as a scenario file has them, and what to say beside them."""

    tables: dict[str, Any]
    said: tuple[str, ...]

    def to_toml(self) -> Printable:
        """The scenario file of the run."""
        return to_toml(self.tables)


class _Read(NamedTuple):
    framework: str
    fields: dict[str, Any]
    model: dict[str, Any]
    stated: Stated


def is_run(word: str) -> bool:
    """Whether a word names a run's file: by its ending, or JSON with DeepSpeed's keys."""
    path = typed_path(word)
    if path.suffix in _ENDINGS:
        return True
    if path.suffix != ".json":
        return False
    try:
        tables = json.loads(read_bytes(path, WANTED, _LARGEST))
    except (ScenarioError, ValueError, RecursionError):
        return False
    return isinstance(tables, dict) and any(key in tables for key in _DEEPSPEED)


def imported_run(word: str, model: str = "") -> Run:
    """The run that a file says, of a model's file if one is named. Raises ScenarioError."""
    path = typed_path(word)
    try:
        read = _read(path, read_bytes(path, WANTED, _LARGEST))
    except ScenarioError as error:
        raise error.in_file(str(path)) from None
    said: list[str] = []
    tables: dict[str, Any] = {"schema": 1, "title": f"Run of {path.name}"}
    sources: dict[str, list[str]] = {}
    if model:
        found = imported_model(model)
        tables["architecture"] = table_values(found.scenario.architecture)
        sources[f"config of {found.scenario.title}"] = ["architecture"]
        said += found.said
    elif read.model:
        tables["architecture"] = plain_values(read.model)
        sources[f"{read.framework}, {path.name}"] = [*read.model]
    elif named := read.stated.word("flavor"):
        words = in_escapes(f"{read.stated.word('name')} {named}".strip())[:60]
        said.append(f"The model is {words} by name alone: --model CONFIG_JSON says its sizes.")
    else:
        said.append("No model is said: --model CONFIG_JSON names one.")
    tables |= _by_table(read.fields)
    # The layout is known, so nothing about its speed needs to be assumed.
    tables.setdefault("pretraining", {})["utilization"] = "predicted"
    sources.setdefault(f"{read.framework}, {path.name}", []).extend(read.fields)
    tables.setdefault("hardware", {})["preset"] = _ACCELERATOR
    said.append(f"No accelerator is said: {_ACCELERATOR} stands there until another does.")
    if stack := read.stated.of_stack():
        said.append(f"Left to the stack, whose preset says what overlaps: {listed(stack)}.")
    if rest := read.stated.rest():
        said.append(f"Not understood: {listed(rest)}.")
    tables["sources"] = sources
    try:
        build(
            {
                key: dict(value) if isinstance(value, dict) else value
                for key, value in tables.items()
            }
        )
    except ScenarioError as error:
        raise error.in_file(str(path)) from None
    return Run(tables, tuple(said))


def _by_table(fields: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    tables: dict[str, dict[str, Any]] = {}
    for name, value in fields.items():
        tables.setdefault(FIELDS[name].table, {})[name] = value
    return {table: plain_values(values) for table, values in tables.items()}


def _read(path: Path, content: bytes) -> _Read:
    if path.suffix == ".toml":
        fields, stated = others.torchtitan(parse_toml(content))
        return _checked(_Read("TOML of torchtitan", fields, {}, stated))
    text = content.decode("utf-8", "replace")
    if path.suffix in (".yaml", ".yml"):
        return _checked(_of_tables(parse_yaml(text)))
    if path.suffix == ".json":
        try:
            tables = json.loads(text)
        except (ValueError, RecursionError):
            raise ScenarioError("", "no JSON", WANTED) from None
        fields, stated = others.deepspeed(tables if isinstance(tables, dict) else {})
        return _checked(_Read("JSON of DeepSpeed", fields, {}, stated))
    if megatron_text.is_dump(text):
        return _of_megatron("Log of Megatron-LM", megatron_text.dumped(text))
    if megatron_text.is_script(text):
        return _of_megatron("Launch script of Megatron-LM", megatron_text.scripted(text))
    raise ScenarioError("", "no settings of a run", WANTED)


def _of_tables(tables: Mapping[str, object]) -> _Read:
    if "fsdp_config" in tables or "distributed_type" in tables or "deepspeed_config" in tables:
        fields, stated = others.accelerate(tables)
        return _Read("YAML of accelerate", fields, {}, stated)
    values = flattened(tables)
    values |= dict.fromkeys(differing(tables, megatron.NUMBERS.values()), True)
    model = tables.get("model")
    optimizer = model.get("optim") if isinstance(model, Mapping) else None
    if isinstance(optimizer, Mapping) and isinstance(optimizer.get("name"), str):
        values["optimizer"] = optimizer["name"]
    return _of_megatron("YAML of Megatron-Bridge or NeMo", values)


def _of_megatron(framework: str, values: Mapping[str, object]) -> _Read:
    # Other frameworks share a few names, and their defaults are not Megatron-Core's.
    if not megatron.is_megatron(values):
        raise ScenarioError("", "no layout or sizes by the names of Megatron-Core", WANTED)
    stated = Stated(values)
    return _checked(
        _Read(framework, megatron.run_fields(stated), megatron.model_fields(stated), stated)
    )


def _checked(read: _Read) -> _Read:
    if not read.stated.understood():
        raise ScenarioError("", "no setting that is known", WANTED)
    return read
