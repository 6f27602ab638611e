"""Brings pending changes of the catalogue to the index: idempotent, for any number of workers at once.

Rows are claimed under a lease; then it is read which generations are written, and the records as they are now, so that
what is written is never older than what was claimed. The engine decides by version what is newer. Rows are unmarked
only if no other generation has come to be written since.
"""

import logging
from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Final

from sqlalchemy.orm import Session

from catalogue import dead_letters, generations, pending, records
from catalogue.database import Catalogue
from catalogue.generations import Written
from catalogue.pending import Claim
from catalogue.record import RecordId
from indexer.leases import give_back, renewed
from indexer.operations import prepare, prepare_next
from indexer.requests import request_rebuild
from search.engine import GenerationName, IndexWriter, Operation, Outcome, Put, Result
from search.errors import EngineFault, EngineForbidden, IndexIncompatible, IndexMissing

_log: Final = logging.getLogger(__name__)

# How many changes go to the index in one write.
BATCH: Final = 500

# A worker that dies holds its batch back for so long.
LEASE: Final = timedelta(seconds=15)

# When a batch is tried again after the engine could not be reached. One batch in so many seconds is no load on a
# cluster that comes back, and each second more is one that people wait for their changes after it did.
RETRY_AFTER: Final = timedelta(seconds=2)

# A record that has been alone in so many claims whose workers died is not tried again.
MOST_TRIES: Final = 8

# Where so many records are refused and none is taken, the index is to blame, not they.
MANY: Final = 20

_LONGEST_PROBE: Final = 300  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class _Batch:
    """A claim with what it means for the index. `broken` are records that make no document, with the reason."""

    claim: Claim
    written: Written
    operations: Sequence[Operation]
    broken: Mapping[RecordId, str]


@dataclass(slots=True)
class _Outcomes:
    """What became of a batch: results by generation, and the records that the catalogue has older than the index."""

    results: dict[str, Sequence[Result]] = field(default_factory=dict[str, Sequence[Result]])
    ahead: Set[str] = frozenset()


def synchronise(catalogue: Catalogue, writer: IndexWriter, *, lease: timedelta = LEASE) -> int:
    """How many pending changes were dealt with, at most one batch; 0 if none is due, or indexing is stopped.

    Raises EngineError and CatalogueError, after the claim was given back.
    """
    claim = _claim(catalogue, lease)
    if claim is None:
        return 0
    if claim.tries > MOST_TRIES:
        _bury_killer(catalogue, claim)
        return len(claim.rows)
    with renewed(lambda: _renew(catalogue, claim, lease), lease):
        try:
            batch = _read(catalogue, claim)
            outcomes = _write(catalogue, writer, batch)
            _complete(catalogue, batch, outcomes)
        except (EngineFault, EngineForbidden, IndexIncompatible) as e:
            give_back(partial(_stop, catalogue, claim, str(e)))
            raise
        except Exception:  # whatever it was: nobody else can have the rows before the lease ends
            give_back(partial(_release, catalogue, claim))
            raise
    return len(claim.rows)


def _claim(catalogue: Catalogue, lease: timedelta) -> Claim | None:
    moment = datetime.now(UTC)
    with catalogue.read() as session:  # most often nothing waits: no need to hold up writers to see that
        if not pending.is_any_due(session, now=moment) or not generations.written(session).names:
            return None
        stop = generations.stopped(session)
        if stop is not None and stop.is_left_alone(moment):
            return None
    with catalogue.write() as session:
        return pending.claim(session, now=moment, limit=BATCH, lease=lease)


def _renew(catalogue: Catalogue, claim: Claim, lease: timedelta) -> bool:
    with catalogue.write() as session:
        return pending.renew(session, claim.token, now=datetime.now(UTC), lease=lease)


def _read(catalogue: Catalogue, claim: Claim) -> _Batch:
    """The batch as of now: after the claim, so that it is never older.

    Raises EngineFault where not one of many records makes a document: it is this release that is to blame, not they.
    """
    with catalogue.read() as session:
        written = generations.written(session)
        prepared = prepare(session, dict(claim.rows))
    if len(prepared.broken) == len(claim.rows) >= MANY:
        reason = next(iter(prepared.broken.values()))
        raise EngineFault(f"None of {len(claim.rows)} records can be made a document: {reason}")
    return _Batch(claim=claim, written=written, operations=prepared.operations, broken=prepared.broken)


def _write(catalogue: Catalogue, writer: IndexWriter, batch: _Batch) -> _Outcomes:
    """What became of the batch in each generation; the one that people search comes first."""
    outcomes = _Outcomes()
    if (active := batch.written.active) is not None:
        outcomes.results[active] = _write_to(catalogue, writer, GenerationName(active), batch)
        outcomes.ahead = _ahead(catalogue, outcomes.results[active])
    for name in batch.written.names:
        if name == active:
            continue
        try:
            outcomes.results[name] = _write_to(catalogue, writer, GenerationName(name), batch)
        except (IndexMissing, IndexIncompatible, EngineFault, EngineForbidden) as e:
            _log.warning("The index %s is written no more: %s", name, e)
            with catalogue.write() as session:  # raises the epoch: the batch comes again, without this generation
                generations.freeze(session, name)
    return outcomes


def _write_to(catalogue: Catalogue, writer: IndexWriter, name: GenerationName, batch: _Batch) -> Sequence[Result]:
    """Raises EngineFault where it is the index that takes nothing, rather than the documents that are wrong."""
    results = writer.write(name, batch.operations)
    refused = [result for result in results if result.outcome is Outcome.REFUSED]
    puts = sum(isinstance(operation, Put) for operation in batch.operations)
    if not refused or len(refused) < puts:
        return results
    if len(refused) >= MANY or not _takes_others(catalogue, writer, name, batch):
        raise EngineFault(f"The index {name} refuses every record: {refused[0].reason}")
    return results


def _takes_others(catalogue: Catalogue, writer: IndexWriter, name: GenerationName, batch: _Batch) -> bool:
    """Whether an index takes any of the first records of the catalogue again. With none to try, it may."""
    ours = {operation.id for operation in batch.operations}
    with catalogue.read() as session:
        first = prepare_next(session, None, len(ours) + MANY).operations
    others = [operation for operation in first if operation.id not in ours][:MANY]
    results = writer.write(name, others)
    return not others or any(result.outcome is not Outcome.REFUSED for result in results)


def _ahead(catalogue: Catalogue, results: Sequence[Result]) -> Set[str]:
    """Records that the index has in a newer version than the catalogue: not one that another worker wrote meanwhile."""
    held = {r.id: r.held for r in results if r.outcome is Outcome.NEWER and r.held is not None}
    if not held:
        return frozenset()
    with catalogue.read() as session:
        present = records.versions(session, list(held))
    return {id_ for id_, version in held.items() if version > present.get(RecordId(id_), (0, False))[0]}


def _complete(catalogue: Catalogue, batch: _Batch, outcomes: _Outcomes) -> None:
    token = batch.claim.token
    moment = datetime.now(UTC)
    busy = {
        RecordId(result.id)
        for results in outcomes.results.values()
        for result in results
        if result.outcome is Outcome.TRY_AGAIN
    }
    with catalogue.write() as session:
        mine = pending.held(session, token)
        if generations.is_epoch(session, batch.written.epoch):
            stopped = generations.stopped(session) is not None
            _note_letters(session, batch, outcomes, mine)
            kept_back = busy | outcomes.ahead
            done = [(id_, version) for id_, version in batch.claim.rows if id_ not in kept_back]
            pending.complete(session, token, done)
            pending.defer(session, token, busy, now=moment)
            pending.release(session, token, retry_at=moment + RETRY_AFTER)
        else:
            stopped = False
            pending.release(session, token, retry_at=moment)
    if missed := [id_ for id_, _ in batch.claim.rows if id_ not in mine]:
        _let_go(catalogue, batch.claim, missed)
    if stopped:
        with catalogue.write() as session:
            generations.resume(session)
    if outcomes.ahead:
        _remedy(catalogue, outcomes.ahead)


def _note_letters(session: Session, batch: _Batch, outcomes: _Outcomes, mine: Mapping[RecordId, int]) -> None:
    """Bury what was refused and dig up what was taken: only of rows that nobody else has worked on meanwhile."""
    versions = {operation.id: operation.version for operation in batch.operations}
    for name, results in outcomes.results.items():
        held = [(RecordId(result.id), result) for result in results if result.id in mine]
        refused = [(id_, versions[id_], r.reason or "") for id_, r in held if r.outcome is Outcome.REFUSED]
        dead_letters.bury(session, name, refused)
        dead_letters.clear(session, name, [id_ for id_, r in held if r.outcome is Outcome.DONE])
    rows = [(id_, version) for id_, version in batch.claim.rows if id_ in mine]
    broken = [(id_, version, batch.broken[id_]) for id_, version in rows if id_ in batch.broken]
    for name in batch.written.names:  # not for any index that will ever be: a new release may understand them
        dead_letters.bury(session, name, broken)


def _let_go(catalogue: Catalogue, claim: Claim, missed: Sequence[RecordId]) -> None:
    """Give back rows that somebody was changing when the rest of their batch was done, or that another one has."""
    for id_ in missed:
        with catalogue.write() as session:
            pending.release_one(session, claim.token, id_)
    with catalogue.write() as session:
        pending.forgive(session, claim.token, missed)


def _remedy(catalogue: Catalogue, ahead: Set[str]) -> None:
    """The catalogue is older than the index: a backup was restored.

    A reconciliation reports what differs, and then the index is made anew. To mend what was reported would not do: of
    what was deleted in the lost time the index has nothing to compare, and yet refuses the older versions.
    """
    reason = f"it has newer versions than the catalogue, of {', '.join(sorted(ahead)[:10])}"
    if request_rebuild(catalogue, reason, report_first=True):
        _log.error("The catalogue is older than the index: was a backup restored?")


def _bury_killer(catalogue: Catalogue, claim: Claim) -> None:
    reason = f"Whoever worked on it died, {claim.tries - 1} times in a row"
    with catalogue.write() as session:
        dead_letters.bury(session, dead_letters.ANY, [(id_, version, reason) for id_, version in claim.rows])
        pending.complete(session, claim.token, claim.rows)
    _log.error("The record %s is not tried again: %s", claim.rows[0][0], reason)


def _stop(catalogue: Catalogue, claim: Claim, reason: str) -> None:
    """Leave the engine alone for a while, longer each time, and let everybody see why."""
    moment = datetime.now(UTC)
    with catalogue.write() as session:
        wait = min(2 ** min(generations.probes(session), 16), _LONGEST_PROBE)
        generations.stop(session, reason, probe_at=moment + timedelta(seconds=wait))
    _release(catalogue, claim, after=timedelta())


def _release(catalogue: Catalogue, claim: Claim, *, after: timedelta = RETRY_AFTER) -> None:
    with catalogue.write() as session:
        pending.release(session, claim.token, retry_at=datetime.now(UTC) + after)
        pending.forgive(session, claim.token, [id_ for id_, _ in claim.rows])
