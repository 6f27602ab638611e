"""The words that were looked for, marked in titles and abstracts."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.passages import PASSAGE_LENGTH
from tests.conformance.conftest import MakeLibrary
from tests.conformance.library import Library, plain
from tests.conformance.records import a_record

SENTENCE = "This sentence says nothing at all. "
LONG_ABSTRACT = (
    f"{SENTENCE * 20}Young people in Oldham trust each other. {SENTENCE * 20}"
    f"Trust, again. {SENTENCE * 20}Neighbours in Burnley meet in schools and trust them. {SENTENCE * 20}"
)
ACCENTED = "É社👩‍🎓 " * 60


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary) -> Library:
    return make_library(
        a_record(
            "title",
            "Communities & cohesion: what a community is",
            abstract="Cohesion is not in the title only. Cohesive communities.",
            publishers=["Cohesion Press"],
        ),
        a_record("accent", "Míriam’s naïve façade", abstract="MIRIAM; míriam, M\u00edriams 👩‍🎓 Miriam."),
        a_record("markup", "<script>alert('x')</script> & <b>bold</b>", abstract="</p><script>alert(1)</script>"),
        a_record("long", "Long", abstract=LONG_ABSTRACT),
        a_record("chinese", "社会融合研究", abstract=ACCENTED + "社会融合と日本語。" + ACCENTED),
        a_record("bare", "No abstract here"),
    )


@pytest.mark.parametrize(
    ("query", "title"),
    [
        pytest.param("cohesion", "Communities & [cohesion]: what a community is", id="word"),
        pytest.param("community", "[Communities] & cohesion: what a [community] is", id="other endings"),
        pytest.param("COHESION", "Communities & [cohesion]: what a community is", id="capitals"),
        pytest.param("commun*", "[Communities] & cohesion: what a [community] is", id="beginning"),
        pytest.param("cohesi* community", "[Communities] & [cohesion]: what a [community] is", id="beginning and word"),
        pytest.param("communities commun*", "[Communities] & cohesion: what a [community] is", id="twice the same"),
        pytest.param("what is a community", "[Communities] & cohesion: what a [community] is", id="no stop words"),
        pytest.param('"what a community"', "[Communities] & cohesion: [what] [a] [community] is", id="phrase"),
        pytest.param("cohesion OR zebra", "Communities & [cohesion]: what a community is", id="one of two"),
        pytest.param("cohesion -zebra", "Communities & [cohesion]: what a community is", id="another excluded"),
        pytest.param("title:cohesion", "Communities & [cohesion]: what a community is", id="its own field"),
        pytest.param("title:cohes*", "Communities & [cohesion]: what a community is", id="beginning in its own field"),
        pytest.param("abstract:cohesion", "Communities & cohesion: what a community is", id="another field"),
        pytest.param("abstract:cohes*", "Communities & cohesion: what a community is", id="beginning, another field"),
        pytest.param("publisher:cohesion", "Communities & cohesion: what a community is", id="field that is not shown"),
        pytest.param("press", "Communities & cohesion: what a community is", id="found elsewhere"),
        pytest.param("title:cohesion abstract:communities", "Communities & [cohesion]: what a community is", id="two"),
    ],
)
def test_found_words_are_marked_in_the_title(library: Library, query: str, title: str) -> None:
    assert library.titles(query)["title"] == title


def test_an_empty_query_marks_nothing(library: Library) -> None:
    page = library.search("")
    assert not any(piece.marked for hit in page.hits for piece in (*hit.title, *hit.passage))


def test_what_is_excluded_is_not_marked(library: Library) -> None:
    assert library.titles("façade -cohesion")["accent"] == "Míriam’s naïve [façade]"
    assert library.titles("-bare")["title"] == "Communities & cohesion: what a community is"


@pytest.mark.parametrize("query", ["miriam", "Míriam", "miri*", "MÍRI*"])
def test_words_are_marked_whatever_their_accents(library: Library, query: str) -> None:
    assert library.titles(query)["accent"] == "[Míriam]’s naïve façade"
    assert library.passages(query)["accent"] == "[MIRIAM]; [míriam], [Míriams] 👩‍🎓 [Miriam]."


def test_markup_stays_text(library: Library) -> None:
    assert library.titles("script bold")["markup"] == "<[script]>alert('x')</[script]> & <b>[bold]</b>"
    assert library.passages("script")["markup"] == "</p><[script]>alert(1)</[script]>"


def test_marks_stand_where_the_words_are_in_any_script(library: Library) -> None:
    assert library.titles("社会")["chinese"].replace("][", "") == "[社会]融合研究"
    assert "融合と[日本]語" in library.passages("日本")["chinese"].replace("][", "")


def test_without_an_abstract_there_is_no_passage(library: Library) -> None:
    assert library.passages("title:abstract")["bare"] == ""


def test_a_short_abstract_is_shown_whole(library: Library) -> None:
    assert library.passages("press")["title"] == "Cohesion is not in the title only. Cohesive communities."


@pytest.mark.parametrize(
    ("query", "marked"),
    [
        pytest.param("oldham", {"Oldham"}, id="in the middle"),
        pytest.param("trust", {"trust"}, id="first of equal places"),
        pytest.param("burnley trust schools", {"Burnley", "schools", "trust"}, id="place with most words"),
        pytest.param("burnl* neighbour", {"Burnley", "Neighbours"}, id="beginning"),
    ],
)
def test_a_long_abstract_is_shown_where_most_words_stand(library: Library, query: str, marked: set[str]) -> None:
    [passage] = [hit.passage for hit in library.search(query).hits if hit.id == "long"]
    assert {piece.text for piece in passage if piece.marked} == marked
    shown = plain(passage)
    assert shown.startswith("… ")
    assert shown.endswith(" …")
    within = shown.removeprefix("… ").removesuffix(" …")
    assert len(within) <= PASSAGE_LENGTH
    assert f" {within} " in f" {LONG_ABSTRACT} "


def test_without_a_mark_the_passage_is_the_beginning(library: Library) -> None:
    [passage] = [hit.passage for hit in library.search("title:long").hits if hit.id == "long"]
    assert not any(piece.marked for piece in passage)
    assert LONG_ABSTRACT.startswith(plain(passage).removesuffix(" …"))


PIECES = st.sampled_from(
    ["trust", "schools", "bold", "miriam", "社会", "cohes*", "commun*", "title:script", "-bare", "the"]
)


@given(st.lists(PIECES, min_size=1, max_size=6).map(" OR ".join))
def test_marked_pieces_are_the_text_and_no_two_follow_each_other_unmarked(library: Library, query: str) -> None:
    for hit in library.search(query, size=100).hits:
        assert plain(hit.title) == hit.shown.title
        within = plain(hit.passage).removeprefix("… ").removesuffix(" …")
        assert within in (hit.shown.abstract or "")
        for marked in (hit.title, hit.passage):
            assert all(piece.text for piece in marked)
            body = [piece for piece in marked if piece.text not in {"… ", " …"}]
            assert all(before.marked or after.marked for before, after in pairwise(body))
