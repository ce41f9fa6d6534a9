"""Standing: what a claim is worth beside its arithmetic, checked by what is computed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final, Literal, get_args

from dsexplore.analysis.claims.expression import Value
from dsexplore.analysis.claims.verdict import CLOSE, Bound, Verdict, deviation, verdict

StandingWord = Literal[
    "holds",
    "superseded",
    "not like with like",
    "rests on an assumption",
    "circular",
    "unsupported",
    "not judged",
]

STANDINGS: Final[dict[str, str]] = {
    "holds": "the figure follows from what is known, and nothing published since speaks against it",
    "superseded": "something published later replaces it",
    "not like with like": "it compares what was measured differently",
    "rests on an assumption": "another reading of an input nobody published gives another figure",
    "circular": "the input is the output: the figure restates what was put in",
    "unsupported": "the document does not derive it, or its own inputs give something else",
    "not judged": "its file says nothing of it",
}
DECLARED: Final = tuple(word for word in get_args(StandingWord) if word != "not judged")
_SAME = 1e-9
_FINE: Final = ("reproduced", "rough", "disclosed")


def standing(
    declared: str,
    found: Verdict,
    states: Value | None,
    gives: Value | None,
    readings: Sequence[Value],
    bound: Bound = "",
) -> tuple[StandingWord, str]:
    """The standing, and why a declared one is not borne out (empty if it is).

    `readings` are the recipe's other readings. Nothing declared: a contradicted claim is
    unsupported, any other is not judged.
    """
    plain: StandingWord = "unsupported" if found == "contradicted" else "not judged"
    if not declared:
        return plain, ""
    why = _against(declared, found, states, gives, readings, bound)
    word: StandingWord = next(word for word in get_args(StandingWord) if word == declared)
    return (plain, why) if why else (word, "")


def _against(
    declared: str,
    found: Verdict,
    states: Value | None,
    gives: Value | None,
    readings: Sequence[Value],
    bound: Bound,
) -> str:
    """Why a declared standing is not borne out, in a clause; empty if it is."""
    verdicts = [] if states is None else [verdict(states, one, 0, bound) for one in readings]
    # A disclosed figure follows from nothing: its readings stand beside itself.
    figure = states if gives is None else gives
    apart = [] if figure is None else [abs(deviation(figure, one)) for one in readings]
    if declared == "holds":
        return _against_holding(found, verdicts)
    if declared == "unsupported":
        is_so = gives is None or found not in _FINE or any(v != "reproduced" for v in verdicts)
        return "" if is_so else "its own inputs give the figure, and no reading differs"
    if not readings:
        return "no reading is given to compute it from"
    is_so, why = {
        "superseded": (
            verdicts[:1] not in ([], ["reproduced"], ["undecided"]),
            "the later figure is the same",
        ),
        "circular": (
            bool(apart) and apart[0] <= _SAME,
            "its input is not what the recipe gives",
        ),
    }.get(declared, (any(off > CLOSE for off in apart), "the other readings are the same"))
    return "" if is_so else why


def _against_holding(found: Verdict, verdicts: Sequence[Verdict]) -> str:
    if found not in _FINE:
        return f"its arithmetic is {found}"
    return "a reading contradicts it" if "contradicted" in verdicts else ""
