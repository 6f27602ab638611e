"""Who asks too often, how that is found out, and what they are told."""

import re
import secrets
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import redis
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from app.factory import create_app
from app.services import services
from bootstrap.services import Services, build_services
from bootstrap.settings import SettingsError, read_settings
from catalogue.roles import Role
from tests.processes import ServerProcess
from tests.servers.proxy import PASS, Fault, Proxy, running_proxy

Build = Callable[..., FlaskClient]

FEW = {"RATE_LIMIT_READING": "3", "RATE_LIMIT_WRITING": "3", "RATE_LIMIT_STAFF": "3", "RATE_LIMIT_SIGN_IN": "3"}


@pytest.fixture
def build(data: Path) -> Iterator[Build]:
    """A client of the application under limits of three a minute, or others."""
    built: list[Services] = []

    def build(**environment: str) -> FlaskClient:
        built.append(build_services(read_settings({"BELONG_DATA": str(data), **FEW, **environment})))
        return create_app(built[-1]).test_client()

    yield build
    for each in built:
        each.catalogue.dispose()


def ask(client: FlaskClient, path: str, address: str = "203.0.113.7", **options: object) -> TestResponse:
    return client.open(path, environ_overrides={"REMOTE_ADDR": address}, buffered=True, **options)  # type: ignore[arg-type]


def statuses(client: FlaskClient, path: str, tries: int = 5, **options: object) -> list[int]:
    return [ask(client, path, **options).status_code for _ in range(tries)]


COUNTED = {
    "pages": ("/help/search", "GET", 200),
    "searches": ("/search?q=trust", "GET", 200),
    "the API": ("/api/v1/search?q=trust", "GET", 200),
    "records": ("/records/nothing-here", "GET", 404),
    "addresses that are none": ("/wp-login.php", "GET", 404),
    "what cannot be read": ("/search?q=%FF", "GET", 400),
    "what may not be done": ("/", "DELETE", 405),
    "the staff's pages": ("/staff/", "GET", 303),
    "signing in": ("/staff/sign-in", "POST", 400),
    "signing in with an organisation": ("/staff/sign-in/organisation", "GET", 404),
}


@pytest.mark.parametrize(("path", "method", "status"), COUNTED.values(), ids=COUNTED.keys())
def test_the_fourth_of_a_minute_is_refused(build: Build, path: str, method: str, status: int) -> None:
    assert statuses(build(), path, method=method) == [status, status, status, 429, 429]


@pytest.mark.parametrize("path", ["/healthz", "/readyz", "/metrics", "/static/site.css", "/widget/v1/belong-search.js"])
def test_programs_that_watch_and_files_are_never_refused(build: Build, path: str) -> None:
    client = build()
    statuses(client, "/help/search")
    assert statuses(client, path) == [200] * 5
    assert "RateLimit" not in ask(client, path).headers


def test_groups_are_counted_apart(build: Build) -> None:
    client = build()
    assert statuses(client, "/search") == [200, 200, 200, 429, 429]
    assert statuses(client, "/staff/sign-in") == [200, 200, 200, 429, 429]
    assert statuses(client, "/staff/sign-in", method="POST") == [400, 400, 400, 429, 429]


def test_a_limit_of_nothing_is_none(build: Build) -> None:
    client = build(RATE_LIMIT_READING="0")
    assert statuses(client, "/search") == [200] * 5
    assert "RateLimit" not in ask(client, "/search").headers


def test_every_answer_says_how_many_are_left(build: Build) -> None:
    client = build()
    left: list[int] = []
    for _ in range(4):
        headers = ask(client, "/search").headers
        assert headers["RateLimit-Policy"] == '"reading";q=3;w=60'
        found = re.fullmatch(r'"reading";r=(\d);t=(\d+)', headers["RateLimit"])
        assert found
        assert 1 <= int(found[2]) <= 60
        left.append(int(found[1]))
    assert left == [2, 1, 0, 0]


def test_whoever_is_refused_by_the_api_is_told_when_to_come_back(build: Build) -> None:
    client = build()
    statuses(client, "/api/v1/status")
    answer = ask(client, "/api/v1/status")
    assert (answer.status_code, answer.content_type) == (429, "application/problem+json")
    seconds = int(answer.headers["Retry-After"])
    assert 1 <= seconds <= 60
    assert answer.headers["Cache-Control"] == "no-store"
    body = answer.get_json()
    assert (body["status"], body["title"]) == (429, "Too many requests")
    assert re.search(rf"Please try again in ({seconds} seconds|a second)\.", body["detail"])


@pytest.mark.parametrize(
    ("path", "method"), [("/search", "GET"), ("/staff/sign-in", "GET"), ("/staff/sign-in", "POST")]
)
def test_whoever_is_refused_a_page_is_told_so_in_plain_words(build: Build, path: str, method: str) -> None:
    client = build()
    statuses(client, path, method=method)
    answer = ask(client, path, method=method)
    assert (answer.status_code, answer.mimetype) == (429, "text/html")
    assert "<h1>Too many requests</h1>" in answer.text
    assert "More is being asked from your network" in answer.text
    assert int(answer.headers["Retry-After"]) >= 1


# Whose request it is


def test_another_address_has_a_limit_of_its_own(build: Build) -> None:
    client = build()
    statuses(client, "/search")
    assert ask(client, "/search", "203.0.113.8").status_code == 200


ALIKE = {
    "one network of IPv6": ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", True),
    "two networks of IPv6": ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
    "IPv4 within IPv6": ("::ffff:203.0.113.7", "203.0.113.7", True),
    "two addresses of IPv4": ("203.0.113.7", "203.0.113.8", False),
    "another zone": ("fe80::1%eth0", "fe80::2%eth0", True),
}


@pytest.mark.parametrize(("one", "other", "alike"), ALIKE.values(), ids=ALIKE.keys())
def test_who_has_many_addresses_has_one_limit(build: Build, one: str, other: str, alike: bool) -> None:
    client = build()
    statuses(client, "/search", address=one)
    assert (ask(client, "/search", other).status_code == 429) is alike


FORGED = {
    "nobody in front": ("0", "{}, 10.0.0.1", True),
    "one server in front": ("1", "{}, 198.51.100.1", True),
    "two servers in front": ("2", "{}, 198.51.100.1, 10.0.0.2", True),
    "what the server in front says": ("1", "{}", False),
}


@pytest.mark.parametrize(("proxies", "header", "refused"), FORGED.values(), ids=FORGED.keys())
def test_a_forged_address_is_no_way_round(build: Build, proxies: str, header: str, refused: bool) -> None:
    client = build(TRUSTED_PROXIES=proxies)
    answers = [
        ask(client, "/search", headers={"X-Forwarded-For": header.format(f"192.0.2.{number}")}).status_code
        for number in range(5)
    ]
    assert (answers == [200, 200, 200, 429, 429]) is refused


@pytest.mark.parametrize("header", ["127.0.0.1", "::1", "127.0.0.1, 127.0.0.1", "localhost", "unknown", "", ","])
def test_nobody_passes_as_this_machine(build: Build, header: str) -> None:
    client = build()
    assert statuses(client, "/search", headers={"X-Forwarded-For": header})[-1] == 429
    behind = build(TRUSTED_PROXIES="1")
    assert statuses(behind, "/search", headers={"X-Forwarded-For": f"{header}, 198.51.100.1"})[-1] == 429


@pytest.mark.parametrize("address", ["127.0.0.1", "::1", "::ffff:127.0.0.1"])
def test_this_machine_itself_is_counted_for_signing_in_only(build: Build, address: str) -> None:
    client = build()
    assert statuses(client, "/search", address=address) == [200] * 5
    assert statuses(client, "/staff/", address=address) == [303] * 5
    assert statuses(client, "/staff/sign-in", address=address, method="POST")[-1] == 429


def test_a_server_in_front_that_was_forgotten_is_told_once(build: Build, caplog: pytest.LogCaptureFixture) -> None:
    client = build()
    statuses(client, "/search", address="127.0.0.1", headers={"X-Forwarded-For": "203.0.113.7"})
    assert [record.message for record in caplog.records].count(
        "A server in front passes requests on from this machine, but TRUSTED_PROXIES is 0: nobody is counted"
    ) == 1


def test_keys_are_counted_wherever_they_are_used(
    build: Build, key_for: Callable[[Services, Role], dict[str, str]]
) -> None:
    client = build(RATE_LIMIT_WRITING="2")
    with client.application.app_context():
        ours, others = (key_for(services(), role) for role in (Role.EDITOR, Role.ADMINISTRATOR))

    def write(number: int, key: dict[str, str]) -> TestResponse:
        return ask(client, f"/api/v1/records/r{number}", f"203.0.113.{number}", method="PUT", json={}, headers=key)

    answers = [write(number, ours) for number in range(4)]
    assert [answer.status_code for answer in answers] == [422, 422, 429, 429]  # a record needs a title
    assert answers[1].headers["RateLimit-Policy"] == '"writing";q=2;w=60, "key";q=2;w=60'
    assert re.fullmatch(r'"writing";r=1;t=\d+, "key";r=0;t=\d+', answers[1].headers["RateLimit"])
    assert "More is being asked with this key than" in answers[3].get_json()["detail"]
    assert int(answers[3].headers["Retry-After"]) >= 1
    assert write(9, others).status_code == 422


def test_keys_are_not_guessed_without_end(build: Build) -> None:
    client = build()
    headers = {"Authorization": f"Bearer belong_00000000_{'x' * 43}"}
    answers = [ask(client, "/api/v1/records/r", method="PUT", json={}, headers=headers).status_code for _ in range(5)]
    assert answers == [401, 401, 401, 429, 429]


# Redis


@pytest.fixture
def proxy(redis_url: str) -> Iterator[Proxy]:
    """What stands between the application and Redis."""
    with redis.Redis.from_url(redis_url) as server:
        server.flushall()
    with running_proxy(redis_url) as proxy:
        yield proxy


@pytest.fixture
def with_redis(build: Build, proxy: Proxy) -> Build:
    """Builds a client of an application that counts in Redis."""
    return lambda **environment: build(
        ENGINE="elasticsearch",
        ELASTICSEARCH_ALIAS=f"limits{secrets.token_hex(4)}",
        REDIS_URL=f"redis://127.0.0.1:{proxy.port}/0",
        **environment,
    )


def test_all_processes_count_together_in_redis(with_redis: Build) -> None:
    one, other = with_redis(), with_redis()
    assert [ask(client, "/help/search").status_code for client in (one, other, one, other)] == [200, 200, 200, 429]


@pytest.mark.parametrize(
    "fault", [Fault(mute=True), Fault(refuse=True), Fault(delay=3)], ids=["is mute", "refuses", "is slow"]
)
def test_a_redis_that_fails_costs_half_a_second_once_and_no_answer(
    with_redis: Build, proxy: Proxy, fault: Fault, caplog: pytest.LogCaptureFixture
) -> None:
    client = with_redis()
    assert ask(client, "/help/search").status_code == 200
    proxy.set(fault)
    start = time.monotonic()
    assert statuses(client, "/help/search") == [200, 200, 200, 429, 429]  # counted by this process meanwhile
    assert time.monotonic() - start < 1
    said = [record for record in caplog.records if record.name == "app.windows"]
    assert len(said) == 1
    assert "each process counts requests for itself" in said[0].message
    proxy.set(PASS)


def test_what_stands_in_redis_is_gone_after_two_minutes(with_redis: Build, redis_url: str) -> None:
    ask(with_redis(), "/help/search")
    with redis.Redis.from_url(redis_url) as server:
        keys = server.keys("*")
        assert len(keys) == 1
        assert 0 < server.ttl(keys[0]) <= 120


# Settings, and a real server


@pytest.mark.parametrize("value", ["-1", "1.5", "many", "1000001"])
def test_a_limit_that_is_none_is_said(value: str) -> None:
    with pytest.raises(SettingsError, match=r"RATE_LIMIT_READING is '.*', but has to be a whole number from 0"):
        read_settings({"RATE_LIMIT_READING": value})


def test_a_real_server_counts_by_what_its_proxy_says(start_server: Callable[..., ServerProcess], data: Path) -> None:
    running = start_server(data, TRUSTED_PROXIES="1", WEB_PROCESSES="1", RATE_LIMIT_READING="3")
    first = {"X-Forwarded-For": "203.0.113.7"}
    assert [running.get("/search?q=trust", headers=first).status for _ in range(4)] == [200, 200, 200, 429]
    assert running.get("/search?q=trust", headers={"X-Forwarded-For": "203.0.113.8"}).status == 200
