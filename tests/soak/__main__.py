"""`python -m tests.soak`: random keys in bursts to a real explorer, for as long as asked.

Every step follows from the seed. The explorer may write only below a temporary folder. It must
never end by itself, hang, report a fault, grow beyond 200 MB, or show what it would not draw anew.
Where it does, the steps since its start go to a file that `--replay` plays again, fewer and fewer
of them as long as the fault stays.
"""

from __future__ import annotations

import argparse
import itertools
import json
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from tests.soak.player import Player, SoakError
from tests.soak.steps import Step, steps

_TELLS = 60.0


def main() -> int:
    """Play; 1 where the explorer does not hold."""
    parser = argparse.ArgumentParser(
        prog="python -m tests.soak",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("--minutes", type=float, default=60.0, help="how long to play (60)")
    parser.add_argument("--keys", type=int, default=0, help="how many keys at most (no limit)")
    parser.add_argument("--seed", type=int, default=0, help="which steps (0)")
    parser.add_argument("--replay", type=Path, help="play the steps in a file, and look for fewer")
    chosen = parser.parse_args()
    if chosen.replay:
        return _replay(chosen.replay)
    began = time.monotonic()
    with tempfile.TemporaryDirectory() as home:
        player = Player(Path(home))
        try:
            player.play(_for_so_long(player, chosen.seed, began + 60 * chosen.minutes, chosen.keys))
        except (SoakError, AssertionError) as error:
            kept = Path(tempfile.gettempdir()) / f"soak-{chosen.seed}.json"
            kept.write_text(json.dumps(player.life))
            _tell(player, chosen.seed, began)
            print(f"{error}\nAgain: python -m tests.soak --replay {kept}")
            return 1
        finally:
            player.close()
        _tell(player, chosen.seed, began)
    return 0


def _for_so_long(player: Player, seed: int, end: float, most: int) -> Iterator[Step]:
    began = told = time.monotonic()
    for step in steps(seed):
        now = time.monotonic()
        if now > end or (most and player.keys >= most):
            return
        if now - told > _TELLS:
            told = now
            _tell(player, seed, began)
        yield step


def _tell(player: Player, seed: int, began: float) -> None:
    minutes = (time.monotonic() - began) / 60
    print(
        f"seed {seed}: {minutes:.1f} min, {player.keys} keys, {player.lives} sessions, "
        f"{player.now:.1f} MB now, {player.memory:.1f} MB at most",
        flush=True,
    )


def _replay(file: Path) -> int:
    found = json.loads(file.read_text())
    played = [Step(kind, text, tuple(numbers)) for kind, text, numbers in found]
    error = _fault(played)
    if not error:
        print("It holds.")
        return 0
    size = max(1, len(played) // 2)
    while size:
        for start in itertools.count(0, size):
            if start >= len(played):
                break
            fewer = played[:start] + played[start + size :]
            if said := _fault(fewer):
                played, error = fewer, said
        size //= 2
    for step in played:
        print(step)
    print(error)
    return 1


def _fault(played: Sequence[Step]) -> str:
    with tempfile.TemporaryDirectory() as home:
        player = Player(Path(home))
        try:
            player.play(played)
        except AssertionError as error:
            return str(error)
        finally:
            player.close()
    return ""


if __name__ == "__main__":
    sys.exit(main())
