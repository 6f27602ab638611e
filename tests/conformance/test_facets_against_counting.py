"""Facets, filters and totals against counting the records one by one."""

from collections import Counter
from collections.abc import Mapping, Sequence
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.record import Record
from mappings.fields import FACET_NAMES
from search.request import Sort, year_range
from tests.conformance.conftest import MakeLibrary
from tests.conformance.library import Library
from tests.conformance.records import a_record

THEMES = ["Cohesion", "Cohesion > Integration", "Cohesion > Integration > Language", "Cohesion > Belonging", "Faith"]
TYPES = ["Report", "Report > Review", "Guide"]
PEOPLE = [f"Person {letter}" for letter in "abcdefghijklmnopqrst"]
PLACES = ["Belong", "Demos", "Home Office"]
YEARS = [1999, 2015, 2016, 2017, 2018, 2020]
WORDS = ["trust", "housing", "schools", "london", "poverty", "music"]

Filters = Mapping[str, Sequence[str]]


def _random_record(random: Random, number: int, version: int = 1) -> Record:
    def some(values: Sequence[str], most: int) -> list[str]:
        return random.sample(values, random.randint(0, most))

    return a_record(
        f"r{number:03}",
        " ".join(["Record", *some(WORDS, 3)]),
        version=version,
        authors=some(PEOPLE, 3),
        editors=some(PEOPLE, 1),
        publishers=some(PLACES, 2),
        date=random.choice([None, *(f"{year}-{month:02}" for year in YEARS for month in (1, 12))]),
        type=random.choice([None, *TYPES]),
        themes=some(THEMES, 2),
    )


@pytest.fixture(scope="module")
def records() -> list[Record]:
    random = Random("records")
    return [_random_record(random, number, version=2) for number in range(230)]


@pytest.fixture(scope="module")
def library(make_library: MakeLibrary, records: list[Record]) -> Library:
    """The records after a history: written in pieces, most changed once, and others removed."""
    random = Random("history")
    library = make_library(*(_random_record(random, number) for number in range(260)))
    for start in range(0, 230, 46):
        library.put(*records[start : start + 46])
    for number in range(230, 260):
        library.remove(f"r{number:03}", version=2)
    library.settle()
    return library


def _values(record: Record, facet: str) -> set[str]:
    match facet:
        case "theme":
            found = {concept.id for theme in record.themes for concept in (theme, *theme.broader)}
        case "type":
            found = {concept.id for concept in (record.type, *record.type.broader)} if record.type else set()
        case "year":
            found = {str(record.date.year)} if record.date else set()
        case "author":
            found = {contributor.agent.id for contributor in record.contributors}
        case _:
            found = {publisher.id for publisher in record.publishers}
    return set(found) or {"none"}


def _is_chosen(record: Record, facet: str, chosen: Sequence[str]) -> bool:
    values = _values(record, facet)
    for value in chosen:
        years = year_range(value) if facet == "year" else None
        if years is None and value in values:
            return True
        if years is not None and record.date is not None:
            first, last = years.first or 0, 9999 if years.last is None else years.last
            if first <= record.date.year <= last:
                return True
    return False


def _matching(records: Sequence[Record], words: Sequence[str], filters: Filters) -> list[Record]:
    return [
        record
        for record in records
        if all(word in record.title.split() for word in words)
        and all(_is_chosen(record, facet, chosen) for facet, chosen in filters.items())
    ]


def _expected(records: Sequence[Record], words: Sequence[str], filters: Filters, facet: str, size: int) -> list[object]:
    others = {name: chosen for name, chosen in filters.items() if name != facet}
    matching = _matching(records, words, others)
    counts = Counter(value for record in matching for value in _values(record, facet))
    named = [value for value in counts if value != "none"]
    in_order = sorted(named) if facet == "year" else sorted(named, key=lambda value: (-counts[value], value))[:size]
    shown = in_order + (["none"] if counts["none"] else [])
    chosen = filters.get(facet, ())
    missing = [value for value in chosen if value not in shown]
    of_missing = {value: sum(_is_chosen(record, facet, [value]) for record in matching) for value in missing}
    return [(value, counts[value], value in chosen) for value in shown] + [
        (value, of_missing[value], True) for value in missing
    ]


def _choice(values: Sequence[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from([*values, "none", "unknown"]), min_size=1, max_size=4, unique=True)


FILTERS = st.fixed_dictionaries(
    {},
    optional={
        "theme": _choice(["cohesion", "integration", "language", "belonging", "faith"]),
        "type": _choice(["report", "review", "guide"]),
        "year": _choice([*map(str, YEARS), "2016..2018", "2017..", "..2015", "2018..2016", "2000..2010"]),
        "author": _choice([f"person-{letter}" for letter in "abcdefghijklmnopqrst"]),
        "publisher": _choice(["belong", "demos", "home-office"]),
    },
)


@given(words=st.lists(st.sampled_from(WORDS), max_size=2, unique=True), filters=FILTERS, size=st.integers(1, 25))
def test_facets_and_totals_are_what_counting_gives(
    library: Library, records: list[Record], words: list[str], filters: Filters, size: int
) -> None:
    page = library.search(" ".join(words), filters, facets=FACET_NAMES, facet_size=size, sort=Sort.TITLE, size=100)
    matching = _matching(records, words, filters)
    assert page.total == len(matching) == library.count(" ".join(words), filters)
    in_order = sorted(matching, key=lambda record: (record.title.casefold() + "\0", record.id))
    assert [(hit.id, hit.version) for hit in page.hits] == [(record.id, 2) for record in in_order[:100]]
    for facet in FACET_NAMES:
        found = [(bucket.value, bucket.count, bucket.chosen) for bucket in page.facets[facet]]
        assert found == _expected(records, words, filters, facet, size)
