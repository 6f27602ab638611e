"""Makes the whole index anew from the catalogue, while searches go on in the old one."""

import re
from collections.abc import Callable
from typing import Final

from catalogue import records
from catalogue.database import Catalogue
from catalogue.record import Record, RecordId
from indexer.documents import to_document
from indexer.synchronise import synchronise
from search.engine import GenerationName, IndexWriter, Put

# Records per write: large enough that commits cost little, small enough that changes get their turn in between.
_CHUNK: Final = 2_000

Progress = Callable[[int, int], None]


def rebuild(catalogue: Catalogue, writer: IndexWriter, on_progress: Progress) -> GenerationName:
    """The name of the new generation, which answers searches from now on.

    Changes that come in meanwhile go to both generations between the chunks. A rebuild that dies leaves the old
    generation in use; what it made is deleted by the next. `on_progress` gets the records done and all there are.
    """
    old = writer.active()
    new = _next_name(old)
    writer.remove(new)
    writer.create(new)
    written_to = [new] if old is None else [old, new]
    with catalogue.read() as session:
        total = records.count(session)
    done = 0
    on_progress(done, total)
    after: RecordId | None = None
    while chunk := _read_chunk(catalogue, after):
        writer.write(new, [Put(id=r.id, version=r.version, document=to_document(r)) for r in chunk])
        after = chunk[-1].id
        done += len(chunk)
        on_progress(done, max(done, total))
        while synchronise(catalogue, writer, written_to):
            pass
    writer.activate(new)
    if old is not None:
        writer.remove(old)
    return new


def _read_chunk(catalogue: Catalogue, after: RecordId | None) -> list[Record]:
    with catalogue.read() as session:
        return records.scan(session, after, _CHUNK)


def _next_name(old: GenerationName | None) -> GenerationName:
    number = re.search(r"\d+$", old or "")
    return GenerationName(f"g{int(number.group()) + 1 if number else 1}")
