"""Making the index anew: started and given up by keys of editors, watched by keys of viewers."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any, Final

from flask import Response, jsonify
from sqlalchemy.orm import Session

from app import orders
from app.api import examples
from app.api.access import present_key
from app.api.answers import ETAG, for_keys, leads_to, problem, refused, unavailable
from app.api.blueprint import api
from app.api.bodies import reindex_address, reindex_body
from app.api.json_body import refuse_body
from app.api.refusal import Refusal
from app.api.schemas import NoParameters, ReindexesSchema, ReindexSchema
from app.params import ReindexesParameters
from app.services import services
from catalogue import runs
from catalogue.errors import AlreadyRunning, Conflict, NotFound
from catalogue.roles import Role
from catalogue.runs import MOVING, Run, RunKind, RunState

# A number that every database can look for.
_PATH: Final = "/reindexes/<int(max=999999999):number>"

_LOCATION: Final = {"Location": {"description": "Where to watch it.", "schema": {"type": "string"}}}

_THIS: Final = {"number": "$response.body#/number"}

_unknown: Final = problem(HTTPStatus.NOT_FOUND, "No reindex has this number.")


@api.route("/reindexes")
@for_keys(Role.VIEWER)
@api.arguments(ReindexesParameters(), location="query")
@api.response(HTTPStatus.OK, ReindexesSchema, example={"reindexes": [examples.REINDEX]}, headers=ETAG)
@refused
@unavailable
def reindexes(arguments: dict[str, Any]) -> Response:
    """The times when the index was made anew, the newest first."""
    with services().catalogue.read() as session:
        found = runs.latest(session, kind=RunKind.REBUILD, before=arguments["before"], limit=arguments["size"])
    now = datetime.now(UTC)
    return jsonify({"reindexes": [reindex_body(run, now) for run in found]})


@api.route("/reindexes", methods=["POST"])
@for_keys(Role.EDITOR)
@api.arguments(NoParameters(), location="query")
@api.response(HTTPStatus.ACCEPTED, ReindexSchema, example=examples.REINDEX_ASKED_FOR, headers=_LOCATION)
@refused
@problem(
    HTTPStatus.CONFLICT,
    "The index is being made anew already, or searches go back to the one before. The address of that is told.",
    example=examples.RUNNING,
)
@unavailable
@leads_to(HTTPStatus.ACCEPTED, ("reindex", _THIS), ("cancel_reindex", _THIS))
def start_reindex(_arguments: dict[str, Any]) -> Response:
    """Makes the index anew from the catalogue. It takes no body; searches go on meanwhile."""
    refuse_body()
    try:
        number = orders.start_rebuild(services().catalogue, actor=present_key().actor)
    except AlreadyRunning as e:
        raise Refusal(HTTPStatus.CONFLICT, f"{e}.", members={"running": reindex_address(e.run_id)}) from e
    with services().catalogue.read() as session:
        response = jsonify(reindex_body(runs.get(session, number), datetime.now(UTC)))
    response.status_code = HTTPStatus.ACCEPTED
    response.headers["Location"] = reindex_address(number)
    return response


@api.route(_PATH)
@for_keys(Role.VIEWER)
@api.arguments(NoParameters(), location="query")
@api.response(HTTPStatus.OK, ReindexSchema, example=examples.REINDEX, headers=ETAG)
@refused
@_unknown
@unavailable
def reindex(_arguments: dict[str, Any], number: int) -> Response:
    """How far it is, and what became of it."""
    with services().catalogue.read() as session:
        found = _run(session, number)
    return jsonify(reindex_body(found, datetime.now(UTC)))


@api.route(f"{_PATH}/cancel", methods=["POST"])
@for_keys(Role.EDITOR)
@api.arguments(NoParameters(), location="query")
@api.response(HTTPStatus.OK, ReindexSchema, example=examples.REINDEX_CANCELLED)
@refused
@_unknown
@problem(HTTPStatus.CONFLICT, "It has ended, or moves the searches already.")
@unavailable
def cancel_reindex(_arguments: dict[str, Any], number: int) -> Response:
    """Gives it up; searches stay with the index that they have. It can be repeated, and takes no body.

    No DELETE, which would say that there is no such reindex afterwards: it stays in the list, cancelled.
    """
    refuse_body()
    with services().catalogue.read() as session:
        _run(session, number)
    try:
        found = orders.cancel_run(services().catalogue, number, actor=present_key().actor)
    except Conflict:
        with services().catalogue.read() as session:
            found = _run(session, number)
        if found.state is not RunState.CANCELLED:
            raise
    return jsonify(reindex_body(found, datetime.now(UTC)))


def _run(session: Session, number: int) -> Run:
    """A run that moves the searches: a rebuild, or the rollback that keeps one from being started."""
    found = runs.get(session, number)
    if found.kind not in MOVING:
        raise NotFound(f"No reindex has the number {number}")
    return found
