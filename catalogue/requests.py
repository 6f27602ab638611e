"""Requests to rebuild the index: a command beside a running server asks here and follows the progress.

Only the process that holds the index's lock serves them.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum, unique
from typing import Final

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalogue.errors import NotFound
from catalogue.models import RebuildRequestRow, now


@unique
class RequestState(StrEnum):
    """How far a request is."""

    REQUESTED = "requested"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RebuildRequest:
    """A request with its progress. `total` is None until it is known; times are in UTC."""

    id: int
    state: RequestState
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    total: int | None
    done: int
    error: str | None


_UNFINISHED: Final = RebuildRequestRow.state.in_([RequestState.REQUESTED, RequestState.RUNNING])


def request_rebuild(session: Session) -> int:
    """The id of a request that will be served from its beginning: a new one, or one that still waits."""
    waiting = session.scalar(
        select(RebuildRequestRow.id).where(RebuildRequestRow.state == RequestState.REQUESTED).limit(1)
    )
    if waiting is not None:
        return waiting
    row = RebuildRequestRow(state=RequestState.REQUESTED, requested_at=now(), done=0)
    session.add(row)
    session.flush()
    return row.id


def is_any_unfinished(session: Session) -> bool:
    """Whether `next_request` would find one; in a session that only reads."""
    return session.scalar(select(RebuildRequestRow.id).where(_UNFINISHED).limit(1)) is not None


def next_request(session: Session) -> RebuildRequest | None:
    """The oldest unfinished request, now running; None where there is none.

    Only the holder of the index's lock may ask: a request that is running already was left by a dead holder and is
    begun anew.
    """
    row = session.scalar(
        select(RebuildRequestRow).where(_UNFINISHED).order_by(RebuildRequestRow.id).limit(1).with_for_update()
    )
    if row is None:
        return None
    row.state, row.started_at, row.total, row.done = RequestState.RUNNING, now(), None, 0
    session.flush()
    return _request(row)


def progress(session: Session, request_id: int, done: int, total: int) -> None:
    """Note how many records of how many are indexed."""
    session.execute(update(RebuildRequestRow).where(RebuildRequestRow.id == request_id).values(done=done, total=total))


def finish(session: Session, request_id: int, error: str | None = None) -> None:
    """Note the end of a rebuild: failed where an error is given."""
    state = RequestState.DONE if error is None else RequestState.FAILED
    session.execute(
        update(RebuildRequestRow)
        .where(RebuildRequestRow.id == request_id)
        .values(state=state, finished_at=now(), error=error)
    )


def get(session: Session, request_id: int) -> RebuildRequest:
    """A request with its progress. Raises NotFound."""
    row = session.get(RebuildRequestRow, request_id)
    if row is None:
        raise NotFound(f"No rebuild request has the number {request_id}")
    return _request(row)


def _request(row: RebuildRequestRow) -> RebuildRequest:
    return RebuildRequest(
        id=row.id,
        state=RequestState(row.state),
        requested_at=row.requested_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        total=row.total,
        done=row.done,
        error=row.error,
    )
