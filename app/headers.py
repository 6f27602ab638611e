"""What every answer carries: what it may do in a browser, how long it may be kept, and its number in the log."""

from http import HTTPStatus
from typing import Final

from flask import Flask, Response, request

from app.request_id import HEADER, request_id
from bootstrap.settings import Settings

_AN_HOUR: Final = 3600  # seconds
_A_YEAR: Final = 365 * 24 * 3600  # seconds

# Blueprints whose pages other sites may show in a frame: none. That of the widget belongs here, and no other.
_FRAMED: Final[frozenset[str]] = frozenset()

# No script and no style but from our own files, and no text becomes markup: `trusted-types` names nobody who may make
# some of it.
_POLICY: Final = (
    "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; font-src 'self'; "
    "connect-src 'self'; form-action 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
)

_HEADERS: Final = {
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), display-capture=(), geolocation=(), microphone=(), payment=(), usb=()",
    "Referrer-Policy": "strict-origin-when-cross-origin",
    "X-Content-Type-Options": "nosniff",
}

# What is public, and of use to other sites: their pages may load it. All else only ours may.
_FOR_OTHER_SITES: Final = ("/api/", "/static/", "/widget/")

# What their scripts may read as well, whatever the answer is: that the library does not answer is worth knowing too. No
# origin is named, so that no answer varies with it and no cookie goes along; and no method but those that only read.
_READ_BY_OTHER_SITES: Final = ("/api/", "/widget/")
_SHARED: Final = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": "RateLimit, RateLimit-Policy, Retry-After",
}


def register_headers(app: Flask, settings: Settings) -> None:
    """Let every answer of the application carry them. Before all else that has a say after a request."""
    # Only with SITE_URL is it known that this name is reached by HTTPS, now and in a year.
    transport = {"Strict-Transport-Security": f"max-age={_A_YEAR}"} if settings.site_url is not None else {}

    def finish(response: Response) -> Response:
        for name, value in {**_HEADERS, **transport, **_of_origin()}.items():
            response.headers.setdefault(name, value)
        response.headers[HEADER] = request_id()
        return _kept(response) if request.method in {"GET", "HEAD"} else response

    app.after_request(finish)


def content_security_policy(blueprint: str | None) -> str:
    """What the pages of a blueprint may do, and who may show them in a frame."""
    framed_by = "*" if blueprint in _FRAMED else "'none'"
    return f"{_POLICY}; frame-ancestors {framed_by}"


def _of_origin() -> dict[str, str]:
    is_for_others = request.path.startswith(_FOR_OTHER_SITES) or request.blueprint in _FRAMED
    return {
        "Content-Security-Policy": content_security_policy(request.blueprint),
        "Cross-Origin-Resource-Policy": "cross-origin" if is_for_others else "same-origin",
        **(_SHARED if _is_read_by_others() else {}),
    }


def _is_read_by_others() -> bool:
    return request.method in {"GET", "HEAD"} and request.path.startswith(_READ_BY_OTHER_SITES)


def _kept(response: Response) -> Response:
    """An ETag, and how long the answer may be kept."""
    if request.path.startswith("/static/") and "v" not in request.args:
        response.headers["Cache-Control"] = f"public, max-age={_AN_HOUR}"  # no hash of the content in the address
    response.headers.setdefault("Cache-Control", "no-cache")  # may be kept, but is asked for again: a 304 is cheap
    if response.status_code == HTTPStatus.OK:
        if not response.is_streamed and not response.get_etag()[0]:
            response.add_etag()
        response.make_conditional(request)
    return response
