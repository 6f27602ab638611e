"""Making the index anew, as another system asks for it and watches it."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient

from app.api.schemas import ReindexesSchema, ReindexSchema
from app.factory import create_app
from bootstrap.services import Services
from catalogue import audit, runs
from catalogue.roles import Role
from catalogue.runs import RunKind, RunState
from tests.processes import ServerProcess, eventually

PLACE = "/api/v1/reindexes"
KeyFor = Callable[[Services, Role], dict[str, str]]


@pytest.fixture
def client(services: Services, key_for: KeyFor) -> FlaskClient:
    """A client that shows a key of an editor with every request: Key 1."""
    client = create_app(services).test_client()
    client.environ_base["HTTP_AUTHORIZATION"] = key_for(services, Role.EDITOR)["Authorization"]
    return client


def start(services: Services, kind: RunKind = RunKind.REBUILD) -> int:
    with services.catalogue.write() as session:
        return runs.start(session, kind, started_by="ann")


def test_the_index_is_made_anew_and_watched(services: Services, client: FlaskClient) -> None:
    asked = client.post(PLACE)
    assert asked.status_code == 202
    place = asked.headers["Location"]
    assert (asked.get_json()["url"], asked.get_json()["state"]) == (place, "requested")
    assert asked.get_json()["started_by"] == "API key Key 1"
    assert ReindexSchema().validate(asked.get_json()) == {}
    services.indexer.catch_up()
    done = client.get(place).get_json()
    assert (done["state"], done["index"], done["done"], done["total"], done["error"]) == ("done", "g2", 28, 28, None)
    assert client.get("/api/v1/status").get_json()["index"] == "g2"
    with services.catalogue.read() as session:
        [entry] = audit.listed(session)
    assert (entry.actor, entry.action) == ("API key Key 1", "rebuild.started")


def test_progress_has_a_rate_and_the_time_that_is_left(services: Services, client: FlaskClient) -> None:
    number = start(services)
    moment = datetime.now(UTC)
    with services.catalogue.write() as session:
        run = runs.claim(session, now=moment - timedelta(seconds=10), lease=timedelta(seconds=60))
        assert run is None  # asked for only now
        run = runs.claim(session, now=moment + timedelta(seconds=1), lease=timedelta(seconds=60))
        assert run is not None
        runs.note(session, run, state=RunState.FILLING, done=7, total=28, started_at=moment - timedelta(seconds=2))
    body = client.get(f"{PLACE}/{number}").get_json()
    assert (body["state"], body["done"], body["total"]) == ("filling", 7, 28)
    assert 0 < body["per_second"] < 4
    assert 5 < body["seconds_left"] < 60
    assert ReindexSchema().validate(body) == {}


@pytest.mark.parametrize("kind", [RunKind.REBUILD, RunKind.ROLLBACK])
def test_while_one_is_under_way_none_is_started_and_that_one_is_named(
    services: Services, client: FlaskClient, kind: RunKind
) -> None:
    number = start(services, kind)
    answer = client.post(PLACE)
    assert (answer.status_code, answer.content_type) == (409, "application/problem+json")
    problem = answer.get_json()
    assert problem["running"] == f"{PLACE}/{number}"
    assert problem["detail"] == f"A {kind} is under way already, number {number}, started by ann."
    assert client.get(problem["running"]).get_json()["kind"] == kind


def test_of_many_who_ask_at_once_one_starts_it(client: FlaskClient) -> None:
    app, key = client.application, client.environ_base["HTTP_AUTHORIZATION"]
    with ThreadPoolExecutor(4) as threads:
        answers = threads.map(lambda _: app.test_client().post(PLACE, headers={"Authorization": key}), range(8))
        assert sorted(answer.status_code for answer in answers) == [202] + [409] * 7


def test_they_are_listed_from_the_newest_on_page_by_page(services: Services, client: FlaskClient) -> None:
    [first] = client.get(PLACE).get_json()["reindexes"]  # the sample library's own
    assert client.get(f"{PLACE}?before={first['number']}").get_json() == {"reindexes": []}
    numbers: list[int] = []
    for _ in range(3):
        number = client.post(PLACE).get_json()["number"]
        client.post(f"{PLACE}/{number}/cancel")
        numbers.append(number)
    with services.catalogue.write() as session:
        runs.start(session, RunKind.RECONCILE, started_by="ann")
    body = client.get(f"{PLACE}?size=2").get_json()
    assert ReindexesSchema().validate(body) == {}
    assert [each["number"] for each in body["reindexes"]] == numbers[:0:-1]
    rest = client.get(f"{PLACE}?size=2&before={numbers[1]}").get_json()["reindexes"]
    assert [each["number"] for each in rest] == [numbers[0], first["number"]]


def test_one_is_given_up_again_and_again(services: Services, client: FlaskClient) -> None:
    place = client.post(PLACE).get_json()["url"]
    answers = [client.post(f"{place}/cancel") for _ in range(2)]
    assert [(answer.status_code, answer.get_json()["state"]) for answer in answers] == [(200, "cancelled")] * 2
    services.indexer.catch_up()
    assert client.get(place).get_json()["state"] == "cancelled"
    assert client.get("/api/v1/status").get_json()["index"] == "g1"
    assert client.post(PLACE).status_code == 202
    with services.catalogue.read() as session:
        actions = [entry.action for entry in audit.listed(session)]
    assert actions == ["rebuild.started", "rebuild.cancelled", "rebuild.started"]


def test_one_that_is_done_is_not_given_up(services: Services, client: FlaskClient) -> None:
    place = client.post(PLACE).get_json()["url"]
    services.indexer.catch_up()
    answer = client.post(f"{place}/cancel")
    assert answer.status_code == 409
    assert "is done: it can no longer be cancelled" in answer.get_json()["detail"]


@pytest.mark.parametrize("number", ["0", "99", "999999999", "1000000000", "9" * 40, "-1", "x", "1.0"])
def test_what_never_was_is_not_found(client: FlaskClient, number: str) -> None:
    assert client.get(f"{PLACE}/{number}").status_code == 404
    assert client.post(f"{PLACE}/{number}/cancel").status_code == 404


def test_a_comparison_is_no_reindex(services: Services, client: FlaskClient) -> None:
    number = start(services, RunKind.RECONCILE)
    assert client.get(f"{PLACE}/{number}").status_code == 404
    assert client.post(f"{PLACE}/{number}/cancel").status_code == 404


@pytest.mark.parametrize("options", [{"json": {}}, {"data": b"x"}, {"data": {"kind": "rebuild"}}], ids=str)
def test_a_body_that_would_mean_nothing_is_refused(client: FlaskClient, options: dict[str, Any]) -> None:
    for path in (PLACE, f"{PLACE}/1/cancel"):
        answer = client.post(path, **options)
        assert (answer.status_code, answer.get_json()["detail"]) == (400, "This takes no body.")
    assert len(client.get(PLACE).get_json()["reindexes"]) == 1


@pytest.mark.parametrize("query", ["size=0", "size=101", "before=0", "before=x", "page=2"])
def test_what_cannot_be_asked_is_refused(client: FlaskClient, query: str) -> None:
    answer = client.get(f"{PLACE}?{query}")
    assert (answer.status_code, answer.get_json()["parameter"]) == (400, query.partition("=")[0])


def test_a_running_server_carries_it_out(
    services: Services, start_server: Callable[..., ServerProcess], key_for: KeyFor
) -> None:
    headers = key_for(services, Role.EDITOR)
    server = start_server(services.settings.data)
    asked = server.get(PLACE, method="POST", headers=headers)
    assert asked.status == 202
    place = asked.headers["Location"]
    assert eventually(lambda: server.get(place, headers=headers).json["state"] == "done", within=20) is not None
    assert server.get("/api/v1/status").json["index"] == "g2"
