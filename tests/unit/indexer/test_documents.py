"""Records as documents."""

from dataclasses import replace
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue.record import PartialDate, Record
from indexer.documents import to_document, to_shown
from mappings.completion import read_completion_term
from mappings.fields import EVERYTHING, FIELDS, TEXT_FIELDS, Field, Kind, facet_term
from search.results import Named
from search.shown import from_json
from tests.conformance.records import a_record

BARE = a_record("bare", "Trust")
FULL = a_record(
    "full",
    "A Handbook",
    version=7,
    authors=["Ann Lee", "Míriam Juan-Torres"],
    editors=["Ann Lee"],
    responsibility="Ann Lee and others",
    publishers=["Demos", "Belong"],
    date="2017-04",
    type="Report > Handbook",
    themes=["Cohesion > Integration", "Cohesion > Belonging"],
    abstract="Lessons.",
    doi="10.1000/182",
    isbn="9780306406157",
)


def terms(record: Record, facet: str) -> list[str]:
    return list(cast("list[str]", to_document(record)[facet]))


@pytest.mark.parametrize("record", [BARE, FULL], ids=["bare", "full"])
def test_a_document_has_the_declared_fields_and_no_others(record: Record) -> None:
    assert set(to_document(record)) == {field.name for field in FIELDS}


@pytest.mark.parametrize("field", FIELDS, ids=lambda field: field.name)
def test_values_are_of_the_kind_that_is_declared(field: Field) -> None:
    value = to_document(FULL)[field.name]
    match field.kind:
        case Kind.TEXT if field.name != EVERYTHING:
            assert isinstance(value, list)
        case Kind.FACET:
            assert isinstance(value, list)
            assert all("\x1f" in term for term in value)
        case Kind.INTEGER:
            assert isinstance(value, int)
        case Kind.KEYWORD if field.name.endswith("_names"):
            assert isinstance(value, list)
            assert all(read_completion_term(term)[2] for term in value)
        case _:
            assert isinstance(value, str)


def test_text_fields_hold_what_a_record_says() -> None:
    document = to_document(FULL)
    assert {field.name: document[field.name] for field in TEXT_FIELDS if field.name != EVERYTHING} == {
        "title": ["A Handbook"],
        "contributors": ["Ann Lee and others", "Míriam Juan-Torres"],
        "themes": ["Integration", "Cohesion", "Belonging"],
        "types": ["Handbook", "Report"],
        "publishers": ["Demos", "Belong"],
        "abstract": ["Lessons."],
        "identifiers": ["10.1000/182", "9780306406157", "0306406152"],
    }


def test_one_field_holds_the_words_of_all_text_fields_and_the_year() -> None:
    document = to_document(FULL)
    lines = [line for field in TEXT_FIELDS if field.name != EVERYTHING for line in document[field.name]]
    assert str(document[EVERYTHING]).split("\n") == [*lines, str(FULL.date)[:4]]


@pytest.mark.parametrize(
    ("names", "printed", "indexed"),
    [
        pytest.param(["Ann Lee"], None, ["Ann Lee"], id="nothing printed"),
        pytest.param(["Ann Lee"], "by Ann Lee", ["by Ann Lee"], id="as printed"),
        pytest.param(["Ann Lee"], "ANN LEE (ed.)", ["ANN LEE (ed.)"], id="in capitals"),
        pytest.param(["Ann Lee"], "Ann-Lee", ["Ann-Lee"], id="other punctuation"),
        pytest.param(["Ann Lee", "Bo Oak"], "Ann Lee et al", ["Ann Lee et al", "Bo Oak"], id="left out in print"),
        pytest.param(["Lee, Ann"], "Ann Lee", ["Ann Lee", "Lee, Ann"], id="in another order"),
        pytest.param(["Ann Lee"], "Joann Leeson", ["Joann Leeson", "Ann Lee"], id="part of other names"),
        pytest.param([], "Anonymous", ["Anonymous"], id="no names"),
        pytest.param([], None, [], id="nothing at all"),
    ],
)
def test_a_name_is_indexed_once_wherever_it_stands(names: list[str], printed: str | None, indexed: list[str]) -> None:
    assert to_document(a_record("r", authors=names, responsibility=printed))["contributors"] == indexed


@pytest.mark.parametrize(
    ("facet", "expected"),
    [
        pytest.param(
            "theme",
            [("integration", "Integration"), ("cohesion", "Cohesion"), ("belonging", "Belonging")],
            id="themes with the broader ones, each once",
        ),
        pytest.param("type", [("handbook", "Handbook"), ("report", "Report")], id="type with the broader one"),
        pytest.param("year", [("2017", "2017")], id="year"),
        pytest.param("author", [("ann-lee", "Ann Lee"), ("miriam-juan-torres", "Míriam Juan-Torres")], id="each once"),
        pytest.param("publisher", [("demos", "Demos"), ("belong", "Belong")], id="publishers"),
    ],
)
def test_facets_hold_ids_with_their_labels(facet: str, expected: list[tuple[str, str]]) -> None:
    assert terms(FULL, facet) == [facet_term(*pair) for pair in expected]


@pytest.mark.parametrize("facet", ["theme", "type", "year", "author", "publisher"])
def test_a_facet_without_values_says_none_given(facet: str) -> None:
    assert terms(BARE, facet) == [facet_term("none", "")]


def test_a_year_before_the_thousands_has_four_digits() -> None:
    assert terms(a_record("r", date="0987-05"), "year") == [facet_term("0987", "0987")]


@pytest.mark.parametrize(
    ("isbn", "ten"),
    [
        pytest.param("9780306406157", "0306406152", id="check digit"),
        pytest.param("9780804429573", "080442957X", id="check letter"),
        pytest.param("9791034304080", None, id="a number that has no ten digits"),
    ],
)
def test_an_isbn_is_found_by_its_ten_digits_too(isbn: str, ten: str | None) -> None:
    assert to_document(a_record("r", isbn=isbn))["identifiers"] == [isbn, *([ten] if ten else [])]


def test_a_result_shows_what_the_record_says() -> None:
    shown = from_json(str(to_document(FULL)["shown"]))
    assert shown == to_shown(FULL)
    assert shown.contributors[2] == Named(id="ann-lee", label="Ann Lee", role="editor")
    assert shown.themes == (Named(id="integration", label="Integration"), Named(id="belonging", label="Belonging"))
    assert (shown.date, shown.type) == ("2017-04", Named(id="handbook", label="Handbook"))


DATES = st.none() | st.builds(
    PartialDate, year=st.integers(1, 9999), month=st.none() | st.integers(1, 12), day=st.none()
)
RECORDS = st.builds(
    lambda id_, title, date: replace(a_record(id_, title), date=date),
    st.text("ab-z09", min_size=1, max_size=4),
    st.text("aAéz Z:-(2", min_size=1, max_size=5),
    DATES | st.dates().map(lambda day: PartialDate(year=day.year, month=day.month, day=day.day)),
)


def _rising(record: Record) -> tuple[object, ...]:
    date = record.date
    return (date is None, date and (date.year, date.month or 0, date.day or 0), record.id)


@given(st.lists(RECORDS, unique_by=lambda record: record.id))
def test_sort_fields_put_records_in_order_of_date(records: list[Record]) -> None:
    oldest = sorted(records, key=lambda record: str(to_document(record)["oldest"]))
    assert oldest == sorted(records, key=_rising)
    newest = sorted(records, key=lambda record: str(to_document(record)["newest"]))
    dated = sorted((r for r in records if r.date), key=lambda record: record.id)
    dated.sort(key=lambda record: _rising(record)[1], reverse=True)  # type: ignore[arg-type,return-value]
    assert newest == dated + sorted((r for r in records if not r.date), key=lambda record: record.id)


@given(st.lists(RECORDS, unique_by=lambda record: record.id))
def test_a_title_stands_before_all_that_begin_with_it(records: list[Record]) -> None:
    by_title = sorted(records, key=lambda record: str(to_document(record)["by_title"]))
    assert by_title == sorted(records, key=lambda r: (r.title.lower().replace("é", "e"), r.id))
