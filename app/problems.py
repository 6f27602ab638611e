"""Errors as HTTP answers: the only module that knows which error is which status.

The API answers problem details (RFC 9457), everything else a page. Neither shows a trace, a path or a query.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from flask import Flask, Response, jsonify, make_response, request
from flask_wtf.csrf import CSRFError
from werkzeug.exceptions import HTTPException, MethodNotAllowed, RequestEntityTooLarge, TooManyRequests

from app.api.refusal import Refusal
from app.limits import TooManyOfKey, seconds_to_wait
from app.params import UnknownParameter
from app.request_id import request_id
from app.staff.problem_pages import render_staff_problem
from app.web.problem_pages import render_problem
from catalogue.errors import CatalogueError, CatalogueUnavailable, Conflict, Invalid, NotFound
from search.errors import EngineError, InvalidRequest, SearchError

_log: Final = logging.getLogger(__name__)

# After how many seconds it is worth asking again.
_RETRY_AFTER: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """What went wrong, for people and for programs."""

    status: HTTPStatus
    title: str
    detail: str
    members: Mapping[str, object] = field(default_factory=dict[str, object])
    headers: Mapping[str, str] = field(default_factory=dict[str, str])


def register_problems(app: Flask) -> None:
    """Let every error of the application end as a problem."""
    for kind in (HTTPException, SearchError, CatalogueError, Exception):
        app.register_error_handler(kind, answer_problem)


def answer_problem(error: Exception) -> Response:
    """The response for an error: JSON below /api/, a page elsewhere."""
    problem = to_problem(error)
    match problem.status:
        case HTTPStatus.SERVICE_UNAVAILABLE:
            log_outage(error)
        case HTTPStatus.INTERNAL_SERVER_ERROR:
            _log.error("%s: %s", type(error).__name__, error, exc_info=error)
        case _:
            pass
    return respond(problem)


def log_outage(error: Exception) -> None:
    """Note what does not answer, with the reason that people are not told."""
    _log.error("%s: %s", type(error).__name__, error)


def respond(problem: Problem) -> Response:
    """The response for a problem with the present request."""
    response = _as_json(problem) if request.path.startswith("/api/") else _as_page(problem)
    response.status_code = problem.status
    response.headers.update(problem.headers)
    response.headers["Cache-Control"] = "no-store"
    return response


def to_problem(error: Exception) -> Problem:
    """What an error means to whoever asked."""
    match error:
        case InvalidRequest():
            return _from_invalid_request(error)
        case Refusal():
            title, members = error.status.phrase, error.members
            return Problem(
                status=error.status, title=title, detail=error.detail, members=members, headers=error.headers
            )
        case EngineError():
            return Problem(
                status=HTTPStatus.SERVICE_UNAVAILABLE,
                title="Search is not answering",
                detail="Search is not answering just now. Record pages still work. Please try again in a few seconds.",
                headers={"Retry-After": str(_RETRY_AFTER)},
            )
        case NotFound():
            return Problem(status=HTTPStatus.NOT_FOUND, title="Not found", detail=_sentence(error))
        case Invalid():
            return Problem(status=HTTPStatus.BAD_REQUEST, title=HTTPStatus.BAD_REQUEST.phrase, detail=_sentence(error))
        case Conflict():
            return Problem(status=HTTPStatus.CONFLICT, title="Conflict", detail=_sentence(error))
        case CatalogueUnavailable():
            return Problem(
                status=HTTPStatus.SERVICE_UNAVAILABLE,
                title="The catalogue is not answering",
                detail="The library's catalogue is not answering just now. Please try again in a few seconds.",
                headers={"Retry-After": str(_RETRY_AFTER)},
            )
        case CSRFError():
            return _FORM_NOT_OURS
        case HTTPException():
            return _from_http(error)
        case _:
            return Problem(
                status=HTTPStatus.INTERNAL_SERVER_ERROR,
                title="Something went wrong",
                detail="Something went wrong on our side. It has been noted.",
            )


def _from_invalid_request(error: InvalidRequest) -> Problem:
    match error:
        case UnknownParameter():
            detail = f"There is no parameter “{error.parameter}” here. It has to be {error.limit}."
        case _:
            detail = f"The parameter {error.parameter} is “{error.value}”, but has to be {error.limit}."
    return Problem(
        status=HTTPStatus.BAD_REQUEST,
        title=HTTPStatus.BAD_REQUEST.phrase,
        detail=detail,
        members={"parameter": error.parameter, "value": error.value, "limit": error.limit},
    )


def _from_http(error: HTTPException) -> Problem:
    if isinstance(error, TooManyRequests):
        return _from_limit(error)
    if isinstance(error, RequestEntityTooLarge):
        return _too_large(request.max_content_length)
    status = HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    methods = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    said = error.description if "description" in vars(error) else None  # else werkzeug's own words
    return Problem(
        status=status,
        title=status.phrase,
        detail=said or _DETAILS.get(status, status.phrase),
        headers={"Allow": ", ".join(sorted(methods))} if methods else {},
    )


def _too_large(most: int | None) -> Problem:
    status = HTTPStatus.REQUEST_ENTITY_TOO_LARGE
    limit = f": at most {most:,} bytes are taken here" if most is not None else ""
    return Problem(status=status, title=status.phrase, detail=f"The body of the request is too large{limit}.")


def _from_limit(error: TooManyRequests) -> Problem:
    seconds = seconds_to_wait()
    wait = "a second" if seconds == 1 else f"{seconds} seconds"
    whose = "with this key" if isinstance(error, TooManyOfKey) else "from your network"
    return Problem(
        status=HTTPStatus.TOO_MANY_REQUESTS,
        title="Too many requests",
        detail=f"More is being asked {whose} than the library answers within a minute. Please try again in {wait}.",
        headers={"Retry-After": str(seconds)},
    )


_FORM_NOT_OURS: Final = Problem(
    status=HTTPStatus.BAD_REQUEST,
    title="This form can no longer be sent",
    detail="It was open for too long, or you signed in or out meanwhile. Nothing was changed. Go back, load the page "
    "anew and send it again.\n"
    "If that does not help, your browser keeps no cookies from here: allow them, and see that the address begins with "
    "https://.",
)

_DETAILS: Final = {
    HTTPStatus.BAD_REQUEST: "This request cannot be read.",
    HTTPStatus.NOT_FOUND: "There is nothing at this address.",
    HTTPStatus.FORBIDDEN: "You may not do this.",
    HTTPStatus.METHOD_NOT_ALLOWED: "This address cannot be used in that way.",
    HTTPStatus.INTERNAL_SERVER_ERROR: "Something went wrong on our side. It has been noted.",
}


def _as_json(problem: Problem) -> Response:
    body = {
        "type": "about:blank",
        "title": problem.title,
        "status": problem.status.value,
        "detail": problem.detail,
        "request_id": request_id(),
        **problem.members,
    }
    response = jsonify(body)
    response.content_type = "application/problem+json"
    return response


def _as_page(problem: Problem) -> Response:
    if request.path.startswith("/staff/"):
        return make_response(render_staff_problem(problem.status, problem.title, problem.detail, request_id()))
    return make_response(render_problem(problem.status.value, problem.title, problem.detail, request_id()))


def answer_unread(app: Flask, problem: Problem, target: str) -> Response:
    """The response to what could not be read as a request; `target` is the address as far as it was read."""
    with app.test_request_context("/api/" if target.startswith("/api/") else "/"):
        return app.process_response(respond(problem))


def _sentence(error: Exception) -> str:
    text = str(error)
    return f"{text[:1].upper()}{text[1:]}{'' if text.endswith('.') else '.'}"
