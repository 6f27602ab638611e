"""Accounts, sign-ins, wrong passwords and the audit log, as the catalogue keeps them."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from catalogue import accounts, audit, sign_in_failures, sign_ins
from catalogue.accounts import Account, Identity
from catalogue.database import Catalogue
from catalogue.errors import Conflict, Invalid, NotFound
from catalogue.passwords import PasswordHash
from catalogue.roles import Role
from catalogue.sign_ins import LIFETIME, SignInToken

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)
SOMETHING = PasswordHash("$argon2id$...")
ISSUER = "https://id.example.org"


def add(catalogue: Catalogue, name: str = "Ann@Example.org", role: Role = Role.EDITOR) -> Account:
    with catalogue.write() as session:
        return accounts.add(session, name=name, role=role, password_hash=SOMETHING)


def begin(catalogue: Catalogue, name: str = "ann@example.org", at: datetime = NOON) -> SignInToken:
    with catalogue.write() as session:
        credentials = accounts.credentials(session, name)
        assert credentials is not None
        return sign_ins.begin(session, credentials, now=at)


def behind(catalogue: Catalogue, token: str, at: datetime = NOON) -> str | None:
    with catalogue.read() as session:
        account = sign_ins.account_behind(session, token, now=at)
    return account.name if account is not None else None


# Accounts


def test_names_are_one_name_whatever_their_capitals(catalogue: Catalogue) -> None:
    add(catalogue)
    with catalogue.read() as session:
        assert accounts.by_name(session, " ANN@example.ORG").name == "Ann@Example.org"
    with pytest.raises(Conflict, match="already"):
        add(catalogue, "ann@example.org")


@pytest.mark.parametrize("name", ["", "a", "Ann Lee", "ann\x00lee", "ann\u202elee", "a" * 201], ids=ascii)
def test_what_cannot_be_a_name_is_refused(catalogue: Catalogue, name: str) -> None:
    with pytest.raises(Invalid, match="2 to 200 characters without spaces"):
        add(catalogue, name)


def test_an_administrator_who_is_deactivated_is_none(catalogue: Catalogue) -> None:
    add(catalogue, role=Role.ADMINISTRATOR)
    with catalogue.write() as session:
        assert accounts.has_administrator(session)
        accounts.set_active(session, "ann@example.org", active=False)
        assert not accounts.has_administrator(session)


def test_nobody_signs_in_to_a_deactivated_account_and_nobody_has_an_unknown_name(catalogue: Catalogue) -> None:
    add(catalogue)
    with catalogue.write() as session:
        assert accounts.credentials(session, "nobody") is None
        accounts.set_active(session, "ann@example.org", active=False)
        assert accounts.credentials(session, "ann@example.org") is None
        with pytest.raises(NotFound):
            accounts.set_role(session, "nobody", Role.VIEWER)


def test_roles_have_an_order() -> None:
    assert [role for role in Role if role.includes(Role.EDITOR)] == [Role.EDITOR, Role.ADMINISTRATOR]


# Who somebody is at a provider


def identified(catalogue: Catalogue, subject: str, email: str | None) -> str | None:
    with catalogue.write() as session:
        found = accounts.identified(session, Identity(issuer=ISSUER, subject=subject, email=email))
    return found.account.name if found is not None else None


def test_the_first_sign_in_binds_a_verified_address_to_its_subject(catalogue: Catalogue) -> None:
    add(catalogue)
    assert identified(catalogue, "1", None) is None
    assert identified(catalogue, "1", "somebody@example.org") is None
    assert identified(catalogue, "1", "ANN@example.org") == "Ann@Example.org"
    assert identified(catalogue, "1", None) == "Ann@Example.org"  # known by the subject from now on


def test_somebody_else_who_gets_the_address_later_is_refused(catalogue: Catalogue) -> None:
    add(catalogue)
    identified(catalogue, "1", "ann@example.org")
    assert identified(catalogue, "2", "ann@example.org") is None


def test_a_provider_does_not_open_a_deactivated_account(catalogue: Catalogue) -> None:
    add(catalogue)
    identified(catalogue, "1", "ann@example.org")
    with catalogue.write() as session:
        accounts.set_active(session, "ann@example.org", active=False)
    assert identified(catalogue, "1", "ann@example.org") is None


# Sign-ins


def test_a_sign_in_lasts_for_twelve_hours(catalogue: Catalogue) -> None:
    add(catalogue)
    token = begin(catalogue)
    assert behind(catalogue, token, NOON + LIFETIME - timedelta(seconds=1)) == "Ann@Example.org"
    assert behind(catalogue, token, NOON + LIFETIME) is None
    assert behind(catalogue, "something else") is None


def test_signing_out_ends_one_sign_in_and_no_other(catalogue: Catalogue) -> None:
    add(catalogue)
    one, other = begin(catalogue), begin(catalogue)
    with catalogue.write() as session:
        sign_ins.end(session, one)
    assert (behind(catalogue, one), behind(catalogue, other)) == (None, "Ann@Example.org")


CHANGES = {
    "password": lambda session: accounts.set_password(session, "ann@example.org", SOMETHING),
    "role": lambda session: accounts.set_role(session, "ann@example.org", Role.VIEWER),
    "deactivation": lambda session: accounts.set_active(session, "ann@example.org", active=False),
    "activation": lambda session: accounts.set_active(session, "ann@example.org", active=True),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES.keys())
def test_a_change_of_the_account_ends_its_sign_ins(catalogue: Catalogue, change) -> None:
    add(catalogue)
    add(catalogue, "ben")
    token, other = begin(catalogue), begin(catalogue, "ben")
    with catalogue.write() as session:
        change(session)
    assert (behind(catalogue, token), behind(catalogue, other)) == (None, "ben")


def test_credentials_that_were_read_before_a_change_open_nothing(catalogue: Catalogue) -> None:
    add(catalogue)
    with catalogue.read() as session:
        before = accounts.credentials(session, "ann@example.org")
    assert before is not None
    with catalogue.write() as session:
        accounts.set_password(session, "ann@example.org", SOMETHING)
        token = sign_ins.begin(session, before, now=NOON)
    assert behind(catalogue, token) is None


def test_keeping_the_same_password_in_another_way_ends_no_sign_in(catalogue: Catalogue) -> None:
    add(catalogue)
    token = begin(catalogue)
    with catalogue.write() as session:
        accounts.keep_password_anew(session, "ann@example.org", before=SOMETHING, after=PasswordHash("other"))
        accounts.keep_password_anew(session, "ann@example.org", before=SOMETHING, after=PasswordHash("too late"))
        kept = accounts.credentials(session, "ann@example.org")
    assert kept is not None
    assert kept.password_hash == "other"
    assert behind(catalogue, token) == "Ann@Example.org"


# Wrong passwords


def count(catalogue: Catalogue, name: str = "ann", at: datetime = NOON) -> timedelta | None:
    with catalogue.write() as session:
        return sign_in_failures.count_try(session, name, now=at)


def test_the_eleventh_try_in_a_row_waits_for_what_is_left_of_a_quarter_of_an_hour(catalogue: Catalogue) -> None:
    assert [count(catalogue, at=NOON + timedelta(seconds=n)) for n in range(10)] == [None] * 10
    assert count(catalogue, "ANN", NOON + timedelta(minutes=5)) == timedelta(minutes=10, seconds=9)
    assert count(catalogue, "ben") is None
    assert count(catalogue, at=NOON + timedelta(minutes=15, seconds=9)) is None
    assert count(catalogue, at=NOON + timedelta(minutes=15, seconds=9)) is None


def test_the_right_password_begins_the_count_anew(catalogue: Catalogue) -> None:
    for _ in range(10):
        count(catalogue)
    with catalogue.write() as session:
        sign_in_failures.forget(session, "Ann")
    assert count(catalogue) is None


def test_of_thirty_tries_at_once_ten_are_let_through(catalogue: Catalogue) -> None:
    with ThreadPoolExecutor(6) as threads:
        waits = list(threads.map(lambda _: count(catalogue), range(30)))
    assert waits.count(None) == 10


# The audit log


def test_the_log_is_read_from_the_newest_on_page_by_page(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        for number in range(5):
            action = "record.saved" if number % 2 else "sign-in.begun"
            audit.record(session, actor="ann", action=action, subject=f"é {number}", detail={"n": number})
    with catalogue.read() as session:
        first = audit.listed(session, limit=3)
        rest = audit.listed(session, before=first[-1].id, limit=3)
        saved = audit.listed(session, action="record.saved")
    assert [entry.detail["n"] for entry in first] == [4, 3, 2]
    assert [entry.subject for entry in rest] == ["é 1", "é 0"]
    assert [entry.detail["n"] for entry in saved] == [3, 1]


def test_the_log_of_one_person_is_read_and_an_entry_by_its_number(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        number = audit.record(session, actor="ben", action="record.saved", subject="x", detail={"n": 1})
        audit.record(session, actor="Ann", action="record.deleted", subject="x")
        audit.record(session, actor="ben", action="record.deleted", subject="y")
    with catalogue.read() as session:
        assert [entry.subject for entry in audit.listed(session, actor="ben")] == ["y", "x"]
        assert [entry.subject for entry in audit.listed(session, actor="ben", action="record.saved")] == ["x"]
        assert audit.actors(session) == ["Ann", "ben"]
        assert audit.actions(session) == ["record.deleted", "record.saved"]
        assert audit.get(session, number).detail == {"n": 1}
        with pytest.raises(NotFound, match="number 99"):
            audit.get(session, 99)


def test_what_was_not_done_is_not_in_the_log(catalogue: Catalogue) -> None:
    def add_twice() -> None:
        with catalogue.write() as session:
            audit.record(session, actor="ann", action="account.added", subject="ben")
            accounts.add(session, name="ben", role=Role.VIEWER, password_hash=None)
            accounts.add(session, name="Ben", role=Role.VIEWER, password_hash=None)

    with pytest.raises(Conflict):
        add_twice()
    with catalogue.read() as session:
        assert audit.listed(session) == []
        assert accounts.listed(session) == []
