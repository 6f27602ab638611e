"""The processes that docker-compose.yml names, started by hand with its very commands, variables and health checks.

On a real PostgreSQL, a real Redis with a password, started by its command, and a real Elasticsearch with security on.
"""

import contextlib
import os
import re
import secrets
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pytest
import redis

from bootstrap.services import build_services
from bootstrap.settings import read_settings
from catalogue import records
from catalogue.record import Draft
from search.errors import EngineForbidden
from tests.compose import read_compose
from tests.processes import BELONG, ROOT, ServerProcess, eventually
from tests.servers.elasticsearch import NoElasticsearch, secured_elasticsearch
from tests.servers.postgresql import PostgresServer

NAMES: Final = ("POSTGRES_PASSWORD", "ELASTIC_PASSWORD", "REDIS_PASSWORD", "SECRET_KEY")
SECRETS: Final = {name: secrets.token_hex(16) for name in NAMES}
COMPOSE: Final = read_compose(SECRETS)["services"]

# The image has the commands on its path; here they stand beside Python.
PATH: Final = f"{ROOT / '.venv' / 'bin'}:{os.environ['PATH']}"


@dataclass(slots=True, kw_only=True)
class Stack:
    """The running services, and where the servers are that they use."""

    folder: Path
    addresses: dict[str, str]
    processes: dict[str, "subprocess.Popen[str]"]

    def environment(self, service: str) -> dict[str, str]:
        """A service's own variables and no other, but with the addresses that its servers have here."""
        given = {name: str(value) for name, value in COMPOSE[service].get("environment", {}).items()}
        return {"PATH": PATH, "HOME": str(self.folder), "BELONG_DATA": str(self.folder), **given, **self.moved(given)}

    def moved(self, given: dict[str, str]) -> dict[str, str]:
        """The same addresses with the user and password that the file gives, at hosts of this machine."""
        moved = {}
        for name, at in (("ELASTICSEARCH_URL", "elasticsearch:9200"), ("REDIS_URL", "redis:6379")):
            if name in given:
                assert at in given[name]
                moved[name] = given[name].replace(at, self.addresses[name])
        if "DATABASE_URL" in given:  # the test's server has users of its own
            assert given["DATABASE_URL"].startswith("postgresql://belong:")
            moved["DATABASE_URL"] = self.addresses["DATABASE_URL"]
        return moved

    def start(self, service: str, command: list[str], **changes: str) -> None:
        with (self.folder / f"{service}.log").open("w") as log:
            self.processes[service] = subprocess.Popen(
                command,
                env=self.environment(service) | changes,
                cwd=ROOT,
                stdout=log,
                stderr=log,
                text=True,
                start_new_session=True,
            )

    def log(self, service: str) -> str:
        return (self.folder / f"{service}.log").read_text()

    def check(self, service: str, old: str = "", new: str = "") -> int:
        """The exit status of a service's health check, with one part of it changed."""
        kind, *words = COMPOSE[service]["healthcheck"]["test"]
        command = ["sh", "-c", *words] if kind == "CMD-SHELL" else words
        command = [word.replace(old, new) if old else word for word in command]
        return subprocess.run(
            command, env=self.environment(service), cwd=ROOT, capture_output=True, timeout=60, check=False
        ).returncode


@pytest.fixture(scope="module")
def stack(tmp_path_factory: pytest.TempPathFactory, postgresql: PostgresServer, redis_url: str) -> Iterator[Stack]:
    """Everything that the file names, up."""
    del redis_url  # for its rule: no Redis on this machine, no test
    with contextlib.ExitStack() as on_exit:
        try:
            cluster = on_exit.enter_context(secured_elasticsearch(SECRETS["ELASTIC_PASSWORD"]))
        except NoElasticsearch as e:
            (pytest.fail if os.environ.get("CI") else pytest.skip)(str(e))
        port = _free_port()
        addresses = {
            "DATABASE_URL": postgresql.new_database(migrated=False),
            "ELASTICSEARCH_URL": cluster.removeprefix("http://"),
            "REDIS_URL": f"127.0.0.1:{port}",
        }
        stack = Stack(folder=tmp_path_factory.mktemp("stack"), addresses=addresses, processes={})
        on_exit.callback(_kill_all, stack)
        [*shell, line] = COMPOSE["redis"]["command"]
        here = f"redis-server --bind 127.0.0.1 --port {port}"
        stack.start("redis", [*shell, line.replace("redis-server", here)])
        for service, changes in (("web", {"HOST": "127.0.0.1", "PORT": "0"}), ("worker", {}), ("beat", {})):
            name, *arguments = COMPOSE[service]["command"]
            assert name == "belong"
            stack.start(service, [*BELONG, *arguments], **changes)
        yield stack
        for service in ("web", "worker", "beat"):
            stack.processes[service].terminate()
            grace = int(COMPOSE[service]["stop_grace_period"].removesuffix("s"))
            assert stack.processes[service].wait(grace) == 0, stack.log(service)
            assert "Traceback" not in stack.log(service)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _kill_all(stack: Stack) -> None:
    for process in stack.processes.values():
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


@pytest.fixture(scope="module")
def web(stack: Stack) -> ServerProcess:
    """The web service, where the workers have made the index of the sample library."""
    assert eventually(lambda: "open at" in stack.log("web"), within=60) is not None, stack.log("web")
    address = re.search(r"http://[0-9.:]+", stack.log("web"))
    assert address is not None
    log = stack.folder / "web.log"
    web = ServerProcess(process=stack.processes["web"], address=address[0], log=log, data=stack.folder)

    def is_ready() -> bool:
        return web.get("/readyz").json["status"] == "ready" and web.total("size=1") >= 28

    assert eventually(is_ready, within=60) is not None, web.get("/readyz").text + stack.log("worker")
    return web


def test_what_is_changed_behind_their_back_is_found_by_the_schedule(stack: Stack, web: ServerProcess) -> None:
    services = build_services(read_settings(stack.environment("worker")))
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy"))
    services.catalogue.dispose()
    assert eventually(lambda: web.total("q=zymurgy") == 1, within=40) is not None, stack.log("beat")


def test_the_health_checks_tell_the_living_from_the_dead(stack: Stack, web: ServerProcess) -> None:
    assert stack.check("web", "127.0.0.1:8000", web.address.removeprefix("http://")) == 0
    assert stack.check("web", "127.0.0.1:8000", "127.0.0.1:1") != 0
    for service in ("worker", "beat"):
        assert eventually(lambda service=service: stack.check(service) == 0, within=30) is not None, stack.log(service)
        assert stack.check(service, '--timeout 5 --destination "', '--timeout 1 --destination "not-') != 0
    here = f"redis-cli -p {stack.addresses['REDIS_URL'].partition(':')[2]}"
    assert stack.check("redis", "redis-cli", here) == 0
    assert stack.check("redis", "redis-cli", "redis-cli -p 1") != 0


@pytest.mark.usefixtures("web")
def test_nobody_gets_in_without_a_password(stack: Stack) -> None:
    anybody = redis.Redis.from_url(f"redis://{stack.addresses['REDIS_URL']}")
    with pytest.raises(redis.exceptions.AuthenticationError), anybody as server:
        server.ping()
    cluster = f"http://{stack.addresses['ELASTICSEARCH_URL']}"
    services = build_services(read_settings(stack.environment("worker") | {"ELASTICSEARCH_URL": cluster}))
    with pytest.raises(EngineForbidden):
        services.engine.product()
