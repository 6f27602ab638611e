"""Who may use an address of the API: everybody, or who shows a key in the role that it needs.

Every view says so itself, by `@needs(Role.EDITOR)`. One that says nothing is open to all if it only reads, and else
opens to nobody. No cookie is looked at, so that no page of another site can act for somebody who is signed in here.
"""

import logging
from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final, TypeVar, cast

from flask import Response, current_app, g, request

from app.api.refusal import Refusal
from app.limits import count_key
from app.services import services
from catalogue import api_keys
from catalogue.api_keys import ApiKey
from catalogue.errors import CatalogueError, KeyRefused
from catalogue.roles import Role

_log: Final = logging.getLogger(__name__)

_View = TypeVar("_View", bound=Callable[..., Any])

_ROLE: Final = "needed_role"

# What RFC 9110 calls safe, as far as it is known here: these change nothing.
_READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})

_CHALLENGE: Final = 'Bearer realm="The Belong library"'


def needs(role: Role) -> Callable[[_View], _View]:
    """Marks a view as one for keys in this role, or one that includes it."""

    def mark(view: _View) -> _View:
        view.__dict__[_ROLE] = role  # functools.wraps carries it on to whatever is put around the view
        return view

    return mark


def needed_role(view: Callable[..., Any]) -> Role | None:
    """The role that a view needs; None where it says nothing."""
    return vars(view).get(_ROLE)


def guard() -> None:
    """Let through whoever may be here: runs before every view of the API. Raises Refusal."""
    if request.endpoint is None or request.method == "OPTIONS":
        return
    role = needed_role(current_app.view_functions[request.endpoint])
    if role is not None:
        _let_in(_shown_key(), role)
    elif request.method not in _READING:
        raise RuntimeError(f"{request.endpoint} does not say which role it needs")


def present_key() -> ApiKey:
    """The key of whoever asks, in views that need one."""
    key = shown_key()
    if key is None:
        raise RuntimeError("This view has to be marked with needs(a role)")
    return key


def shown_key() -> ApiKey | None:
    """The key of whoever asks; None if they showed none. Raises Refusal for one that opens nothing.

    Where all may ask, what is no key may be for a server in front of us.
    """
    if "api_key" not in g:
        scheme = request.headers.get("Authorization", "").strip().partition(" ")[0]
        g.api_key = _shown_key() if scheme.casefold() == "bearer" else None
    return cast("ApiKey | None", g.api_key)


def keep_for_whom_it_is(response: Response) -> Response:
    """What was answered to a key is kept by no cache that others use."""
    if g.get("api_key") is not None:
        response.headers.setdefault("Cache-Control", "private, no-cache")
    return response


def _let_in(key: ApiKey, role: Role) -> None:
    """Raises Refusal, and TooManyOfKey."""
    if not key.role.includes(role):
        raise Refusal(
            HTTPStatus.FORBIDDEN,
            f"This is for keys in the role {role}. The key {key.name} has the role {key.role}.",
            members={"role": role.value},
            headers={"WWW-Authenticate": f'{_CHALLENGE}, error="insufficient_scope", scope="{role}"'},
        )
    g.api_key = key
    if request.method not in _READING:
        count_key(str(key.id))


def _shown_key() -> ApiKey:
    scheme, _, text = request.headers.get("Authorization", "").strip().partition(" ")
    if not scheme:
        raise _challenged("This needs a key, sent as the header Authorization: Bearer KEY.")
    if scheme.casefold() != "bearer" or not text.strip():
        raise _challenged("The header Authorization has to be the word Bearer, a space, and a key.")
    moment = datetime.now(UTC)
    try:
        with services().catalogue.read() as session:
            key = api_keys.shown(session, text.strip(), now=moment)
    except KeyRefused as e:
        # The header's text is for ASCII alone: the names of keys stand in the body.
        raise _challenged(f"{e}.", error=', error="invalid_token"') from e
    if api_keys.is_use_to_be_noted(key, now=moment):
        _note_use(key, moment)
    return key


def _challenged(detail: str, *, error: str = "") -> Refusal:
    return Refusal(HTTPStatus.UNAUTHORIZED, detail, headers={"WWW-Authenticate": f"{_CHALLENGE}{error}"})


def _note_use(key: ApiKey, moment: datetime) -> None:
    """Nobody is refused because this cannot be written just now: the next use is noted."""
    try:
        with services().catalogue.write() as session:
            api_keys.note_use(session, key, now=moment)
    except CatalogueError as e:
        _log.warning("The use of the key %s was not noted: %s", key.name, e)
