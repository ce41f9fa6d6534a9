"""`dsexplore export`: a scenario's layout in the words of a training framework."""

from __future__ import annotations

from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.input.candidates import scenarios
from dsexplore.cli.input.settings import add_settings, with_settings
from dsexplore.cli.output.stdout import write_out
from dsexplore.library.open import load
from dsexplore.library.run_files.flags import megatron_flags
from dsexplore.text.plain import in_lines

_FRAMEWORKS = {"megatron": megatron_flags}

_USAGE = f"dsexplore export SCENARIO --as {'|'.join(_FRAMEWORKS)} [--set NAME=VALUE]..."

_EPILOG = """\
examples:
  The flags of Megatron-LM for a layout that `dsexplore search` found and saved:
    dsexplore export found.toml --as megatron

  In a launch script:
    torchrun pretrain_gpt.py $(dsexplore export found.toml --as megatron) ...
"""


def run(words: list[str]) -> int:
    """Print the flags of the named scenario's layout; returns the exit status."""
    arguments = grammar().parse_args(words)
    one_of("--as", arguments.framework, [*_FRAMEWORKS])
    scenario = with_settings(load(arguments.scenario), arguments.settings)
    write_out(in_lines(_FRAMEWORKS[arguments.framework](scenario)))
    return 0


def grammar() -> Parser:
    parser = Parser(
        "export",
        usage=_USAGE,
        summary="Print a scenario's layout as flags of a training framework.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "scenario", metavar="SCENARIO", words=scenarios, help="a preset's name or a scenario file"
    )
    parser.add_argument(
        "--as",
        dest="framework",
        required=True,
        metavar="FRAMEWORK",
        words=tuple(_FRAMEWORKS),
        help=f"{', '.join(_FRAMEWORKS)}",
    )
    add_settings(parser)
    return parser
