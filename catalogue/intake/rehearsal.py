"""Writing that leaves no trace: what a dry run needs to report exactly what an import would do."""

import sqlite3
import tempfile
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager, nullcontext, suppress
from pathlib import Path
from typing import Final

from sqlalchemy import URL
from sqlalchemy.orm import Session

from catalogue.database import Catalogue, open_catalogue
from catalogue.errors import CatalogueUnavailable

# Opens a session whose changes are written together.
Write = Callable[[], AbstractContextManager[Session]]

# In pages of 4 KB: between two steps of the copy others may write.
_STEP: Final = 10_000


class _Undone(Exception):
    """Rolls the transaction of a rehearsal back."""


@contextmanager
def rehearsal(catalogue: Catalogue) -> Generator[Write]:
    """A way to write whose changes are seen by later writes through it, by nobody else, and are gone at the end.

    On SQLite they go to a copy in the folder for temporary files: a transaction as long as an import would keep every
    other writer waiting. On PostgreSQL they are one transaction that is rolled back. Raises CatalogueUnavailable.
    """
    with catalogue.read() as session:
        is_sqlite = session.get_bind().dialect.name == "sqlite"
    with _copied(catalogue) if is_sqlite else _rolled_back(catalogue) as write:
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
def _rolled_back(catalogue: Catalogue) -> Generator[Write]:
    with suppress(_Undone), catalogue.write() as session:
        yield lambda: nullcontext(session)
        raise _Undone
