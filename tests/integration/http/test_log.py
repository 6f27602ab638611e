"""The log of a running service: what can be found in it, and what nobody finds."""

import io
import json
import logging
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from werkzeug.datastructures import MultiDict

from app.factory import create_app
from app.params import parse_page_request
from app.staff.access import open_to_all
from bootstrap.logs import set_up_logging
from bootstrap.services import CatalogueLabels, Services, build_services
from bootstrap.settings import read_settings
from catalogue import api_keys
from catalogue.roles import Role
from search.discovery import Discovery
from search.request import SearchRequest
from search.results import SearchPage
from tests.fakes.engine import FakeEngine
from tests.processes import ServerProcess, belong, eventually
from tests.staff import PASSWORD, add_account

Start = Callable[..., ServerProcess]

# What somebody might look for and nobody else should read.
WORDS = "leaving my husband"
QUERY = urlencode({"q": WORDS})


def answers(server: ServerProcess) -> list[dict[str, Any]]:
    """The lines of its log about answers, in any order."""
    return [line for line in server.lines() if line["event"] == "answered"]


def answer_numbered(server: ServerProcess, number: str) -> dict[str, Any]:
    found: list[dict[str, Any]] = []

    def look() -> bool:
        found[:] = [line for line in answers(server) if line["request_id"] == number]
        return bool(found)

    assert eventually(look, within=5) is not None
    [line] = found
    return line


def test_every_answer_is_a_line_with_its_number_and_without_words_and_address(server: ServerProcess) -> None:
    for path, route, status in (
        (f"/search?{QUERY}", "/search", 200),
        (f"/api/v1/search?{QUERY}&page=0", "/api/v1/search", 400),
        (f"/records/{WORDS.replace(' ', '-')}?{QUERY}", "/records/<path:record_id>", 404),
        (f"/{WORDS.replace(' ', '-')}", None, 404),
    ):
        answer = server.get(path)
        line = answer_numbered(server, answer.headers["X-Request-ID"])
        assert line.keys() == {
            "event", "level", "logger", "timestamp", "request_id", "method", "route", "status", "ms",
        }  # fmt: skip
        assert (line["method"], line["route"], line["status"]) == ("GET", route, status)
        assert 0 < line["ms"] < 10_000
    text = server.log.read_text()
    assert not any(each in text for each in ("leaving", "husband", "127.0.0.1"))


def test_what_programs_ask_all_the_time_is_no_news(server: ServerProcess) -> None:
    for path in ("/healthz", "/readyz", "/metrics", "/static/site.css"):
        assert server.get(path).status == 200
    last = server.get("/help/search").headers["X-Request-ID"]
    assert answer_numbered(server, last)
    told = {line["route"] for line in answers(server)}
    assert not told & {"/healthz", "/readyz", "/metrics", "/static/<path:filename>"}


def test_what_is_no_request_is_a_line_too(server: ServerProcess) -> None:
    answer = server.send(b"hello\r\n\r\n")
    line = answer_numbered(server, answer.headers["X-Request-ID"])
    assert (line["status"], line["ms"]) == (400, None)


def test_words_and_addresses_are_told_where_that_is_wanted(start_server: Start, data: Path) -> None:
    running = start_server(data, LOG_QUERIES="yes", LOG_ADDRESSES="yes")
    line = answer_numbered(running, running.get(f"/search?{QUERY}").headers["X-Request-ID"])
    assert (line["query"], line["address"]) == (QUERY, "127.0.0.1")


def test_the_log_is_read_at_a_terminal_where_that_is_wanted(start_server: Start, data: Path) -> None:
    running = start_server(data, LOG_FORMAT="text")
    number = running.get("/search?q=trust").headers["X-Request-ID"]
    assert eventually(lambda: number in running.log.read_text(), within=5) is not None
    [line] = [line for line in running.log.read_text().splitlines() if number in line]
    assert "method=GET" in line
    assert "status=200" in line
    assert not line.startswith("{")


def test_the_indexer_writes_the_same_lines_with_the_number_of_its_run(start_server: Start, data: Path) -> None:
    running = start_server(data)
    assert belong(data, "reindex").returncode == 0
    assert eventually(lambda: any("made anew as" in line["event"] for line in running.lines()), within=10) is not None
    [line] = [line for line in running.lines() if "made anew as" in line["event"]]
    assert line["logger"] == "indexer.rebuild"
    assert isinstance(line["run"], int)
    assert "request_id" not in line


def test_no_password_key_or_cookie_is_ever_told(start_server: Start, data: Path) -> None:
    built = build_services(read_settings({"BELONG_DATA": str(data)}))
    name = add_account(built, Role.EDITOR)
    with built.catalogue.write() as session:
        made = api_keys.add(session, name="mirror", role=Role.EDITOR, created_by="somebody")
        api_keys.revoke(session, made.key.id)
    built.catalogue.dispose()
    running = start_server(data)
    secret = {"Authorization": f"Bearer {made.secret}", "Cookie": "belong=c00kie-of-somebody"}
    for path in ("/staff/", f"/search?key={made.secret}", "/api/v1/records/x"):
        running.get(path, headers=secret)
        running.get(path, method="PUT", headers=secret)
    body = urlencode({"name": name, "password": PASSWORD}).encode()
    running.send(
        b"POST /staff/sign-in HTTP/1.1\r\nHost: x\r\nConnection: close\r\n"
        b"Content-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)
    )
    assert eventually(lambda: len(answers(running)) >= 7, within=5) is not None
    text = running.log.read_text()
    for each in (made.secret.rpartition("_")[2], PASSWORD, PASSWORD.replace(" ", "+"), "c00kie", name):
        assert each not in text


class FailingEngine(FakeEngine):
    """An engine with a fault that nobody thought of, whose message tells too much."""

    def search(self, request: SearchRequest) -> SearchPage:
        raise RuntimeError(f"cannot read {WORDS} in {Path.cwd()} as elastic:s3cret-of-elastic")


@pytest.fixture
def log(services: Services) -> Iterator[io.StringIO]:
    """The log of the present process, as JSON."""
    root = logging.getLogger()
    before = (root.level, list(root.handlers))
    stream = io.StringIO()
    set_up_logging(services.settings, stream)
    yield stream
    root.setLevel(before[0])
    root.handlers[:] = before[1]
    logging.captureWarnings(capture=False)


@pytest.mark.parametrize("path", ["/search", "/api/v1/search", "/staff/fails"])
def test_an_error_nobody_thought_of_is_told_by_its_number_and_to_operators_only(
    services: Services, log: io.StringIO, path: str
) -> None:
    engine = FailingEngine()
    failing = replace(services, engine=engine, discovery=Discovery(engine, CatalogueLabels(services.catalogue)))
    application = create_app(failing)
    application.add_url_rule(
        "/staff/fails", "staff.fails", open_to_all(lambda: engine.search(parse_page_request(MultiDict())).total)
    )
    answer = application.test_client().get(f"{path}?{QUERY}")
    assert answer.status_code == 500
    assert answer.headers["Cache-Control"] == "no-store"
    for each in ("Traceback", ".py", "husband", "RuntimeError", str(Path.cwd()), "s3cret"):
        assert each not in answer.text
    number = answer.headers["X-Request-ID"]
    assert number in answer.text
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    assert {line["request_id"] for line in lines} == {number}
    [told] = [line for line in lines if line["level"] == "error"]
    assert "RuntimeError: cannot read … in" in told["exception"]
    assert "test_log.py" in told["exception"]
    assert "husband" not in log.getvalue()
