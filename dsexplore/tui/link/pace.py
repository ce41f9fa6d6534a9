"""How far the terminal is behind: questions sent after frames, which it answers in its turn.

No buffer of this machine tells. On a slow link everything lies where the program cannot look: ssh
alone takes a megabyte off its hands at once, which at 56 kbit/s is two and a half minutes' worth.
"""

from __future__ import annotations

import threading
from collections import deque

# About a page of results at 80 x 24: a third of a second at 56 kbit/s.
_MOST_BEHIND = 2048
# So little is not worth a question, nor bytes of its own at each key.
_WORTH_ASKING = 1024
# Questions to a terminal that never answered one, and silences after which one no longer answers.
_TRIES = 4


class Pace:
    """What was sent, and what of it the terminal has drawn, by its own answers.

    A terminal that answers nothing is never behind. The screen's thread and the keyboard's use it.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.start_over()

    def start_over(self) -> None:
        """Forget everything: the terminal is another, or answers went to another program."""
        with self._lock:
            self._asked: deque[int] = deque()
            self._unasked = 0
            self._behind = 0
            self._answers = False
            self._silences = 0
        self._all_answered = threading.Event()
        self._all_answered.set()

    @property
    def is_behind(self) -> bool:
        """Whether a frame sent now would wait behind others for long."""
        return self._answers and self._behind >= _MOST_BEHIND

    def sent(self, size: int) -> None:
        """Count bytes on their way to the terminal."""
        self._unasked += size

    def asks(self) -> bool:
        """Whether to ask a question here; it counts as asked."""
        with self._lock:
            hopeless = not self._answers and len(self._asked) >= _TRIES
            if self._unasked < _WORTH_ASKING or hopeless:
                return False
            self._asked.append(self._unasked)
            self._behind += self._unasked
            self._unasked = 0
            self._all_answered.clear()
        return True

    def answered(self) -> None:
        """Count the oldest question as answered."""
        with self._lock:
            # An answer given up before may come late.
            if self._asked:
                self._behind -= self._asked.popleft()
            self._answers = True
            self._silences = 0
            if not self._asked:
                self._all_answered.set()

    def give_up(self) -> None:
        """No answer comes: count what was asked as drawn, and in the end every frame."""
        with self._lock:
            self._asked.clear()
            self._behind = 0
            self._silences += 1
            self._answers = self._answers and self._silences < _TRIES
            self._all_answered.set()

    def wait(self, patience: float) -> None:
        """Wait for the answers on their way, so that no other program is given them."""
        if self._answers and not self._all_answered.wait(patience):
            self.give_up()
