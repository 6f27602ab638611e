"""Records: read by everybody, written by keys of editors."""

from http import HTTPStatus
from typing import Any, Final

from flask import Response, abort, jsonify, request
from sqlalchemy.orm import Session

from app.api import examples
from app.api.access import present_key, shown_key
from app.api.answers import RECORD_ETAG, for_keys, leads_to, problem, refused, unavailable
from app.api.blueprint import api
from app.api.bodies import record_body
from app.api.drafts import WrittenRecord, written_record
from app.api.preconditions import Precondition, read_precondition, tag_of
from app.api.record_input import RecordInputSchema
from app.api.schemas import NoParameters, RecordSchema
from app.body_limits import takes_body
from app.services import services
from app.web.links import api_record_address
from catalogue import audit, records
from catalogue.errors import Conflict, Invalid, NotFound
from catalogue.identity import valid_id
from catalogue.record import Record, RecordId
from catalogue.records import Change
from catalogue.roles import Role
from search.errors import InvalidRequest

_MOST_BODY: Final = 1_000_000  # bytes: as a line of an import

_PATH: Final = "/records/<path:record_id>"

_ID: Final = {
    "name": "record_id",
    "in": "path",
    "description": "The record's id.",
    "schema": {
        "type": "string",
        "maxLength": 200,
        "pattern": r"^[A-Za-z0-9][A-Za-z0-9._:-]*(/\.*[A-Za-z0-9_:-][A-Za-z0-9._:-]*)*$",
    },
}
_IF_MATCH: Final = {
    "name": "If-Match",
    "in": "header",
    "description": "The ETag of the version that is to be changed, or * for whatever is there.",
    "schema": {"type": "string", "pattern": r'^(\*|(W/)?"[^"]*"(, *(W/)?"[^"]*")*)$'},
    "example": "*",
}
_IF_NONE_MATCH: Final = {
    "name": "If-None-Match",
    "in": "header",
    "description": "*: only if there is no such record yet.",
    "schema": {"type": "string", "enum": ["*"]},
}
_LOCATION: Final = {"Location": {"description": "The record's address.", "schema": {"type": "string"}}}

_THIS: Final = {"record_id": "$response.body#/id"}
_THIS_VERSION: Final = {**_THIS, "If-Match": "$response.header.ETag"}

_changed_meanwhile: Final = problem(
    HTTPStatus.PRECONDITION_FAILED,
    "It is not as If-Match or If-None-Match say: somebody changed it. The present version is told.",
    example=examples.CHANGED_MEANWHILE,
    headers=RECORD_ETAG,
)
_unconditional: Final = problem(
    HTTPStatus.PRECONDITION_REQUIRED,
    "It would change what is there, and does not say which version. The present version is told.",
    headers=RECORD_ETAG,
)
_raced: Final = problem(HTTPStatus.CONFLICT, "Somebody else wrote at the same moment. Try again.")


@api.route(_PATH, parameters=[_ID])
@api.arguments(NoParameters(), location="query")
@api.response(HTTPStatus.OK, RecordSchema, example=examples.RECORD, headers=RECORD_ETAG)
@refused
@problem(HTTPStatus.NOT_FOUND, "There never was such a record, or it is a draft, which only keys see.")
@problem(
    HTTPStatus.GONE,
    "The record was taken out of the library; the detail has its title.",
    example=examples.GONE,
)
@unavailable
@leads_to(HTTPStatus.OK, ("delete_record", _THIS_VERSION))
def record(_arguments: dict[str, Any], record_id: str) -> Response:
    """A record as the catalogue holds it."""
    with services().catalogue.read() as session:
        get = records.get if shown_key() is not None else records.get_published
        found = get(session, RecordId(record_id))
    if found.deleted:
        abort(HTTPStatus.GONE, f"“{found.title}” was taken out of the library.")
    return _answer(found)


@api.route(_PATH, methods=["PUT"])
@takes_body(_MOST_BODY)
@for_keys(Role.EDITOR)
@api.doc(parameters=[_IF_MATCH, _IF_NONE_MATCH])
@api.arguments(NoParameters(), location="query")
@api.arguments(RecordInputSchema(), location="json", example=examples.RECORD_INPUT)
@api.response(HTTPStatus.OK, RecordSchema, example=examples.RECORD, headers=RECORD_ETAG)
@api.alt_response(
    HTTPStatus.CREATED,
    schema=RecordSchema,
    description="It is new, or was restored.",
    example=examples.RECORD,
    headers={**RECORD_ETAG, **_LOCATION},
    success=True,
)
@_raced
@_changed_meanwhile
@_unconditional
@problem(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, f"The body has more than {_MOST_BODY:,} bytes.")
@problem(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, "The body is not JSON in UTF-8, or is compressed.")
@problem(HTTPStatus.UNPROCESSABLE_ENTITY, "Something is wrong with the record.", example=examples.FLAWED)
@unavailable
@leads_to(HTTPStatus.OK, ("record", _THIS), ("delete_record", _THIS_VERSION))
@leads_to(HTTPStatus.CREATED, ("record", _THIS), ("delete_record", _THIS_VERSION))
def put_record(_arguments: dict[str, Any], body: dict[str, Any], record_id: str) -> Response:
    """Writes a record: adds it, changes it to what the body says, or restores it.

    A record that is as the body says stays as it is, whatever the headers say.
    """
    target, precondition = _valid_id(record_id), read_precondition()
    with services().catalogue.read() as session:
        written = written_record(session, body, target)
    try:
        return _put(target, written, precondition)
    except Conflict:  # somebody added it between two looks: what he wrote is seen now
        return _put(target, written, precondition)


@api.route(_PATH, methods=["DELETE"])
@for_keys(Role.EDITOR)
@api.doc(parameters=[_IF_MATCH])
@api.arguments(NoParameters(), location="query")
@api.alt_response(HTTPStatus.NO_CONTENT, description="It is deleted, or was before.", success=True)
@refused
@problem(HTTPStatus.NOT_FOUND, "There never was such a record.")
@_raced
@_changed_meanwhile
@_unconditional
@unavailable
def delete_record(_arguments: dict[str, Any], record_id: str) -> Response:
    """Takes a record out of the library. PUT restores it."""
    precondition = read_precondition()
    with services().catalogue.write() as session:
        before = records.get(session, record_id)
        if not before.deleted:
            precondition.check(before.version, _tag(before))
            version = records.delete(session, before.id, by=present_key().actor)
            _note(session, "record.deleted", before, version)
    return Response(status=HTTPStatus.NO_CONTENT)


def _valid_id(text: str) -> RecordId:
    try:
        return valid_id(text)
    except Invalid as e:
        raise InvalidRequest(parameter="record_id", value=text[:100], limit=e.limit) from e


def _put(target: RecordId, written: WrittenRecord, precondition: Precondition) -> Response:
    with services().catalogue.write() as session:
        before = _present(session, target)
        after = _write(session, target, written, before, precondition)
    is_new = before is None or before.deleted
    return _answer(after, HTTPStatus.CREATED if is_new else HTTPStatus.OK)


def _present(session: Session, target: RecordId) -> Record | None:
    """The record, tombstones included, which nobody else changes from now on; None where there never was one."""
    try:
        return records.get(session, target)
    except NotFound:
        return None


def _write(
    session: Session, target: RecordId, written: WrittenRecord, before: Record | None, precondition: Precondition
) -> Record:
    """The record as it is afterwards. Raises Refusal, and then nothing is written."""
    present = before if before is not None and not before.deleted else None
    if present is None:
        precondition.check_absent()
    elif precondition.only_new:
        precondition.check(present.version, _tag(present))
    saved = records.save(
        session,
        written.draft,
        record_id=target,
        expected_version=0 if before is None else None,
        published=written.published,
        by=present_key().actor,
    )
    if saved.change is not Change.UNCHANGED and present is not None:
        # Not before: what has been done already may be asked for again, though its tag is dated (RFC 9110, 13.1.1).
        precondition.check(present.version, _tag(present))
    after = records.get(session, target)
    if saved.change is not Change.UNCHANGED:
        what = "added" if before is None else "restored" if present is None else "changed"
        _note(session, f"record.{what}", after, saved.version)
    return after


def _note(session: Session, action: str, about: Record, version: int) -> None:
    detail = {"version": version, "title": about.title}
    audit.record(session, actor=present_key().actor, action=action, subject=about.id, detail=detail)


def _answer(found: Record, status: HTTPStatus = HTTPStatus.OK) -> Response:
    response = jsonify(record_body(found))
    response.status_code = status
    response.set_etag(tag_of(found.version, response.get_data()))
    if request.method == "PUT":
        response.headers["Content-Location"] = api_record_address(found.id)  # so that the tag is of what is sent
    if status is HTTPStatus.CREATED:
        response.headers["Location"] = api_record_address(found.id)
    return response


def _tag(found: Record) -> str:
    """The tag that GET gives."""
    return tag_of(found.version, jsonify(record_body(found)).get_data())
