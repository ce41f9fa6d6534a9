"""What goes to the terminal arrives whole and in its order, also through one that stood still."""

from __future__ import annotations

import os
import select
import tty
from pathlib import Path

from dsexplore.tui.link.sender import Sender

# More than any terminal takes while nobody reads it.
MUCH = 300_000


def test_what_a_full_terminal_cannot_take_comes_after_what_it_took() -> None:
    screen, terminal = os.openpty()
    tty.setraw(terminal)
    with os.fdopen(terminal, "w", encoding="utf-8") as file:
        sender = Sender(file)
        texts = ["begin ", "é" * MUCH, " end"]
        for text in texts:
            sender.send(text)
        expected, found = "".join(texts).encode(), b""
        while len(found) < len(expected):
            found += os.read(screen, 65536)
        sender.hold()
        sender.send("held ")
        sender.send("back")
        assert not select.select([screen], [], [], 0)[0]
        sender.release()
        assert os.read(screen, 100) == b"held back"
        sender.stop()
    os.close(screen)
    assert found == expected


def test_it_sends_to_what_is_no_terminal_too(tmp_path: Path) -> None:
    with (tmp_path / "sent").open("w", encoding="utf-8") as file:
        sender = Sender(file)
        for text in ("one ", "two ", "three"):
            sender.send(text)
        sender.stop()
    assert (tmp_path / "sent").read_text() == "one two three"
