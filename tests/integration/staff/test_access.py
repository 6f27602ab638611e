"""Every route of the staff × the role it needs × who asks."""

import re
from collections.abc import Callable

import pytest
from flask import Flask

from app.staff.access import needed_role, requires
from app.staff.addresses import NUMBER
from app.staff.blueprint import staff
from bootstrap.services import Services
from catalogue.roles import Role
from tests.staff import StaffBrowser

# Route and method -> the least role, None: open to all. Whoever adds a route adds it here.
ROLES: dict[tuple[str, str], Role | None] = {
    ("GET", "/staff/"): Role.VIEWER,
    ("GET", "/staff/now"): Role.VIEWER,
    ("GET", "/staff/account"): Role.VIEWER,
    ("POST", "/staff/account"): Role.VIEWER,
    ("GET", "/staff/keys"): Role.ADMINISTRATOR,
    ("POST", "/staff/keys"): Role.ADMINISTRATOR,
    ("GET", f"/staff/keys/{NUMBER}/revoke"): Role.ADMINISTRATOR,
    ("POST", f"/staff/keys/{NUMBER}/revoke"): Role.ADMINISTRATOR,
    ("GET", "/staff/sign-in"): None,
    ("POST", "/staff/sign-in"): None,
    ("GET", "/staff/sign-in/organisation"): None,
    ("GET", "/staff/sign-in/organisation/done"): None,
    ("POST", "/staff/sign-out"): Role.VIEWER,
    ("GET", "/staff/index/"): Role.VIEWER,
    ("GET", "/staff/index/now"): Role.VIEWER,
    ("GET", "/staff/index/rebuild"): Role.EDITOR,
    ("POST", "/staff/index/rebuild"): Role.EDITOR,
    ("GET", "/staff/index/rollback"): Role.EDITOR,
    ("POST", "/staff/index/rollback"): Role.EDITOR,
    ("POST", "/staff/index/try-again"): Role.EDITOR,
    ("GET", "/staff/index/resync"): Role.EDITOR,
    ("POST", "/staff/index/resync"): Role.EDITOR,
    ("GET", f"/staff/index/marked/{NUMBER}"): Role.VIEWER,
    ("GET", f"/staff/index/marked/{NUMBER}/now"): Role.VIEWER,
    ("GET", "/staff/index/comparison"): Role.VIEWER,
    ("POST", "/staff/index/comparison"): Role.EDITOR,
    ("POST", "/staff/index/comparison/repair"): Role.EDITOR,
    ("GET", "/staff/index/dead-letters"): Role.VIEWER,
    ("POST", "/staff/index/dead-letters"): Role.EDITOR,
    ("GET", "/staff/index/runs"): Role.VIEWER,
    ("GET", f"/staff/index/runs/{NUMBER}"): Role.VIEWER,
    ("GET", f"/staff/index/runs/{NUMBER}/now"): Role.VIEWER,
    ("GET", f"/staff/index/runs/{NUMBER}/records/<kind>"): Role.VIEWER,
    ("GET", f"/staff/index/runs/{NUMBER}/cancel"): Role.EDITOR,
    ("POST", f"/staff/index/runs/{NUMBER}/cancel"): Role.EDITOR,
    ("GET", "/staff/audit-log"): Role.ADMINISTRATOR,
}


def routes(application: Flask) -> dict[tuple[str, str], str]:
    """Every route and method below /staff, with its endpoint; HEAD and OPTIONS are as GET."""
    return {
        (method, rule.rule): rule.endpoint
        for rule in application.url_map.iter_rules()
        if rule.rule.startswith("/staff") or rule.endpoint.startswith("staff.")
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def test_every_route_needs_the_role_that_stands_here(application: Flask) -> None:
    views = application.view_functions
    assert {route: needed_role(views[endpoint]) for route, endpoint in routes(application).items()} == ROLES


def test_nothing_else_answers_below_the_staffs_address_and_nothing_of_the_staff_elsewhere(application: Flask) -> None:
    for route, endpoint in routes(application).items():
        assert route[1].startswith("/staff/")
        assert endpoint.startswith(f"{staff.name}.")


GUARDED = sorted(route for route, role in ROLES.items() if role is not None)


@pytest.mark.parametrize(("method", "path"), GUARDED)
def test_who_is_not_signed_in_is_sent_to_sign_in(browser: StaffBrowser, method: str, path: str) -> None:
    path = re.sub("<[^>]+>", "1", path)
    answer = browser.client.open(path, method=method)
    assert answer.status_code == 303
    onward = f"?next={path}" if method == "GET" else ""
    assert answer.headers["Location"] == f"/staff/sign-in{onward}"


@pytest.fixture
def tried(application: Flask, signed_in: Callable[[Role], StaffBrowser]) -> Callable[[Role], list[int]]:
    """What somebody in a role gets from a route for each of the roles."""
    for role in Role:

        def view() -> str:
            return "done"

        application.add_url_rule(f"/staff/for-{role}", f"staff.for_{role}", requires(role)(view))

    def try_all(role: Role) -> list[int]:
        browser = signed_in(role)
        return [browser.get(f"/staff/for-{each}").status_code for each in Role]

    return try_all


@pytest.mark.parametrize(
    ("role", "answers"),
    [(Role.VIEWER, [200, 403, 403]), (Role.EDITOR, [200, 200, 403]), (Role.ADMINISTRATOR, [200, 200, 200])],
)
def test_a_role_opens_what_it_includes(tried: Callable[[Role], list[int]], role: Role, answers: list[int]) -> None:
    assert tried(role) == answers


def test_whoever_is_in_a_lesser_role_is_told_so_in_plain_words(
    application: Flask, signed_in: Callable[[Role], StaffBrowser]
) -> None:
    application.add_url_rule("/staff/edit", "staff.edit", requires(Role.EDITOR)(lambda: "done"))
    answer = signed_in(Role.VIEWER).get("/staff/edit")
    assert answer.status_code == 403
    assert "This is for editors. You are signed in as viewer@example.org, a viewer." in answer.text
    assert answer.headers["Cache-Control"] == "no-store"


def test_a_view_that_does_not_say_whom_it_is_for_opens_to_nobody(
    application: Flask, signed_in: Callable[[Role], StaffBrowser]
) -> None:
    application.add_url_rule("/staff/forgotten", "staff.forgotten", lambda: "secret")
    answer = signed_in(Role.ADMINISTRATOR).get("/staff/forgotten")
    assert answer.status_code == 500
    assert "secret" not in answer.text


def test_answers_of_the_staffs_pages_are_kept_nowhere_and_shown_in_no_frame(
    signed_in: Callable[[Role], StaffBrowser],
) -> None:
    browser = signed_in(Role.VIEWER)
    for path in ("/staff/", "/staff/account", "/staff/sign-in", "/staff/nothing-here", "/staff"):
        answer = browser.get(path)
        assert (path, answer.headers["Cache-Control"]) == (path, "no-store")
        assert "frame-ancestors 'none'" in answer.headers["Content-Security-Policy"]


def test_the_pages_of_the_library_do_not_depend_on_who_is_signed_in(
    services: Services, signed_in: Callable[[Role], StaffBrowser]
) -> None:
    browser = signed_in(Role.ADMINISTRATOR)
    for path in ("/", "/search?q=trust", "/help/search", "/api/v1/search", "/nothing-here"):
        answer = browser.get(path)
        assert "Vary" not in answer.headers
        assert "Set-Cookie" not in answer.headers
        assert "administrator@example.org" not in answer.text
