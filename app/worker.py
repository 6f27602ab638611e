"""gunicorn's worker process, made to answer in the service's own words what never reaches the application."""

import re
import selectors
import socket
import time
from functools import partial
from http import HTTPStatus
from typing import Any, Final, cast

from flask import Flask
from gunicorn import util
from gunicorn.http import wsgi
from gunicorn.http.errors import LimitRequestHeaders, LimitRequestLine, ParseException
from gunicorn.http.message import Request
from gunicorn.http.parser import RequestParser
from gunicorn.workers.gthread import TConn, ThreadWorker

from app.problems import Problem, answer_unread

# A query of 4,000 characters has 48,000 bytes where each is an emoji, escaped; gunicorn's own maximum is 8,190.
_LONGEST_ADDRESS: Final = 64 * 1024  # bytes

# How long a new connection may be silent.
_LONGEST_SILENCE: Final = 5.0  # seconds

# How long a connection on which nothing is asked stays open when the process is to end: a request may be on its way.
_LAST_CHANCE: Final = 0.3  # seconds


class BrokenRequest(ParseException):
    """A request that HTTP does not know, with its address as far as that was read."""

    def __init__(self, target: str) -> None:
        """The cause says what is wrong."""
        super().__init__(target)
        self.target = target


class _Request(Request):
    """A request whose address may be longer than gunicorn's limit, and that tells its address when it is broken."""

    def __init__(self, *arguments: Any) -> None:  # noqa: ANN401 - gunicorn's
        """Raises BrokenRequest."""
        self._beginning = b""
        try:
            super().__init__(*arguments)
        except ParseException as e:
            raise BrokenRequest(_target(self._beginning)) from e

    def read_into(self, unreader: Any, buf: bytearray, stop: bool | None = False) -> None:  # noqa: ANN401, FBT001, FBT002
        """Called by gunicorn for each piece that arrives."""
        super().read_into(unreader, buf, stop=stop)
        self._beginning = self._beginning or bytes(buf[:100])

    def read_line(self, unreader: Any, buf: bytearray, limit: int = 0) -> tuple[bytes, bytearray]:  # noqa: ANN401, ARG002
        """Called by gunicorn for the first line. curl sends letters of other languages as they are typed."""
        line, rest = super().read_line(unreader, buf, _LONGEST_ADDRESS)
        return re.sub(rb"[\x80-\xff]", lambda found: b"%%%02X" % found.group()[0], line), rest


class _Parser(RequestParser):
    mesg_class = _Request


class _Response(wsgi.Response):
    """An answer that does not say what the server is made of."""

    def default_headers(self) -> list[str]:
        """Called by gunicorn."""
        return [header for header in super().default_headers() if not header.startswith("Server:")]


wsgi.Response = _Response  # the only way: gunicorn has no setting for it


class Worker(ThreadWorker):
    """A worker that answers broken requests with problems, and waits for nobody who asks nothing."""

    _let_go_at: float | None = None

    def accept(self, listener: socket.socket) -> None:
        """Called by gunicorn for a new connection: it waits for its first bytes without a thread.

        gunicorn lets a thread wait for five seconds: as many silent connections as there are threads, and browsers open
        some in advance, kept everybody else waiting, and held up the end of the process.
        """
        try:
            client, address = listener.accept()
        except (BlockingIOError, ConnectionAbortedError):  # another process was quicker, or the client is gone
            return
        connection = TConn(self.cfg, client, address, listener.getsockname())
        connection.timeout = time.monotonic() + _LONGEST_SILENCE
        self.nr_conns += 1
        self.pending_conns.append(connection)
        self.poller.register(client, selectors.EVENT_READ, partial(self.on_pending_socket_readable, connection))

    def wait_for_and_dispatch_events(self, timeout: float | None) -> None:
        """Called by gunicorn in its loop. When the process is to end, whoever has begun to ask is still answered."""
        if not self.alive:
            self._let_go()
            timeout = _LAST_CHANCE / 4
        super().wait_for_and_dispatch_events(timeout)

    def _let_go(self) -> None:
        """Have connections closed soon on which nothing is asked."""
        self._let_go_at = self._let_go_at or time.monotonic() + _LAST_CHANCE
        for connection in (*self.keepalived_conns, *self.pending_conns):
            connection.timeout = min(connection.timeout or self._let_go_at, self._let_go_at)

    def enqueue_req(self, conn: TConn) -> None:
        """Called by gunicorn for each connection that can be read."""
        if conn.parser is None:
            conn.parser = _Parser(self.cfg, conn.sock, conn.client)
        super().enqueue_req(conn)

    def handle_error(self, req: Any, client: socket.socket, addr: Any, exc: BaseException) -> None:  # noqa: ANN401, ARG002
        """Called by gunicorn where nothing was answered yet."""
        if isinstance(exc, BrokenRequest):
            problem, target = _problem_of(exc.__cause__), exc.target
        else:
            self.log.error("A request could not be answered", exc_info=exc)
            problem, target = _OUR_FAULT, getattr(req, "path", None) or "/"
        response = answer_unread(cast("Flask", self.wsgi), problem, target)
        response.headers["Connection"] = "close"
        head = "".join(f"{name}: {value}\r\n" for name, value in response.headers)
        try:
            util.write_nonblock(client, f"HTTP/1.1 {response.status}\r\n{head}\r\n".encode() + response.get_data())
        except OSError:
            self.log.debug("The client of a broken request is gone")


def _target(beginning: bytes) -> str:
    words = beginning.split(b" ", 2)
    return words[1].decode("latin-1") if len(words) > 1 else ""


_OUR_FAULT: Final = Problem(
    status=HTTPStatus.INTERNAL_SERVER_ERROR,
    title="Something went wrong",
    detail="Something went wrong on our side. It has been noted.",
)


def _problem_of(error: BaseException | None) -> Problem:
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
                title=HTTPStatus.BAD_REQUEST.phrase,
                detail="What was sent is not a request that HTTP knows.",
            )
