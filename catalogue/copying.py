"""Copies a catalogue into another database: from SQLite to PostgreSQL, or back.

What belongs to one index (its generations, runs, what is pending or refused) stays behind: the service that uses the
copy makes an index of its own.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from sqlalchemy import ForeignKeyConstraint, Table, func, insert, select, text
from sqlalchemy.orm import Session

from catalogue.database import Catalogue
from catalogue.errors import Conflict
from catalogue.models import (
    DeadLetterRow,
    GenerationRow,
    IndexingRow,
    PendingRow,
    RecordRow,
    RunRow,
    table_of,
)
from catalogue.tables import METADATA

_LEFT_BEHIND: Final = frozenset(
    table_of(row) for row in (PendingRow, DeadLetterRow, GenerationRow, IndexingRow, RunRow)
)

_PAGE: Final = 1_000  # rows


def copy_catalogue(source: Catalogue, target: Catalogue, on_progress: Callable[[int, int], None]) -> int:
    """How many records were copied, deleted ones included, with everything that belongs to them.

    The source is read as it is at one moment; the target has all of it at the end, or nothing. `on_progress` gets the
    rows that are done and all there are. Raises CatalogueUnavailable, and Conflict where the target has records.
    """
    tables = [table for table in METADATA.sorted_tables if table not in _LEFT_BEHIND]
    with source.read() as reading, target.write() as writing:
        if writing.scalar(select(RecordRow.id).limit(1)) is not None:
            raise Conflict("The other catalogue has records already: a copy needs an empty one")
        total = sum(_count(reading, table) for table in tables)
        done = 0
        for table in tables:
            for rows in _pages(reading, table):
                writing.connection().execute(insert(table), rows)
                done += len(rows)
                on_progress(done, total)
            _go_on_counting(writing, table)
        return _count(reading, table_of(RecordRow))


_Rows = Sequence[dict[str, Any]]


def _count(session: Session, table: Table) -> int:
    return session.scalar(select(func.count()).select_from(table)) or 0


def _pages(session: Session, table: Table) -> Iterator[_Rows]:
    """The rows of a table in portions, each after those of its own table that it refers to."""
    found = session.execute(select(table).order_by(*table.primary_key).execution_options(yield_per=_PAGE))
    references = [own for own in table.foreign_key_constraints if own.referred_table is table]
    if not references:
        for page in found.mappings().partitions():
            yield [dict(row) for row in page]
        return
    rows = _referred_first([dict(row) for row in found.mappings()], table, references)
    for start in range(0, len(rows), _PAGE):
        yield rows[start : start + _PAGE]


def _referred_first(rows: _Rows, table: Table, references: Sequence[ForeignKeyConstraint]) -> _Rows:
    """Rows by how many others they lead to: people, themes and types, which are few enough to be held at once."""
    by_key = {tuple(row[column.name] for column in table.primary_key): row for row in rows}
    depths: dict[int, int] = {}

    def depth(row: dict[str, Any]) -> int:
        if id(row) not in depths:
            keys = [tuple(row[column.name] for column in own.columns) for own in references]
            depths[id(row)] = 1 + max((depth(by_key[key]) for key in keys if None not in key), default=0)
        return depths[id(row)]

    return sorted(rows, key=depth)


def _go_on_counting(session: Session, table: Table) -> None:
    """Let PostgreSQL number new rows after those that were copied with their numbers; SQLite does so by itself."""
    column = table.autoincrement_column
    if column is not None and session.connection().dialect.name == "postgresql":
        session.execute(
            text("SELECT setval(pg_get_serial_sequence(:table, :column), :next, false)"),
            {
                "table": table.name,
                "column": column.name,
                "next": (session.scalar(select(func.max(column))) or 0) + 1,
            },
        )
