"""Words of the index that look like another, and the spellings that follow from them."""

import pytest

from search.spelling import suggest_spelling
from tests.conformance.conftest import MakeLibrary
from tests.conformance.library import Library, a_request
from tests.conformance.records import a_record


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary) -> Library:
    return make_library(
        a_record("1", "Community cohesion", authors=["Putnam, R."], themes=["Faith"], date="2016"),
        a_record("2", "Communities of practice", abstract="Cohesion and cohesive groups: community.", date="2016"),
        a_record("3", "Neighbours", authors=["Míriam Juan-Torres"], abstract="Integration.", date="2018"),
        a_record("4", "Mixed neighbourhoods", abstract="Polarisation and integration.", themes=["Cohesion"]),
    )


def similar(library: Library, word: str) -> dict[str, tuple[int, int]]:
    """By word: the edits, and the documents."""
    return {found.word: (found.edits, found.documents) for found in library.engine.similar_words(word)}


@pytest.mark.parametrize(
    ("typed", "meant", "edits"),
    [
        pytest.param("cohesion", "cohesion", 0, id="right"),
        pytest.param("cohesoin", "cohesion", 1, id="neighbours swapped"),
        pytest.param("cohsion", "cohesion", 1, id="missing letter"),
        pytest.param("cohession", "cohesion", 1, id="doubled letter"),
        pytest.param("cohezion", "cohesion", 1, id="other letter"),
        pytest.param("choesoin", "cohesion", 2, id="two slips"),
        pytest.param("COHESOIN", "cohesion", 1, id="capitals"),
        pytest.param("cohésoin", "cohesion", 1, id="accent"),
        pytest.param("miriom", "miriam", 1, id="accent in the index"),
        pytest.param("putman", "putnam", 2, id="name"),
        pytest.param("faiht", "faith", 1, id="theme"),
    ],
)
def test_a_slip_is_near_the_word_that_was_meant(library: Library, typed: str, meant: str, edits: int) -> None:
    assert similar(library, typed)[meant][0] == edits


@pytest.mark.parametrize(
    ("typed", "other"),
    [
        pytest.param("sohesion", "cohesion", id="another first letter"),
        pytest.param("coheseeoin", "cohesion", id="three slips"),
        pytest.param("zebra", "zebra", id="not in the index"),
    ],
)
def test_a_word_too_far_away_is_not_similar(library: Library, typed: str, other: str) -> None:
    assert other not in similar(library, typed)


def test_the_documents_that_have_a_word_are_counted(library: Library) -> None:
    found = similar(library, "cohesion")
    assert found["cohesion"] == (0, 3)
    assert found["cohesive"] == (2, 1)
    assert similar(library, "community")["community"] == (0, 2)


@pytest.mark.parametrize("word", ["", "!", "社会", "x" * 5_000, "👩‍🎓", "a b", "\x00", "title:x"])
def test_any_text_has_similar_words_or_none(library: Library, word: str) -> None:
    assert all(found.documents for found in library.engine.similar_words(word))


@pytest.mark.parametrize(
    ("typed", "suggested"),
    [
        pytest.param("cohesoin", "cohesion", id="one word"),
        pytest.param("Community Cohesoin", "Community cohesion", id="one of two, with capitals"),
        pytest.param("comunity cohesoin", "community cohesion", id="both"),
        pytest.param('"community cohesoin"', '"community cohesion"', id="in a phrase"),
        pytest.param("title:cohesoin", "title:cohesion", id="in a field"),
        pytest.param("author:putman year:2016", "author:putnam year:2016", id="beside a condition"),
        pytest.param("(cohesoin) -zebra", "(cohesion) -zebra", id="beside what is excluded"),
    ],
)
def test_another_spelling_is_suggested_that_finds_something(library: Library, typed: str, suggested: str) -> None:
    assert library.count(typed) == 0
    suggestion = suggest_spelling(library.engine, a_request(typed))
    assert suggestion is not None
    assert (suggestion.text, suggestion.total) == (suggested, library.count(suggested))
    assert suggestion.total > 0


def test_a_spelling_is_suggested_only_if_it_finds_something_under_the_filters(library: Library) -> None:
    found = suggest_spelling(library.engine, a_request("integraton", {"year": ["2018"]}))
    assert found is not None
    assert found.total == 1
    assert suggest_spelling(library.engine, a_request("integraton", {"year": ["2016"]})) is None
    assert suggest_spelling(library.engine, a_request("integraton", {"theme": ["unknown"]})) is None
