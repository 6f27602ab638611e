"""The sample library on an embedded index; where a test asks for it, with its catalogue in PostgreSQL as well."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue import records
from catalogue.record import Draft
from tests.conftest import make_sample
from tests.servers.postgresql import PostgresServer

Change = Callable[[str], str]

on_both_databases = pytest.mark.parametrize("database", ["sqlite", "postgresql"], indirect=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresqlSample:
    """A data folder and the address of its catalogue. Copy both: they are never opened again."""

    data: Path
    address: str


@pytest.fixture(scope="session")
def sample_in_postgresql(postgresql: PostgresServer, tmp_path_factory: pytest.TempPathFactory) -> PostgresqlSample:
    """The sample library with its catalogue in PostgreSQL, indexed."""
    sample = PostgresqlSample(data=tmp_path_factory.mktemp("sample") / "data", address=postgresql.new_database())
    make_sample(sample.data, DATABASE_URL=sample.address)
    return sample


@pytest.fixture
def database(request: pytest.FixtureRequest) -> str:
    """Where the catalogue is: see `on_both_databases`."""
    return getattr(request, "param", "sqlite")


@pytest.fixture
def data(database: str, request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """A data folder with the sample library, to be changed at will."""
    if database == "sqlite":
        sample: Path = request.getfixturevalue("sample_data")
    else:
        sample = request.getfixturevalue("sample_in_postgresql").data
    return Path(shutil.copytree(sample, tmp_path / "data", symlinks=True))


@pytest.fixture
def services(database: str, data: Path, request: pytest.FixtureRequest) -> Iterator[Services]:
    """The service's parts over a sample library of their own. Nobody indexes: call `services.indexer.catch_up`."""
    environment = {"BELONG_DATA": str(data)}
    server: PostgresServer | None = None
    if database == "postgresql":
        server = request.getfixturevalue("postgresql")
        environment["DATABASE_URL"] = server.new_database(like=request.getfixturevalue("sample_in_postgresql").address)
    built = build_services(read_settings(environment))
    yield built
    built.catalogue.dispose()
    if server is not None:
        server.drop(environment["DATABASE_URL"])


@pytest.fixture
def change(services: Services) -> Change:
    """Adds a record with a title to the catalogue, as another program beside the server does: its id."""

    def change(title: str) -> str:
        with services.catalogue.write() as session:
            return records.save(session, Draft(title=title)).id

    return change
