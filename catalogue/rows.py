"""The rows of a record: read and written one record at a time or, in a batch, many at once.

An import of thousands of records would otherwise ask the database a dozen times for each, which takes ten times as
long as the work where the database is on another machine.
"""

from collections import defaultdict
from collections.abc import Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, Final

from sqlalchemy import Row, bindparam, delete, insert, select, update
from sqlalchemy.orm import Session

from catalogue import pending, snapshots
from catalogue.models import ContributionRow, RecordRow, RecordThemeRow, table_of
from catalogue.record import RecordId
from catalogue.snapshots import Relations

_RECORD: Final = table_of(RecordRow)
_CONTRIBUTION: Final = table_of(ContributionRow)
_THEME: Final = table_of(RecordThemeRow)

_BATCH: Final = "batch of records"

# How many ids go into one statement. SQLite takes 32,766.
_CHUNK: Final = 1_000


@dataclass(slots=True, kw_only=True)
class _Batch:
    """What is known of records that nobody else can write meanwhile, and what waits to be added."""

    absent: set[str]
    stored: dict[str, tuple[Row[Any], Relations]]
    waiting: dict[str, tuple[Mapping[str, Any], Relations]] = field(
        default_factory=dict[str, tuple[Mapping[str, Any], Relations]]
    )
    keys: set[tuple[str, str]] = field(default_factory=set[tuple[str, str]])
    replaced: list[dict[str, Any]] = field(default_factory=list[dict[str, Any]])


@contextmanager
def gathered(session: Session, record_ids: Iterable[str]) -> Generator[None]:
    """Within it these records are asked for at once, and new ones are added together, at its end at the latest.

    Only for who keeps everybody else from writing records: see `catalogue.locks.write_alone`.
    """
    ids = set(record_ids)
    stored = {row.id: (row, relations) for chunk in _chunks(ids) for row, relations in _read(session, chunk)}
    batch = session.info[_BATCH] = _Batch(absent=ids - stored.keys(), stored=stored)
    try:
        yield
        _add_waiting(session)
        snapshots.keep(session, batch.replaced)
    finally:
        del session.info[_BATCH]


def add_those_with(session: Session, keys: Iterable[tuple[str, str]]) -> None:
    """Add the records that wait where one of them has one of these keys: "doi", "isbn", "link", or "title"."""
    batch = _batch(session)
    if batch is not None and not batch.keys.isdisjoint(keys):
        _add_waiting(session)


def locked(session: Session, record_id: RecordId) -> Row[Any] | None:
    """The row of a record, which nobody else can change from now on. None where there is none."""
    if (batch := _batch(session)) is not None:
        if record_id in batch.waiting:
            _add_waiting(session)
        if record_id in batch.absent:
            return None
        if record_id in batch.stored:
            return batch.stored[record_id][0]
    return session.connection().execute(_LOCKED, {"ids": [record_id]}).one_or_none()


def relations(session: Session, record_id: str) -> Relations:
    """What a record has in other tables."""
    if (batch := _batch(session)) is not None and record_id in batch.stored:
        return batch.stored[record_id][1]
    return _relations(session, [record_id])[record_id]


def add(session: Session, columns: Mapping[str, Any], related: Relations) -> None:
    """Write a record that is not there yet, and make it pending in its first version."""
    batch = _batch(session)
    if batch is None:
        _add(session, [(columns, related)])
        return
    batch.absent.discard(columns["id"])
    batch.waiting[columns["id"]] = columns, related
    named = {"doi": columns["doi"], "isbn": columns["isbn"], "link": columns["link"], "title": columns["fingerprint"]}
    batch.keys.update((key, value) for key, value in named.items() if value is not None)


def change(
    session: Session, row: Row[Any], before: Relations, columns: Mapping[str, Any], after: Relations | None = None
) -> None:
    """Write these columns of a record, and what it has in other tables where that is given; make it pending.

    `row` and `before` are the record as it is, locked: that version is kept.
    """
    record_id = RecordId(row.id)
    replaced = snapshots.version_row(row, before)
    if (batch := _batch(session)) is not None:
        batch.stored.pop(record_id, None)
        batch.replaced.append(replaced)
    else:
        snapshots.keep(session, [replaced])
    connection = session.connection()
    connection.execute(update(_RECORD).where(_RECORD.c.id == bindparam("target")), {"target": record_id, **columns})
    if after is not None:
        for table in (_CONTRIBUTION, _THEME):
            connection.execute(delete(table).where(table.c.record_id == record_id))
        _add_relations(session, [(record_id, after)])
    pending.mark(session, record_id, columns["version"])


_LOCKED: Final = (
    select(_RECORD)
    .where(_RECORD.c.id.in_(bindparam("ids", expanding=True)))
    .order_by(_RECORD.c.id)  # in an order that all have, so that no two wait for each other
    .with_for_update(key_share=True)  # or a new dead letter of a record would wait for its import, and that for it
)
_CONTRIBUTIONS: Final = (
    select(_CONTRIBUTION.c.record_id, _CONTRIBUTION.c.role, _CONTRIBUTION.c.agent_id)
    .where(_CONTRIBUTION.c.record_id.in_(bindparam("ids", expanding=True)))
    .order_by(_CONTRIBUTION.c.position)
)
_THEMES: Final = (
    select(_THEME.c.record_id, _THEME.c.concept_id)
    .where(_THEME.c.record_id.in_(bindparam("ids", expanding=True)))
    .order_by(_THEME.c.position)
)


def _batch(session: Session) -> _Batch | None:
    found = session.info.get(_BATCH)
    return found if isinstance(found, _Batch) else None


def _chunks(ids: Iterable[str]) -> Iterator[list[str]]:
    left = iter(sorted(ids))
    while chunk := list(islice(left, _CHUNK)):
        yield chunk


def _read(session: Session, ids: Sequence[str]) -> Iterator[tuple[Row[Any], Relations]]:
    rows = session.connection().execute(_LOCKED, {"ids": ids}).all()
    related = _relations(session, [row.id for row in rows]) if rows else {}
    return ((row, related[row.id]) for row in rows)


def _relations(session: Session, ids: Sequence[str]) -> dict[str, Relations]:
    contributions: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for record_id, role, agent_id in session.connection().execute(_CONTRIBUTIONS, {"ids": ids}):
        contributions[record_id].append((role, agent_id))
    themes: defaultdict[str, list[str]] = defaultdict(list)
    for record_id, concept_id in session.connection().execute(_THEMES, {"ids": ids}):
        themes[record_id].append(concept_id)
    return {each: Relations(contributions=contributions[each], themes=themes[each]) for each in ids}


def _add_waiting(session: Session) -> None:
    batch = _batch(session)
    if batch is not None and batch.waiting:
        waiting = list(batch.waiting.values())
        batch.waiting.clear()
        batch.keys.clear()
        _add(session, waiting)


def _add(session: Session, records: Sequence[tuple[Mapping[str, Any], Relations]]) -> None:
    session.connection().execute(insert(_RECORD), [columns for columns, _ in records])
    _add_relations(session, [(columns["id"], related) for columns, related in records])
    pending.mark_added(session, [columns["id"] for columns, _ in records])


def _add_relations(session: Session, records: Sequence[tuple[RecordId, Relations]]) -> None:
    contributions = [
        {"record_id": record_id, "role": role, "agent_id": agent, "position": position}
        for record_id, related in records
        for position, (role, agent) in enumerate(related.contributions)
    ]
    themes = [
        {"record_id": record_id, "concept_id": theme, "position": position}
        for record_id, related in records
        for position, theme in enumerate(related.themes)
    ]
    for table, rows in ((_CONTRIBUTION, contributions), (_THEME, themes)):
        if rows:
            session.connection().execute(insert(table), rows)
