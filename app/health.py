"""The addresses for programs that watch over the service: /healthz and /readyz (docs/operations.md)."""

from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, Response, jsonify

from app.readiness import Part, State, state_of
from app.services import readiness

health: Final = Blueprint("health", __name__)


@health.get("/healthz")
def alive() -> Response:
    """That this process answers. Nothing else is asked: a restart would mend no other part."""
    return _fresh({"status": "alive"})


@health.get("/readyz")
def ready() -> Response:
    """Which parts are up. 503 only without the catalogue: without search the record pages still work."""
    parts = readiness().read()
    state = state_of(parts)
    response = _fresh({"status": state, "parts": {name: _body(part) for name, part in parts.items()}})
    response.status_code = HTTPStatus.SERVICE_UNAVAILABLE if state is State.DOWN else HTTPStatus.OK
    return response


def _body(part: Part) -> dict[str, Any]:
    if part.reason is None:
        return {"status": "up", **part.details}
    return {"status": "down", "reason": part.reason, **part.details}


def _fresh(body: dict[str, Any]) -> Response:
    response = jsonify(body)
    response.headers["Cache-Control"] = "no-store"
    return response
