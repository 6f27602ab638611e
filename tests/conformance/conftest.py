"""The engines that have to pass, by name, and libraries to search in each of them."""

import re
import secrets
from collections.abc import Callable
from itertools import count
from pathlib import Path

import pytest

from catalogue.record import Record
from engines.elasticsearch.cluster import build_elasticsearch
from engines.elasticsearch.indices import IndexSettings
from engines.embedded.engine import EmbeddedEngine
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from mappings.form import PRESENT, IndexForm
from search.engine import GenerationName
from tests.conformance.library import EngineUnderTest, Library, a_request, eventually


def _embedded(folder: Path) -> EngineUnderTest:
    numbers = count(1)

    def in_release(form: IndexForm) -> EngineUnderTest:
        generations = GenerationFolders(folder / "index", form)
        return EngineUnderTest(
            engine=EmbeddedEngine(generations),
            writer=EmbeddedWriter(generations),
            fresh_name=lambda: GenerationName(f"g{next(numbers)}"),
            in_release=in_release,
        )

    return in_release(PRESENT)


def _elasticsearch(folder: Path, url: str) -> EngineUnderTest:
    """An alias of its own in the one server; a folder's name is unique in a test run."""
    numbers = count(1)
    alias = f"{re.sub('[^a-z0-9]', '', folder.name.lower())[-40:]}{secrets.token_hex(4)}"
    settings = IndexSettings(refresh=100)

    def in_release(form: IndexForm) -> EngineUnderTest:
        engine, writer = build_elasticsearch(url=url, api_key=None, ca=None, alias=alias, index=settings, form=form)
        return EngineUnderTest(
            engine=engine,
            writer=writer,
            fresh_name=lambda: GenerationName(f"g{next(numbers)}"),
            in_release=in_release,
        )

    return in_release(PRESENT)


MakeEngine = Callable[[Path], EngineUnderTest]
MakeLibrary = Callable[..., Library]


@pytest.fixture(scope="session", params=["embedded", "elasticsearch"])
def make_engine(request: pytest.FixtureRequest) -> MakeEngine:
    """Makes an engine that holds nothing yet, given a folder of its own."""
    if request.param == "embedded":
        return _embedded
    url: str = request.getfixturevalue("elasticsearch_url")
    return lambda folder: _elasticsearch(folder, url)


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


def new_library(made: EngineUnderTest) -> Library:
    generation = made.fresh_name()
    made.writer.create(generation)
    made.writer.activate(generation)
    return Library(engine=made.engine, writer=made.writer, generation=generation)
