"""Generated scenarios: a shipped one with any of its fields changed to whatever is allowed."""

from __future__ import annotations

from functools import cache
from typing import Any

from hypothesis import strategies as st

from dsexplore.library.names import preset_names
from dsexplore.library.open import load
from dsexplore.scenario.field import UNKNOWN, FieldSpec
from dsexplore.scenario.scenario import FIELDS, Scenario
from dsexplore.text.refusal import ScenarioError

# Nothing in the world is finer than this in its base unit, and products of such numbers stay far
# from where floats end: what is 0 or infinite in a test is so for a reason that a user can see.
SMALLEST = 1e-12
LARGEST = 1e18

NUMERIC = tuple(name for name, spec in FIELDS.items() if spec.is_numeric)
MAY_BE_UNKNOWN = tuple(name for name, spec in FIELDS.items() if spec.may_be_unknown)

preset_scenarios = st.deferred(lambda: st.sampled_from(preset_names("scenarios")).map(shipped))


@cache
def shipped(name: str) -> Scenario:
    """A shipped scenario without what is said about it, which no formula reads."""
    return load(name).model_copy(update={"description": "", "sources": {}, "notes": {}})


def changed(scenario: Scenario, changes: dict[str, Any]) -> Scenario:
    """A scenario with those of the changes made, one after another, that the rules allow."""
    for name, value in changes.items():
        try:
            scenario = scenario.with_values({name: value})
        except ScenarioError:
            continue
    return scenario


def values_of(spec: FieldSpec, *, unknown: bool = True) -> st.SearchStrategy[Any]:
    """Values that a field may take, its ends and everyday sizes among them."""
    if spec.kind == "boolean":
        return st.booleans()
    if spec.kind == "choice":
        return st.sampled_from(spec.choices)
    if spec.kind == "name":
        return st.from_regex(r"[A-Za-z0-9][A-Za-z0-9 .+-]{0,20}[a-z]", fullmatch=True)
    numbers = _integers(spec) if spec.kind == "integer" else _floats(spec)
    return numbers | st.just(UNKNOWN) if unknown and spec.may_be_unknown else numbers


def changes(
    names: tuple[str, ...] = tuple(FIELDS), *, unknown: bool = True, most: int = 10
) -> st.SearchStrategy[dict[str, Any]]:
    """Some fields with values that each of them may take."""
    chosen = st.lists(st.sampled_from(names), unique=True, max_size=most)
    return chosen.flatmap(
        lambda found: st.fixed_dictionaries(
            {name: values_of(FIELDS[name], unknown=unknown) for name in found}
        )
    )


def scenarios(
    names: tuple[str, ...] = tuple(FIELDS), *, unknown: bool = True
) -> st.SearchStrategy[Scenario]:
    """A shipped scenario with some fields changed, without those changes that rules refuse."""
    return st.builds(changed, preset_scenarios, changes(names, unknown=unknown))


def _integers(spec: FieldSpec) -> st.SearchStrategy[int]:
    lowest = int(spec.above + 1 if spec.above is not None else spec.minimum or 0)
    highest = int(spec.maximum if spec.maximum is not None else LARGEST)
    everyday = st.integers(lowest, min(highest, lowest + 300))
    powers = st.sampled_from([2**k for k in range(30) if lowest <= 2**k <= highest] or [lowest])
    return everyday | powers | st.integers(lowest, highest) | st.just(highest)


def _floats(spec: FieldSpec) -> st.SearchStrategy[float]:
    lowest = SMALLEST if spec.above is not None else float(spec.minimum or 0)
    highest = float(min(spec.maximum or LARGEST, LARGEST))
    ends = st.sampled_from([lowest, highest])
    anywhere = st.floats(max(lowest, SMALLEST), highest)
    everyday = st.floats(-12, 18).map(lambda power: min(max(10.0**power, lowest), highest))
    return ends | anywhere | everyday
