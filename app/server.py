"""The HTTP server: gunicorn, set up in code."""

import logging
import socket
from http import HTTPStatus
from typing import Any, Final

from flask import Flask
from gunicorn import util
from gunicorn.app.base import BaseApplication
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.workers.gthread import ThreadWorker

from app.factory import create_app
from app.problems import Problem, render_bare_problem
from bootstrap.services import Services, build_services
from bootstrap.settings import Settings

_LONGEST_ADDRESS: Final = 8_190  # bytes, gunicorn's own maximum: some 4,000 Latin characters as they are escaped

_GRACE: Final = 10  # seconds for answers under way after SIGTERM


class Worker(ThreadWorker):
    """A worker that answers broken requests in the service's own words."""

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:  # noqa: ANN401
        """Answer a request that could not be parsed; everything else is gunicorn's to handle."""
        if not isinstance(exc, ParseException):
            super().handle_error(req, client, addr, exc)
            return
        problem = _unparsed(exc)
        body = render_bare_problem(self.wsgi, problem).encode()
        head = (
            f"HTTP/1.1 {problem.status.value} {problem.status.phrase}\r\nConnection: close\r\n"
            f"Content-Type: text/html; charset=utf-8\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        try:
            util.write_nonblock(client, head.encode() + body)
        except OSError:
            self.log.debug("The client of a broken request is gone")


class Server(BaseApplication):
    """gunicorn with the settings of the service: each process has its own services, made after the fork."""

    def __init__(self, settings: Settings) -> None:
        """Nothing is bound until `run`."""
        self._settings = settings
        self._services: Services | None = None
        super().__init__()

    def load_config(self) -> None:
        """Called by gunicorn."""
        options: dict[str, Any] = {
            "bind": f"{self._settings.host}:{self._settings.port}",
            "workers": self._settings.web_processes,
            "threads": self._settings.web_threads,
            "worker_class": Worker,
            "graceful_timeout": _GRACE,
            "limit_request_line": _LONGEST_ADDRESS,
            "control_socket_disable": True,
            "loglevel": "warning",
            "when_ready": _print_address,
            "worker_exit": lambda _server, _worker: self._stop(),
        }
        for name, value in options.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Called by gunicorn in each worker process."""
        logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s: %(message)s")
        self._services = build_services(self._settings)
        self._services.indexer.start()
        return create_app(self._services)

    def _stop(self) -> None:
        if self._services is not None:
            self._services.indexer.stop()


def _print_address(server: Any) -> None:  # noqa: ANN401 - gunicorn's arbiter
    host, port = server.LISTENERS[0].sock.getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"The library is open at http://{shown}:{port}/ (Ctrl+C closes it)", flush=True)  # noqa: T201


def _unparsed(error: ParseException) -> Problem:
    match error:
        case LimitRequestLine():
            return Problem(
                status=HTTPStatus.REQUEST_URI_TOO_LONG,
                title="The address is too long",
                detail=f"An address can have {_LONGEST_ADDRESS:,} bytes at most. Please ask with fewer words.",
            )
        case LimitRequestHeaders():
            return Problem(
                status=HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE,
                title="The headers are too long",
                detail="The headers of the request are too long or too many. Deleting cookies may help.",
            )
        case _:
            return Problem(
                status=HTTPStatus.BAD_REQUEST,
                title="Bad request",
                detail="What was sent is not a request that HTTP knows.",
            )
