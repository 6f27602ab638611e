"""The proxy that other tests break connections with does what they count on, also to connections that are open."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import closing, suppress

import pytest

from tests.servers.proxy import PASS, Fault, Proxy, http_answer, running_proxy


class Shouter:
    """A server that gives back in capital letters what it gets, and remembers it."""

    def __init__(self) -> None:
        self.heard: list[bytes] = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.address = f"tcp://127.0.0.1:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                connection, _ = self._listener.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection: socket.socket) -> None:
        with connection, suppress(OSError):
            while heard := connection.recv(1_000):
                self.heard.append(heard)
                connection.sendall(heard.upper())

    def close(self) -> None:
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()


@pytest.fixture
def server() -> Iterator[Shouter]:
    with closing(Shouter()) as shouter:
        yield shouter


@pytest.fixture
def proxy(server: Shouter) -> Iterator[Proxy]:
    with running_proxy(server.address) as proxy:
        yield proxy


@pytest.fixture
def connection(proxy: Proxy) -> Iterator[socket.socket]:
    """A connection that was used before anything went wrong."""
    with connected(proxy) as connection:
        assert asked(connection, b"hello") == b"HELLO"
        yield connection


def connected(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=0.5)


def asked(connection: socket.socket, question: bytes) -> bytes:
    connection.sendall(question)
    return connection.recv(1_000)


def test_nobody_listens_while_connections_are_refused(proxy: Proxy, connection: socket.socket) -> None:
    proxy.set(Fault(refuse=True))
    with pytest.raises(ConnectionError):
        asked(connection, b"more")
    with pytest.raises(ConnectionRefusedError):
        connected(proxy)
    proxy.set(PASS)
    with connected(proxy) as another:
        assert asked(another, b"back") == b"BACK"
    assert proxy.connections == 2


def test_what_is_swallowed_never_arrives(proxy: Proxy, connection: socket.socket, server: Shouter) -> None:
    proxy.set(Fault(swallow=True))
    with pytest.raises(TimeoutError):
        asked(connection, b"more")
    assert server.heard == [b"hello"]


def test_an_answer_can_be_lost_in_silence(proxy: Proxy, connection: socket.socket, server: Shouter) -> None:
    proxy.set(Fault(mute=True))
    with pytest.raises(TimeoutError):
        asked(connection, b"more")
    assert server.heard == [b"hello", b"more"]


def test_an_answer_can_be_lost_with_its_connection(proxy: Proxy, connection: socket.socket, server: Shouter) -> None:
    proxy.set(Fault(reset_after=0))
    with pytest.raises(ConnectionResetError):
        asked(connection, b"more")
    assert server.heard == [b"hello", b"more"]


def test_an_answer_can_be_cut_in_the_middle(proxy: Proxy, connection: socket.socket) -> None:
    proxy.set(Fault(reset_after=2))
    with suppress(ConnectionResetError):  # it may overtake what was sent before
        assert asked(connection, b"more") == b"MO"
        assert connection.recv(1_000) == b"never"


def test_what_is_delayed_arrives_later(proxy: Proxy, connection: socket.socket) -> None:
    proxy.set(Fault(delay=0.2))
    start = time.monotonic()
    assert asked(connection, b"more") == b"MORE"
    assert time.monotonic() - start >= 0.2


def test_something_else_can_answer(proxy: Proxy, connection: socket.socket, server: Shouter) -> None:
    proxy.set(Fault(instead=http_answer(429, body="{}", Retry_After="3")))
    assert asked(connection, b"more").split(b"\r\n") == [
        b"HTTP/1.1 429 -",
        b"Content-Type: application/json",
        b"Retry-After: 3",
        b"Content-Length: 2",
        b"",
        b"{}",
    ]
    assert server.heard == [b"hello"]
