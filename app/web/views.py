"""The pages' addresses. A view reads the request, asks once, and hands the answer to a presenter and a template."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, abort, make_response, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.params import parse_facet_page, parse_page_request
from app.problems import log_outage
from app.services import recent_freshness, services, site_root
from app.web import wording
from app.web.help import SECTIONS
from app.web.links import address, contact_address, search_address, static_address
from app.web.presenters.facet_page import present_facet_page
from app.web.presenters.filters import RefusedYears
from app.web.presenters.home import present_home, present_home_without_search
from app.web.presenters.record import present_record
from app.web.presenters.results import present_results
from app.web.years import SPAN_FIELDS, has_span, is_about_years, request_without_span, span_address
from catalogue import records
from mappings.fields import FACET_NAMES
from search.errors import EngineError, InvalidRequest
from search.request import SearchRequest, Sort

LIBRARY_NAME: Final = "Belong library"

pages: Final = Blueprint("pages", __name__, template_folder="templates")

# What the first page shows: a screen of records, and no more ways in than can be scanned.
_NEWEST: Final = 7
_WAYS_IN: Final = 14

# The field of the page of all values of a facet that looks for some of them.
_FIND_FIELD: Final = "containing"


@pages.record_once
def _trim_templates(state: BlueprintSetupState) -> None:
    """Leave out the line breaks that only lay out the templates."""
    state.app.jinja_env.trim_blocks = True
    state.app.jinja_env.lstrip_blocks = True


@pages.app_context_processor
def _shared_words() -> dict[str, Any]:
    """What every page needs."""
    return {
        "library_name": LIBRARY_NAME,
        "contact": contact_address(services().settings.contact),
        "static_address": static_address,
    }


@pages.get("/")
def home() -> Response:
    """The welcome, the newest records, and the ways in; without the engine what the catalogue knows of them.

    That is still a useful page, so it answers 200: with 503 some servers in front would put a page of their own in its
    place, or take this one for dead. Who watches over the service asks /readyz.
    """
    everything = parse_page_request(MultiDict(), facets=("theme", "type", "year"))
    wanted = replace(everything, sort=Sort.NEWEST, size=_NEWEST, facet_size=_WAYS_IN)
    try:
        page = services().discovery.search(wanted)
    except EngineError as e:
        log_outage(e)
        return _home_without_search()
    return make_response(_with_freshness("home.html", view=present_home(wanted, page)))


@pages.get("/search")
def search() -> str | tuple[str, int] | Response:
    """A page of results. Where a year cannot be read, that is said beside the results of all else."""
    try:
        if has_span(request.args):
            return redirect(span_address(request.args), HTTPStatus.SEE_OTHER)
        if _FIND_FIELD in request.args:  # values were ticked on the page that lists them all
            return redirect(search_address(parse_page_request(request.args)), HTTPStatus.SEE_OTHER)
        wanted = parse_page_request(request.args)
    except InvalidRequest as e:
        if not is_about_years(e):
            raise
        refused = RefusedYears(value=e.value, parameter=e.parameter, first=_typed(0), last=_typed(1))
        return _results(request_without_span(request.args), refused), HTTPStatus.BAD_REQUEST
    return _results(wanted)


@pages.get("/search/facets/<name>")
def facet(name: str) -> str:
    """All values of one facet, a hundred a page."""
    if name not in FACET_NAMES:
        abort(HTTPStatus.NOT_FOUND)
    wanted, containing, page = parse_facet_page(request.args, name)
    values = services().discovery.facet_page(wanted, name, containing=containing, page=page)
    return _with_freshness("facet.html", view=present_facet_page(wanted, name, containing, values))


@pages.get("/records/<path:record_id>")
def record(record_id: str) -> str | tuple[str, int]:
    """One record; a deleted one answers 410 with its title."""
    with services().catalogue.read() as session:
        found = records.get_published(session, record_id)
    view = present_record(found, f"{site_root()}/")
    if view.deleted:
        same_title = address("/search", [("q", found.title)])
        return render_template("gone.html", view=view, search_for_title=same_title), HTTPStatus.GONE
    return render_template("record.html", view=view)


@pages.get("/help/search")
def help_search() -> str:
    """How to search."""
    return render_template("help.html", sections=SECTIONS)


def _home_without_search() -> Response:
    with services().catalogue.read() as session:
        view = present_home_without_search(records.count(session), records.newest(session, _NEWEST))
    response = make_response(render_template("home.html", view=view))
    response.headers["Cache-Control"] = "no-store"
    return response


def _results(wanted: SearchRequest, refused: RefusedYears | None = None) -> str:
    discovery = services().discovery
    page = discovery.search(wanted)
    removals = discovery.removals(wanted, page) if page.total == 0 and wanted.filters else ()
    return _with_freshness("results.html", view=present_results(wanted, page, removals, refused))


def _typed(field: int) -> str:
    return request.args.get(SPAN_FIELDS[field], "").strip()


def _with_freshness(template: str, **shown: object) -> str:
    """A page made from the index, which says at its foot how far the index is behind the catalogue.

    Searches go on without the catalogue: then the foot says nothing. The words are part of the page and so of its ETag
    rather than fetched by a script: they are there for everybody, cost no second request, and a page that is kept never
    says what is no longer so. While nothing changes in the library, neither do they. Pages that are made from the
    catalogue, such as a record's, are never behind and say nothing.
    """
    found = recent_freshness().read()
    return render_template(template, freshness=wording.freshness(found) if found is not None else None, **shown)
