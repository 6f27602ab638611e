"""The catalogue's database: opens it, begins its transactions, migrates it and translates its errors.

What is particular to SQLite or PostgreSQL stands in the modules of these names.
"""

import os
import re
from collections.abc import Callable, Generator
from contextlib import AbstractContextManager, contextmanager
from typing import Any, Final

from sqlalchemy import URL, Connection, Engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout
from sqlalchemy.orm import Session

from catalogue import pending, sqlite
from catalogue.errors import CatalogueError, CatalogueUnavailable, Collision, Conflict, Invalid

_WRITING: Final = "writing"

# How long a write waits for another one to end, in seconds.
BUSY_TIMEOUT: Final = 5.0

# How PostgreSQL says that two transactions got in each other's way, and that the same one may succeed the next time:
# not serializable, a circle of locks, and a row that the other one added or deleted first.
_COLLISIONS: Final = frozenset({"40001", "40P01", "23505", "23503"})


class Catalogue:
    """The catalogue's database, for any number of threads. Built by `open_catalogue`.

    Connections don't survive a fork, which is refused: call `dispose` before forking, or open it afterwards.
    """

    def __init__(
        self,
        *,
        url: URL,
        reader: Engine,
        writer: Engine,
        migration: Callable[[URL], AbstractContextManager[Connection]],
        after_commit: Callable[[], None] | None,
    ) -> None:
        """Takes the engines; nothing is connected yet."""
        self._url = url
        self._reader = reader
        self._writer = writer
        self._migration = migration
        self._after_commit = after_commit

    @contextmanager
    def read(self) -> Generator[Session]:
        """A session that sees one state of the catalogue and cannot change it.

        Raises CatalogueUnavailable.
        """
        with _translated(self._url), Session(self._reader, autoflush=False) as session:
            yield session

    @contextmanager
    def write(self) -> Generator[Session]:
        """A session whose changes are committed together at the end, or none of them if anything is raised.

        Keep it short: on SQLite there is one writer at a time, on PostgreSQL one of each row, and other writes wait for
        at most the busy time-out. Raises CatalogueUnavailable, Conflict where somebody else added the same thing first,
        and Collision where PostgreSQL undid this write in favour of another.
        """
        with (
            _translated(self._url),
            Session(self._writer, autoflush=False, info={_WRITING: True}) as session,
            session.begin(),
        ):
            yield session
            told = pending.is_indexer_told(session)
        if told and self._after_commit is not None:
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
        with _translated(self._url), self._migration(self._url) as connection:
            yield connection

    def dispose(self) -> None:
        """Close all connections that are not in use. The catalogue can be used on."""
        self._reader.dispose()
        self._writer.dispose()


def is_writing(session: Session) -> bool:
    """Whether a session may write: what it reads in order to change it has to be locked."""
    return _WRITING in session.info


def open_catalogue(
    url: str,
    *,
    after_commit: Callable[[], None] | None = None,
    busy_timeout: float = BUSY_TIMEOUT,
    threads: int = 4,
) -> Catalogue:
    """The catalogue at an address: sqlite:////var/lib/belong/catalogue.sqlite, postgresql://user:password@host/name.

    Nothing is connected yet. `after_commit` is called after each transaction that made records pending or asked for
    a run: a nudge to see to them. It should not raise: the write has happened. `busy_timeout` is in seconds. `threads`
    is how many use the catalogue at once. Raises Invalid for an address that cannot be one.
    """
    parsed = _parsed(url)
    match parsed.get_backend_name():
        case "sqlite":
            reader, writer = sqlite.open_engines(parsed, busy_timeout=busy_timeout)
            migration = sqlite.migration
        case "postgresql" | "postgres":
            # Late: who has SQLite need not wait for the driver.
            from catalogue import postgresql

            reader, writer = postgresql.open_engines(parsed, busy_timeout=busy_timeout, threads=threads)
            migration = postgresql.migration
        case backend:
            raise Invalid(
                field="catalogue address", value=backend, limit="an address that begins with sqlite or postgresql"
            )
    for engine in (reader, writer):
        _refuse_after_fork(engine)
    return Catalogue(url=parsed, reader=reader, writer=writer, migration=migration, after_commit=after_commit)


def _parsed(url: str) -> URL:
    # A password that is not escaped would be taken for the host or the name, and be told as such.
    shown = re.sub(r"^([a-z0-9+]+://)?.*@", r"\1***@", url).partition("?")[0]
    try:
        parsed = make_url(url)
        parsed.get_backend_name()
    except (ArgumentError, ValueError) as error:
        limit = "an address such as sqlite:////path/to/file or postgresql://user:password@host/name"
        raise Invalid(field="catalogue address", value=shown, limit=limit) from error
    if parsed.password is not None and "@" in f"{parsed.host}{parsed.database}":
        limit = "one in which the signs @ : / ? # % of the user and the password are escaped, as in %40 for @"
        raise Invalid(field="catalogue address", value=shown, limit=limit)
    return parsed


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
def _translated(url: URL) -> Generator[None]:
    """Turns the database's errors into the catalogue's: the only place where that is done."""
    try:
        yield
    except (DBAPIError, PoolTimeout) as error:
        raise _translate(error, url) from error


def _translate(error: DBAPIError | PoolTimeout, url: URL) -> CatalogueError:
    original = error.orig if isinstance(error, DBAPIError) else error
    cause = " ".join(str(original).split())
    sqlstate: str | None = getattr(original, "sqlstate", None)
    if sqlstate in _COLLISIONS:
        return Collision(f"Somebody else wrote the same thing at the same time ({cause}): try again.")
    if isinstance(error, IntegrityError):
        return Conflict(f"Somebody else wrote the same thing first ({cause}): try again.")
    # Without what follows the name: the user and the password can be given there as well.
    place = url.set(query={}).render_as_string(hide_password=True)
    return CatalogueUnavailable(
        f"The catalogue at {place} cannot be used: {cause}. {_advice(error, sqlstate, cause, url)}"
    )


def _advice(error: DBAPIError | PoolTimeout, sqlstate: str | None, cause: str, url: URL) -> str:
    if isinstance(error, PoolTimeout):
        found = "All of this process's connections are in use: try again when less is going on."
    elif url.get_backend_name() == "sqlite":
        found = sqlite.advice(cause)
    else:
        from catalogue import postgresql

        found = postgresql.advice(sqlstate, cause)
    return found or "See the cause above."
