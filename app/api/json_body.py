"""The body of a request: one JSON object in UTF-8 that every reader of JSON understands alike.

Where readers differ (a member twice, numbers that no double holds, halves of surrogate pairs) nothing is guessed.
"""

import json
import math
from http import HTTPStatus
from typing import Any, Final, NoReturn, cast

from flask import request
from werkzeug.exceptions import RequestEntityTooLarge

from app.api.refusal import Refusal

MEDIA_TYPE: Final = "application/json"

_DEEPEST: Final = 20  # objects and lists in one another
_LONGEST_NUMBER: Final = 20  # signs

_BYTE_ORDER_MARK: Final = "\ufeff"


def read_object() -> dict[str, Any]:
    """The object in the present request's body. Raises Refusal (400 or 415) and RequestEntityTooLarge."""
    _check_headers()
    try:
        text = _whole_body().decode("utf-8").removeprefix(_BYTE_ORDER_MARK)
    except UnicodeDecodeError as e:
        raise _unread(f"it is no UTF-8 (byte {e.start + 1})") from e
    value = _decoded(text)
    if not isinstance(value, dict):
        raise _unread("it is no JSON object")
    found = cast("dict[str, Any]", value)
    _check_nesting(found)
    return found


def refuse_body() -> None:
    """For addresses that take no body: nothing that was sent is ignored. Raises Refusal."""
    if _whole_body():
        raise Refusal(HTTPStatus.BAD_REQUEST, "This takes no body.")


def _whole_body() -> bytes:
    """Raises RequestEntityTooLarge."""
    body = request.get_data(cache=False)
    if request.content_length is None and len(body) == request.max_content_length:
        raise RequestEntityTooLarge  # werkzeug only stops reading at the limit
    return body


def _check_headers() -> None:
    if request.mimetype != MEDIA_TYPE or request.mimetype_params.get("charset", "utf-8").casefold() != "utf-8":
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            f"The body has to be JSON in UTF-8, with the header Content-Type: {MEDIA_TYPE}.",
            headers={"Accept": MEDIA_TYPE},
        )
    if request.headers.get("Content-Encoding", "identity").strip().casefold() != "identity":
        raise Refusal(
            HTTPStatus.UNSUPPORTED_MEDIA_TYPE,
            "The body must not be compressed: leave out the header Content-Encoding.",
            headers={"Accept-Encoding": "identity"},
        )
    if "Content-Range" in request.headers:  # RFC 9110, 14.4: else a part would be taken for the whole
        raise Refusal(HTTPStatus.BAD_REQUEST, "The body has to be the whole: leave out the header Content-Range.")


def _decoded(text: str) -> object:
    try:
        return _DECODER.decode(text)
    except json.JSONDecodeError as e:
        raise _unread(f"it is no JSON: {e.msg} (line {e.lineno}, column {e.colno})") from e
    except RecursionError as e:
        raise _unread(f"objects and lists are nested more than {_DEEPEST} deep") from e


def _check_nesting(value: object) -> None:
    """Level by level, and not by recursion, which may go less deep than what is looked at."""
    level: list[object] = [value]
    depth = 0
    while level:
        depth += 1
        if depth > _DEEPEST:
            raise _unread(f"objects and lists are nested more than {_DEEPEST} deep")
        level = [child for each in level for child in _children(each)]


def _children(value: object) -> list[object]:
    match value:
        case dict():
            members = cast("dict[str, object]", value)
            for name in members:
                _check_text(name)
            return list(members.values())
        case list():
            return cast("list[object]", value)
        case str():
            _check_text(value)
            return []
        case _:
            return []


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError as e:
        raise _unread("a text has half of a surrogate pair, which is no character") from e


def _distinct(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise _unread(f"an object has the member {twice[:100]!a} twice")
    return found


def _refuse_constant(name: str) -> NoReturn:
    raise _unread(f"{name} is no value in JSON")


def _float(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise _unread("a number is too large")
    return number


def _int(text: str) -> int:
    if len(text) > _LONGEST_NUMBER:
        raise _unread("a number is too large")
    return int(text)


def _unread(reason: str) -> Refusal:
    return Refusal(HTTPStatus.BAD_REQUEST, f"The body cannot be read: {reason}.")


_DECODER: Final = json.JSONDecoder(
    object_pairs_hook=_distinct, parse_constant=_refuse_constant, parse_float=_float, parse_int=_int
)
