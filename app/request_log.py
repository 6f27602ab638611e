"""One line in the log for each answer: what was asked for and how it went, but neither by whom nor with which words."""

import logging
import time
from collections.abc import Iterable
from typing import Any, Final, cast

from flask import Flask, Request, Response, g, request
from structlog.contextvars import bind_contextvars, clear_contextvars

from app.request_id import request_id
from bootstrap.logs import private
from bootstrap.settings import Settings

_log: Final = logging.getLogger(__name__)

# Asked for many times a minute by programs, and worth a line only where it does not go well.
_NO_NEWS: Final = frozenset({"static", "widget.script", "health.alive", "health.ready", "metrics.figures"})


def register_request_log(app: Flask, settings: Settings) -> None:
    """Let the application write its log. First of all, so that whatever is logged of a request has its number."""

    def begin() -> None:
        g.began_at = time.perf_counter()
        asked: Request = cast("Any", request)._get_current_object()  # noqa: SLF001 - werkzeug's way to the object itself
        private.set(lambda: _private_parts(asked))
        clear_contextvars()  # of the request before, in the same thread
        bind_contextvars(request_id=request_id())

    def end(response: Response) -> Response:
        if request.endpoint not in _NO_NEWS or response.status_code >= 400:
            _log.info("answered", extra=_line(response, settings))
        return response

    app.before_request(begin)
    app.after_request(end)


def _line(response: Response, settings: Settings) -> dict[str, Any]:
    began_at: float | None = g.get("began_at")  # None: it could not be read as a request
    line = {
        "method": request.method,
        "route": request.url_rule.rule if request.url_rule is not None else None,
        "status": response.status_code,
        "ms": round((time.perf_counter() - began_at) * 1_000, 1) if began_at is not None else None,
        "request_id": request_id(),
    }
    if settings.log_queries:
        line["query"] = request.query_string.decode("ascii", "backslashreplace")
    if settings.log_addresses:
        line["address"] = request.remote_addr
    return line


def _private_parts(asked: Request) -> Iterable[str]:
    """What must not be repeated in the log, in whatever an error says: the words, and what somebody signs in with."""
    yield asked.query_string.decode("ascii", "backslashreplace")
    yield from (value for _, value in asked.args.items(multi=True))
    yield from asked.cookies.values()
    yield asked.headers.get("Authorization", "").rpartition(" ")[2]
    if "form" in vars(asked):  # only where it has been read: reading it here could fail
        yield from (value for _, value in asked.form.items(multi=True))
