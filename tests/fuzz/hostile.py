"""Files made to take long, to fill the memory, or to be no files at all."""

from __future__ import annotations

import os
import random
import socket
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

from dsexplore.files.reading import LARGEST_FILE
from dsexplore.scenario.scenario import FIELDS

_HEAD = "schema = 1\n"


def _filled(head: str, line: Callable[[int], str], tail: str = "") -> bytes:
    """As many lines as a file may have."""
    return _bounded(head, map(line, count()), tail, LARGEST_FILE)


def _some(head: str, line: Callable[[int], str], most: int, tail: str = "") -> bytes:
    return _bounded(head, map(line, range(most)), tail, LARGEST_FILE)


def _bounded(head: str, lines: Iterator[str], tail: str, size: int) -> bytes:
    parts, left = [head], size - len(head) - len(tail)
    for line in lines:
        left -= len(line)
        if left < 0:
            break
        parts.append(line)
    return "".join([*parts, tail]).encode()


_CLAIM = (
    '[[claim]]\nid = "a{n}"\nclaim = "x"\nstates = 1\nscenario = "deepseek-v3"\ngives = "mfu"\n'
)
_RUN = (
    '[[run]]\nname = "a{n}"\ngpu = "h100-80gb-sxm"\nnum_gpus = 8\n'
    'architecture = {{ preset = "llama-3-70b" }}\nmeasured = {{ mfu = 0.4 }}\n'
)
_BENCHMARK = '[[benchmark]]\nname = "a{n}"\ngroup = "math"\nscores = {{ m = {n} }}\n'
_FIELD = next(name for name, spec in FIELDS.items() if spec.is_numeric)

CONTENTS: dict[str, Callable[[], bytes]] = {
    "nothing": lambda: b"",
    "headers": lambda: _filled(_HEAD, lambda n: f"[a{n:x}]\n"),
    "deep headers": lambda: _filled(_HEAD, lambda n: f"[a{n:x}.b.c.d.e.f.g.h.i.j.k.l.m.n]\n"),
    "headers just allowed": lambda: _some(
        _HEAD, lambda n: f"[a{n:x}.b.c.d.e.f.g.h.i.j.k.l]\n", 1600
    ),
    "arrays of tables": lambda: _filled("", lambda n: "[[claim]]\n"),
    "keys": lambda: _filled(_HEAD, lambda n: f"a{n:x}=1\n"),
    "keys just allowed": lambda: _some(_HEAD, lambda n: f"a{n:x}=1\n", 19_000),
    "dotted keys": lambda: _filled(_HEAD, lambda n: f"a.b{n:x}.c.d.e=1\n"),
    "numbers": lambda: _filled("a=[", lambda n: "1,", "1]"),
    "texts": lambda: _filled("title=[", lambda n: "'',", "'']"),
    "inline tables": lambda: _filled("claim=[", lambda n: "{},", "{}]"),
    "nested lists": lambda: b"title = " + b"[" * (LARGEST_FILE - 10),
    "nested a little": lambda: b"title = " + b"[" * 800 + b"]" * 800,
    "nested tables": lambda: b"title = " + b"{a=" * 5000,
    "comments": lambda: b"#\n" * (LARGEST_FILE // 2),
    "blank lines": lambda: b"\n" * LARGEST_FILE,
    "escapes": lambda: b'title = "' + rb"\u0041" * 170_000 + b'"',
    "continued lines": lambda: b'title = """' + b"\\\n" * 500_000 + b'"""',
    "quotes": lambda: b"title = '''" + b"''\n" * 340_000,
    "backslashes": lambda: b'title = "' + b"\\\\" * 500_000,
    "a long key": lambda: b"a" * (LARGEST_FILE - 5) + b"=1",
    "a long quoted key": lambda: b"'" + b"a" * (LARGEST_FILE - 10) + b"' = 1",
    "a long title": lambda: b"schema = 1\ntitle = '" + b"x" * (LARGEST_FILE - 30) + b"'",
    "a long choice": lambda: b"schema=1\n[architecture]\nattention='" + b"x" * 10**6 + b"'",
    "a long preset": lambda: b"schema=1\n[architecture]\npreset='" + b"x" * 10**6 + b"'",
    "digits": lambda: b"schema = " + b"9" * (LARGEST_FILE - 10),
    "hexadecimal digits": lambda: b"schema = 0x" + b"f" * (LARGEST_FILE - 20),
    "a huge title": lambda: b"schema = 1\ntitle = 0x" + b"f" * 990,
    "a huge number": lambda: b"schema = 1\n[hardware]\ngpu_power = 0x" + b"f" * 990,
    "endless dots": lambda: b"a." * 500_000 + b"a = 1",
    "one byte too many": lambda: b"#" * (LARGEST_FILE + 1),
    "sources of one field": lambda: _some(
        f"{_HEAD}[sources]\n", lambda n: f"'{'x' * 120}{n}'=['{_FIELD}']\n", 6000
    ),
    "sources of a table": lambda: _some(
        f"{_HEAD}[architecture]\npreset='deepseek-v3'\n[sources]\n",
        lambda n: f"'{'x' * 120}{n}'=['architecture']\n",
        6000,
    ),
    "one source of many": lambda: _some(
        f"{_HEAD}[sources]\na=[", lambda n: f"'{_FIELD}',", 19_000, "]"
    ),
    "unverified": lambda: _some(f"{_HEAD}unverified=[", lambda n: f"'{_FIELD}',", 19_000, "]"),
    "choices": lambda: _some(
        f"{_HEAD}[uncertainty]\n{_FIELD}={{choice=[", lambda n: "'1+1',", 19_000, "]}"
    ),
    "a long expression": lambda: b"schema=1\n[hardware]\ngpu_power='" + b"1+" * 90 + b"1'",
    "claims": lambda: _filled("", lambda n: _CLAIM.format(n=n)),
    "claims just allowed": lambda: _some("", lambda n: _CLAIM.format(n=n), 500),
    "claims of one id": lambda: _some("", lambda n: _CLAIM.format(n=0), 500),
    "a long recipe": (_CLAIM.format(n=0) + "note='" + "{mfu}" * 790 + "'").encode,
    "a deep recipe": lambda: (
        _CLAIM.format(n=0).replace("mfu", f"{'(' * 200}mfu{')' * 200}")
    ).encode(),
    "runs": lambda: _filled("", lambda n: _RUN.format(n=n)),
    "runs just allowed": lambda: _some("", lambda n: _RUN.format(n=n), 500),
    "benchmarks": lambda: _filled("[models.m]\ntitle='x'\n", lambda n: _BENCHMARK.format(n=n)),
    "benchmarks just allowed": lambda: _some(
        "[models.m]\ntitle='x'\n", lambda n: _BENCHMARK.format(n=n), 500
    ),
    "models": lambda: _some("", lambda n: f"[models.m{n}]\ntitle='x'\n", 6000),
    "keys of settings": lambda: _some(
        "[keys]\nsave=[", lambda n: f"'ctrl+{n}',", 19_000, "]"
    ),
    "json: keys": lambda: _filled("{", lambda n: f'"a{n:x}":1,', '"b":1}'),
    "json: a key twice": lambda: _filled('{"b":1,', lambda n: f'"a{n:x}":1,', '"b":1}'),
    "json: deep": lambda: b'{"model_type":' + b"[" * (LARGEST_FILE - 20),
    "json: objects": lambda: _filled('{"a":[', lambda n: "{},", "{}]}"),
    "json: layers": lambda: _filled(
        '{"model_type":"qwen2","num_hidden_layers":10000,"layer_types":[',
        lambda n: '"full_attention",',
        '"x"]}',
    ),
    "json: digits": lambda: b'{"model_type":' + b"9" * 10**6 + b"}",
    "json: text": lambda: b'{"model_type":"' + b"x" * 10**6 + b'"}',
    "json: not a number": lambda: b'{"model_type":"llama","vocab_size":NaN}',
}  # fmt: skip


def _folder(path: Path) -> None:
    path.mkdir()


def _pipe(path: Path) -> None:
    os.mkfifo(path)


def _link_to_itself(path: Path) -> None:
    path.symlink_to(path.name)


def _broken_link(path: Path) -> None:
    path.symlink_to("nothing")


def _link_to_a_device(path: Path) -> None:
    path.symlink_to("/dev/zero")


def _sparse(path: Path) -> None:
    path.touch()
    os.truncate(path, 1 << 40)


def _locked_away(path: Path) -> None:
    path.touch()
    path.chmod(0)


def _socket(path: Path) -> None:
    with socket.socket(socket.AF_UNIX) as listening:
        # A socket's path may not be long; its folder's may.
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            listening.bind(f"/proc/self/fd/{folder}/{path.name}")
        finally:
            os.close(folder)


NO_FILES = (
    _folder, _pipe, _link_to_itself, _broken_link, _link_to_a_device, _sparse, _locked_away,
    _socket,
)  # fmt: skip


def made(chance: random.Random) -> tuple[str, bytes]:
    """One of these contents, whole or cut short, and what it is called."""
    name = chance.choice(list(CONTENTS))
    content = CONTENTS[name]()
    if chance.random() < 0.2:
        content = content[: chance.randrange(len(content) + 1)]
    return name, content
