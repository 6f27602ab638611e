"""Which results come first: only what is clear cut, since no two engines score alike."""

import pytest

from tests.conformance.conftest import MakeLibrary
from tests.conformance.library import Library
from tests.conformance.records import a_record

FILLER = "Notes on many other matters that nobody asked for, at some length and without any use."
LONG_QUERY = "neighbours trust schools housing faith volunteering"


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary) -> Library:
    return make_library(
        a_record("in-abstract", "Notes", abstract=f"{FILLER} Belonging is mentioned. {FILLER}"),
        a_record("in-title", "Belonging", abstract=FILLER),
        a_record("six-words", "Notes", abstract=f"{LONG_QUERY.title()}. {FILLER * 20}"),
        a_record("five-words", "Neighbours, trust, schools, housing", themes=["Faith"], abstract="Faith, trust. " * 9),
        a_record("four-words", "Neighbours, trust, schools, housing"),
        a_record("three-words", "Neighbours, trust, schools"),
        a_record("alpha", "Alpha", abstract=f"{FILLER} Alpha alpha gamma. {FILLER}"),
        a_record("delta", "Delta", abstract=f"{FILLER} Delta delta gamma. {FILLER}"),
        a_record("whole", "Gamma: a “study” of towns", abstract=FILLER),
        a_record("more", "Gamma studies", abstract="Gamma study towns. " * 30, themes=["Gamma towns study"]),
        *(a_record(f"filler-{number}", "Filler", abstract=FILLER) for number in range(20)),
    )


def test_a_word_in_the_title_comes_before_one_in_a_long_abstract(library: Library) -> None:
    assert library.ids("belonging") == ["in-title", "in-abstract"]


def test_a_beginning_in_the_title_comes_before_one_in_the_abstract(library: Library) -> None:
    assert library.ids("belongi*") == ["in-title", "in-abstract"]


def test_a_long_query_needs_most_words_and_records_with_all_come_first(library: Library) -> None:
    found = library.ids(LONG_QUERY)
    assert found[0] == "six-words"
    assert set(found) == {"six-words", "five-words", "four-words"}


def test_up_to_four_words_are_all_needed(library: Library) -> None:
    assert set(library.ids("neighbours trust schools housing")) == {"six-words", "five-words", "four-words"}


@pytest.mark.parametrize(
    ("query", "first"),
    [
        pytest.param("alpha OR delta OR delta OR delta OR delta", "delta", id="second word repeated"),
        pytest.param("alpha alpha alpha alpha OR delta", "alpha", id="first word repeated"),
        pytest.param("alpha delta delta delta gamma matters length use", "delta", id="among many words"),
        pytest.param("alpha alpha alpha delta gamma matters length use", "alpha", id="the other among many words"),
    ],
)
def test_a_repeated_word_weighs_more(library: Library, query: str, first: str) -> None:
    assert library.ids(query)[0] == first


@pytest.mark.parametrize(
    "query",
    [
        pytest.param("Gamma: a “study” of towns", id="as it is"),
        pytest.param("gamma a study of towns", id="other case and no punctuation"),
        pytest.param('GAMMA - A "STUDY" OF TOWNS', id="other punctuation"),
    ],
)
def test_the_record_whose_whole_title_was_typed_comes_first(library: Library, query: str) -> None:
    assert library.ids(query)[0] == "whole"


def test_part_of_a_title_is_not_the_whole_title(library: Library) -> None:
    assert library.ids("gamma study towns")[0] == "more"


def test_filters_change_no_order(library: Library) -> None:
    everywhere = library.ids("gamma OR alpha OR delta")
    undated = library.ids("gamma OR alpha OR delta", {"year": ["none"]})
    assert undated == everywhere


def test_the_page_tells_the_query_the_page_and_the_generation(library: Library) -> None:
    page = library.search("gamma", page=2, size=1)
    assert (page.query.text, page.page, page.size, page.total) == ("gamma", 2, 1, 4)
    assert page.generation == library.generation == library.engine.generation()


def test_a_hit_shows_the_record_as_it_was_written(library: Library) -> None:
    [hit] = library.search("title:gamma title:towns").hits
    assert (hit.id, hit.version, hit.shown.title) == ("whole", 1, "Gamma: a “study” of towns")
    assert (hit.shown.abstract, hit.shown.link) == (FILLER, "https://example.org/whole")
