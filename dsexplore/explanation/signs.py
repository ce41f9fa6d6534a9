"""Notation: the functions in formulas, as the signs people write."""

from __future__ import annotations

import math
import string
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from dsexplore.engine import counting, elementwise, idioms, lognormal, measured_run, templates
from dsexplore.explanation.source import given
from dsexplore.explanation.term import CONDITIONS, Term


def as_factor(term: Term) -> Term:
    """A term for arithmetic: a condition counts as 1 or 0."""
    return Term("indicator", term.value, parts=(term,)) if term.kind in CONDITIONS else term


def chosen(condition: Term, yes: Term, no: Term) -> Term:
    """The chosen one of two terms.

    A guard against 0 needs no reason while it does not apply.
    """
    is_guard = condition.label == "==" and yes.kind == "number" and yes.value == 0
    if is_guard and not condition.value:
        return no
    return (yes if condition.value else no).because(condition)


def looked_up(table: Term, choice: Term, otherwise: Term | None = None) -> Term:
    """A table's entry for a choice; `otherwise` if it has none."""
    keys = list(table.value)
    if choice.value in keys:
        found = table.parts[keys.index(choice.value)]
        if choice.kind == "text":
            # A word that another choice stands for: that choice is the reason.
            return found.because(*choice.reasons)
        return found.because(Term("choice", True, parts=(choice,)))
    if otherwise is None:
        raise KeyError(choice.value)
    among = tuple(Term("text", key) for key in keys)
    return otherwise.because(Term("choice", False, parts=(choice, *among)))


def declared(table: Mapping[str, object], choice: Term, name: str) -> Term:
    """What a table of declared things says of the chosen one: a number, a word, or yes and no."""
    value = getattr(table[choice.value], name)
    if isinstance(value, bool):
        among = (Term("text", key) for key, thing in table.items() if getattr(thing, name))
        return Term("choice", value, parts=(choice, *among))
    return given(value).because(Term("choice", True, parts=(choice,)))


def _ratio(part: Term, whole: Term) -> Term:
    parts = as_factor(part), as_factor(whole)
    return Term("operation", elementwise.ratio(part.value, whole.value), "/", parts)


def _without_unknown(amount: Term, price: Term) -> Term:
    none = Term("number", 0.0)
    product = Term("operation", amount.value * price.value, "×", (amount, price))
    return chosen(Term("compare", bool(amount.value == 0), "==", (amount, none)), none, product)


def _extreme(label: str, of_two: Callable[[Any, Any], Any]) -> Callable[[Term, Term], Term]:
    def written(one: Term, other: Term) -> Term:
        rows = [
            term.parts if (term.kind, term.label) == ("call", label) else (as_factor(term),)
            for term in (one, other)
        ]
        parts = tuple(part for row in rows for part in row)
        return Term("call", of_two(one.value, other.value), label, parts)

    return written


def _called(label: str, function: Callable[[Any], Any]) -> Callable[[Term], Term]:
    return lambda term: Term("call", function(term.value), label, (as_factor(term),))


def _bracketed(signs: str, function: Callable[[Any], Any]) -> Callable[[Term], Term]:
    return lambda term: Term("bracket", function(term.value), signs, (as_factor(term),))


def _bracketed_ratio(
    signs: str, function: Callable[[Any, Any], Any]
) -> Callable[[Term, Term], Term]:
    def written(part: Term, whole: Term) -> Term:
        return Term("bracket", function(part.value, whole.value), signs, (_ratio(part, whole),))

    return written


def _known(term: Term) -> Term:
    return Term("known", bool(elementwise.is_known(term.value)), parts=(term,))


def _fails(term: Term) -> Term:
    return Term("not", not term.value, parts=(term,))


def _from_zero(term: Term) -> Term:
    holds = Term("compare", bool(term.value >= 0), ">=", (term, Term("number", 0.0)))
    return Term("indicator", elementwise.is_from_zero(term.value), parts=(holds,))


def _sentence(condition: Term, template: Term, **values: Term) -> Term:
    case = Term("sequence", None, parts=(condition, template))
    return _first_sentence(Term("sequence", None, parts=(case,)), **values)


def _first_sentence(cases: Term, **values: Term) -> Term:
    if cases.kind == "local":
        cases = cases.parts[0]
    pairs = [case.parts for case in cases.parts]
    for condition, template in pairs:
        if condition.value:
            return _filled(template.value, values).because(condition)
    return Term("text", "").because(*(condition for condition, _ in pairs))


def _filled(template: str, values: dict[str, Term]) -> Term:
    parts = []
    for words, field, how, _ in string.Formatter().parse(template):
        parts.append(Term("text", words))
        if field is not None:
            parts.append(Term("spot", "", how or "", (values[field],)))
    text = template.format(**{name: term.value for name, term in values.items()})
    return Term("template", text, parts=tuple(parts))


def _touching_share(members: Term, everyone: Term, picked: Term) -> Term:
    value = counting.touching_share(members.value, everyone.value, picked.value)
    others = Term("operation", everyone.value - members.value, "−", (everyone, members))
    without = Term("call", math.nan, "C", (others, picked))
    choices = Term("call", math.nan, "C", (everyone, picked))
    missed = Term("operation", 1 - value, "/", (without, choices))
    return Term("operation", value, "−", (Term("number", 1), missed))


def _at_least_once(chance: Term, tries: Term) -> Term:
    value = counting.at_least_once(chance.value, tries.value)
    one = Term("number", 1)
    never = Term("operation", 1 - chance.value, "−", (one, chance))
    missed = Term("power", 1 - value, parts=(never, tries))
    return Term("operation", value, "−", (one, missed))


def _expm1(term: Term) -> Term:
    power = Term("call", elementwise.exp(term.value), "exp", (as_factor(term),))
    return Term("operation", elementwise.expm1(term.value), "−", (power, Term("number", 1)))


def _log1p(term: Term) -> Term:
    whole = Term("operation", 1 + term.value, "+", (Term("number", 1), as_factor(term)))
    return Term("call", elementwise.log1p(term.value), "ln", (whole,))


def _carried_over(run: Term, field: Term, hours: Term, factor: Term) -> Term:
    value = measured_run.carried_over(run.value, field.value, hours.value, factor.value)
    changed = Term("operation", value, "×", (hours, factor))
    return hours if run.value == run.value and field.value in run.value.restated else changed


def _unless_restated(run: Term, field: Term, spread: Term) -> Term:
    value = measured_run.unless_restated(run.value, field.value, spread.value)
    return spread if value == spread.value else Term("number", value)


def _median_before_cap(mean: Term, spread: Term, cap: Term) -> Term:
    value = lognormal.median_before_cap(mean.value, spread.value, cap.value)
    return Term("call", value, "median_before_cap", (mean, spread, cap))


def _number(term: Term) -> Term:
    return replace(term, kind="number", value=float(term.value), label="")


NOTATION: dict[Callable[..., Any], Callable[..., Term]] = {
    elementwise.where: chosen,
    elementwise.ratio: _ratio,
    elementwise.without_unknown: _without_unknown,
    elementwise.smaller: _extreme("min", elementwise.smaller),
    elementwise.larger: _extreme("max", elementwise.larger),
    elementwise.ceil: _bracketed("⌈⌉", elementwise.ceil),
    elementwise.floor: _bracketed("⌊⌋", elementwise.floor),
    elementwise.times_to_hold: _bracketed_ratio("⌈⌉", elementwise.times_to_hold),
    elementwise.times_within: _bracketed_ratio("⌊⌋", elementwise.times_within),
    elementwise.nearest_whole: _called("round", elementwise.nearest_whole),
    elementwise.sqrt: _called("√", elementwise.sqrt),
    elementwise.exp: _called("exp", elementwise.exp),
    elementwise.expm1: _expm1,
    elementwise.log: _called("ln", elementwise.log),
    elementwise.log2: _called("log₂", elementwise.log2),
    elementwise.log1p: _log1p,
    counting.at_least_once: _at_least_once,
    counting.touching_share: _touching_share,
    lognormal.median_before_cap: _median_before_cap,
    elementwise.is_known: _known,
    elementwise.fails: _fails,
    elementwise.is_from_zero: _from_zero,
    measured_run.carried_over: _carried_over,
    measured_run.unless_restated: _unless_restated,
    templates.sentence: _sentence,
    templates.first_sentence: _first_sentence,
    math.sqrt: _called("√", math.sqrt),
    math.exp: _called("exp", math.exp),
    math.log: _called("ln", math.log),
    abs: _bracketed("||", abs),
    float: _number,
}

# Read as if they were written out where they are called.
WRITTEN_OUT = frozenset(
    {
        idioms.stated_or,
        idioms.if_any,
        idioms.by_presence,
        idioms.sharded,
        idioms.link_between,
    },
)
