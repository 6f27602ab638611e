"""The page of the index, from which it is made anew or searches go back to the one before."""

from collections.abc import Callable
from datetime import UTC, datetime
from http import HTTPStatus

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from app import orders
from app.orders import NewerRun
from app.services import services
from app.staff.access import requires
from app.staff.blueprint import staff
from app.staff.index_state import read_index_state
from app.staff.presenters.index_page import IndexView, present_index
from app.staff.presenters.words import sentence
from app.staff.visitor import present_account
from catalogue.errors import AlreadyRunning, Conflict
from catalogue.roles import Role


@staff.get("/index/")
@requires(Role.VIEWER)
def index() -> str:
    """Which index is in use, which one can be gone back to, and what is done to them."""
    return render_template("staff/index.html", view=_view(), section="index", page="index")


@staff.get("/index/now")
@requires(Role.VIEWER)
def index_now() -> str:
    """What of it changes while a run is under way."""
    return render_template("staff/index_now.html", view=_view())


@staff.get("/index/rebuild")
@requires(Role.EDITOR)
def confirm_rebuild() -> str:
    """What a rebuild means, before it is started."""
    return render_template("staff/confirm_rebuild.html", view=_view(), section="index", page="index")


@staff.post("/index/rebuild")
@requires(Role.EDITOR)
def start_rebuild() -> Response:
    """Starts a rebuild."""
    return _start(
        lambda: orders.start_rebuild(services().catalogue, actor=present_account().name, seen=_seen()),
        "The rebuild is asked for. Searches go on meanwhile.",
    )


@staff.get("/index/rollback")
@requires(Role.EDITOR)
def confirm_rollback() -> str:
    """What going back means, before it is done."""
    return render_template("staff/confirm_rollback.html", view=_view(), section="index", page="index")


@staff.post("/index/rollback")
@requires(Role.EDITOR)
def start_rollback() -> Response:
    """Lets searches go back to the index before."""
    return _start(
        lambda: orders.start_rollback(services().catalogue, actor=present_account().name, seen=_seen()),
        "Searches are about to go back.",
    )


@staff.post("/index/try-again")
@requires(Role.EDITOR)
def try_again() -> Response:
    """Lets the engine be asked again at once, after it has refused everything."""
    if orders.probe(services().catalogue, actor=present_account().name):
        flash("The index is tried again now.")
    else:
        flash("The index takes changes already: there was nothing to do.")
    return redirect(url_for("staff.overview"), HTTPStatus.SEE_OTHER)


def _start(start: Callable[[], int], told: str) -> Response:
    """To the page of the run that was started, or of the one because of which none was."""
    try:
        number = start()
        flash(told)
    except AlreadyRunning as e:
        number = e.run_id
        flash(f"Nothing was started: {sentence(str(e))} This is it.", "refused")
    except NewerRun as e:
        number = e.run_id
        flash(
            f"Nothing was started: the page that you sent was no longer true. {e}. This is it. "
            "If you still want it, start again from the page of the index.",
            "refused",
        )
    except Conflict as e:
        flash(f"Nothing was started: {sentence(str(e))}", "refused")
        return redirect(url_for("staff.index"), HTTPStatus.SEE_OTHER)
    return redirect(url_for("staff.run", number=number), HTTPStatus.SEE_OTHER)


def _seen() -> int:
    """What the form was made from; a form without it is as one that was made before everything."""
    text = request.form.get("seen", "")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 10 else 0


def _view() -> IndexView:
    with services().catalogue.read() as session:
        state = read_index_state(session, now=datetime.now(UTC), place=services().settings.index_place)
    return present_index(state)
