"""An engine that is gone, slow, cut off, busy, read-only or wiped, while people edit and search."""

import http.client
import json
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.faults.place import Library, Place
from tests.faults.traffic import traffic
from tests.processes import eventually
from tests.servers.bulk_proxy import Bulks, running_bulk_proxy
from tests.servers.proxy import PASS, Fault, Proxy, running_proxy


@pytest.fixture
def proxy(elasticsearch_url: str) -> Iterator[Proxy]:
    with running_proxy(elasticsearch_url) as proxy:
        yield proxy


@pytest.fixture
def library(on_elasticsearch: Place, proxy: Proxy) -> Iterator[Library]:
    """A library with records whose Elasticsearch is reached by the proxy, for searches and by the indexer."""
    library = on_elasticsearch.through(proxy.port).open()
    library.fill_lasting()
    yield library
    library.catalogue.dispose()


@pytest.fixture
def either(place: Place) -> Iterator[Library]:
    """A library with records on either engine."""
    library = place.open()
    library.fill_lasting()
    yield library
    library.writer.close()
    library.catalogue.dispose()


FAULTS = {
    "stopped": (Fault(refuse=True), 1.5),
    "five seconds slower": (Fault(delay=5), 6.0),
    "reset in the middle of an answer": (Fault(reset_after=100), 1.5),
    "answer lost": (Fault(reset_after=0), 1.5),
}


@pytest.mark.parametrize(("fault", "seconds"), FAULTS.values(), ids=FAULTS)
def test_an_engine_in_trouble_loses_nothing(library: Library, proxy: Proxy, fault: Fault, seconds: float) -> None:
    with library.working(), traffic(library) as seen:
        assert eventually(lambda: seen.answered > 3, within=10) is not None
        proxy.set(fault)
        time.sleep(seconds)
        proxy.set(PASS)
        answered = seen.answered
        assert eventually(lambda: seen.answered > answered + 3, within=30) is not None
    assert seen.refused
    library.settle()
    seen.assert_kept(library)
    library.assert_in_step()


def ask(library: Library, method: str, path: str, body: object = None) -> None:
    """One request to Elasticsearch."""
    assert library.place.url is not None
    parts = urlsplit(library.place.url)
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=30)
    connection.request(method, path, json.dumps(body) if body else None, {"Content-Type": "application/json"})
    status = connection.getresponse().status
    connection.close()
    assert status == 200


def test_an_index_that_is_read_only_for_a_while_gets_every_change_later(library: Library) -> None:
    active = f"/{library.place.alias}-{library.engine.generation()}"
    with library.working(), traffic(library) as seen:
        ask(library, "PUT", f"{active}/_settings", {"index.blocks.write": True})
        time.sleep(1)
        waiting = library.waiting()
        ask(library, "PUT", f"{active}/_settings", {"index.blocks.write": False})
    assert waiting
    assert seen.refused == 0
    library.settle()
    seen.assert_kept(library)
    library.assert_in_step()
    assert library.letters() == []


def test_an_index_that_is_wiped_is_made_anew(either: Library) -> None:
    with either.working(), traffic(either) as seen:
        assert eventually(lambda: seen.answered > 3, within=10) is not None
        if either.place.url is None:
            shutil.rmtree(Path(either.place.data) / "index")
        else:
            for generation in either.writer.generations():
                ask(either, "DELETE", f"/{either.place.alias}-{generation}")
        time.sleep(1)
    either.settle()
    seen.assert_kept(either)
    either.assert_in_step()


def test_an_alias_that_is_missing_is_put_back(either: Library) -> None:
    before = either.engine.generation()
    with either.working(), traffic(either) as seen:
        if either.place.url is None:
            (Path(either.place.data) / "index" / "active").unlink()
        else:
            ask(either, "DELETE", f"/{either.place.alias}-{before}/_alias/{either.place.alias}")
        answered = seen.answered
        assert eventually(lambda: seen.answered > answered + 3, within=15) is not None
    assert either.engine.generation() == before
    either.settle()
    seen.assert_kept(either)
    either.assert_in_step()


def test_half_of_each_bulk_is_refused_by_a_busy_engine_for_a_while(
    on_elasticsearch: Place, elasticsearch_url: str
) -> None:
    with running_bulk_proxy(elasticsearch_url) as busy:
        library = on_elasticsearch.through(busy.port).open()
        library.fill_lasting()
        library.fill(40)
        with library.working(), traffic(library) as seen:
            busy.bulks = Bulks.HALF_REFUSED
            assert eventually(lambda: busy.refused > 25, within=10) is not None
            assert library.waiting()
            busy.bulks = Bulks.PASS
        assert seen.refused == 0
        library.settle()
        seen.assert_kept(library)
        library.assert_in_step()
        assert library.letters() == []
        library.catalogue.dispose()
