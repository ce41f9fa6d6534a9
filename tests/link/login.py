"""A throw-away sshd on loopback, and logins through the real client in tmux."""

from __future__ import annotations

import getpass
import itertools
import os
import shlex
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

LIMIT = 60.0
_NUMBERS = itertools.count()
_CONFIG = """
ListenAddress 127.0.0.1:{port}
HostKey {folder}/host
AuthorizedKeysFile {folder}/user.pub
PidFile none
StrictModes no
UsePAM no
PasswordAuthentication no
PermitRootLogin prohibit-password
"""


def missing() -> str:
    """What this machine lacks, in one line; empty where all is there."""
    packages = {"sshd": "openssh-server", "ssh": "openssh-client", "tmux": "tmux"}
    lacking = [package for program, package in packages.items() if not _program(program)]
    return f"needs {' and '.join(lacking)}: apt-get install {' '.join(lacking)}" if lacking else ""


def _program(name: str) -> str | None:
    return shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")


@contextmanager
def sshd(folder: Path) -> Iterator[int]:
    """A server for this user alone, with keys of its own; yields its port."""
    for key in ("host", "user"):
        make = ["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", str(folder / key)]
        subprocess.run(make, check=True)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    config = folder / "sshd_config"
    config.write_text(_CONFIG.format(port=port, folder=folder))
    if os.getuid() == 0:
        Path("/run/sshd").mkdir(exist_ok=True)
    with (folder / "sshd.log").open("w") as log:
        words = [_program("sshd") or "", "-D", "-e", "-f", str(config)]
        server = subprocess.Popen(words, stderr=log)
    try:
        _wait_until_it_listens(port)
        yield port
    finally:
        server.terminate()
        server.wait()


def _wait_until_it_listens(port: int) -> None:
    deadline = time.monotonic() + LIMIT
    while True:
        try:
            socket.create_connection(("127.0.0.1", port)).close()
        except ConnectionRefusedError:
            assert time.monotonic() < deadline, "sshd does not listen"
            time.sleep(0.05)
        else:
            return


class Login:
    """A login in a pane of tmux: what is typed there, and what the pane shows."""

    def __init__(self, folder: Path, port: int, home: Path, size: tuple[int, int]) -> None:
        own = f"dsexplore-link-{os.getpid()}-{next(_NUMBERS)}"
        self._tmux = ("tmux", "-f", os.devnull, "-L", own)
        folders = {
            "HOME": home,
            "XDG_STATE_HOME": home / "state",
            "XDG_CONFIG_HOME": home / "config",
        }
        settings = " ".join(f"{name}={shlex.quote(str(path))}" for name, path in folders.items())
        program = f"{shlex.quote(sys.executable)} -m dsexplore mine.toml"
        # What is typed ahead of the end, and answers that come after it, show under the last line.
        remote = f'cd {shlex.quote(str(home))}; {settings} {program}; echo "left with $?"; exec cat'
        client = [
            "ssh", "-tt", "-F", "none", "-i", str(folder / "user"), "-p", str(port),
            "-o", "StrictHostKeyChecking=no", "-o", f"UserKnownHostsFile={folder}/known",
            "-o", "LogLevel=ERROR", f"{getpass.getuser()}@127.0.0.1", remote,
        ]  # fmt: skip
        # The pane outlives its client.
        command = f"{shlex.join(client)}; echo client ended; exec cat"
        columns, rows = (str(cells) for cells in size)
        self._run("new-session", "-d", "-x", columns, "-y", rows, command)
        self._run("set", "-g", "escape-time", "0")

    def __enter__(self) -> Login:
        return self

    def __exit__(self, *_: object) -> None:
        self._run("kill-server")

    def type(self, keys: str) -> None:
        """Type characters, all at once."""
        self._run("send-keys", "-l", keys)

    def press(self, *names: str) -> None:
        """Press keys by tmux's names for them, all at once."""
        self._run("send-keys", *names)

    def screen(self) -> str:
        """What the pane shows."""
        return self._run("capture-pane", "-p")

    def expect(self, words: str) -> float:
        """Wait until words are on the screen; returns after how many seconds."""
        began = time.monotonic()
        while words not in (screen := self.screen()):
            assert time.monotonic() - began < LIMIT, f"no {words!r} in:\n{screen}"
            time.sleep(0.05)
        return time.monotonic() - began

    def settled_after(self, quiet: float = 2.5) -> float:
        """Wait until the screen no longer changes; returns how long it still did."""
        began = changed = time.monotonic()
        before = self.screen()
        while time.monotonic() - changed < quiet:
            time.sleep(0.05)
            if (now := self.screen()) != before:
                before, changed = now, time.monotonic()
            assert changed - began < 2 * LIMIT, "it never comes to rest"
        return changed - began

    def _run(self, *words: str) -> str:
        done = subprocess.run([*self._tmux, *words], capture_output=True, text=True, check=True)
        return done.stdout
