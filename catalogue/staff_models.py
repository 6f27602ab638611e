"""The tables that are about the staff and its systems: accounts, sign-ins, failures, keys, and who did what."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, Text, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from catalogue.models import Base, Key, UtcTime


class AccountRow(Base):
    """Somebody of the staff. `folded` is the name by which accounts are one account.

    `session_stamp` changes with the password, the role and the deactivation: sign-ins from before it are over.
    `issuer` and `subject` say who this is at an OpenID Connect provider, once they have signed in there.
    """

    __tablename__ = "account"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Key, unique=True)
    role: Mapped[str]
    password_hash: Mapped[str | None] = mapped_column(Text)
    issuer: Mapped[str | None] = mapped_column(Key)
    subject: Mapped[str | None] = mapped_column(Key)
    is_active: Mapped[bool]
    session_stamp: Mapped[str] = mapped_column(Key)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(UtcTime)

    __table_args__ = (UniqueConstraint("issuer", "subject", name="account_subject_key"),)


class SignInRow(Base):
    """A sign-in that has not ended. `key` is the SHA-256 of what the browser holds, `stamp` the account's of then."""

    __tablename__ = "sign_in"

    key: Mapped[str] = mapped_column(Key, primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id"), index=False)
    stamp: Mapped[str] = mapped_column(Key)
    at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index("sign_in_at", "at"),)


class SignInFailureRow(Base):
    """How often in a row a password for this folded name was wrong, whether or not there is such an account."""

    __tablename__ = "sign_in_failure"

    key: Mapped[str] = mapped_column(Key, primary_key=True)
    count: Mapped[int]
    last_at: Mapped[datetime] = mapped_column(UtcTime)

    __table_args__ = (Index("sign_in_failure_last", "last_at"),)


class ApiKeyRow(Base):
    """A key to the API. `folded` is the name by which keys that were not revoked are told apart.

    `public` is the part by which a key is found, `digest` the SHA-256 of the part that is secret.
    """

    __tablename__ = "api_key"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(Text)
    folded: Mapped[str] = mapped_column(Key)
    role: Mapped[str]
    public: Mapped[str] = mapped_column(Key, unique=True)
    digest: Mapped[str] = mapped_column(Key)
    created_at: Mapped[datetime] = mapped_column(UtcTime)
    created_by: Mapped[str] = mapped_column(Text)
    expires_at: Mapped[datetime | None] = mapped_column(UtcTime)
    last_used_at: Mapped[datetime | None] = mapped_column(UtcTime)
    revoked_at: Mapped[datetime | None] = mapped_column(UtcTime)


# Who revokes a key can give its name to the next one.
Index(
    "api_key_name",
    ApiKeyRow.folded,
    unique=True,
    sqlite_where=ApiKeyRow.revoked_at.is_(None),
    postgresql_where=ApiKeyRow.revoked_at.is_(None),
)


class AuditEntryRow(Base):
    """Something that somebody did. `actor` and `subject` are names of then; `detail` is JSON."""

    __tablename__ = "audit_entry"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    at: Mapped[datetime] = mapped_column(UtcTime)
    actor: Mapped[str] = mapped_column(Text)
    action: Mapped[str] = mapped_column(Key)
    subject: Mapped[str] = mapped_column(Text)
    detail: Mapped[str] = mapped_column(Text)
