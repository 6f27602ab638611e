"""The order of the results, and their pages."""

from dataclasses import replace
from itertools import pairwise

import pytest

from search.request import MAX_RESULT_WINDOW, Sort
from tests.conformance.conftest import MakeLibrary
from tests.conformance.library import Library, eventually
from tests.conformance.records import a_record

# In the order of their titles, with what tells them apart.
BY_TITLE = [
    ("number", "2016 in numbers"),
    ("z-cohesion", "Cohesion"),
    ("a-cohesion", "Cohesion and more"),
    ("cohesion-b", "COHESION: now"),
    ("early", "Early years"),
    ("accent", "Éast"),
    ("ebb", "ebb and flow"),
    ("same-1", "Same"),
    ("same-10", "Same"),
    ("same-2", "Same"),
    ("zoo", "Zoo"),
    ("chinese", "社会"),
]

# Rising: what is less precise comes first, undated last. Equal dates by id.
BY_DATE = [
    ("d-1066", "1066"),
    ("d-1999", "1999-12-31"),
    ("d-2000-a", "2000"),
    ("d-2000-b", "2000"),
    ("d-2000-01", "2000-01"),
    ("d-2000-01-01", "2000-01-01"),
    ("d-2000-02", "2000-02"),
    ("d-2000-11", "2000-11"),
    ("d-9999", "9999-12-31"),
]
UNDATED = ["none-a", "none-b"]


@pytest.fixture(scope="module")
def titles(make_library: MakeLibrary) -> Library:
    return make_library(*(a_record(id_, title) for id_, title in sorted(BY_TITLE)))


@pytest.fixture(scope="module")
def dates(make_library: MakeLibrary) -> Library:
    return make_library(
        *(a_record(id_, date=date) for id_, date in reversed(BY_DATE)), *(a_record(id_) for id_ in reversed(UNDATED))
    )


@pytest.fixture(scope="module")
def ties(make_library: MakeLibrary) -> Library:
    """Ninety-five records that are alike but for their ids, and five that are not; written in many pieces."""
    library = make_library(*(a_record(f"top-{n}", "Cohesion cohesion", themes=["Cohesion"]) for n in range(5)))
    alike = [a_record(f"r{(n * 37) % 95:02}", "On cohesion", date="2016", abstract="Some words.") for n in range(95)]
    for start in range(0, 95, 10):
        library.put(*alike[start : start + 10])
    library.put(*(replace(record, version=2) for record in alike[::7]))
    library.settle()
    return library


ALIKE = [f"r{n:02}" for n in range(95)]
TOP = [f"top-{n}" for n in range(5)]


def test_titles_are_ordered_without_case_and_accents_and_equal_ones_by_id(titles: Library) -> None:
    assert titles.ids(sort=Sort.TITLE) == [id_ for id_, _ in BY_TITLE]


def test_the_oldest_come_first_and_the_undated_last(dates: Library) -> None:
    assert dates.ids(sort=Sort.OLDEST) == [*(id_ for id_, _ in BY_DATE), *UNDATED]


def test_the_newest_come_first_and_the_undated_last(dates: Library) -> None:
    found = dates.ids(sort=Sort.NEWEST)
    ordered = sorted(BY_DATE, key=lambda pair: pair[0])
    ordered.sort(key=lambda pair: pair[1].ljust(10, "-"), reverse=True)
    assert found == [*(id_ for id_, _ in ordered), *UNDATED]


@pytest.mark.parametrize("sort", Sort)
def test_without_words_or_difference_results_are_ordered_by_id(ties: Library, sort: Sort) -> None:
    assert ties.ids("abstract:words", sort=sort) == ALIKE


@pytest.mark.parametrize(
    "query", ["cohesion", "cohes*", "title:cohesion", "cohesion OR cohesi*", "co* OR ti*", "cohesion -zebra"]
)
@pytest.mark.parametrize("size", [1, 7, 20, 95, 100])
def test_pages_of_tied_results_have_no_gaps_and_no_repeats(ties: Library, query: str, size: int) -> None:
    found = [id_ for page in range(1, 100 // size + 2) for id_ in ties.ids(query, page=page, size=size)]
    assert found == [*TOP, *ALIKE]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("query", ["", "cohesion", "co*", "title:co*"])
def test_a_page_is_its_part_of_the_whole_order(ties: Library, query: str, sort: Sort) -> None:
    whole = ties.ids(query, sort=sort)
    assert len(whole) == 100
    for page in (1, 2, 5, 14, 15):
        assert ties.ids(query, sort=sort, page=page, size=7) == whole[(page - 1) * 7 : page * 7]


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("query", ["", "cohesion", "co*"])
@pytest.mark.parametrize(
    ("page", "size"), [(6, 20), (MAX_RESULT_WINDOW // 20, 20), (MAX_RESULT_WINDOW // 100, 100), (MAX_RESULT_WINDOW, 1)]
)
def test_a_page_past_the_end_is_empty_and_has_the_total(
    ties: Library, query: str, sort: Sort, page: int, size: int
) -> None:
    found = ties.search(query, sort=sort, page=page, size=size)
    assert (found.hits, found.total) == ((), 100)


def test_keys_that_begin_alike_for_long_are_told_apart(make_library: MakeLibrary) -> None:
    alike = "the same beginning of an id, which is longer than anybody would think "
    ids = [f"{alike.replace(' ', '-')}{ending}" for ending in ("", "1", "10", "2", "a", "é", "社")]
    titled = [a_record(id_, f"{alike}{number}") for number, id_ in enumerate(reversed(ids))]
    library = make_library(*titled[::2], *titled[1::2])
    assert library.ids("same") == library.ids(sort=Sort.NEWEST) == ids
    assert library.ids(sort=Sort.TITLE) == ids[::-1]
    for page, id_ in enumerate(ids, 1):
        assert library.ids("same", page=page, size=1) == [id_]


@pytest.fixture(scope="module")
def many(make_library: MakeLibrary) -> Library:
    """More records than can be paged through, all alike."""
    library = make_library()
    numbers = [(n * 7_919) % (MAX_RESULT_WINDOW + 50) for n in range(MAX_RESULT_WINDOW + 50)]
    for start in range(0, len(numbers), 2_500):
        library.put(*(a_record(f"r{n:05}", "Cohesion") for n in numbers[start : start + 2_500]))
    library.settle()
    assert eventually(lambda: library.count() == len(numbers))
    return library


@pytest.mark.parametrize("sort", Sort)
@pytest.mark.parametrize("query", ["", "title:cohesion", "coh*"])
def test_the_last_page_that_can_be_asked_for_is_in_order(many: Library, query: str, sort: Sort) -> None:
    last = MAX_RESULT_WINDOW // 100
    assert many.ids(query, sort=sort, page=last) == [
        f"r{n:05}" for n in range(MAX_RESULT_WINDOW - 100, MAX_RESULT_WINDOW)
    ]


def test_results_by_relevance_fall_in_score(ties: Library) -> None:
    found = ties.ids("cohesion")
    assert found == [*TOP, *ALIKE]


def test_every_sort_finds_the_same_records(ties: Library) -> None:
    orders = [ties.ids("cohesion", sort=sort) for sort in Sort]
    assert all(sorted(a) == sorted(b) for a, b in pairwise(orders))
