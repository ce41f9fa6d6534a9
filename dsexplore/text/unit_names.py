"""Units by name: their spellings and prefixes, and what each measures by which factor."""

from __future__ import annotations

from fractions import Fraction
from typing import Final, NamedTuple

PREFIXES: Final = {
    "k": 1000,
    **{letter: 1000**power for power, letter in enumerate("KMGTPEZY", start=1)},
    **{f"{letter}i": 1024**power for power, letter in enumerate("KMGTPE", start=1)},
    **{"thousand": 10**3, "million": 10**6, "billion": 10**9, "B": 10**9, "trillion": 10**12},
}

# Kind, factor to the kind's base unit, spellings. One or two characters are a symbol and mean their
# exact case; a longer spelling is read in any case and with a plural s. Any may carry a prefix.
# A new unit is one line here.
_TABLE: Final[tuple[tuple[str, Fraction | int, str], ...]] = (
    ("data", 1, "B byte"),
    ("data", Fraction(1, 8), "bit"),
    ("work", 1, "FLOP"),
    ("time", Fraction(1, 10**9), "ns nanosecond"),
    ("time", Fraction(1, 10**6), "us µs μs microsecond"),  # both of Unicode's micro signs
    ("time", Fraction(1, 10**3), "ms millisecond"),
    ("time", 1, "s sec second"),
    ("time", 60, "min minute"),
    ("time", 3600, "h hr hrs hour"),
    ("time", 24 * 3600, "d day"),
    ("time", 7 * 24 * 3600, "week"),
    ("time", 365 * 2 * 3600, "month"),
    ("time", 365 * 24 * 3600, "y yr yrs year"),  # 8,760 hours, as prices and depreciation count
    ("GPU time", 3600, "GPU-h GPU-hr GPU-hour"),
    ("GPU time", 24 * 3600, "GPU-d GPU-day"),
    ("GPU time", 365 * 24 * 3600, "GPU-yr GPU-year"),
    ("power", 1, "W watt"),
    ("energy", 1, "J joule"),
    ("energy", 3600, "Wh wh"),
    ("mass", 1, "g gram gCO2 gCO2e"),
    ("mass", 10**6, "t tonne tCO2 tCO2e"),
    ("volume", 1, "L litre liter"),
    ("money", 1, "$ USD dollar"),
    ("share", 1, "fraction"),
    ("share", Fraction(1, 100), "% percent"),
    ("token", 1, "token tok"),
    ("parameter", 1, "parameter param"),
    ("person", 1, "person people"),
    # Other nouns count in their own fields too; those listed here take a prefix as well.
    *((noun, 1, noun) for noun in ("layer", "head", "expert", "GPU", "SM", "node", "sequence")),
    *((noun, 1, noun) for noun in ("step", "sample", "question", "stage", "phase", "run")),
)


class NamedUnit(NamedTuple):
    """What a word means: a kind of unit, empty for a pure number, and its factor to the base."""

    kind: str
    factor: Fraction
    name: str = ""


_UNITS: Final = {
    name if len(name) < 3 else name.casefold() + ending: NamedUnit(kind, Fraction(factor))
    for kind, factor, spellings in _TABLE
    for name in spellings.split()
    for ending in ("", "s")
}


def look_up(word: str) -> NamedUnit | None:
    """Return the unit named by a word, with or without a prefix attached."""
    for length in (0, 2, 1):
        power = PREFIXES.get(word[:length]) if length else 1
        name = word[length:]
        unit = _UNITS.get(name if len(name) < 3 else name.casefold())
        if power and unit:
            return NamedUnit(unit.kind, unit.factor * power)
    return None


def kind_and_factor(word: str) -> tuple[str, float] | None:
    """The kind of a unit's word and its factor to the kind's base unit; None for another word."""
    found = look_up(word)
    return None if found is None else (found.kind, float(found.factor))
