"""Which role each view of the staff needs, and the guard in front of all of them.

Every view says so itself, by `@requires(Role.EDITOR)` or `@open_to_all` right above its function. One that says nothing
is refused, and so is one whose decorators stand in the wrong order.
"""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import abort, current_app, redirect, request, url_for
from werkzeug.wrappers import Response

from app.staff.onward import SIGN_IN_ENDPOINTS
from app.staff.visitor import signed_in
from catalogue.roles import Role

_View = TypeVar("_View", bound=Callable[..., Any])

_needed: Final[dict[Callable[..., Any], Role | None]] = {}


def requires(role: Role) -> Callable[[_View], _View]:
    """Marks a view as one for people in this role, or one that includes it."""

    def mark(view: _View) -> _View:
        _needed[view] = role
        return view

    return mark


def open_to_all(view: _View) -> _View:
    """Marks a view as one for everybody, also before they have signed in."""
    _needed[view] = None
    return view


def needed_role(view: Callable[..., Any]) -> Role | None:
    """The role that a view needs, None where it is open to all. Raises KeyError where it does not say."""
    return _needed[view]


def guard() -> Response | None:
    """Let through whoever may be here: runs before every view of the staff.

    Others are sent to sign in, and after that come back; those in a lesser role are refused with 403.
    """
    if request.endpoint is None:
        return None
    try:
        role = needed_role(current_app.view_functions[request.endpoint])
    except KeyError:
        raise RuntimeError(f"{request.endpoint} does not say which role it needs") from None
    if role is None:
        return None
    account = signed_in()
    if account is None:
        return redirect(url_for("staff.sign_in", next=_here()), 303)
    if not account.role.includes(role):
        abort(
            403,
            f"This is for {role}s. You are signed in as {account.name}, {_article(account.role)}.\n"
            "Ask an administrator of the library if you need it.",
        )
    return None


def _here() -> str | None:
    """Where to come back to: what was to be changed has to be sent again, so that it is seen first."""
    is_page = request.method in {"GET", "HEAD"} and request.endpoint not in SIGN_IN_ENDPOINTS
    return request.full_path.rstrip("?") if is_page else None


def _article(role: Role) -> str:
    return f"an {role}" if role[0] in "aeiou" else f"a {role}"
