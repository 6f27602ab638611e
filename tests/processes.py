"""`belong` as people run it: processes of its own."""

import contextlib
import http.client
import json
import os
import re
import selectors
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).parents[1]

# The command without its script, which stands elsewhere in every environment.
BELONG = [sys.executable, "-c", "from app.cli import main; main(prog_name='belong')"]

SECRET_KEY = "7f3c1d9be04a52668d1f0e3b97ac45d2"  # wanted where several machines may serve one catalogue

START_UP = 60.0  # seconds, on a busy machine


def environment_of(data: Path, **changes: str) -> dict[str, str]:
    """The environment of a command on a data folder."""
    ours = {"HOST": "127.0.0.1", "PORT": "0", "BELONG_DATA": str(data), "RATE_LIMIT_SIGN_IN": "1000"}
    if "DATABASE_URL" in changes:
        ours["SECRET_KEY"] = SECRET_KEY
    return {**os.environ, **ours, **changes}


def belong(data: Path, *arguments: str | Path, **changes: str) -> subprocess.CompletedProcess[str]:
    """What a command did."""
    return subprocess.run(
        [*BELONG, *map(str, arguments)],
        env=environment_of(data, **changes),
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def eventually(condition: Callable[[], object], within: float) -> float | None:
    """After how many seconds a condition was met; None if it was not."""
    start = time.monotonic()
    while True:
        met = condition()
        passed = time.monotonic() - start
        if met:
            return passed
        if passed > within:
            return None
        time.sleep(0.02)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a server answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(slots=True, kw_only=True)
class ServerProcess:
    """A running `belong serve`."""

    process: subprocess.Popen[str]
    address: str
    log: Path
    data: Path

    @classmethod
    def start(cls, data: Path, **changes: str) -> "ServerProcess":
        """Wait until it has printed its address and answers."""
        log = data.parent / f"server-{time.monotonic_ns()}.log"
        with log.open("w") as stream:
            process = subprocess.Popen(
                [*BELONG, "serve"],
                env=environment_of(data, **changes),
                cwd=ROOT,
                stdout=subprocess.PIPE,
                stderr=stream,
                text=True,
                start_new_session=True,
            )
        line = _first_line(process)
        found = re.search(r"http://\S+", line)
        if found is None:
            process.kill()
            process.wait()
            raise AssertionError(f"The server did not start: {line}\n{log.read_text()}")
        running = cls(process=process, address=found[0].rstrip("/"), log=log, data=data)
        wanted = int(changes.get("WEB_PROCESSES", "2"))
        assert eventually(lambda: len(running.workers()) == wanted, within=START_UP)
        assert running.get("/help/search").status == 200
        return running

    @classmethod
    @contextlib.contextmanager
    def started(cls, data: Path, **changes: str) -> "Generator[ServerProcess]":
        running = cls.start(data, **changes)
        try:
            yield running
        finally:
            running.kill()

    def get(
        self,
        path: str,
        *,
        method: str = "GET",
        headers: Mapping[str, str] | None = None,
        body: bytes | Iterable[bytes] | None = None,
    ) -> Answer:
        """The answer to one request on a connection of its own. A body in pieces does not tell its length."""
        parts = urlsplit(self.address)
        assert parts.hostname is not None
        connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=30)
        with contextlib.closing(connection):
            connection.request(method, path, body, headers={"Connection": "close", **(headers or {})})
            response = connection.getresponse()
            return Answer(status=response.status, headers=dict(response.getheaders()), body=response.read())

    def send(self, raw: bytes) -> Answer:
        """The answer to bytes that no client of HTTP would send."""
        parts = urlsplit(self.address)
        with socket.create_connection((parts.hostname, parts.port), timeout=30) as connection:
            connection.sendall(raw)
            response = http.client.HTTPResponse(connection)
            response.begin()
            return Answer(status=response.status, headers=dict(response.getheaders()), body=response.read())

    def total(self, path: str) -> int:
        """How many records a search of the API finds."""
        answer = self.get(f"/api/v1/search?{path}")
        assert answer.status == 200, answer.text
        return answer.json["total"]

    def lines(self) -> list[dict[str, Any]]:
        """What stands in its log so far, but for what it said before it served."""
        return [json.loads(line) for line in self.log.read_text().splitlines() if line.startswith("{")]

    def complaints(self) -> list[str]:
        """What stands in its log beside its answers, and is more than news."""
        said = self.log.read_text().splitlines()
        return [line for line in said if not line.startswith("{") or json.loads(line)["level"] not in {"info", "debug"}]

    def workers(self) -> list[int]:
        """The ids of the processes that answer."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def indexers(self) -> list[int]:
        """Those of them that hold the indexer's lock."""
        lock = (self.data / "indexer.lock").stat()
        held = rf"FLOCK +ADVISORY +WRITE (\d+) [0-9a-f]+:[0-9a-f]+:{lock.st_ino} "
        holders = {int(pid) for pid in re.findall(held, Path("/proc/locks").read_text())}
        return [pid for pid in self.workers() if pid in holders]

    def open_locks(self) -> int:
        """How many of them have an indexer's lock open, also one whose file was deleted."""
        found = 0
        for pid in self.workers():
            for link in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(FileNotFoundError):
                    found += "indexer.lock" in str(link.readlink())
        return found

    def stop(self, sent: signal.Signals = signal.SIGTERM) -> tuple[int, float]:
        """The exit status, and how many seconds it took to stop."""
        start = time.monotonic()
        self.process.send_signal(sent)
        status = self.process.wait(timeout=30)
        self.kill()
        return status, time.monotonic() - start

    def kill(self) -> None:
        """End what is left of it."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()


def _first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    with selectors.DefaultSelector() as selector:
        selector.register(process.stdout, selectors.EVENT_READ)
        return process.stdout.readline() if selector.select(START_UP) else "It printed nothing"
