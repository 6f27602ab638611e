"""A catalogue of its own for each test, on SQLite and on PostgreSQL."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from catalogue.database import Catalogue, open_catalogue
from tests.servers.postgresql import PostgresServer


@pytest.fixture(params=["sqlite", "postgresql"])
def database(request: pytest.FixtureRequest) -> str:
    """Which database the catalogue is in. A test that asks for a catalogue runs once on each."""
    return request.param


@pytest.fixture(scope="session")
def migrated_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The file of a migrated catalogue, closed: copying it takes a hundredth of migrating another."""
    path = tmp_path_factory.mktemp("empty") / "catalogue.sqlite"
    catalogue = open_catalogue(f"sqlite:///{path}")
    catalogue.migrate()
    catalogue.dispose()
    return path


@pytest.fixture
def url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a migrated catalogue without a record."""
    if database == "sqlite":
        shutil.copy(request.getfixturevalue("migrated_file"), tmp_path / "catalogue.sqlite")
        yield f"sqlite:///{tmp_path / 'catalogue.sqlite'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgresql")
        address = server.new_database()
        yield address
        server.drop(address)


@pytest.fixture
def new_url(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of a catalogue that has no tables yet; on SQLite not even a file."""
    if database == "sqlite":
        yield f"sqlite:///{tmp_path / 'new.sqlite'}"
    else:
        server: PostgresServer = request.getfixturevalue("postgresql")
        address = server.new_database(migrated=False)
        yield address
        server.drop(address)


@pytest.fixture
def catalogue(url: str) -> Iterator[Catalogue]:
    """A migrated catalogue without a record."""
    catalogue = open_catalogue(url)
    yield catalogue
    catalogue.dispose()
