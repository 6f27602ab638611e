"""The versions of a record: who made each, when, and what the record was in it.

Names are those of today: a theme that was renamed since is shown under its new name, one that was merged as what it
became. The renaming itself is a version of its own, whose note says what it was.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from sqlalchemy import Row, func, select
from sqlalchemy.orm import Session, aliased

from catalogue import records
from catalogue.errors import NotFound
from catalogue.models import PUBLISHER, AgentRow, ConceptRow, RecordVersionRow, table_of
from catalogue.record import (
    Agent,
    AgentId,
    AgentKind,
    Concept,
    Contributor,
    PartialDate,
    Record,
    Role,
    Vocabulary,
)
from catalogue.snapshots import State, read_snapshot
from catalogue.vocabularies import concepts_by_id

_VERSION: Final = table_of(RecordVersionRow)


def versions(session: Session, record_id: str, *, before: int | None = None, limit: int = 50) -> list[Record]:
    """The record as it is and as it was, the newest version first; or as it was before a version.

    `updated_at`, `changed_by` and `change_note` of each are about that version. Raises NotFound.
    """
    present = records.get(session, record_id)
    newest = [present] if before is None or before > present.version else []
    statement = select(_VERSION).where(_VERSION.c.record_id == present.id).order_by(_VERSION.c.version.desc())
    if before is not None:
        statement = statement.where(_VERSION.c.version < before)
    found = session.execute(statement.limit(limit - len(newest))).all()
    return newest + _as_they_were(session, present, found)


def version(session: Session, record_id: str, number: int) -> Record:
    """The record as it was in a version, or is. Raises NotFound."""
    found = versions(session, record_id, before=number + 1, limit=1)
    if not found or found[0].version != number:
        raise NotFound(f"The record {record_id} has no version {number}")
    return found[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Names:
    """What ids in snapshots stand for today, by the ids of then."""

    agents: Mapping[str, Agent]
    themes: Mapping[str, Concept]
    types: Mapping[str, Concept]


def _as_they_were(session: Session, present: Record, found: Sequence[Row[Any]]) -> list[Record]:
    """The versions in these rows, the newest first. One without a snapshot was as the next, which is the row before."""
    if not found:
        return []
    states: list[State | None] = []
    state = _state_after(session, found[0])
    for row in found:
        state = read_snapshot(row.snapshot) if row.snapshot is not None else state
        states.append(state)
    names = _names_in(session, [state for state in states if state is not None])
    return [
        replace(
            present,
            version=row.version,
            updated_at=row.at,
            changed_by=row.changed_by,
            change_note=row.change_note,
            **({} if state is None else _values(state, names)),
        )
        for row, state in zip(found, states, strict=True)
    ]


def _state_after(session: Session, row: Row[Any]) -> State | None:
    """The state in the first version after one that has a snapshot. None: it is as now."""
    later = (_VERSION.c.record_id == row.record_id) & (_VERSION.c.version > row.version)
    following = select(_VERSION.c.snapshot).where(later, _VERSION.c.snapshot.is_not(None))
    snapshot = session.scalar(following.order_by(_VERSION.c.version).limit(1))
    return None if snapshot is None else read_snapshot(snapshot)


def _values(state: State, names: _Names) -> dict[str, Any]:
    """The values of a record's fields. What was merged with something beside it stands there once."""
    columns = dict(state.columns)
    date, type_id = columns.pop("date"), columns.pop("type_id")
    made = dict.fromkeys((role, names.agents[agent]) for role, agent in state.relations.contributions)
    return {
        **columns,
        "date": None if date is None else PartialDate.parse(date),
        "type": None if type_id is None else names.types[type_id],
        "themes": tuple(dict.fromkeys(names.themes[theme] for theme in state.relations.themes)),
        "contributors": tuple(Contributor(agent=agent, role=Role(role)) for role, agent in made if role != PUBLISHER),
        "publishers": tuple(agent for role, agent in made if role == PUBLISHER),
    }


def _names_in(session: Session, states: Sequence[State]) -> _Names:
    themes = {theme for state in states for theme in state.relations.themes}
    types = {state.columns["type_id"] for state in states} - {None}
    return _Names(
        agents=_agents(session, {agent for state in states for _, agent in state.relations.contributions}),
        themes=_concepts(session, Vocabulary.THEME, themes),
        types=_concepts(session, Vocabulary.TYPE, types),
    )


def _agents(session: Session, ids: Iterable[str]) -> dict[str, Agent]:
    now = aliased(AgentRow)
    current = now.id == func.coalesce(AgentRow.merged_into, AgentRow.id)
    statement = select(AgentRow.id, now).join(now, current).where(AgentRow.id.in_(sorted(ids)))
    return {
        then: Agent(id=AgentId(row.id), name=row.name, kind=AgentKind(row.kind))
        for then, row in session.execute(statement)
    }


def _concepts(session: Session, vocabulary: Vocabulary, ids: Iterable[str]) -> dict[str, Concept]:
    statement = select(ConceptRow.id, func.coalesce(ConceptRow.merged_into, ConceptRow.id))
    here = ConceptRow.vocabulary == vocabulary
    current = {then: now for then, now in session.execute(statement.where(here, ConceptRow.id.in_(sorted(ids))))}  # noqa: C416
    found = concepts_by_id(session, vocabulary, current.values())
    return {then: found[now] for then, now in current.items()}
