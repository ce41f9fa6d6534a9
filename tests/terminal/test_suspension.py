"""Stopped and continued, it gives the terminal back and takes it over as it was."""

import signal
import time
from pathlib import Path

import pytest

from tests.terminal.pty_session import LIMIT, PtySession

# A number that is nowhere else on the screen.
TYPED = "9876"


def wait_until_stopped(session):
    deadline = time.monotonic() + LIMIT
    stat = Path(f"/proc/{session.process.pid}/stat")
    while stat.read_text().rpartition(") ")[2][0] != "T":
        assert time.monotonic() < deadline
        session.read(0.02)


def threads(session):
    return len([*Path(f"/proc/{session.process.pid}/task").iterdir()])


@pytest.mark.parametrize("number", [signal.SIGTSTP, signal.SIGSTOP])
def test_it_comes_back_whole_with_one_reader_of_keys(tmp_path, number):
    with PtySession(tmp_path) as session:
        session.expect("help")
        session.send("\t")
        session.expect("Layers")
        session.settle()
        before = threads(session)
        # Two rows down, by one key after each stop.
        for row in ("Hidden size", "Vocabulary"):
            session.signal(number)
            wait_until_stopped(session)
            session.settle()
            if number == signal.SIGTSTP:
                assert session.is_as_before()
                assert session.modes_left_on() == set()
            session.forget_screen()
            session.signal(signal.SIGCONT)
            session.expect("Layers")
            session.expect("help")
            session.send("j")
            # What is typed ahead of a stop is dropped with it.
            session.expect(f"▸ {row}")
            session.settle()
        assert threads(session) == before
        assert session.modes_left_on() >= {"1049", "1004", "2004"}
        session.forget_screen()
        session.send("\x0c")
        session.expect("▸ Vocabulary")


def test_interrupted_while_stopped_it_goes_on(tmp_path):
    with PtySession(tmp_path) as session:
        session.expect("help")
        session.send("\t")
        session.expect("Layers")
        session.settle()
        session.signal(signal.SIGTSTP)
        wait_until_stopped(session)
        session.settle()
        session.send("\x03")
        session.forget_screen()
        session.signal(signal.SIGCONT)
        session.expect("Layers")
        session.send(TYPED)
        session.expect(TYPED)
        session.signal(signal.SIGINT)
        assert session.process.wait(LIMIT) == 128 + signal.SIGINT
