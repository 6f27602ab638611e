import secrets
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.faults.place import Library, Place, make_place

ENGINES = ("embedded", "elasticsearch")


@pytest.fixture(params=ENGINES)
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Place:
    """A library without records, on each engine."""
    url = None if request.param == "embedded" else request.getfixturevalue("elasticsearch_url")
    return make_place(tmp_path / "data", url, f"faults{secrets.token_hex(6)}")


@pytest.fixture
def library(place: Place) -> Iterator[Library]:
    library = place.open()
    yield library
    library.writer.close()
    library.catalogue.dispose()


@pytest.fixture
def on_elasticsearch(elasticsearch_url: str, tmp_path: Path) -> Place:
    return make_place(tmp_path / "data", elasticsearch_url, f"faults{secrets.token_hex(6)}")


@pytest.fixture
def embedded(tmp_path: Path) -> Place:
    return make_place(tmp_path / "data", None, "unused")


MakeLibrary = Callable[[Place], Library]
