"""The first page of the staff: what needs doing, and how the index is."""

from datetime import UTC, datetime

from flask import render_template

from app.services import readiness, services
from app.staff.access import requires
from app.staff.blueprint import staff
from app.staff.index_state import read_index_state
from app.staff.presenters.overview import OverviewView, present_overview
from catalogue.roles import Role


@staff.get("/")
@requires(Role.VIEWER)
def overview() -> str:
    """The first page."""
    return render_template("staff/overview.html", view=_view(), section="overview")


@staff.get("/now")
@requires(Role.VIEWER)
def overview_now() -> str:
    """What of it changes while something is going on."""
    return render_template("staff/overview_now.html", view=_view())


def _view() -> OverviewView:
    search = readiness().read()["search"]
    with services().catalogue.read() as session:
        state = read_index_state(session, now=datetime.now(UTC), place=services().settings.index_place)
    return present_overview(state, search)
