"""Facets: what is counted, under which filters, and in which order it is shown."""

from dataclasses import replace

import pytest

from catalogue.record import Concept, ConceptId, Vocabulary
from mappings.fields import FACET_NAMES
from tests.conformance.conftest import MakeLibrary
from tests.conformance.library import Library, a_request
from tests.conformance.records import a_record


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary) -> Library:
    return make_library(
        a_record(
            "a",
            "Trust",
            themes=["Cohesion > Integration", "Faith"],
            type="Report > Review",
            date="2016",
            authors=["Ann"],
        ),
        a_record("b", "Trust", themes=["Cohesion > Belonging"], type="Report", date="2016-05", authors=["Ann", "Bob"]),
        a_record("c", "Trust", themes=["Cohesion"], type="Guide", date="2018", authors=["Bob"], editors=["Bob"]),
        a_record("d", "Hope", themes=["Faith"], type="Guide", date="1999", publishers=["Belong"]),
        a_record("e", "Hope", publishers=["Belong", "Demos"]),
    )


@pytest.mark.parametrize(
    ("facet", "counts"),
    [
        pytest.param(
            "theme",
            [("cohesion", 3), ("faith", 2), ("belonging", 1), ("integration", 1), ("none", 1)],
            id="broader themes with the narrower, ties by id, none given last",
        ),
        pytest.param("type", [("guide", 2), ("report", 2), ("review", 1), ("none", 1)], id="types"),
        pytest.param("year", [("1999", 1), ("2016", 2), ("2018", 1), ("none", 1)], id="years in order"),
        pytest.param("author", [("ann", 2), ("bob", 2), ("none", 2)], id="contributors once a record"),
        pytest.param("publisher", [("belong", 2), ("demos", 1), ("none", 3)], id="none given last, however many"),
    ],
)
def test_values_are_counted_largest_first(library: Library, facet: str, counts: list[tuple[str, int]]) -> None:
    assert library.facet(facet) == counts
    assert [(bucket.value, bucket.count) for bucket in library.engine.buckets(a_request(), facet)] == counts


def test_only_the_facets_that_are_asked_for_are_counted_in_their_order(library: Library) -> None:
    for asked in (("year", "theme"), ("type", "theme", "author", "year")):
        assert tuple(library.search(facets=asked).facets) == asked
    filtered = library.search(filters={"theme": ["cohesion"]}, facets=("year", "theme"))
    assert list(filtered.facets) == ["year", "theme"]
    assert library.search().facets == {}


def test_labels_come_with_the_values(library: Library) -> None:
    labels = {bucket.value: bucket.label for bucket in library.buckets("theme")}
    assert labels == {
        "cohesion": "Cohesion",
        "faith": "Faith",
        "belonging": "Belonging",
        "integration": "Integration",
        "none": None,
    }


def test_only_matching_records_are_counted(library: Library) -> None:
    assert library.facet("theme", "hope") == [("faith", 1), ("none", 1)]
    assert library.facet("year", "hope -faith") == [("none", 1)]
    assert library.facet("theme", "zebra") == []


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        pytest.param({"theme": ["faith"]}, "ad", id="one value"),
        pytest.param({"theme": ["faith", "belonging"]}, "abd", id="values of one facet widen"),
        pytest.param({"theme": ["faith"], "type": ["guide"]}, "d", id="values of two facets narrow"),
        pytest.param({"theme": ["faith", "cohesion"], "type": ["guide"], "year": ["2018"]}, "c", id="three facets"),
        pytest.param({"theme": ["cohesion"]}, "abc", id="broader theme includes the narrower"),
        pytest.param({"type": ["report"]}, "ab", id="broader type includes the narrower"),
        pytest.param({"type": ["review"]}, "a", id="narrower type alone"),
        pytest.param({"theme": ["none"]}, "e", id="none given"),
        pytest.param({"theme": ["none", "faith"]}, "ade", id="none given or a value"),
        pytest.param({"author": ["none"], "publisher": ["demos"]}, "e", id="none given and a value of another facet"),
        pytest.param({"year": ["2016"]}, "ab", id="year"),
        pytest.param({"year": ["2016..2018"]}, "abc", id="years"),
        pytest.param({"year": ["..2016"]}, "abd", id="years to"),
        pytest.param({"year": ["2017.."]}, "c", id="years from"),
        pytest.param({"year": ["2017..", "1999"]}, "cd", id="years or a year"),
        pytest.param({"year": ["1..9999", "none"]}, "abcde", id="any year or none"),
        pytest.param({"year": ["2018..2016"]}, "", id="years backwards"),
        pytest.param({"year": ["2000..2010"]}, "", id="years without records"),
        pytest.param({"theme": ["unknown"]}, "", id="unknown value"),
        pytest.param({"theme": ["unknown", "faith"]}, "ad", id="unknown value beside another"),
    ],
)
def test_filters_choose_records(library: Library, filters: dict[str, list[str]], found: str) -> None:
    assert library.ids("", filters) == list(found)


def test_filters_hold_beside_words(library: Library) -> None:
    assert library.ids("trust", {"theme": ["faith"]}) == ["a"]
    assert library.ids("trust year:2018", {"theme": ["cohesion"]}) == ["c"]


def test_a_facet_is_counted_without_its_own_filter_and_with_the_others(library: Library) -> None:
    facets = library.search(filters={"theme": ["faith"], "type": ["guide"]}, facets=("theme", "type", "year")).facets
    counts = {name: [(b.value, b.count) for b in buckets] for name, buckets in facets.items()}
    assert counts == {
        "theme": [("cohesion", 1), ("faith", 1)],
        "type": [("guide", 1), ("report", 1), ("review", 1)],
        "year": [("1999", 1)],
    }


def test_chosen_values_are_marked(library: Library) -> None:
    chosen = {bucket.value: bucket.chosen for bucket in library.buckets("type", filters={"type": ["guide", "none"]})}
    assert chosen == {"guide": True, "report": False, "review": False, "none": True}


def test_a_chosen_value_stays_visible_at_nothing(library: Library) -> None:
    buckets = library.buckets("theme", "hope", filters={"theme": ["integration", "unknown"]})
    assert [(b.value, b.count, b.chosen) for b in buckets] == [
        ("faith", 1, False),
        ("none", 1, False),
        ("integration", 0, True),
        ("unknown", 0, True),
    ]


def test_a_chosen_value_beyond_the_largest_is_shown_after_them(library: Library) -> None:
    buckets = library.buckets("theme", filters={"theme": ["integration"]}, facet_size=2)
    assert [(b.value, b.count, b.label) for b in buckets] == [
        ("cohesion", 3, "Cohesion"),
        ("faith", 2, "Faith"),
        ("none", 1, None),
        ("integration", 1, "Integration"),
    ]


@pytest.mark.parametrize(
    ("chosen", "count"),
    [("2016..2018", 3), ("2017..", 1), ("..2016", 3), ("..", 0), ("2000..2001", 0), ("2018..2016", 0)],
)
def test_a_chosen_range_has_the_sum_of_its_years(library: Library, chosen: str, count: int) -> None:
    *years, last = library.buckets("year", filters={"year": [chosen]})
    assert [bucket.value for bucket in years] == ["1999", "2016", "2018", "none"]
    assert (last.value, last.count, last.chosen) == (chosen, count, True)


@pytest.mark.parametrize("facet", FACET_NAMES)
def test_a_whole_facet_ignores_how_many_values_are_shown(library: Library, facet: str) -> None:
    request = a_request("trust", {facet: ["none"], "type": ["report"]}, facet_size=1)
    whole = library.engine.buckets(request, facet)
    assert whole == library.buckets(facet, "trust", filters=request.filters, facet_size=100)


@pytest.fixture(scope="module")
def long_tail(make_library: MakeLibrary) -> Library:
    """Authors with 3, 2 and 1 records, written in pieces: "none given" is the largest, and many tie."""
    nameless = [a_record(f"z{n}") for n in range(9)]
    of_three = [a_record(f"a{n}", authors=[f"A{m:02}" for m in range(3)]) for n in range(3)]
    of_two = [a_record(f"b{n}", authors=[f"B{(m * 7) % 60:02}" for m in range(60)]) for n in range(2)]
    of_one = [a_record("c", authors=[f"C{(m * 7) % 60:02}" for m in range(60)])]
    library = make_library(*nameless)
    for records in (of_three[:1], of_two[:1], of_three[1:], of_one, of_two[1:]):
        library.put(*records)
    library.settle()
    return library


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 10, 62, 63, 64, 100, 122, 123, 200])
def test_ties_at_the_cut_are_settled_by_id(long_tail: Library, size: int) -> None:
    every = [
        *((f"a{n:02}", 3) for n in range(3)),
        *((f"b{n:02}", 2) for n in range(60)),
        *((f"c{n:02}", 1) for n in range(60)),
    ]
    assert long_tail.facet("author", facet_size=size) == [*every[:size], ("none", 9)]


def test_a_theme_that_is_being_renamed_is_one_value(make_library: MakeLibrary) -> None:
    old = Concept(id=ConceptId("faith"), vocabulary=Vocabulary.THEME, label="Faith")
    new = replace(old, label="Religion")
    renamed = make_library(
        *(replace(a_record(f"old-{n}"), themes=(old,)) for n in range(2)),
        *(replace(a_record(f"new-{n}"), themes=(new,)) for n in range(2)),
        *(a_record(f"other-{n}", themes=["Trust"]) for n in range(3)),
    )
    buckets = renamed.buckets("theme", facet_size=1, filters={"theme": ["faith"]})
    assert [(b.value, b.count) for b in buckets] == [("faith", 4)]
    assert buckets[0].label in {"Faith", "Religion"}
    assert renamed.count("", {"theme": ["faith"]}) == 4


def test_an_id_that_begins_like_another_is_not_that_other(make_library: MakeLibrary) -> None:
    library = make_library(a_record("1", themes=["Faith"]), a_record("2", themes=["Faith schools"]))
    assert library.ids("", {"theme": ["faith"]}) == ["1"]
    assert library.facet("theme", filters={"theme": ["faith"]}) == [("faith", 1), ("faith-schools", 1)]
