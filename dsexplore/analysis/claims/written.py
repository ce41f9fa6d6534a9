"""How a finding is written: its figures, how far apart they are, and what came of the recipe."""

from __future__ import annotations

import math
from collections.abc import Callable

from dsexplore.analysis.claims.claim import Claim
from dsexplore.analysis.claims.expression import Value
from dsexplore.analysis.claims.verdict import Verdict, is_above, verdict
from dsexplore.engine import QUANTITIES
from dsexplore.scenario.scenario import FIELDS
from dsexplore.text.format import NOT_KNOWN, format_value

_DIGITS = 4
# A smaller deviation is the rounding of floats.
_SAME = 1e-12
_RANGE = " to "
_UNITS = {spec.unit for spec in FIELDS.values()} | {found.unit for found in QUANTITIES.values()}


def value_text(value: Value | None, unit: str) -> str:
    """A figure as people read it; a unit of the claim's own follows as a word."""
    return _text(value, unit, lambda item: _DIGITS, ", ")


def _text(value: Value | None, unit: str, digits_of: Callable[[float], int], between: str) -> str:
    """One figure or several, followed by a unit that is the claim's own."""
    if value is None:
        return NOT_KNOWN
    own = unit if unit in _UNITS else ""
    items = value if isinstance(value, tuple) else (value,)
    texts = [format_value(item, own, digits_of(item)) for item in items]
    ends = {text.partition(" ")[2] for text in texts}
    if len(ends) == 1 and between == _RANGE:
        texts[:-1] = [text.partition(" ")[0] for text in texts[:-1]]
    text = between.join(texts)
    return text if own == unit else f"{text} {unit}"


def printed_text(states: Value | None, unit: str, *, is_range: bool) -> str:
    """A printed figure with the digits it was printed with."""
    return _text(states, unit, _digits_of, _RANGE if is_range else ", ")


def _digits_of(value: float) -> int:
    enough = (n for n in range(1, _DIGITS) if float(f"{value:.{n - 1}e}") == value)
    return next(enough, _DIGITS)


def sentence_of(claim: Claim, gives: Value | None, apart: float, found: Verdict) -> str:
    """What came of a claim's recipe beside what is printed, in one sentence."""
    is_list = isinstance(gives, tuple)
    printed = printed_text(claim.states, claim.unit, is_range=not is_list)
    computed = value_text(gives, claim.gives_unit)
    if found == "disclosed":
        follows = f"; the recipe gives {computed}" if gives is not None else ""
        return f"A stated fact, not derived{follows}."
    if found == "undecided":
        return "The recipe needs a value that is not known."
    if claim.bound:
        return _of_bound(claim, computed, printed, apart, found)
    if found == "contradicted":
        return f"The document's own inputs give {computed}, not {printed}."
    if abs(apart) <= _SAME:
        return f"The recipe gives {computed}, as printed."
    side = "above" if apart > 0 else "below"
    away = f"{side} the printed figure, {percent_text(abs(apart)).lstrip('+')} of the larger apart"
    rounds = found == "reproduced" and verdict(claim.states or 0.0, gives or 0.0) != found
    return f"The recipe gives {computed}, {away}{'; it rounds to that' if rounds else ''}."


def _of_bound(claim: Claim, computed: str, printed: str, apart: float, found: Verdict) -> str:
    is_more = is_above(claim.bound)
    more = "more" if is_more else "less"
    if found != "reproduced":
        return f"The recipe gives {computed}, which is not {more} than {printed}."
    if apart == 0 or (apart > 0) is not is_more:
        off = f"{percent_text(abs(apart)).lstrip('+')} from {printed}"
        return f"The recipe gives {computed}, {off}: as near as any figure has to be."
    return f"The recipe gives {computed}, which is {more} than {printed}."


def percent_text(share: float) -> str:
    """How far apart two figures are, to a tenth of a per cent where that says something."""
    if math.isnan(share):
        return NOT_KNOWN
    percent = 100 * share
    if percent and abs(percent) < 0.05:
        return "<0.1 %"
    # From here on a tenth of a per cent says nothing, and takes room.
    if abs(percent) >= 99.95:
        return f"{percent:+.0f} %"
    return f"{percent:+.1f} %" if percent else "0 %"
