"""Records that the index cannot take: what was tried, and why it failed.

A letter is about one version of a record and one generation, or about no generation in particular where the record
kills whoever works on it. A newer version of the record is tried as if nothing had been.
"""

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypeAlias

from sqlalchemy import Select, bindparam, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from catalogue import pending
from catalogue.models import DeadLetterRow, RecordRow, now, table_of
from catalogue.record import RecordId

# The generation of letters about records that no generation can take.
ANY: Final = ""

# When each letter was written, by record and generation.
Known: TypeAlias = Mapping[tuple[str, str], datetime]

_LONGEST_REASON: Final = 2_000  # characters: an engine may quote the whole document

_DEAD: Final = table_of(DeadLetterRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """A version of a record that could not be indexed, with the engine's reason. `title` is the present one."""

    record_id: RecordId
    version: int
    generation: str
    reason: str
    since: datetime
    title: str


def bury(session: Session, generation: str, failed: Iterable[tuple[RecordId, int, str]]) -> None:
    """Keep the reasons for which a generation refused these versions of records, unless it has later ones."""
    moment = now()
    for record_id, version, reason in failed:
        values = {"version": version, "reason": reason[:_LONGEST_REASON], "since": moment}
        here = (_DEAD.c.record_id == record_id) & (_DEAD.c.generation == generation)
        if session.scalar(select(_DEAD.c.version).where(here)) is None:
            # Another worker may add the same one at the same time: then what follows finds his.
            with suppress(IntegrityError), session.begin_nested():
                session.execute(insert(_DEAD), {"record_id": record_id, "generation": generation, **values})
        session.execute(update(_DEAD).where(here, _DEAD.c.version <= version).values(values))


def clear(session: Session, generation: str, shown: Iterable[RecordId]) -> None:
    """Strike out the letters of records that a generation has taken after all."""
    if not count(session):
        return
    here = (_DEAD.c.record_id == bindparam("shown")) & (
        (_DEAD.c.generation == generation) | (_DEAD.c.generation == ANY)
    )
    if keys := [{"shown": record_id} for record_id in shown]:
        session.connection().execute(delete(_DEAD).where(here), keys)


def drop(session: Session, generation: str) -> None:
    """Strike out all letters of a generation that is gone."""
    session.execute(delete(DeadLetterRow).where(DeadLetterRow.generation == generation))


def count(session: Session, *, since: datetime | None = None) -> int:
    """How many records have a letter, or got one since a moment by the clock of whoever indexes: see `count_since`."""
    records = select(func.count(DeadLetterRow.record_id.distinct()))
    return session.scalar(records if since is None else records.where(DeadLetterRow.since >= since)) or 0


def known(session: Session) -> Known:
    """Which letters there are now, to find out later which have come since."""
    rows = session.execute(select(_DEAD.c.record_id, _DEAD.c.generation, _DEAD.c.since))
    return {(row.record_id, row.generation): row.since for row in rows}


def count_since(session: Session, before: Known) -> int:
    """How many records got a letter, or got one again, since those were all.

    No clock is asked: he who buries may have another one than he who counts.
    """
    return len({letter[0] for letter, since in known(session).items() if before.get(letter) != since})


def count_only_in(session: Session, generation: str, other: str) -> int:
    """How many records one generation cannot take and another one can."""
    elsewhere = select(_DEAD.c.record_id).where(_DEAD.c.generation.in_([other, ANY]))
    here = select(func.count()).where(_DEAD.c.generation == generation, _DEAD.c.record_id.not_in(elsewhere))
    return session.scalar(here) or 0


def listed(session: Session, *, after: tuple[str, str] | None = None, limit: int = 100) -> Sequence[DeadLetter]:
    """Letters by record and generation: from the first on, or those after such a pair."""
    statement = (
        select(DeadLetterRow, RecordRow.title)
        .join(RecordRow, RecordRow.id == DeadLetterRow.record_id)
        .order_by(DeadLetterRow.record_id, DeadLetterRow.generation)
        .limit(limit)
    )
    if after is not None:
        record, generation = after
        later = (DeadLetterRow.record_id == record) & (DeadLetterRow.generation > generation)
        statement = statement.where((DeadLetterRow.record_id > record) | later)
    return [
        DeadLetter(
            record_id=RecordId(row.record_id),
            version=row.version,
            generation=row.generation,
            reason=row.reason,
            since=row.since,
            title=title,
        )
        for row, title in session.execute(statement)
    ]


def versions(session: Session, generation: str, record_ids: Sequence[str]) -> dict[RecordId, int]:
    """The latest versions in which a generation cannot take these records; the others are left out."""
    found = session.execute(
        select(DeadLetterRow.record_id, func.max(DeadLetterRow.version))
        .where(DeadLetterRow.record_id.in_(record_ids), DeadLetterRow.generation.in_([generation, ANY]))
        .group_by(DeadLetterRow.record_id)
    )
    return {RecordId(record_id): version for record_id, version in found}


def retry(session: Session, record_ids: Sequence[str] | None = None) -> int:
    """How many records with letters are tried again: those that are named, or all."""
    dead: Select[str] = select(DeadLetterRow.record_id)
    if record_ids is not None:
        dead = dead.where(DeadLetterRow.record_id.in_(record_ids))
    found = session.scalar(select(func.count()).select_from(dead.distinct().subquery())) or 0
    if found:
        pending.mark_all(session, dead)
    return found
