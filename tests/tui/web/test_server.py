"""The explorer in a browser: who may open it, what it shows, and what a closed page leaves."""

import asyncio
import contextlib
import os
import re
import socket
import subprocess
import sys
from pathlib import Path

import pytest

aiohttp = pytest.importorskip("aiohttp")

from dsexplore.tui.web.server import is_loopback, new_token  # noqa: E402 - needs the extra

_CONTROL = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")
# A guard against a test that hangs, not a promise.
_PATIENCE = 180


def test_loopback_is_this_machine_alone():
    assert all(map(is_loopback, ("127.0.0.1", "127.8.8.8", "::1", "localhost")))
    assert not any(map(is_loopback, ("0.0.0.0", "::", "10.0.0.1", "login-node", "localhost.evil")))
    assert len({new_token() for _ in range(100)}) == 100


async def test_only_who_has_the_token_opens_and_edits_and_a_closed_page_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("HOME", "XDG_STATE_HOME", "XDG_CONFIG_HOME", "XDG_DATA_HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    port = _free_port()
    command = [sys.executable, "-m", "dsexplore", "serve", "--port", str(port)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as served:
        try:
            await _opened_and_edited(served, port, tmp_path / "dsexplore" / "journal")
        finally:
            served.terminate()


def _free_port() -> int:
    """A port below those that the system hands out, so that nobody is given it meanwhile."""
    for port in range(20_000 + os.getpid() % 10_000, 32_000):
        with socket.socket() as tried, contextlib.suppress(OSError):
            tried.bind(("127.0.0.1", port))
            return port
    raise AssertionError("no free port")


async def _opened_and_edited(served: subprocess.Popen[str], port: int, journal: Path) -> None:
    assert served.stdout is not None
    address = served.stdout.readline().strip()
    base = address.partition("/?")[0]
    jar = aiohttp.CookieJar(unsafe=True)
    async with aiohttp.ClientSession(cookie_jar=jar) as session:
        await _answers(session, base)
        for path in ("/", "/?token=guessed", "/static/js/textual.js", "/ws"):
            async with session.get(base + path) as answer:
                assert answer.status == 403
        async with session.get(address) as answer:
            assert answer.status == 200
            assert "token" not in str(answer.url)
            assert f"ws://127.0.0.1:{port}/ws" in await answer.text()
        refused = {"Cookie": f"dsexplore-{port}=\udcff"}  # bytes that are no text
        async with aiohttp.ClientSession() as other, other.get(base, headers=refused) as answer:
            assert answer.status == 403
        async with session.get(f"{base}/ws?width=99999999&height=40") as answer:
            assert answer.status == 400
        with pytest.raises(aiohttp.WSServerHandshakeError, match="403"):
            await session.ws_connect(f"{base}/ws", headers={"Origin": "http://evil.example"})
        async with session.ws_connect(f"{base}/ws?width=120&height=40") as page:
            await _drawn(page, "5.58")
            for key in (*"/experts per tok", "\r", "\x1b[C"):
                await page.send_json(["stdin", key])
            await _drawn(page, "5.92")
    for _ in range(_PATIENCE * 10):
        if any("experts_per_token" in each.read_text() for each in journal.glob("*.json")):
            break
        await asyncio.sleep(0.1)
    else:
        pytest.fail("the closed page left nothing behind")


async def _answers(session: "aiohttp.ClientSession", base: str) -> None:
    for _ in range(_PATIENCE * 10):
        try:
            async with session.get(base):
                return
        except aiohttp.ClientConnectorError:
            await asyncio.sleep(0.1)
    pytest.fail(f"nothing answers at {base}")


async def _drawn(page: "aiohttp.ClientWebSocketResponse", words: str) -> None:
    """Wait until the page draws some words."""
    found = b""
    while words not in _CONTROL.sub(b" ", found).decode(errors="replace"):
        message = await page.receive(timeout=_PATIENCE)
        assert message.type == aiohttp.WSMsgType.BINARY, message
        found += message.data
