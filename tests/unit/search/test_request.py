"""What can be asked for."""

import pytest

from search.language.reader import read_query
from search.language.tree import Years
from search.request import FacetValue, SearchRequest, year_range


@pytest.mark.parametrize(
    ("value", "years"),
    [
        ("2016..2018", Years(first=2016, last=2018)),
        ("2016..", Years(first=2016, last=None)),
        ("..2018", Years(first=None, last=2018)),
        ("2018..2016", Years(first=2018, last=2016)),
        ("0..9999", Years(first=0, last=9999)),
        ("2016", None),
        ("..", None),
        ("", None),
        ("none", None),
        ("2016...2018", None),
        ("2016..2018..2020", None),
        ("20160..", None),
        ("-1..5", None),
        ("a..b", None),
        ("२०१६..", None),
        (" 2016..", None),
    ],
)
def test_a_value_is_a_range_of_years_or_not(value: str, years: Years | None) -> None:
    assert year_range(value) == years


@pytest.mark.parametrize(("page", "size", "offset"), [(1, 20, 0), (2, 20, 20), (500, 20, 9_980), (10_000, 1, 9_999)])
def test_pages_are_counted_from_one(page: int, size: int, offset: int) -> None:
    assert SearchRequest(query=read_query(""), page=page, size=size).offset == offset


def _request(**filters: tuple[str, ...]) -> SearchRequest:
    chosen = {facet: tuple(map(FacetValue, values)) for facet, values in filters.items()}
    return SearchRequest(query=read_query("trust"), filters=chosen, page=3)


@pytest.mark.parametrize(
    ("facet", "value", "left"),
    [
        pytest.param("theme", "faith", {"theme": ("trust",), "year": ("2016",)}, id="one of two values"),
        pytest.param("year", "2016", {"theme": ("faith", "trust")}, id="the only value"),
        pytest.param("theme", "other", {"theme": ("faith", "trust"), "year": ("2016",)}, id="not chosen"),
        pytest.param("type", "faith", {"theme": ("faith", "trust"), "year": ("2016",)}, id="another facet"),
    ],
)
def test_a_filter_is_taken_away_and_the_first_page_shown(facet: str, value: str, left: dict[str, tuple[str]]) -> None:
    request = _request(theme=("faith", "trust"), year=("2016",))
    without = request.without_filter(facet, FacetValue(value))
    assert without.filters == left
    assert without.page == 1
    assert request.filters == {"theme": ("faith", "trust"), "year": ("2016",)}
