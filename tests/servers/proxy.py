"""A TCP proxy that breaks what goes through it, whatever protocol that is.

A fault is in force for all connections from the moment it is set, those that are open included. What goes through is
never altered: it is held back, cut off or swallowed.
"""

import contextlib
import socket
import struct
import threading
import time
from collections.abc import Generator
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

_PIECE: Final = 64 * 1024  # bytes

# Closed with this option a connection is reset, and not ended in good order.
_RESET: Final = struct.pack("ii", 1, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What happens to connections. By default nothing: all goes through.

    refuse          nothing listens, and what was connected is reset
    swallow         what is asked never arrives, and nothing is answered
    mute            what is asked arrives, but the answer never comes back
    delay           every piece of a question is held back for so many seconds
    reset_after     the connection is reset after so many bytes of an answer (at most one piece, 64 KB); with 0 the
                    question went through and its answer is lost
    instead         every piece of a question is answered with this, and none goes through
    """

    refuse: bool = False
    swallow: bool = False
    mute: bool = False
    delay: float = 0.0
    reset_after: int | None = None
    instead: bytes | None = None


PASS: Final = Fault()


class Proxy:
    """A proxy in front of one server; see `running_proxy`. `connections` counts those that were made so far."""

    def __init__(self, host: str, port: int) -> None:
        self._server = (host, port)
        self._fault = PASS
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        self._listener = _listening(0)
        self.port: Final = int(self._listener.getsockname()[1])
        self.connections = 0
        self._accept()

    def set(self, fault: Fault) -> None:
        """Let this happen from now on."""
        was, self._fault = self._fault, fault
        if fault.refuse:
            self.close()
        elif was.refuse:
            self._listener = _listening(self.port)
            self._accept()

    def close(self) -> None:
        """Stop listening and reset all connections."""
        with contextlib.suppress(OSError):  # closed already
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits for a connection
        self._listener.close()
        with self._lock:
            still_open = list(self._open)
        for connection in still_open:
            self._end(connection, reset=True)

    def _accept(self) -> None:
        threading.Thread(target=self._wait_for_connections, args=(self._listener,), daemon=True).start()

    def _wait_for_connections(self, listener: socket.socket) -> None:
        with contextlib.suppress(OSError):  # it was closed
            while True:
                client, _ = listener.accept()
                self.connections += 1
                threading.Thread(target=self._connect, args=(client,), daemon=True).start()

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._server, timeout=10)
        except OSError:
            _close(client, reset=True)
            return
        server.settimeout(None)
        with self._lock:
            self._open |= {client, server}
        threading.Thread(target=self._pass_answers, args=(server, client), daemon=True).start()
        self._pass_questions(client, server)

    def _pass_questions(self, client: socket.socket, server: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := client.recv(_PIECE):
                if self._fault.delay:
                    time.sleep(self._fault.delay)
                if self._fault.swallow:
                    continue
                if self._fault.instead is not None:
                    client.sendall(self._fault.instead)
                    continue
                server.sendall(piece)
        self._end(client, reset=False)
        self._end(server, reset=False)

    def _pass_answers(self, server: socket.socket, client: socket.socket) -> None:
        with contextlib.suppress(OSError):
            while piece := server.recv(_PIECE):
                if self._fault.swallow or self._fault.mute:
                    continue
                if (cut := self._fault.reset_after) is not None:
                    client.sendall(piece[:cut])
                    self._end(client, reset=True)
                    break
                client.sendall(piece)
        self._end(server, reset=False)
        self._end(client, reset=False)

    def _end(self, connection: socket.socket, *, reset: bool) -> None:
        with self._lock:
            if connection not in self._open:
                return
            self._open.remove(connection)
        _close(connection, reset=reset)


@contextlib.contextmanager
def running_proxy(address: str) -> Generator[Proxy]:
    """A proxy for the host and port of an address, such as http://127.0.0.1:9200 or redis://127.0.0.1:6379/0."""
    parts = urlsplit(address)
    assert parts.hostname is not None
    assert parts.port is not None
    proxy = Proxy(parts.hostname, parts.port)
    try:
        yield proxy
    finally:
        proxy.close()


def http_answer(status: int, *, body: str = "", **headers: str) -> bytes:
    """An answer of HTTP for `Fault.instead`; in a header's name _ stands for -."""
    fields = {"Content-Type": "application/json", **{name.replace("_", "-"): text for name, text in headers.items()}}
    head = "".join(f"{name}: {text}\r\n" for name, text in fields.items())
    return f"HTTP/1.1 {status} -\r\n{head}Content-Length: {len(body.encode())}\r\n\r\n{body}".encode()


def _listening(port: int) -> socket.socket:
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind(("127.0.0.1", port))
    listener.listen(128)
    return listener


def _close(connection: socket.socket, *, reset: bool) -> None:
    """End a connection that another thread may be reading from: that thread has to be woken, or nothing is sent."""
    with contextlib.suppress(OSError):
        if reset:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
            connection.shutdown(socket.SHUT_RD)
        else:
            connection.shutdown(socket.SHUT_RDWR)
    connection.close()
