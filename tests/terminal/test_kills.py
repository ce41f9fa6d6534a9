"""A killed program loses at most the key being typed; `python -m tests.kills` is the long form."""

import random

import pytest

from tests.kills.kill import kill


@pytest.mark.parametrize("saves", [False, True], ids=["typing", "saving"])
def test_killed_while(tmp_path, saves):
    killed = kill(tmp_path, random.Random(5), "kill", 0.4, saves=saves)
    assert killed.problem == ""
    assert killed.lost <= 1
