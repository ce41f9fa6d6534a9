"""A slow link gets the newest frame, not all of them."""

from tests.terminal.pty_session import PtySession
from tests.tui.test_frames import FRAMES, shape

# Once round the ten pages of results, and on to this one.
TURNS = 12
PAGE = "page-compute-120x40.txt"


def test_frames_that_nobody_can_have_seen_are_skipped(tmp_path):
    with PtySession(tmp_path, size=(120, 40)) as session:
        session.expect("Layers")
        session.send("\t")
        session.expect("[Overview]")
        session.settle()
        session.tells_position = False
        before = len(session.output)
        for _ in range(TURNS):
            session.send("n")
            session.read(0.02)
        session.settle(0.1)
        # Two or three frames, each of some 3 kB, in place of one per key.
        assert len(session.output) - before < 12_000
        # What waited is drawn at once, and right.
        session.tells_position = True
        session.tell_position()
        session.expect_all((FRAMES / PAGE).read_text(encoding="utf-8"), shape)
