"""Every address of the API × method × who asks."""

import logging
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from app.api.access import needed_role
from app.factory import create_app
from bootstrap.services import Services
from catalogue import api_keys
from catalogue.database import open_catalogue
from catalogue.roles import Role
from tests.staff import StaffBrowser, add_account

KeyFor = Callable[[Services, Role], dict[str, str]]

# Address and method -> the least role, None: open to all. Whoever adds an address adds it here.
ROLES: dict[tuple[str, str], Role | None] = {
    ("GET", "/api/v1/search"): None,
    ("GET", "/api/v1/facets/<name>"): None,
    ("GET", "/api/v1/status"): None,
    ("GET", "/api/v1/suggest"): None,
    ("GET", "/api/v1/openapi.json"): None,
    ("GET", "/api/v1/records/<path:record_id>"): None,
    ("PUT", "/api/v1/records/<path:record_id>"): Role.EDITOR,
    ("DELETE", "/api/v1/records/<path:record_id>"): Role.EDITOR,
    ("GET", "/api/v1/reindexes"): Role.VIEWER,
    ("POST", "/api/v1/reindexes"): Role.EDITOR,
    ("GET", "/api/v1/reindexes/<int(max=999999999):number>"): Role.VIEWER,
    ("POST", "/api/v1/reindexes/<int(max=999999999):number>/cancel"): Role.EDITOR,
}
GUARDED = sorted((method, path, role) for (method, path), role in ROLES.items() if role is not None)


@pytest.fixture
def app(services: Services) -> Flask:
    return create_app(services)


@pytest.fixture
def own(app: Flask) -> FlaskClient:
    """A client over services of its own, which may be changed."""
    return app.test_client()


def filled(path: str) -> str:
    """An address with something in place of what varies."""
    return re.sub("<[^>]+>", "1", path)


def test_every_address_needs_the_role_that_stands_here(app: Flask) -> None:
    found = {
        (method, rule.rule): needed_role(app.view_functions[rule.endpoint])
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }
    assert found == ROLES


def test_an_address_that_writes_and_does_not_say_for_whom_opens_to_nobody(
    services: Services, app: Flask, key_for: KeyFor
) -> None:
    app.add_url_rule("/api/v1/forgotten", "api.forgotten", lambda: "done", methods=["POST"])
    answer = app.test_client().post("/api/v1/forgotten", headers=key_for(services, Role.ADMINISTRATOR))
    assert answer.status_code == 500
    assert "done" not in answer.text


@pytest.mark.parametrize(("method", "path", "role"), GUARDED)
def test_each_role_gets_what_it_may(
    services: Services, own: FlaskClient, key_for: KeyFor, method: str, path: str, role: Role
) -> None:
    for each in Role:
        answer = own.open(filled(path), method=method, headers=key_for(services, each))
        if each.includes(role):
            assert answer.status_code not in {401, 403}
        else:
            assert (answer.status_code, answer.get_json()["role"]) == (403, role)
            assert f'error="insufficient_scope", scope="{role}"' in answer.headers["WWW-Authenticate"]
            assert f"has the role {each}" in answer.get_json()["detail"]


@pytest.mark.parametrize(("method", "path", "role"), GUARDED)
@pytest.mark.parametrize(
    ("header", "detail", "error"),
    [
        pytest.param({}, "This needs a key", False, id="none"),
        pytest.param({"Authorization": ""}, "This needs a key", False, id="empty"),
        pytest.param({"Authorization": "Basic YW5uOnNlY3JldA=="}, "has to be the word Bearer", False, id="basic"),
        pytest.param({"Authorization": "Bearer"}, "has to be the word Bearer", False, id="no key"),
        pytest.param({"Authorization": "Bearer belong_4n84906e_x"}, "no key to the API", True, id="part of a key"),
        pytest.param({"Authorization": "Bearer \xe9\x00"}, "no key to the API", True, id="not ASCII"),
        pytest.param({"Authorization": f"Bearer {'x' * 8000}"}, "no key to the API", True, id="long"),
    ],
)
def test_without_a_key_that_is_good_the_answer_is_401(
    client: FlaskClient, method: str, path: str, role: Role, header: dict[str, str], detail: str, error: bool
) -> None:
    answer = client.open(filled(path), method=method, headers=header)
    assert (answer.status_code, answer.content_type) == (401, "application/problem+json")
    assert detail in answer.get_json()["detail"]
    assert answer.headers["WWW-Authenticate"].startswith('Bearer realm="The Belong library"')
    assert ('error="invalid_token"' in answer.headers["WWW-Authenticate"]) is error


def test_a_key_that_was_revoked_or_has_expired_says_so(services: Services, own: FlaskClient) -> None:
    with services.catalogue.write() as session:
        soon = datetime.now(UTC) + timedelta(milliseconds=50)
        old = api_keys.add(session, name="Schlüssel", role=Role.EDITOR, created_by="a test")
        late = api_keys.add(session, name="Late", role=Role.EDITOR, created_by="a test", expires_at=soon)
        api_keys.revoke(session, old.key.id)
    while datetime.now(UTC) <= soon:
        pass
    for made, reason in ((old, "The key Schlüssel was revoked on"), (late, "The key Late has expired on")):
        answer = own.delete("/api/v1/records/x", headers={"Authorization": f"Bearer {made.secret}"})
        assert answer.status_code == 401
        assert reason in answer.get_json()["detail"]


def test_the_scheme_may_be_written_in_any_case(services: Services, own: FlaskClient, key_for: KeyFor) -> None:
    header = key_for(services, Role.EDITOR)["Authorization"].replace("Bearer ", "bearer   ")
    assert own.delete("/api/v1/records/never-was", headers={"Authorization": header}).status_code == 404


@pytest.mark.parametrize("path", ["/api/v1/search", "/api/v1/status", "/api/v1/records/gone"])
def test_what_is_open_to_all_needs_no_key_and_minds_no_password_of_a_proxy(client: FlaskClient, path: str) -> None:
    asked = [client.get(path, headers={"Authorization": header}) for header in ("", "Basic YW5uOnNlY3JldA==")]
    assert {answer.status_code for answer in asked} <= {200, 410}


def test_a_key_in_the_address_is_no_key(services: Services, own: FlaskClient, key_for: KeyFor) -> None:
    secret = key_for(services, Role.EDITOR)["Authorization"].removeprefix("Bearer ")
    for name in ("key", "access_token", "api_key"):
        assert own.delete("/api/v1/records/x", query_string={name: secret}).status_code == 401


def test_a_sign_in_opens_nothing_here(services: Services, app: Flask) -> None:
    browser = StaffBrowser(client=app.test_client())
    browser.sign_in(add_account(services, Role.ADMINISTRATOR))
    assert browser.is_signed_in
    for method, path, _ in GUARDED:
        assert browser.client.open(filled(path), method=method).status_code == 401


def test_no_page_of_another_site_may_use_a_key(services: Services, own: FlaskClient, key_for: KeyFor) -> None:
    asks = {"Origin": "https://evil.example", "Access-Control-Request-Headers": "authorization, content-type"}
    for method, path, role in GUARDED:
        preflight = own.options(filled(path), headers={**asks, "Access-Control-Request-Method": method})
        answer = own.open(filled(path), method=method, headers={**asks, **key_for(services, role)})
        # Without an answer to the first, no browser sends the key with the second.
        for each in (preflight, answer) if method != "GET" else (preflight,):
            assert not [name for name, _ in each.headers if name.startswith("Access-Control-")]


def test_a_key_stands_in_no_log(
    services: Services, own: FlaskClient, key_for: KeyFor, caplog: pytest.LogCaptureFixture
) -> None:
    header = key_for(services, Role.EDITOR)
    secret = header["Authorization"].removeprefix("Bearer ")
    with caplog.at_level(logging.DEBUG):
        own.delete("/api/v1/records/never-was", headers=header)
        own.put("/api/v1/records/x", headers=header, data=b"{")
        own.delete("/api/v1/records/x", headers={"Authorization": f"Bearer {secret[:-1]}"})
    assert secret[20:-1] not in caplog.text


def test_the_use_of_a_key_is_noted_and_never_in_the_way(services: Services, own: FlaskClient, key_for: KeyFor) -> None:
    header = key_for(services, Role.EDITOR)

    def last_use() -> datetime | None:
        with services.catalogue.read() as session:
            [key] = api_keys.listed(session)
            return key.last_used_at

    assert last_use() is None
    own.delete("/api/v1/records/never-was", headers=header)
    first = last_use()
    assert first is not None
    own.delete("/api/v1/records/never-was", headers=header)
    assert last_use() == first  # within the same minute


def test_a_use_that_cannot_be_noted_is_let_through(
    services: Services, key_for: KeyFor, caplog: pytest.LogCaptureFixture
) -> None:
    header = key_for(services, Role.EDITOR)
    impatient = replace(services, catalogue=open_catalogue(services.settings.database_url, busy_timeout=0.1))
    client = create_app(impatient).test_client()
    with services.catalogue.write() as session:  # nobody else can write meanwhile
        assert api_keys.listed(session)
        answer = client.get("/api/v1/records/gone", headers=header)
    impatient.catalogue.dispose()
    assert answer.status_code == 410
    assert "was not noted" in caplog.text
