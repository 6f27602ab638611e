"""A real PostgreSQL for the tests, from wherever this machine can have one.

In this order: the server at TEST_POSTGRESQL_URL, whose user may create databases; PostgreSQL's own binaries, on the
PATH or where Debian puts them, started once for the whole run in a folder in memory.
"""

import contextlib
import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Final

import psycopg
from psycopg import sql
from sqlalchemy import URL, make_url

from catalogue.database import open_catalogue

_NOBODY: Final = 65534  # PostgreSQL refuses to run as root
_STARTS_WITHIN: Final = 60  # seconds, on a machine that is busy with other tests

# Nothing here has to outlive the machine; and nobody reaches it but by TCP, as in production.
_SETTINGS: Final = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "max_wal_size": "4GB",
    "autovacuum_naptime": "5s",
}


class NoPostgresql(Exception):
    """None can be had on this machine: the message says in one line what to install."""


class PostgresqlFailed(Exception):
    """One was started and did not answer: the message has what it printed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A server on which databases can be made."""

    url: URL
    _numbers: "count[int]" = field(default_factory=count)

    def new_database(self, *, migrated: bool = True, like: str | None = None) -> str:
        """The address of a database that nobody else uses: with the catalogue's tables, empty, or a copy of another.

        Nobody may be connected to that one.
        """
        name = f"belong_test_{os.getpid()}_{next(self._numbers)}"
        template = self._template if migrated else "template0"
        if like is not None:
            template = str(make_url(like).database)
        # FILE_COPY takes half as long as copying by way of the log where nothing has to reach the disk.
        self._execute("CREATE DATABASE {} TEMPLATE {} ENCODING 'UTF8' STRATEGY FILE_COPY", name, template)
        return self._address(name)

    def drop(self, address: str) -> None:
        """Remove a database, also one that somebody is still connected to."""
        self._execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", str(make_url(address).database))

    def make_template(self) -> None:
        """Make the migrated database that others are copied from."""
        self._execute("CREATE DATABASE {} TEMPLATE template0 ENCODING 'UTF8'", self._template)
        catalogue = open_catalogue(self._address(self._template))
        catalogue.migrate()
        catalogue.dispose()

    def drop_all(self) -> None:
        """Remove what this run has made, on a server that goes on."""
        for number in range(next(self._numbers)):
            self.drop(self._address(f"belong_test_{os.getpid()}_{number}"))
        self.drop(self._address(self._template))

    @property
    def _template(self) -> str:
        return f"belong_test_{os.getpid()}"

    def _address(self, name: str) -> str:
        return self.url.set(database=name).render_as_string(hide_password=False)

    def _execute(self, statement: str, *names: str) -> None:
        address = self.url.set(drivername="postgresql").render_as_string(hide_password=False)
        with psycopg.connect(address, autocommit=True) as connection:
            connection.execute(sql.SQL(statement).format(*map(sql.Identifier, names)))  # type: ignore[arg-type]


@contextlib.contextmanager
def running_postgresql() -> Generator[PostgresServer]:
    """A server that answers; it is stopped afterwards if it was started here.

    Raises NoPostgresql and PostgresqlFailed.
    """
    if address := os.environ.get("TEST_POSTGRESQL_URL"):
        server = PostgresServer(url=make_url(address))
        server.make_template()
        try:
            yield server
        finally:
            server.drop_all()
    elif (programs := _programs()) is not None:
        with _own_server(programs) as own:
            server = PostgresServer(url=own.url)
            server.make_template()
            yield server
    else:
        raise NoPostgresql("no PostgreSQL: set TEST_POSTGRESQL_URL, or install it (Debian: apt-get install postgresql)")


def _programs() -> Path | None:
    """The folder of the newest PostgreSQL's programs on this machine."""
    if (found := shutil.which("initdb")) is not None:
        return Path(found).resolve().parent
    debian = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    versions = {int(number.group(1)): path.parent for path in debian if (number := re.search(r"/(\d+)/bin", str(path)))}
    return versions[max(versions)] if versions else None


@dataclass(slots=True, kw_only=True)
class OwnServer:
    """A server that was started here, and can be stopped and started again. It is at `url` while it runs."""

    url: URL
    _programs: Path
    _data: Path
    _settings: Mapping[str, str]
    _process: "subprocess.Popen[bytes] | None" = None

    def start(self) -> None:
        """Raises PostgresqlFailed."""
        log = self._data.with_name("log")
        with log.open("a") as stream:
            settings = {**self._settings, "port": str(self.url.port)}
            self._process = _start(self._programs, self._data, settings, stream.fileno())
        _wait(self.url, self._process, log)

    def stop(self) -> None:
        """At once, in the middle of whatever goes on: as after a loss of power it recovers when it is started again."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait(30)
            self._process = None


@contextlib.contextmanager
def own_postgresql() -> Generator[OwnServer]:
    """A server of the test's own, which runs; what it has acknowledged outlives its stop. Raises as above."""
    if (programs := _programs()) is None:
        raise NoPostgresql("no PostgreSQL to be stopped: install it (Debian: apt-get install postgresql)")
    with _own_server(programs, synchronous_commit="on") as server:
        yield server


@contextlib.contextmanager
def _own_server(programs: Path, **changes: str) -> Generator[OwnServer]:
    memory = Path("/dev/shm")
    with tempfile.TemporaryDirectory(prefix="belong-postgresql-", dir=memory if memory.is_dir() else None) as folder:
        data = Path(folder) / "data"
        if os.getuid() == 0:
            os.chown(folder, _NOBODY, _NOBODY)
        options = ["--auth=trust", "--username=belong", "--encoding=UTF8", "--locale=C.UTF-8", "--no-sync"]
        made = subprocess.run(
            [*_as_nobody(), str(programs / "initdb"), "--pgdata", str(data), *options],
            env={"PATH": os.environ["PATH"], "HOME": folder},
            capture_output=True,
            text=True,
            check=False,
        )
        if made.returncode:
            raise PostgresqlFailed(f"PostgreSQL could not be set up:\n{made.stdout}{made.stderr}")
        url = URL.create("postgresql", username="belong", host="127.0.0.1", port=_free_port(), database="postgres")
        server = OwnServer(url=url, _programs=programs, _data=data, _settings={**_SETTINGS, **changes})
        try:
            server.start()
            yield server
        finally:
            server.stop()


def _start(programs: Path, data: Path, settings: Mapping[str, str], log: int) -> "subprocess.Popen[bytes]":
    options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
    return subprocess.Popen(
        # SIGQUIT when the tests are killed: nobody else would stop it.
        [*_as_nobody("--pdeathsig=QUIT"), str(programs / "postgres"), "-D", str(data), *options],
        env={"PATH": os.environ["PATH"], "HOME": str(data)},
        cwd=data,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )


def _as_nobody(*options: str) -> list[str]:
    if os.getuid() == 0:
        options = (f"--reuid={_NOBODY}", f"--regid={_NOBODY}", "--clear-groups", *options)
    return ["setpriv", *options] if options else []


def _wait(url: URL, process: "subprocess.Popen[bytes]", log: Path) -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError):
            psycopg.connect(url.render_as_string(hide_password=False), connect_timeout=2).close()
            return
        time.sleep(0.1)
    raise PostgresqlFailed(f"PostgreSQL did not start:\n{log.read_text(errors='replace')[-2_000:]}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
