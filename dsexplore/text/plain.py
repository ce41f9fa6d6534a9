"""Words from a file, made safe to show: no control characters, no hidden ones."""

from __future__ import annotations

from typing import Annotated

from pydantic import BeforeValidator, StringConstraints


def plain(raw: object) -> object:
    """Text with every unprintable character but the line break replaced; other types untouched."""
    if not isinstance(raw, str):
        return raw
    if raw.isprintable():
        return raw
    return "".join(c if c.isprintable() or c == "\n" else "\ufffd" for c in raw)


Words = Annotated[str, StringConstraints(max_length=4000), BeforeValidator(plain)]
