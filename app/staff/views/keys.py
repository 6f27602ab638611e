"""The keys with which other systems use the API: made, shown once, and revoked."""

from datetime import UTC, datetime, timedelta
from http import HTTPStatus

from flask import flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.services import services
from app.staff.access import requires
from app.staff.addresses import NUMBER
from app.staff.blueprint import staff
from app.staff.key_forms import NewKeyForm
from app.staff.visitor import present_account
from catalogue import api_keys, audit
from catalogue.api_keys import NewKey
from catalogue.errors import Conflict, Invalid
from catalogue.roles import Role


@staff.get("/keys")
@requires(Role.ADMINISTRATOR)
def keys() -> Response:
    """All keys, and the form for another one."""
    return _page(NewKeyForm(), HTTPStatus.OK)


@staff.post("/keys")
@requires(Role.ADMINISTRATOR)
def add_key() -> Response:
    """Makes a key. The answer is the only page that ever shows it: no redirect, which would have to keep it."""
    form = NewKeyForm()
    if form.validate_on_submit():
        try:
            made = _add(form)
        except (Conflict, Invalid) as e:
            form.name.errors = [_reason(e)]
        else:
            page = render_template("staff/key_made.html", key=made.key, secret=made.secret, section="keys")
            return make_response(page, HTTPStatus.CREATED)
    return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)


@staff.get(f"/keys/{NUMBER}/revoke")
@requires(Role.ADMINISTRATOR)
def revoke_key(number: int) -> Response:
    """Asks whether the key is to be revoked, and says what that does."""
    with services().catalogue.read() as session:
        key = api_keys.get(session, number)
    if key.revoked_at is not None:
        return redirect(url_for("staff.keys"), HTTPStatus.SEE_OTHER)
    return make_response(render_template("staff/key_revoke.html", key=key, section="keys"))


@staff.post(f"/keys/{NUMBER}/revoke")
@requires(Role.ADMINISTRATOR)
def do_revoke_key(number: int) -> Response:
    """Revokes the key; a second time nothing changes."""
    with services().catalogue.write() as session:
        key = api_keys.get(session, number)
        if key.revoked_at is None:
            api_keys.revoke(session, number)
            audit.record(session, actor=present_account().name, action="api-key.revoked", subject=key.name)
    flash(f"The key {key.name} is revoked: it opens nothing any more.")
    return redirect(url_for("staff.keys"), HTTPStatus.SEE_OTHER)


def _add(form: NewKeyForm) -> NewKey:
    role, actor = Role(form.role.data), present_account().name
    expires_at = datetime.now(UTC) + timedelta(days=form.days.data) if form.days.data else None
    with services().catalogue.write() as session:
        name = form.name.data or ""
        made = api_keys.add(session, name=name, role=role, created_by=actor, expires_at=expires_at)
        detail = {"role": role.value, "expires": expires_at.isoformat() if expires_at is not None else None}
        audit.record(session, actor=actor, action="api-key.added", subject=made.key.name, detail=detail)
    return made


def _reason(error: Conflict | Invalid) -> str:
    return f"It has to be {error.limit}" if isinstance(error, Invalid) else str(error)


def _page(form: NewKeyForm, status: HTTPStatus) -> Response:
    with services().catalogue.read() as session:
        found = api_keys.listed(session)
    page = render_template("staff/keys.html", form=form, keys=found, now=datetime.now(UTC), section="keys")
    return make_response(page, status)
