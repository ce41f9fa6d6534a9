"""Random input as a terminal sends it: bursts, torn sequences, pastes, clicks, sizes, stops."""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Literal, NamedTuple

Kind = Literal["type", "tear", "resize", "stop", "suspend", "check"]

_MOVES = ("\x1b[A", "\x1b[B", "\x1b[C", "\x1b[D", "\x1b[5~", "\x1b[6~", "\x1b[H", "\x1b[F", "\t")
_SHIFTED = ("\x1b[Z", "\x1b[1;5C", "\x1b[1;5D", "\x1b[1;2A", "\x1b[1;2D", "\x1b[1;3B", "\x1b\x7f")
_ACTIONS = (
    *"kjnpvVrezyZbBmxoAHwWPRcCt?g.,[]d",
    *"KhNDMlTOYSGsuULfEai",
    *("\x0f", "\x13", "\x05", "\x10", "\x0c", "\x1a", "\x19", "\x03", "\x12", "\x15", "\x0b"),
    *("\x1bOP", "\x1bOQ", "\x1b[24~", "\x1b[15~", "\x1b[3~", "\x7f", "\x01", "\x04", "\x17"),
)
_ENDS = ("\r", "\r", "\r", "\x1b", "\r\r", "\x1b[B\r")
_VALUES = (
    *("7", "48", "61", "-3", "0", "1e9", "14.8T", "671B", "989 TFLOP/s", "22.8 %", "$2", "3.7 d"),
    *("2**20", "2048*8", "98.32/8", "unknown", "9" * 30, "1e308", "5e-324", "((((", "٣", "🚀", "x"),
)
_NAMES = (
    *("r1", "h100", "grok", "llama", "total_cost", "mfu", "undo", "claims", "baseline", "v3"),
    *(
        "mine.toml",
        "./a.json",
        "a.csv",
        "a.md",
        "a.txt",
        "sub/x.toml",
        "~nosuch/x",
        "zzzz",
    ),
)
_TWO_SCREENS = ("C", "e", "cgrok\r", "tmfu\r", "?", "o", "W", "x", "R", "\x10", "Ce", "e/mfu\r")
_MORE_SCREENS = ("hx", "Nx", "ax", "sx", "Lx", "ux", "h\x1b[B\r", "DD", "KK", "T\r", "Or1\r")
_STRANGE = ("\x1b[201~", "\x1b[", "\x1bO", "\x1b[999~", "\x1b[I", "\x1b[O", "\x1b]0;a")
_SIZES = ((80, 24), (120, 40), (200, 60), (60, 15), (99, 30), (59, 15), (40, 10), (10, 3), (1, 1))


class Step(NamedTuple):
    """One thing done to the program, and with what."""

    kind: Kind
    text: str = ""
    numbers: tuple[int, int] = (0, 0)


def steps(seed: int) -> Iterator[Step]:
    """Without end, and the same for the same seed."""
    chance = random.Random(seed)
    while True:
        for _ in range(chance.randint(40, 80)):
            yield _step(chance)
        yield Step("check")


def _step(chance: random.Random) -> Step:
    kind = chance.choices(
        ("type", "edit", "tear", "paste", "click", "resize", "stop", "suspend", "leave"),
        (40, 25, 10, 6, 6, 6, 1, 1, 1),
    )[0]
    match kind:
        case "resize":
            return Step("resize", numbers=chance.choice(_SIZES))
        case "stop" | "suspend":
            return Step(kind)
        case "tear":
            burst = _burst(chance, chance.choice((1, 2, 5)))
            return Step("tear", burst, (chance.randint(0, len(burst)), 0))
    return Step("type", _typed(kind, chance))


def _typed(kind: str, chance: random.Random) -> str:
    match kind:
        case "leave":
            return "q" + chance.choice(("", "\r", "\x1b[B\x1b[B\r", "\x1b[B\r"))
        case "edit":
            return _edits(chance)
        case "paste":
            return f"\x1b[200~{_text(chance)}\x1b[201~{_burst(chance, 3)}"
        case "click":
            return _click(chance) + _burst(chance, 2)
    return _burst(chance, chance.choice((1, 2, 3, 5, 10, 30)))


def _edits(chance: random.Random) -> str:
    """Values typed one after another."""
    typed = (chance.choice(_VALUES) + chance.choice(_ENDS[:3]) for _ in range(chance.randint(1, 8)))
    return "".join(value + chance.choice(_MOVES[:2]) for value in typed)


def _burst(chance: random.Random, length: int) -> str:
    kinds = (
        _MOVES,
        _SHIFTED,
        _ACTIONS,
        _ENDS,
        _VALUES,
        _NAMES,
        _TWO_SCREENS,
        _MORE_SCREENS,
        _STRANGE,
    )
    of_each = chance.choices(kinds, (20, 3, 20, 14, 10, 10, 14, 7, 1), k=length)
    return "".join(chance.choice(one) for one in of_each)


def _text(chance: random.Random) -> str:
    pieces = (*_VALUES, *_NAMES, "\n", "\t", " ", "\x1b", "\x00", "\u202e", "=cmd", "<b>", "é")
    return "".join(chance.choices(pieces, k=chance.randint(0, 12)))


def _click(chance: random.Random) -> str:
    button, x, y = (
        chance.choice((0, 0, 2, 35, 64, 65)),
        chance.randint(1, 90),
        chance.randint(1, 30),
    )
    down = f"\x1b[<{button};{x};{y}M"
    return down + (f"\x1b[<{button};{x};{y}m" if button < 3 else "")
