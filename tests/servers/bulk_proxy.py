"""An HTTP proxy before a real Elasticsearch, in which bulks meet what happens to them in a busy cluster.

Everything else goes through as it is.
"""

import contextlib
import http.client
import json
import threading
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum, auto
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Final
from urllib.parse import urlsplit

_REJECTED: Final = {
    "type": "es_rejected_execution_exception",
    "reason": "rejected execution of coordinating operation [coordinating_and_primary_bytes=0]",
}

# What a connection is about, and not a message: each side has its own.
_OF_THE_CONNECTION: Final = frozenset({"connection", "keep-alive", "transfer-encoding", "content-length", "host"})


class Bulks(Enum):
    """What happens to bulks."""

    PASS = auto()
    HALF_REFUSED = auto()  # every second operation does not arrive, and is answered with 429
    HELD_BEFORE = auto()  # they arrive when they are let go
    HELD_AFTER = auto()  # they are applied at once, and answered when they are let go


@dataclass(slots=True, kw_only=True)
class BulkProxy:
    """See `running_bulk_proxy`. `refused` counts operations; `holders` are the ports of those whose bulks are held."""

    port: int
    bulks: Bulks = Bulks.PASS
    refused: int = 0
    holders: list[int] = field(default_factory=list[int])
    _seen: int = 0
    _let_go: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def let_go(self) -> None:
        """Hold no more bulks, and let those go that are held."""
        self.bulks = Bulks.PASS
        self._let_go.set()
        self._let_go = threading.Event()
        self.holders.clear()

    def hold(self, holder: int) -> None:
        """Wait until bulks are let go."""
        let_go = self._let_go
        self.holders.append(holder)
        let_go.wait(60)

    def is_refused(self) -> bool:
        """Whether the next operation is to be refused."""
        with self._lock:
            self._seen += 1
            self.refused += self._seen % 2
            return bool(self._seen % 2)


@contextlib.contextmanager
def running_bulk_proxy(address: str) -> Generator[BulkProxy]:
    """A proxy for the server at an address such as http://127.0.0.1:9200."""

    class Handler(_Handler):
        server_parts = urlsplit(address)

    server = _Server(("127.0.0.1", 0), Handler)
    proxy = Handler.proxy = BulkProxy(port=server.server_port)
    serving = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    serving.start()
    try:
        yield proxy
    finally:
        proxy.let_go()
        server.shutdown()
        server.server_close()
        serving.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, *arguments: object) -> None:
        """Say nothing of clients that were killed."""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    proxy: BulkProxy
    server_parts: Any

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        if not self.path.partition("?")[0].endswith("/_bulk"):
            self._reply(*self._asked(body))
            return
        match self.proxy.bulks:
            case Bulks.PASS:
                self._reply(*self._asked(body))
            case Bulks.HALF_REFUSED:
                self._refuse_half(body)
            case Bulks.HELD_BEFORE:
                self.proxy.hold(self.client_address[1])
                self._reply(*self._asked(body))
            case Bulks.HELD_AFTER:
                asked = self._asked(body)
                self.proxy.hold(self.client_address[1])
                self._reply(*asked)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _answer  # noqa: N815 - the names that http.server calls

    def log_message(self, *arguments: object) -> None:
        """Say nothing."""

    def _refuse_half(self, body: bytes) -> None:
        operations = _operations(body)
        refused = [self.proxy.is_refused() for _ in operations]
        let_through = b"".join(b"\n".join(each) + b"\n" for each, no in zip(operations, refused, strict=True) if not no)
        status, headers, answer = self._asked(let_through) if let_through else (200, _OF_ELASTICSEARCH, b'{"took": 0}')
        told = json.loads(answer)
        done = iter(told.get("items", []))
        told["items"] = [
            self._rejection(each) if no else next(done) for each, no in zip(operations, refused, strict=True)
        ]
        told["errors"] = True
        self._reply(status, headers, json.dumps(told).encode())

    def _rejection(self, operation: Sequence[bytes]) -> Mapping[str, Any]:
        [(name, about)] = json.loads(operation[0]).items()
        index = self.path.split("/")[1]
        return {name: {"_index": index, "_id": about["_id"], "status": 429, "error": _REJECTED}}

    def _asked(self, body: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """What Elasticsearch answers."""
        headers = {name: value for name, value in self.headers.items() if name.casefold() not in _OF_THE_CONNECTION}
        server = http.client.HTTPConnection(self.server_parts.hostname, self.server_parts.port, timeout=60)
        with contextlib.closing(server):
            server.request(self.command, self.path, body or None, headers)
            response = server.getresponse()
            kept = {name: value for name, value in response.getheaders() if name.casefold() not in _OF_THE_CONNECTION}
            return response.status, kept, response.read()

    def _reply(self, status: int, headers: Mapping[str, str], body: bytes) -> None:
        with contextlib.suppress(OSError):  # who asked was killed
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)


_OF_ELASTICSEARCH: Final = {
    "X-Elastic-Product": "Elasticsearch",
    "Content-Type": "application/vnd.elasticsearch+json;compatible-with=9",
}


def _operations(body: bytes) -> list[list[bytes]]:
    """The operations of a bulk, each with its lines: a delete has one, the others have two."""
    lines = iter(body.splitlines())
    return [[line] if b'"delete"' in line[:12] else [line, next(lines)] for line in lines]
