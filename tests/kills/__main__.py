"""`python -m tests.kills [--kills N] [--seed S]`: kills while typing and saving; what is lost."""

from __future__ import annotations

import argparse
import random
import statistics
import sys
import tempfile
from collections import Counter
from pathlib import Path

from tests.kills.kill import ENDS, kill

_LONGEST = 2.0


def main() -> int:
    """Kill so often; says what was lost, and fails on more than the key being typed."""
    parser = argparse.ArgumentParser(prog="python -m tests.kills")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    lost: Counter[int] = Counter()
    ends: Counter[str] = Counter()
    unread = []
    keys = failed = 0
    for number in range(arguments.kills):
        seed = f"{arguments.seed}-{number}"
        with tempfile.TemporaryDirectory() as home:
            chance = random.Random(seed)
            saves = chance.random() < 0.5
            killed = kill(Path(home), chance, chance.choice(ENDS), _LONGEST, saves=saves)
        keys += killed.sent
        unread.append(killed.unread)
        lost[killed.lost] += 1
        ends[killed.how + (" while saving" if killed.saves else "")] += 1
        if killed.problem or killed.lost > 1:
            failed += 1
            print(f"{seed}: {killed}", flush=True)
    print(f"{arguments.kills} kills, {keys} keys")
    print("; ".join(f"{end}: {count}" for end, count in sorted(ends.items())))
    print("; ".join(f"{count} lost {keys} keys" for keys, count in sorted(lost.items())))
    print(f"not yet read by the program: median {statistics.median(unread)}, most {max(unread)}")
    print(f"{failed} failed")
    return 1 if failed else 0


sys.exit(main())
