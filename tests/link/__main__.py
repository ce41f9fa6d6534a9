"""`python -m tests.link`: the explorer through a real sshd and client, over a line that is bad."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from tests.link.checks import results
from tests.link.login import missing


def main() -> int:
    """Run every check, or those named, and print a line as soon as it is known."""
    if lacking := missing():
        print(f"python -m tests.link {lacking}", file=sys.stderr)
        return 2
    failed = 0
    with tempfile.TemporaryDirectory(prefix="dsexplore-link-") as folder:
        for name, measured, problem in results(Path(folder), sys.argv[1:]):
            failed += bool(problem)
            print(f"{name:<26} {'FAILED: ' + problem if problem else measured}", flush=True)
    return 1 if failed else 0


sys.exit(main())
