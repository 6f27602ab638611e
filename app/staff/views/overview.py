"""The first page of the staff."""

from flask import render_template

from app.staff.access import requires
from app.staff.blueprint import staff
from catalogue.roles import Role


@staff.get("/")
@requires(Role.VIEWER)
def overview() -> str:
    """The first page."""
    return render_template("staff/overview.html", section="overview")
