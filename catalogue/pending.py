"""Which records the index does not show as they are, and who is working on them.

A record is marked in the transaction that changes it, and unmarked when the index shows that very version. Workers
claim rows for a short time (a lease); what a dead worker leaves behind is claimed again.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final, NewType, TypeAlias

from sqlalchemy import (
    ColumnElement,
    Row,
    Select,
    SQLColumnExpression,
    Update,
    bindparam,
    delete,
    func,
    insert,
    literal,
    null,
    select,
    update,
)
from sqlalchemy.orm import Session

from catalogue.clocks import LONGEST_WAIT, has_come
from catalogue.locks import write_alone, write_beside_others
from catalogue.models import PendingRow, RecordRow, UtcTime, now, table_of
from catalogue.record import RecordId

Token = NewType("Token", str)

# Rows whose lease ran out wait while there are others, but after this they have every other turn. While people edit
# there always are others: given up to a minute, what a killed worker had was shown a minute late.
_PATIENCE: Final = timedelta(seconds=2)

_LONGEST_BACK_OFF: Final = 300.0  # seconds

_TOLD: Final = "indexer told"
_PENDING: Final = table_of(PendingRow)


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """Rows that one worker has for a time. `tries` counts how often they, one alone then, were claimed after a loss."""

    token: Token
    rows: tuple[tuple[RecordId, int], ...]
    tries: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingStatus:
    """How many records the index does not show as they are, and since when the oldest of them. None: nothing waits."""

    count: int
    oldest_since: datetime | None


_RENEW_MARK: Final = (
    update(_PENDING)
    .where(_PENDING.c.record_id == bindparam("marked"))
    .values(version=bindparam("new_version"), due_at=bindparam("now"), tries=0, refusals=0)
)

_ADD_MARK: Final = insert(_PENDING)


def mark(session: Session, record_id: RecordId, version: int) -> None:
    """Make a record pending in this version, in the transaction that wrote it.

    A lease that runs on it stays, so that two workers don't meet; its holder will find a newer version and leave the
    row. A newer version also gets a fresh count of tries.
    """
    session.info[_TOLD] = True
    moment = now()
    connection = session.connection()
    renewed = connection.execute(_RENEW_MARK, {"marked": record_id, "new_version": version, "now": moment})
    if not renewed.rowcount:
        connection.execute(_ADD_MARK, _new_mark(record_id, version, moment))


def mark_added(session: Session, record_ids: Sequence[RecordId]) -> None:
    """Make records pending in their first version, in the transaction that added them: at once, for there are many."""
    session.info[_TOLD] = True
    moment = now()
    session.connection().execute(_ADD_MARK, [_new_mark(record_id, 1, moment) for record_id in record_ids])


def _new_mark(record_id: RecordId, version: int, moment: datetime) -> dict[str, object]:
    return {"record_id": record_id, "version": version, "since": moment, "due_at": moment, "tries": 0, "refusals": 0}


def mark_all(session: Session, records: Select[str]) -> None:
    """Make all records whose ids a statement selects pending in the version that they have now."""
    # On PostgreSQL somebody may be saving one of them: he would add the same row, or a lower version replace his.
    write_alone(session)
    session.info[_TOLD] = True
    moment = now()
    present = select(RecordRow.version).where(RecordRow.id == _PENDING.c.record_id).scalar_subquery()
    session.execute(
        update(_PENDING)
        .where(_PENDING.c.record_id.in_(records))
        .values(version=present, due_at=moment, tries=0, refusals=0)
    )
    time = literal(moment, UtcTime)
    fresh = select(RecordRow.id, RecordRow.version, time, time, null(), null(), literal(0), literal(0)).where(
        RecordRow.id.in_(records), RecordRow.id.not_in(select(_PENDING.c.record_id))
    )
    columns = ["record_id", "version", "since", "due_at", "lease_until", "token", "tries", "refusals"]
    session.execute(insert(_PENDING).from_select(columns, fresh))


def mark_these(session: Session, record_ids: Sequence[RecordId]) -> None:
    """Make these records pending in the version that they have now; at most 1,000."""
    mark_all(session, select(RecordRow.id).where(RecordRow.id.in_(record_ids)))


def tell_indexer(session: Session) -> None:
    """Let whoever indexes be told after the commit, as where something was made pending."""
    session.info[_TOLD] = True


def is_indexer_told(session: Session) -> bool:
    """Whether there is something new to do for whoever indexes."""
    return _TOLD in session.info


def claim(session: Session, *, now: datetime, limit: int = 500, lease: timedelta) -> Claim | None:
    """Up to `limit` due rows for the caller alone until the lease ends, the oldest first. None where nothing is due.

    Rows whose lease ran out may have killed the worker that had them: such a row is claimed alone, so that it can
    harm no other, and the claim counts as a try. It comes after the rest, or has waited for two seconds and has every
    other turn, by chance.
    """
    latest = now + LONGEST_WAIT
    patient = PendingRow.lease_until <= now
    impatient = PendingRow.lease_until <= now - _PATIENCE
    if secrets.randbelow(2) and (lost := _due(session, impatient, PendingRow.lease_until, limit=1)):
        return _lease(session, lost, until=now + lease, alone=True)
    # Whose lease ends too late did not die of the record: his clock was wrong.
    free = (PendingRow.lease_until.is_(None)) & has_come(PendingRow.due_at, now, latest)
    free |= PendingRow.lease_until > latest
    if rows := _due(session, free, PendingRow.due_at, limit=limit):
        return _lease(session, rows, until=now + lease, alone=False)
    if lost := _due(session, patient, PendingRow.lease_until, limit=1):
        return _lease(session, lost, until=now + lease, alone=True)
    return None


def renew(session: Session, token: Token, *, now: datetime, lease: timedelta) -> bool:
    """Prolong a lease that is worked on. False where it is lost: another worker has the rows, or they are done."""
    return bool(session.connection().execute(_held_by(token).values(lease_until=now + lease)).rowcount)


def held(session: Session, token: Token) -> dict[RecordId, int]:
    """The records of a claim that are still the caller's until this transaction ends, with the versions they have now.

    A row that somebody else is changing at this moment is left out: he may wait for another row that the caller has.
    """
    mine = select(PendingRow.record_id, PendingRow.version).where(PendingRow.token == token)
    found = session.execute(mine.with_for_update(skip_locked=True))
    return {RecordId(row.record_id): row.version for row in found}


def complete(session: Session, token: Token, done: Iterable[tuple[RecordId, int]]) -> None:
    """Unmark the records that the index now shows in these versions.

    A row that has a newer version by now stays, free to be claimed at once; a row that another worker has claimed
    since, or that somebody is changing at this moment, is left alone. Rows of the claim that are not in `done` stay
    leased: `release` them.
    """
    mine = held(session, token)
    keys = [{"done": id_, "done_version": version, "holder": token} for id_, version in done if id_ in mine]
    if not keys:
        return
    row = (_PENDING.c.record_id == bindparam("done")) & (_PENDING.c.token == bindparam("holder"))
    session.connection().execute(delete(_PENDING).where(row, _PENDING.c.version == bindparam("done_version")), keys)
    session.connection().execute(update(_PENDING).where(row).values(lease_until=None, token=None), keys)


def settle(session: Session, shown: Iterable[tuple[RecordId, int]]) -> None:
    """Unmark records that the index came to show in these versions without a claim; what is claimed is left alone."""
    keys = [{"shown": record_id, "shown_version": version} for record_id, version in shown]
    if keys:
        write_beside_others(session)
        same = (_PENDING.c.record_id == bindparam("shown")) & (_PENDING.c.version == bindparam("shown_version"))
        session.connection().execute(delete(_PENDING).where(same, _PENDING.c.token.is_(None)), keys)


def defer(session: Session, token: Token, record_ids: Iterable[RecordId], *, now: datetime) -> None:
    """Give back records of a claim that the engine was too busy for, to be claimed again later each time.

    After the n-th refusal that is in 2^n seconds, at most in five minutes, and up to half as long again, so that what
    was refused together does not come together. Not a try: the records are not to blame.
    """
    row = (_PENDING.c.record_id == bindparam("busy")) & (_PENDING.c.token == token)
    refusals = select(PendingRow.record_id, PendingRow.refusals).where(_is_free(token))
    counts = {row.record_id: row.refusals + 1 for row in session.execute(refusals)}
    keys = [
        {"busy": id_, "later": now + _back_off(counts[id_]), "count": counts[id_]}
        for id_ in record_ids
        if id_ in counts
    ]
    if keys:
        later = update(_PENDING).where(row).values(due_at=bindparam("later"), refusals=bindparam("count"))
        session.connection().execute(later.values(lease_until=None, token=None), keys)


def _back_off(refusals: int) -> timedelta:
    seconds = min(2.0 ** min(refusals, 16), _LONGEST_BACK_OFF)
    return timedelta(seconds=seconds * (1 + secrets.randbelow(500) / 1_000))


def release(session: Session, token: Token, *, retry_at: datetime) -> None:
    """Give back what is left of a claim: it can be claimed again from `retry_at` on. Not a try.

    A row that somebody is changing at this moment is left alone: `release_one`.
    """
    session.connection().execute(_held_by(token).values(lease_until=None, token=None, due_at=retry_at))


def release_one(session: Session, token: Token, record_id: RecordId) -> None:
    """Give back one record of a claim at once, and wait for who is changing it; in a transaction that does only this.

    One that waits for a row and holds no other can stand in nobody's way.
    """
    row = (_PENDING.c.record_id == record_id) & (_PENDING.c.token == token)
    session.connection().execute(update(_PENDING).where(row).values(lease_until=None, token=None))


_MOMENT: Final = bindparam("moment", type_=UtcTime)
_LATEST: Final = bindparam("latest", type_=UtcTime)

# Asked twenty times a second: a statement that is built once takes half the time.
_ANY_DUE: Final = (
    select(_PENDING.c.record_id)
    .where(
        (_PENDING.c.lease_until.is_(None) & has_come(_PENDING.c.due_at, _MOMENT, _LATEST))
        | has_come(_PENDING.c.lease_until, _MOMENT, _LATEST)
    )
    .limit(1)
)


def is_any_due(session: Session, *, now: datetime) -> bool:
    """Whether `claim` would find something; in a session that only reads."""
    asked = {"moment": now, "latest": now + LONGEST_WAIT}
    return session.connection().execute(_ANY_DUE, asked).first() is not None


def among(session: Session, record_ids: Sequence[str]) -> set[RecordId]:
    """Those of these records that are pending."""
    found = session.scalars(select(PendingRow.record_id).where(PendingRow.record_id.in_(record_ids)))
    return {RecordId(record_id) for record_id in found}


def status(session: Session) -> PendingStatus:
    """How far the index is behind."""
    count, oldest = session.execute(select(func.count(), func.min(PendingRow.since)).select_from(PendingRow)).one()
    return PendingStatus(count=count, oldest_since=oldest)


def count_until(session: Session, moment: datetime) -> int:
    """How many records have been pending since a moment or longer."""
    behind = select(func.count()).select_from(PendingRow).where(PendingRow.since <= moment)
    return session.scalar(behind) or 0


def forgive(session: Session, token: Token, record_ids: Iterable[RecordId]) -> None:
    """Take back that a loss was counted of those records of a claim that somebody else has claimed since.

    For who had them and lives: his lease ran out while the catalogue did not answer, or while he was held up.
    """
    another = _PENDING.c.token.is_(None) | (_PENDING.c.token != token)
    counted = select(_PENDING.c.record_id).where(
        _PENDING.c.record_id.in_(list(record_ids)), another, _PENDING.c.tries > 0
    )
    session.connection().execute(
        update(_PENDING)
        .where(_PENDING.c.record_id.in_(counted.with_for_update(skip_locked=True)))
        .values(tries=_PENDING.c.tries - 1)
    )


def _is_free(token: Token) -> ColumnElement[bool]:
    """Whether a row is of a claim, and can be locked without waiting."""
    rows = select(_PENDING.c.record_id).where(_PENDING.c.token == token).with_for_update(skip_locked=True)
    return _PENDING.c.record_id.in_(rows)


def _held_by(token: Token) -> Update:
    return update(_PENDING).where(_is_free(token))


_Due: TypeAlias = Row[str, int, int]


def _due(
    session: Session, condition: ColumnElement[bool], order: SQLColumnExpression[Any], *, limit: int
) -> Sequence[_Due]:
    return session.execute(
        select(PendingRow.record_id, PendingRow.version, PendingRow.tries)
        .where(condition)
        .order_by(order, PendingRow.record_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    ).all()


def _lease(session: Session, rows: Sequence[_Due], *, until: datetime, alone: bool) -> Claim:
    token = Token(secrets.token_hex(16))
    taken = int(alone)
    session.connection().execute(
        update(_PENDING)
        .where(_PENDING.c.record_id == bindparam("claimed"))
        .values(lease_until=until, token=token, tries=_PENDING.c.tries + taken),
        [{"claimed": row.record_id} for row in rows],
    )
    claimed = tuple((RecordId(row.record_id), row.version) for row in rows)
    return Claim(token=token, rows=claimed, tries=max(row.tries for row in rows) + taken)
