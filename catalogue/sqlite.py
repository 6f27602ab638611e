"""A catalogue in a file of SQLite.

Writes begin IMMEDIATE, so that what a transaction read cannot change before it writes (begun DEFERRED, four processes
lost 1,451 of 2,000 updates). Reads begin DEFERRED on connections that cannot write; in WAL mode they never wait for a
writer. `synchronous` is FULL: in WAL mode NORMAL may lose the last transactions when the power fails, which would lose
work that was acknowledged and leave the index ahead of the catalogue. (EXTRA differs from FULL only outside WAL mode.)
"""

import fcntl
import sqlite3
from collections.abc import Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event

from catalogue.errors import CatalogueUnavailable, Invalid

# How long a migration waits for readers and writers to end, in seconds.
_MIGRATION_TIMEOUT: Final = 60.0

# What the write-ahead log is cut back to after a large import: 64 MB.
_LOG_LIMIT: Final = 64 * 1024 * 1024

_READ_PRAGMAS: Final = ("PRAGMA query_only=ON",)
_WRITE_PRAGMAS: Final = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=FULL",
    f"PRAGMA journal_size_limit={_LOG_LIMIT}",
)
# Foreign keys stay off: altering a table copies and drops it, and dropping would count as deleting its rows.
_MIGRATION_PRAGMAS: Final = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")

# What to do about an error, by a part of its text.
_ADVICE: Final = (
    ("locked", "Another write took too long: try again."),
    ("no such table", "Its tables are missing or old: start the server once, which migrates them."),
    ("no such column", "Its tables are missing or old: start the server once, which migrates them."),
    ("full", "Make room on the disk: nothing of this write was kept."),
    ("readonly", "The file or its folder cannot be written by this user."),
    ("unable to open", "Check that the folder exists and that this user may read and write it."),
    ("malformed", "The file is damaged: restore a backup."),
    ("not a database", "The file is not a catalogue: check the address."),
)


def open_engines(url: URL, *, busy_timeout: float) -> tuple[Engine, Engine]:
    """What reads and what writes the file; nothing is opened yet. Raises Invalid for what is no path."""
    reader = _engine(url, begin="BEGIN", mode="rw", timeout=busy_timeout, pragmas=_READ_PRAGMAS)
    writer = _engine(url, begin="BEGIN IMMEDIATE", mode="rw", timeout=busy_timeout, pragmas=_WRITE_PRAGMAS)
    return reader, writer


@contextmanager
def migration(url: URL) -> Generator[Connection]:
    """A transaction that may alter tables, alone among all processes. The file is made where there is none."""
    engine = _engine(url, begin="BEGIN IMMEDIATE", mode="rwc", timeout=_MIGRATION_TIMEOUT, pragmas=_MIGRATION_PRAGMAS)
    try:
        with _locked(_path(url)), engine.begin() as connection:
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise CatalogueUnavailable(f"A migration of {url} would leave {len(broken)} rows without their parent")
    finally:
        engine.dispose()


def advice(cause: str) -> str | None:
    """What to do about an error with this text."""
    return next((advice for part, advice in _ADVICE if part in cause), None)


def _path(url: URL) -> Path:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise Invalid(field="catalogue address", value=str(url), limit="the path of a file, sqlite:////path/to/file")
    return Path(url.database).absolute()


def _engine(url: URL, *, begin: str, mode: str, timeout: float, pragmas: tuple[str, ...]) -> Engine:
    """An engine that begins its transactions itself: Python's driver would begin them too late, and never for reads."""
    address = f"{_path(url).as_uri()}?mode={mode}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)

    # hide_parameters: what is in a record, or the hash of a password, has no place in a message.
    engine = create_engine(url, creator=connect, hide_parameters=True)

    def configure(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's and the pool's own types
        for pragma in pragmas:
            connection.execute(pragma)

    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin_transaction)
    return engine


@contextmanager
def _locked(path: Path) -> Generator[None]:
    """One process at a time may make and migrate the file. SQLite's own locks don't cover the change to WAL mode."""
    try:
        lock = path.with_name(path.name + ".migrate.lock").open("a")
    except OSError as error:
        raise CatalogueUnavailable(f"The catalogue at {path} cannot be made or migrated: {error}") from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
