"""The pages that say what went wrong, for people: no stack, no path, and a way on."""

from http import HTTPStatus
from typing import Final

from flask import render_template, request

# What the words of the standard mean to somebody who has never read it.
_HEADINGS: Final = {
    400: "Something in this address is not right",
    404: "There is no such page",
    405: "This page cannot be used in that way",
    410: "This is no longer here",
    413: "That was too much at once",
    414: "This address is too long",
}


def render_problem(status: int, title: str, detail: str, reference: str) -> str:
    """A page that names a problem. `detail` says what can be done, one paragraph a line.

    `title` is the heading where we have no plainer one for the status, `reference` the number of the request in the
    log. In an outage what was looked for stays in the box.
    """
    paragraphs = [line for line in detail.splitlines() if line.strip()]
    return render_template(
        "problem.html",
        status=status,
        heading=_HEADINGS.get(status, title),
        paragraphs=paragraphs,
        reference=reference,
        text=request.args.get("q", "") if status == HTTPStatus.SERVICE_UNAVAILABLE else "",
    )
