"""What signing in does in the catalogue, on each database."""

import pytest

from app.staff import signing_in
from app.staff.signing_in import SignInRefused, TooManyTries
from catalogue import accounts, audit, sign_ins
from catalogue.accounts import Identity
from catalogue.database import Catalogue
from catalogue.models import now
from catalogue.passwords import WeakPassword, hash_password
from catalogue.roles import Role

OLD, NEW = "seven grey herons wait", "eleven pale moths rest"


def behind(catalogue: Catalogue, token: str) -> str | None:
    with catalogue.read() as session:
        account = sign_ins.account_behind(session, token, now=now())
    return account.name if account is not None else None


@pytest.fixture
def ann(catalogue: Catalogue) -> str:
    with catalogue.write() as session:
        kept = hash_password(OLD, name="ann@example.org")
        return accounts.add(session, name="ann@example.org", role=Role.EDITOR, password_hash=kept).name


def test_a_sign_in_is_begun_goes_over_a_new_password_and_is_ended(catalogue: Catalogue, ann: str) -> None:
    first = signing_in.sign_in(catalogue, ann, OLD)
    assert behind(catalogue, first) == ann
    with pytest.raises(WeakPassword):
        signing_in.change_password(catalogue, ann, present=OLD, wanted="short")
    second = signing_in.change_password(catalogue, ann, present=OLD, wanted=NEW)
    assert (behind(catalogue, first), behind(catalogue, second)) == (None, ann)
    signing_in.sign_out(catalogue, second, ann)
    assert behind(catalogue, second) is None
    with catalogue.read() as session:
        told = [entry.action for entry in reversed(audit.listed(session))]
        assert accounts.by_name(session, ann).signed_in_at is not None
    assert told == ["sign-in.begun", "account.password-changed", "sign-in.ended"]


def test_whoever_the_provider_knows_is_signed_in(catalogue: Catalogue, ann: str) -> None:
    known = Identity(issuer="https://id.example.org", subject="1", email=ann)
    assert behind(catalogue, signing_in.sign_in_identified(catalogue, known)) == ann
    unknown = Identity(issuer="https://id.example.org", subject="2", email=ann)
    with pytest.raises(SignInRefused):
        signing_in.sign_in_identified(catalogue, unknown)
    with catalogue.read() as session:
        assert audit.listed(session)[0].action == "sign-in.refused"


def test_ten_wrong_passwords_are_looked_at_and_noted_and_no_more(catalogue: Catalogue, ann: str) -> None:
    for _ in range(10):
        with pytest.raises(SignInRefused) as refused:
            signing_in.sign_in(catalogue, ann, "wrong")
        assert not isinstance(refused.value, TooManyTries)
    for _ in range(2):
        with pytest.raises(TooManyTries):
            signing_in.sign_in(catalogue, ann, OLD)
    with catalogue.read() as session:
        assert [entry.subject for entry in audit.listed(session)] == [ann] * 10
