"""A real Redis for the tests: the one at TEST_REDIS_URL, which they empty, or redis-server, started for them."""

import contextlib
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Generator
from typing import Final

_STARTS_WITHIN: Final = 20  # seconds


class NoRedis(Exception):
    """None can be had on this machine: the message says in one line what to install."""


@contextlib.contextmanager
def running_redis() -> Generator[str]:
    """The address of a server that keeps nothing on the disk; it is stopped afterwards if it was started here.

    Raises NoRedis.
    """
    program = shutil.which("redis-server")
    if url := os.environ.get("TEST_REDIS_URL"):
        yield url
    elif program is not None:
        with _own_server(program) as url:
            yield url
    else:
        raise NoRedis("no Redis: set TEST_REDIS_URL, or install redis-server (Debian: apt-get install redis-server)")


@contextlib.contextmanager
def _own_server(program: str) -> Generator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    options = ["--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    process = subprocess.Popen([program, *options], stdout=subprocess.DEVNULL, stdin=subprocess.DEVNULL)
    try:
        _wait(port, process)
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.kill()  # there is nothing to save
        process.wait()


def _wait(port: int, process: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + _STARTS_WITHIN
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1) as connection:
            connection.sendall(b"PING\r\n")
            if connection.recv(100).startswith(b"+PONG"):
                return
        time.sleep(0.02)
    raise RuntimeError(f"redis-server did not start at port {port}: its exit status is {process.poll()}")
