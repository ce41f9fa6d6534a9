"""`python -m tests.mutation`: put small mistakes into the engine, and print those no test finds.

Each mutant is one function with one mistake: a sign, a comparison, a constant, a branch, a bound or
an entry of a table. The tests of the engine, presets, claims and accuracy then run until one
fails. A mutant that survives is a line that could be wrong without anybody knowing: state a fact
that tells the two apart, or find that there is none, as they always give the same.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections import Counter

from tests.mutation.mutants import Mutant, sample, subjects
from tests.mutation.suite import BrokenSuiteError, run


def main() -> int:
    """Run a sample of mutants; 1 where the tests fail without any."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--count", type=int, default=150, help="mutants to try (150)")
    parser.add_argument("--seed", type=int, default=0, help="which sample of them (0)")
    parser.add_argument("--subject", choices=subjects(), help="only those of one subject")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="side by side")
    parser.add_argument("--killers", action="store_true", help="print the test that kills each")
    chosen = parser.parse_args()
    started = time.monotonic()
    mutants = sample(chosen.count, chosen.seed, chosen.subject)
    tried: Counter[str] = Counter()
    survived: list[Mutant] = []

    def tell(mutant: Mutant, killer: str) -> None:
        tried[mutant.subject] += 1
        if not killer:
            survived.append(mutant)
        if chosen.killers or not killer:
            print(f"{mutant.place}\n  - {mutant.before}\n  + {mutant.after}")
            print(f"  {killer or 'survives'}", flush=True)

    try:
        run(mutants, chosen.jobs, tell)
    except BrokenSuiteError as broken:
        print(f"The tests fail without any mutant: {broken}", file=sys.stderr)
        return 1
    left = Counter(mutant.subject for mutant in survived)
    for subject, count in tried.items():
        print(f"{subject:<10} {count - left[subject]:>4} of {count} killed")
    killed = len(mutants) - len(survived)
    print(
        f"{'together':<10} {killed:>4} of {len(mutants)} killed"
        f" ({killed / max(len(mutants), 1):.1%}) in {time.monotonic() - started:.0f} s"
    )
    return 0


sys.exit(main())
