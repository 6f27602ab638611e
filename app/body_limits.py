"""How large the body of a request may be: little, unless the view that it is for says otherwise."""

from collections.abc import Callable
from typing import Any, Final, TypeVar

from flask import current_app, request
from werkzeug.exceptions import RequestEntityTooLarge

_View = TypeVar("_View", bound=Callable[..., Any])

_MOST: Final = 64 * 1024  # bytes: a form

_KEY: Final = "most_body"


def takes_body(most: int) -> Callable[[_View], _View]:
    """Marks a view as one that takes bodies of so many bytes."""

    def mark(view: _View) -> _View:
        view.__dict__[_KEY] = most  # and not an attribute of a wrapper: functools.wraps carries it on
        return view

    return mark


def limit_body() -> None:
    """Refuse a large body before anything reads it, and let nothing read more of one that does not tell its length.

    Raises RequestEntityTooLarge.
    """
    view = current_app.view_functions.get(request.endpoint or "")
    most: int = vars(view).get(_KEY, _MOST) if view is not None else _MOST
    request.max_content_length = most
    if (request.content_length or 0) > most:
        raise RequestEntityTooLarge
