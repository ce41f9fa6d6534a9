"""`dsexplore measure`: a hardware preset from the user's own accelerator."""

from __future__ import annotations

import math
from argparse import Namespace
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from dsexplore.cli.errors import UsageError, say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.candidates import files
from dsexplore.cli.output.progress import progress
from dsexplore.cli.output.stdout import write_out
from dsexplore.files.locations import typed_path
from dsexplore.files.toml import to_toml
from dsexplore.files.writing import check_new, write_atomically
from dsexplore.library.names import is_there, own_preset_path
from dsexplore.library.own import check_preset_name, write_preset
from dsexplore.measure.device import AUTO, CPU, CUDA, KINDS, Device, machine_of, open_device
from dsexplore.measure.known import sheet_of
from dsexplore.measure.measurement import Measurement, Session
from dsexplore.measure.preset import preset_tables
from dsexplore.measure.ranks import measure_collectives
from dsexplore.measure.run import measure
from dsexplore.measure.words import rate_words, sizes_words, spread_words, time_words
from dsexplore.text.columns import aligned
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines
from dsexplore.text.quantities import UnitError, parse_quantity
from dsexplore.text.refusal import ScenarioError, shown

_TOML, _TABLE, _JSON = _FORMATS = ("toml", "table", "json")
_SHORTEST, _LONGEST, _USUAL = 5.0, 3600.0, "120"
_MOST_RANKS = 64
# Of the time, where there are several devices.
_FOR_COLLECTIVES = 0.25
_HARDWARE = "hardware"
_USAGE = f"""dsexplore measure [-o FILE | --save NAME] [--force] [--seconds SECONDS]
       [--device {"|".join(KINDS)}] [--ranks N] [--format {"|".join(_FORMATS)}]"""
_EPILOG = """\
Times matrix products by shape and precision, grouped products, attention, memory-bound kernels,
launches, kernels of decoding and, between several devices, collectives by size. The preset says of
each number what it rests on; efficiencies are shares of the data sheet's peaks where a preset
describes the device, else of the largest rate measured. It needs torch:
pip install 'dsexplore[measure]'.

examples:
  dsexplore measure --save ours                 two minutes; then --set hardware=ours
  dsexplore measure -o ours.toml --seconds 30   a file, opened like any scenario
  dsexplore measure --format json               every measurement, for a program
  dsexplore measure --device cpu --ranks 2      a rehearsal without an accelerator
"""


def run(words: list[str]) -> int:
    """Measure, and print or write what was found; returns the exit status."""
    arguments = grammar().parse_args(words)
    kind = one_of("--device", arguments.device, KINDS)
    seconds = _seconds(arguments.seconds)
    ranks = None if arguments.ranks is None else _ranks(arguments.ranks)
    target = _target(arguments)
    usual = _TOML if target is None else _TABLE
    shape = one_of("--format", arguments.format or usual, _FORMATS)
    device = open_device(kind)
    if kind == AUTO and device.kind == CPU:
        say("found no accelerator that torch can use; measuring this CPU")
    session = _session(device, seconds, ranks)
    try:
        tables = preset_tables(session, sheet_of(session.machine.name))
    except ScenarioError:
        # What took minutes to measure is not lost.
        write_out(_json(session) if shape == _JSON else _table(session))
        raise
    if target is not None:
        _write(target, tables, arguments)
    if shape == _TOML:
        write_out(to_toml(tables))
    else:
        write_out(_json(session) if shape == _JSON else _table(session))
    return 0


def grammar() -> Parser:
    parser = Parser(
        "measure",
        usage=_USAGE,
        summary="Time the kernels of your own accelerator, and make a hardware preset of it.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "-o", "--output", metavar="FILE", words=files, help="write the preset to a new file"
    )
    parser.add_argument("--save", metavar="NAME", help="save it as a hardware preset of your own")
    parser.add_argument("--force", action="store_true", help="replace what has that name")
    parser.add_argument(
        "--seconds",
        metavar="SECONDS",
        default=_USUAL,
        help=f"time for measuring, default {_USUAL} s; more time measures larger sizes",
    )
    parser.add_argument(
        "--device",
        metavar="DEVICE",
        words=KINDS,
        default=AUTO,
        help=f"{', '.join(KINDS)}; default {AUTO}",
    )
    parser.add_argument(
        "--ranks",
        metavar="N",
        help="processes between which collectives are timed; default: one for each device",
    )
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        words=_FORMATS,
        help=f"of what is printed: {', '.join(_FORMATS)}; the first is the preset, the others "
        f"list every measurement; default {_TOML}, or {_TABLE} where the preset is written",
    )
    return parser


def _seconds(text: str) -> float:
    try:
        seconds = float(parse_quantity(text, "second"))
    except UnitError:
        seconds = math.nan
    if not _SHORTEST <= seconds <= _LONGEST:
        raise ScenarioError("--seconds", shown(text), f"{_SHORTEST:g} to {_LONGEST:g} s")
    return seconds


def _ranks(text: str) -> int:
    count = int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else 0
    if not 1 <= count <= _MOST_RANKS:
        raise ScenarioError("--ranks", shown(text), f"a whole number from 1 to {_MOST_RANKS}")
    return count


def _target(arguments: Namespace) -> Path | None:
    """Where the preset goes. What is in its way is refused now, not in two minutes."""
    if arguments.save is not None and arguments.output is not None:
        raise UsageError("measure: found --save and --output; allowed: one of them, or neither")
    if arguments.save is not None:
        check_preset_name(arguments.save)
        path, other = own_preset_path(_HARDWARE, arguments.save), "the preset's name"
    elif arguments.output is not None:
        path, other = typed_path(arguments.output), ""
        if not path.parent.is_dir():
            raise ScenarioError("", "no such folder", "a folder that is there", str(path))
        check_new(path, force=arguments.force)
    else:
        return None
    if is_there(path) and not arguments.force:
        raise ScenarioError(other, "a file of that name", "a new name, or --force", str(path))
    return path


def _write(path: Path, tables: dict[str, Any], arguments: Namespace) -> None:
    """Write the preset; where that fails, print it: it took minutes to find."""
    try:
        if arguments.save is not None:
            write_preset(path, tables, overwrite=arguments.force)
        else:
            write_atomically(path, to_toml(tables), overwrite=arguments.force)
    except ScenarioError:
        write_out(to_toml(tables))
        raise
    say(f"wrote {path}")


def _session(device: Device, seconds: float, ranks: int | None) -> Session:
    machine = machine_of(device)
    ranks = machine.devices if ranks is None else ranks
    if device.kind == CUDA and ranks > machine.devices:
        raise ScenarioError("--ranks", str(ranks), f"1 to {machine.devices}, the devices there are")
    command = f"dsexplore measure --seconds {seconds:g} --device {device.kind} --ranks {ranks}"
    date = datetime.now(UTC).strftime("%Y-%m-%d %H:%M UTC")
    share = _FOR_COLLECTIVES if ranks > 1 else 0.0
    with progress() as report:
        found = measure(
            device, seconds * (1 - share), lambda words, done: report(words, done * (1 - share))
        )
        if share:
            between = measure_collectives(
                device,
                ranks,
                seconds * share,
                lambda done: report("collectives", 1 - share + done * share),
            )
            found.measurements += between.measurements
            found.left_out += between.left_out
    return Session(
        machine,
        tuple(found.measurements),
        command,
        date,
        ranks,
        tuple(found.state),
        tuple(found.left_out),
    )


# What was measured


def _table(session: Session) -> Printable:
    rows = [
        [
            sizes_words(found),
            time_words(found),
            rate_words(found.rate, found.unit),
            spread_words(found),
            str(found.timing.repetitions),
        ]
        for found in session.measurements
    ]
    head = ["kernel", "time per call", "rate", "fastest to slowest", "repetitions"]
    return in_lines(
        [
            f"{session.machine.name}: {session.machine.software}, {session.date}",
            "",
            *aligned([head, *rows], (1, 2, 3, 4)),
            "",
            *(f"not measured: {words}" for words in session.left_out),
            *(f"state: {words}" for words in session.state),
        ]
    )


def _json(session: Session) -> Printable:
    return to_json(
        {
            "command": session.command,
            "date": session.date,
            "machine": asdict(session.machine),
            "ranks": session.ranks,
            "state": session.state,
            "left_out": session.left_out,
            "measurements": [_as_json(found) for found in session.measurements],
        }
    )


def _as_json(found: Measurement) -> dict[str, object]:
    return {
        "kernel": str(found.kernel),
        "precision": str(found.precision),
        "recipe": str(found.recipe),
        "sizes": dict(found.sizes),
        "work": found.work,
        "unit": found.unit,
        "seconds": found.timing.seconds,
        "fastest": found.timing.fastest,
        "slowest": found.timing.slowest,
        "repetitions": found.timing.repetitions,
    }
