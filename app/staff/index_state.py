"""How the index is and what was done to it last, as one look at the catalogue tells: no engine is asked."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.orm import Session

from catalogue import generations, records, runs
from catalogue.errors import Conflict
from catalogue.freshness import Freshness, read_freshness
from catalogue.generations import Generation, GenerationState
from catalogue.runs import MOVING, Run, RunKind, RunState
from indexer import rollback


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexState:
    """The state at a moment.

    `active` is the generation that searches go to, and `kept` the one that they can go back to, unless `no_way_back`
    says why not. `last_move` is the newest rebuild or rollback, `rebuilt` and `comparison` are the last that were done.
    """

    at: datetime
    records: int
    freshness: Freshness
    active: Generation | None
    kept: Generation | None
    no_way_back: str | None
    under_way: tuple[Run, ...]
    last_move: Run | None
    rebuilt: Run | None
    comparison: Run | None

    @property
    def moving(self) -> Run | None:
        """The rebuild or rollback under way."""
        return next((run for run in self.under_way if run.kind in MOVING), None)

    @property
    def seen(self) -> int:
        """The number of the newest rebuild or rollback; 0: there was none."""
        return self.last_move.id if self.last_move is not None else 0


def read_index_state(session: Session, *, now: datetime, place: str) -> IndexState:
    """The state now of the index in a place. Every figure is of one state of the catalogue."""
    return IndexState(
        at=now,
        records=records.count(session),
        freshness=read_freshness(session, now=now, place=place),
        active=generations.in_state(session, GenerationState.ACTIVE),
        kept=generations.in_state(session, GenerationState.KEPT),
        no_way_back=_no_way_back(session),
        under_way=tuple(runs.unfinished(session)),
        last_move=runs.last(session, *MOVING),
        rebuilt=runs.last(session, RunKind.REBUILD, state=RunState.DONE),
        comparison=runs.last(session, RunKind.RECONCILE, state=RunState.DONE),
    )


def _no_way_back(session: Session) -> str | None:
    try:
        rollback.target(session)
    except Conflict as e:
        return f"{e}."
    return None
