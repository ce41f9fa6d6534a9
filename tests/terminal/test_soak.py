"""The short form of `python -m tests.soak`."""

from itertools import islice

from tests.soak.player import Player
from tests.soak.steps import Step, steps


def test_random_keys_in_bursts_are_held_and_leave_the_screen_whole(tmp_path):
    player = Player(tmp_path, warms_up=False)
    try:
        player.play([*islice(steps(3), 25), Step("check")])
    finally:
        player.close()
    assert player.keys > 200
