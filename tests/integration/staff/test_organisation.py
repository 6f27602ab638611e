"""Signing in with an organisation, at a real OpenID Connect provider in a process of its own."""

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from app.factory import create_app
from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue import accounts, audit
from catalogue.roles import Role
from tests.servers.openid import NoOpenIdProvider, OpenIdProvider, running_openid_provider
from tests.staff import StaffBrowser, add_account

START = "/staff/sign-in/organisation"
DONE = f"{START}/done"
ANN = "ann@example.org"


@pytest.fixture(scope="module")
def provider() -> Iterator[OpenIdProvider]:
    try:
        with running_openid_provider(f"http://localhost{DONE}") as running:
            yield running
    except NoOpenIdProvider as e:
        (pytest.fail if os.environ.get("CI") else pytest.skip)(str(e))


@pytest.fixture
def services(data: Path, provider: OpenIdProvider) -> Iterator[Services]:
    built = build_services(read_settings({"BELONG_DATA": str(data), **provider.settings()}))
    built.catalogue.migrate()
    yield built
    built.catalogue.dispose()


@pytest.fixture
def arrive(browser: StaffBrowser, provider: OpenIdProvider) -> Callable[..., str]:
    """Signs somebody in at the provider: the address that they are led back to."""

    def arrive(login: str, start: str = START) -> str:
        return provider.sign_in(browser.get(start).headers["Location"], login)

    return arrive


def path_of(address: str) -> str:
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_whoever_was_invited_is_signed_in_and_known_by_the_subject_from_then_on(
    services: Services, browser: StaffBrowser, arrive: Callable[..., str]
) -> None:
    add_account(services, Role.EDITOR, name="Ann@Example.org", password=False)
    answer = browser.get(path_of(arrive(ANN, f"{START}?next=/staff/account")))
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/account")
    page = browser.get("/staff/account").text
    assert "Ann@Example.org" in page
    assert "so you have no password here" in page
    browser.sign_out()
    assert browser.get(path_of(arrive(f"{ANN}#2"))).status_code == 403  # the address went to somebody else
    assert browser.get(path_of(arrive(ANN))).status_code == 303


def test_the_request_has_pkce_a_state_and_a_nonce(browser: StaffBrowser) -> None:
    sent = parse_qs(urlsplit(browser.get(START).headers["Location"]).query)
    assert (sent["response_type"], sent["code_challenge_method"]) == (["code"], ["S256"])
    assert all(len(sent[name][0]) >= 20 for name in ("state", "nonce", "code_challenge"))
    assert sent["redirect_uri"] == [f"http://localhost{DONE}"]


REFUSED = {
    "nobody invited": ("ben@example.org", "Your organisation says that you are <strong>ben@example.org</strong>"),
    "address not verified": (f"{ANN}#unverified", "did not tell us a mail address of yours that it has verified"),
    "no address": ("#nobody", "did not tell us a mail address"),
}


@pytest.mark.parametrize(("login", "told"), REFUSED.values(), ids=REFUSED.keys())
def test_whoever_has_no_account_is_told_whom_to_ask(
    services: Services, browser: StaffBrowser, arrive: Callable[..., str], login: str, told: str
) -> None:
    add_account(services, Role.ADMINISTRATOR, name=ANN)
    answer = browser.get(path_of(arrive(login)))
    assert answer.status_code == 403
    assert told in answer.text
    assert "Ask an administrator of the library" in answer.text
    assert not browser.is_signed_in
    with services.catalogue.read() as session:
        [entry] = audit.listed(session)
        assert accounts.by_name(session, ANN).issuer is None
    assert (entry.actor, entry.action, entry.detail["subject"]) == (audit.NOBODY, "sign-in.refused", login)


def test_an_answer_counts_once_and_only_in_the_browser_that_asked(
    services: Services, browser: StaffBrowser, arrive: Callable[..., str]
) -> None:
    add_account(services, Role.VIEWER, name=ANN)
    answered = path_of(arrive(ANN))
    other = StaffBrowser(client=create_app(services).test_client())
    assert other.get(answered).status_code == 400
    assert browser.get(answered).status_code == 303
    browser.sign_out()
    again = browser.get(answered)
    assert again.status_code == 400
    assert "start it again from the sign-in page" in again.text


@pytest.mark.parametrize(
    "query", ["", "?code=x&state=y", "?error=access_denied&error_description=%3Cscript%3E", "?state=y"]
)
def test_an_answer_that_belongs_to_nothing_is_refused_without_repeating_it(browser: StaffBrowser, query: str) -> None:
    answer = browser.get(f"{DONE}{query}")
    assert answer.status_code == 400
    assert "You are not signed in" in answer.text
    assert "script&gt;" not in answer.text


def test_a_forged_code_is_refused(browser: StaffBrowser) -> None:
    state = parse_qs(urlsplit(browser.get(START).headers["Location"]).query)["state"][0]
    assert browser.get(f"{DONE}?code=forged&state={state}").status_code == 400


def test_another_issuer_at_the_same_address_is_not_believed(services: Services, provider: OpenIdProvider) -> None:
    assert services.settings.open_id is not None
    elsewhere = replace(services.settings.open_id, issuer=provider.issuer.replace("127.0.0.1", "localhost"))
    settings = replace(services.settings, open_id=elsewhere)
    browser = StaffBrowser(client=create_app(replace(services, settings=settings)).test_client())
    assert browser.get(START).status_code == 503


def test_a_provider_that_is_down_is_told_and_passwords_go_on(services: Services) -> None:
    assert services.settings.open_id is not None
    down = replace(services.settings.open_id, issuer="http://127.0.0.1:9")
    application = create_app(replace(services, settings=replace(services.settings, open_id=down)))
    browser = StaffBrowser(client=application.test_client())
    answer = browser.get(START)
    assert answer.status_code == 503
    assert "Your organisation’s sign-in does not answer" in answer.text
    assert "127.0.0.1" not in answer.text
    assert browser.sign_in(add_account(services, Role.VIEWER)).status_code == 303


def test_the_way_over_the_organisation_is_offered_where_there_is_one(browser: StaffBrowser) -> None:
    assert "Sign in with your organisation" in browser.get("/staff/sign-in").text


def test_without_a_provider_it_is_not(data: Path) -> None:
    built = build_services(read_settings({"BELONG_DATA": str(data)}))
    built.catalogue.migrate()
    browser = StaffBrowser(client=create_app(built).test_client())
    assert "organisation" not in browser.get("/staff/sign-in").text
    assert [browser.get(path).status_code for path in (START, DONE)] == [404, 404]
    built.catalogue.dispose()
