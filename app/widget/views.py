"""Where other sites load the widget from. Their pages depend on these addresses: they change by addition only."""

from http import HTTPStatus
from typing import Final

from flask import Blueprint, Response, abort, make_response, request

from app.widget.releases import Release, newest_of, releases

widget: Final = Blueprint("widget", __name__, url_prefix="/widget")

# A version is for ever. Of a series, a site that has no hash in its page gets the newest soon, and asks seldom enough.
_FOR_EVER: Final = "public, max-age=31536000, immutable"
_FOR_A_WHILE: Final = "public, max-age=600"


@widget.get("/<version>/belong-search.js")
def script(version: str) -> Response:
    """The script of a version such as 1.0.0, or the newest of a series such as v1."""
    if version in releases():
        return _sent(releases()[version], kept=_FOR_EVER)
    of_series = newest_of(version)
    if of_series is None:
        abort(
            HTTPStatus.NOT_FOUND, "There is no such version of the widget. /widget/v1/belong-search.js is the newest."
        )
    return _sent(of_series, kept=_FOR_A_WHILE)


def _sent(release: Release, *, kept: str) -> Response:
    """Gzipped for whoever can read that: servers in front seldom do that to scripts unless they are told."""
    response = make_response(release.script)
    if request.accept_encodings["gzip"]:
        response.data = release.gzipped
        response.headers["Content-Encoding"] = "gzip"
    response.content_type = "text/javascript; charset=utf-8"
    response.vary.add("Accept-Encoding")
    response.headers["Cache-Control"] = kept
    return response
