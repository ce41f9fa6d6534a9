"""JSON for other programs can be read by a strict reader, whatever is not known."""

from __future__ import annotations

import json
import math
from datetime import date

from dsexplore.text.json_text import to_json


def _refuse(word: str) -> None:
    raise AssertionError(f"{word} is no JSON")


def test_a_strict_reader_gets_null_for_every_number_that_is_not_known():
    document = {"one": math.nan, "range": (1.5, math.inf), "deep": [{"two": -math.inf}]}
    read = json.loads(to_json(document), parse_constant=_refuse)
    assert read == {"one": None, "range": [1.5, None], "deep": [{"two": None}]}


def test_words_switches_and_dates_come_through_a_pipe_of_any_locale():
    text = to_json({"said": "3 × 4", "yes": True, "none": None, "on": date(2025, 1, 20)})
    assert text.isascii() and text.endswith("}\n")
    assert json.loads(text) == {"said": "3 × 4", "yes": True, "none": None, "on": "2025-01-20"}
