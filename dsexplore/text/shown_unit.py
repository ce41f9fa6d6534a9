"""A bare number typed over a value with a unit: 755 over 989 TFLOP/s means TFLOP/s."""

from __future__ import annotations

import re

_BARE = re.compile(r"\d[\d_,]*\.?\d*|\.\d+")
_SHOWN = re.compile(r"-?[\d.,_]+ (\S+)")
# From here on a number is as the field's base unit has it: nobody types a million TFLOP/s.
_LARGE = 1e6


def in_shown_unit(typed: str, shown: str) -> str:
    """A bare number with the unit of the value it replaces; any other text as it is.

    A share up to 1 stays one, whether or not its row shows a percentage.

    >>> in_shown_unit("755", "989 TFLOP/s"), in_shown_unit("989e12", "989 TFLOP/s")
    ('755 TFLOP/s', '989e12')
    >>> in_shown_unit("0.4", "22.8 %"), in_shown_unit("40", "22.8 %"), in_shown_unit("3", "61")
    ('0.4', '40 %', '3')
    """
    unit, number = _SHOWN.fullmatch(shown), typed.strip()
    if unit is None or not _BARE.fullmatch(number):
        return typed
    value = float(number.replace(",", "").replace("_", ""))
    if value >= _LARGE or (unit[1] == "%" and value <= 1):
        return typed
    return f"{number} {unit[1]}"
