"""`dsexplore presets`: presets by kind, shipped ones and the user's own."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Sequence
from dataclasses import dataclass

from dsexplore.cli.errors import UsageError, say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.candidates import scenarios
from dsexplore.cli.output.stdout import write_out
from dsexplore.files.locations import NOWHERE, user_presets_folder
from dsexplore.library.described import title_and_description
from dsexplore.library.names import KINDS, Preset, preset_names, presets
from dsexplore.scenario.scenario import PANELS
from dsexplore.text.json_text import to_json
from dsexplore.text.plain import Printable, in_lines
from dsexplore.text.refusal import ScenarioError, shown, shown_path

_FORMATS = ("table", "json")
_USAGE = f"""dsexplore presets [KIND [WORD ...]] [--format {"|".join(_FORMATS)}]
       dsexplore presets --where
       dsexplore presets --save NAME --from SCENARIO [--panel TABLE] [--force]"""
_EXAMPLES = """\
examples:
  dsexplore presets architectures               with parameters, active, experts, context
  dsexplore presets hardware nvidia h100        those with every word in name or title
  dsexplore presets --save our-h100 --from our-run.toml --panel hardware
"""


@dataclass(frozen=True, slots=True)
class _Row:
    preset: Preset
    title: str
    problem: str = ""


def run(words: list[str]) -> int:
    """List presets, show where the user's own are kept, or save one; returns the exit status."""
    arguments = grammar().parse_args(words)
    one_of("--format", arguments.format, _FORMATS)
    if arguments.where:
        folder = user_presets_folder()
        if NOWHERE in folder.parents:
            raise ScenarioError("", "a user without a home folder", "HOME or XDG_DATA_HOME")
        write_out(in_lines([shown_path(str(folder))]))
    elif arguments.save is not None:
        _save(arguments)
    else:
        _list(arguments)
    return 0


def grammar() -> Parser:
    parser = Parser(
        "presets",
        usage=_USAGE,
        summary="List the presets by kind, with name, title and the figures to choose by; "
        "the user's own are marked.",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "kind",
        metavar="KIND",
        nargs="?",
        words=KINDS,
        help=f"one of {', '.join(KINDS)}; default: all",
    )
    parser.add_argument(
        "words", metavar="WORD", nargs="*", help="show only presets with this word in name or title"
    )
    parser.add_argument(
        "--format",
        metavar="FORMAT",
        words=_FORMATS,
        default=_FORMATS[0],
        help=f"{' or '.join(_FORMATS)}",
    )
    parser.add_argument(
        "--where", action="store_true", help="print the folder of the user's own presets"
    )
    parser.add_argument("--save", metavar="NAME", help="save a preset of the user's own")
    parser.add_argument(
        "--from", metavar="SCENARIO", words=scenarios, dest="source", help="the scenario to save"
    )
    parser.add_argument(
        "--panel", metavar="TABLE", words=tuple(PANELS), help="save only this table of the scenario"
    )
    parser.add_argument("--force", action="store_true", help="replace a preset of the same name")
    return parser


def _save(arguments: Namespace) -> None:
    from dsexplore.library.open import load  # noqa: PLC0415 - nor this
    from dsexplore.library.own import save_preset  # noqa: PLC0415 - a list needs none of it

    if arguments.source is None:
        raise UsageError(
            "presets: found --save without --from; allowed: "
            "--save NAME --from SCENARIO [--panel TABLE] [--force]"
        )
    table = one_of("--panel", arguments.panel, list(PANELS)) if arguments.panel else None
    scenario = load(arguments.source)
    say(f"saved {save_preset(scenario, arguments.save, table, overwrite=arguments.force)}")


def _list(arguments: Namespace) -> None:
    held = [kind for kind in KINDS if preset_names(kind)]
    kinds = held if arguments.kind is None else [one_of("KIND", arguments.kind, held)]
    words = [word.lower() for word in arguments.words]
    rows = [
        row
        for kind in kinds
        for row in map(_row, presets(kind))
        if all(word in f"{row.preset.name} {row.title}".lower() for word in words)
    ]
    if not rows:
        found = " ".join(arguments.words)
        raise ScenarioError("", f"no preset with {shown(found)} in name or title", "other words")
    detailed = arguments.kind is not None
    write_out(_json(rows, detailed) if arguments.format == "json" else _table(rows, detailed))


def _row(preset: Preset) -> _Row:
    """A preset with the first line of its title; a faulty file shows its problem instead."""
    try:
        title, _ = title_and_description(preset)
    except ScenarioError as error:
        return _Row(preset, "", str(error))
    return _Row(preset, title.strip().partition("\n")[0])


def _figures(row: _Row) -> list[tuple[str, float | str, str]]:
    from dsexplore.analysis.summaries.catalogue import figures  # noqa: PLC0415 - names alone need no engine

    try:
        return [(figure.name, figure.value, figure.text) for figure in figures(row.preset)]
    except ScenarioError:
        return []


def _table(rows: Sequence[_Row], detailed: bool) -> Printable:
    cells = [
        [
            row.preset.kind,
            row.preset.name + (" (own)" if row.preset.is_own else ""),
            *([text for _, _, text in _figures(row)] if detailed else []),
            row.problem or row.title,
        ]
        for row in rows
    ]
    columns = max((len(cell) for cell in cells), default=0)
    widths = [
        max(len(cell[column]) for cell in cells if column < len(cell) - 1 or column == 0)
        for column in range(columns - 1)
    ]
    lines = (
        "  ".join(
            [*(f"{text:{width}}" for text, width in zip(cell[:-1], widths, strict=False)), cell[-1]]
        )
        for cell in cells
    )
    return in_lines(line.rstrip() for line in lines)


def _json(rows: Sequence[_Row], detailed: bool) -> Printable:
    listed = [
        {
            "kind": row.preset.kind,
            "name": row.preset.name,
            "title": row.title,
            "own": row.preset.is_own,
        }
        | ({"figures": {name: value for name, value, _ in _figures(row)}} if detailed else {})
        for row in rows
    ]
    return to_json(listed)
