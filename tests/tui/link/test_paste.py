"""What terminals and multiplexers send for a paste of several lines."""

from __future__ import annotations

from textual import events
from textual._xterm_parser import XTermParser

from dsexplore.tui.link.pasted import Pasted
from tests.points import holds_at


@holds_at(
    "newline",
    [
        "\n",
        "\r",
        "\r\n",
        # tmux with extended keys writes keys into a paste: in its own format, and as CSI u.
        "\x1b[27;5;106~",
        "\x1b[106;5u",
        "\x1b[13u",
        "\x1b[10;5u",
        "\x1b[27;1;13~",
    ],
)
def test_a_newline_in_a_paste_is_one_however_it_is_sent_and_in_however_many_parts(
    newline: str,
) -> None:
    sent = f"q\x1b[A\x1b[200~14.8T{newline}7\x1b[201~\x1b[B"
    for size in (1, 2, 3, 5, len(sent)):
        stream, parser = Pasted(), XTermParser()
        parts = [sent[at : at + size] for at in range(0, len(sent), size)]
        got = [
            event for part in parts if (freed := stream.freed(part)) for event in parser.feed(freed)
        ]
        assert [event.text for event in got if isinstance(event, events.Paste)] in (
            ["14.8T\n7"],
            # Apart, a carriage return and a newline are two.
            ["14.8T\n\n7"] if newline == "\r\n" else [],
        )
        keys = [event.key for event in got if isinstance(event, events.Key)]
        assert keys == ["q", "up", "down"]


def test_outside_a_paste_keys_stay_keys_and_inside_letters_are_letters() -> None:
    stream = Pasted()
    assert stream.freed("\x1b[13u\x1b") == "\x1b[13u\x1b"
    assert (
        stream.freed("[200~\x1b[97u\x1b[66;2u 1;5u [13u\x1b[201~") == "[200~aB 1;5u [13u\x1b[201~"
    )
    assert stream.freed("\x1b[106;5u") == "\x1b[106;5u"
