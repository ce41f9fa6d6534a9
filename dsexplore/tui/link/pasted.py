"""What is pasted, freed of keys: multiplexers send a newline in it as the key that makes one."""

from __future__ import annotations

import re

_START, _END = "\x1b[200~", "\x1b[201~"
# A key as CSI u writes it, or as modifyOtherKeys does: tmux knows both.
_KEY = re.compile(r"\x1b\[(?:27;(?P<held>\d+);(?P<code>\d+)~|(?P<u>\d+)(?:;(?P<mod>\d+))?u)")
_BEGUN = re.compile(r"\x1b(\[[\d;]{0,12})?\Z")
_CONTROL = "5"


class Pasted:
    """The stream from a terminal; in what is pasted, each key is the character it stands for.

    Textual's parser takes a key in a paste for the end of the text before it.
    """

    def __init__(self) -> None:
        self._is_inside = False
        # Inside: a sequence of which the end has yet to come. Outside: the last that was let by.
        self._begun = ""

    def freed(self, text: str) -> str:
        """What came, to be parsed; a sequence only begun in a paste comes with its rest."""
        done = ""
        while text:
            step = self._inside if self._is_inside else self._outside
            passed, text = step(text)
            done += passed
        return done

    def _outside(self, text: str) -> tuple[str, str]:
        """Everything up to where a paste begins: no key may wait."""
        seen = self._begun + text
        at = seen.find(_START)
        if at < 0:
            self._begun = seen[1 - len(_START) :]
            return text, ""
        end = at + len(_START) - len(self._begun)
        self._is_inside, self._begun = True, ""
        return text[:end], text[end:]

    def _inside(self, text: str) -> tuple[str, str]:
        before, escape, after = (self._begun + text).partition("\x1b")
        self._begun = ""
        rest = escape + after
        if rest.startswith(_END):
            self._is_inside = False
            return _plain(before) + _END, rest[len(_END) :]
        if key := _KEY.match(rest):
            return _plain(before) + _character(key), rest[key.end() :]
        if rest and _BEGUN.match(rest):
            self._begun = rest
            return _plain(before), ""
        # Whatever else begins so is no text.
        return _plain(before), after


def _plain(text: str) -> str:
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _character(key: re.Match[str]) -> str:
    code = int(key["code"] or key["u"])
    if _CONTROL in (key["held"], key["mod"]) and code >= ord("@"):
        code &= 0x1F
    return _plain(chr(code)) if code <= 0x10FFFF else ""
