"""How far the index is behind the catalogue, and what is done about it, as one look at the catalogue tells."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalogue import dead_letters, generations, index_place, pending, runs
from catalogue.generations import GenerationState, Stop
from catalogue.runs import Run, RunKind, RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class Drift:
    """What the last reconciliation found, and when: how many records differed without a reason, by kind."""

    found_at: datetime
    counts: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Freshness:
    """The state of the index as the catalogue knows it, at a moment. No engine is asked.

    `index` is the generation that searches and changes go to; without one (None), what answers searches, if anything
    does, is what an engine still holds from before. `pending` changes wait, the oldest since `oldest_since`; `dead`
    records cannot be indexed as they are; `stop` says why nothing is written; `run` is under way.
    """

    at: datetime
    index: str | None
    pending: int
    oldest_since: datetime | None
    dead: int
    stop: Stop | None
    run: Run | None

    @property
    def oldest_seconds(self) -> float | None:
        """How long the oldest change has waited. None: nothing waits."""
        return max(0.0, (self.at - self.oldest_since).total_seconds()) if self.oldest_since is not None else None

    @property
    def rebuild(self) -> Run | None:
        """The rebuild under way, None where there is none."""
        return self.run if self.run is not None and self.run.kind is RunKind.REBUILD else None


def read_freshness(session: Session, *, now: datetime, place: str) -> Freshness:
    """The freshness now of the index in a place: queries that look at a few rows, or at an index of the pending."""
    waiting = pending.status(session)
    under_way = runs.unfinished(session)
    # A rebuild is told of rather than a reconciliation that was asked for before it: it changes what people see.
    moving = [run for run in under_way if run.kind is not RunKind.RECONCILE]
    return Freshness(
        at=now,
        index=_kept_up_to_date(session, place),
        pending=waiting.count,
        oldest_since=waiting.oldest_since,
        dead=dead_letters.count(session),
        stop=generations.stopped(session),
        run=next(iter([*moving, *under_way]), None),
    )


def _kept_up_to_date(session: Session, place: str) -> str | None:
    """The active generation, if changes go to it and it is in this place."""
    active = generations.in_state(session, GenerationState.ACTIVE)
    if active is None or active.frozen_at is not None or index_place.present(session) not in {None, place}:
        return None
    return active.name


def last_drift(session: Session) -> Drift | None:
    """What the last reconciliation that was done found. None where there was none."""
    run = runs.last(session, RunKind.RECONCILE, state=RunState.DONE)
    if run is None or run.report is None or run.finished_at is None:
        return None
    return Drift(found_at=run.finished_at, counts=run.report["counts"])
