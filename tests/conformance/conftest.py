"""The engines that have to pass, by name, and libraries to search in each of them."""

from collections.abc import Callable, Mapping
from itertools import count
from pathlib import Path
from typing import Final

import pytest

from catalogue.record import Record
from engines.embedded.engine import EmbeddedEngine
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from search.engine import GenerationName
from tests.conformance.library import EngineUnderTest, Library, a_request, eventually


def _embedded(folder: Path) -> EngineUnderTest:
    numbers = count(1)
    generations = GenerationFolders(folder / "index")
    return EngineUnderTest(
        engine=EmbeddedEngine(generations),
        writer=EmbeddedWriter(generations),
        fresh_name=lambda: GenerationName(f"g{next(numbers)}"),
    )


ENGINES: Final[Mapping[str, Callable[[Path], EngineUnderTest]]] = {"embedded": _embedded}

MakeLibrary = Callable[..., Library]


@pytest.fixture(scope="session", params=ENGINES)
def engine_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def engine_under_test(engine_name: str, tmp_path: Path) -> EngineUnderTest:
    """An engine that holds nothing yet."""
    return ENGINES[engine_name](tmp_path)


@pytest.fixture(scope="session")
def make_library(engine_name: str, tmp_path_factory: pytest.TempPathFactory) -> MakeLibrary:
    """Makes a library of its own that holds some records, and can be searched when it is handed over."""

    def make(*records: Record) -> Library:
        made = ENGINES[engine_name](tmp_path_factory.mktemp(engine_name))
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


def new_library(made: EngineUnderTest) -> Library:
    generation = made.fresh_name()
    made.writer.create(generation)
    made.writer.activate(generation)
    return Library(engine=made.engine, writer=made.writer, generation=generation)
