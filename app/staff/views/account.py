"""Your account: who you are here, and your password."""

from http import HTTPStatus

from flask import abort, flash, make_response, redirect, render_template, url_for
from werkzeug.wrappers import Response

from app.services import services
from app.staff import signing_in
from app.staff.access import requires
from app.staff.blueprint import staff
from app.staff.forms import ChangePasswordForm
from app.staff.signing_in import SignInRefused, TooManyTries
from app.staff.throttled import answer_too_many_tries
from app.staff.visitor import keep_sign_in, present_account
from catalogue.passwords import WeakPassword
from catalogue.roles import Role


@staff.get("/account")
@requires(Role.VIEWER)
def account() -> Response:
    """Your account."""
    return _page(ChangePasswordForm(), HTTPStatus.OK)


@staff.post("/account")
@requires(Role.VIEWER)
def change_password() -> Response:
    """Changes your password; sign-ins in other browsers are over."""
    if not present_account().has_password:
        abort(HTTPStatus.NOT_FOUND)
    form = ChangePasswordForm()
    if form.validate_on_submit():
        try:
            return _change(form)
        except TooManyTries as e:
            return answer_too_many_tries(e)
        except SignInRefused:
            form.present.errors = ["This is not your present password"]
        except WeakPassword as e:
            form.wanted.errors = [f"It has to be {e.limit}"]
    return _page(form, HTTPStatus.UNPROCESSABLE_ENTITY)


def _change(form: ChangePasswordForm) -> Response:
    name, present, wanted = present_account().name, form.present.data or "", form.wanted.data or ""
    token = signing_in.change_password(services().catalogue, name, present=present, wanted=wanted)
    keep_sign_in(token)
    flash("Your password is changed. Wherever else you were signed in, you no longer are.")
    return redirect(url_for("staff.account"), HTTPStatus.SEE_OTHER)


def _page(form: ChangePasswordForm, status: HTTPStatus) -> Response:
    return make_response(render_template("staff/account.html", form=form, section="account"), status)
