"""What people ask to be done with the index, each in one transaction with its entry in the audit log.

The staff's pages and the API call these. The work itself is done by whoever indexes.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from sqlalchemy.orm import Session

from catalogue import audit, dead_letters, generations, pending, resync, runs
from catalogue.database import Catalogue
from catalogue.errors import Conflict
from catalogue.record import RecordId
from catalogue.resync import Selection
from catalogue.runs import MOVING, Run, RunKind
from indexer import rollback

# Marked in one transaction, so that all or none are: on SQLite nobody else can write meanwhile.
MOST_MARKED: Final = 50_000

_MARKED_AT_ONCE: Final = 1_000


class NewerRun(Conflict):
    """Searches were moved, or are about to be, since whoever asks last looked: they should see that first."""

    def __init__(self, run: Run) -> None:
        """The run that they have not seen."""
        super().__init__(f"Since then {run.started_by} has started the {run.kind} number {run.id}")
        self.run_id = run.id


class TooMany(Conflict):
    """More records than are marked at once: making the index anew takes less."""

    def __init__(self, count: int) -> None:
        """How many they would be."""
        super().__init__(
            f"These are {count:,} records, and at most {MOST_MARKED:,} are written again at once: rebuild the index"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Marked:
    """How many records were marked to be written to the index again, and the audit log's entry, if there were any."""

    count: int
    entry: int | None


def start_rebuild(catalogue: Catalogue, *, actor: str, seen: int | None = None) -> int:
    """The number of a new rebuild, which waits for whoever indexes.

    `seen` is the newest rebuild or rollback that whoever asks knows of, 0 for none: with it a form that is sent twice,
    or was open for long, starts nothing. Raises AlreadyRunning and NewerRun.
    """
    with catalogue.write() as session:
        number = _start_moving(session, RunKind.REBUILD, actor=actor, seen=seen)
        audit.record(
            session, actor=actor, action="rebuild.started", subject=f"rebuild {number}", detail={"run": number}
        )
    return number


def start_rollback(catalogue: Catalogue, *, actor: str, seen: int | None = None) -> int:
    """The number of a new rollback; `seen` as for a rebuild. Raises Conflict where there is nothing to go back to."""
    with catalogue.write() as session:
        number = _start_moving(session, RunKind.ROLLBACK, actor=actor, seen=seen)
        detail = {"run": number, "to": rollback.target(session)}
        audit.record(session, actor=actor, action="rollback.started", subject=f"rollback {number}", detail=detail)
    return number


def start_comparison(catalogue: Catalogue, *, actor: str, repair: bool = False) -> int:
    """The number of a new comparison of index and catalogue, which mends what differs if that is asked for.

    Raises AlreadyRunning.
    """
    with catalogue.write() as session:
        number = runs.start(session, RunKind.RECONCILE, started_by=actor, repair=repair)
        action = "repair.started" if repair else "comparison.started"
        audit.record(session, actor=actor, action=action, subject=f"comparison {number}", detail={"run": number})
    return number


def cancel_run(catalogue: Catalogue, number: int, *, actor: str) -> Run:
    """The run, which goes no further. Raises NotFound, and Conflict where it has ended or moves the searches."""
    with catalogue.write() as session:
        run = runs.cancel(session, number)
        detail = {"run": number, "done": run.done, "total": run.total}
        audit.record(
            session, actor=actor, action=f"{run.kind}.cancelled", subject=f"{run.kind} {number}", detail=detail
        )
    return run


def mark_selected(catalogue: Catalogue, selection: Selection, *, actor: str) -> Marked:
    """Let the records that a selection names be written to the index again.

    Raises NotFound for what is unknown, with names like it, and TooMany.
    """
    with catalogue.read() as session:
        ids = resync.selected(session, selection)
    if len(ids) > MOST_MARKED:
        raise TooMany(len(ids))
    with catalogue.write() as session:
        for start in range(0, len(ids), _MARKED_AT_ONCE):
            pending.mark_these(session, ids[start : start + _MARKED_AT_ONCE])
        return _noted(session, len(ids), actor=actor, action="records.marked", detail=_told(selection))


def retry_dead_letters(catalogue: Catalogue, record_ids: Sequence[RecordId] | None, *, actor: str) -> Marked:
    """Let records that the index could not take be tried again: those that are named, or all."""
    with catalogue.write() as session:
        tried = dead_letters.retry(session, record_ids)
        detail = {"records": "all" if record_ids is None else list(record_ids)}
        return _noted(session, tried, actor=actor, action="dead-letters.retried", detail=detail)


def probe(catalogue: Catalogue, *, actor: str) -> bool:
    """Whether the engine, which refuses everything, is asked again at once. False: it takes what it is sent."""
    with catalogue.write() as session:
        stop = generations.stopped(session)
        if stop is None:
            return False
        generations.probe_now(session)
        audit.record(
            session, actor=actor, action="indexing.tried", subject="the index", detail={"stopped": stop.reason}
        )
    return True


def _start_moving(session: Session, kind: RunKind, *, actor: str, seen: int | None) -> int:
    number = runs.start(session, kind, started_by=actor)  # from here on nobody else starts one
    newest = runs.last(session, *MOVING, before=number)
    if seen is not None and newest is not None and newest.id > seen:
        raise NewerRun(newest)
    return number


def _noted(session: Session, count: int, *, actor: str, action: str, detail: Mapping[str, object]) -> Marked:
    """Nothing is noted where nothing was done."""
    if not count:
        return Marked(count=0, entry=None)
    if generations.stopped(session) is not None:
        generations.probe_now(session)
    subject = "1 record" if count == 1 else f"{count:,} records"
    entry = audit.record(session, actor=actor, action=action, subject=subject, detail={"count": count, **detail})
    return Marked(count=count, entry=entry)


def _told(selection: Selection) -> dict[str, object]:
    """A selection for the audit log, without what it leaves open."""
    lists = {
        "records": selection.records,
        "themes": selection.themes,
        "types": selection.types,
        "authors": selection.authors,
        "publishers": selection.publishers,
    }
    told: dict[str, object] = {name: list(values) for name, values in lists.items() if values}
    return told if selection.since is None else {**told, "since": selection.since.isoformat()}
