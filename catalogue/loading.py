"""Records as values from rows, many at a time: two queries for a batch, and one for each level of its concepts."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from sqlalchemy import Row, bindparam, select
from sqlalchemy.orm import Session

from catalogue.models import PUBLISHER, AgentRow, ContributionRow, RecordRow, RecordThemeRow, table_of
from catalogue.record import (
    Agent,
    AgentId,
    AgentKind,
    Concept,
    Contributor,
    PartialDate,
    Record,
    RecordId,
    Role,
    Vocabulary,
)
from catalogue.vocabularies import concepts_by_id

RECORD: Final = table_of(RecordRow)
_AGENT: Final = table_of(AgentRow)
_CONTRIBUTION: Final = table_of(ContributionRow)
_THEME: Final = table_of(RecordThemeRow)

_CONTRIBUTIONS: Final = (
    select(_CONTRIBUTION.c.record_id, _CONTRIBUTION.c.role, _AGENT.c.id, _AGENT.c.name, _AGENT.c.kind)
    .join(_AGENT, _AGENT.c.id == _CONTRIBUTION.c.agent_id)
    .where(_CONTRIBUTION.c.record_id.in_(bindparam("ids", expanding=True)))
    .order_by(_CONTRIBUTION.c.record_id, _CONTRIBUTION.c.position)
)
_THEMES: Final = (
    select(_THEME.c.record_id, _THEME.c.concept_id)
    .where(_THEME.c.record_id.in_(bindparam("ids", expanding=True)))
    .order_by(_THEME.c.record_id, _THEME.c.position)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Related:
    """What a batch of records shows of other tables, by record id and by concept id."""

    contributors: Mapping[str, Sequence[Contributor]]
    publishers: Mapping[str, Sequence[Agent]]
    theme_ids: Mapping[str, Sequence[str]]
    themes: Mapping[str, Concept]
    types: Mapping[str, Concept]


def records_of(session: Session, rows: Sequence[Row[Any]]) -> Iterator[Record]:
    """The records for rows of the record table, in their order."""
    if not rows:
        return iter(())
    related = _related(session, rows)
    return (_record(row, related) for row in rows)


def _related(session: Session, rows: Sequence[Row[Any]]) -> _Related:
    ids = [row.id for row in rows]
    contributors: defaultdict[str, list[Contributor]] = defaultdict(list)
    publishers: defaultdict[str, list[Agent]] = defaultdict(list)
    for record_id, role, agent_id, name, kind in session.connection().execute(_CONTRIBUTIONS, {"ids": ids}).all():
        agent = Agent(id=AgentId(agent_id), name=name, kind=AgentKind(kind))
        if role == PUBLISHER:
            publishers[record_id].append(agent)
        else:
            contributors[record_id].append(Contributor(agent=agent, role=Role(role)))
    theme_ids: defaultdict[str, list[str]] = defaultdict(list)
    for record_id, concept_id in session.connection().execute(_THEMES, {"ids": ids}).all():
        theme_ids[record_id].append(concept_id)
    return _Related(
        contributors=contributors,
        publishers=publishers,
        theme_ids=theme_ids,
        themes=concepts_by_id(session, Vocabulary.THEME, {each for ids in theme_ids.values() for each in ids}),
        types=concepts_by_id(session, Vocabulary.TYPE, {row.type_id for row in rows if row.type_id is not None}),
    )


def _record(row: Row[Any], related: _Related) -> Record:
    return Record(
        id=RecordId(row.id),
        version=row.version,
        title=row.title,
        contributors=tuple(related.contributors.get(row.id, ())),
        responsibility=row.responsibility,
        publishers=tuple(related.publishers.get(row.id, ())),
        date=None if row.date is None else PartialDate.parse(row.date),
        type=None if row.type_id is None else related.types[row.type_id],
        themes=tuple(related.themes[each] for each in related.theme_ids.get(row.id, ())),
        abstract=row.abstract,
        link=row.link,
        language=row.language,
        doi=row.doi,
        isbn=row.isbn,
        deleted=row.deleted,
        created_at=row.created_at,
        updated_at=row.updated_at,
        published=row.published,
        changed_by=row.changed_by,
        change_note=row.change_note,
    )
