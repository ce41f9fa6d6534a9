"""Efficiency: hours of two scenarios written as the MFU that they imply, of one peak.

Cost is FLOP / (peak x MFU) x price. Measured hours hide it: switched in first, they leave nothing
for a model or for questions per step to change. So before anything is switched, hours that were
measured are written as the efficiency that they imply; nothing of either scenario's result moves.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from dsexplore.analysis.compare.compare import same
from dsexplore.engine import GRAPH, evaluate
from dsexplore.scenario.measured_run import HOURS, MEASURED_RUN, RL_HOURS
from dsexplore.scenario.scenario import FIELDS, Input
from dsexplore.text.format import format_value

Inputs = Mapping[str, Input]
_ONE_PEAK = "bf16"


@dataclass(frozen=True, slots=True)
class _Stage:
    """A stage's choice of how hours are known, the MFU that may be assumed, and its hours."""

    choice: str
    mfu: str
    result: str
    needed: str
    hours: tuple[str, ...]
    label: str

    @property
    def stated(self) -> tuple[str, ...]:
        """All that states its efficiency."""
        return (self.choice, self.mfu, *self.hours)


_STAGES = (
    _Stage("utilization", "assumed_mfu", "mfu", "pretraining_gpu_hours", HOURS, "MFU"),
    _Stage("rl_utilization", "rl_mfu", "rl_implied_mfu", "rl_gpu_hours", RL_HOURS, "RL MFU"),
)


@dataclass(frozen=True, slots=True)
class Rewritten:
    """Two scenarios' inputs, with hours as MFU where they can be written so."""

    before: Inputs
    after: Inputs
    # The scenarios' own inputs.
    own: tuple[Inputs, Inputs]

    def about(self, fields: Iterable[str]) -> tuple[str, tuple[str, ...], str]:
        """Label, own fields and words of a change that is one of efficiency; empty if it is not."""
        names = set(fields)
        stage = next((stage for stage in _STAGES if stage.mfu in names), None)
        is_as_stated = self.before is self.own[0] and self.after is self.own[1]
        # An MFU that was stated alone is a field like any other.
        if stage is None or (is_as_stated and stage.choice not in names):
            return "", (), ""
        differing = [name for name in FIELDS if self._is_own_change(name, stage, names)]
        peak = ["mfu_peak"] if not same(*(own["mfu_peak"] for own in self.own)) else []
        hours = [name for name in stage.hours if any(own[name] for own in self.own)]
        if self.before[stage.choice] != "assumed" or self.after[stage.choice] != "assumed":
            return stage.label, tuple(differing or peak or hours), ""
        values = (format_value(each[stage.mfu], "fraction") for each in (self.before, self.after))
        of = f" of the {str(self.before['mfu_peak']).split('_')[0].upper()} peak"
        return stage.label, tuple(differing or peak or hours), f"{' → '.join(values)}{of}"

    def _is_own_change(self, name: str, stage: _Stage, names: set[str]) -> bool:
        one, other = self.own
        is_its_own = name in stage.stated or name in names
        applies = any(FIELDS[name].applies_where(each.get) for each in self.own)
        return is_its_own and applies and not same(one[name], other[name])


def as_efficiency(before: Inputs, after: Inputs, of: str, *, same_run: bool) -> Rewritten:
    """Both scenarios with hours as MFU, where that leaves the result of each as it is.

    `same_run`: both hold hours of one run, so that their efficiency is the same by choice.
    """
    own = (before, after)
    sides = [_with_mfu(each) for each in own]
    sides = _alike_in_rl(*sides)
    sides = _of_one_peak(*sides)
    if all(now is then for now, then in zip(sides, own, strict=True)):
        return Rewritten(before, after, own)
    is_held = same_run and not _restates(before, after) and _moves(*sides)
    if is_held or not _is_of_hours(of, *sides) or not _is_unmoved(of, own, sides):
        return Rewritten(before, after, own)
    return Rewritten(sides[0], sides[1], own)


def _with_mfu(inputs: Inputs) -> Inputs:
    """A scenario with measured hours as the MFU that they imply."""
    run = inputs[MEASURED_RUN]
    is_held = inputs["measured_basis"] == "mfu" or not getattr(run, "values", None)
    measured = [stage for stage in _STAGES if inputs[stage.choice] == "measured"]
    if not measured or not is_held:
        return inputs
    found = evaluate(inputs, [stage.result for stage in measured])
    changed: dict[str, Input] = {}
    for stage in measured:
        mfu = float(found[stage.result])
        if mfu > 0 and math.isfinite(mfu):
            changed |= {stage.choice: "assumed", stage.mfu: mfu}
    if "utilization" in changed:
        changed["goodput"] = 1.0  # measured hours are all hours
    return {**inputs, **changed} if changed else inputs


def _alike_in_rl(one: Inputs, other: Inputs) -> list[Inputs]:
    """RL at pre-training's MFU beside RL at its own has an MFU of its own too."""
    if {one["rl_utilization"], other["rl_utilization"]} != {"pretraining", "assumed"}:
        return [one, other]
    return [_at_own_rl_mfu(each) for each in (one, other)]


def _at_own_rl_mfu(inputs: Inputs) -> Inputs:
    if inputs["rl_utilization"] == "assumed":
        return inputs
    mfu = float(evaluate(inputs, ["rl_implied_mfu"])["rl_implied_mfu"])
    if not mfu > 0:
        return inputs
    return {**inputs, "rl_utilization": "assumed", "rl_mfu": mfu}


def _of_one_peak(one: Inputs, other: Inputs) -> list[Inputs]:
    """Assumed shares of two peaks as shares of one: which peak is counted by costs nothing."""
    if one["mfu_peak"] == other["mfu_peak"]:
        return [one, other]
    moved = [_of_peak(each) for each in (one, other)]
    return [one, other] if None in moved else [each for each in moved if each is not None]


def _of_peak(inputs: Inputs) -> Inputs | None:
    """A scenario with shares of the one peak; None where a peak is not known."""
    moved = {**inputs, "mfu_peak": _ONE_PEAK}
    then, now = (
        float(evaluate(each, ["mfu_peak_flops"])["mfu_peak_flops"]) for each in (inputs, moved)
    )
    if not (then > 0 and now > 0):
        return None
    for stage in _STAGES:
        if inputs[stage.choice] == "assumed":
            moved[stage.mfu] = float(inputs[stage.mfu]) * then / now
    return moved


def _restates(before: Inputs, after: Inputs) -> bool:
    """Whether either states an efficiency that the other does not."""
    names = {name for stage in _STAGES for name in stage.stated}
    return any(not same(before[name], after[name]) for name in (*names, "mfu_peak"))


def _moves(before: Inputs, after: Inputs) -> bool:
    return any(not same(before[stage.mfu], after[stage.mfu]) for stage in _STAGES)


def _is_of_hours(of: str, before: Inputs, after: Inputs) -> bool:
    """Whether a result follows from a stage's hours, where these follow from an MFU."""
    return any(
        each[stage.choice] == "assumed" and stage.needed in GRAPH.needed([of], each)
        for each in (before, after)
        for stage in _STAGES
    )


def _is_unmoved(of: str, own: Iterable[Inputs], now: Iterable[Inputs]) -> bool:
    pairs = zip(own, now, strict=True)
    return all(
        same(float(evaluate(one, [of])[of]), float(evaluate(other, [of])[of]))
        for one, other in pairs
    )
