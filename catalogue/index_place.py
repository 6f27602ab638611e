"""In which engine the generations are that the catalogue knows.

Each engine, and each alias of Elasticsearch, has indices of its own under the same names: g1 of one is not g1 of the
other. What an engine holds that was away is as old as the day on which another one took over.
"""

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from catalogue import dead_letters, generations, runs
from catalogue.models import DeadLetterRow, GenerationRow, IndexingRow, RunRow, now
from catalogue.runs import RunKind, RunState


def present(session: Session) -> str | None:
    """The place of the generations; None where nobody has indexed yet."""
    return session.scalars(select(IndexingRow)).one().place


def move(session: Session, place: str) -> bool:
    """Note the place that is indexed in from now on; whether it was another one before.

    Then the generations of that one, its runs and its dead letters are struck out, as nobody writes there any more, and
    a rebuild is asked for.
    """
    row = session.scalars(select(IndexingRow).with_for_update()).one()
    before, row.place = row.place, place
    session.flush()
    if before in {None, place}:
        return False
    session.execute(
        update(RunRow)
        .where(RunRow.finished_at.is_(None))
        .values(
            state=RunState.CANCELLED,
            finished_at=now(),
            lease_until=None,
            token=None,
            error="The index is in another engine now",
        )
    )
    session.execute(delete(DeadLetterRow).where(DeadLetterRow.generation != dead_letters.ANY))
    session.execute(delete(GenerationRow))
    generations.resume(session)
    session.execute(update(IndexingRow).values(epoch=IndexingRow.epoch + 1))
    runs.start(session, RunKind.REBUILD, started_by="the indexer")
    return True
