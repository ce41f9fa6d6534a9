"""Copying out of the terminal: by OSC 52, by tmux, and into a file wherever neither is certain."""

from __future__ import annotations

import shutil
import subprocess
from base64 import b64encode
from collections.abc import Callable, Mapping

from dsexplore.files.locations import copied_file
from dsexplore.files.writing import write_atomically
from dsexplore.text.refusal import ScenarioError, shown_path

# xterm takes no longer one; GNU screen passes on so much of a string at once.
_LONGEST, _SCREENFUL = 74_994, 700
_PATIENCE = 2.0


def sequence(text: str, environment: Mapping[str, str]) -> str:
    """What asks the terminal to copy, wrapped where a multiplexer would keep it to itself."""
    asks = f"\x1b]52;c;{b64encode(text.encode()).decode()}\x07"
    if environment.get("TMUX"):
        # tmux takes the first where `set-clipboard` is on, and passes the second where it may.
        doubled = asks.replace("\x1b", "\x1b\x1b")
        return f"{asks}\x1bPtmux;{doubled}\x1b\\"
    if environment.get("STY"):
        parts = range(0, len(asks), _SCREENFUL)
        return "".join(f"\x1bP{asks[at : at + _SCREENFUL]}\x1b\\" for at in parts)
    return asks


def copy(text: str, write: Callable[[str], None], environment: Mapping[str, str]) -> str:
    """Copy a text; says where it is now. Raises ScenarioError where it is nowhere."""
    if environment.get("TMUX") and _in_tmux(text):
        return "in tmux's buffer, and in the terminal's clipboard where it lets tmux"
    asks = sequence(text, environment)
    fits = len(asks) <= _LONGEST
    if fits:
        write(asks)
    path = copied_file()
    where = shown_path(str(path))
    try:
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        write_atomically(path, text, overwrite=True)
    except (OSError, ScenarioError):
        if not fits:
            raise ScenarioError(
                "", "no room for a copy", f"a {where} that can be written"
            ) from None
        return "sent to the terminal by OSC 52, which it may ignore; no file could be written"
    if not fits:
        return f"in {where}: it is too long for the terminal's clipboard"
    return f"sent to the terminal by OSC 52, which it may ignore, and in {where}"


def _in_tmux(text: str) -> bool:
    """Whether tmux has it in a buffer of its own, and was asked to hand it on."""
    tmux = shutil.which("tmux")
    if tmux is None:
        return False
    try:
        done = subprocess.run(
            [tmux, "load-buffer", "-w", "-"],
            input=text.encode(),
            capture_output=True,
            timeout=_PATIENCE,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return done.returncode == 0
