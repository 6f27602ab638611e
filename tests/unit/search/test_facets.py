"""Counts of terms as buckets."""

import pytest

from mappings.fields import NONE_GIVEN, facet_term
from search.facets import ordered_buckets
from search.request import FacetValue

THEMES = {
    facet_term("b", "Bee"): 2,
    facet_term("a", "Ay"): 2,
    facet_term("c", "Sea"): 5,
    facet_term("d", "Dee"): 0,
    facet_term(NONE_GIVEN, ""): 9,
}
YEARS = {facet_term(year, year): count for year, count in [("2018", 1), ("0987", 2), ("2016", 4), (NONE_GIVEN, 3)]}


def pairs(counts: dict[str, int], facet: str, size: int, *chosen: str) -> list[tuple[str, int]]:
    buckets = ordered_buckets(counts, facet=facet, size=size, chosen=[FacetValue(value) for value in chosen])
    assert [bucket.value for bucket in buckets if bucket.chosen] == [b.value for b in buckets if b.value in chosen]
    assert len({bucket.value for bucket in buckets}) == len(buckets)
    return [(bucket.value, bucket.count) for bucket in buckets]


@pytest.mark.parametrize(
    ("size", "chosen", "expected"),
    [
        pytest.param(9, [], [("c", 5), ("a", 2), ("b", 2), ("none", 9)], id="largest first, ties by id"),
        pytest.param(2, [], [("c", 5), ("a", 2), ("none", 9)], id="cut within a tie"),
        pytest.param(1, ["b"], [("c", 5), ("none", 9), ("b", 2)], id="chosen beyond the cut"),
        pytest.param(9, ["d"], [("c", 5), ("a", 2), ("b", 2), ("none", 9), ("d", 0)], id="chosen at nothing"),
        pytest.param(1, ["z", "b"], [("c", 5), ("none", 9), ("z", 0), ("b", 2)], id="chosen ones as they were chosen"),
        pytest.param(1, ["c", "none"], [("c", 5), ("none", 9)], id="chosen ones that are shown anyway"),
    ],
)
def test_themes_are_ordered(size: int, chosen: list[str], expected: list[tuple[str, int]]) -> None:
    assert pairs(THEMES, "theme", size, *chosen) == expected


@pytest.mark.parametrize(
    ("chosen", "last"),
    [
        pytest.param([], [], id="nothing chosen"),
        pytest.param(["2016"], [], id="a year"),
        pytest.param(["2016..2018"], [("2016..2018", 5)], id="a range"),
        pytest.param(["..2016"], [("..2016", 6)], id="up to"),
        pytest.param(["2017.."], [("2017..", 1)], id="from"),
        pytest.param(["1..9999"], [("1..9999", 7)], id="not the undated"),
        pytest.param(["2019.."], [("2019..", 0)], id="a range without records"),
        pytest.param(["1999", "never"], [("1999", 0), ("never", 0)], id="years that are not there"),
    ],
)
def test_years_come_in_order_and_all_of_them(chosen: list[str], last: list[tuple[str, int]]) -> None:
    every = [("0987", 2), ("2016", 4), ("2018", 1), ("none", 3)]
    assert pairs(YEARS, "year", 1, *chosen) == every + last


def test_a_range_is_a_value_like_any_other_outside_the_facet_of_years() -> None:
    assert pairs(THEMES, "theme", 1, "2016..2018")[-1] == ("2016..2018", 0)


def test_one_id_with_two_labels_is_one_bucket() -> None:
    counts = {facet_term("a", "Old"): 2, facet_term("b", "Bee"): 4, facet_term("a", "New"): 3}
    [first, second] = ordered_buckets(counts, facet="theme", size=5, chosen=())
    assert (first.value, first.count, second.value) == ("a", 5, "b")
    assert first.label in {"Old", "New"}


def test_labels_are_those_of_the_terms_and_none_given_has_none() -> None:
    buckets = ordered_buckets(THEMES, facet="theme", size=1, chosen=[FacetValue("z")])
    assert [(bucket.value, bucket.label) for bucket in buckets] == [("c", "Sea"), ("none", None), ("z", None)]


def test_without_counts_there_are_no_buckets() -> None:
    assert ordered_buckets({}, facet="theme", size=5, chosen=()) == ()
