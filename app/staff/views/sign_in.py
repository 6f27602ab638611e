"""Signing in, with a password or with an organisation, and signing out."""

import logging
from http import HTTPStatus
from typing import Final

from flask import abort, flash, make_response, redirect, render_template, request, session, url_for
from werkzeug.wrappers import Response

from app.problems import Problem, respond
from app.services import services, site_root
from app.staff import organisation, signing_in
from app.staff.access import open_to_all, requires
from app.staff.blueprint import staff
from app.staff.forms import SignInForm
from app.staff.onward import LONGEST, onward_address
from app.staff.organisation import ProviderUnavailable, SignInNotCompleted
from app.staff.signing_in import SignInRefused, TooManyTries
from app.staff.throttled import answer_too_many_tries
from app.staff.visitor import drop_sign_in, held_token, keep_sign_in, present_account, signed_in
from catalogue.roles import Role

_log: Final = logging.getLogger(__name__)

_NEXT: Final = "next"

_REFUSED: Final = "Name and password do not belong together. Check both, and that Caps Lock is off."


@staff.get("/sign-in")
@open_to_all
def sign_in() -> Response:
    """The form; whoever is signed in already goes on."""
    wanted = request.args.get(_NEXT, "")
    if signed_in() is not None:
        return redirect(onward_address(wanted), HTTPStatus.SEE_OTHER)
    return _sign_in_page(SignInForm(next=wanted[:LONGEST]), HTTPStatus.OK)


@staff.post("/sign-in")
@open_to_all
def check_sign_in() -> Response:
    """Signs in with a password."""
    form = SignInForm()
    if not form.validate_on_submit():
        return _sign_in_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        token = signing_in.sign_in(services().catalogue, form.name.data or "", form.password.data or "")
    except TooManyTries as e:
        return answer_too_many_tries(e)
    except SignInRefused:
        form.form_errors.append(_REFUSED)
        return _sign_in_page(form, HTTPStatus.UNPROCESSABLE_ENTITY)
    keep_sign_in(token)
    return redirect(onward_address(form.next.data), HTTPStatus.SEE_OTHER)


@staff.get("/sign-in/organisation")
@open_to_all
def sign_in_with_organisation() -> Response:
    """Leads to the organisation's own sign-in. A link and no form: the policy lets forms lead to this site only."""
    if not organisation.is_offered():
        abort(HTTPStatus.NOT_FOUND)
    session[_NEXT] = request.args.get(_NEXT, "")[:LONGEST]
    try:
        return organisation.lead_to_provider(f"{site_root()}{url_for('staff.come_from_organisation')}")
    except ProviderUnavailable as e:
        return _answer_provider_unavailable(e)


@staff.get("/sign-in/organisation/done")
@open_to_all
def come_from_organisation() -> Response:
    """Where the organisation's own sign-in leads back to."""
    if not organisation.is_offered():
        abort(HTTPStatus.NOT_FOUND)
    wanted: str | None = session.get(_NEXT)
    try:
        identity = organisation.identity_from_provider()
    except ProviderUnavailable as e:
        return _answer_provider_unavailable(e)
    except SignInNotCompleted as e:
        _log.warning("A sign-in with the organisation was not completed: %s", e)
        return respond(_NOT_COMPLETED)
    try:
        token = signing_in.sign_in_identified(services().catalogue, identity)
    except SignInRefused:
        return make_response(render_template("staff/no_account.html", email=identity.email), HTTPStatus.FORBIDDEN)
    keep_sign_in(token)
    return redirect(onward_address(wanted), HTTPStatus.SEE_OTHER)


@staff.post("/sign-out")
@requires(Role.VIEWER)
def sign_out() -> Response:
    """Ends the sign-in."""
    token = held_token()
    if token is not None:
        signing_in.sign_out(services().catalogue, token, present_account().name)
    drop_sign_in()
    flash("You are signed out.")
    return redirect(url_for("staff.sign_in"), HTTPStatus.SEE_OTHER)


_NOT_COMPLETED: Final = Problem(
    status=HTTPStatus.BAD_REQUEST,
    title="You are not signed in",
    detail="The sign-in with your organisation was stopped, or took too long. Please start it again from the sign-in "
    "page. If that does not help, ask whoever looks after your organisation’s accounts.",
)


def _answer_provider_unavailable(error: ProviderUnavailable) -> Response:
    _log.error("The organisation's sign-in does not answer: %s", error)
    return respond(
        Problem(
            status=HTTPStatus.SERVICE_UNAVAILABLE,
            title="Your organisation’s sign-in does not answer",
            detail="Please try again in a minute. If you have a password for the library too, you can use it.",
            headers={"Retry-After": "60"},
        )
    )


def _sign_in_page(form: SignInForm, status: HTTPStatus) -> Response:
    offered = organisation.is_offered()
    return make_response(render_template("staff/sign_in.html", form=form, with_organisation=offered), status)
