"""Makes the whole index anew from the catalogue, while searches go on in the old one."""

import re
from collections.abc import Callable, Iterable
from contextlib import suppress
from typing import Final

from catalogue import pending, records
from catalogue.database import Catalogue
from catalogue.errors import CatalogueError
from catalogue.record import Record, RecordId
from indexer.documents import to_document
from indexer.synchronise import synchronise
from search.engine import GenerationName, IndexWriter, Outcome, Put
from search.errors import EngineError, EngineUnavailable

# Records per write: large enough that commits cost little, small enough that changes get their turn in between.
_CHUNK: Final = 2_000

Progress = Callable[[int, int], None]


class Stopped(Exception):
    """The rebuild was given up because the process ends: the old generation is still in use."""


def rebuild(
    catalogue: Catalogue, writer: IndexWriter, on_progress: Progress, is_stopping: Callable[[], bool] = lambda: False
) -> GenerationName:
    """The name of the new generation, which answers searches from now on.

    Changes that come in meanwhile go to both generations between the chunks. A rebuild that dies leaves the old
    generation in use; what it made is deleted by the next. `on_progress` gets the records done and all there are.
    Raises Stopped as soon as the process is stopping, EngineError and CatalogueUnavailable.
    """
    old = writer.active()
    if old is None:
        writer.close()  # what is held open may be of a folder that is gone
    others = writer.generations()
    new = _next_name(others)
    _remove(writer, (leftover for leftover in others if leftover != old))
    writer.create(new)
    try:
        shown = _fill(catalogue, writer, [new] if old is None else [old, new], on_progress, is_stopping)
    except (EngineError, CatalogueError, Stopped):
        _remove(writer, [new])  # a disk that is full must not be filled again and again
        raise
    writer.activate(new)
    _remove(writer, others)
    if old is None:
        _settle(catalogue, shown)
    return new


def _fill(
    catalogue: Catalogue,
    writer: IndexWriter,
    written_to: list[GenerationName],
    on_progress: Progress,
    is_stopping: Callable[[], bool],
) -> list[tuple[RecordId, int]]:
    """Write every record to the last generation, and to all of them what changes meanwhile; what was written.

    Where there is only one, what changes can wait: nobody searches it yet, and after an import all records are pending.
    """
    new = written_to[-1]
    shown: list[tuple[RecordId, int]] = []
    with catalogue.read() as session:
        total = records.count(session)
    done = 0
    on_progress(done, total)
    after: RecordId | None = None
    while chunk := _read_chunk(catalogue, after):
        results = writer.write(new, [Put(id=r.id, version=r.version, document=to_document(r)) for r in chunk])
        if any(result.outcome is Outcome.TRY_AGAIN for result in results):
            raise EngineUnavailable("The engine did not take all records of a rebuild: it has to be begun again")
        shown += [(r.id, r.version) for r, result in zip(chunk, results, strict=True) if result.outcome is Outcome.DONE]
        after = chunk[-1].id
        done += len(chunk)
        on_progress(done, max(done, total))
        while len(written_to) > 1 and synchronise(catalogue, writer, written_to) and not is_stopping():
            pass
        if is_stopping():
            raise Stopped
    return shown


def _settle(catalogue: Catalogue, shown: list[tuple[RecordId, int]]) -> None:
    """Unmark what the first generation shows: written a second time it took twice as long, and left eight segments."""
    for start in range(0, len(shown), _CHUNK):
        with catalogue.write() as session:
            pending.settle(session, shown[start : start + _CHUNK])


def _read_chunk(catalogue: Catalogue, after: RecordId | None) -> list[Record]:
    with catalogue.read() as session:
        return records.scan(session, after, _CHUNK)


def _next_name(taken: Iterable[GenerationName]) -> GenerationName:
    """A name after all that are there, so that nobody takes a new generation for one that he has open."""
    numbers = [int(number.group()) for name in taken if (number := re.search(r"\d+$", name))]
    return GenerationName(f"g{max(numbers, default=0) + 1}")


def _remove(writer: IndexWriter, names: Iterable[GenerationName]) -> None:
    for name in names:
        with suppress(EngineError):  # a damaged one that searches still go to, or a busy disk: the next rebuild tries
            writer.remove(name)
