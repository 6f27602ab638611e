"""Long work on the index: rebuilds, rollbacks and reconciliations, carried out step by step by whoever has time.

    requested -> filling -> comparing -> activating -> done      a rebuild
    requested -> activating -> done                              a rollback
    requested -> comparing -> done                               a reconciliation
    any of them -> failed | cancelled

A step is leased, as pending records are: the step of a worker that died is taken over when its lease has run out, and
a worker that lost its lease can write nothing more (its token is the fence). Progress lies here, so that every
process can show it.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Any, Final

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from catalogue import pending
from catalogue.clocks import LONGEST_WAIT, has_come
from catalogue.errors import AlreadyRunning, Conflict, NotFound
from catalogue.models import IndexingRow, RunRow, UtcTime, now, table_of


@unique
class RunKind(StrEnum):
    """What a run does."""

    REBUILD = "rebuild"
    ROLLBACK = "rollback"
    RECONCILE = "reconcile"


@unique
class RunState(StrEnum):
    """How far a run is."""

    REQUESTED = "requested"
    FILLING = "filling"
    COMPARING = "comparing"
    ACTIVATING = "activating"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


ENDED: Final = frozenset({RunState.DONE, RunState.FAILED, RunState.CANCELLED})

# A run that has begun to move the searches over is not cancelled any more: it is done, or can be rolled back.
_CANCELLABLE: Final = (RunState.REQUESTED, RunState.FILLING, RunState.COMPARING)

# These move the searches: only one of them at a time.
MOVING: Final = (RunKind.REBUILD, RunKind.ROLLBACK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Run:
    """A run with its progress: `done` of `total` records, None until it is known. Times are in UTC.

    `losses` is how often the present step has died, in a rebuild also a step before it while fewer than `careful_until`
    records are done; `report` is what a reconciliation found. Somebody works on it
    until `lease_until`, and will prolong that.
    """

    id: int
    kind: RunKind
    state: RunState
    started_by: str
    requested_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    generation: str | None
    total: int | None
    done: int
    cursor: str | None
    rounds: int
    repair: bool
    report: Mapping[str, Any] | None
    error: str | None
    losses: int
    careful_until: int
    token: str | None
    lease_until: datetime | None

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.state in ENDED


def start(session: Session, kind: RunKind, *, started_by: str, repair: bool = False) -> int:
    """The id of a new run, which waits for somebody to carry it out.

    Raises AlreadyRunning where one of its kind is under way, or a rollback beside a rebuild.
    """
    # Everybody who starts one waits here for who was first: nobody else locks this row for long.
    session.execute(select(IndexingRow.id).with_for_update())
    rivals = MOVING if kind in MOVING else (kind,)
    for run in unfinished(session):
        if run.kind in rivals:
            raise AlreadyRunning(run_id=run.id, kind=run.kind, started_by=run.started_by)
    moment = now()
    row = RunRow(
        kind=kind,
        state=RunState.REQUESTED,
        started_by=started_by,
        requested_at=moment,
        due_at=moment,
        done=0,
        rounds=0,
        repair=repair,
        losses=0,
        careful_until=0,
    )
    session.add(row)
    session.flush()
    pending.tell_indexer(session)
    return row.id


def unfinished(session: Session) -> Sequence[Run]:
    """The runs that are under way or wait, in the order in which they were asked for."""
    return [_run(row) for row in session.scalars(_UNFINISHED)]


def is_any_due(session: Session, *, now: datetime) -> bool:
    """Whether `claim` would find a run; in a session that only reads."""
    asked = {"moment": now, "latest": now + LONGEST_WAIT}
    return session.connection().execute(_ANY_DUE, asked).first() is not None


def is_under_way(session: Session, kind: RunKind) -> bool:
    """Whether a run of a kind is unfinished."""
    return any(run.kind is kind for run in unfinished(session))


def get(session: Session, run_id: int) -> Run:
    """A run with its progress. Raises NotFound."""
    row = session.get(RunRow, run_id)
    if row is None:
        raise NotFound(f"No run has the number {run_id}")
    return _run(row)


def last(session: Session, *kinds: RunKind, state: RunState | None = None, before: int | None = None) -> Run | None:
    """The newest run of these kinds, or of any, that is in a state, or in any; of all, or of those before a run.

    None where there is none.
    """
    statement = select(RunRow).order_by(RunRow.id.desc()).limit(1)
    if kinds:
        statement = statement.where(RunRow.kind.in_(kinds))
    if state is not None:
        statement = statement.where(RunRow.state == state)
    if before is not None:
        statement = statement.where(RunRow.id < before)
    row = session.scalars(statement).first()
    return _run(row) if row is not None else None


def latest(
    session: Session, *, kind: RunKind | None = None, before: int | None = None, limit: int = 20
) -> Sequence[Run]:
    """The newest runs first, or those before a run."""
    statement = select(RunRow).order_by(RunRow.id.desc()).limit(limit)
    if kind is not None:
        statement = statement.where(RunRow.kind == kind)
    if before is not None:
        statement = statement.where(RunRow.id < before)
    return [_run(row) for row in session.scalars(statement)]


def claim(session: Session, *, now: datetime, lease: timedelta) -> Run | None:
    """A run whose next step the caller alone may carry out until the lease ends. None where nothing is due.

    A lease that ran out before counts as a loss: the step may have killed its worker.
    """
    latest = now + LONGEST_WAIT
    free = RunRow.lease_until.is_(None) | has_come(RunRow.lease_until, now, latest)
    due = _UNFINISHED.where(free, has_come(RunRow.due_at, now, latest)).limit(1).with_for_update(skip_locked=True)
    row = session.scalars(due).first()
    if row is None:
        return None
    if row.lease_until is not None and row.lease_until <= now:
        row.losses += 1
    row.token, row.lease_until, row.started_at = secrets.token_hex(16), now + lease, row.started_at or now
    session.flush()
    return _run(row)


def renew(session: Session, run: Run, *, now: datetime, lease: timedelta) -> bool:
    """Prolong the lease of a step. False where it is lost."""
    return _update(session, run, lease_until=now + lease)


def advance(session: Session, run: Run, state: RunState, **progress: Any) -> bool:  # noqa: ANN401 - columns
    """Note what a step has done, and give the run up for the next one. False where it is ours no longer."""
    done = {"state": state, "lease_until": None, "token": None, "error": None, "losses": 0}
    return _update(session, run, **(done | progress))


def note(session: Session, run: Run, **progress: Any) -> bool:  # noqa: ANN401 - columns
    """Note what a step has done so far, and go on with it. False where it is ours no longer."""
    return _update(session, run, error=None, **progress)


def is_held(session: Session, run: Run) -> bool:
    """Whether a step is still the caller's; nobody takes it over before this transaction ends."""
    token = session.scalar(select(RunRow.token).where(RunRow.id == run.id).with_for_update())
    return token is not None and token == run.token


def postpone(session: Session, run: Run, *, retry_at: datetime, reason: str) -> bool:
    """Leave a step that could not be done for later; the reason can be read meanwhile. Not a loss."""
    return _update(session, run, lease_until=None, token=None, due_at=retry_at, error=reason)


def forgive(session: Session, run: Run) -> None:
    """Take back that a loss was counted if somebody else has taken the step over since: who had it lives."""
    another = _RUN.c.token.is_(None) | (_RUN.c.token != run.token)
    counted = (_RUN.c.id == run.id) & another & (_RUN.c.losses > 0)
    session.connection().execute(update(_RUN).where(counted).values(losses=_RUN.c.losses - 1))


def finish(
    session: Session, run: Run, state: RunState, *, error: str | None = None, report: Mapping[str, Any] | None = None
) -> bool:
    """Note the end of a run. False where it is ours no longer."""
    ending: dict[str, Any] = {"state": state, "error": error, "finished_at": now(), "lease_until": None, "token": None}
    if report is not None:
        ending["report"] = json.dumps(report)
    return _update(session, run, **ending)


def cancel(session: Session, run_id: int) -> Run:
    """The run, which goes no further: what it made is deleted by the next who works.

    Raises NotFound, and Conflict where it has ended or moves the searches already.
    """
    row = session.scalars(select(RunRow).where(RunRow.id == run_id).with_for_update()).first()
    if row is None:
        raise NotFound(f"No run has the number {run_id}")
    if row.state not in _CANCELLABLE:
        raise Conflict(f"The {row.kind} number {run_id} is {row.state}: it can no longer be cancelled")
    row.state, row.finished_at, row.lease_until, row.token = RunState.CANCELLED, now(), None, None
    session.flush()
    return _run(row)


_UNFINISHED: Final = select(RunRow).where(RunRow.finished_at.is_(None)).order_by(RunRow.id)
_RUN: Final = table_of(RunRow)

_MOMENT: Final = bindparam("moment", type_=UtcTime)
_LATEST: Final = bindparam("latest", type_=UtcTime)

# Asked twenty times a second: a statement that is built once takes half the time.
_ANY_DUE: Final = (
    select(_RUN.c.id)
    .where(
        _RUN.c.finished_at.is_(None),
        _RUN.c.lease_until.is_(None) | has_come(_RUN.c.lease_until, _MOMENT, _LATEST),
        has_come(_RUN.c.due_at, _MOMENT, _LATEST),
    )
    .limit(1)
)


def _update(session: Session, run: Run, **values: Any) -> bool:  # noqa: ANN401 - columns
    held = (_RUN.c.id == run.id) & (_RUN.c.token == run.token)
    return bool(session.connection().execute(update(_RUN).where(held).values(values)).rowcount)


def _run(row: RunRow) -> Run:
    return Run(
        id=row.id,
        kind=RunKind(row.kind),
        state=RunState(row.state),
        started_by=row.started_by,
        requested_at=row.requested_at,
        started_at=row.started_at,
        finished_at=row.finished_at,
        generation=row.generation,
        total=row.total,
        done=row.done,
        cursor=row.cursor,
        rounds=row.rounds,
        repair=row.repair,
        report=json.loads(row.report) if row.report is not None else None,
        error=row.error,
        losses=row.losses,
        careful_until=row.careful_until,
        token=row.token,
        lease_until=row.lease_until,
    )
