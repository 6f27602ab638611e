"""The accounts of the staff.

Every function works in the caller's session; whoever changes an account records it in the audit log.
"""

import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final, NewType

from sqlalchemy import select, true
from sqlalchemy.orm import Session

from catalogue.errors import Conflict, Invalid, NotFound
from catalogue.models import now
from catalogue.passwords import PasswordHash
from catalogue.roles import Role
from catalogue.staff_models import AccountRow

AccountId = NewType("AccountId", int)

LONGEST_NAME: Final = 200  # characters

# Seen in the audit log and typed into a form: no spaces that nobody sees, nothing that turns the reading direction.
_NAME: Final = re.compile(r"[^\s\x00-\x1f\x7f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]{2,200}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """Somebody of the staff. `issuer` is the provider with which they sign in, None until they have."""

    id: AccountId
    name: str
    role: Role
    is_active: bool
    has_password: bool
    issuer: str | None
    created_at: datetime
    signed_in_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What decides whether somebody may sign in: valid as long as the account has this stamp."""

    account: Account
    password_hash: PasswordHash | None
    stamp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Who somebody is at an OpenID Connect provider. `email` is None unless the provider has verified it."""

    issuer: str
    subject: str
    email: str | None


def fold_account_name(name: str) -> str:
    """The form by which names are one account: Ann@Example.org and ann@example.org."""
    return unicodedata.normalize("NFKC", name).strip().casefold()


def add(session: Session, *, name: str, role: Role, password_hash: PasswordHash | None) -> Account:
    """The new account; without a password it can only be signed in to with a provider.

    Raises Invalid for a name that cannot be one, and Conflict where it is taken.
    """
    text = unicodedata.normalize("NFC", name).strip()
    if _NAME.fullmatch(text) is None:
        raise Invalid(field="name", value=name, limit=f"2 to {LONGEST_NAME} characters without spaces")
    if _row_of(session, text) is not None:
        raise Conflict(f"There is an account {text} already")
    row = AccountRow(
        name=text,
        folded=fold_account_name(text),
        role=role.value,
        password_hash=password_hash,
        is_active=True,
        session_stamp=_new_stamp(),
        created_at=now(),
    )
    session.add(row)
    session.flush()
    return account_of(row)


def by_name(session: Session, name: str) -> Account:
    """The account with a name. Raises NotFound."""
    row = _row_of(session, name)
    if row is None:
        raise NotFound(f"There is no account {name}")
    return account_of(row)


def listed(session: Session) -> Sequence[Account]:
    """All accounts by name: a staff has tens of people, not thousands."""
    return [account_of(row) for row in session.scalars(select(AccountRow).order_by(AccountRow.folded))]


def has_administrator(session: Session) -> bool:
    """Whether somebody may look after the accounts."""
    wanted = select(AccountRow.id).where(AccountRow.role == Role.ADMINISTRATOR.value, AccountRow.is_active == true())
    return session.scalar(wanted.limit(1)) is not None


def credentials(session: Session, name: str) -> Credentials | None:
    """What signing in to the account with a name takes; None where there is none, or it is deactivated."""
    row = _row_of(session, name)
    return _credentials_of(row) if row is not None and row.is_active else None


def identified(session: Session, identity: Identity) -> Credentials | None:
    """The account of somebody whom a provider knows; None where there is none, or it is deactivated.

    The first time they are found by their verified mail address, and bound to the provider's subject: from then on
    whoever else gets that address there is somebody else.
    """
    here = (AccountRow.issuer == identity.issuer) & (AccountRow.subject == identity.subject)
    row = session.scalars(select(AccountRow).where(here)).first()
    if row is None and identity.email is not None:
        row = _row_of(session, identity.email)
        if row is None or row.subject is not None or not row.is_active:
            return None
        row.issuer, row.subject = identity.issuer, identity.subject
        session.flush()
    return _credentials_of(row) if row is not None and row.is_active else None


def set_password(session: Session, name: str, password_hash: PasswordHash) -> Account:
    """The account with a new password; its sign-ins are over. Raises NotFound."""
    row = _locked(session, name)
    row.password_hash, row.session_stamp = password_hash, _new_stamp()
    return _flushed(session, row)


def keep_password_anew(session: Session, name: str, *, before: PasswordHash, after: PasswordHash) -> None:
    """Keep the same password in another way, unless it was changed meanwhile; sign-ins go on. Raises NotFound."""
    row = _locked(session, name)
    if row.password_hash == before:
        row.password_hash = after
        session.flush()


def set_role(session: Session, name: str, role: Role) -> Account:
    """The account in a role; its sign-ins are over. Raises NotFound."""
    row = _locked(session, name)
    row.role, row.session_stamp = role.value, _new_stamp()
    return _flushed(session, row)


def set_active(session: Session, name: str, *, active: bool) -> Account:
    """The account, which can or cannot be signed in to; its sign-ins are over. Raises NotFound."""
    row = _locked(session, name)
    row.is_active, row.session_stamp = active, _new_stamp()
    return _flushed(session, row)


def account_of(row: AccountRow) -> Account:
    """The account in a row."""
    return Account(
        id=AccountId(row.id),
        name=row.name,
        role=Role(row.role),
        is_active=row.is_active,
        has_password=row.password_hash is not None,
        issuer=row.issuer,
        created_at=row.created_at,
        signed_in_at=row.signed_in_at,
    )


def _credentials_of(row: AccountRow) -> Credentials:
    kept = PasswordHash(row.password_hash) if row.password_hash is not None else None
    return Credentials(account=account_of(row), password_hash=kept, stamp=row.session_stamp)


def _row_of(session: Session, name: str) -> AccountRow | None:
    return session.scalars(select(AccountRow).where(AccountRow.folded == fold_account_name(name))).first()


def _locked(session: Session, name: str) -> AccountRow:
    """For a change: nobody else changes it before this transaction ends."""
    wanted = select(AccountRow).where(AccountRow.folded == fold_account_name(name)).with_for_update()
    row = session.scalars(wanted).first()
    if row is None:
        raise NotFound(f"There is no account {name}")
    return row


def _flushed(session: Session, row: AccountRow) -> Account:
    session.flush()
    return account_of(row)


def _new_stamp() -> str:
    return secrets.token_hex(16)
