"""What programs that watch over the service are told."""

import shutil
import threading
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from bootstrap.services import CatalogueLabels, Services, build_services
from catalogue import generations
from search.discovery import Discovery
from search.request import SearchRequest
from tests.fakes.engine import FakeEngine

Application = Callable[[Services], FlaskClient]


# How indexing goes where nothing is to be done.
INDEXING = {
    "status": "up",
    "pending": 0,
    "oldest_pending_seconds": None,
    "dead_letters": 0,
    "stopped": None,
    "run": None,
}


class HangingEngine(FakeEngine):
    """An engine that answers when it is let."""

    def __init__(self) -> None:
        super().__init__()
        self.may_answer = threading.Event()
        self.asked = 0

    def count(self, request: SearchRequest) -> int:
        self.asked += 1
        self.may_answer.wait(30)
        return super().count(request)


def test_a_service_that_works_is_ready(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.get_json() == {
        "status": "ready",
        "parts": {"catalogue": {"status": "up"}, "search": {"status": "up", "index": "g1"}, "indexing": INDEXING},
    }


def test_without_an_index_it_is_degraded_and_says_why(services: Services, application: Application, data: Path) -> None:
    shutil.rmtree(data / "index")
    answer = application(services).get("/readyz")
    assert answer.status_code == 200
    body = answer.get_json()
    assert (body["status"], body["parts"]["catalogue"]) == ("degraded", {"status": "up"})
    assert body["parts"]["search"] == {"status": "down", "reason": "There is no search index yet"}


def test_with_an_index_that_takes_nothing_it_is_degraded_and_says_why(
    services: Services, application: Application, touch: Callable[[Services], str]
) -> None:
    touch(services)
    with services.catalogue.write() as session:
        generations.stop(session, "disk full", probe_at=datetime.now(UTC))
    answer = application(services).get("/readyz")
    assert (answer.status_code, answer.get_json()["status"]) == (200, "degraded")
    indexing = answer.get_json()["parts"]["indexing"]
    assert (indexing["status"], indexing["reason"]) == ("down", "The index refuses what it is sent: disk full")
    assert indexing["pending"] == 1


def test_the_status_does_not_wait_for_an_engine_that_hangs(services: Services, application: Application) -> None:
    engine = HangingEngine()
    client = application(replace(services, engine=engine))
    start = time.monotonic()
    answer = client.get("/api/v1/status")
    assert time.monotonic() - start < 0.7
    engine.may_answer.set()
    assert (answer.status_code, answer.get_json()["index"], answer.get_json()["records"]) == (200, None, 28)


@pytest.mark.parametrize("without", ["catalogue.sqlite*", "*"], ids=["the catalogue", "anything"])
def test_without_the_catalogue_it_is_down(
    services: Services, application: Application, data: Path, without: str
) -> None:
    services.catalogue.dispose()
    for path in data.glob(without):
        path.unlink() if path.is_file() else shutil.rmtree(path)
    answer = application(build_services(services.settings)).get("/readyz")
    assert answer.status_code == 503
    body = answer.get_json()
    assert (body["status"], body["parts"]["catalogue"]["status"]) == ("down", "down")
    assert "unable to open" in body["parts"]["catalogue"]["reason"]
    assert body["parts"]["search"]["status"] == ("down" if without == "*" else "up")


def test_a_part_that_hangs_is_down_within_a_second_and_asked_once(services: Services, application: Application) -> None:
    engine = HangingEngine()
    client = application(
        replace(services, engine=engine, discovery=Discovery(engine, CatalogueLabels(services.catalogue)))
    )
    for _ in range(2):
        start = time.monotonic()
        answer = client.get("/readyz")
        assert time.monotonic() - start < 1
        assert answer.get_json()["parts"] == {
            "catalogue": {"status": "up"},
            "search": {"status": "down", "reason": "It did not answer within 0.8 seconds"},
            "indexing": INDEXING,
        }
    assert engine.asked == 1
    engine.may_answer.set()
    assert client.get("/readyz").get_json()["status"] == "ready"


def test_a_process_is_alive_whatever_else_is_not(services: Services, application: Application, data: Path) -> None:
    services.catalogue.dispose()
    client = application(services)
    shutil.rmtree(data)
    answer = client.get("/healthz")
    assert (answer.status_code, answer.get_json()) == (200, {"status": "alive"})
