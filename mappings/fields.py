"""The one list of fields from which the schema of every engine follows.

A *text* field is analysed (see `mappings.analysis`) and searched. A *facet* field holds the values that a record has,
each an id with its label (`facet_term`), for filtering and counting. A *sort* field holds one string per document
whose byte order is the order of the results. A *keyword* field is matched whole or by how it begins, and a *stored* one
is only given back.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum, unique
from typing import Final


@unique
class Kind(StrEnum):
    """How an engine treats a field."""

    TEXT = "text"
    KEYWORD = "keyword"
    FACET = "facet"
    SORT = "sort"
    INTEGER = "integer"
    STORED = "stored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One field of a document.

    `weight` multiplies the BM25 score of a word that is found in a text field where no field was asked for: a word
    scores by the field "everything", and a little more in those where it says what a record is about. These weights
    had the best nDCG@10 on four judged collections of those tried (docs/decisions/0003-ranking.md). `query_names` are
    the names under which the query language knows the field ("author:"). `highlighted` fields come back with the found
    words marked.
    """

    name: str
    kind: Kind
    meaning: str
    weight: float = 0.0
    query_names: tuple[str, ...] = ()
    highlighted: bool = False


# Raised by one whenever the analysis, the kind of a field or what stands in one changes: an index of another format is
# made anew before anything is read from it. A field more or less is none such change (`mappings.form`).
FORMAT_VERSION: Final = 5

# The text field that holds the words of all others.
EVERYTHING: Final = "everything"

FIELDS: Final[tuple[Field, ...]] = (
    Field(name="id", kind=Kind.KEYWORD, meaning="The record's id: one document per record."),
    Field(name="version", kind=Kind.INTEGER, meaning="The record's version that this document shows."),
    Field(
        name=EVERYTHING,
        kind=Kind.TEXT,
        weight=1.0,
        meaning="The words of all other text fields together, and the year: a word counts the same wherever it stands.",
    ),
    Field(
        name="title",
        kind=Kind.TEXT,
        weight=0.3,
        query_names=("title",),
        highlighted=True,
        meaning="The title.",
    ),
    Field(
        name="contributors",
        kind=Kind.TEXT,
        weight=0.3,
        query_names=("author", "editor", "by"),
        meaning="Names of authors, editors and other contributors, and the statement of responsibility as printed.",
    ),
    Field(
        name="themes",
        kind=Kind.TEXT,
        weight=0.3,
        query_names=("theme",),
        meaning="Labels of the themes and of the broader themes above them.",
    ),
    Field(name="types", kind=Kind.TEXT, query_names=("type",), meaning="Labels of the type and the broader types."),
    Field(name="publishers", kind=Kind.TEXT, query_names=("publisher",), meaning="Names of the publishers."),
    Field(name="abstract", kind=Kind.TEXT, query_names=("abstract",), highlighted=True, meaning="The abstract."),
    Field(
        name="identifiers",
        kind=Kind.TEXT,
        query_names=("doi", "isbn"),
        meaning="DOI and ISBN as they are written.",
    ),
    Field(
        name="exact_title",
        kind=Kind.KEYWORD,
        meaning="The folded words of the title: a query that is the whole title finds that record first.",
    ),
    Field(name="theme", kind=Kind.FACET, meaning="Ids of the themes and of the broader themes above them."),
    Field(name="type", kind=Kind.FACET, meaning="Id of the type and of the broader types above it."),
    Field(name="year", kind=Kind.FACET, query_names=("year",), meaning="The year of publication, four digits."),
    Field(name="author", kind=Kind.FACET, meaning="Ids of the contributors, whatever their role."),
    Field(name="publisher", kind=Kind.FACET, meaning="Ids of the publishers."),
    Field(name="theme_names", kind=Kind.KEYWORD, meaning="The names of the themes, as they are completed."),
    Field(name="author_names", kind=Kind.KEYWORD, meaning="The names of the contributors, as they are completed."),
    Field(name="publisher_names", kind=Kind.KEYWORD, meaning="The names of the publishers, as they are completed."),
    Field(name="newest", kind=Kind.SORT, meaning="Falling date, undated last, then id."),
    Field(name="oldest", kind=Kind.SORT, meaning="Rising date, undated last, then id."),
    Field(name="by_title", kind=Kind.SORT, meaning="The folded title, then id."),
    Field(name="shown", kind=Kind.STORED, meaning="What a result shows, as JSON."),
)

# A value of a facet field is an id and the label for people, so that one request to an engine answers with both.
_LABEL_SEPARATOR: Final = "\x1f"

# The value of a facet that stands for "none given". No id in the catalogue can be this word.
NONE_GIVEN: Final = "none"


def facet_term(value: str, label: str) -> str:
    """The value of a facet field for an id and its label."""
    return f"{value}{_LABEL_SEPARATOR}{label}"


def split_facet_term(term: str) -> tuple[str, str]:
    """The id and the label of a value of a facet field."""
    value, _, label = term.partition(_LABEL_SEPARATOR)
    return value, label


def fields_of(kind: Kind) -> Iterator[Field]:
    """The fields of one kind, in the order in which they are declared."""
    return (field for field in FIELDS if field.kind is kind)


TEXT_FIELDS: Final = tuple(fields_of(Kind.TEXT))
FACET_NAMES: Final = tuple(field.name for field in fields_of(Kind.FACET))
TEXT_FIELD_OF_QUERY_NAME: Final = {name: field.name for field in TEXT_FIELDS for name in field.query_names}
