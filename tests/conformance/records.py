"""Records to search, made from a few words."""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime

from catalogue.record import (
    Agent,
    AgentId,
    AgentKind,
    Concept,
    ConceptId,
    Contributor,
    PartialDate,
    Record,
    RecordId,
    Role,
    Vocabulary,
)
from indexer.documents import to_document
from mappings.analysis import folded_words, normalise
from search.engine import Put

_MOMENT = datetime(2024, 3, 5, 12, tzinfo=UTC)


def a_record(
    id: str,  # noqa: A002 - named as in a record
    title: str = "Untitled",
    *,
    version: int = 1,
    authors: Sequence[str] = (),
    editors: Sequence[str] = (),
    responsibility: str | None = None,
    publishers: Sequence[str] = (),
    date: str | None = None,
    type: str | None = None,  # noqa: A002
    themes: Sequence[str] = (),
    abstract: str | None = None,
    doi: str | None = None,
    isbn: str | None = None,
) -> Record:
    """A record. Themes and types are labels, or paths from the broadest to the narrowest such as "Work > Pay"."""
    return Record(
        id=RecordId(id),
        version=version,
        title=normalise(title),
        contributors=(*_contributors(authors, Role.AUTHOR), *_contributors(editors, Role.EDITOR)),
        responsibility=responsibility,
        publishers=tuple(_agent(name) for name in publishers),
        date=PartialDate.parse(date) if date else None,
        type=_concept(type, Vocabulary.TYPE) if type else None,
        themes=tuple(_concept(path, Vocabulary.THEME) for path in themes),
        abstract=normalise(abstract) if abstract else None,
        link=f"https://example.org/{id}",
        language="en",
        doi=doi,
        isbn=isbn,
        deleted=False,
        created_at=_MOMENT,
        updated_at=_MOMENT,
    )


def a_put(record: Record) -> Put:
    """What makes an index show a record."""
    return Put(id=record.id, version=record.version, document=to_document(record))


def slug(label: str) -> str:
    """The id that `a_record` gives to a label or a name."""
    return folded_words(label).replace(" ", "-")


def _agent(name: str) -> Agent:
    return Agent(id=AgentId(slug(name)), name=normalise(name), kind=AgentKind.UNKNOWN)


def _contributors(names: Iterable[str], role: Role) -> tuple[Contributor, ...]:
    return tuple(Contributor(agent=_agent(name), role=role) for name in names)


def _concept(path: str, vocabulary: Vocabulary) -> Concept:
    *broader, label = path.split(" > ")
    above = _concept(" > ".join(broader), vocabulary) if broader else None
    return Concept(
        id=ConceptId(slug(label)),
        vocabulary=vocabulary,
        label=normalise(label),
        broader=(above, *above.broader) if above else (),
    )
