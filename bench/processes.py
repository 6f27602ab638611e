"""Servers that are started for a measurement and stopped after it, and how much memory they take."""

import http.client
import os
import re
import socket
import subprocess
import tempfile
import time
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Final

_START: Final = 120.0  # seconds
_STOP: Final = 20.0  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Running:
    """A server that answers on a port of this machine."""

    process: int
    port: int


class ServerFailed(Exception):
    """A server did not start, or answered with an error: the message says which and why."""


@contextmanager
def running(command: Sequence[str], environment: dict[str, str], port: int, ready: str) -> Generator[Running]:
    """A server, from when it answers at an address until the block ends. Raises ServerFailed."""
    with (
        tempfile.TemporaryFile() as log,
        subprocess.Popen(command, env={**os.environ, **environment}, stdout=log, stderr=log) as process,  # noqa: S603
    ):
        try:
            _await_answer(process, port, ready, log)
            yield Running(process=process.pid, port=port)
        finally:
            process.terminate()
            try:
                process.wait(_STOP)
            except subprocess.TimeoutExpired:
                process.kill()


def free_port() -> int:
    """A port that nobody listens on."""
    with closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def memory_of(process: int) -> int:
    """The bytes of memory of a process and those it has started, what they share counted once (PSS, Linux only)."""
    return sum(_share(each) for each in _family(process))


class Client:
    """One connection that is kept open, as a browser keeps it."""

    def __init__(self, port: int) -> None:
        """Nothing is connected until the first request."""
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=60)

    def get(self, path: str) -> bytes:
        """The body of an answer. Raises ServerFailed unless it is 200."""
        try:
            return self._get(path)
        except (http.client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
            # The server closes what was idle for some seconds: here, while another product took its time.
            self._connection.close()
            return self._get(path)

    def close(self) -> None:
        """Let go of the connection."""
        self._connection.close()

    def _get(self, path: str) -> bytes:
        self._connection.request("GET", path)
        response = self._connection.getresponse()
        body = response.read()
        if response.status != http.client.OK:
            raise ServerFailed(f"{path} was answered {response.status}: {body[:300]!r}")
        return body


def _await_answer(process: "subprocess.Popen[bytes]", port: int, path: str, log: IO[bytes]) -> None:
    client = Client(port)
    end = time.monotonic() + _START
    while not _answers(client, path):
        if process.poll() is not None:
            log.seek(0)
            said = log.read().decode(errors="replace").strip()
            raise ServerFailed(f"{process.args} ended with status {process.returncode}: {said[-1_000:]}")
        if time.monotonic() > end:
            raise ServerFailed(f"{process.args} did not answer within {_START:.0f} s")
        time.sleep(0.1)


def _answers(client: Client, path: str) -> bool:
    try:
        client.get(path)
    except OSError:
        return False
    finally:
        client.close()
    return True


def _family(process: int) -> Iterator[int]:
    yield process
    for child in Path(f"/proc/{process}/task/{process}/children").read_text().split():
        yield from _family(int(child))


def _share(process: int) -> int:
    """The process's memory with its part of what it shares with others."""
    found = re.search(r"^Pss:\s+(\d+) kB", Path(f"/proc/{process}/smaps_rollup").read_text(), re.MULTILINE)
    return int(found.group(1)) * 1024 if found else 0
