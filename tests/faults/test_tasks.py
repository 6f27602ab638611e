"""Real Celery workers on a real Redis, PostgreSQL and Elasticsearch that break, while people edit and search."""

import contextlib
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace

import psycopg
import pytest
import redis

from catalogue import api_keys
from catalogue.roles import Role
from tests.cluster import Cluster, Command, running_cluster
from tests.faults.place import Library, Place
from tests.faults.traffic import Traffic, traffic
from tests.faults.visits import visits
from tests.processes import SECRET_KEY, ServerProcess, eventually
from tests.servers.bulk_proxy import BulkProxy, Bulks, running_bulk_proxy
from tests.servers.postgresql import OwnServer, own_postgresql
from tests.servers.proxy import PASS, Fault, Proxy, running_proxy


@dataclass(frozen=True, slots=True, kw_only=True)
class Surroundings:
    """A cluster with two workers, and the servers that it uses. `library` is the same from the editors' side."""

    cluster: Cluster
    library: Library
    before_redis: Proxy
    before_elasticsearch: BulkProxy
    postgresql: OwnServer

    def settle(self) -> None:
        """Wait until the workers have done everything; they are told to look more often than the schedule would."""
        assert eventually(self._is_settled, within=40) is not None, self.library.outlook()

    def _is_settled(self) -> bool:
        self.cluster.nudge()
        time.sleep(0.1)
        return self.library.is_settled()

    def assert_nothing_lost(self, seen: Traffic) -> None:
        self.settle()
        seen.assert_kept(self.library)
        self.library.assert_in_step()
        assert self.library.letters() == []


@pytest.fixture(scope="module")
def surroundings(
    tmp_path_factory: pytest.TempPathFactory, elasticsearch_url: str, redis_url: str
) -> Iterator[Surroundings]:
    """One for all tests here: to start all this takes some seconds."""
    data = tmp_path_factory.mktemp("cluster")
    with contextlib.ExitStack() as stack:
        postgresql = stack.enter_context(own_postgresql())
        before_redis = stack.enter_context(running_proxy(redis_url))
        before_elasticsearch = stack.enter_context(running_bulk_proxy(elasticsearch_url))
        with redis.Redis.from_url(redis_url) as server:
            server.flushall()
        environment = {
            "BELONG_DATA": str(data),
            "DATABASE_URL": postgresql.url.render_as_string(hide_password=False),
            "SECRET_KEY": SECRET_KEY,
            "ELASTICSEARCH_URL": f"http://127.0.0.1:{before_elasticsearch.port}",
            "REDIS_URL": f"redis://127.0.0.1:{before_redis.port}/0",
        }
        cluster = stack.enter_context(running_cluster(environment, elasticsearch_url=elasticsearch_url))
        alias = cluster.services.settings.elasticsearch.alias
        opened = Place(data=str(data), url=elasticsearch_url, alias=alias).open()
        library = replace(opened, catalogue=cluster.services.catalogue)
        library.fill_lasting()
        yield Surroundings(
            cluster=cluster,
            library=library,
            before_redis=before_redis,
            before_elasticsearch=before_elasticsearch,
            postgresql=postgresql,
        )


@pytest.fixture
def around(surroundings: Surroundings) -> Iterator[Surroundings]:
    """The shared one, with nothing broken and two workers that have nothing to do."""
    with redis.Redis.from_url(surroundings.cluster.environment["REDIS_URL"]) as server:
        server.delete("unacked", "unacked_index")  # what killed workers had would come again in two minutes
    surroundings.cluster.workers()
    yield surroundings
    surroundings.before_redis.set(PASS)
    surroundings.before_elasticsearch.let_go()


@contextmanager
def redis_that_is(fault: Fault, around: Surroundings) -> Generator[None]:
    around.before_redis.set(fault)
    try:
        yield
    finally:
        around.before_redis.set(PASS)


@contextmanager
def redis_that_forgets(around: Surroundings) -> Generator[None]:
    """All of it, also kombu's notes of what queues there are."""
    with redis.Redis.from_url(around.cluster.environment["REDIS_URL"]) as server:
        server.flushall()
        yield
        server.flushall()


REDIS: dict[str, Callable[[Surroundings], contextlib.AbstractContextManager[None]]] = {
    "stopped": lambda around: redis_that_is(Fault(refuse=True), around),
    "silent": lambda around: redis_that_is(Fault(swallow=True), around),
    "emptied": redis_that_forgets,
}


@pytest.mark.parametrize("trouble", REDIS.values(), ids=REDIS)
def test_whatever_becomes_of_redis_edits_go_on_and_none_is_lost(
    around: Surroundings, trouble: Callable[[Surroundings], contextlib.AbstractContextManager[None]]
) -> None:
    with traffic(around.library) as seen:
        assert eventually(lambda: seen.saved > 5, within=10) is not None
        with trouble(around):
            time.sleep(1.5)
        saved = seen.saved
        assert saved > 15
        assert eventually(lambda: seen.saved > saved, within=10) is not None
    assert (seen.unsaved, seen.refused) == (0, 0)
    around.assert_nothing_lost(seen)


def holder(around: Surroundings) -> Command:
    """The worker whose bulk is held."""
    proxy = around.before_elasticsearch
    assert eventually(lambda: proxy.holders, within=20) is not None
    return next(each for each in around.cluster.running if each.has_connection(proxy.holders[0]))


@pytest.mark.parametrize("moment", [Bulks.HELD_BEFORE, Bulks.HELD_AFTER], ids=["before the bulk", "after it"])
def test_what_a_killed_celery_worker_had_is_done_by_another(around: Surroundings, moment: Bulks) -> None:
    with traffic(around.library) as seen:
        around.before_elasticsearch.bulks = moment
        holder(around).kill()
        around.before_elasticsearch.let_go()
        assert around.cluster.is_leased()
        around.cluster.end_leases()
        saved = seen.saved
        assert eventually(lambda: seen.saved > saved + 3, within=10) is not None
    assert (seen.unsaved, seen.refused) == (0, 0)
    around.assert_nothing_lost(seen)


def test_a_celery_worker_past_its_lease_undoes_nothing_and_may_be_killed(around: Surroundings) -> None:
    """Its bulk arrives after another worker has written what came later."""
    cluster, proxy = around.cluster, around.before_elasticsearch
    proxy.bulks = Bulks.HELD_BEFORE
    cluster.save("Zymurgy", record_id="late")
    late = holder(around)
    proxy.bulks = Bulks.PASS  # for the others
    with traffic(around.library) as seen:
        cluster.save("Borborygmus", record_id="late")
        cluster.end_leases()
        assert eventually(lambda: cluster.found("borborygmus") == 1, within=20) is not None
        proxy.let_go()
        time.sleep(0.5)  # it arrives, and is answered
        late.kill()
    around.assert_nothing_lost(seen)
    assert (cluster.found("zymurgy"), cluster.found("borborygmus")) == (0, 1)


def end_connections(postgresql: OwnServer) -> int:
    """How many connections to the database were ended in the middle of what they were at."""
    with psycopg.connect(postgresql.url.render_as_string(hide_password=False), autocommit=True) as connection:
        others = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND "
        found = connection.execute(others + "backend_type = 'client backend'").fetchone()
    assert found is not None
    return found[0]


def test_a_database_that_is_lost_in_mid_request_is_said_and_keeps_no_half_of_a_write(around: Surroundings) -> None:
    catalogue, postgresql = around.library.catalogue, around.postgresql
    with catalogue.write() as session:
        key = api_keys.add(session, name="Sync", role=Role.EDITOR, created_by="a test").secret
    with (
        ServerProcess.started(around.cluster.services.settings.data, **around.cluster.environment) as web,
        visits(web, key) as asked,
        traffic(around.library) as seen,
    ):
        assert eventually(lambda: asked.statuses[200] > 50 and asked.statuses[201] > 5, within=20) is not None
        for _ in range(8):
            assert end_connections(postgresql) > 0
            time.sleep(0.1)
        postgresql.stop()
        asked.statuses[503] = 0
        assert eventually(lambda: asked.statuses[503] > 10 and asked.unwritten and seen.unsaved, within=20) is not None
        postgresql.start()
        asked.statuses[201], saved = 0, seen.saved
        assert eventually(lambda: asked.statuses[201] > 5 and seen.saved > saved, within=20) is not None
    assert {200, 503} < set(asked.statuses) <= {200, 201, 503}
    assert seen.refused == 0
    assert "Traceback" not in web.log.read_text()
    around.assert_nothing_lost(seen)
    asked.assert_kept(catalogue)
