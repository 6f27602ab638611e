"""Signing in with a password, staying so, and signing out."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.factory import create_app
from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue import accounts, audit
from catalogue.passwords import PasswordHash, is_dated
from catalogue.roles import Role
from tests.staff import PASSWORD, StaffBrowser, add_account

COOKIE = "belong"


def log_of(services: Services) -> list[tuple[str, str, str]]:
    """The audit log from its beginning."""
    with services.catalogue.read() as session:
        return [(entry.actor, entry.action, entry.subject) for entry in reversed(audit.listed(session))]


def cookie(browser: StaffBrowser) -> str:
    held = browser.client.get_cookie(COOKIE)
    assert held is not None
    return held.value


def test_the_right_password_signs_in_and_leads_to_where_one_wanted_to_go(
    services: Services, browser: StaffBrowser
) -> None:
    name = add_account(services, Role.EDITOR)
    sent = browser.get("/staff/account?x=1").headers["Location"]
    answer = browser.sign_in(name.upper(), at=sent)
    assert (answer.status_code, answer.headers["Location"]) == (303, "/staff/account?x=1")
    assert name in browser.get("/staff/account").text
    assert log_of(services) == [(name, "sign-in.begun", name)]


@pytest.mark.parametrize("next_", ["//evil.example", "/\\evil.example", "https://evil.example", "/%2Fevil.example"])
def test_signing_in_leads_to_no_other_site(services: Services, browser: StaffBrowser, next_: str) -> None:
    fields = {"name": add_account(services, Role.VIEWER), "password": PASSWORD, "next": next_}
    assert browser.submit("/staff/sign-in", fields).headers["Location"] == "/staff/"
    assert browser.get("/staff/sign-in", query_string={"next": next_}).headers["Location"] == "/staff/"


def refusal(browser: StaffBrowser, name: str, password: str) -> tuple[int, str]:
    answer = browser.sign_in(name, password)
    text = re.sub(r'(name="csrf_token" value)="[^"]*"', "", answer.text)
    return answer.status_code, text.replace(name, "NAME")


def test_a_refusal_does_not_tell_whether_there_is_such_an_account(services: Services, browser: StaffBrowser) -> None:
    name = add_account(services, Role.VIEWER)
    add_account(services, Role.VIEWER, name="without-password", password=False)
    add_account(services, Role.VIEWER, name="gone")
    with services.catalogue.write() as session:
        accounts.set_active(session, "gone", active=False)
    told = {
        refusal(browser, name, "six grey herons wait"),
        refusal(browser, "nobody", PASSWORD),
        refusal(browser, "without-password", PASSWORD),
        refusal(browser, "gone", PASSWORD),
    }
    assert len(told) == 1
    [(status, text)] = told
    assert status == 422
    assert "Name and password do not belong together" in text
    assert not browser.is_signed_in
    failed = [subject for _, action, subject in log_of(services) if action == "sign-in.failed"]
    assert failed == [name, "an unknown name", "without-password", "an unknown name"]


@pytest.mark.parametrize("name", ["viewer@example.org", "nobody"])
def test_the_eleventh_wrong_password_in_a_row_has_to_wait_in_every_process(
    services: Services, application: Flask, name: str
) -> None:
    add_account(services, Role.VIEWER)
    processes = [StaffBrowser(client=each.test_client()) for each in (application, create_app(services))]
    for attempt in range(10):
        assert processes[attempt % 2].sign_in(name, "six grey herons wait").status_code == 422
    for browser in processes:
        answer = browser.sign_in(name, PASSWORD)
        assert answer.status_code == 429
        assert 890 <= int(answer.headers["Retry-After"]) <= 900
        assert "Please wait 15 minutes" in answer.text
        assert name not in answer.text


def test_the_right_password_ends_the_row(services: Services, browser: StaffBrowser) -> None:
    name = add_account(services, Role.VIEWER)
    for _ in range(9):
        browser.sign_in(name, "six grey herons wait")
    assert browser.sign_in(name).status_code == 303
    browser.sign_out()
    assert browser.sign_in(name, "six grey herons wait").status_code == 422


def test_a_form_without_our_token_is_refused_with_what_to_do(services: Services, browser: StaffBrowser) -> None:
    answer = browser.client.post(
        "/staff/sign-in", data={"name": add_account(services, Role.VIEWER), "password": PASSWORD}
    )
    assert answer.status_code == 400
    assert "This form can no longer be sent" in answer.text
    assert "CSRF" not in answer.text


def test_the_token_of_somebody_else_is_refused(services: Services, application: Flask, browser: StaffBrowser) -> None:
    other = StaffBrowser(client=application.test_client()).hidden("/staff/sign-in", "/staff/sign-in")
    browser.get("/staff/sign-in")
    fields = {**other, "name": add_account(services, Role.VIEWER), "password": PASSWORD}
    assert browser.client.post("/staff/sign-in", data=fields).status_code == 400


def test_every_form_of_the_staff_wants_a_token(application: Flask, signed_in: Callable[[Role], StaffBrowser]) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    rules = [rule for rule in application.url_map.iter_rules() if rule.endpoint.startswith("staff.")]
    for rule in rules:
        for method in (rule.methods or set()) & {"POST", "PUT", "PATCH", "DELETE"}:
            address = re.sub(r"<[^>]*>", "1", rule.rule)
            assert (address, browser.client.open(address, method=method).status_code) == (address, 400)


def test_signing_in_gives_the_browser_another_cookie(services: Services, browser: StaffBrowser) -> None:
    name = add_account(services, Role.VIEWER)
    browser.get("/staff/sign-in")
    planted = cookie(browser)
    browser.sign_in(name)
    assert cookie(browser) != planted
    browser.client.set_cookie(COOKIE, planted)
    assert not browser.is_signed_in


def test_a_form_from_before_signing_in_is_worth_nothing_after_it(services: Services, browser: StaffBrowser) -> None:
    name = add_account(services, Role.VIEWER)
    before = browser.hidden("/staff/sign-in", "/staff/sign-in")
    browser.sign_in(name)
    assert browser.client.post("/staff/sign-out", data=before).status_code == 400
    assert browser.is_signed_in


def test_a_copy_of_the_cookie_is_worth_nothing_after_signing_out(services: Services, browser: StaffBrowser) -> None:
    name = add_account(services, Role.VIEWER)
    browser.sign_in(name)
    copied = cookie(browser)
    answer = browser.sign_out()
    assert "You are signed out" in browser.get(answer.headers["Location"]).text
    browser.client.set_cookie(COOKIE, copied)
    assert not browser.is_signed_in
    assert log_of(services)[-1] == (name, "sign-in.ended", name)


@pytest.mark.parametrize("change", ["role", "deactivation"])
def test_what_an_administrator_changes_ends_the_sign_in(
    services: Services, signed_in: Callable[[Role], StaffBrowser], change: str
) -> None:
    browser = signed_in(Role.EDITOR)
    assert browser.is_signed_in
    with services.catalogue.write() as session:
        if change == "role":
            accounts.set_role(session, "editor@example.org", Role.VIEWER)
        else:
            accounts.set_active(session, "editor@example.org", active=False)
    assert not browser.is_signed_in


def test_a_cookie_signed_with_another_key_is_none(
    services: Services, browser: StaffBrowser, application: Flask
) -> None:
    browser.sign_in(add_account(services, Role.VIEWER))
    application.secret_key = "another key, 0123456789abcdef0123"
    assert not browser.is_signed_in


def test_a_password_that_was_kept_in_a_weaker_way_is_kept_anew(services: Services, browser: StaffBrowser) -> None:
    from argon2 import PasswordHasher

    weaker = PasswordHash(PasswordHasher(time_cost=1, memory_cost=1024, parallelism=1).hash(PASSWORD))
    with services.catalogue.write() as session:
        accounts.add(session, name="ann", role=Role.VIEWER, password_hash=weaker)
    assert browser.sign_in("ann").status_code == 303
    with services.catalogue.read() as session:
        kept = accounts.credentials(session, "ann")
    assert kept is not None
    assert kept.password_hash is not None
    assert not is_dated(kept.password_hash)
    assert browser.is_signed_in


# Your account

NEW = "eleven pale moths rest"


def test_a_changed_password_ends_every_other_sign_in(services: Services, application: Flask) -> None:
    name = add_account(services, Role.VIEWER)
    here, elsewhere = (StaffBrowser(client=application.test_client()) for _ in range(2))
    here.sign_in(name)
    elsewhere.sign_in(name)
    before = cookie(here)
    answer = here.submit("/staff/account", {"present": PASSWORD, "wanted": NEW, "again": NEW})
    assert answer.status_code == 303
    assert "Your password is changed" in here.get("/staff/account").text
    assert not elsewhere.is_signed_in
    elsewhere.client.set_cookie(COOKIE, before)
    assert not elsewhere.is_signed_in
    assert elsewhere.sign_in(name, PASSWORD).status_code == 422
    assert elsewhere.sign_in(name, NEW).status_code == 303
    assert (name, "account.password-changed", name) in log_of(services)


REFUSED = {
    "present password is wrong": ({"present": "six grey herons"}, "This is not your present password"),
    "new one is short": ({"wanted": "short", "again": "short"}, "at least 12 characters long"),
    "new one is the name": ({"wanted": "viewer@example.org", "again": "viewer@example.org"}, "something else than"),
    "not the same twice": ({"again": "eleven pale moths rested"}, "This is not the same as the new password"),
    "nothing": ({"wanted": "", "again": ""}, "Enter a new password"),
}


@pytest.mark.parametrize(("fields", "reason"), REFUSED.values(), ids=REFUSED.keys())
def test_what_is_wrong_with_a_new_password_is_said_beside_it(
    signed_in: Callable[[Role], StaffBrowser], fields: dict[str, str], reason: str
) -> None:
    browser = signed_in(Role.VIEWER)
    answer = browser.submit("/staff/account", {"present": PASSWORD, "wanted": NEW, "again": NEW, **fields})
    assert answer.status_code == 422
    assert answer.text.count(reason) == 2  # above the form and beside the field
    assert 'aria-invalid="true"' in answer.text
    assert NEW not in answer.text


def test_a_thief_of_a_sign_in_cannot_try_passwords_without_end(signed_in: Callable[[Role], StaffBrowser]) -> None:
    browser = signed_in(Role.VIEWER)
    fields = {"present": "six grey herons", "wanted": NEW, "again": NEW}
    answers = [browser.submit("/staff/account", fields).status_code for _ in range(11)]
    assert answers == [422] * 10 + [429]


# The cookie

COOKIES = {
    "this machine only": ({}, ["belong=", "HttpOnly", "SameSite=Lax", "Path=/"], ["Secure", "__Host-"]),
    "a network": (
        {"HOST": "0.0.0.0"},
        ["__Host-belong=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"],
        ["Domain"],
    ),
    "behind https": (
        {"SITE_URL": "https://library.example.org"},
        ["__Host-belong=", "Secure", "HttpOnly", "SameSite=Lax", "Path=/"],
        ["Domain"],
    ),
}


@pytest.mark.parametrize(("environment", "parts", "without"), COOKIES.values(), ids=COOKIES.keys())
def test_the_cookie_is_as_safe_as_the_way_to_the_browser_allows(
    data, environment: dict[str, str], parts: list[str], without: list[str]
) -> None:
    built = build_services(read_settings({"BELONG_DATA": str(data), **environment}))
    built.catalogue.migrate()
    header = create_app(built).test_client().get("/staff/sign-in").headers["Set-Cookie"]
    built.catalogue.dispose()
    assert all(part in header for part in parts)
    assert not any(part in header for part in without)


# Whoever stands in front

FORWARDED = {
    "nobody is trusted": ("0", "127.0.0.1", "http"),
    "one proxy": ("1", "10.0.0.2", "https"),
    "two proxies": ("2", "10.0.0.1", "http"),
}


@pytest.mark.parametrize(("proxies", "address", "scheme"), FORWARDED.values(), ids=FORWARDED.keys())
def test_what_is_forged_before_our_own_proxies_is_not_believed(data, proxies: str, address: str, scheme: str) -> None:
    from flask import request

    built = build_services(read_settings({"BELONG_DATA": str(data), "TRUSTED_PROXIES": proxies}))
    application = create_app(built)
    application.add_url_rule("/who", "who", lambda: f"{request.remote_addr} {request.scheme} {request.host}")
    forged = {
        "X-Forwarded-For": "6.6.6.6, 10.0.0.1, 10.0.0.2",
        "X-Forwarded-Proto": "http, https" if proxies != "2" else "http, http, https",
        "X-Forwarded-Host": "evil.example",
    }
    answer = application.test_client().get("/who", headers=forged)
    built.catalogue.dispose()
    assert answer.text == f"{address} {scheme} localhost"
