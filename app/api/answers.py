"""What several addresses of the API answer, as the OpenAPI document tells it."""

from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from app.api import examples
from app.api.access import needs
from app.api.blueprint import PROBLEM_TYPE, api
from app.api.schemas import ProblemSchema
from catalogue.roles import Role

_Decorator = Callable[[Callable[..., Any]], Callable[..., Any]]

ETAG: Final = {"ETag": {"description": "Send it back as If-None-Match.", "schema": {"type": "string"}}}
RECORD_ETAG: Final = {
    "ETag": {
        "description": "Send it back as If-Match to change this version, as If-None-Match to read only a newer one.",
        "schema": {"type": "string"},
    }
}

_CHALLENGE: Final = {
    "WWW-Authenticate": {"description": "Bearer, with what was wrong with the key.", "schema": {"type": "string"}}
}
_RETRY_AFTER: Final = {
    "Retry-After": {"description": "Seconds until it is worth asking again.", "schema": {"type": "integer"}}
}


def problem(status: HTTPStatus, description: str, **more: Any) -> _Decorator:  # noqa: ANN401 - flask-smorest's
    """Documents an error of an address."""
    return api.alt_response(status, schema=ProblemSchema, content_type=PROBLEM_TYPE, description=description, **more)


unavailable: Final = problem(
    HTTPStatus.SERVICE_UNAVAILABLE,
    "The index or the catalogue is not answering just now.",
    example=examples.UNAVAILABLE,
    headers=_RETRY_AFTER,
)
refused: Final = problem(
    HTTPStatus.BAD_REQUEST,
    "A parameter is not known, is given twice, or its value is outside its limit.",
    example=examples.REFUSED,
)


def for_keys(role: Role) -> _Decorator:
    """Opens an address to keys in a role, or one that includes it, and documents that."""
    documented = (
        api.doc(security=[{"key": []}]),
        problem(HTTPStatus.UNAUTHORIZED, "There is no key, or none that is good.", headers=_CHALLENGE),
        problem(HTTPStatus.FORBIDDEN, f"The key is not in the role {role}.", headers=_CHALLENGE),
        needs(role),
    )

    def mark(view: Callable[..., Any]) -> Callable[..., Any]:
        for decorate in documented:
            view = decorate(view)
        return view

    return mark


def leads_to(status: HTTPStatus, *links: tuple[str, Mapping[str, str]]) -> _Decorator:
    """Documents what can be done with an answer: operations, and where in it their parameters are."""
    named = {name: {"operationId": name, "parameters": dict(parameters)} for name, parameters in links}
    return api.doc(responses={int(status): {"links": named}})
