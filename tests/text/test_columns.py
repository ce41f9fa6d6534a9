"""Tables and sentences in the columns of a terminal: they fit, and nothing is lost."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from dsexplore.text.columns import aligned, folded

cells = st.text("ab 1/-_.", max_size=12).map(lambda text: " ".join(text.split()))
tables = st.integers(1, 4).flatmap(
    lambda count: st.lists(st.lists(cells, min_size=count, max_size=count), min_size=1, max_size=4)
)


@given(tables, st.integers(1, 60))
def test_folding_cells_loses_nothing_and_never_widens(rows, columns):
    narrow, whole = aligned(rows, (), columns), aligned(rows)
    assert sorted("".join(narrow).replace(" ", "")) == sorted("".join(whole).replace(" ", ""))
    assert max(map(len, narrow)) <= max(columns, *map(len, whole))


@given(tables)
def test_what_fits_is_left_as_it_is(rows):
    assert aligned(rows, (1,), 100) == aligned(rows, (1,))


def test_names_are_folded_last_and_a_sign_stays_with_its_number():
    rows = [["a_long_name", "of BF16 peak, causal", "× 11.06"]]
    assert aligned(rows, (2,), 30) == [
        "a_long_name  of BF16   × 11.06",
        "             peak,",
        "             causal",
    ]
    assert aligned(rows, (2,), 1)[:2] == ["a_     of      × 11.06", "long_  BF16"]


def test_a_sentence_keeps_a_number_and_its_per_cent_together():
    assert folded("It is 49.30 %, not 31 %.", 20) == ["It is 49.30 %, not", "31 %."]
    assert folded("It is 49.30 %.", None) == ["It is 49.30 %."]
