"""The history of rebuilds, rollbacks and comparisons, and a page for each, where it can be followed and cancelled."""

from dataclasses import dataclass
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from flask import abort, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import orders
from app.drift import DRIFT_KINDS
from app.services import services
from app.staff.access import requires
from app.staff.addresses import NUMBER, Page, Place, pages_at, read_place
from app.staff.blueprint import staff
from app.staff.presenters.drift import DriftView, named_ids, named_of, present_drift, present_kind
from app.staff.presenters.runs import RunView, kind_name, present_run
from app.staff.presenters.words import sentence
from app.staff.visitor import present_account
from app.web.presenters.paging import present_paging
from catalogue import pending, records, runs
from catalogue.errors import Conflict
from catalogue.roles import Role
from catalogue.runs import Run, RunKind, RunState

_RUNS: Final = 25  # a page
_NAMED: Final = 10  # of each kind of drift, on the page of the comparison
_RECORDS: Final = 100  # a page of one kind


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """What the page of a run shows. `waiting` changes from before the end of a repair are not written yet.

    `is_latest`: no later comparison is done, so that what it found is the last that is known.
    """

    run: RunView
    drift: DriftView | None
    waiting: int
    is_latest: bool
    live: bool


@staff.get("/index/runs")
@requires(Role.VIEWER)
def history() -> str:
    """What was done to the index, the newest first."""
    before = read_place(Place())["before"]
    now = datetime.now(UTC)
    with services().catalogue.read() as session:
        found = runs.latest(session, before=before, limit=_RUNS + 1)
    views = [present_run(run, now) for run in found[:_RUNS]]
    older = url_for("staff.history", before=found[_RUNS - 1].id) if len(found) > _RUNS else None
    return render_template(
        "staff/runs.html", runs=views, older=older, is_first=before is None, section="index", page="history"
    )


@staff.get(f"/index/runs/{NUMBER}")
@requires(Role.VIEWER)
def run(number: int) -> str:
    """One run: how far it is, what it found, how it ended."""
    return render_template("staff/run.html", view=read_run_page(number), section="index", page="history")


@staff.get(f"/index/runs/{NUMBER}/now")
@requires(Role.VIEWER)
def run_now(number: int) -> str:
    """What of that changes."""
    return render_template("staff/run_now.html", view=read_run_page(number))


@staff.get(f"/index/runs/{NUMBER}/records/<kind>")
@requires(Role.VIEWER)
def run_records(number: int, kind: str) -> str:
    """All records of one kind that a comparison has named, a hundred a page."""
    page = read_place(Page())["page"]
    after = (page - 1) * _RECORDS
    with services().catalogue.read() as session:
        found = runs.get(session, number)
        if kind not in DRIFT_KINDS or found.report is None:
            abort(HTTPStatus.NOT_FOUND, "No comparison has found records of this kind.")
        known = records.get_many(session, named_of(found, kind, first=_RECORDS, after=after))
    view = present_kind(found, kind, known, first=_RECORDS, after=after)
    if after and not view.rows:
        abort(HTTPStatus.NOT_FOUND, "The list is not that long.")
    paging = present_paging(
        page, max(1, -(-view.named // _RECORDS)), pages_at("staff.run_records", number=number, kind=kind)
    )
    return render_template(
        "staff/run_records.html", view=view, run=_presented(found), paging=paging, section="index", page="history"
    )


@staff.get(f"/index/runs/{NUMBER}/cancel")
@requires(Role.EDITOR)
def confirm_cancel(number: int) -> str | Response:
    """What cancelling means, before it is done."""
    view = read_run_page(number)
    if not view.run.is_cancellable:
        flash(f"There is nothing to cancel any more: this is how {view.run.name.lower()} went on.", "refused")
        return redirect(url_for("staff.run", number=number), HTTPStatus.SEE_OTHER)
    return render_template("staff/confirm_cancel.html", view=view, section="index", page="history")


@staff.post(f"/index/runs/{NUMBER}/cancel")
@requires(Role.EDITOR)
def cancel_run(number: int) -> Response:
    """Gives a run up."""
    try:
        cancelled = orders.cancel_run(services().catalogue, number, actor=present_account().name)
        flash(f"{kind_name(cancelled)} {number} is cancelled.")
    except Conflict as e:
        flash(f"Nothing was cancelled: {sentence(str(e))}", "refused")
    return redirect(url_for("staff.run", number=number), HTTPStatus.SEE_OTHER)


def read_run_page(number: int) -> RunPage:
    """A run as it is now, with what it found. Raises NotFound."""
    with services().catalogue.read() as session:
        found = runs.get(session, number)
        known = records.get_many(session, named_ids(found, first=_NAMED))
        waiting = pending.count_until(session, found.finished_at) if found.repair and found.finished_at else 0
        latest = runs.last(session, RunKind.RECONCILE, state=RunState.DONE)
    return RunPage(
        run=_presented(found),
        drift=present_drift(found, known, first=_NAMED),
        waiting=waiting,
        is_latest=latest is not None and latest.id == found.id,
        live=not found.is_ended or waiting > 0,
    )


def _presented(found: Run) -> RunView:
    return present_run(found, datetime.now(UTC))
