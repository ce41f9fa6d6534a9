"""Dotted keys of TOML text, looked at before it is parsed.

The parser of the standard library remembers every beginning of a dotted key, so that one of a
hundred thousand parts, in a file of 200 kB, would take it all the memory there is.
"""

from __future__ import annotations

import re

# No table of a scenario is deeper than three.
LONGEST_KEY = 16

_STRING = r"""(?: "(?:[^"\\\n]|\\.)*+" | '[^'\n]*+' )"""
_PART = rf"(?: (?<![\w-])[\w-]++ | {_STRING} )"
_TOKENS = re.compile(
    rf"""
      \"{{3}} (?:[^\\]|\\.)*? \"{{3,5}}     # strings of many lines, and comments, are passed over
    | '{{3}} .*? '{{3,5}}
    | \#[^\n]*+
    | (?P<unclosed> \"{{3}} | '{{3}} )
    | (?P<key> {_PART} (?: [ \t]*+ \. [ \t]*+ {_PART} ){{{LONGEST_KEY}}} )
    | {_STRING}
    | (?P<stray> ["'] )
    """,
    re.DOTALL | re.VERBOSE,
)


def has_long_key(text: str) -> bool:
    """Whether a key of TOML text has more parts than any scenario's; takes time linear in it."""
    for token in _TOKENS.finditer(text):
        if token.lastgroup == "key":
            return True
        if token.lastgroup:
            return False  # a string without an end: the parser stops here too
    return False
