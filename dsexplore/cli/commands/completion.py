"""`dsexplore completion`: lines for a shell that complete commands, options and names."""

from __future__ import annotations

from dsexplore.cli.input.arguments import Parser, one_of
from dsexplore.cli.output.stdout import write_out
from dsexplore.text.plain import in_lines
from dsexplore.text.refusal import ScenarioError

_SHELLS = ("bash", "zsh", "fish")
_EPILOG = """\
TAB then completes commands, options, presets (your own too), fields, results and files.

  bash    dsexplore completion bash > ~/.local/share/bash-completion/completions/dsexplore
  zsh     dsexplore completion zsh > FOLDER/_dsexplore, a FOLDER of $fpath
  fish    dsexplore completion fish > ~/.config/fish/completions/dsexplore.fish

The file asks the program itself, so it stays right when the program is upgraded. It needs
argcomplete: pip install 'dsexplore[completion]'
"""


def run(words: list[str]) -> int:
    """Print a shell's lines; returns the exit status."""
    arguments = grammar().parse_args(words)
    shell = one_of("SHELL", arguments.shell, _SHELLS)
    try:
        from argcomplete.shell_integration import shellcode  # noqa: PLC0415 - an extra, for this command alone
    except ModuleNotFoundError:
        allowed = "it installed: pip install 'dsexplore[completion]'"
        raise ScenarioError("", "no argcomplete, which completion needs", allowed) from None
    write_out(in_lines(shellcode(["dsexplore"], shell=shell).splitlines()))
    return 0


def grammar() -> Parser:
    parser = Parser(
        "completion",
        usage=f"dsexplore completion {'|'.join(_SHELLS)}",
        summary="Print the lines with which a shell completes the words of dsexplore.",
        epilog=_EPILOG,
    )
    parser.add_argument(
        "shell", metavar="SHELL", words=_SHELLS, help=f"one of {', '.join(_SHELLS)}"
    )
    return parser
