"""The page of one record: everything that the catalogue knows of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from app.web import wording
from app.web.links import (
    Parameters,
    api_record_address,
    doi_address,
    filtered_address,
    host_of,
    outside_address,
    record_address,
)
from app.web.presenters.citation import citation_elements, plain_citation
from app.web.presenters.hits import Link, byline, icon_for
from catalogue.record import Agent, Concept, Contributor, Record, Role
from search.results import Named

_ROLE_LABELS = {Role.AUTHOR: "Author", Role.EDITOR: "Editor", Role.CONTRIBUTOR: "Contributor"}

_LONGEST_BYLINE = 160

# What search machines show of a description.
_LONGEST_DESCRIPTION = 155


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A line of the table of facts: a name with texts or links, each a trail of its own (the broader theme first)."""

    name: str
    trails: tuple[tuple[Link, ...], ...] = ()
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordView:
    """What the page shows. `outside` leads to the resource itself; `unsafe_link` is one that no browser may follow."""

    title: str
    description: str
    deleted: bool
    type: Link | None
    icon: str
    byline: str
    published: str | None
    abstract: tuple[str, ...]
    outside: Link | None
    unsafe_link: str | None
    themes: tuple[Link, ...]
    facts: tuple[Fact, ...]
    citation: str
    elements: Parameters
    language: str | None
    direction: str | None
    canonical: str
    as_json: str


def present_record(record: Record, site: str) -> RecordView:
    """The page of a record; `site` is the address of the service, for the citation."""
    outside = outside_address(record.link)
    path = record_address(record.id)
    return RecordView(
        title=record.title,
        description=_description(record),
        deleted=record.deleted,
        type=_concept_link(record.type) if record.type else None,
        icon=icon_for(record.type.label if record.type else None),
        byline=_byline(record),
        published=wording.date_in_words(str(record.date)) if record.date else None,
        abstract=_paragraphs(record.abstract),
        outside=Link(text=host_of(outside), address=outside) if outside else None,
        unsafe_link=record.link if record.link and not outside else None,
        themes=tuple(_concept_link(theme) for theme in record.themes),
        facts=tuple(_facts(record)),
        citation=plain_citation(record, site.rstrip("/") + path),
        elements=[] if record.deleted else citation_elements(record),
        language=wording.foreign(record.language),
        direction=wording.direction(record.language),
        canonical=path,
        as_json=api_record_address(record.id),
    )


def _facts(record: Record) -> Iterator[Fact]:
    for role, label in _ROLE_LABELS.items():
        people = [contributor for contributor in record.contributors if contributor.role is role]
        if people:
            yield _links(label if len(people) == 1 else f"{label}s", [_contributor_link(person) for person in people])
    if record.responsibility and _adds_to_names(record):
        yield Fact(name="As printed", text=record.responsibility)
    if record.publishers:
        name = "Publisher" if len(record.publishers) == 1 else "Publishers"
        yield _links(name, [_publisher_link(publisher) for publisher in record.publishers])
    yield Fact(name="Published", text=(record.date and wording.date_in_words(str(record.date))) or "No date given")
    if record.type:
        yield Fact(name="Type", trails=(_trail(record.type),))
    if record.themes:
        name = "Theme" if len(record.themes) == 1 else "Themes"
        yield Fact(name=name, trails=tuple(_trail(theme) for theme in record.themes))
    yield from _identifiers(record)


def _identifiers(record: Record) -> Iterator[Fact]:
    if record.language:
        yield Fact(name="Language", text=wording.language_name(record.language))
    if record.doi:
        yield _links("DOI", [Link(text=record.doi, address=doi_address(record.doi))])
    if record.isbn:
        yield Fact(name="ISBN", text=record.isbn)
    yield Fact(name="Added", text=_day(record.created_at))
    if _day(record.updated_at) != _day(record.created_at):
        yield Fact(name="Last changed", text=_day(record.updated_at))
    yield Fact(name="Record", text=record.id)


def _links(name: str, links: Sequence[Link]) -> Fact:
    return Fact(name=name, trails=tuple((link,) for link in links))


def _trail(concept: Concept) -> tuple[Link, ...]:
    return tuple(_concept_link(each) for each in (*reversed(concept.broader), concept))


def _concept_link(concept: Concept) -> Link:
    return Link(text=concept.label, address=filtered_address(concept.vocabulary.value, concept.id))


def _contributor_link(contributor: Contributor) -> Link:
    return Link(text=contributor.agent.name, address=filtered_address("author", contributor.agent.id))


def _publisher_link(publisher: Agent) -> Link:
    return Link(text=publisher.name, address=filtered_address("publisher", publisher.id))


def _byline(record: Record) -> str:
    """The statement of responsibility as printed, or the names where it is too long to stand beneath a title."""
    printed = record.responsibility
    if printed and (len(printed) <= _LONGEST_BYLINE or not record.contributors):
        return printed
    names = [Named(id=c.agent.id, label=c.agent.name, role=c.role.value) for c in record.contributors]
    return byline(names, printed, ())


def _adds_to_names(record: Record) -> bool:
    """Whether the statement of responsibility says more than the names."""
    return record.responsibility not in {
        wording.listed([contributor.agent.name for contributor in record.contributors]),
        ", ".join(contributor.agent.name for contributor in record.contributors),
    }


def _description(record: Record) -> str:
    text = " ".join((record.abstract or f"{record.title} {_byline(record)}").split())
    if len(text) <= _LONGEST_DESCRIPTION:
        return text
    return text[:_LONGEST_DESCRIPTION].rsplit(" ", 1)[0] + "…"


def _paragraphs(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").splitlines() if part.strip())


def _day(moment: datetime) -> str:
    return wording.date_in_words(moment.date().isoformat()) or ""
