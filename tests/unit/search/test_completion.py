"""What is typed as a beginning, and which of the completions are shown."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from mappings.completion import completion_terms, never_suggested
from mappings.fields import facet_term
from search.completion import (
    Beginning,
    Completion,
    CompletionKind,
    CompletionRequest,
    Place,
    lookups,
    marked,
    mixed,
    named,
    read_beginning,
)
from search.discovery import Discovery
from search.request import FacetValue
from tests.fakes.engine import FakeEngine
from tests.fakes.labels import NoLabels


def read(text: str) -> Beginning:
    beginning = read_beginning(text)
    assert beginning is not None
    return beginning


@pytest.mark.parametrize(
    ("typed", "text", "words", "last"),
    [
        pytest.param("abr", "abr", [], "abr", id="one word"),
        pytest.param("Dominic Abr", "dominic abr", ["Dominic"], "Abr", id="two words"),
        pytest.param("dominic ", "dominic", [], "dominic", id="a blank at the end"),
        pytest.param("the state", "the state", [], "state", id="common word first"),
        pytest.param("state of", "state of", ["state"], "of", id="common word last"),
        pytest.param("in", "in", [], "in", id="common word alone"),
        pytest.param("of the", "of the", [], None, id="common words only"),
        pytest.param("the s", "the s", [], None, id="one letter after common words"),
        pytest.param("work s", "work s", ["work"], "s", id="one letter after a word"),
        pytest.param("WHO gui", "who gui", ["WHO"], "gui", id="a name in capitals"),
        pytest.param("“social” (coh*", "social coh", ["social"], "coh", id="signs of the query language"),
    ],
)
def test_a_beginning_is_read(typed: str, text: str, words: list[str], last: str | None) -> None:
    beginning = read(typed)
    assert (beginning.text, [word.written for word in beginning.words]) == (text, words)
    assert (beginning.last and beginning.last.written) == last
    assert beginning.longer == (typed == "in")


@pytest.mark.parametrize(
    "typed",
    [
        *["", "a", "é", "*", "theme:work", "work -pay", "year:2016", "doi:10.1000/182", "https://doi.org/10.1000/182"],
        *["w " * 13, "x" * 80 + " " + "y" * 80 + " " + "z" * 80 + " " + "a" * 80, "\ufdfa" * 20],
    ],
)
def test_nothing_is_completed(typed: str) -> None:
    assert read_beginning(typed) is None


@given(st.text(max_size=200))
def test_any_text_is_a_beginning_or_none(text: str) -> None:
    beginning = read_beginning(text)
    assert beginning is None or all(lookup.starts for lookup in lookups(beginning))


NAMES = ["Ann Lee", "Lee Ann", "Ann Lee Smith", "Leeds Annals", "The Ann", "Anna", "Ann"]


def found(typed: str, limit: int = 20, without: frozenset[str] = frozenset()) -> list[str]:
    """The names that fit, as an engine finds them that has each in one record, but Anna in two."""
    beginning = read(typed)
    terms = sorted((term, 1 + (name == "Anna")) for name in NAMES for term in completion_terms(facet_term(name, name)))
    request = CompletionRequest(beginning=beginning, limit=limit, without=without)
    at_places = (
        (
            lookup.place,
            [
                each
                for start in lookup.starts
                for each in lookup.fitting(start, [term for term in terms if term[0].startswith(start)])
            ],
        )
        for lookup in lookups(beginning)
    )
    return [f"{each.label} {each.place.name}" for each in named(CompletionKind.AUTHOR, at_places, request)]


def test_names_come_in_the_order_of_their_places_and_none_twice() -> None:
    assert found("ann") == [
        *["Ann WHOLE", "Anna BEGINNING", "Ann Lee BEGINNING", "Ann Lee Smith BEGINNING"],
        *["Lee Ann WITHIN", "The Ann WITHIN", "Leeds Annals WITHIN"],
    ]


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("ann le", ["Ann Lee BEGINNING", "Ann Lee Smith BEGINNING", "Lee Ann WITHIN"]),
        ("lee ann", ["Lee Ann WHOLE", "Ann Lee WITHIN", "Ann Lee Smith WITHIN"]),
        ("smith lee a", ["Ann Lee Smith WITHIN"]),
        ("the", []),
        ("the ann", ["The Ann WHOLE", "Anna WITHIN", "Ann WITHIN"]),
        ("the an", ["The Ann BEGINNING"]),
    ],
)
def test_several_words_stand_in_any_order_and_the_last_is_a_beginning(typed: str, expected: list[str]) -> None:
    assert found(typed, limit=3) == expected


def test_no_more_names_are_taken_than_are_wanted_and_none_with_an_unwanted_word() -> None:
    assert found("ann", limit=2) == ["Ann WHOLE", "Anna BEGINNING"]
    assert found("ann", limit=2, without=frozenset({"ann"})) == ["Anna BEGINNING", "Leeds Annals WITHIN"]


def a_completion(kind: CompletionKind, place: Place, number: int, count: int = 1) -> Completion:
    return Completion(kind=kind, place=place, id=f"{kind}{number}", label="Work and pay", count=count)


def test_a_mix_has_as_many_of_each_kind_as_there_are() -> None:
    many = [a_completion(kind, Place.BEGINNING, n) for kind in CompletionKind for n in range(8)]
    assert [each.id for each in mixed(many, 8)] == [f"{kind}{n}" for kind in CompletionKind for n in range(2)]
    one_theme = [each for each in many if each.kind is CompletionKind.TITLE or each.id == "theme0"]
    assert [each.id for each in mixed(one_theme, 4)] == ["theme0", "title0", "title1", "title2"]
    assert mixed([], 8) == ()
    assert len(mixed(many, 1)) == 1


def test_a_mix_is_ordered_by_place_and_then_by_records() -> None:
    of = [
        a_completion(CompletionKind.THEME, Place.WITHIN, 1, 90),
        a_completion(CompletionKind.PUBLISHER, Place.BEGINNING, 1, 2),
        a_completion(CompletionKind.AUTHOR, Place.BEGINNING, 1, 3),
        a_completion(CompletionKind.TITLE, Place.WHOLE, 1),
    ]
    assert [each.id for each in mixed(of, 8)] == ["title1", "author1", "publisher1", "theme1"]


@pytest.mark.parametrize(
    ("typed", "label", "expected"),
    [
        ("coh", "Social Cohesion and cohorts", "Social [Coh]esion and [coh]orts"),
        ("social coh", "Social Cohesion, socially", "[Social] [Coh]esion, socially"),
        ("the state of", "The State of the Offer", "The [State] [of] the [Of]fer"),
        ("inter f", "Inter Faith for us", "[Inter] [F]aith for us"),
        ("stras", "Straße", "[Straß]e"),
        ("vii", "Ⅷ", "[Ⅷ]"),
        ("e\u0301lo", "Éloïse", "[Élo]ïse"),
        ("zurich", "Zu\u0308rich".replace("u\u0308", "ü"), "[Zürich]"),
        ("of the", "Of the people", "Of the people"),
        ("הית", "היתה", "[הית]ה"),
    ],
)
def test_what_was_typed_is_marked(typed: str, label: str, expected: str) -> None:
    pieces = marked(label, read(typed))
    assert "".join(piece.text for piece in pieces) == label
    assert "".join(f"[{piece.text}]" if piece.marked else piece.text for piece in pieces) == expected


def test_an_engine_is_asked_once_with_all_that_limits_it() -> None:
    engine = FakeEngine(completions=[a_completion(CompletionKind.THEME, Place.WITHIN, 1, 4)])
    filters = {"theme": (FacetValue("x"),)}
    [found] = Discovery(engine, NoLabels()).complete("wor", filters=filters, limit=3)
    assert (found.id, found.count, [piece.text for piece in found.marked]) == ("theme1", 4, ["Wor", "k and pay"])
    [asked] = engine.completed
    assert (asked.beginning, asked.limit, asked.filters) == (read("wor"), 3, filters)
    assert asked.without == never_suggested()


@pytest.mark.parametrize("typed", ["", "a", "theme:work"])
def test_an_engine_is_not_asked_for_what_nothing_completes(typed: str) -> None:
    engine = FakeEngine(completions=[a_completion(CompletionKind.THEME, Place.WITHIN, 1)])
    assert Discovery(engine, NoLabels()).complete(typed, limit=3) == ()
    assert engine.completed == []
