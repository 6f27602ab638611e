"""The service with its catalogue in PostgreSQL, from the first start to the loss of the database."""

import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from sqlalchemy import make_url

from catalogue import api_keys, records
from catalogue.database import open_catalogue
from catalogue.record import Draft
from catalogue.roles import Role
from tests.processes import ServerProcess, belong, eventually
from tests.servers.postgresql import PostgresServer
from tests.servers.proxy import PASS, Fault, Proxy, running_proxy

Start = Callable[..., ServerProcess]


@pytest.fixture
def address(postgresql: PostgresServer) -> Iterator[str]:
    """An empty database."""
    made = postgresql.new_database(migrated=False)
    yield made
    postgresql.drop(made)


@pytest.fixture
def proxy(address: str) -> Iterator[Proxy]:
    """What stands between the service and the database."""
    with running_proxy(address) as proxy:
        yield proxy


def test_of_many_who_add_a_record_at_once_one_does(start_server: Start, address: str, tmp_path: Path) -> None:
    server = start_server(tmp_path / "data", DATABASE_URL=address)
    catalogue = open_catalogue(address)
    with catalogue.write() as session:
        key = api_keys.add(session, name="Sync", role=Role.EDITOR, created_by="a test").secret
    catalogue.dispose()
    headers = {"Authorization": f"Bearer {key}", "Content-Type": "application/json", "If-None-Match": "*"}

    def add(number: int) -> int:
        body = json.dumps({"title": f"Zymurgy {number % 2}", "themes": [{"label": "Brewing"}]}).encode()
        return server.get("/api/v1/records/zymurgy", method="PUT", headers=headers, body=body).status

    with ThreadPoolExecutor(8) as threads:
        assert sorted(threads.map(add, range(8))) == [201] + [412] * 7
    assert eventually(lambda: server.total("q=zymurgy&theme=brewing") == 1, within=5) is not None


def test_the_service_runs_from_an_empty_database_on(start_server: Start, address: str, tmp_path: Path) -> None:
    data = tmp_path / "data"
    server = start_server(data, DATABASE_URL=address)
    assert server.total("") == 28
    assert not (data / "catalogue.sqlite").exists()
    catalogue = open_catalogue(address)
    with catalogue.write() as session:
        id_ = records.save(session, Draft(title="Zymurgy")).id
    assert eventually(lambda: server.total("q=zymurgy") == 1, within=5) is not None
    assert "Zymurgy" in server.get(f"/records/{id_}").text
    with catalogue.write() as session:
        records.delete(session, id_)
    catalogue.dispose()
    assert eventually(lambda: server.total("q=zymurgy") == 0, within=5) is not None
    assert server.get(f"/records/{id_}").status == 410
    file = tmp_path / "more.jsonl"
    file.write_text("".join(f'{{"title": "Quixotry {at}"}}\n' for at in range(300)))
    done = belong(data, "import", "--json", file, DATABASE_URL=address)
    assert (done.returncode, json.loads(done.stdout)["added"]) == (0, 300), done.stderr
    assert server.total("q=quixotry") == 300
    assert belong(data, "reindex", DATABASE_URL=address).returncode == 0
    assert eventually(lambda: server.total("") == 328, within=5) is not None
    assert belong(data, "reconcile", DATABASE_URL=address).returncode == 0
    for odd in ("/records/a%00b", "/api/v1/records/a%00b", "/api/v1/search?theme=a%00b"):
        assert server.get(odd).status < 500
    assert server.get("/readyz").json["parts"]["catalogue"]["status"] == "up"
    assert not any(line["level"] == "error" for line in server.lines())


def test_a_database_that_falls_silent_is_said_within_seconds_and_found_again(
    start_server: Start, address: str, proxy: Proxy, tmp_path: Path
) -> None:
    through = make_url(address).set(host="127.0.0.1", port=proxy.port, password="s3cr3t")
    server = start_server(tmp_path / "data", DATABASE_URL=through.render_as_string(hide_password=False))
    record = f"/records/{server.get('/api/v1/search?size=1').json['hits'][0]['id']}"
    assert server.get(record).status == 200
    for fault in (Fault(mute=True), Fault(refuse=True)):
        proxy.set(fault)
        start = time.monotonic()
        answer = server.get(record)
        assert (answer.status, time.monotonic() - start < 10) == (503, True)
        assert int(answer.headers["Retry-After"]) > 0
        assert server.get("/api/v1/search?q=cohesion").status == 200
        proxy.set(PASS)
        assert eventually(lambda: server.get(record).status == 200, within=15) is not None
    log = server.log.read_text()
    assert "cannot be used" in log
    assert "s3cr3t" not in log


def test_a_database_that_cannot_be_reached_is_said_in_one_line(tmp_path: Path) -> None:
    done = belong(tmp_path / "data", "status", DATABASE_URL="postgresql://belong:s3cr3t@127.0.0.1:1/belong")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("belong: The catalogue at postgresql://belong:***@127.0.0.1:1/belong cannot be used")
    assert "Check that PostgreSQL runs there" in done.stderr
    assert done.stderr.count("\n") == 1
    assert "s3cr3t" not in done.stderr
