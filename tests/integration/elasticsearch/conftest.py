"""The web application on a real Elasticsearch, with the sample library under an alias of its own."""

import secrets
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from elasticsearch import Elasticsearch
from flask.testing import FlaskClient

from app.factory import create_app
from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from tests.servers.proxy import Proxy, running_proxy


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchedLibrary:
    """A catalogue and the alias that it is searched under."""

    data: Path
    alias: str

    def environment(self, url: str) -> dict[str, str]:
        """The settings of a service on it, with Elasticsearch at an address."""
        return {
            "BELONG_DATA": str(self.data),
            "ENGINE": "elasticsearch",
            "ELASTICSEARCH_URL": url,
            "ELASTICSEARCH_ALIAS": self.alias,
            "ELASTICSEARCH_REFRESH": "100",
        }


MakeLibrary = Callable[[Path], SearchedLibrary]
OpenServices = Callable[[SearchedLibrary, str], Services]


@pytest.fixture(scope="session")
def cluster(elasticsearch_url: str) -> Iterator[Elasticsearch]:
    """The server itself, for what no service of ours does to it."""
    client = Elasticsearch(elasticsearch_url)
    yield client
    client.close()


@pytest.fixture(scope="session")
def make_library(sample_data: Path, elasticsearch_url: str, cluster: Elasticsearch) -> Iterator[MakeLibrary]:
    """Makes the sample library in a folder and an alias of its own, indexed."""
    made: list[SearchedLibrary] = []

    def make(folder: Path) -> SearchedLibrary:
        data = Path(shutil.copytree(sample_data, folder / "data", ignore=shutil.ignore_patterns("index")))
        library = SearchedLibrary(data=data, alias=f"trouble{secrets.token_hex(6)}")
        made.append(library)
        built = build_services(read_settings(library.environment(elasticsearch_url)))
        assert built.indexer.catch_up()
        built.catalogue.dispose()
        return library

    yield make
    for library in made:
        names = cluster.indices.get(index=[library.alias, f"{library.alias}-*"], ignore_unavailable=True).body
        for name in names:
            cluster.indices.delete(index=name)


@pytest.fixture(scope="session")
def shared(make_library: MakeLibrary, tmp_path_factory: pytest.TempPathFactory) -> SearchedLibrary:
    """A library for tests that change nothing in it."""
    return make_library(tmp_path_factory.mktemp("shared"))


@pytest.fixture
def own(make_library: MakeLibrary, tmp_path: Path) -> SearchedLibrary:
    """A library to be broken at will."""
    return make_library(tmp_path)


@pytest.fixture
def proxy(elasticsearch_url: str) -> Iterator[Proxy]:
    """What stands between a service and the server."""
    with running_proxy(elasticsearch_url) as proxy:
        yield proxy


@pytest.fixture
def open_services() -> Iterator[OpenServices]:
    """The parts of a service that has not asked anything yet."""
    opened: list[Services] = []

    def open_(library: SearchedLibrary, url: str) -> Services:
        opened.append(build_services(read_settings(library.environment(url))))
        return opened[-1]

    yield open_
    for each in opened:
        each.catalogue.dispose()


@pytest.fixture
def behind_proxy(shared: SearchedLibrary, proxy: Proxy, open_services: OpenServices) -> FlaskClient:
    """The application on the shared library, whose every request to Elasticsearch goes through the proxy."""
    return create_app(open_services(shared, f"http://127.0.0.1:{proxy.port}")).test_client()
