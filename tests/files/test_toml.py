"""TOML files: parsed within bounds, or refused in one line."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dsexplore.files.toml import parse_toml, read_toml
from dsexplore.text.refusal import ScenarioError
from tests.examples import examples
from tests.points import holds_at


def test_a_file_is_read_as_toml_in_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "a file.toml"
    path.write_bytes('title = "größer – 大"\n[table]\nnumber = 14.8e12\n'.encode())
    assert read_toml(path) == {"title": "größer – 大", "table": {"number": 14.8e12}}


@holds_at(
    ("content", "said"),
    [
        (b"schema = ", "no TOML (Invalid value (at end of document))"),
        (b"a = 1\na = 2\n", "line 2"),
        (b"\xff\xfe", "not UTF-8 at 0"),
        (b"title = '\xff'", "not UTF-8 at 9"),
        (b"\x00", "no TOML"),
        (b"a = " + b"[" * 15_000, "nested too deep"),
        (b"a = " + b"[" * 100_000, "more than 20,000 keys, tables and values"),
        (b"a = " + b"9" * 5000, "a number or key of more than 1,000 characters"),
        (b"a = 0x" + b"f" * 5000, "a number or key of more than 1,000 characters"),
        (b"".join(b"[a%d.b.c.d.e.f]\n" % i for i in range(5000)), "more than 20,000"),
        (b"a" + b".a" * 100_000 + b" = 1", "a key of more than"),
        (b"[a" + b".a" * 100_000 + b"]", "a key of more than"),
        (b'a = "\x1b[2J"', "no TOML"),
    ],
)
def test_what_is_no_toml_is_refused_in_one_line(content: bytes, said: str) -> None:
    with pytest.raises(ScenarioError) as caught:
        parse_toml(content)
    assert said in str(caught.value)
    assert str(caught.value).isprintable()


@examples(300)
@given(st.binary(max_size=60) | st.text("[]{}=.,\"'#\n\\ a1-e", max_size=60).map(str.encode))
def test_any_bytes_are_tables_or_a_refusal(content: bytes) -> None:
    try:
        assert isinstance(parse_toml(content), dict)
    except ScenarioError as error:
        assert str(error).isprintable()
