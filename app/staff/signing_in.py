"""Signing in, apart from HTTP: who may, what is counted, and what stands in the audit log afterwards."""

from datetime import timedelta

from sqlalchemy.orm import Session

from catalogue import accounts, audit, passwords, sign_in_failures, sign_ins
from catalogue.accounts import Credentials, Identity
from catalogue.database import Catalogue
from catalogue.models import now
from catalogue.passwords import PasswordHash
from catalogue.sign_ins import SignInToken


class SignInRefused(Exception):
    """Name and password do not belong together, or nobody has that name: which of them is not told."""


class TooManyTries(SignInRefused):
    """Ten passwords in a row were wrong for a name, whether or not somebody has it."""

    def __init__(self, wait: timedelta) -> None:
        """How long it takes until one can be tried again."""
        super().__init__(f"Another password can be tried in {wait}")
        self.wait = wait


def sign_in(catalogue: Catalogue, name: str, password: str) -> SignInToken:
    """What the browser of somebody with the right password holds from now on. Raises SignInRefused."""
    credentials = check_password(catalogue, name, password)
    kept = credentials.password_hash
    anew = passwords.rehash(password) if kept is not None and passwords.is_dated(kept) else None
    with catalogue.write() as session:
        if kept is not None and anew is not None:
            accounts.keep_password_anew(session, name, before=kept, after=anew)
        return _begin(session, credentials, with_="password")


def check_password(catalogue: Catalogue, name: str, password: str) -> Credentials:
    """The credentials of the active account whose password this is. Raises SignInRefused, and counts it.

    The password is looked at outside of any transaction: that takes longer than a write may.
    """
    with catalogue.write() as session:
        wait = sign_in_failures.count_try(session, name, now=now())
        credentials = accounts.credentials(session, name)
    if wait is not None:
        raise TooManyTries(wait)
    kept = credentials.password_hash if credentials is not None else None
    if not passwords.is_right(kept, password) or credentials is None:
        with catalogue.write() as session:
            _record_failure(session, credentials)
        raise SignInRefused
    with catalogue.write() as session:
        sign_in_failures.forget(session, name)
    return credentials


def sign_in_identified(catalogue: Catalogue, identity: Identity) -> SignInToken:
    """What the browser of somebody whom a provider knows holds from now on. Raises SignInRefused: no such account."""
    with catalogue.write() as session:
        credentials = accounts.identified(session, identity)
        if credentials is not None:
            return _begin(session, credentials, with_=identity.issuer)
        detail = {"issuer": identity.issuer, "subject": identity.subject}
        known = identity.email or identity.subject
        audit.record(session, actor=audit.NOBODY, action="sign-in.refused", subject=known, detail=detail)
    raise SignInRefused


def sign_out(catalogue: Catalogue, token: str, name: str) -> None:
    """Let a sign-in end, for every copy of the cookie."""
    with catalogue.write() as session:
        sign_ins.end(session, token)
        audit.record(session, actor=name, action="sign-in.ended", subject=name)


def change_password(catalogue: Catalogue, name: str, *, present: str, wanted: str) -> SignInToken:
    """What the browser holds from now on; all other sign-ins of the account are over.

    Raises SignInRefused where the present password is wrong, and passwords.WeakPassword.
    """
    check_password(catalogue, name, present)
    password_hash: PasswordHash = passwords.hash_password(wanted, name=name)
    with catalogue.write() as session:
        accounts.set_password(session, name, password_hash)
        audit.record(session, actor=name, action="account.password-changed", subject=name)
        credentials = accounts.credentials(session, name)
        if credentials is None:  # deactivated at this very moment
            raise SignInRefused
        return sign_ins.begin(session, credentials, now=now())


def _begin(session: Session, credentials: Credentials, *, with_: str) -> SignInToken:
    name = credentials.account.name
    audit.record(session, actor=name, action="sign-in.begun", subject=name, detail={"with": with_})
    return sign_ins.begin(session, credentials, now=now())


def _record_failure(session: Session, credentials: Credentials | None) -> None:
    """What was typed as a name is not kept where it is none: it may be a password."""
    subject = credentials.account.name if credentials is not None else "an unknown name"
    audit.record(session, actor=audit.NOBODY, action="sign-in.failed", subject=subject)
