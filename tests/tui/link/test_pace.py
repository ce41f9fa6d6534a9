"""How far the terminal is behind, by what it answers."""

from __future__ import annotations

import threading

from dsexplore.tui.link.pace import Pace

FRAME = 1500


def send_frame(pace: Pace) -> bool:
    pace.sent(FRAME)
    return pace.asks()


def answering() -> Pace:
    pace = Pace()
    assert send_frame(pace)
    pace.answered()
    return pace


def test_a_terminal_that_never_answered_is_never_behind_and_is_asked_no_more_in_the_end():
    pace = Pace()
    asked = [send_frame(pace) for _ in range(50)]
    assert not pace.is_behind
    assert sum(asked) < 10


def test_it_is_behind_from_a_few_frames_until_it_answers():
    pace = answering()
    while not pace.is_behind:
        assert send_frame(pace)
    pace.answered()
    assert not pace.is_behind


def test_single_keys_are_not_worth_a_question_each():
    pace = answering()
    asked = 0
    for _ in range(100):
        pace.sent(200)
        asked += pace.asks()
    assert 0 < asked < 25


def test_silence_lets_a_frame_through_and_in_the_end_all_of_them():
    pace = answering()
    for _ in range(10):
        for _ in range(5):
            send_frame(pace)
        pace.give_up()
    assert not pace.is_behind
    send_frame(pace)
    send_frame(pace)
    assert not pace.is_behind


def test_answers_that_come_after_all_are_not_counted_twice():
    pace = answering()
    send_frame(pace)
    send_frame(pace)
    pace.give_up()
    for _ in range(5):
        pace.answered()
    assert not pace.is_behind
    send_frame(pace)
    send_frame(pace)
    assert pace.is_behind


def test_the_end_waits_for_answers_on_their_way_and_for_nothing_else():
    pace = answering()
    pace.wait(1000)
    Pace().wait(1000)
    send_frame(pace)
    threading.Timer(0.01, pace.answered).start()
    pace.wait(1000)
    send_frame(pace)
    pace.wait(0.001)
    send_frame(pace)
    assert not pace.is_behind
