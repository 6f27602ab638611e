"""What all tests share: the service with the sample library, in this process and as real servers.

`--long` looks for rarer mistakes with more generated examples.
"""

import contextlib
import os
import shutil
import signal
from collections.abc import Callable, Iterator
from pathlib import Path

import hypothesis
import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue import records
from catalogue.intake.importer import import_file
from catalogue.intake.sample import SAMPLE
from catalogue.record import Draft
from tests.processes import ServerProcess
from tests.servers.elasticsearch import NoElasticsearch, running_elasticsearch
from tests.servers.postgresql import NoPostgresql, PostgresServer, running_postgresql
from tests.servers.redis import NoRedis, running_redis

# No deadline: on a busy machine a slow example is no mistake.
hypothesis.settings.register_profile("short", deadline=None)
hypothesis.settings.register_profile("long", deadline=None, max_examples=5_000)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--long", action="store_true", help="try fifty times as many generated examples")


def pytest_configure(config: pytest.Config) -> None:
    # A shell starts what runs in its background deaf to Ctrl+C, and so would be every server that a test starts.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    hypothesis.settings.load_profile("long" if config.getoption("--long") else "short")


# A record of the sample library that was deleted, in every library here.
GONE_ID = "gone"
GONE_TITLE = "Gone & <b>forgotten</b>"


@pytest.fixture(scope="session")
def sample_data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with the sample library, indexed, and one deleted record. Copy it: it is never opened again."""
    data = tmp_path_factory.mktemp("sample") / "data"
    make_sample(data)
    return data


def make_sample(data: Path, **environment: str) -> None:
    """Put the sample library into a new folder, or into the database of the environment, and index it."""
    data.mkdir()
    built = build_services(read_settings({"BELONG_DATA": str(data), **environment}))
    built.catalogue.migrate()
    import_file(built.catalogue, SAMPLE)
    with built.catalogue.write() as session:
        records.save(session, Draft(title=GONE_TITLE), record_id=GONE_ID)
        records.delete(session, GONE_ID)
    assert built.indexer.catch_up()
    built.catalogue.dispose()


@pytest.fixture
def data(sample_data: Path, tmp_path: Path) -> Path:
    """A data folder with the sample library, to be changed at will."""
    return Path(shutil.copytree(sample_data, tmp_path / "data", symlinks=True))


@pytest.fixture
def services(data: Path) -> Iterator[Services]:
    """The service's parts over a sample library of their own. Nobody indexes: call `services.indexer.catch_up`."""
    built = build_services(read_settings({"BELONG_DATA": str(data)}))
    yield built
    built.catalogue.dispose()


@pytest.fixture(scope="session")
def client(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[FlaskClient]:
    """The application over the sample library, for tests that change nothing."""
    copied = shutil.copytree(sample_data, tmp_path_factory.mktemp("client") / "data", symlinks=True)
    built = build_services(read_settings({"BELONG_DATA": str(copied), "CONTACT": "library@example.org"}))
    yield create_app(built).test_client()
    built.catalogue.dispose()


@pytest.fixture(scope="session")
def server(sample_data: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[ServerProcess]:
    """`belong serve` over the sample library, for tests that change nothing."""
    copied = shutil.copytree(sample_data, tmp_path_factory.mktemp("server") / "data", symlinks=True)
    with ServerProcess.started(copied) as running:
        yield running


@pytest.fixture
def start_server() -> Iterator[Callable[..., ServerProcess]]:
    """Starts `belong serve` over a data folder; what runs at the end of the test is stopped."""
    started: list[ServerProcess] = []

    def start(data: Path, **environment: str) -> ServerProcess:
        started.append(ServerProcess.start(data, **environment))
        return started[-1]

    yield start
    for each in started:
        each.kill()


@pytest.fixture(scope="session")
def elasticsearch_url() -> Iterator[str]:
    """The address of a real Elasticsearch, one for the whole run. CI does without none of the tests that want it."""
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(running_elasticsearch())
        except NoElasticsearch as e:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(e))
        yield url


@pytest.fixture(scope="session")
def redis_url() -> Iterator[str]:
    """The address of a real Redis, one for the whole run: each test empties it first."""
    with contextlib.ExitStack() as stack:
        try:
            url = stack.enter_context(running_redis())
        except NoRedis as e:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(e))
        yield url


@pytest.fixture(scope="session")
def postgresql() -> Iterator[PostgresServer]:
    """A real PostgreSQL, one for the whole run. CI does without none of the tests that want it."""
    with contextlib.ExitStack() as stack:
        try:
            server = stack.enter_context(running_postgresql())
        except NoPostgresql as e:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(e))
        yield server
