"""The page of the keys to the API."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from html import unescape

import pytest

from bootstrap.services import Services
from catalogue import api_keys, audit
from catalogue.api_keys import ApiKey
from catalogue.errors import KeyRefused
from catalogue.roles import Role
from tests.staff import StaffBrowser

FIELDS = {"name": "Catalogue sync", "role": "editor", "days": "365"}


@pytest.fixture
def administrator(signed_in: Callable[[Role], StaffBrowser]) -> StaffBrowser:
    return signed_in(Role.ADMINISTRATOR)


def secret_in(text: str) -> str:
    found = re.search(r"<textarea[^>]*>([^<]*)</textarea>", text)
    assert found is not None
    return unescape(found.group(1))


def opened_by(services: Services, secret: str) -> ApiKey:
    with services.catalogue.read() as session:
        return api_keys.shown(session, secret, now=datetime.now(UTC))


def test_a_key_is_shown_once(services: Services, administrator: StaffBrowser) -> None:
    answer = administrator.submit("/staff/keys", FIELDS)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (201, "no-store")
    secret = secret_in(answer.text)
    key = opened_by(services, secret)
    assert (key.name, key.role, key.created_by) == ("Catalogue sync", Role.EDITOR, "administrator@example.org")
    assert key.expires_at is not None
    assert 364 <= (key.expires_at - datetime.now(UTC)).days <= 365
    listed = administrator.get("/staff/keys").text
    assert key.beginning in listed
    assert secret not in listed


def test_a_key_that_never_expires_says_so(services: Services, administrator: StaffBrowser) -> None:
    administrator.submit("/staff/keys", {**FIELDS, "days": "0"})
    assert "never expires" in administrator.get("/staff/keys").text


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"name": ""}, "Enter a name"),
        ({"name": "x"}, "2 to 100 characters"),
        ({"name": "a\u202eb"}, "that can be seen"),
        ({"role": "owner"}, "Not a valid choice"),
        ({"days": "1000000"}, "Not a valid choice"),
    ],
)
def test_what_cannot_be_made_is_said_beside_its_field(
    services: Services, administrator: StaffBrowser, changed: dict[str, str], message: str
) -> None:
    answer = administrator.submit("/staff/keys", {**FIELDS, **changed})
    assert answer.status_code == 422
    assert message in answer.text
    with services.catalogue.read() as session:
        assert api_keys.listed(session) == []


def test_sending_the_form_again_makes_no_second_key(services: Services, administrator: StaffBrowser) -> None:
    administrator.submit("/staff/keys", FIELDS)
    answer = administrator.submit("/staff/keys", FIELDS)
    assert answer.status_code == 422
    assert "There is a key Catalogue sync already" in answer.text


def test_a_key_is_revoked_after_a_question(services: Services, administrator: StaffBrowser) -> None:
    secret = secret_in(administrator.submit("/staff/keys", FIELDS).text)
    place = f"/staff/keys/{opened_by(services, secret).id}/revoke"
    assert f'href="{place}"' in administrator.get("/staff/keys").text
    assert "Revoke the key of Catalogue sync?" in administrator.get(place).text
    assert opened_by(services, secret)
    assert administrator.submit(place, {}).headers["Location"] == "/staff/keys"
    assert "The key Catalogue sync is revoked" in administrator.get("/staff/keys").text
    with pytest.raises(KeyRefused, match="was revoked"):
        opened_by(services, secret)
    assert administrator.get(place).headers["Location"] == "/staff/keys"
    with services.catalogue.read() as session:
        done = [(entry.actor, entry.action, entry.subject) for entry in audit.listed(session, limit=2)]
        assert secret[16:] not in str(audit.listed(session))
    assert done == [
        ("administrator@example.org", "api-key.revoked", "Catalogue sync"),
        ("administrator@example.org", "api-key.added", "Catalogue sync"),
    ]


@pytest.mark.parametrize("number", ["0", "99", "9" * 9, "9" * 10, "9" * 30, "-1", "x"])
def test_a_key_that_never_was_is_not_found(administrator: StaffBrowser, number: str) -> None:
    assert administrator.get(f"/staff/keys/{number}/revoke").status_code == 404


def test_a_key_opens_no_page_of_the_staff(services: Services, administrator: StaffBrowser) -> None:
    secret = secret_in(administrator.submit("/staff/keys", {**FIELDS, "role": "administrator"}).text)
    administrator.sign_out()
    answer = administrator.get("/staff/keys", headers={"Authorization": f"Bearer {secret}"})
    assert answer.status_code == 303
    assert answer.headers["Location"].startswith("/staff/sign-in")
