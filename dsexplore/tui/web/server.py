"""Serving the explorer to browsers: a process for each page, and nobody without the token."""

from __future__ import annotations

import hmac
import logging
import os
import secrets
import shlex
import sys
from collections.abc import Awaitable, Callable
from ipaddress import ip_address

from aiohttp import web
from textual_serve.server import Server

from dsexplore.files.served import SERVED

_COOKIE = "dsexplore"
# Nothing of the page comes from elsewhere, and nobody frames it.
_POLICY = (
    "default-src 'self'; script-src 'self' 'unsafe-inline'; style-src 'self' 'unsafe-inline'; "
    "img-src 'self' data:; font-src 'self' data:; connect-src 'self' ws: wss:; "
    "frame-ancestors 'none'"
)
_Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]

# Columns or rows: an explorer draws each of them.
_MOST = 2_000


def new_token() -> str:
    """A token that nobody guesses."""
    return secrets.token_urlsafe(24)


def is_loopback(host: str) -> bool:
    """Whether an address is this machine's alone."""
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def _is_size(given: str) -> bool:
    return given.isascii() and given.isdigit() and len(given) < 5 and 1 <= int(given) <= _MOST


class ExplorerServer(Server):  # type: ignore[misc]  # untyped where its package is not installed
    """Serves the explorer of a scenario at a host and a port, to whoever has the token."""

    def __init__(self, scenario: str | None, host: str, port: int, token: str) -> None:
        """`scenario` as the command line takes it; None opens the default."""
        words = [sys.executable, "-m", "dsexplore", *([] if scenario is None else [scenario])]
        super().__init__(shlex.join(words), host=host, port=port, title="dsexplore")
        self._token = token

    @property
    def address(self) -> str:
        """What a browser opens."""
        return f"{self.public_url}/?token={self._token}"

    def serve(self, debug: bool = False) -> None:
        """Serve until it is interrupted."""
        # Inherited by each explorer, which then speaks to the server in place of a terminal.
        os.environ[SERVED] = "1"
        super().serve(debug)

    def initialize_logging(self) -> None:
        """Log what goes wrong alone."""
        logging.basicConfig(level=logging.WARNING, format="dsexplore: %(message)s")
        # That an explorer ended after its server is no news.
        logging.getLogger("asyncio").setLevel(logging.ERROR)

    async def on_startup(self, app: web.Application) -> None:
        """Say nothing: the address was printed already."""

    async def handle_index(self, request: web.Request) -> web.StreamResponse:
        """The page, which calls back the address that the browser came by, through any tunnel."""
        self.public_url = f"{request.scheme}://{request.host}"
        response: web.StreamResponse = await super().handle_index(request)
        response.headers["Content-Security-Policy"] = _POLICY
        response.headers["Referrer-Policy"] = "no-referrer"
        return response

    async def _make_app(self) -> web.Application:
        app: web.Application = await super()._make_app()

        async def guarded(request: web.Request, handler: _Handler) -> web.StreamResponse:
            return await self._guarded(request, handler)

        app.middlewares.append(web.middleware(guarded))
        return app

    async def _guarded(self, request: web.Request, handler: _Handler) -> web.StreamResponse:
        """Let pass who has the token, and of those no page of another origin."""
        given = request.query.get("token")
        if request.path == "/" and given is not None and self._is_token(given):
            # Away from the address line, the history and whatever follows a link.
            answer = web.HTTPFound("/")
            answer.set_cookie(self._cookie, self._token, httponly=True, samesite="Strict", path="/")
            raise answer
        origin = request.headers.get("Origin")
        is_own = origin is None or origin.partition("://")[2] == request.host
        if not is_own or not self._is_token(request.cookies.get(self._cookie, "")):
            raise web.HTTPForbidden(
                text="Open the address that 'dsexplore serve' printed: its token is missing here.\n"
            )
        if not all(_is_size(request.query.get(side, "1")) for side in ("width", "height")):
            raise web.HTTPBadRequest(text=f"A page has from 1 to {_MOST} columns and rows.\n")
        return await handler(request)

    @property
    def _cookie(self) -> str:
        # Cookies know no ports, and two servers may run side by side.
        return f"{_COOKIE}-{self.port}"

    def _is_token(self, given: str) -> bool:
        # A cookie may hold bytes that are no text.
        return hmac.compare_digest(given.encode(errors="surrogatepass"), self._token.encode())
