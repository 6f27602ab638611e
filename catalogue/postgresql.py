"""A catalogue in a database of PostgreSQL.

Reads are REPEATABLE READ and READ ONLY: each sees one state, and waits for nobody. Writes are READ COMMITTED: what a
transaction read in order to change it is locked, and what is not there to be locked is guarded by `catalogue.locks`.
A write that met another one in a circle all the same is undone by PostgreSQL, and `Collision` says that it can be
tried again.

Nothing waits without end: not for a machine that does not answer (connecting, or later), not for a lock, not for a
statement, and no transaction of a process that stands still keeps its locks. Waiting for the answer is bounded here
as well: the server cannot end a statement when it is the server that stands still.
"""

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

import psycopg
from psycopg.abc import PQGen
from psycopg.pq import TransactionStatus
from sqlalchemy import URL, Connection, Engine, NullPool, QueuePool, create_engine, event, text

from catalogue.errors import CatalogueUnavailable, Invalid

_Answer = TypeVar("_Answer")

# All in seconds. A read of the pages takes milliseconds; the largest, a chunk of a rebuild, some tenths of a second.
# The largest write, a new name of a publisher with 100,000 records, takes some seconds.
_READ_TIMEOUT: Final = 6
_WRITE_TIMEOUT: Final = 20
_MIGRATION_TIMEOUT: Final = 600

# How long a migration waits for readers, writers and other migrations to end.
_MIGRATION_LOCK_TIMEOUT: Final = 60

# How much later than the server would end a statement its answer is given up.
_GRACE: Final = 1

# Connecting, for each address of the host; and asking a connection from the pool whether it is alive.
_CONNECT_TIMEOUT: Final = 3
_PING_TIMEOUT: Final = 2

# How long a request waits for a connection when all are in use.
_POOL_TIMEOUT: Final = 5

# A process that stands still in the middle of a transaction loses it after this time.
_IDLE_TIMEOUT: Final = 60

# What libpq calls them; the address may name others. What was sent and is not acknowledged within 5 s, or a quiet line
# that answers no probe between the 10th and the 15th second, is lost.
_CONNECTION: Final = {
    "connect_timeout": str(_CONNECT_TIMEOUT),
    "tcp_user_timeout": "5000",
    "keepalives_idle": "10",
    "keepalives_interval": "2",
    "keepalives_count": "3",
    "client_encoding": "utf8",
    "fallback_application_name": "belong",
}

# PostgreSQL's advisory lock for migrations: any number that nothing else uses in the same database.
_MIGRATION_LOCK: Final = 0x42656C6F6E67

_TABLES: Final = "Its tables are missing or old: start the server once, which migrates them."
_SIGN_IN: Final = "Check the user and the password in DATABASE_URL, and pg_hba.conf on the server."
_REACH: Final = "Check that PostgreSQL runs there, and the address in DATABASE_URL."
_SLOTS: Final = "PostgreSQL has no free connection: see docs/operations.md on max_connections."

# What to do about an error, by the beginning of its SQLSTATE.
_ADVICE: Final = (
    ("08", _REACH),
    ("25006", "It can only be read: is this the address of a replica?"),
    ("25P03", "The write stood still for too long, and nothing of it was kept."),
    ("28", _SIGN_IN),
    ("3D000", "Make it: createdb --encoding=UTF8 --owner=USER NAME"),
    ("42501", "Make the user of DATABASE_URL the owner of the database."),
    ("42", _TABLES),
    ("53100", "Make room on the server's disk: nothing of this write was kept."),
    ("53300", _SLOTS),
    ("54", "A value is too long for PostgreSQL's index."),
    ("55P03", "Another write took too long: try again."),
    ("57014", "It took too long: try again when less is going on."),
    ("57P", "PostgreSQL is starting or stopping: try again."),
)

# Before there is a connection libpq gives no SQLSTATE, only the server's words.
_ADVICE_ON_CONNECTING: Final = (
    ("authentication failed", _SIGN_IN),
    ("pg_hba.conf", _SIGN_IN),
    ("no password supplied", _SIGN_IN),
    ("role ", _SIGN_IN),
    ("database ", "Make it: createdb --encoding=UTF8 --owner=USER NAME"),
    ("too many", _SLOTS),
    ("connection slots", _SLOTS),
    ("starting up", "PostgreSQL is starting or stopping: try again."),
)


class _PatientConnection(psycopg.Connection[Any]):
    """A connection that waits for an answer, but not for ever: after a time it is closed, and the statement failed."""

    answer_within: float = _MIGRATION_TIMEOUT

    def wait(self, gen: PQGen[_Answer], interval: float = 0.1, timeout: float | None = None) -> _Answer:
        """Called by the driver for each answer. Raises psycopg.OperationalError where none comes."""
        # Nothing here is ever committed by itself but the pool's question whether the connection is alive.
        longest = _PING_TIMEOUT if self.autocommit else self.answer_within
        try:
            return super().wait(gen, interval, longest if timeout is None else timeout)
        except psycopg.OperationalError:
            if self.pgconn.transaction_status == TransactionStatus.ACTIVE:
                self.close()  # the answer may still come, and would be taken for that to the next statement
            raise


def open_engines(url: URL, *, busy_timeout: float, threads: int) -> tuple[Engine, Engine]:
    """What reads and what writes the database; nothing is connected yet. Raises Invalid for another driver.

    Each keeps a connection for every thread, and one for the indexer.
    """
    if url.drivername not in {"postgresql", "postgres", "postgresql+psycopg"}:
        limit = "an address that begins with postgresql://"
        raise Invalid(field="catalogue address", value=url.drivername, limit=limit)
    pool = {
        "poolclass": QueuePool,
        "pool_size": threads + 1,
        "max_overflow": threads + 1,
        "pool_timeout": _POOL_TIMEOUT,
        "pool_pre_ping": True,
    }
    reading = {"default_transaction_isolation": r"repeatable\ read", "default_transaction_read_only": "on"}
    reader = _engine(url, statement=_READ_TIMEOUT, lock=busy_timeout, settings=reading, pool=pool)
    writer = _engine(url, statement=_WRITE_TIMEOUT, lock=busy_timeout, settings={}, pool=pool)
    return reader, writer


@contextmanager
def migration(url: URL) -> Generator[Connection]:
    """A transaction that may alter tables, alone among all processes."""
    pool = {"poolclass": NullPool}
    engine = _engine(url, statement=_MIGRATION_TIMEOUT, lock=_MIGRATION_LOCK_TIMEOUT, settings={}, pool=pool)
    with engine.begin() as connection:
        encoding = connection.execute(text("SHOW server_encoding")).scalar_one()
        if encoding != "UTF8":
            raise CatalogueUnavailable(
                f"The database {url.database} is encoded in {encoding}, but has to be in UTF8: "
                f"createdb --encoding=UTF8 --template=template0 --owner=USER NAME"
            )
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": _MIGRATION_LOCK})
        yield connection


def advice(sqlstate: str | None, cause: str) -> str | None:
    """What to do about an error with this SQLSTATE (None where there was no connection yet) and this text."""
    if sqlstate is not None:
        return next((advice for beginning, advice in _ADVICE if sqlstate.startswith(beginning)), None)
    return next((advice for part, advice in _ADVICE_ON_CONNECTING if part in cause), _REACH)


def _engine(url: URL, *, statement: float, lock: float, settings: dict[str, str], pool: dict[str, Any]) -> Engine:
    engine = create_engine(
        _address(url, statement=statement, lock=lock, settings=settings), hide_parameters=True, **pool
    )

    def connect(_dialect: Any, _record: Any, arguments: Any, options: Any) -> psycopg.Connection[Any]:  # noqa: ANN401
        connection = _PatientConnection.connect(*arguments, **options)
        connection.answer_within = statement + _GRACE
        return connection

    event.listen(engine, "do_connect", connect)
    return engine


def _address(url: URL, *, statement: float, lock: float, settings: dict[str, str]) -> URL:
    """The address with what every connection to it is set to; what it sets itself goes before."""
    milliseconds = {
        "statement_timeout": statement,
        "lock_timeout": lock,
        "idle_in_transaction_session_timeout": _IDLE_TIMEOUT,
    }
    set_to = {name: str(round(seconds * 1_000)) for name, seconds in milliseconds.items()}
    options = [f"-c {name}={value}" for name, value in {"timezone": "UTC", **set_to, **settings}.items()]
    given = url.query.get("options", ())
    merged = {
        **_CONNECTION,
        **url.query,
        "options": " ".join([*options, *([given] if isinstance(given, str) else given)]),
    }
    return url.set(drivername="postgresql+psycopg", query=merged)
