"""The addresses of the API."""

from typing import Any

from flask import abort
from flask_smorest import Blueprint

from app.api.bodies import Body, facet_body, record_body, search_body
from app.api.schemas import (
    FacetPageSchema,
    FacetParameters,
    RecordSchema,
    SearchPageSchema,
    StatusSchema,
)
from app.params import ApiSearchParameters, to_request
from app.services import services
from app.status import read_status
from catalogue import records
from catalogue.record import RecordId
from mappings.fields import FACET_NAMES
from search.request import SearchRequest

api = Blueprint("api", __name__, url_prefix="/api/v1", description="Search the library")


@api.route("/search")
@api.arguments(ApiSearchParameters, location="query")
@api.response(200, SearchPageSchema)
def search(arguments: dict[str, Any]) -> Body:
    """One page of results, with facets and highlighted words."""
    return search_body(services().discovery.search(to_request(arguments)))


@api.route("/facets/<name>")
@api.arguments(FacetParameters, location="query")
@api.response(200, FacetPageSchema)
def facet(arguments: dict[str, Any], name: str) -> Body:
    """All values of one facet under a search, the largest first, a hundred a page."""
    if name not in FACET_NAMES:
        abort(404)
    request: SearchRequest = to_request({**arguments, "page": 1, "sort": "relevance"}, facets=())
    page = services().discovery.facet_page(request, name, containing=arguments["containing"], page=arguments["page"])
    return facet_body(page)


@api.route("/records/<path:record_id>")
@api.response(200, RecordSchema)
def record(record_id: str) -> Body:
    """A record as the catalogue holds it. 410 for one that was deleted."""
    with services().catalogue.read() as session:
        found = records.get(session, RecordId(record_id))
    if found.deleted:
        abort(410, f"“{found.title}” was taken out of the library.")
    return record_body(found)


@api.route("/status")
@api.response(200, StatusSchema)
def status() -> Body:
    """How many records there are, and how far the index is behind."""
    return {**read_status(services())}
