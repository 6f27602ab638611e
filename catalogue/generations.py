"""Which generations of the index there are, which of them changes are written to, and whether indexing is stopped.

    building    a rebuild fills it; changes are written to it as well
    active      searches go to it
    kept        it was active before: still written for a day, so that searches can go back to it
    retired     written no more, and about to be deleted

A frozen generation cannot be written any longer, whatever its state. The epoch rises with every change of what is
written, so that a worker that began before finds out that it missed a generation.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum, unique
from typing import Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.orm import Session

from catalogue import pending
from catalogue.clocks import LONGEST_WAIT
from catalogue.models import GenerationRow, IndexingRow, RecordRow, now


@unique
class GenerationState(StrEnum):
    """What a generation is for."""

    BUILDING = "building"
    ACTIVE = "active"
    KEPT = "kept"
    RETIRED = "retired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Generation:
    """A generation; times are in UTC. `frozen_at` is since when it is written no more."""

    name: str
    state: GenerationState
    created_at: datetime
    activated_at: datetime | None
    frozen_at: datetime | None
    keep_until: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """The generations that changes go to now, by name, and the epoch in which that is so."""

    epoch: int
    names: tuple[str, ...]
    active: str | None
    building: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Stop:
    """Since when, and why, the engine refuses everything; `probe_at` is when it is tried again."""

    since: datetime
    reason: str
    probe_at: datetime

    def is_left_alone(self, now: datetime) -> bool:
        """Whether it is too early to try the engine again."""
        return now < self.probe_at <= now + LONGEST_WAIT


# How long searches can go back to the generation before.
KEPT_FOR: Final = timedelta(hours=24)

_WRITTEN: Final = (GenerationState.BUILDING, GenerationState.ACTIVE, GenerationState.KEPT)


def written(session: Session) -> Written:
    """What changes have to be written to."""
    epoch = session.execute(select(IndexingRow.epoch)).scalar_one()
    rows = [g for g in all_generations(session) if g.frozen_at is None and g.state in _WRITTEN]
    by_state = {g.state: g.name for g in rows}
    return Written(
        epoch=epoch,
        names=tuple(g.name for g in rows),
        active=by_state.get(GenerationState.ACTIVE),
        building=by_state.get(GenerationState.BUILDING),
    )


def is_epoch(session: Session, epoch: int) -> bool:
    """Whether the same generations are written to as in an epoch; it cannot end before this transaction does."""
    return session.execute(select(IndexingRow.epoch).with_for_update(read=True)).scalar_one() == epoch


def all_generations(session: Session) -> list[Generation]:
    """Every generation, in the order in which they were made."""
    rows = session.scalars(select(GenerationRow).order_by(GenerationRow.created_at, GenerationRow.name))
    return [_generation(row) for row in rows]


def in_state(session: Session, state: GenerationState) -> Generation | None:
    """The newest generation in a state, None where there is none."""
    found = [generation for generation in all_generations(session) if generation.state is state]
    return found[-1] if found else None


def begin(session: Session, name: str) -> None:
    """Write changes to a new generation too."""
    session.add(GenerationRow(name=name, state=GenerationState.BUILDING, created_at=now()))
    session.flush()
    _raise_epoch(session)


def activate(session: Session, name: str) -> None:
    """Note that searches go to a generation now; the one that was active before is kept for a day.

    One that was kept so far is retired. A second time nothing changes.
    """
    rows = session.scalars(select(GenerationRow).with_for_update()).all()
    if any(row.name == name and row.state == GenerationState.ACTIVE for row in rows):
        return
    moment = now()
    for row in rows:
        if row.name == name:
            row.state, row.activated_at, row.keep_until = GenerationState.ACTIVE, moment, None
        elif row.state == GenerationState.ACTIVE:
            row.state, row.keep_until = GenerationState.KEPT, moment + KEPT_FOR
        elif row.state == GenerationState.KEPT:
            row.state = GenerationState.RETIRED
    session.flush()
    _raise_epoch(session)


def freeze(session: Session, name: str) -> None:
    """Write changes to a generation no longer: it is lost, or of another format."""
    session.execute(
        update(GenerationRow)
        .where(GenerationRow.name == name, GenerationRow.frozen_at.is_(None))
        .values(frozen_at=now())
    )
    _raise_epoch(session)


def retire(session: Session, generation: Generation) -> bool:
    """Let a generation be deleted. False if it is no longer as it was read: searches may go to it by now."""
    row = session.scalar(select(GenerationRow).where(GenerationRow.name == generation.name).with_for_update())
    if row is None or _generation(row) != generation:
        return False
    row.state = GenerationState.RETIRED
    session.flush()
    _raise_epoch(session)
    return True


def forget(session: Session, name: str) -> None:
    """Strike out a retired generation that has been deleted."""
    session.execute(
        delete(GenerationRow).where(GenerationRow.name == name, GenerationRow.state == GenerationState.RETIRED)
    )


def changes_since(session: Session, moment: datetime) -> int:
    """How many records have changed since a moment."""
    return session.scalar(select(func.count()).select_from(RecordRow).where(RecordRow.updated_at > moment)) or 0


def stop(session: Session, reason: str, *, probe_at: datetime) -> None:
    """Note that the engine refuses everything; the moment of the first time stays."""
    row = session.scalars(select(IndexingRow).with_for_update()).one()
    row.stopped_at, row.reason, row.probe_at = row.stopped_at or now(), reason, probe_at
    row.probes += 1
    session.flush()


def note_trouble(session: Session, reason: str) -> None:
    """Note that the engine refuses even to be looked at. Nothing was sent, so that it may be tried at any time."""
    moment = now()
    session.execute(
        update(IndexingRow).values(
            stopped_at=func.coalesce(IndexingRow.stopped_at, moment), reason=reason, probe_at=moment
        )
    )


def resume(session: Session) -> None:
    """Note that the engine takes what it is sent. Not in a transaction that called `is_epoch`: two would deadlock."""
    session.execute(
        update(IndexingRow)
        .where(IndexingRow.stopped_at.is_not(None))
        .values(stopped_at=None, reason=None, probe_at=None, probes=0)
    )


def probe_now(session: Session) -> None:
    """Let the engine be asked again at once, if it refuses everything: somebody may have mended it."""
    session.execute(update(IndexingRow).where(IndexingRow.stopped_at.is_not(None)).values(probe_at=now()))
    pending.tell_indexer(session)


def stopped(session: Session) -> Stop | None:
    """Whether indexing is stopped. None: it goes on."""
    row = session.scalars(select(IndexingRow)).one()
    if row.stopped_at is None or row.reason is None or row.probe_at is None:
        return None
    return Stop(since=row.stopped_at, reason=row.reason, probe_at=row.probe_at)


def probes(session: Session) -> int:
    """How often the engine was tried since indexing stopped."""
    return session.execute(select(IndexingRow.probes)).scalar_one()


def _raise_epoch(session: Session) -> None:
    session.execute(update(IndexingRow).values(epoch=IndexingRow.epoch + 1))


def _generation(row: GenerationRow) -> Generation:
    return Generation(
        name=row.name,
        state=GenerationState(row.state),
        created_at=row.created_at,
        activated_at=row.activated_at,
        frozen_at=row.frozen_at,
        keep_until=row.keep_until,
    )
