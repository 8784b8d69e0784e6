"""CSV: a cell is never a formula, and what went out can be read in again."""

from __future__ import annotations

import csv
import io

from hypothesis import given
from hypothesis import strategies as st

from engine.analytics.table import as_csv


def test_a_cell_that_begins_like_a_formula_gets_an_apostrophe() -> None:
    for sign in ("=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "  =1+1", "\u00a0=1"):
        rows = list(csv.reader(io.StringIO(as_csv(("a",), [(sign,)]), newline="")))
        assert rows[1] == [f"'{sign}"]


def test_numbers_stay_numbers_and_nothing_is_an_empty_cell() -> None:
    assert as_csv(("a", "b", "c"), [(-1, None, 0.5)]) == "a,b,c\r\n-1,,0.5\r\n"


@given(st.lists(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=2, max_size=2), max_size=5))
def test_any_text_comes_back_as_it_was_or_with_an_apostrophe(rows: list[list[str]]) -> None:
    back = list(csv.reader(io.StringIO(as_csv(("a", "b"), rows), newline="")))[1:]
    assert len(back) == len(rows)
    for told, given_ in zip(back, rows, strict=True):
        for cell, text in zip(told, given_, strict=True):
            assert cell in (text, f"'{text}")
            assert not cell.startswith(("=", "+", "-", "@", "\t", "\r"))
