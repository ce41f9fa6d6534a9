"""`python -m tests.framework`: importable types against transformers' own models, in minutes.

Needs `pip install -e '.[dev,framework]'`. `--defaults` writes the file of class defaults anew,
`--counts` the counts that the suite holds the importer to without the framework.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter

from dsexplore.engine import evaluate
from dsexplore.library.config_json import FAMILIES, architecture_of
from dsexplore.text.refusal import ScenarioError
from tests.framework.models import changed, made, types


def main() -> int:
    """Compare, print a line for each type, and return 1 where a count differs."""
    parser = argparse.ArgumentParser(prog="python -m tests.framework", description=__doc__)
    parser.add_argument("types", nargs="*", help="types to compare; all if none is named")
    parser.add_argument("--seeds", type=int, default=50, help="random variants of each type")
    parser.add_argument("--defaults", action="store_true", help="write class_defaults.json")
    parser.add_argument(
        "--counts", action="store_true", help="write the counts that the suite holds"
    )
    arguments = parser.parse_args()
    if arguments.defaults:
        from tests.framework.defaults import write_defaults

        write_defaults()
        return 0
    if arguments.counts:
        from tests.framework.counts import write_counts

        write_counts()
        return 0
    known = types()
    exact = 0
    for name in arguments.types or known:
        if name not in FAMILIES:
            print(f"{name:<24} not importable", flush=True)
            continue
        line, good = compared(name, arguments.seeds)
        exact += good
        print(f"{name:<24} {line}", flush=True)
    print(f"{exact} of {len(arguments.types or known)} types exact")
    return 0


def compared(name: str, seeds: int) -> tuple[str, bool]:
    """A type at its class's defaults and under random changes, in words, and whether exact."""
    at_defaults, note = verdict(name, {})
    found = Counter[str]()
    seed = 0
    wrong = ""
    while sum(found.values()) - found["no model"] < seeds and seed < 4 * seeds:
        changes = changed(name, seed)
        word, said = verdict(name, changes)
        found[word] += 1
        if word == "differs" and not wrong:
            wrong = f"  seed {seed}: {said} {changes}"
        if word in ("refused", "no model") and found[word] == 1:
            wrong += f"  ({word}: {said[:160]})"
        seed += 1
    is_exact = at_defaults == "exact" and not found["differs"] and found["exact"] > 0
    counts = ", ".join(f"{number} {word}" for word, number in found.items())
    return f"defaults {at_defaults} {note[:150]}; {counts}{wrong}", is_exact


def verdict(name: str, changes: dict[str, object]) -> tuple[str, str]:
    """Whether the count of a variant is the framework's: exact, differs, refused or no model."""
    try:
        stated, held = made(name, changes)
    except Exception as error:
        return "no model", f"{type(error).__name__}: {error}"
    try:
        scenario = architecture_of(stated, name)
    except ScenarioError as error:
        return "refused", str(error)
    # Means over layers that differ are exact to the last bit but one.
    counted = round(evaluate(scenario.inputs(), ["total_parameters"])["total_parameters"])
    if counted == held:
        return "exact", ""
    return "differs", f"{counted:,.0f} for {held:,} ({counted - held:+,.0f})"


if __name__ == "__main__":
    sys.exit(main())
