"""The records that the index cannot take: why, and another try."""

from typing import Final

from flask import render_template, request, url_for
from werkzeug.wrappers import Response

from app import orders
from app.services import services
from app.staff.access import requires
from app.staff.addresses import LettersPlace, read_place
from app.staff.blueprint import staff
from app.staff.presenters.letters import present_letters
from app.staff.views.resync import lead_to_marked
from app.staff.visitor import present_account
from catalogue import dead_letters as letters
from catalogue import pending
from catalogue.record import RecordId
from catalogue.roles import Role
from catalogue.validation import can_be_stored

_LETTERS: Final = 50  # a page


@staff.get("/index/dead-letters")
@requires(Role.VIEWER)
def dead_letters() -> str:
    """The list, in order of the records."""
    place = read_place(LettersPlace())
    after = (place["after"], place["index"]) if place["after"] else None
    with services().catalogue.read() as session:
        found = letters.listed(session, after=after, limit=_LETTERS + 1)
        count = letters.count(session)
        waiting = pending.among(session, [letter.record_id for letter in found])
    last = found[_LETTERS - 1] if len(found) > _LETTERS else None
    further = url_for("staff.dead_letters", after=last.record_id, index=last.generation) if last is not None else None
    return render_template(
        "staff/dead_letters.html",
        letters=present_letters(found[:_LETTERS], waiting),
        count=count,
        further=further,
        is_first=after is None,
        section="index",
        page="dead_letters",
    )


@staff.post("/index/dead-letters")
@requires(Role.EDITOR)
def retry_dead_letters() -> Response:
    """Tries one record again, or all where the form says so."""
    record_ids = [RecordId(each) for each in request.form.getlist("record") if can_be_stored(each)]
    named = None if "all" in request.form else record_ids
    done = orders.retry_dead_letters(services().catalogue, named, actor=present_account().name)
    nothing = "Nothing had to be tried again: the index takes it by now."
    return lead_to_marked(done, nothing=nothing, back="staff.dead_letters")
