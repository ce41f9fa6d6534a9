"""`python -m tests.fuzz`: spoil files of every kind, and see that each is read or refused.

Real files are changed in bytes, words, structure and values; others are made to take long, to fill
the memory, or are no files at all. Each must be read or refused in one line, within 2 s and 150 MB,
and nothing may be run, started or written outside the folder. A faulty file is kept, with the words
to try it again.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from pathlib import Path

from tests.fuzz.run import Fuzzer, Limits


def main() -> int:
    """Try the files; 1 if any is faulty."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.fuzz",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--files", type=int, default=20_000, help="how many files (20,000)")
    parser.add_argument("--seed", type=int, default=0, help="which files (0)")
    parser.add_argument("--first", type=int, default=0, help="the number of the first (0)")
    parser.add_argument(
        "--keep", type=Path, default=Path(tempfile.gettempdir()) / "fuzz", help="for faulty ones"
    )
    chosen = parser.parse_args()
    started = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        fuzzer = Fuzzer(Path(folder), chosen.seed, Limits())
        numbers = range(chosen.first, chosen.first + chosen.files)
        outcome = fuzzer.run(numbers, chosen.keep, lambda said: print(said, flush=True))
    for kind, count in sorted(outcome.by_kind.items()):
        print(f"{kind:<18} {count:>6}")
    counts = ", ".join(
        f"{count:,} {verdict}" for verdict, count in sorted(outcome.verdicts.items())
    )
    print(f"{outcome.files:,} files: {counts}; {time.monotonic() - started:.0f} s")
    for what, (most, called) in (("s", outcome.slowest), ("MB", outcome.largest)):
        print(f"most: {most:.2f} {what} ({called})")
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
