"""Compares index and catalogue, shows what differs, and mends it."""

from http import HTTPStatus

from flask import flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import orders
from app.services import services
from app.staff.access import requires
from app.staff.blueprint import staff
from app.staff.presenters.words import sentence
from app.staff.views.runs import read_run_page
from app.staff.visitor import present_account
from catalogue import runs
from catalogue.errors import AlreadyRunning
from catalogue.roles import Role
from catalogue.runs import RunKind, RunState


@staff.get("/index/comparison")
@requires(Role.VIEWER)
def comparison() -> str:
    """What the last comparison found."""
    with services().catalogue.read() as session:
        last = runs.last(session, RunKind.RECONCILE, state=RunState.DONE)
        under_way = [run.id for run in runs.unfinished(session) if run.kind is RunKind.RECONCILE]
    view = read_run_page(last.id) if last is not None else None
    return render_template("staff/comparison.html", view=view, under_way=under_way, section="index", page="comparison")


@staff.post("/index/comparison")
@requires(Role.EDITOR)
def compare() -> Response:
    """Starts a comparison."""
    return _start(repair=False)


@staff.post("/index/comparison/repair")
@requires(Role.EDITOR)
def repair() -> Response:
    """Starts a comparison that mends what it finds."""
    return _start(repair=True)


def _start(*, repair: bool) -> Response:
    try:
        number = orders.start_comparison(services().catalogue, actor=present_account().name, repair=repair)
        flash("The repair is asked for." if repair else "The comparison is asked for.")
    except AlreadyRunning as e:
        number = e.run_id
        flash(f"Nothing was started: {sentence(str(e))} This is it.", "refused")
    return redirect(url_for("staff.run", number=number), HTTPStatus.SEE_OTHER)
