"""Brings pending changes of the catalogue to the index: idempotent, and safe to repeat after any failure."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from catalogue import pending, records
from catalogue.database import Catalogue
from catalogue.pending import Claim
from catalogue.record import Record, RecordId
from indexer.documents import to_document
from search.engine import GenerationName, IndexWriter, Operation, Outcome, Put, Remove

# How many changes go to the index in one write.
BATCH: Final = 500

# A process that dies holds its batch back for so long. Shorter than the design's 15 s: one process at a time is the
# indexer of a single machine, so that a batch that takes longer than its lease is claimed by nobody else meanwhile.
LEASE: Final = timedelta(seconds=3)

# When a batch is tried again after the engine refused it as a whole.
RETRY_AFTER: Final = timedelta(seconds=2)


def synchronise(catalogue: Catalogue, writer: IndexWriter, generations: Sequence[GenerationName]) -> int:
    """How many pending changes reached every one of the generations, at most one batch; 0 if none is due.

    The records are read after the claim, so that what is written is never older than what was claimed; a change that
    comes in meanwhile has another version and stays pending. Raises EngineError, after the claim was given back.
    """
    with catalogue.read() as session:  # most often nothing waits: no need to hold up writers to see that
        if not pending.status(session).count:
            return 0
    with catalogue.write() as session:
        claim = pending.claim(session, now=_now(), limit=BATCH, lease=LEASE)
    if claim is None:
        return 0
    versions = dict(claim.rows)
    try:
        with catalogue.read() as session:
            known = records.get_many(session, list(versions))
        operations = [to_operation(id_, version, known.get(id_)) for id_, version in versions.items()]
        results = [result for generation in generations for result in writer.write(generation, operations)]
    except Exception:  # whatever it was: nobody else can have the rows before the lease ends
        _give_back(catalogue, claim)
        raise
    failed = {result.id for result in results if result.outcome is not Outcome.DONE}
    done = [(id_, version) for id_, version in versions.items() if id_ not in failed]
    with catalogue.write() as session:
        pending.complete(session, claim.token, done)
        if failed:
            pending.release(session, claim.token, retry_at=_now() + RETRY_AFTER)
    return len(done)


def to_operation(id_: RecordId, version: int, record: Record | None) -> Operation:
    """What makes the index show a record as it is now."""
    if record is None or record.deleted:
        return Remove(id=id_, version=record.version if record else version)
    return Put(id=id_, version=record.version, document=to_document(record))


def _give_back(catalogue: Catalogue, claim: Claim) -> None:
    with catalogue.write() as session:
        pending.release(session, claim.token, retry_at=_now() + RETRY_AFTER)


def _now() -> datetime:
    return datetime.now(UTC)
