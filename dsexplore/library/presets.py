"""Presets: named files, and how panels start from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from dsexplore.files.locations import typed_path
from dsexplore.files.toml import read_toml
from dsexplore.library.arithmetic import with_fields_read
from dsexplore.library.bundles import BUNDLES, chosen, with_bundles
from dsexplore.library.described import title_and_description
from dsexplore.library.names import (
    is_shipped,
    kinds_of,
    preset_names,
    preset_path,
    presets,
)
from dsexplore.library.renamed import renamed, renamed_values
from dsexplore.library.shape import ABOUT, check_shape, sources_by_field, unverified_names
from dsexplore.library.stacks import NEUTRAL, STACK
from dsexplore.scenario.field import Value
from dsexplore.scenario.measured_run import HOURS, MEASURED_RUN, SIZES, SIZES_BY_HOURS, restates
from dsexplore.scenario.scenario import FIELDS, PANELS, Scenario, known_field
from dsexplore.scenario.schedules import with_schedule_of_pieces
from dsexplore.text.refusal import ScenarioError, nearest, shown

# A scenario needs at least a model and an accelerator, so these two tables are never empty.
_DEFAULT_PRESETS = {"architecture": "deepseek-v3", "hardware": "h100-80gb-sxm"}

_DEEPEST = 8
_ENDING = ".toml"
_SCHEDULE = "pipeline_schedule"
_LAYOUT = FIELDS[_SCHEDULE].table
_RL = FIELDS[SIZES[0]].table


def build(raw: dict[str, Any]) -> Scenario:
    """The scenario of a file's tables. Raises ScenarioError."""
    filled = _filled(raw, ())
    for table, default in _DEFAULT_PRESETS.items():
        if table not in filled:
            filled = _merged(_from_preset(table, default, ()), filled)
    if STACK not in filled.get(_LAYOUT, {}):
        neutral = {"schema": raw["schema"], _LAYOUT: {STACK: NEUTRAL}}
        filled = _merged(_filled(neutral, ()), filled)
    scenario = Scenario.read({**filled, "unverified": list(filled["unverified"])})
    return scenario if MEASURED_RUN in raw else scenario.with_run(_run_of_file(raw))


def _run_of_file(raw: dict[str, Any]) -> dict[str, Value]:
    """The run of the preset from which a file takes measured hours that it does not state."""
    sizes = _sizes_of_preset(raw.get(_RL, {}))
    for table in PANELS:
        stated = raw.get(table, {})
        if stated.get("preset") and stated.keys().isdisjoint(HOURS):
            run = _run_of_preset(table, stated["preset"])
            if run is not None:
                return run | sizes
    return sizes


def _sizes_of_preset(stated: dict[str, Any]) -> dict[str, Value]:
    """The sizes of RL and fine-tuning of the preset from which a table takes their hours."""
    path = preset_path(stated.get("preset", ""), kinds_of(_RL))
    taken = [
        name for hours, sizes in SIZES_BY_HOURS if stated.keys().isdisjoint(hours) for name in sizes
    ]
    if path is None or not taken:
        return {}
    return build(read_toml(path)).sizes_of_run(taken)


def _run_of_preset(table: str, name: str) -> dict[str, Value] | None:
    """The run whose hours a preset's table states; None if it has no hours, or no run of its own.

    A panel saved alone has its run beside it; a whole scenario has it in its other panels.
    """
    path = preset_path(name, kinds_of(table))
    if path is None or PANELS[table].specs.keys().isdisjoint(HOURS):
        return None
    raw = read_toml(path)
    is_alone = MEASURED_RUN not in raw and not _DEFAULT_PRESETS.keys() <= raw.keys()
    if is_alone:
        return None
    run = build(raw).run_values()
    return {name: value for name, value in run.items() if name not in SIZES}


def with_panel(scenario: Scenario, table: str, name: str) -> Scenario:
    """A scenario with one panel taken from a preset, or a file's path. Raises ScenarioError.

    Fields of the site not stated by the preset are kept: another accelerator, the same cluster.
    Hours it brings along are hours of its own run.
    """
    raw = _from_preset(table, name, (), _typed_file(table, name))
    specs = PANELS[table].specs
    staying = {key for key, spec in specs.items() if spec.stays and key not in raw[table]}
    replaced = specs.keys() - staying
    document = scenario.as_raw()
    del document[MEASURED_RUN]
    document[table] = {**{key: document[table][key] for key in staying}, **raw[table]}
    for about in ("sources", "notes"):
        kept = {key: said for key, said in document[about].items() if key not in replaced}
        document[about] = {**kept, **raw[about]}
    kept_names = [name for name in scenario.unverified if name not in replaced]
    document["unverified"] = [*kept_names, *raw["unverified"]]
    changed = Scenario.read(document).with_words_of(scenario, replaced)
    sizes = scenario.sizes_of_run() | changed.sizes_if(specs)
    run = _run_of_preset(table, name)
    if run is None:
        is_new = restates(raw[table], changed.value, scenario.measured_run)
        run = {} if is_new else scenario.run_values()
    return changed.with_run(run | sizes)


def _picked(changes: Mapping[str, object]) -> dict[str, str]:
    """The presets named in fields that stand for their whole panel, by field."""
    return {
        name: value.strip()
        for name, value in changes.items()
        if name in FIELDS and isinstance(value, str) and is_whole_panel(name)
        if preset_path(value.strip(), (FIELDS[name].picks,))
    }


def is_whole_panel(name: str) -> bool:
    """Whether a field's presets are those of its panel: an accelerator is its hardware."""
    spec = FIELDS[name]
    return bool(spec.picks) and name not in BUNDLES


def mere_fields(changes: Mapping[str, object]) -> list[str]:
    """The fields that changes set, without panels and names that bring a preset's figures along."""
    return [
        name
        for name, value in renamed_values(changes).items()
        if name in FIELDS
        and not (FIELDS[name].picks and preset_path(str(value).strip(), (FIELDS[name].picks,)))
    ]


def fitting_presets(kind: str, words: str) -> list[str]:
    """The presets of a kind with all the words in their names or titles. Raises ScenarioError."""
    wanted = words.lower().replace("-", " ").split()
    return [
        preset.name
        for preset in (presets(kind) if wanted else ())
        if all(
            word in f"{preset.name} {title_and_description(preset)[0]}".lower() for word in wanted
        )
    ]


def check_names(changes: Mapping[str, object]) -> None:
    """Refuse a mere name where a preset seems to be meant: figures would stay another's.

    With figures of its own stated as well, it is the name of something new. Raises ScenarioError.
    """
    for name, value in changes.items():
        spec = FIELDS.get(name)
        if spec is None or not spec.picks or not isinstance(value, str) or name in _picked(changes):
            continue
        is_new = any(FIELDS[other].comes_with == name for other in changes if other in FIELDS)
        if is_new or preset_path(value.strip(), (spec.picks,)):
            continue
        if fitting := fitting_presets(spec.picks, value):
            found = f"{shown(value)}, a name without figures"
            allowed = f"{', '.join(fitting)}; or any other name, with figures of its own"
            raise ScenarioError(name, found, allowed)


def with_changes(scenario: Scenario, changes: Mapping[str, object]) -> Scenario:
    """A scenario with panels taken from presets by table, and fields set by name.

    Panels come first, then all fields at once, so two fields bounding each other may come in either
    order. An accelerator named as its preset is brings its panel along, another software stack its
    factors, another grid its figures. MFU assumed in place of measured hours begins with theirs.
    A number may be worked out from other fields: num_gpus/8. Raises ScenarioError.
    """
    before = scenario
    changes = with_fields_read(renamed_values(changes), scenario.value)
    picked = _picked(changes)
    panels = {name: str(value) for name, value in changes.items() if name in PANELS}
    panels |= {FIELDS[name].table: preset for name, preset in picked.items()}
    for table, preset in panels.items():
        scenario = with_panel(scenario, table, preset)
    fields = {k: v for k, v in changes.items() if k not in PANELS and k not in picked}
    for name in BUNDLES:
        if name in fields:
            fields = {**chosen(name, known_field(name).read(fields[name])), **fields}
    fields = with_schedule_of_pieces(fields, scenario.value(_SCHEDULE), _whole)
    if fields:
        scenario = scenario.with_values(fields)
    return _holding_mfu(before, scenario, changes)


def _holding_mfu(before: Scenario, after: Scenario, changes: Mapping[str, object]) -> Scenario:
    """The scenario with the measured run's MFU, where one is assumed from now on but not stated."""
    was, now = before.pretraining.utilization, after.pretraining.utilization
    is_stated = not {"assumed_mfu", "pretraining"}.isdisjoint(changes)
    if is_stated or (was, now) != ("measured", "assumed"):
        return after
    from dsexplore.engine import evaluate  # noqa: PLC0415 - few changes need a result

    mfu = evaluate(after.inputs(), ["measured_run_mfu"])["measured_run_mfu"]
    if not 0 < mfu <= 1:
        return after
    # Measured hours are all that were paid for, restarts included.
    goodput = changes.get("goodput", 1.0)
    return after.with_values({"assumed_mfu": mfu, "goodput": goodput})


def as_preset(scenario: Scenario, name: str) -> Scenario | None:
    """A scenario with the panel of a field as in its preset again.

    None if the panel has no preset, or the preset does not state the field.
    """
    table = FIELDS[name].table
    origin = scenario.panel(table).preset
    if not origin or not preset_path(origin, kinds_of(table)):
        return None
    stated = _from_preset(table, origin, ())[table]
    return with_panel(scenario, table, origin) if name in stated else None


def _filled(
    raw: dict[str, Any], chain: tuple[Path, ...], tables: Iterable[str] = tuple(PANELS)
) -> dict[str, Any]:
    """A file's tables, each over its preset's, with sources spread to single fields.

    Only the tables asked for are filled: presets name presets in every table.
    """
    check_shape(raw)
    raw = with_bundles(renamed(raw))
    own = {key: value for key, value in raw.items() if key != "quantities"}
    own["sources"] = sources_by_field(raw)
    own["unverified"] = unverified_names(raw)
    base: dict[str, Any] = {}
    for table in tables:
        name = raw.get(table, {}).get("preset", "")
        # A saved file writes every value: then the preset's name is only its origin.
        if name and not PANELS[table].specs.keys() <= raw[table].keys():
            base = _merged(base, _from_preset(table, name, chain))
    if _LAYOUT in own:
        present = base.get(_LAYOUT, {}).get(_SCHEDULE, PANELS[_LAYOUT].specs[_SCHEDULE].default)
        own[_LAYOUT] = with_schedule_of_pieces(own[_LAYOUT], present, _whole)
    return _merged(base, own)


def _whole(raw: object) -> object:
    """A stated number of pieces; None for what will be refused as one."""
    try:
        return known_field("virtual_stages").read(raw)
    except ScenarioError:
        return None


def _typed_file(table: str, name: str) -> Path | None:
    """The file whose path was typed in place of a preset's name; None where it looks like none."""
    is_file = name.endswith(_ENDING) and not preset_path(name, kinds_of(table))
    return typed_path(name) if is_file else None


def _from_preset(
    table: str, name: object, chain: tuple[Path, ...], file: Path | None = None
) -> dict[str, Any]:
    """One table of a preset, filled, with the sources and notes of its fields.

    `chain` holds the presets that led here; `file` is one that was named by its path.
    """
    kinds = kinds_of(table)
    path = file or (preset_path(name, kinds) if isinstance(name, str) else None)
    if path is None:
        known = sorted({known for kind in kinds for known in preset_names(kind)})
        raise ScenarioError(f"{table}.preset", shown(name), nearest(str(name), known))
    if path in chain or len(chain) > _DEEPEST:
        raise ScenarioError(f"{table}.preset", shown(name), "presets that do not name each other")
    try:
        filled = _filled(read_toml(path), (*chain, path), (table,))
        if not is_shipped(path):
            # Whoever names it would be blamed for what the preset states.
            PANELS[table].read(filled.get(table, {}))
    except ScenarioError as error:
        raise error.in_file(path.stem if is_shipped(path) else str(path)) from None
    if table not in filled:
        raise ScenarioError(f"{table}.preset", shown(name), f"a preset with a table [{table}]")
    fields = PANELS[table].specs
    part: dict[str, Any] = {table: {**filled[table], "preset": "" if file else name}}
    for about in ABOUT:
        part[about] = {k: v for k, v in filled.get(about, {}).items() if k in fields}
    return part


def _merged(base: dict[str, Any], over: dict[str, Any]) -> dict[str, Any]:
    """Tables of `over` on top of `base`; an overridden field loses its source and note."""
    stated = {key for table in PANELS for key in over.get(table, {})}
    merged = {**base, **over}
    for table in PANELS:
        if table in base or table in over:
            merged[table] = {**base.get(table, {}), **over.get(table, {})}
    for about in ABOUT:
        kept = {k: v for k, v in base.get(about, {}).items() if k not in stated}
        merged[about] = {**kept, **over.get(about, {})}
    return merged
