"""`python -m tests.laws`: random legal scenarios, and the laws that they break, if any."""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from random import Random

from tests.laws.laws import violations
from tests.laws.scenarios import random_scenario

_EVERY = 1000


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.laws", description=__doc__)
    parser.add_argument("--scenarios", type=int, default=10_000, metavar="N")
    parser.add_argument("--seed", type=int, default=1, help="the number of the first scenario")
    arguments = parser.parse_args()
    started = time.monotonic()
    broken: Counter[str] = Counter()
    first: dict[str, str] = {}
    scenarios = 0
    for seed in range(arguments.seed, arguments.seed + arguments.scenarios):
        # Each scenario has a seed of its own, so that one can be tried again alone.
        random = Random(seed)
        found = violations(random, random_scenario(random))
        scenarios += bool(found)
        for each in found:
            broken[each.law] += 1
            first.setdefault(each.law, f"seed {seed}: {each.shown}")
        if (seed - arguments.seed + 1) % _EVERY == 0:
            print(f"{seed - arguments.seed + 1:,} scenarios", file=sys.stderr, flush=True)
    for law, times in broken.most_common():
        print(f"{times:6,} ×  {law}\n          {first[law][:200]}")
    seconds = time.monotonic() - started
    print(
        f"{arguments.scenarios:,} scenarios in {seconds:.0f} s: {sum(broken.values()):,} violations"
        f" of {len(broken)} laws, in {scenarios:,} scenarios"
    )
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
