"""What several machines would share, with real `belong` processes on it: a catalogue, an alias and a Redis."""

import contextlib
import os
import secrets
import signal
import subprocess
from collections.abc import Generator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

import elasticsearch
import redis
from sqlalchemy import select, update

from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue import pending, records
from catalogue.models import PendingRow
from catalogue.record import Draft
from search.language.reader import read_query
from search.request import SearchRequest
from tasks.nudge import Nudge, start_nudge
from tests.processes import BELONG, ROOT, environment_of, eventually


@dataclass(slots=True, kw_only=True)
class Command:
    """A running `belong worker` or `belong beat`, in a process group of its own."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def children(self) -> list[int]:
        """The processes that carry out tasks."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

    def has_connection(self, port: int) -> bool:
        """Whether one of its processes has a connection that begins at a port of this machine."""
        table = Path("/proc/net/tcp").read_text().splitlines()[1:]
        ends = {f"socket:[{columns[9]}]" for columns in map(str.split, table) if columns[1].endswith(f":{port:04X}")}
        for link in [link for pid in self.children() for link in Path(f"/proc/{pid}/fd").iterdir()]:
            with contextlib.suppress(FileNotFoundError):
                if str(link.readlink()) in ends:
                    return True
        return False

    def kill(self) -> None:
        """kill -9, for it and its children."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> int:
        """The exit status after SIGTERM."""
        self.process.terminate()
        return self.process.wait(30)


@dataclass(slots=True, kw_only=True)
class Cluster:
    """`services` stand for a web process, and `nudge` is what tells the workers of its changes."""

    environment: dict[str, str]
    services: Services
    nudge: Nudge
    running: list[Command] = field(default_factory=list[Command])

    def start(self, *arguments: str) -> Command:
        """A command that runs until it is killed, or all tests are done."""
        log = self.services.settings.data / f"{'-'.join(arguments)}-{secrets.token_hex(4)}.log"
        environment = environment_of(self.services.settings.data, **self.environment)
        with log.open("w") as stream:
            process = subprocess.Popen(
                [*BELONG, *arguments], env=environment, cwd=ROOT, stdout=stream, stderr=stream, start_new_session=True
            )
        self.running.append(Command(process=process, log=log))
        return self.running[-1]

    def workers(self, count: int = 2) -> list[Command]:
        """So many workers that have nothing to do: those that run, and new ones for those that were killed."""
        self.running = [command for command in self.running if command.process.poll() is None]
        while len(self.running) < count:
            self.start("worker")
        for each in self.running:
            assert eventually(lambda each=each: "ready" in each.log.read_text(), within=60), each.log.read_text()
        assert eventually(lambda: not self.messages(), within=30)
        return list(self.running)

    def messages(self) -> int:
        """How many messages wait, or are being worked on."""
        with redis.Redis.from_url(self.environment["REDIS_URL"]) as server:
            return int(server.llen("belong")) + int(server.hlen("unacked"))

    def save(self, title: str, record_id: str | None = None) -> str:
        """Save a record as a web process does: its id."""
        with self.services.catalogue.write() as session:
            return records.save(session, Draft(title=title), record_id=record_id).id

    def found(self, words: str) -> int:
        """How many records a search finds."""
        return self.services.engine.count(SearchRequest(query=read_query(words)))

    def waiting(self) -> int:
        """How many records are pending."""
        with self.services.catalogue.read() as session:
            return pending.status(session).count

    def is_leased(self) -> bool:
        """Whether somebody works on a record."""
        with self.services.catalogue.read() as session:
            leased = select(PendingRow.record_id).where(PendingRow.lease_until.is_not(None)).limit(1)
            return session.scalar(leased) is not None

    def end_leases(self) -> None:
        """Let the time pass for which a dead worker holds its records back."""
        with self.services.catalogue.write() as session:
            session.execute(update(PendingRow).values(lease_until=datetime.now(UTC)))


@contextlib.contextmanager
def running_cluster(environment: dict[str, str], *, elasticsearch_url: str) -> Generator[Cluster]:
    """A cluster with these settings, and an index; at the end nothing of it runs any more, and its indices are gone.

    The address is that of the server itself: the settings may lead through something that breaks.
    """
    ours = {
        **environment,
        "ENGINE": "elasticsearch",
        "ELASTICSEARCH_ALIAS": f"tests{secrets.token_hex(6)}",
        "ELASTICSEARCH_REFRESH": "100",
    }
    settings = read_settings(ours)
    nudge = start_nudge(settings)
    services = build_services(settings, nudge=nudge)
    services.catalogue.migrate()
    assert services.indexer.catch_up()
    cluster = Cluster(environment=ours, services=services, nudge=nudge)
    try:
        yield cluster
    finally:
        for command in cluster.running:
            command.kill()
        services.catalogue.dispose()
        with elasticsearch.Elasticsearch(elasticsearch_url) as client:  # others use it too
            for index in client.indices.get(index=f"{settings.elasticsearch.alias}-*"):
                client.indices.delete(index=index)
