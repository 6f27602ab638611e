"""What went wrong, within the staff's pages: what it is, and what to do now."""

from http import HTTPStatus
from typing import Final

from flask import render_template

# Where the words of the standard say little.
_HEADINGS: Final = {
    HTTPStatus.FORBIDDEN: "You may not do this",
    HTTPStatus.NOT_FOUND: "There is no such page",
    HTTPStatus.METHOD_NOT_ALLOWED: "This page cannot be used in that way",
    HTTPStatus.CONFLICT: "This was not done",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "That was too much at once",
}


def render_staff_problem(status: HTTPStatus, title: str, detail: str, reference: str) -> str:
    """A page that names a problem. `detail` says what can be done, one paragraph a line.

    `reference` is the number of the request in the log.
    """
    paragraphs = [line for line in detail.splitlines() if line.strip()]
    return render_template(
        "staff/problem.html",
        status=status.value,
        heading=_HEADINGS.get(status, title),
        paragraphs=paragraphs,
        reference=reference,
    )
