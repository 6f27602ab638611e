"""The engines that have to pass, by name, and libraries to search in each of them."""

from collections.abc import Callable
from pathlib import Path

import pytest

from catalogue.record import Record
from tests.conformance.engines import elasticsearch_engine, embedded_engine, new_library
from tests.conformance.library import EngineUnderTest, Library, a_request, eventually

MakeEngine = Callable[[Path], EngineUnderTest]
MakeLibrary = Callable[..., Library]


@pytest.fixture(scope="session", params=["embedded", "elasticsearch"])
def make_engine(request: pytest.FixtureRequest) -> MakeEngine:
    """Makes an engine that holds nothing yet, given a folder of its own."""
    if request.param == "embedded":
        return embedded_engine
    url: str = request.getfixturevalue("elasticsearch_url")
    return lambda folder: elasticsearch_engine(folder, url)


@pytest.fixture
def engine_under_test(make_engine: MakeEngine, tmp_path: Path) -> EngineUnderTest:
    """An engine that holds nothing yet."""
    return make_engine(tmp_path)


@pytest.fixture(scope="session")
def make_library(make_engine: MakeEngine, tmp_path_factory: pytest.TempPathFactory) -> MakeLibrary:
    """Makes a library of its own that holds some records, and can be searched when it is handed over."""

    def make(*records: Record) -> Library:
        made = make_engine(tmp_path_factory.mktemp("engine"))
        library = new_library(made)
        library.put(*records)
        assert eventually(lambda: library.engine.count(a_request()) == len(records))
        library.writer.close()
        return library

    return make


@pytest.fixture
def library(engine_under_test: EngineUnderTest) -> Library:
    """An empty library for tests that write."""
    return new_library(engine_under_test)
