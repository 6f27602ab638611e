"""Passwords: which are taken, how they are kept, and whether one is right.

Slow on purpose: never call this while a transaction is open.
"""

import unicodedata
from functools import cache
from typing import Final, NewType

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from catalogue.errors import Invalid

PasswordHash = NewType("PasswordHash", str)

SHORTEST: Final = 12  # characters
LONGEST: Final = 200

# OWASP's first choice for argon2id. The library's own takes 64 MiB: eight threads that are asked at once would need
# half a gigabyte of a small server.
_HASHER: Final = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)


class WeakPassword(Invalid):
    """A password that is not taken. The message does not repeat it."""

    def __init__(self, limit: str) -> None:
        """The limit is a sentence part such as "at least 12 characters long"."""
        super().__init__(field="password", value="", limit=limit)

    def __str__(self) -> str:
        """What would be right."""
        return f"The password has to be {self.limit}"


def hash_password(password: str, *, name: str) -> PasswordHash:
    """A new password as it is kept, for the account with a name. Raises WeakPassword."""
    text = _normal(password)
    if len(text) < SHORTEST:
        raise WeakPassword(f"at least {SHORTEST} characters long")
    if len(text) > LONGEST:
        raise WeakPassword(f"at most {LONGEST} characters long")
    if text.casefold() in {_normal(name).casefold(), _normal(name).casefold().partition("@")[0]}:
        raise WeakPassword("something else than the name that you sign in with")
    if len(set(text.casefold())) < 4:  # "aaaaaaaaaaaa", "121212121212"
        raise WeakPassword("more than one or two letters again and again")
    return PasswordHash(_HASHER.hash(text))


def is_right(kept: PasswordHash | None, password: str) -> bool:
    """Whether a password is the one that was kept. Takes as long where there is none: time tells no names."""
    try:
        _HASHER.verify(kept or _some_hash(), _normal(password[: LONGEST + 1]))
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


def is_dated(kept: PasswordHash) -> bool:
    """Whether it was kept in a way that is no longer ours, and should be kept anew while the password is known."""
    return _HASHER.check_needs_rehash(kept)


def rehash(password: str) -> PasswordHash:
    """A password that is right, as it is kept today; one that was taken long ago may be shorter than it had to be."""
    return PasswordHash(_HASHER.hash(_normal(password)))


@cache
def _some_hash() -> str:
    return _HASHER.hash("of no account")


def _normal(password: str) -> str:
    """One password, whichever way the keyboard composes its accents."""
    return unicodedata.normalize("NFKC", password)
