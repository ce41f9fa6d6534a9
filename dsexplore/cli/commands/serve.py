"""`dsexplore serve`: the explorer in a browser, for those without a terminal at hand."""

from __future__ import annotations

import socket

from dsexplore.cli.errors import say
from dsexplore.cli.imports import imported
from dsexplore.cli.input.arguments import Parser
from dsexplore.cli.input.candidates import scenarios
from dsexplore.cli.output.stdout import write_out
from dsexplore.library.open import find
from dsexplore.text.plain import in_lines
from dsexplore.text.refusal import ScenarioError, shown

_LOOPBACK, _PORT, _LAST_PORT = "127.0.0.1", 8000, 65_535
_SHORTEST = 16
_USAGE = "dsexplore serve [SCENARIO] [--host HOST] [--port PORT] [--token TOKEN]"
_EPILOG = """\
Open the printed address in a browser; ^c here ends it. Each page is an explorer of its own, and
what is unsaved when a page is closed is offered by the next one. It reads and writes files as you
do, so the address holds a token that keeps others out: whoever has it, has your files.

From another machine, leave the host alone and take a tunnel, which encrypts:
  ssh -L 8000:127.0.0.1:8000 the-machine

It needs textual-serve: pip install 'dsexplore[web]'
"""


def run(words: list[str]) -> int:
    """Serve the explorer until it is interrupted; returns the exit status."""
    arguments = grammar().parse_args(words)
    if arguments.scenario is not None:
        find(arguments.scenario)
    port = _port(arguments.port)
    token = arguments.token
    if token is not None and len(token) < _SHORTEST:
        allowed = f"at least {_SHORTEST}; without --token one is made"
        raise ScenarioError("--token", f"{len(token)} characters", allowed)
    try:
        web = imported("dsexplore.tui.web.server")
    except ModuleNotFoundError as error:
        allowed = "it installed: pip install 'dsexplore[web]'"
        raise ScenarioError("", f"no {error.name}, which serving needs", allowed) from None
    _check_free(arguments.host, port)
    server = web.ExplorerServer(arguments.scenario, arguments.host, port, token or web.new_token())
    if not web.is_loopback(arguments.host):
        say(
            f"warning: {arguments.host} can be reached from other machines, unencrypted; whoever "
            "reads the address on its way can read and write your files. A tunnel is safer: "
            f"ssh -L {port}:{_LOOPBACK}:{port} this-machine"
        )
    write_out(in_lines([server.address]))
    server.serve()
    return 0


def grammar() -> Parser:
    parser = Parser(
        "serve", usage=_USAGE, summary="Show the explorer in a browser.", epilog=_EPILOG
    )
    parser.add_argument(
        "scenario",
        metavar="SCENARIO",
        nargs="?",
        words=scenarios,
        help="a preset's name, a scenario file or a model's config.json",
    )
    parser.add_argument(
        "--host", metavar="HOST", default=_LOOPBACK, help=f"the address to listen at ({_LOOPBACK})"
    )
    parser.add_argument(
        "--port", metavar="PORT", default=str(_PORT), help=f"the port to listen at ({_PORT})"
    )
    parser.add_argument("--token", metavar="TOKEN", help="a token of your own in the address")
    return parser


def _port(text: str) -> int:
    if text.isascii() and text.isdigit() and 0 < int(text) <= _LAST_PORT:
        return int(text)
    raise ScenarioError("--port", shown(text), f"a whole number from 1 to {_LAST_PORT}")


def _check_free(host: str, port: int) -> None:
    """Refuse an address that cannot be listened at, in one line."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM
        )[0]
        with socket.socket(family, kind, protocol) as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            trial.bind(address)
    except OSError as error:
        found = f"{shown(host)[1:-1]}:{port}, {error.strerror or error}"
        raise ScenarioError("", found, "an address of this machine with a free port") from None
