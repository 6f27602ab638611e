"""Searches, and how the service is: open to all."""

from http import HTTPStatus
from typing import Any, Final

from flask import Response, abort, jsonify

from app.api import examples
from app.api.answers import ETAG, leads_to, problem, refused, unavailable
from app.api.blueprint import api
from app.api.bodies import completions_body, facet_body, search_body, status_body
from app.api.schemas import CompletionsSchema, FacetPageSchema, NoParameters, SearchPageSchema, StatusSchema
from app.params import ApiSearchParameters, FacetParameters, SuggestParameters, to_filters, to_request
from app.services import readiness, services
from app.status import read_status
from mappings.fields import FACET_NAMES

# The same few letters are typed by many, and by one who goes back a letter. Nobody waits longer for what is new.
_KEPT_SHORTLY: Final = "public, max-age=30"


@api.route("/search")
@api.arguments(ApiSearchParameters(), location="query")
@api.response(HTTPStatus.OK, SearchPageSchema, example=examples.SEARCH_PAGE, headers=ETAG)
@refused
@unavailable
@leads_to(HTTPStatus.OK, ("record", {"record_id": "$response.body#/hits/0/id"}))
def search(arguments: dict[str, Any]) -> Response:
    """One page of results, with facets and highlighted words."""
    return jsonify(search_body(services().discovery.search(to_request(arguments))))


@api.route("/suggest")
@api.arguments(SuggestParameters(), location="query")
@api.response(HTTPStatus.OK, CompletionsSchema, example=examples.COMPLETIONS, headers=ETAG)
@refused
@unavailable
def suggest(arguments: dict[str, Any]) -> Response:
    """What somebody may be about to type: themes, publishers, authors and titles that the library has.

    They are found by the beginning of any word, or by several words in any order of which the last may be a beginning.
    """
    typed = arguments["q"]
    found = services().discovery.complete(typed, filters=to_filters(arguments), limit=arguments["limit"])
    response = jsonify(completions_body(typed, found))
    response.headers["Cache-Control"] = _KEPT_SHORTLY
    return response


@api.route("/facets/<name>", parameters=[{"name": "name", "in": "path", "schema": {"enum": list(FACET_NAMES)}}])
@api.arguments(FacetParameters(), location="query")
@api.response(HTTPStatus.OK, FacetPageSchema, example=examples.FACET_PAGE, headers=ETAG)
@refused
@problem(HTTPStatus.NOT_FOUND, "There is no such facet.")
@unavailable
def facet(arguments: dict[str, Any], name: str) -> Response:
    """All values of one facet under a search, the largest first (years in order), a hundred a page."""
    if name not in FACET_NAMES:
        abort(HTTPStatus.NOT_FOUND, f"There is no facet of this name. The facets are {', '.join(FACET_NAMES)}.")
    request = to_request({**arguments, "page": 1, "sort": "relevance"}, facets=())
    page = services().discovery.facet_page(request, name, containing=arguments["containing"], page=arguments["page"])
    return jsonify(facet_body(page))


@api.route("/status")
@api.arguments(NoParameters(), location="query")
@api.response(HTTPStatus.OK, StatusSchema, example=examples.STATUS, headers=ETAG)
@unavailable
def status(_arguments: dict[str, Any]) -> Response:
    """How many records there are, and how far the index is behind."""
    place = services().settings.index_place
    now = read_status(services().catalogue, index=readiness().generation(), place=place)
    return jsonify(status_body(now))
