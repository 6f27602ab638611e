"""Makes records pending that did not change, so that the index gets them again: some, a theme, all since a date.

Nobody needs it in the ordinary course of things. It is for after a repair by hand in the database, or where the index
is doubted for a few records and making it anew would be too much.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Select, select
from sqlalchemy.orm import Session

from catalogue import pending, vocabularies
from catalogue.curation import showing_agent, showing_concept
from catalogue.database import Catalogue
from catalogue.errors import NotFound
from catalogue.models import PUBLISHER, AgentRow, ConceptRow, ContributionRow, RecordRow
from catalogue.record import RecordId, Vocabulary
from catalogue.slugs import fold_label, fold_name

# How many records are marked in one transaction: on SQLite nobody else can write meanwhile.
_BATCH: Final = 1_000

# How much like a name another one has to be to be proposed, of 100, and how many are.
_ALIKE: Final = 70
_PROPOSED: Final = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which records: all that any of these names. Facets are ids or labels; `since` is when they last changed."""

    records: Sequence[str] = ()
    themes: Sequence[str] = ()
    types: Sequence[str] = ()
    authors: Sequence[str] = ()
    publishers: Sequence[str] = ()
    since: datetime | None = None


def selected(session: Session, selection: Selection) -> Sequence[RecordId]:
    """The ids of the records that a selection names, deleted ones too, in order.

    A theme or a type stands for those below it as well. Raises NotFound for what is unknown, with names like it.
    """
    found = set(_known(session, selection.records))
    for statement in _statements(session, selection):
        found.update(RecordId(record_id) for record_id in session.scalars(statement))
    return sorted(found)


def mark(catalogue: Catalogue, record_ids: Sequence[RecordId]) -> Iterator[int]:
    """Make records pending in the versions that they have now: how many are, after each batch.

    Raises CatalogueUnavailable.
    """
    for start in range(0, len(record_ids), _BATCH):
        batch = record_ids[start : start + _BATCH]
        with catalogue.write() as session:
            pending.mark_these(session, batch)
        yield start + len(batch)


def _known(session: Session, record_ids: Sequence[str]) -> Sequence[RecordId]:
    for start in range(0, len(record_ids), _BATCH):
        batch = record_ids[start : start + _BATCH]
        known = set(session.scalars(select(RecordRow.id).where(RecordRow.id.in_(batch))))
        for record_id in batch:
            if record_id not in known:
                raise NotFound(f"No record has the id {record_id!r}")
    return [RecordId(record_id) for record_id in record_ids]


def _statements(session: Session, selection: Selection) -> Iterator[Select[str]]:
    for theme in selection.themes:
        yield from (showing_concept(Vocabulary.THEME, id_) for id_ in _ids(session, "theme", theme))
    for type_ in selection.types:
        yield from (showing_concept(Vocabulary.TYPE, id_) for id_ in _ids(session, "type", type_))
    for author in selection.authors:
        for id_ in _ids(session, "author", author):
            yield showing_agent(id_).where(ContributionRow.role != PUBLISHER)
    for publisher in selection.publishers:
        for id_ in _ids(session, "publisher", publisher):
            yield showing_agent(id_).where(ContributionRow.role == PUBLISHER)
    if selection.since is not None:
        yield select(RecordRow.id).where(RecordRow.updated_at >= selection.since)


def _ids(session: Session, facet: str, name: str) -> Sequence[str]:
    """The ids that an id or a label stands for now; themes at several places may have one label. Raises NotFound."""
    try:
        return [vocabularies.resolve(session, facet, name)]
    except NotFound as e:
        if ids := session.scalars(_labelled(facet, name)).all():
            return [vocabularies.resolve(session, facet, id_) for id_ in ids]
        raise NotFound(f"No {facet} has the id or the name {name!r}{_proposal(session, facet, name)}") from e


def _labelled(facet: str, name: str) -> Select[str]:
    if facet in {"theme", "type"}:
        return select(ConceptRow.id).where(ConceptRow.vocabulary == facet, ConceptRow.folded == fold_label(name))
    return select(AgentRow.id).where(AgentRow.folded == fold_name(name))


def _proposal(session: Session, facet: str, name: str) -> str:
    from rapidfuzz import fuzz, process  # late: only who mistypes needs it

    if facet in {"theme", "type"}:
        statement = select(ConceptRow.folded, ConceptRow.id).where(ConceptRow.vocabulary == facet)
        folded = fold_label(name)
    else:
        statement = select(AgentRow.folded, AgentRow.id)
        folded = fold_name(name)
    known = {row.id: row.folded for row in session.execute(statement)}
    alike = process.extract(folded, known, scorer=fuzz.ratio, score_cutoff=_ALIKE, limit=_PROPOSED)
    return f". Did you mean {' or '.join(id_ for _, _, id_ in alike)}?" if alike else ""
