"""A record as a document: pure, and the same for every engine."""

from collections.abc import Iterable
from typing import Final

from catalogue.record import Concept, PartialDate, Record
from mappings.analysis import fold, folded_words, searchable
from mappings.completion import COMPLETED_FACETS, completion_terms, names_field
from mappings.fields import EVERYTHING, NONE_GIVEN, facet_term
from search.engine import Document
from search.results import Named, Shown
from search.shown import to_json

_UNDATED: Final = "99999999"

_BEFORE_ALL: Final = "\x1f"


def to_document(record: Record) -> Document:
    """The document that shows a record: a value for each field of `mappings.fields` that the record has."""
    texts = _texts(record)
    facets = _facets(record)
    return {
        "id": record.id,
        "version": record.version,
        **texts,
        EVERYTHING: "\n".join([*(text for values in texts.values() for text in values), *_year(record)]),
        "exact_title": folded_words(record.title),
        **facets,
        **{names_field(facet): _completion_terms(facets[facet]) for facet in COMPLETED_FACETS},
        "newest": f"{_falling(record.date)} {record.id}",
        "oldest": f"{_rising(record.date)} {record.id}",
        # The separator sorts before all that a title holds, also before a space: "Cohesion" before "Cohesion and more".
        "by_title": f"{fold(record.title)}{_BEFORE_ALL}{record.id}",
        "shown": to_json(to_shown(record)),
    }


def _facets(record: Record) -> dict[str, list[str]]:
    """The values of each facet with their labels."""
    return {
        "theme": _facet_terms([(c.id, c.label) for theme in record.themes for c in _with_broader(theme)]),
        "type": _facet_terms([(c.id, c.label) for c in _with_broader(record.type)]),
        "year": _facet_terms([(year, year) for year in _year(record)]),
        "author": _facet_terms([(c.agent.id, c.agent.name) for c in record.contributors]),
        "publisher": _facet_terms([(publisher.id, publisher.name) for publisher in record.publishers]),
    }


def _completion_terms(facet_terms: Iterable[str]) -> list[str]:
    """The names of some values as they are completed; none given has no name."""
    return [completion for term in facet_terms for completion in completion_terms(term)]


def _texts(record: Record) -> dict[str, list[str]]:
    """The text fields that hold something of their own, as engines are given it."""
    texts = {
        "title": [record.title],
        "contributors": _contributor_texts(record),
        "themes": list(dict.fromkeys(concept.label for theme in record.themes for concept in _with_broader(theme))),
        "types": [concept.label for concept in _with_broader(record.type)],
        "publishers": [publisher.name for publisher in record.publishers],
        "abstract": [record.abstract] if record.abstract else [],
        "identifiers": [identifier for identifier in (record.doi, record.isbn, _isbn_10(record.isbn)) if identifier],
    }
    return {field: [searchable(value) for value in values] for field, values in texts.items()}


def to_shown(record: Record) -> Shown:
    """What a result shows of a record."""
    return Shown(
        title=record.title,
        contributors=tuple(Named(id=c.agent.id, label=c.agent.name, role=c.role.value) for c in record.contributors),
        responsibility=record.responsibility,
        publishers=tuple(Named(id=publisher.id, label=publisher.name) for publisher in record.publishers),
        date=str(record.date) if record.date else None,
        type=Named(id=record.type.id, label=record.type.label) if record.type else None,
        themes=tuple(Named(id=theme.id, label=theme.label) for theme in record.themes),
        abstract=record.abstract,
        link=record.link,
        language=record.language,
    )


def _year(record: Record) -> list[str]:
    """The year of publication, also among the words of everything: people type an author and a year."""
    return [f"{record.date.year:04}"] if record.date else []


def _contributor_texts(record: Record) -> list[str]:
    """The names, and the printed line where it says more: words that stand in both would count twice."""
    names = [contributor.agent.name for contributor in record.contributors]
    printed = record.responsibility
    if printed is None:
        return names
    in_print = f" {folded_words(printed)} "
    return [printed, *(name for name in names if f" {folded_words(name)} " not in in_print)]


def _isbn_10(isbn: str | None) -> str | None:
    """The ISBN of ten digits that means the same book: it may be the one that stands on the cover."""
    if isbn is None or not isbn.startswith("978"):
        return None
    digits = isbn[3:12]
    check = -sum(weight * int(digit) for weight, digit in zip(range(10, 1, -1), digits, strict=True)) % 11
    return f"{digits}{'X' if check == 10 else check}"


def _with_broader(concept: Concept | None) -> tuple[Concept, ...]:
    return (concept, *concept.broader) if concept else ()


def _facet_terms(values: list[tuple[str, str]]) -> list[str]:
    """Each value once, in order; "none given" where there is none."""
    return list(dict.fromkeys(facet_term(value, label) for value, label in values)) or [facet_term(NONE_GIVEN, "")]


def _rising(date: PartialDate | None) -> str:
    """A date as eight digits; a month or day that is not known comes before those that are."""
    return f"{date.year:04}{date.month or 0:02}{date.day or 0:02}" if date else _UNDATED


def _falling(date: PartialDate | None) -> str:
    return f"{99_999_999 - int(_rising(date)):08}" if date else _UNDATED
