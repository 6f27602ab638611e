"""The audit log: who did what, and when."""

from typing import Final

from flask import render_template, url_for

from app.services import services
from app.staff.access import requires
from app.staff.addresses import AuditPlace, read_place
from app.staff.blueprint import staff
from app.staff.presenters.audit import action_in_words, present_entries
from catalogue import audit
from catalogue.roles import Role

_ENTRIES: Final = 50  # a page


@staff.get("/audit-log")
@requires(Role.ADMINISTRATOR)
def audit_log() -> str:
    """The newest entries first, of everything or of one action or person.

    For administrators: it also tells who signed in when.
    """
    place = read_place(AuditPlace())
    action, actor = place["action"] or None, place["actor"] or None
    with services().catalogue.read() as session:
        found = audit.listed(session, before=place["before"], limit=_ENTRIES + 1, action=action, actor=actor)
        actions, actors = audit.actions(session), audit.actors(session)
    last = found[_ENTRIES - 1].id if len(found) > _ENTRIES else None
    return render_template(
        "staff/audit_log.html",
        entries=present_entries(found[:_ENTRIES]),
        older=url_for("staff.audit_log", before=last, action=action, actor=actor) if last is not None else None,
        is_first=place["before"] is None,
        action=action,
        actor=actor,
        actions=[(each, action_in_words(each)) for each in actions],
        actors=actors,
        section="audit_log",
    )
