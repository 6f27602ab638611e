"""Writing that leaves no trace: what a dry run needs to report exactly what an import would do."""

import sqlite3
import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import URL, text
from sqlalchemy.orm import Session

from catalogue.database import Catalogue, open_catalogue
from catalogue.errors import CatalogueUnavailable
from catalogue.locks import write_unseen
from catalogue.models import Base

# Opens a session whose changes are written together.
Write = Callable[[], AbstractContextManager[Session]]

# In pages of 4 KB: between two steps of the copy others may write.
_STEP: Final = 10_000


class _Undone(Exception):
    """Rolls the transaction of a rehearsal back."""


@contextmanager
def rehearsal(catalogue: Catalogue) -> Generator[Write]:
    """A way to write whose changes are seen by later writes through it, by nobody else, and are gone at the end.

    They go to a copy, as a transaction as long as an import would keep other writers waiting: on SQLite to a file in
    the folder for temporary files, on PostgreSQL to temporary tables. Raises CatalogueUnavailable.
    """
    with catalogue.read() as session:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
    with _copied(catalogue) if is_sqlite else _shadowed(catalogue) as write:
        yield write


@contextmanager
def _copied(catalogue: Catalogue) -> Generator[Write]:
    with tempfile.TemporaryDirectory(prefix="belong-rehearsal-") as folder:
        path = Path(folder) / "catalogue.sqlite"
        _copy(catalogue, path)
        copy = open_catalogue(URL.create("sqlite", database=str(path)).render_as_string())
        try:
            yield copy.write
        finally:
            copy.dispose()


def _copy(catalogue: Catalogue, path: Path) -> None:
    with catalogue.read() as session:
        source = session.connection().connection.driver_connection
        assert isinstance(source, sqlite3.Connection)
        try:
            target = sqlite3.connect(path)
            try:
                source.backup(target, pages=_STEP)
            finally:
                target.close()
        except sqlite3.Error as error:
            raise CatalogueUnavailable(
                f"No copy of the catalogue can be made for a dry run at {path}: {error}"
            ) from error


@contextmanager
def _shadowed(catalogue: Catalogue) -> Generator[Write]:
    """Temporary tables have their own namespace, which PostgreSQL looks in first: they stand before those they copy."""
    with suppress(_Undone), catalogue.write() as session:
        write_unseen(session)
        session.execute(text("SET LOCAL statement_timeout = 0"))
        for table in Base.metadata.sorted_tables:
            session.execute(text(f"CREATE TEMPORARY TABLE copied (LIKE {table.name} INCLUDING ALL) ON COMMIT DROP"))
            session.execute(text(f"INSERT INTO copied SELECT * FROM {table.name}"))  # noqa: S608 - our own names
            session.execute(text(f"ALTER TABLE copied RENAME TO {table.name}"))
            session.execute(text(f"ANALYZE {table.name}"))
        yield lambda: nullcontext(session)
        raise _Undone
