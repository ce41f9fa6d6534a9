"""`dsexplore presets`: what ships, by kind."""

from __future__ import annotations

from collections.abc import Sequence

from dsexplore.cli.arguments import Parser, one_of
from dsexplore.cli.output import write_out
from dsexplore.scenario.presets import KINDS, preset_names, presets_folder
from dsexplore.scenario.text import plain
from dsexplore.scenario.toml_file import read_toml

_FORMATS = ("table", "json")
_USAGE = f"dsexplore presets [KIND] [--format {'|'.join(_FORMATS)}]"
_EXAMPLES = """\
examples:
  dsexplore presets architectures
  dsexplore presets --format json
"""

# Kind, name and title.
_Listed = tuple[str, str, str]


def run(words: list[str]) -> int:
    """List the presets of a kind, or of all; returns the exit status."""
    arguments = _parser().parse_args(words)
    one_of("--format", arguments.format, _FORMATS)
    held = [kind for kind in KINDS if preset_names(kind)]
    kinds = held if arguments.kind is None else [one_of("KIND", arguments.kind, held)]
    listed = [(kind, name, _title(kind, name)) for kind in kinds for name in preset_names(kind)]
    write_out(_json(listed) if arguments.format == "json" else _table(listed))
    return 0


def _parser() -> Parser:
    parser = Parser(
        "presets",
        usage=_USAGE,
        summary="List the presets that ship: kind, name and title.",
        epilog=_EXAMPLES,
    )
    parser.add_argument(
        "kind", metavar="KIND", nargs="?", help=f"one of {', '.join(KINDS)}; left out, all"
    )
    parser.add_argument(
        "--format", metavar="FORMAT", default=_FORMATS[0], help=f"{' or '.join(_FORMATS)}"
    )
    return parser


def _title(kind: str, name: str) -> str:
    """The first line of a preset's title; the rest of the file goes unchecked, for speed."""
    title = read_toml(presets_folder() / kind / f"{name}.toml").get("title", "")
    return str(plain(title)).strip().partition("\n")[0]


def _table(listed: Sequence[_Listed]) -> str:
    widths = [max((len(row[column]) for row in listed), default=0) for column in (0, 1)]
    lines = (
        f"{kind:{widths[0]}}  {name:{widths[1]}}  {title}".rstrip() for kind, name, title in listed
    )
    return "".join(f"{line}\n" for line in lines)


def _json(listed: Sequence[_Listed]) -> str:
    import json  # noqa: PLC0415 - the table needs none of it

    rows = [{"kind": kind, "name": name, "title": title} for kind, name, title in listed]
    return json.dumps(rows, indent=2) + "\n"
