"""Puts the staff's pages into an application, with the cookie by which a browser is known."""

from typing import Final

from flask import Flask, Response, request

from app.staff.blueprint import csrf, staff
from app.staff.organisation import register_organisation
from app.staff.views import account, audit_log, comparison, dead_letters, index, keys, overview, resync, runs, sign_in
from bootstrap.secret_key import secret_key_of
from bootstrap.settings import Settings
from catalogue.sign_ins import LIFETIME

# Imported for the views that they add to the blueprint: whoever adds a module names it here.
_VIEWS: Final = (account, audit_log, comparison, dead_letters, index, keys, overview, resync, runs, sign_in)


def register_staff(app: Flask, settings: Settings) -> None:
    """Add the pages. Raises SettingsError where there is no key to sign the cookie with."""
    app.config.from_mapping(
        SECRET_KEY=secret_key_of(settings),
        # Browsers take a cookie with this prefix only from https, for this host alone and for all of its paths: no
        # other site below the same domain can set one.
        SESSION_COOKIE_NAME="belong" if settings.is_local else "__Host-belong",
        SESSION_COOKIE_SECURE=not settings.is_local,
        SESSION_COOKIE_HTTPONLY=True,
        SESSION_COOKIE_SAMESITE="Lax",
        SESSION_REFRESH_EACH_REQUEST=False,
        PERMANENT_SESSION_LIFETIME=LIFETIME,
        WTF_CSRF_CHECK_DEFAULT=False,  # the blueprint does it
        WTF_CSRF_TIME_LIMIT=None,  # as long as the session
        WTF_I18N_ENABLED=False,
    )
    csrf.init_app(app)
    if settings.open_id is not None:
        register_organisation(app, settings.open_id)
    app.register_blueprint(staff)
    app.after_request(_keep_nowhere)


def _keep_nowhere(response: Response) -> Response:
    """What the staff sees is for them alone, and true for now only: redirects and refusals too."""
    if request.path == staff.url_prefix or request.path.startswith(f"{staff.url_prefix}/"):
        response.headers["Cache-Control"] = "no-store"
    return response
