"""A library with workers: a catalogue, an alias in Elasticsearch and a Redis, with real `belong` processes on them."""

import contextlib
import os
import secrets
import signal
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import elasticsearch
import pytest
import redis

from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue import pending, records
from catalogue.record import Draft
from search.language.reader import read_query
from search.request import SearchRequest
from tasks.nudge import start_nudge
from tests.processes import BELONG, ROOT, environment_of, eventually
from tests.servers.proxy import PASS, Proxy, running_proxy


@dataclass(slots=True, kw_only=True)
class Command:
    """A running `belong worker` or `belong beat`, in a process group of its own."""

    process: "subprocess.Popen[bytes]"
    log: Path

    def children(self) -> list[int]:
        """The processes that carry out tasks."""
        children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children")
        return [int(pid) for pid in children.read_text().split()]

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
    """What several machines would share, with a proxy before each server. `services` stand for a web process."""

    environment: dict[str, str]
    elasticsearch: Proxy
    redis: Proxy
    services: Services
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

    def save_untold(self, title: str) -> None:
        """Save a record, and lose the nudge."""
        untold = build_services(self.services.settings)
        with untold.catalogue.write() as session:
            records.save(session, Draft(title=title))
        untold.catalogue.dispose()

    def found(self, words: str) -> int:
        """How many records a search finds."""
        return self.services.engine.count(SearchRequest(query=read_query(words)))

    def waiting(self) -> int:
        """How many records are pending."""
        with self.services.catalogue.read() as session:
            return pending.status(session).count


@pytest.fixture(scope="module")
def shared_cluster(
    tmp_path_factory: pytest.TempPathFactory, elasticsearch_url: str, redis_url: str
) -> Iterator[Cluster]:
    """One for all tests of a module: a worker takes two seconds to start."""
    with contextlib.ExitStack() as stack:
        before_elasticsearch = stack.enter_context(running_proxy(elasticsearch_url))
        before_redis = stack.enter_context(running_proxy(redis_url))
        with redis.Redis.from_url(redis_url) as server:
            server.flushall()
        environment = {
            "BELONG_DATA": str(tmp_path_factory.mktemp("cluster")),
            "ENGINE": "elasticsearch",
            "ELASTICSEARCH_URL": f"http://127.0.0.1:{before_elasticsearch.port}",
            "ELASTICSEARCH_ALIAS": f"tasks{secrets.token_hex(6)}",
            "ELASTICSEARCH_REFRESH": "100",
            "REDIS_URL": f"redis://127.0.0.1:{before_redis.port}/0",
        }
        settings = read_settings(environment)
        services = build_services(settings, nudge=start_nudge(settings))
        services.catalogue.migrate()
        assert services.indexer.catch_up()
        cluster = Cluster(
            environment=environment, elasticsearch=before_elasticsearch, redis=before_redis, services=services
        )
        yield cluster
        for command in cluster.running:
            command.kill()
        services.catalogue.dispose()
        _tidy(settings.elasticsearch.alias, elasticsearch_url)


@pytest.fixture
def cluster(shared_cluster: Cluster) -> Iterator[Cluster]:
    """The shared one, with nothing broken and nothing to do."""
    yield shared_cluster
    shared_cluster.elasticsearch.set(PASS)
    shared_cluster.redis.set(PASS)
    shared_cluster.services.indexer.catch_up()


def _tidy(alias: str, elasticsearch_url: str) -> None:
    """Leave nothing in a server that others use too."""
    with elasticsearch.Elasticsearch(elasticsearch_url) as client:
        for index in client.indices.get(index=f"{alias}-*"):
            client.indices.delete(index=index)
