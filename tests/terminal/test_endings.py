"""However it ends, the work is in the journal and the terminal is as it was."""

import signal
import sys
from pathlib import Path

import pytest

from tests.terminal.pty_session import PtySession

# The field that has the cursor at the start, and a value that is nowhere else on the screen.
NAME = "num_layers"
TYPED = "9876"


def open_and_type(session):
    session.expect("help")
    session.send("\t")
    session.expect("Layers")
    session.send(TYPED)
    session.expect(TYPED)
    # The line under the sheets shows what follows from the last key.
    session.settle()


def kept_values(session):
    return [scenario["architecture"][NAME] for scenario in session.kept()]


def assert_restored(session):
    assert session.is_as_before()
    assert session.modes_left_on() == set()


def test_quit_restores_everything_and_keeps_nothing(tmp_path):
    with PtySession(tmp_path) as session:
        session.expect("Overview")
        session.expect("help")
        session.send("q")
        assert session.end() == 0
        assert_restored(session)
        assert session.kept() == []
        assert b"Traceback" not in session.output


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
def test_signal_while_typing_keeps_the_value_and_restores_the_terminal(tmp_path, number):
    with PtySession(tmp_path) as session:
        open_and_type(session)
        session.signal(number)
        assert session.end() == 128 + number
        assert_restored(session)
        assert kept_values(session) == [int(TYPED)]


def test_next_start_offers_the_work_and_takes_it_over(tmp_path):
    with PtySession(tmp_path) as session:
        open_and_type(session)
        session.signal(signal.SIGTERM)
        session.end()
    with PtySession(tmp_path) as session:
        session.expect("unsaved work")
        session.send("R")
        session.expect("d gives it up")
        session.send("\r")
        session.expect("Recovered")
        session.expect(TYPED)
        session.signal(signal.SIGTERM)
        session.end()
        assert kept_values(session) == [int(TYPED)]


def test_work_that_cannot_be_kept_is_said_on_the_restored_screen(tmp_path):
    (tmp_path / "state").touch()
    with PtySession(tmp_path) as session:
        open_and_type(session)
        session.signal(signal.SIGTERM)
        assert session.end() == 128 + signal.SIGTERM
        assert_restored(session)
        said = session.output.rindex(b"dsexplore: Unsaved work is not kept: ")
        assert said > session.output.rindex(b"\x1b[?1049l")


def test_second_signal_does_not_break_off_the_first(tmp_path):
    with PtySession(tmp_path) as session:
        open_and_type(session)
        session.signal(signal.SIGTERM)
        session.signal(signal.SIGHUP)
        assert session.end() in (128 + signal.SIGTERM, 128 + signal.SIGHUP)
        assert_restored(session)
        assert kept_values(session) == [int(TYPED)]


@pytest.mark.parametrize("ignore_hangup", [False, True], ids=["heeded", "nohup"])
def test_closed_terminal_ends_the_process_without_loss(tmp_path, ignore_hangup):
    with PtySession(tmp_path, ignore_hangup=ignore_hangup) as session:
        open_and_type(session)
        session.hang_up()
        assert session.end() == 128 + signal.SIGHUP
        assert kept_values(session) == [int(TYPED)]


def test_stalled_terminal_does_not_hold_the_exit(tmp_path):
    # Without answers it goes on sending until it can do nothing but wait.
    with PtySession(tmp_path, tells_position=False) as session:
        open_and_type(session)
        session.stall()
        session.signal(signal.SIGTERM)
        session.wait()
        assert session.is_as_before()
        assert session.end() == 128 + signal.SIGTERM
        # The reader that comes back finds its own screen.
        assert session.modes_left_on() == set()
        assert kept_values(session) == [int(TYPED)]


def test_closing_a_stalled_terminal_ends_the_process(tmp_path):
    with PtySession(tmp_path, ignore_hangup=True, tells_position=False) as session:
        open_and_type(session)
        session.stall()
        session.hang_up()
        assert session.end() == 128 + signal.SIGHUP
        assert kept_values(session) == [int(TYPED)]


def test_ctrl_c_and_bytes_that_are_no_text_lose_nothing(tmp_path):
    with PtySession(tmp_path) as session:
        open_and_type(session)
        session.send(b"\r\x03\xe9\xff")
        session.settle()
        assert session.process.poll() is None
        session.signal(signal.SIGTERM)
        session.end()
        assert kept_values(session) == [int(TYPED)]


_BROKEN = """
import sys
from dsexplore.cli import main
from dsexplore.tui.main.edit_actions import EditActions
from dsexplore.tui.widgets.line_block import Sheet

def broken(self, *_):
    raise RuntimeError("it is broken")

if sys.argv[1] == "action":
    EditActions.baseline = broken
else:
    EditActions.baseline = lambda self: setattr(Sheet, "_line", broken)
main([])
"""


@pytest.mark.parametrize("where", ["action", "drawing"])
def test_fault_is_told_in_one_line_on_the_restored_screen_and_loses_nothing(tmp_path, where):
    with PtySession(tmp_path, argv=(sys.executable, "-c", _BROKEN, where)) as session:
        open_and_type(session)
        session.send("\rb")
        # A frame is drawn after what follows, wherever the last one fell.
        session.send("j")
        assert session.end() == 1
        assert_restored(session)
        assert kept_values(session) == [int(TYPED)]
        told = session.output.rpartition(b"\x1b[?1004l")[2].decode()
        assert told.count("\n") == 1
        assert "your unsaved work is kept" in told
        report = Path(told.rpartition("report: ")[2].strip())
        assert report.is_relative_to(tmp_path / "state" / "dsexplore" / "reports")
        assert report.stat().st_mode & 0o077 == 0
        text = report.read_text()
        assert "RuntimeError: it is broken" in text
        assert "textual " in text
        assert "baseline" in text
        assert TYPED not in text


_HANGING = """
import time
from dsexplore.cli import main
from dsexplore.document.document import Document
from dsexplore.tui import ending

ending._SAVING_PATIENCE = 0.1
Document.keep = lambda self: time.sleep(1000)
main([])
"""


def test_watchdog_ends_what_hangs_while_it_saves(tmp_path):
    with PtySession(tmp_path, argv=(sys.executable, "-c", _HANGING)) as session:
        session.expect("Overview")
        session.expect("help")
        session.signal(signal.SIGTERM)
        assert session.end() == 128 + signal.SIGTERM
        assert_restored(session)
