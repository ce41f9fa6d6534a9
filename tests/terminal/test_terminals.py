"""What terminals of every kind are sent, and which are refused."""

import re
import subprocess
import sys

import pytest

from tests.terminal.pty_session import DSEXPLORE, PtySession

_COLOUR = re.compile(r"(?:^|;)(?:3[0-8]|4[0-8]|9[0-7]|10[0-7])(?:;|$)")


def open_explorer(session):
    session.expect("Where the money goes")
    session.expect("help")
    session.settle()


def all_pages(session):
    """Every page and panel, so that every role was drawn."""
    for key in "........\t]]]]]":
        session.send(key)
        session.settle(0.05)


@pytest.mark.parametrize("theme", ["ansi-dark", "textual-dark"])
def test_no_color_sends_no_colour(tmp_path, theme):
    choose_theme(tmp_path, theme)
    with PtySession(tmp_path, environment={"NO_COLOR": "1"}) as session:
        open_explorer(session)
        all_pages(session)
        assert session.sgr()
        assert [found for found in session.sgr() if _COLOUR.search(found)] == []


def test_256_colours_are_sent_no_true_colour(tmp_path):
    choose_theme(tmp_path, "textual-dark")
    with PtySession(tmp_path) as session:
        open_explorer(session)
        assert [found for found in session.sgr() if "38;5;" in found]
        assert [found for found in session.sgr() if re.search(r"[34]8;2;", found)] == []


def test_idle_screen_sends_nothing(tmp_path):
    with PtySession(tmp_path) as session:
        open_explorer(session)
        session.settle(1.0)
        assert session.read(2.0) == b""


def test_control_characters_of_a_file_never_reach_the_terminal(tmp_path):
    evil = "evil\x1b]0;taken\x07\x1b[31mred\x9b31m\x1bP"
    file = tmp_path / f"{evil}.toml"
    escaped = "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in evil)
    file.write_text(f'schema = 1\ntitle = "{escaped}"\n')
    with PtySession(tmp_path, str(file), size=(120, 40)) as session:
        open_explorer(session)
        all_pages(session)
        session.expect("evil")
        assert b"\x1b]0" not in session.output
        assert b"\x1b[31mred" not in session.output
        assert "\x9b".encode() not in session.output
        assert b"\x1bP" not in session.output


def test_resize_to_tiny_and_back(tmp_path):
    with PtySession(tmp_path) as session:
        open_explorer(session)
        session.resize(30, 8)
        session.expect("too small")
        session.resize(120, 40)
        session.expect("Layers")
        session.expect("GPU-hours")
        session.resize(1, 1)
        session.settle()
        session.resize(80, 24)
        session.expect("money")
        session.send("q")
        assert session.end() == 0


@pytest.mark.parametrize("term", ["dumb", ""])
def test_poor_terminal_is_refused_in_one_line(tmp_path, term):
    with PtySession(tmp_path, environment={"TERM": term}) as session:
        assert session.end() == 2
        assert session.output.count(b"\n") == 1
        assert b"TERM" in session.output
        assert b"\x1b" not in session.output


def test_no_terminal_is_refused_in_one_line(tmp_path):
    ended = subprocess.run(
        DSEXPLORE, stdin=subprocess.DEVNULL, capture_output=True, cwd=tmp_path, check=False
    )
    assert ended.returncode == 2
    assert ended.stdout == b""
    assert ended.stderr.count(b"\n") == 1
    assert b"terminal" in ended.stderr


def test_keys_from_a_pipe_are_refused(tmp_path):
    words = f"true | {sys.executable} -m dsexplore"
    with PtySession(tmp_path, argv=("sh", "-c", words)) as session:
        assert session.end() == 2
        assert session.output.count(b"\n") == 1


def choose_theme(home, theme):
    folder = home / "config" / "dsexplore"
    folder.mkdir(parents=True)
    (folder / "settings.toml").write_text(f'theme = "{theme}"\n')
