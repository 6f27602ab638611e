"""Who is signed in. A sign-in ends after twelve hours, by signing out, and with whatever changes the account's stamp.

The browser holds 256 random bits, and the catalogue their SHA-256: whoever reads the catalogue cannot sign in with it.
"""

import hashlib
import secrets
from datetime import datetime, timedelta
from typing import Final, NewType

from sqlalchemy import delete, select, true, update
from sqlalchemy.orm import Session

from catalogue.accounts import Account, Credentials, account_of
from catalogue.staff_models import AccountRow, SignInRow

SignInToken = NewType("SignInToken", str)

LIFETIME: Final = timedelta(hours=12)


def begin(session: Session, credentials: Credentials, *, now: datetime) -> SignInToken:
    """What the browser shows from now on. Worth nothing if the account changed since the credentials were read."""
    session.execute(delete(SignInRow).where(SignInRow.at <= now - LIFETIME))
    token = SignInToken(secrets.token_urlsafe(32))
    account_id = credentials.account.id
    session.add(SignInRow(key=_key(token), account_id=account_id, stamp=credentials.stamp, at=now))
    session.execute(update(AccountRow).where(AccountRow.id == account_id).values(signed_in_at=now))
    session.flush()
    return token


def account_behind(session: Session, token: str, *, now: datetime) -> Account | None:
    """Who is signed in with a token; None where that has ended, or never was."""
    row = session.scalars(
        select(AccountRow)
        .join(SignInRow, (SignInRow.account_id == AccountRow.id) & (SignInRow.stamp == AccountRow.session_stamp))
        .where(SignInRow.key == _key(token), SignInRow.at > now - LIFETIME, AccountRow.is_active == true())
    ).first()
    return account_of(row) if row is not None else None


def end(session: Session, token: str) -> None:
    """Let a token be worth nothing any more."""
    session.execute(delete(SignInRow).where(SignInRow.key == _key(token)))


def _key(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
