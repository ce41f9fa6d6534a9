"""How much a TOML text may hold, looked at before it is parsed, in time linear in its length.

The parser of the standard library remembers every beginning of a dotted key and every table: a
megabyte of headers takes half a gigabyte, and one key of 100,000 parts all there is.
"""

from __future__ import annotations

import re

# No table of a scenario is deeper than three.
LONGEST_KEY = 16
# Signs between keys and values: = , . [ and {. The largest file shipped has 900.
MOST_SIGNS = 20_000
# Without quotes: a number, a date or a key.
LONGEST_WORD = 1_000

_STRING = r"""(?: "(?:[^"\\\n]|\\.)*+" | '[^'\n]*+' )"""

_PART = rf"(?: (?<![\w-])[\w-]++ | {_STRING} )"

_TOKENS = re.compile(
    rf"""
      \"{{3}} (?:[^\\]|\\.)*? \"{{3,5}}     # strings of many lines, and comments, are passed over
    | '{{3}} .*? '{{3,5}}
    | (?: \s++ | \#[^\n]*+ )++
    | (?P<unclosed> \"{{3}} | '{{3}} )
    | (?P<key> {_PART} (?: [ \t]*+ \. [ \t]*+ {_PART} ){{{LONGEST_KEY}}} )
    | {_STRING}
    | (?P<stray> ["'] )
    | (?P<word> [\w.-]++ )
    | (?P<sign> [=,\[{{] )
    """,
    re.DOTALL | re.VERBOSE,
)


def too_much_in(text: str) -> str:
    """What a TOML text holds too much of, in words; empty for one that may be parsed."""
    signs = 0
    for token in _TOKENS.finditer(text):
        kind = token.lastgroup
        if kind == "key":
            return f"a key of more than {LONGEST_KEY} parts"
        if kind == "word":
            word = token[0]
            if len(word) > LONGEST_WORD:
                return f"a number or key of more than {LONGEST_WORD:,} characters"
            signs += word.count(".")
        elif kind == "sign":
            signs += 1
        elif kind:
            return ""  # a string without an end: the parser stops here too
        if signs > MOST_SIGNS:
            return f"more than {MOST_SIGNS:,} keys, tables and values"
    return ""
