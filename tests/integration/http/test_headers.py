"""What every answer carries, whoever gives it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from app.headers import content_security_policy
from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from tests.processes import ServerProcess

PAGES = ["/", "/search?q=trust", "/records/nothing-here", "/help/search", "/search?page=0", "/nothing", "/records/gone"]
STAFF = ["/staff/", "/staff/sign-in", "/staff/nothing"]
API = ["/api/v1/search?q=trust", "/api/v1/search?page=0", "/api/v1/openapi.json", "/api/v1/nothing", "/api/v1/status"]
OTHERS = ["/static/site.css", "/static/nothing", "/healthz", "/readyz", "/metrics", "/%FF"]


@pytest.mark.parametrize("path", PAGES + STAFF + API + OTHERS)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_every_answer_says_what_it_may_do_in_a_browser(client: FlaskClient, path: str, method: str) -> None:
    headers = client.open(path, method=method, buffered=True).headers
    policy = dict(part.split(" ", 1) for part in headers["Content-Security-Policy"].split("; "))
    assert policy["default-src"] == "'none'"
    assert policy["script-src"] == policy["style-src"] == "'self'"
    assert policy["require-trusted-types-for"] == "'script'"
    assert policy["trusted-types"] == policy["base-uri"] == policy["frame-ancestors"] == "'none'"
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Cross-Origin-Opener-Policy"] == "same-origin"
    assert "camera=()" in headers["Permissions-Policy"]
    assert headers["Referrer-Policy"] == "strict-origin-when-cross-origin"
    assert headers["Cross-Origin-Resource-Policy"] == (
        "cross-origin" if path.startswith(("/api/", "/static/", "/widget/")) else "same-origin"
    )


@pytest.mark.parametrize("blueprint", [None, "pages", "staff", "api", "health"])
def test_nobody_shows_our_pages_in_a_frame(blueprint: str | None) -> None:
    assert content_security_policy(blueprint).endswith("; frame-ancestors 'none'")


@pytest.fixture
def client_with(data: Path) -> Callable[..., FlaskClient]:
    """A client of the application under some settings."""

    def build(**environment: str) -> FlaskClient:
        return create_app(build_services(read_settings({"BELONG_DATA": str(data), **environment}))).test_client()

    return build


@pytest.mark.parametrize(("site", "sent"), [({"SITE_URL": "https://library.example.org"}, True), ({}, False)])
def test_browsers_are_told_to_come_by_https_only_where_that_is_known_to_work(
    client_with: Callable[..., FlaskClient], site: dict[str, str], sent: bool
) -> None:
    headers = client_with(**site).get("/help/search").headers
    assert headers.get("Strict-Transport-Security") == ("max-age=31536000" if sent else None)


def test_every_answer_has_a_number_of_its_own(client: FlaskClient) -> None:
    numbers = [client.get(path, buffered=True).headers["X-Request-ID"] for path in PAGES + STAFF + API + OTHERS]
    assert len(set(numbers)) == len(numbers)
    assert all(len(number) == 16 for number in numbers)


@pytest.mark.parametrize("path", ["/nothing", "/search?page=0", "/staff/nothing", "/records/gone-and-never-been"])
def test_a_page_that_says_what_went_wrong_names_the_number(client: FlaskClient, path: str) -> None:
    answer = client.get(path)
    assert f"reference {answer.headers['X-Request-ID']}" in answer.text


def test_a_problem_of_the_api_names_the_number(client: FlaskClient) -> None:
    answer = client.get("/api/v1/search?page=0")
    assert answer.get_json()["request_id"] == answer.headers["X-Request-ID"]


@pytest.mark.parametrize(
    ("proxies", "given", "taken"),
    [
        pytest.param("0", "1234567890abcdef", False, id="nobody is trusted"),
        pytest.param("1", "1234567890abcdef", True, id="a proxy"),
        pytest.param("1", "0af76519-16cd-43dd-8448-eb211c80319c", True, id="a proxy with uuids"),
        pytest.param("1", "short", False, id="too short"),
        pytest.param("1", "a" * 65, False, id="too long"),
        pytest.param("1", "<script>alert(1)</script>", False, id="markup"),
        pytest.param("1", "12345678 level=error", False, id="a blank"),
        pytest.param("1", '12345678","level":"error', False, id="JSON"),
    ],
)
def test_a_number_is_taken_from_a_server_in_front_that_is_trusted(
    client_with: Callable[..., FlaskClient], proxies: str, given: str, taken: bool
) -> None:
    answer = client_with(TRUSTED_PROXIES=proxies).get("/nothing", headers={"X-Request-ID": given})
    assert (answer.headers["X-Request-ID"] == given) is taken
    assert (given in answer.text) is taken


@pytest.mark.parametrize(
    "raw",
    [
        b"GET / HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"GET /static/site.css HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n",
        b"hello\r\n\r\n",
        b"GET /api/ HTTP/9\r\n\r\n",
    ],
    ids=["a page", "a file", "a word", "another version"],
)
def test_no_answer_says_what_the_server_is_made_of(server: ServerProcess, raw: bytes) -> None:
    answer = server.send(raw)
    assert "Server" not in answer.headers
    assert "gunicorn" not in f"{answer.headers} {answer.text}".casefold()
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["X-Request-ID"]


def test_headers_of_a_view_go_before(services: Services) -> None:
    application = create_app(services)
    application.add_url_rule("/own", "own", lambda: ("", {"Cross-Origin-Resource-Policy": "cross-origin"}))
    assert application.test_client().get("/own").headers["Cross-Origin-Resource-Policy"] == "cross-origin"
