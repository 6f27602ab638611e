"""The keys with which other systems use the API.

A key is shown once, when it is made. The catalogue keeps a public part of it, by which it is found, and the SHA-256 of
the rest. For passwords a hash has to be slow, as they can be guessed; 256 random bits cannot, however many guesses a
second there are, and a slow hash would only slow down each request.

Every function works in the caller's session; whoever adds or revokes a key records it in the audit log.
"""

import hashlib
import hmac
import re
import secrets
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final, NewType

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from catalogue.accounts import fold_account_name
from catalogue.errors import Conflict, Invalid, KeyRefused, NotFound
from catalogue.models import now, table_of
from catalogue.roles import Role
from catalogue.staff_models import ApiKeyRow

KeyId = NewType("KeyId", int)

LONGEST_NAME: Final = 100  # characters

# By which programs that look for secrets in the wrong places know one.
PREFIX: Final = "belong_"

# What is noted of a key's use is at most so old: noting each use would make each reading a writing.
USE_NOTED_EVERY: Final = timedelta(minutes=1)

# Seen in lists and in the audit log: nothing that nobody sees, nothing that turns the reading direction.
_NAME: Final = re.compile(r"[^\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]{2,100}")

_PUBLIC_LENGTH: Final = 8
_PUBLIC_SIGNS: Final = "0123456789abcdefghjkmnpqrstvwxyz"  # no i, l, o or u, which are misread or make words
_SHAPE: Final = re.compile(rf"{PREFIX}([{_PUBLIC_SIGNS}]{{{_PUBLIC_LENGTH}}})_([A-Za-z0-9_-]{{43}})")


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiKey:
    """A key without its secret part. `last_used_at` is up to a minute behind; a key without `expires_at` never does."""

    id: KeyId
    name: str
    role: Role
    public: str
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    @property
    def actor(self) -> str:
        """Who acts with this key, in the audit log and in histories: no account has a name with a space."""
        return f"API key {self.name}"

    @property
    def beginning(self) -> str:
        """How the key begins, to be recognised by."""
        return f"{PREFIX}{self.public}_"

    def has_expired(self, moment: datetime) -> bool:
        """Whether the key's time is over."""
        return self.expires_at is not None and self.expires_at <= moment

    def is_good(self, moment: datetime) -> bool:
        """Whether somebody can use the key."""
        return self.revoked_at is None and not self.has_expired(moment)


@dataclass(frozen=True, slots=True, kw_only=True)
class NewKey:
    """A key that was just made, with what is shown to nobody a second time."""

    key: ApiKey
    secret: str = field(repr=False)


def add(session: Session, *, name: str, role: Role, created_by: str, expires_at: datetime | None = None) -> NewKey:
    """The new key.

    Raises Invalid for a name that cannot be one or a time that is over, and Conflict where another key has the name.
    """
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if _NAME.fullmatch(text) is None:
        raise Invalid(field="name", value=name, limit=f"2 to {LONGEST_NAME} characters that can be seen")
    moment = now()
    if expires_at is not None and expires_at <= moment:
        raise Invalid(field="expiry", value=expires_at.isoformat(), limit="in the future")
    if _row_of(session, text) is not None:
        raise Conflict(f"There is a key {text} already: revoke it, or take another name")
    public = "".join(secrets.choice(_PUBLIC_SIGNS) for _ in range(_PUBLIC_LENGTH))
    private = secrets.token_urlsafe(32)
    row = ApiKeyRow(
        name=text,
        folded=fold_account_name(text),
        role=role.value,
        public=public,
        digest=_digest(private),
        created_at=moment,
        created_by=created_by,
        expires_at=expires_at,
    )
    session.add(row)
    session.flush()
    return NewKey(key=_key(row), secret=f"{PREFIX}{public}_{private}")


def listed(session: Session) -> Sequence[ApiKey]:
    """All keys by name, and then those that were revoked, the latest first."""
    keys = [_key(row) for row in session.scalars(select(ApiKeyRow).order_by(ApiKeyRow.folded))]
    revoked = [key for key in keys if key.revoked_at is not None]
    present = [key for key in keys if key.revoked_at is None]
    return [*present, *sorted(revoked, key=lambda key: key.revoked_at or key.created_at, reverse=True)]


def get(session: Session, key_id: int) -> ApiKey:
    """The key with an id. Raises NotFound."""
    row = session.get(ApiKeyRow, key_id)
    if row is None:
        raise NotFound(f"There is no key number {key_id}")
    return _key(row)


def by_name(session: Session, name: str) -> ApiKey:
    """The key with a name that was not revoked. Raises NotFound."""
    row = _row_of(session, " ".join(name.split()))
    if row is None:
        raise NotFound(f"There is no key {name}")
    return _key(row)


def revoke(session: Session, key_id: int) -> ApiKey:
    """The key, which opens nothing from now on. Raises NotFound, and Conflict where it was revoked before."""
    row = session.scalars(select(ApiKeyRow).where(ApiKeyRow.id == key_id).with_for_update()).first()
    if row is None:
        raise NotFound(f"There is no key number {key_id}")
    if row.revoked_at is not None:
        raise Conflict(f"The key {row.name} was revoked before")
    row.revoked_at = now()
    session.flush()
    return _key(row)


def shown(session: Session, text: str, *, now: datetime) -> ApiKey:
    """The key that somebody shows. Raises KeyRefused; why it is good no longer is told only to who has all of it."""
    parts = _SHAPE.fullmatch(text)
    row = _by_public(session, parts.group(1)) if parts is not None else None
    # Compared in the same time, whatever is the same.
    if parts is None or row is None or not hmac.compare_digest(row.digest, _digest(parts.group(2))):
        raise KeyRefused("This is no key to the API, or not all of one")
    key = _key(row)
    if key.revoked_at is not None:
        raise KeyRefused(f"The key {key.name} was revoked on {key.revoked_at:%-d %B %Y}")
    if key.expires_at is not None and key.has_expired(now):
        raise KeyRefused(f"The key {key.name} has expired on {key.expires_at:%-d %B %Y}")
    return key


def is_use_to_be_noted(key: ApiKey, *, now: datetime) -> bool:
    """Whether what is known of the key's last use is older than a minute."""
    return key.last_used_at is None or key.last_used_at <= now - USE_NOTED_EVERY


def note_use(session: Session, key: ApiKey, *, now: datetime) -> None:
    """Remember that the key was used."""
    table = table_of(ApiKeyRow)
    session.connection().execute(update(table).where(table.c.id == key.id).values(last_used_at=now))


def _digest(private: str) -> str:
    return hashlib.sha256(private.encode()).hexdigest()


def _by_public(session: Session, public: str) -> ApiKeyRow | None:
    return session.scalars(select(ApiKeyRow).where(ApiKeyRow.public == public)).first()


def _row_of(session: Session, name: str) -> ApiKeyRow | None:
    named = (ApiKeyRow.folded == fold_account_name(name)) & ApiKeyRow.revoked_at.is_(None)
    return session.scalars(select(ApiKeyRow).where(named)).first()


def _key(row: ApiKeyRow) -> ApiKey:
    return ApiKey(
        id=KeyId(row.id),
        name=row.name,
        role=Role(row.role),
        public=row.public,
        created_at=row.created_at,
        created_by=row.created_by,
        expires_at=row.expires_at,
        last_used_at=row.last_used_at,
        revoked_at=row.revoked_at,
    )
