"""`-o FILE`: a new file whose ending chooses the format, unless `--format` does."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Mapping, Sequence
from pathlib import Path

from dsexplore.cli.errors import say
from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.candidates import files
from dsexplore.cli.output.stdout import write_out
from dsexplore.files.writing import check_new, write_atomically
from dsexplore.text.plain import Printable
from dsexplore.text.refusal import ScenarioError, shown


def add_output(parser: Parser, formats: Sequence[str]) -> None:
    """Add `--format`, `-o` and `--force` to a parser."""
    parser.add_argument("--format", metavar="FORMAT", words=formats, help=", ".join(formats))
    parser.add_argument("-o", "--output", metavar="FILE", words=files, help="write to a new file")
    parser.add_argument("--force", action="store_true", help="replace FILE if it exists")


def chosen_format(arguments: Namespace, formats: Sequence[str], endings: Mapping[str, str]) -> str:
    """The format asked for, else that of the file's ending, else the first one.

    Raises ScenarioError for a format or an ending that is none, and for a file that is there.
    """
    if arguments.format is not None:
        one_of("--format", arguments.format, formats)
    if arguments.output is None:
        return str(arguments.format or formats[0])
    check_new(Path(arguments.output), force=arguments.force)
    ending = Path(arguments.output).suffix
    if arguments.format is None and ending not in endings:
        found = f"the ending {shown(ending)}" if ending else "a file without an ending"
        raise ScenarioError("-o", found, f"{', '.join(endings)}; or --format")
    return str(arguments.format or endings[ending])


def put(arguments: Namespace, text: Printable) -> None:
    """Print text, or write it to the file that is named."""
    if arguments.output is None:
        write_out(text)
        return
    write_atomically(Path(arguments.output), text, overwrite=arguments.force)
    say(f"wrote {arguments.output}")
