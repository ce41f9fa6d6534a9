"""`python -m tests.web`: the served explorer in headless Chromium, opened and edited.

Needs Chromium and Playwright (`pip install playwright`); `--chromium` says where the browser lies,
and `--picture FILE` keeps a screenshot.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

_CONTROL = re.compile(rb"\x1b\[[0-?]*[ -/]*[@-~]")
_PATIENCE = 60.0
# Around what Chromium would look up elsewhere.
_FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)


class Page:
    """What the browser was sent of the explorer's screen."""

    def __init__(self) -> None:
        self.received = b""

    def add(self, payload: str | bytes) -> None:
        """Take a message of the web socket."""
        self.received += payload if isinstance(payload, bytes) else b""

    def text(self) -> str:
        """All that was drawn since the last look, without colours and places."""
        return _CONTROL.sub(b" ", self.received).decode(errors="replace")

    def wait_for(self, words: str, page: Any) -> None:
        """Wait until some words were drawn; forget them. Raises AssertionError."""
        until = time.monotonic() + _PATIENCE
        while words not in self.text():
            assert time.monotonic() < until, f"{words!r} did not come; last: {self.text()[-500:]!r}"
            page.wait_for_timeout(100)
        self.received = b""


def _serve(home: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "dsexplore", "serve", "--port", "8765"],
        env={**os.environ, "HOME": home, "XDG_STATE_HOME": home, "XDG_CONFIG_HOME": home},
        stdout=subprocess.PIPE,
        text=True,
    )


def _opened(page: Any, address: str) -> None:
    until = time.monotonic() + _PATIENCE
    while True:
        try:
            page.goto(address)
            return
        except Exception:
            assert time.monotonic() < until, f"nothing answers at {address}"
            time.sleep(0.2)


def _try(page: Any, address: str, picture: Path | None) -> None:
    drawn = Page()
    page.on("websocket", lambda socket: socket.on("framereceived", drawn.add))
    _opened(page, address)
    drawn.wait_for("5.58", page)
    print("opened: DeepSeek-V3, $5.58 M")
    assert "token" not in page.url, "the token stays in the address line"
    page.mouse.click(300, 300)
    page.keyboard.type("/experts per tok", delay=30)
    drawn.wait_for("per token", page)
    page.keyboard.press("Enter")
    page.wait_for_timeout(500)
    page.keyboard.press("ArrowRight")
    drawn.wait_for("5.92", page)
    print("edited: one more expert per token, $5.92 M")
    if picture:
        page.wait_for_timeout(500)
        page.screenshot(path=picture)
        print(f"wrote {picture}")


def main() -> None:
    """Serve, open, edit, close, and say what was seen."""
    parser = argparse.ArgumentParser(prog="python -m tests.web")
    parser.add_argument("--chromium", default=shutil.which("chromium") or "/usr/bin/chromium")
    parser.add_argument("--picture", type=Path)
    arguments = parser.parse_args()
    from playwright.sync_api import sync_playwright

    with tempfile.TemporaryDirectory() as home, _serve(home) as served:
        assert served.stdout is not None
        address = served.stdout.readline().strip()
        try:
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(
                    executable_path=arguments.chromium, args=list(_FLAGS)
                )
                page = browser.new_page(viewport={"width": 1200, "height": 800})
                _try(page, address, arguments.picture)
                page.close()
                until = time.monotonic() + _PATIENCE
                while not any((Path(home) / "dsexplore" / "journal").glob("*.json")):
                    assert time.monotonic() < until, "the closed page left nothing behind"
                    time.sleep(0.1)
                print("closed: the change is kept for the next page")
                browser.close()
        finally:
            served.terminate()


main()
