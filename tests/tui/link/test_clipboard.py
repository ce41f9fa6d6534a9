"""A copy is asked for as multiplexers need it, and where it is is said."""

from __future__ import annotations

from pathlib import Path

import pytest

from dsexplore.files.locations import copied_file
from dsexplore.tui.link import clipboard

# "61" in base 64.
ASKS = "\x1b]52;c;NjE=\x07"


def test_a_multiplexer_passes_the_sequence_on() -> None:
    assert clipboard.sequence("61", {}) == ASKS
    in_tmux = clipboard.sequence("61", {"TMUX": "/tmp/tmux,1,0"})
    assert in_tmux == f"{ASKS}\x1bPtmux;\x1b{ASKS}\x1b\\"
    assert clipboard.sequence("61", {"STY": "1.pts"}) == f"\x1bP{ASKS}\x1b\\"
    long = clipboard.sequence("6" * 3000, {"STY": "1.pts"})
    assert all(len(part) <= 710 for part in long.split("\x1bP"))


def test_what_a_terminal_may_ignore_is_in_a_file_and_that_is_said(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    sent: list[str] = []
    said = clipboard.copy("61", sent.append, {})
    assert sent == [ASKS]
    assert "OSC 52" in said
    assert "copied.txt" in said
    assert copied_file().read_text() == "61"
    said = clipboard.copy("6" * 90_000, sent.append, {})
    assert len(sent) == 1
    assert "too long" in said
    # tmux says whether it has it.
    monkeypatch.setattr(clipboard, "_in_tmux", lambda text: True)
    assert "tmux's buffer" in clipboard.copy("62", sent.append, {"TMUX": "x"})
    assert len(copied_file().read_text()) == 90_000
