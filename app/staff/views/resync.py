"""Writes some records to the index again, and follows how far they are."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final

from flask import abort, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app import orders
from app.orders import Marked, TooMany
from app.services import services
from app.staff.access import requires
from app.staff.addresses import NUMBER
from app.staff.blueprint import staff
from app.staff.presenters.marked import FOLLOWED, MarkedView, present_marked
from app.staff.presenters.words import sentence
from app.staff.resync_form import ResyncForm
from app.staff.visitor import present_account
from catalogue import audit, dead_letters, generations, pending, vocabularies
from catalogue.errors import NotFound
from catalogue.record import Vocabulary
from catalogue.resync import Selection
from catalogue.roles import Role

_NOTHING_NAMED: Final = (
    "Say which records: by at least one of the fields. To write all of them again, rebuild the index."
)


@staff.get("/index/resync")
@requires(Role.EDITOR)
def choose_records() -> Response:
    """The form."""
    return _page(_form(), HTTPStatus.OK)


@staff.post("/index/resync")
@requires(Role.EDITOR)
def resync() -> Response:
    """Marks records to be written again."""
    form = _form()
    if form.validate_on_submit():
        selection = form.selection()
        if selection is not None:
            return _mark(form, selection)
        form.form_errors.append(_NOTHING_NAMED)
    return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)


@staff.get(f"/index/marked/{NUMBER}")
@requires(Role.VIEWER)
def marked(number: int) -> str:
    """How far records are that somebody marked."""
    view = _marked(number)
    return render_template("staff/marked.html", view=view, section="index", page=view.page)


@staff.get(f"/index/marked/{NUMBER}/now")
@requires(Role.VIEWER)
def marked_now(number: int) -> str:
    """What of that changes."""
    return render_template("staff/marked_now.html", view=_marked(number))


def lead_to_marked(done: Marked, *, nothing: str, back: str) -> Response:
    """To the page on which they can be followed, or back with the reason why there is nothing to follow."""
    if done.entry is None:
        flash(nothing, "refused")
        return redirect(url_for(back), HTTPStatus.SEE_OTHER)
    flash("1 record is marked." if done.count == 1 else f"{done.count:,} records are marked.")
    return redirect(url_for("staff.marked", number=done.entry), HTTPStatus.SEE_OTHER)


def _mark(form: ResyncForm, selection: Selection) -> Response:
    try:
        done = orders.mark_selected(services().catalogue, selection, actor=present_account().name)
    except NotFound as e:
        # A theme is chosen from a list, so that it is one of the others.
        field = form.publisher if "publisher" in str(e) and form.publisher.data else form.records
        field.errors = [sentence(str(e))]
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    except TooMany as e:
        form.form_errors.append(sentence(str(e)))
        return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    return lead_to_marked(done, nothing="No record is like that, so nothing was marked.", back="staff.choose_records")


def _marked(number: int) -> MarkedView:
    with services().catalogue.read() as session:
        entry = audit.get(session, number)
        if entry.action not in FOLLOWED:
            abort(HTTPStatus.NOT_FOUND, "Nobody has marked any records under this number.")
        return present_marked(
            entry,
            waiting=pending.count_until(session, entry.at),
            refused=dead_letters.count(session, since=entry.at),
            stop=generations.stopped(session),
        )


def _form() -> ResyncForm:
    form = ResyncForm()
    with services().catalogue.read() as session:
        form.offer_themes(vocabularies.concepts(session, Vocabulary.THEME))
    return form


def _page(form: ResyncForm, status: HTTPStatus) -> Response:
    today = datetime.now(UTC).date().isoformat()
    page = render_template("staff/resync.html", form=form, today=today, section="index", page="choose_records")
    return make_response(page, status)
