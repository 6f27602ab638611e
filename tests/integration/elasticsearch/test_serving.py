"""`belong serve` while Elasticsearch hangs or is killed: who needs no search does not wait for those who do."""

import re
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.integration.elasticsearch.conftest import SearchedLibrary
from tests.processes import Answer, ServerProcess, eventually
from tests.servers.proxy import PASS, Fault, Proxy, running_proxy

SEARCH = "/api/v1/search?q=cohesion"


@pytest.fixture(scope="module")
def proxy(elasticsearch_url: str) -> Iterator[Proxy]:
    with running_proxy(elasticsearch_url) as proxy:
        yield proxy


@pytest.fixture(scope="module")
def running(shared: SearchedLibrary, proxy: Proxy) -> Iterator[ServerProcess]:
    """One process of four threads, as small as a service gets by default."""
    environment = shared.environment(f"http://127.0.0.1:{proxy.port}")
    del environment["BELONG_DATA"]
    with ServerProcess.started(shared.data, **environment, WEB_PROCESSES="1", WEB_THREADS="4") as running:
        yield running


@pytest.fixture
def server(running: ServerProcess, proxy: Proxy) -> Iterator[ServerProcess]:
    """It has asked Elasticsearch already, and is asked to break nothing for the next test."""
    yield running
    proxy.set(PASS)
    assert eventually(lambda: running.get(SEARCH).status == 200, within=10)


def timed(ask: Callable[[], Answer]) -> tuple[float, Answer]:
    start = time.monotonic()
    answer = ask()
    return time.monotonic() - start, answer


def test_record_pages_stay_quick_while_twenty_searches_hang(server: ServerProcess, proxy: Proxy) -> None:
    record = server.get(SEARCH).json["hits"][0]["url"]
    proxy.set(Fault(swallow=True))
    with ThreadPoolExecutor(20) as people:
        searches = [people.submit(timed, lambda: server.get(SEARCH)) for _ in range(20)]
        time.sleep(0.1)
        records: list[float] = []
        while not all(search.done() for search in searches):
            seconds, answer = timed(lambda: server.get(record))
            assert answer.status == 200
            records.append(seconds)
    assert len(records) > 20
    # The searches that come first wait for a place, a quarter of a second between them.
    assert max(records) < 1
    assert sorted(records)[len(records) // 2] < 0.1
    for seconds, answer in (search.result() for search in searches):
        assert (answer.status, answer.headers["Content-Type"]) == (503, "application/problem+json")
        assert int(answer.headers["Retry-After"]) > 0
        assert seconds < 3
    # No more than those that found a place had to wait for the time-out.
    assert sum(search.result()[0] > 1.5 for search in searches) <= 3


def test_an_engine_killed_during_use_costs_nobody_more_than_an_honest_no(server: ServerProcess, proxy: Proxy) -> None:
    total = server.get(SEARCH).json["total"]
    stopping, answers = threading.Event(), list[tuple[float, Answer]]()

    def search() -> None:
        while not stopping.is_set():
            answers.append(timed(lambda: server.get("/search?q=cohesion")))

    people = [threading.Thread(target=search) for _ in range(4)]
    for person in people:
        person.start()
    try:
        assert eventually(lambda: len(answers) > 20, within=20)
        proxy.set(Fault(refuse=True))
        killed_at = len(answers)
        assert eventually(lambda: len(answers) > killed_at + 50, within=20)
        proxy.set(PASS)
        back = eventually(lambda: server.get(SEARCH).status == 200, within=10)
    finally:
        stopping.set()
        for person in people:
            person.join()
    assert back is not None
    assert back < 4
    assert server.get(SEARCH).json["total"] == total
    assert {answer.status for _, answer in answers} == {200, 503}
    assert max(seconds for seconds, _ in answers) < 2.5
    for _, answer in answers:
        found = f"{total} resources for “cohesion”"
        heading = found if answer.status == 200 else "Search is not answering"
        assert re.findall(r"<h1>(.*?)</h1>", answer.text) == [heading]
