"""The one list of fields, and all that follows from it."""

import re
from collections import Counter
from dataclasses import fields as parts_of
from itertools import islice
from pathlib import Path

import pytest

from app.params import ApiSearchParameters, SearchParameters
from catalogue.slugs import slugs
from engines.embedded.schema import key_field, order_fields, value_field, words_field
from engines.embedded.writer import to_tantivy
from indexer.documents import to_document
from mappings.fields import (
    EVERYTHING,
    FACET_NAMES,
    FIELDS,
    NONE_GIVEN,
    TEXT_FIELD_OF_QUERY_NAME,
    TEXT_FIELDS,
    Field,
    Kind,
    facet_term,
    split_facet_term,
)
from search.language.reader import read_query
from search.request import Sort
from search.results import Shown
from tests.conformance.records import a_record

SYNTAX_PAGE = (Path(__file__).parents[2] / "docs" / "query-syntax.md").read_text(encoding="utf-8")

RECORD = a_record(
    "r",
    "Trust",
    authors=["Ann"],
    publishers=["Demos"],
    date="2016",
    type="Report",
    themes=["Faith"],
    abstract="Hope.",
    doi="10.1000/182",
)


def _by_name(field: Field) -> str:
    return field.name


def test_every_field_has_a_name_of_its_own() -> None:
    assert [name for name, count in Counter(field.name for field in FIELDS).items() if count > 1] == []


def test_every_query_name_stands_for_one_field_in_small_letters() -> None:
    names = [name for field in FIELDS for name in field.query_names]
    assert len(set(names)) == len(names)
    assert all(re.fullmatch("[a-z]+", name) for name in names)


@pytest.mark.parametrize("field", FIELDS, ids=_by_name)
def test_what_is_declared_fits_the_kind(field: Field) -> None:
    is_text = field.kind is Kind.TEXT
    assert is_text or not (field.weight or field.highlighted)
    assert not field.query_names or is_text or field.name == "year"
    assert field.meaning.endswith(".")


@pytest.mark.parametrize("field", FIELDS, ids=_by_name)
def test_every_field_stands_in_a_document_and_in_what_the_embedded_engine_stores(field: Field) -> None:
    companions = {
        Kind.TEXT: [words_field(field.name)],
        Kind.FACET: [value_field(field.name), key_field(field.name)],
        Kind.SORT: [*order_fields(field.name)],
        Kind.KEYWORD: [*order_fields("id")] if field.name == "id" else [],
        Kind.INTEGER: [],
        Kind.STORED: [],
    }[field.kind]
    stored = to_tantivy(to_document(RECORD), FIELDS).to_dict()
    for name in (field.name, *companions):
        assert stored[name]


def test_what_is_highlighted_is_shown() -> None:
    highlighted = {field.name for field in FIELDS if field.highlighted}
    assert highlighted
    assert highlighted <= {part.name for part in parts_of(Shown)}


def test_sort_fields_are_what_results_can_be_sorted_by() -> None:
    sort_fields = {field.name for field in FIELDS if field.kind is Kind.SORT}
    assert sort_fields == {"newest", "oldest", "by_title"}
    assert {sort.value for sort in Sort} == {"relevance", "newest", "oldest", "title"}


@pytest.mark.parametrize("schema", [SearchParameters, ApiSearchParameters])
def test_every_facet_is_a_parameter(schema: type[SearchParameters]) -> None:
    assert set(FACET_NAMES) <= set(schema().fields)


@pytest.mark.parametrize("name", TEXT_FIELD_OF_QUERY_NAME)
def test_every_query_name_is_read_and_explained(name: str) -> None:
    tree = read_query(f"{name}:trust").tree
    assert getattr(tree, "field", None) == TEXT_FIELD_OF_QUERY_NAME[name]
    assert f"`{name}:" in SYNTAX_PAGE


def test_every_text_field_can_be_asked_for_alone_but_the_one_that_holds_all() -> None:
    assert set(TEXT_FIELD_OF_QUERY_NAME.values()) == {field.name for field in TEXT_FIELDS} - {EVERYTHING}


def test_every_query_name_on_the_syntax_page_exists() -> None:
    named = set(re.findall(r"`-?([a-z]+):[^:/]", SYNTAX_PAGE))
    assert named - {"integration", "community", "a"} <= {*TEXT_FIELD_OF_QUERY_NAME, "year"}


@pytest.mark.parametrize("name", ["none", "None", "NONE", "Ñone", "none!", "(none)"])
def test_no_id_of_the_catalogue_is_the_reserved_word(name: str) -> None:
    assert NONE_GIVEN not in list(islice(slugs(name), 5))


@pytest.mark.parametrize("label", ["", "Faith", "Faith > Church", "Glaube: was sonst?"])
def test_a_facet_term_is_split_into_what_it_was_made_of(label: str) -> None:
    assert split_facet_term(facet_term("faith", label)) == ("faith", label)
