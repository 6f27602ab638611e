"""Makes the Flask application."""

from typing import Final
from urllib.parse import unquote_to_bytes

from flask import Flask, Response, request
from flask_smorest import Api
from werkzeug.exceptions import BadRequest

from app.api.schemas import ProblemSchema
from app.api.views import api
from app.problems import register_problems
from app.services import attach_services
from app.web.links import STATIC_FOLDER
from app.web.views import pages
from bootstrap.services import Services

_A_YEAR: Final = 365 * 24 * 3600  # seconds

_SECURITY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}


def create_app(services: Services) -> Flask:
    """The application on these services."""
    app = Flask("app", static_folder=str(STATIC_FOLDER), static_url_path="/static")
    app.config.update(
        API_TITLE="The Belong library",
        API_VERSION="v1",
        OPENAPI_VERSION="3.1.0",
        OPENAPI_URL_PREFIX="/api/v1",
        OPENAPI_JSON_PATH="openapi.json",
        SEND_FILE_MAX_AGE_DEFAULT=_A_YEAR,  # static addresses carry a hash of the content
        MAX_CONTENT_LENGTH=64 * 1024,
        ETAG_DISABLED=True,  # flask-smorest's own: ours is set on all answers alike
    )
    app.json.sort_keys = False  # pyright: ignore[reportAttributeAccessIssue]
    app.json.ensure_ascii = False  # pyright: ignore[reportAttributeAccessIssue]
    attach_services(app, services)
    app.before_request(_refuse_unreadable_address)
    app.register_blueprint(pages)
    documented = Api(app)
    documented.register_blueprint(api)
    documented.ERROR_SCHEMA = ProblemSchema
    register_problems(app)
    app.after_request(_finish)
    return app


def _refuse_unreadable_address() -> None:
    """Bytes that are no text are refused before anything reads them as something else."""
    raw = unquote_to_bytes(request.environ.get("QUERY_STRING", "").replace("+", " "))
    path = request.environ.get("PATH_INFO", "").encode("latin-1")
    for part, name in ((raw, "query string"), (path, "path")):
        try:
            text = part.decode("utf-8")
        except UnicodeDecodeError as e:
            raise BadRequest(f"The {name} of the address is not UTF-8 at byte {e.start}.") from e
        if "\0" in text:
            raise BadRequest(f"The {name} of the address has a NUL character.")


def _finish(response: Response) -> Response:
    """What every answer carries: an ETag, how long it may be kept, and what it may do in a browser."""
    for name, value in _SECURITY_HEADERS.items():
        response.headers.setdefault(name, value)
    if request.method not in {"GET", "HEAD"} or response.status_code != 200:
        return response
    response.headers.setdefault("Cache-Control", "no-cache")  # may be kept, but is asked for again: a 304 is cheap
    if not response.is_streamed and not response.get_etag()[0]:
        response.add_etag()
    return response.make_conditional(request)
