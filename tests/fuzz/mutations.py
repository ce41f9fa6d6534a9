"""Files spoilt at random: in their bytes, their words, their structure and their values."""

from __future__ import annotations

import json
import random
import re
import tomllib
from typing import Any

import tomli_w

from dsexplore.scenario.scenario import FIELDS, PANELS

_TOKEN = re.compile(rb"[A-Za-z_][\w.-]*|\"[^\"\n]*\"|[0-9][\w.+-]*|[^\w\s]")
_WORD = re.compile(rb"[A-Za-z_][\w-]*")
_NUMBER = re.compile(rb"(?<![\w.])[0-9][\w.+-]*")

# Pieces with a meaning somewhere: to TOML, JSON, terminals, Unicode, paths, Python or spreadsheets.
_PIECES = [
    b"\x00", b"\xff", b"\xed\xa0\x80", b"\xef\xbb\xbf", b"\r\n", b"\r", b"\x1b[2J", b"\x1b]0;x\x07",
    "\u202e".encode(), "\u2028".encode(), "\x9b".encode(), "\U0001f600".encode(), b'"""', b"'''",
    b'"', b"'", b"\\", b"\\u0000", b"\\ud800", b"#", b"=", b".", b",", b"[", b"]", b"{", b"}",
    b"[[", b"]]", b"{}", b"[]", b"//", b"../../etc/passwd", b"/dev/zero", b"~root/x.toml", b"%s%n",
    b"__import__('os').system('id')", b"=1+1", b"@SUM(A1)", b"<script>", b"|", b"`", b"$(id)",
]  # fmt: skip
_VALUES = [
    b"0", b"-1", b"1", b"1e308", b"-1e308", b"5e-324", b"1e400", b"nan", b"-inf", b"inf", b"true",
    b"false", b"null", b"9" * 30, b"9" * 400, b"9" * 900, b"9" * 5000, b"0x" + b"f" * 300, b"0o7",
    b"0b1", b"1_000", b"1979-05-27T07:32:00Z", b"07:32:00", b'""', b'"unknown"', b'"14.8T"',
    b'"1/0"', b'"9**9**9"', b'"2**-2000"', b'"((((((1))))))"', b'"1e400 GB"', b'"50 GB/s"',
    b'"$2"', b'"%"', b"[]", b"{}", b"[[]]", b"[1, 2]", b'{ uniform = [1, 2] }', b"[nan]",
    b'["num_layers"]', b'"a.b / c.d"', b'"wins(\'x\')"', b'"{x | y}"', b'"' + b"x" * 5000 + b'"',
]  # fmt: skip
_NAMES = [*(name.encode() for name in (*FIELDS, *PANELS)), b"preset", b"schema", b"title", b"notes",
          b"sources", b"unverified", b"uncertainty", b"quantities", b"__class__", b"model_config",
          b"self", b"id", b"claim", b"states", b"gives", b"scenario", b"scenarios", b"set", b"run",
          b"gpu", b"measured", b"counts", b"assumed", b"models", b"scores", b"theme", b"keys",
          b"model_type", b"text_config", b"layer_types", b"num_hidden_layers"]  # fmt: skip


def mutated(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """A file with one fault or several; `others` are files of the same kind to take parts from."""
    for _ in range(chance.choice((1, 1, 1, 2, 3, 6))):
        content = chance.choice(_MUTATIONS)(content, others, chance)
    return content


def _flipped(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    flipped = bytearray(content)
    for _ in range(chance.choice((1, 1, 4, 30)) if flipped else 0):
        flipped[chance.randrange(len(flipped))] = chance.randrange(256)
    return bytes(flipped)


def _cut(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    start = chance.randrange(len(content) + 1)
    end = start + chance.choice((1, 2, 10, 200, len(content)))
    return content[:start] + content[end:]


def _doubled(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    start = chance.randrange(len(content) + 1)
    part = content[start : start + chance.choice((1, 10, 200, 2000))]
    return content[:start] + part * chance.choice((2, 2, 3, 50)) + content[start:]


def _inserted(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    at = chance.randrange(len(content) + 1)
    return content[:at] + chance.choice(_PIECES) * chance.choice((1, 1, 2, 40)) + content[at:]


def _spliced(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    other = chance.choice(others)
    return content[: chance.randrange(len(content) + 1)] + other[chance.randrange(len(other)) :]


def _lines_moved(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    one, other = chance.randrange(len(lines)), chance.randrange(len(lines))
    how = chance.randrange(4)
    if how == 0:
        lines[one], lines[other] = lines[other], lines[one]
    elif how == 1:
        lines.insert(one, lines[other])
    elif how == 2:
        del lines[one]
    else:
        chance.shuffle(lines)
    return b"\n".join(lines)


def _token_replaced(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    pattern, replacements = chance.choice(
        ((_TOKEN, _VALUES), (_TOKEN, _PIECES), (_NUMBER, _VALUES), (_WORD, _NAMES), (_WORD, _NAMES))
    )
    found = list(pattern.finditer(content))
    if not found:
        return content + chance.choice(_VALUES)
    token = chance.choice(found)
    return content[: token.start()] + chance.choice(replacements) + content[token.end() :]


def _number_moved(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The same file with a number that may well be legal."""
    found = list(_NUMBER.finditer(content))
    if not found:
        return content
    token = chance.choice(found)
    try:
        moved = float(token[0]) * chance.choice((0, 0.5, 2, 10, 1e-6, 1e6, 1e15, 1e-30))
    except ValueError:
        return content
    written = f"{moved:.0f}" if moved < 1e18 and moved.is_integer() else repr(moved)
    return content[: token.start()] + written.encode() + content[token.end() :]


def _tree_changed(content: bytes, others: list[bytes], chance: random.Random) -> bytes:
    """The same file with a value of another kind or place, still well-formed."""
    try:
        text = content.decode()
        is_json = text.lstrip().startswith("{")
        tree: dict[str, Any] = json.loads(text) if is_json else tomllib.loads(text)
        for _ in range(chance.choice((1, 1, 2, 5))):
            _change(tree, chance)
        return (json.dumps(tree) if is_json else tomli_w.dumps(tree)).encode()
    except (ValueError, TypeError, AttributeError, RecursionError):
        return _token_replaced(content, others, chance)


def _change(tree: dict[str, Any], chance: random.Random) -> None:
    holder: Any = tree
    while True:
        places = list(holder) if isinstance(holder, dict) else list(range(len(holder)))
        if not places:
            return
        place = chance.choice(places)
        inner = holder[place]
        if not (isinstance(inner, dict | list) and inner and chance.random() < 0.8):
            break
        holder = inner
    how = chance.randrange(6)
    if how == 0:
        del holder[place]
    elif how == 1 and isinstance(holder, dict):
        holder[chance.choice(_NAMES).decode()] = holder.pop(place)
    elif how == 2:
        for _ in range(chance.choice((1, 3, 60))):
            inner = [inner] if chance.random() < 0.5 else {"a": inner}
        holder[place] = inner
    elif how == 3 and isinstance(holder, list):
        holder += [inner] * chance.choice((1, 5, 600))
    else:
        holder[place] = chance.choice(
            (0, -1, 1, 2**63, 10**400, 1e308, 5e-324, True, "", "x", "x" * 5000, "14.8T", "1/0",
             [], {}, [1], ["num_layers"], {"a": 1}, "\x1b[2J", "\u202e", "a\nb", "unknown")
        )  # fmt: skip


_MUTATIONS = (
    _flipped, _cut, _doubled, _inserted, _spliced, _lines_moved, _token_replaced, _token_replaced,
    _tree_changed, _tree_changed, _number_moved, _number_moved, _number_moved, _number_moved,
)  # fmt: skip
