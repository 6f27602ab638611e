"""The catalogue's database: opens it, begins its transactions, migrates it and translates its errors.

All that is particular to SQLite or PostgreSQL stands here.

SQLite: writes begin IMMEDIATE, so that what a transaction read cannot change before it writes (begun DEFERRED, four
processes lost 1,451 of 2,000 updates). Reads begin DEFERRED on connections that cannot write; in WAL mode they never
wait for a writer. `synchronous` is FULL: in WAL mode NORMAL may lose the last transactions when the power fails, which
would lose work that was acknowledged and leave the index ahead of the catalogue. (EXTRA differs from FULL only outside
WAL mode.)
"""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, create_engine, event, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from catalogue import pending
from catalogue.errors import CatalogueUnavailable, Conflict, Invalid

_WRITING: Final = "writing"

# How long a write waits for another one to end, in seconds.
BUSY_TIMEOUT: Final = 5.0

# How long a migration waits for readers and writers to end, in seconds.
_MIGRATION_TIMEOUT: Final = 60.0

# What the write-ahead log is cut back to after a large import: 64 MB.
_LOG_LIMIT: Final = 64 * 1024 * 1024

# PostgreSQL's advisory lock for migrations: any number that nothing else uses in the same database.
_MIGRATION_LOCK: Final = 0x42656C6F6E67

# What to do about an error, by a part of its text.
_ADVICE: Final = (
    ("locked", "Another write took too long: try again."),
    ("no such table", "Its tables are missing or old: start the server once, which migrates them."),
    ("no such column", "Its tables are missing or old: start the server once, which migrates them."),
    ("does not exist", "Its tables are missing or old: start the server once, which migrates them."),
    ("full", "Make room on the disk: nothing of this write was kept."),
    ("readonly", "The file or its folder cannot be written by this user."),
    ("unable to open", "Check that the folder exists and that this user may read and write it."),
    ("malformed", "The file is damaged: restore a backup."),
    ("not a database", "The file is not a catalogue: check the address."),
)


class Catalogue:
    """The catalogue's database, for any number of threads. Built by `open_catalogue`.

    Connections don't survive a fork, which is refused: call `dispose` before forking, or open it afterwards.
    """

    def __init__(self, *, reader: Engine, writer: Engine, after_commit: Callable[[], None] | None) -> None:
        """Takes the engines; nothing is connected yet."""
        self._reader = reader
        self._writer = writer
        self._after_commit = after_commit

    @contextmanager
    def read(self) -> Generator[Session]:
        """A session that sees one state of the catalogue and cannot change it.

        Raises CatalogueUnavailable.
        """
        with _translated(self._reader.url), Session(self._reader, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Generator[Session]:
        """A session whose changes are committed together at the end, or none of them if anything is raised.

        On SQLite there is one writer at a time: keep it short, other writes wait for at most the busy time-out.
        Raises CatalogueUnavailable, and Conflict where somebody else added the same thing first.
        """
        with (
            _translated(self._writer.url),
            Session(self._writer, autoflush=False, info={_WRITING: True}) as session,
            session.begin(),
        ):
            yield session
            marked = pending.was_marked(session)
        if marked and self._after_commit is not None:
            self._after_commit()

    def migrate(self) -> None:
        """Bring the tables to the newest revision. Any number of processes may do so at once; SQLite's file is made.

        Raises CatalogueUnavailable.
        """
        # Late: Alembic takes a tenth of a second to import, and most commands don't need it.
        from catalogue import schema

        with self.migration() as connection:
            schema.upgrade(connection)

    @contextmanager
    def migration(self) -> Generator[Connection]:
        """A transaction that may alter tables, alone among all processes."""
        url = self._writer.url
        with _translated(url):
            if url.get_backend_name() == "sqlite":
                with _locked(_sqlite_path(url)), _sqlite_migration(url) as connection:
                    yield connection
            else:
                with self._writer.begin() as connection:
                    connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
                    yield connection

    def dispose(self) -> None:
        """Close all connections that are not in use. The catalogue can be used on."""
        self._reader.dispose()
        self._writer.dispose()


def is_writing(session: Session) -> bool:
    """Whether a session may write: what it reads in order to change it has to be locked."""
    return _WRITING in session.info


def open_catalogue(
    url: str, *, after_commit: Callable[[], None] | None = None, busy_timeout: float = BUSY_TIMEOUT
) -> Catalogue:
    """The catalogue at an address such as sqlite:////var/lib/belong/catalogue.sqlite; nothing is connected yet.

    `after_commit` is called after each transaction that made records pending: a nudge to index them. It should not
    raise: the write has happened. `busy_timeout` is in seconds. Raises Invalid for an address that cannot be one.
    """
    try:
        parsed = make_url(url)
        backend = parsed.get_backend_name()
    except ArgumentError as error:
        raise Invalid(
            field="catalogue address", value=url, limit="an address such as sqlite:////path/to/file"
        ) from error
    match backend:
        case "sqlite":
            reader = _sqlite_engine(parsed, begin="BEGIN", mode="rw", timeout=busy_timeout, pragmas=_READ_PRAGMAS)
            writer = _sqlite_engine(
                parsed, begin="BEGIN IMMEDIATE", mode="rw", timeout=busy_timeout, pragmas=_WRITE_PRAGMAS
            )
        case "postgresql":
            _require_driver(parsed)
            reader = create_engine(parsed, isolation_level="REPEATABLE READ", pool_pre_ping=True)
            reader = reader.execution_options(postgresql_readonly=True)
            writer = create_engine(parsed, pool_pre_ping=True)
        case _:
            raise Invalid(
                field="catalogue address", value=backend, limit="an address that begins with sqlite or postgresql"
            )
    for engine in (reader, writer):
        _refuse_after_fork(engine)
    return Catalogue(reader=reader, writer=writer, after_commit=after_commit)


_READ_PRAGMAS: Final = ("PRAGMA query_only=ON",)
_WRITE_PRAGMAS: Final = (
    "PRAGMA foreign_keys=ON",
    "PRAGMA synchronous=FULL",
    f"PRAGMA journal_size_limit={_LOG_LIMIT}",
)
# Foreign keys stay off: altering a table copies and drops it, and dropping would count as deleting its rows.
_MIGRATION_PRAGMAS: Final = ("PRAGMA journal_mode=WAL", "PRAGMA synchronous=FULL")


def _require_driver(url: URL) -> None:
    try:
        url.get_dialect().import_dbapi()
    except ImportError as error:
        limit = f"one whose driver is installed, but {error.name} is not"
        raise Invalid(field="catalogue address", value=url.drivername, limit=limit) from error


def _sqlite_path(url: URL) -> Path:
    if not url.database or url.database == ":memory:" or url.database.startswith("file:"):
        raise Invalid(field="catalogue address", value=str(url), limit="the path of a file, sqlite:////path/to/file")
    return Path(url.database).absolute()


def _sqlite_engine(url: URL, *, begin: str, mode: str, timeout: float, pragmas: tuple[str, ...]) -> Engine:
    """An engine that begins its transactions itself: Python's driver would begin them too late, and never for reads."""
    address = f"{_sqlite_path(url).as_uri()}?mode={mode}"

    def connect() -> sqlite3.Connection:
        return sqlite3.connect(address, uri=True, timeout=timeout, isolation_level=None, check_same_thread=False)

    engine = create_engine(url, creator=connect)

    def configure(connection: Any, _record: Any) -> None:  # noqa: ANN401 - the driver's and the pool's own types
        for pragma in pragmas:
            connection.execute(pragma)

    def begin_transaction(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    event.listen(engine, "connect", configure)
    event.listen(engine, "begin", begin_transaction)
    return engine


def _refuse_after_fork(engine: Engine) -> None:
    """Let no process use the connection of its parent: that damages SQLite files and mixes PostgreSQL's answers."""

    def remember(_connection: Any, record: Any) -> None:  # noqa: ANN401 - the driver's and the pool's own types
        record.info["pid"] = os.getpid()

    def check(_connection: Any, record: Any, _proxy: Any) -> None:  # noqa: ANN401
        if record.info["pid"] != os.getpid():
            raise RuntimeError("This catalogue was in use when the process forked: call dispose() before forking")

    event.listen(engine, "connect", remember)
    event.listen(engine, "checkout", check)


@contextmanager
def _sqlite_migration(url: URL) -> Generator[Connection]:
    engine = _sqlite_engine(
        url, begin="BEGIN IMMEDIATE", mode="rwc", timeout=_MIGRATION_TIMEOUT, pragmas=_MIGRATION_PRAGMAS
    )
    try:
        with engine.begin() as connection:
            yield connection
            broken = connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall()
            if broken:
                raise CatalogueUnavailable(f"A migration of {url} would leave {len(broken)} rows without their parent")
    finally:
        engine.dispose()


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


@contextmanager
def _translated(url: URL) -> Generator[None]:
    """Turns the database's errors into the catalogue's: the only place where that is done."""
    try:
        yield
    except IntegrityError as error:
        raise Conflict(f"Somebody else wrote the same thing first ({error.orig}): try again.") from error
    except (DBAPIError, PoolTimeout) as error:
        cause = str(error.orig) if isinstance(error, DBAPIError) else str(error)
        advice = next((advice for part, advice in _ADVICE if part in cause), "See the cause above.")
        place = url.render_as_string(hide_password=True)
        raise CatalogueUnavailable(f"The catalogue at {place} cannot be used: {cause}. {advice}") from error
