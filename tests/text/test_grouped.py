"""What repeats is said once."""

from __future__ import annotations

from dsexplore.text.grouped import grouped


def test_a_sentence_about_one_thing_begins_with_its_name() -> None:
    assert grouped([("ours", "no layout.")], "runs") == ["ours: no layout."]


def test_a_sentence_about_many_is_said_once_with_their_number_and_the_first_names() -> None:
    said = [(f"run-{number}", "no layout.") for number in range(1200)]
    assert grouped(said, "runs") == ["1,200 runs (run-0, run-1, run-2, …): no layout."]


def test_a_few_are_all_named() -> None:
    assert grouped([("a", "x."), ("b", "x."), ("c", "x.")], "runs") == ["3 runs (a, b, c): x."]


def test_different_sentences_stay_apart_in_the_order_of_their_first_names() -> None:
    assert grouped([("a", "x."), ("b", "y."), ("c", "x.")], "runs") == [
        "2 runs (a, c): x.",
        "b: y.",
    ]
