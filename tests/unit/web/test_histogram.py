import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.web.presenters.histogram import MOST_BARS, present_histogram
from tests.unit.web.samples import a_bucket, a_request

YEARS = (a_bucket("2014", 2), a_bucket("2017", 8), a_bucket("none", 5))


def test_years_without_records_keep_their_place():
    view = present_histogram(a_request(), YEARS)
    assert [bar.count for bar in view.bars] == [2, 0, 0, 8]


def test_heights_are_in_proportion():
    heights = [bar.height for bar in present_histogram(a_request(), YEARS).bars]
    assert heights == [18.0, 0.0, 0.0, 72.0]


def test_a_single_record_beside_thousands_still_shows():
    view = present_histogram(a_request(), (a_bucket("2016", 1), a_bucket("2017", 9_000)))
    assert view.bars[0].height >= 2


def test_bar_limits_the_search_to_its_year():
    request = a_request("x", filters={"theme": ("t",), "year": ("2014",)}, page=3)
    assert present_histogram(request, YEARS).bars[3].address == "/search?q=x&theme=t&year=2017"


def test_bar_of_the_only_chosen_year_takes_it_away():
    view = present_histogram(a_request(filters={"year": ("2017",)}), YEARS)
    assert view.bars[3].address == "/search"
    assert view.bars[3].name == "2017: 8 resources, chosen, show all years"


def test_bars_in_a_chosen_range_are_marked():
    view = present_histogram(a_request(filters={"year": ("2015..2017",)}), YEARS)
    assert [bar.chosen for bar in view.bars] == [False, True, True, True]


@pytest.mark.parametrize(("value", "chosen"), [("2015..", [0, 1, 1, 1]), ("..2014", [1, 0, 0, 0]), ("none", [0] * 4)])
def test_open_ranges_and_no_date_are_marked_as_they_are(value, chosen):
    view = present_histogram(a_request(filters={"year": (value,)}), YEARS)
    assert [bar.chosen for bar in view.bars] == [bool(each) for each in chosen]


def test_table_has_the_same_numbers():
    rows = present_histogram(a_request(), YEARS).rows
    assert [(row.year, row.count) for row in rows] == [("2014", "2"), ("2017", "8")]


def test_no_histogram_without_years():
    assert present_histogram(a_request(), (a_bucket("none", 5),)) is None


@given(st.dictionaries(st.integers(1, 9999), st.integers(1, 10_000), min_size=1))
def test_every_record_is_in_exactly_one_of_a_few_bars(counts):
    view = present_histogram(a_request(), tuple(a_bucket(f"{year:04}", count) for year, count in counts.items()))
    assert sum(bar.count for bar in view.bars) == sum(counts.values())
    assert len(view.bars) <= MOST_BARS + 1
