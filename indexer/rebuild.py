"""Makes the whole index anew from the catalogue, in steps, while searches go on in the old one.

A new generation is made, and every change is written to it as well from then on. The records are read by key and
written in chunks; then all versions are compared, and only where nothing differs without a reason do searches move
over. Each step can die at any point and be done again.
"""

import logging
import re
import time
from collections.abc import Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from sqlalchemy.orm import Session

from catalogue import dead_letters, generations, pending, records, resync, runs
from catalogue.database import Catalogue
from catalogue.record import RecordId
from catalogue.runs import Run, RunKind, RunState
from indexer.compare import Drift, compare
from indexer.leftovers import tidy, try_remove
from indexer.operations import Prepared, prepare_next
from indexer.synchronise import MANY, synchronise
from search.engine import GenerationName, IndexWriter, Operation, Outcome, Remove, Result
from search.errors import EngineError, EngineFault

_log: Final = logging.getLogger(__name__)

# How long one step writes chunks: shorter than a server that stops is waited for.
_LONGEST_STEP: Final = 3.0  # seconds

# Records per chunk: large enough that commits cost little, small enough that changes get their turn in between. Where a
# step killed its worker, smaller ones find the record that did it: by fifties, then one at a time.
_CHUNKS: Final = (2_000, 50, 1)

# A record that is alone in its step and kills its worker so many times is left out.
_MOST_LOSSES: Final = 4

# How often the comparison may find differences: each time they are written again.
_MOST_ROUNDS: Final = 20

_BETWEEN_ROUNDS: Final = timedelta(seconds=1)


def step(catalogue: Catalogue, writer: IndexWriter, run: Run, *, lease: timedelta) -> None:
    """Carry out the next step of a rebuild that the caller holds; the lease is for changes that are written between.

    Raises EngineError and CatalogueError.
    """
    match run.state:
        case RunState.REQUESTED:
            _begin(catalogue, writer, run)
        case RunState.FILLING:
            _fill(catalogue, writer, run, _written_still(catalogue, run), lease)
        case RunState.COMPARING:
            _compare(catalogue, writer, run, _written_still(catalogue, run))
        case RunState.ACTIVATING:
            _activate(catalogue, writer, run, _written_still(catalogue, run))
        case RunState.DONE | RunState.FAILED | RunState.CANCELLED:
            raise AssertionError(f"A run that is {run.state} has no steps")


def _written_still(catalogue: Catalogue, run: Run) -> GenerationName:
    """The generation that is made. Raises EngineFault where changes did not come to it any more."""
    assert run.generation is not None
    with catalogue.read() as session:
        written = generations.written(session)
    if run.generation not in written.names:
        raise EngineFault(f"The new index {run.generation} was lost, or took no changes any more")
    return GenerationName(run.generation)


def _begin(catalogue: Catalogue, writer: IndexWriter, run: Run) -> None:
    tidy(catalogue, writer)
    with catalogue.read() as session:
        known = [generation.name for generation in generations.all_generations(session)]
        before = [run.generation for run in runs.latest(session, kind=RunKind.REBUILD) if run.generation is not None]
        total = records.count(session)
    name = _next_name([*known, *before, *writer.generations()])
    with catalogue.write() as session:
        if not runs.note(session, run, generation=name):
            return
    writer.create(name)
    with catalogue.write() as session:
        if runs.is_held(session, run):
            generations.begin(session, name)
            runs.advance(session, run, RunState.FILLING, generation=name, total=total, done=0, cursor=None)
            return
    try_remove(writer, name)  # the run was cancelled, or another worker has it


def _fill(catalogue: Catalogue, writer: IndexWriter, run: Run, name: GenerationName, lease: timedelta) -> None:
    """Write chunks for some seconds. The next one is read while the one before is written."""
    until = time.monotonic() + _LONGEST_STEP
    size = _CHUNKS[min(run.losses, len(_CHUNKS) - 1)]
    with ThreadPoolExecutor(max_workers=1, thread_name_prefix="read-ahead") as ahead:
        coming = ahead.submit(_read_chunk, catalogue, run.cursor, size)
        while (chunk := coming.result()).versions:
            if run.losses > _MOST_LOSSES:
                _leave_out(catalogue, run, chunk.versions)
                return
            is_last = run.losses > 0 or time.monotonic() > until
            if not is_last:
                coming = ahead.submit(_read_chunk, catalogue, _last(chunk.versions), size)
            progressed = _write_chunk(catalogue, writer, run, name, chunk, is_last=is_last)
            if is_last or progressed is None:
                return
            run = progressed
            with suppress(EngineError):  # told in its own turn; a rebuild may be the remedy, and must not end by it
                synchronise(catalogue, writer, lease=lease)  # or changes would wait for the whole step
    with catalogue.write() as session:
        runs.advance(session, run, RunState.COMPARING)


def _read_chunk(catalogue: Catalogue, after: str | None, size: int) -> Prepared:
    """The next records by id, and what writes them but for those that kill; empty at the end."""
    with catalogue.read() as session:
        chunk = prepare_next(session, after, size)
        dead = dead_letters.versions(session, dead_letters.ANY, list(chunk.versions))
    return replace(chunk, operations=[o for o in chunk.operations if dead.get(RecordId(o.id)) != o.version])


def _write_chunk(
    catalogue: Catalogue, writer: IndexWriter, run: Run, name: GenerationName, chunk: Prepared, *, is_last: bool
) -> Run | None:
    """The run after a chunk was written, given up with the last one of a step; None where it is ours no longer."""
    with catalogue.read() as session:
        written = generations.written(session)
        present = _still_true(session, chunk)
    results = writer.write(name, present.operations)
    refused = {RecordId(r.id): r.reason or "" for r in results if r.outcome is Outcome.REFUSED}
    refused.update(present.broken)
    if len(refused) == len(results) + len(present.broken) >= MANY:
        raise EngineFault(f"The new index {name} refuses every record: {next(iter(refused.values()))}")
    progress = _progress(run, chunk.versions)
    with catalogue.write() as session:
        if not runs.is_held(session, run):
            return None
        dead_letters.bury(session, name, [(id_, chunk.versions[id_], reason) for id_, reason in refused.items()])
        dead_letters.clear(session, name, [RecordId(r.id) for r in results if r.outcome is Outcome.DONE])
        if written.names == (name,) and generations.is_epoch(session, written.epoch):
            # Written a second time it took twice as long, and left eight segments: after an import all are pending.
            pending.settle(session, _shown(present.operations, results))
        if is_last:
            runs.advance(session, run, RunState.FILLING, **progress)
        else:
            runs.note(session, run, **progress)
    return replace(run, **progress)


def _still_true(session: Session, chunk: Prepared) -> Prepared:
    """What shows records as they are. What changed since it was read is pending, and comes in a newer version.

    It must not come in the older one now: an engine forgets which version of a record was deleted.
    """
    present = records.versions(session, chunk.versions)
    same = {id_ for id_, version in chunk.versions.items() if present.get(id_) == (version, False)}
    return replace(
        chunk,
        operations=[operation for operation in chunk.operations if operation.id in same],
        broken={id_: reason for id_, reason in chunk.broken.items() if id_ in same},
    )


def _last(chunk: Mapping[RecordId, int]) -> RecordId:
    return list(chunk)[-1]


def _progress(run: Run, chunk: Mapping[RecordId, int]) -> dict[str, Any]:
    """The columns that say how far a run is, after a chunk."""
    done = run.done + len(chunk)
    careful_until = run.careful_until
    if run.losses and careful_until <= run.done:
        careful_until = run.done + _CHUNKS[0]
    return {
        "cursor": _last(chunk),
        "done": done,
        "total": max(done, run.total or 0),
        # What a smaller step survived is not to be blamed for the deaths that made it so small.
        "losses": 0 if done >= careful_until else min(run.losses, len(_CHUNKS) - 1),
        "careful_until": careful_until,
    }


def _shown(operations: Iterable[Operation], results: Iterable[Result]) -> list[tuple[RecordId, int]]:
    return [
        (RecordId(operation.id), operation.version)
        for operation, result in zip(operations, results, strict=True)
        if result.outcome is Outcome.DONE
    ]


def _leave_out(catalogue: Catalogue, run: Run, chunk: Mapping[RecordId, int]) -> None:
    reason = f"Whoever worked on it died, {run.losses - 1} times in a row"
    with catalogue.write() as session:
        if runs.is_held(session, run):
            dead_letters.bury(session, dead_letters.ANY, [(id_, version, reason) for id_, version in chunk.items()])
            runs.advance(session, run, RunState.FILLING, **(_progress(run, chunk) | {"losses": 0, "careful_until": 0}))
    _log.error("The record %s is left out of the index: %s", _last(chunk), reason)


def _compare(catalogue: Catalogue, writer: IndexWriter, run: Run, name: GenerationName) -> None:
    """The gate: on to the move if nothing differs without a reason, else what differs is written again."""
    drift = compare(catalogue, writer, name)
    if not drift.total:
        _require_what_is_found(catalogue, run, name)
        with catalogue.write() as session:
            runs.advance(session, run, RunState.ACTIVATING)
        return
    if run.rounds >= _MOST_ROUNDS:
        raise EngineFault(f"The new index still differs in {drift.total:,} records after {run.rounds} rounds")
    repair(catalogue, writer, drift, [name])
    with catalogue.write() as session:
        runs.advance(
            session, run, RunState.COMPARING, rounds=run.rounds + 1, due_at=datetime.now(UTC) + _BETWEEN_ROUNDS
        )


def _require_what_is_found(catalogue: Catalogue, run: Run, name: GenerationName) -> None:
    """Raises EngineFault where many records, or half of a small library, could be found before and no longer."""
    with catalogue.read() as session:
        active = generations.written(session).active
        lost = 0 if active is None else dead_letters.count_only_in(session, name, active)
    if lost >= min(MANY, max(1, run.done // 2)):
        raise EngineFault(f"The new index {name} refuses {lost:,} records that the present one has: see dead letters")


def repair(catalogue: Catalogue, writer: IndexWriter, drift: Drift, written: Iterable[str]) -> None:
    """Let what differs be written again; what the catalogue never knew is removed from these generations."""
    with catalogue.read() as session:
        hidden = records.versions(session, drift.ghosts)
    for _ in resync.mark(catalogue, [*drift.missing, *drift.stale, *drift.ahead, *hidden]):
        pass  # a batch is marked at each turn
    if unknown := [Remove(id=id_, version=held) for id_, held in drift.ghosts.items() if id_ not in hidden]:
        for generation in written:
            writer.write(GenerationName(generation), unknown)


def _activate(catalogue: Catalogue, writer: IndexWriter, run: Run, name: GenerationName) -> None:
    if not is_still_ours(catalogue, run):
        return
    writer.activate(name)
    with catalogue.write() as session:
        if runs.is_held(session, run):
            generations.activate(session, name)
            generations.resume(session)
            runs.finish(session, run, RunState.DONE)
    _log.info("The index was made anew as %s", name)
    tidy(catalogue, writer)


def is_still_ours(catalogue: Catalogue, run: Run) -> bool:
    """Whether a step is the caller's at this moment: to be asked right before searches are moved.

    Who was held up for longer than his lease may find that others have moved them elsewhere since.
    """
    with catalogue.write() as session:
        return runs.is_held(session, run)


def _next_name(taken: Iterable[str]) -> GenerationName:
    """A name after all that are or were there: a late worker may still have one open, or be about to delete it."""
    numbers = [int(number.group()) for name in taken if (number := re.search(r"\d+$", name))]
    return GenerationName(f"g{max(numbers, default=0) + 1}")
