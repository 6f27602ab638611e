"""The pages' addresses. A view reads the request, asks once, and hands the answer to a presenter and a template."""

from dataclasses import replace
from http import HTTPStatus
from typing import Any, Final

from flask import Blueprint, abort, redirect, render_template, request
from flask.blueprints import BlueprintSetupState
from werkzeug.datastructures import MultiDict
from werkzeug.wrappers import Response

from app.params import parse_facet_page, parse_page_request
from app.services import services
from app.web import wording
from app.web.help import SECTIONS
from app.web.links import address, contact_address, search_address, static_address
from app.web.presenters.facet_page import present_facet_page
from app.web.presenters.home import present_home
from app.web.presenters.record import present_record
from app.web.presenters.results import present_results
from catalogue import pending, records
from catalogue.errors import CatalogueUnavailable
from catalogue.record import RecordId
from mappings.fields import FACET_NAMES
from search.errors import InvalidRequest
from search.request import Sort

LIBRARY_NAME: Final = "Belong library"

pages: Final = Blueprint("pages", __name__, template_folder="templates")

# What the first page shows: a screen of records, and no more ways in than can be scanned.
_NEWEST: Final = 7
_WAYS_IN: Final = 14


_SPAN_FIELDS: Final = ("year_from", "year_to")


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
def home() -> str:
    """The welcome, the newest records, and the ways in."""
    everything = parse_page_request(MultiDict(), facets=("theme", "type", "year"))
    wanted = replace(everything, sort=Sort.NEWEST, size=_NEWEST, facet_size=_WAYS_IN)
    return _with_freshness("home.html", view=present_home(wanted, services().discovery.search(wanted)))


@pages.get("/search")
def search() -> str | Response:
    """A page of results."""
    if any(request.args.get(name) for name in _SPAN_FIELDS):
        return redirect(_address_with_span(request.args), HTTPStatus.SEE_OTHER)
    wanted = parse_page_request(request.args)
    discovery = services().discovery
    page = discovery.search(wanted)
    removals = discovery.removals(wanted, page) if page.total == 0 and wanted.filters else ()
    return _with_freshness("results.html", view=present_results(wanted, page, removals))


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
        found = records.get(session, RecordId(record_id))
    view = present_record(found, request.url_root)
    if view.deleted:
        same_title = address("/search", [("q", found.title)])
        return render_template("gone.html", view=view, search_for_title=same_title), HTTPStatus.GONE
    return render_template("record.html", view=view)


@pages.get("/help/search")
def help_search() -> str:
    """How to search."""
    return render_template("help.html", sections=SECTIONS)


def _with_freshness(template: str, **shown: object) -> str:
    """A page made from the index, which says at its foot how far the index is behind the catalogue.

    Searches go on without the catalogue: then the foot says nothing.
    """
    try:
        with services().catalogue.read() as session:
            waiting = pending.status(session).count
    except CatalogueUnavailable:
        return render_template(template, **shown)
    return render_template(template, freshness=wording.freshness(waiting), **shown)


def _address_with_span(args: MultiDict[str, str]) -> str:
    """The address of the search with the two fields of the form as one range of years. Raises InvalidRequest."""
    first, last = (args.get(name, "").strip() for name in _SPAN_FIELDS)
    for name, year in zip(_SPAN_FIELDS, (first, last), strict=True):
        if year and not (len(year) == 4 and year.isascii() and year.isdigit()):
            raise InvalidRequest(parameter=name, value=year[:100], limit="a year of four digits, such as 2017")
    if first and last:
        first, last = sorted((first, last))
    span = first if first == last else f"{first}..{last}"
    others = [(name, value) for name, value in args.items(multi=True) if name not in _SPAN_FIELDS]
    return search_address(parse_page_request(MultiDict([*others, ("year", span)])))
