"""The addresses of the API."""

from http import HTTPStatus
from typing import Any, Final

from flask import Response, abort, jsonify

from app.api import examples
from app.api.blueprint import PROBLEM_TYPE, ApiBlueprint
from app.api.bodies import facet_body, record_body, search_body, status_body
from app.api.schemas import (
    FacetPageSchema,
    NoParameters,
    ProblemSchema,
    RecordSchema,
    SearchPageSchema,
    StatusSchema,
)
from app.params import ApiSearchParameters, FacetParameters, to_request
from app.services import readiness, services
from app.status import read_status
from catalogue import records
from mappings.fields import FACET_NAMES

api: Final = ApiBlueprint("api", __name__, url_prefix="/api/v1", description="Search the library")

_ETAG: Final = {"ETag": {"description": "Send it back as If-None-Match.", "schema": {"type": "string"}}}

_unavailable: Final = api.alt_response(
    HTTPStatus.SERVICE_UNAVAILABLE,
    schema=ProblemSchema,
    content_type=PROBLEM_TYPE,
    description="The index or the catalogue is not answering just now.",
    example=examples.UNAVAILABLE,
    headers={"Retry-After": {"description": "Seconds until it is worth asking again.", "schema": {"type": "integer"}}},
)
_refused: Final = api.alt_response(
    HTTPStatus.BAD_REQUEST,
    schema=ProblemSchema,
    content_type=PROBLEM_TYPE,
    description="A parameter is not known, is given twice, or its value is outside its limit.",
    example=examples.REFUSED,
)


@api.route("/search")
@api.arguments(ApiSearchParameters(), location="query")
@api.response(HTTPStatus.OK, SearchPageSchema, example=examples.SEARCH_PAGE, headers=_ETAG)
@_refused
@_unavailable
def search(arguments: dict[str, Any]) -> Response:
    """One page of results, with facets and highlighted words."""
    return jsonify(search_body(services().discovery.search(to_request(arguments))))


@api.route("/facets/<name>", parameters=[{"name": "name", "in": "path", "schema": {"enum": list(FACET_NAMES)}}])
@api.arguments(FacetParameters(), location="query")
@api.response(HTTPStatus.OK, FacetPageSchema, example=examples.FACET_PAGE, headers=_ETAG)
@_refused
@api.alt_response(
    HTTPStatus.NOT_FOUND, schema=ProblemSchema, content_type=PROBLEM_TYPE, description="There is no such facet."
)
@_unavailable
def facet(arguments: dict[str, Any], name: str) -> Response:
    """All values of one facet under a search, the largest first (years in order), a hundred a page."""
    if name not in FACET_NAMES:
        abort(HTTPStatus.NOT_FOUND, f"There is no facet of this name. The facets are {', '.join(FACET_NAMES)}.")
    request = to_request({**arguments, "page": 1, "sort": "relevance"}, facets=())
    page = services().discovery.facet_page(request, name, containing=arguments["containing"], page=arguments["page"])
    return jsonify(facet_body(page))


@api.route("/records/<path:record_id>")
@api.arguments(NoParameters(), location="query")
@api.response(HTTPStatus.OK, RecordSchema, example=examples.RECORD, headers=_ETAG)
@api.alt_response(
    HTTPStatus.NOT_FOUND, schema=ProblemSchema, content_type=PROBLEM_TYPE, description="There never was such a record."
)
@api.alt_response(
    HTTPStatus.GONE,
    schema=ProblemSchema,
    content_type=PROBLEM_TYPE,
    description="The record was taken out of the library; the detail has its title.",
    example=examples.GONE,
)
@_unavailable
def record(_arguments: dict[str, Any], record_id: str) -> Response:
    """A record as the catalogue holds it."""
    with services().catalogue.read() as session:
        found = records.get_published(session, record_id)
    if found.deleted:
        abort(HTTPStatus.GONE, f"“{found.title}” was taken out of the library.")
    return jsonify(record_body(found))


@api.route("/status")
@api.arguments(NoParameters(), location="query")
@api.response(HTTPStatus.OK, StatusSchema, example=examples.STATUS, headers=_ETAG)
@_unavailable
def status(_arguments: dict[str, Any]) -> Response:
    """How many records there are, and how far the index is behind."""
    place = services().settings.index_place
    now = read_status(services().catalogue, index=readiness().generation(), place=place)
    return jsonify(status_body(now))
