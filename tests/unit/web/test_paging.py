import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.presenters.paging import last_page, present_paging


def steps(page: int, last: int) -> str:
    view = present_paging(page, last, lambda number: f"?page={number}")
    return " ".join(f"[{step.text}]" if step.current else step.text for step in view.steps) if view else ""


@pytest.mark.parametrize(
    ("page", "last", "expected"),
    [
        (1, 1, ""),
        (1, 2, "[1] 2"),
        (1, 9, "[1] 2 3 … 9"),
        (4, 9, "1 2 3 [4] 5 6 … 9"),
        (5, 9, "1 2 3 4 [5] 6 7 8 9"),
        (50, 100, "1 … 48 49 [50] 51 52 … 100"),
        (9, 9, "1 … 7 8 [9]"),
        (12, 9, ""),
    ],
)
def test_pages_near_first_and_last_are_named(page, last, expected):
    assert steps(page, last) == expected


@given(st.integers(1, 60), st.integers(2, 60))
def test_numbers_rise_without_repeats_and_hold_the_present_page(page, last):
    shown = [
        int(step) for step in steps(min(page, last), last).replace("[", "").replace("]", "").split() if step != "…"
    ]
    assert shown == sorted(set(shown))
    assert {1, min(page, last), last} <= set(shown)


@pytest.mark.parametrize(("total", "last"), [(0, 1), (20, 1), (21, 2), (33_994, 500)])
def test_last_page_lies_within_the_window_of_results(total, last):
    assert last_page(total, 20) == last
