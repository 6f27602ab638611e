"""Who is signed in with the browser that asks.

Flask's signed cookie holds a token of `catalogue.sign_ins`, so that signing out ends a sign-in for every copy of the
cookie. No page outside /staff may ask here: an answer that depends on a cookie cannot be kept by caches.
"""

from typing import Final

from flask import g, session

from app.services import services
from catalogue import sign_ins
from catalogue.accounts import Account
from catalogue.models import now
from catalogue.sign_ins import SignInToken

_TOKEN: Final = "sign_in"


def signed_in() -> Account | None:
    """The account of whoever asks; None if they are not signed in, or no longer."""
    if "staff_account" not in g:
        token = session.get(_TOKEN)
        g.staff_account = None
        if isinstance(token, str):
            with services().catalogue.read() as reading:
                g.staff_account = sign_ins.account_behind(reading, token, now=now())
    return g.staff_account


def present_account() -> Account:
    """The account of whoever asks, in views that only the staff reach."""
    account = signed_in()
    if account is None:
        raise RuntimeError("This view has to be marked with requires(a role)")
    return account


def keep_sign_in(token: SignInToken) -> None:
    """Let this browser be signed in. Nothing that it held before goes on: it may have been put there by others."""
    session.clear()
    session[_TOKEN] = token
    g.pop("staff_account", None)


def held_token() -> str | None:
    """What the browser shows."""
    token = session.get(_TOKEN)
    return token if isinstance(token, str) else None


def drop_sign_in() -> None:
    """Let this browser hold nothing any more."""
    session.clear()
    g.pop("staff_account", None)
