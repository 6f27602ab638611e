"""A library with workers: a catalogue, an alias in Elasticsearch and a Redis, with real `belong` processes on them."""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import redis

from tests.cluster import Cluster, running_cluster
from tests.servers.proxy import PASS, Proxy, running_proxy


@dataclass(frozen=True, slots=True, kw_only=True)
class _Shared:
    cluster: Cluster
    before_elasticsearch: Proxy


@pytest.fixture(scope="module")
def shared_cluster(
    tmp_path_factory: pytest.TempPathFactory, elasticsearch_url: str, redis_url: str
) -> Iterator[_Shared]:
    """One for all tests of a module: a worker takes two seconds to start."""
    with contextlib.ExitStack() as stack:
        proxy = stack.enter_context(running_proxy(elasticsearch_url))
        with redis.Redis.from_url(redis_url) as server:
            server.flushall()
        environment = {
            "BELONG_DATA": str(tmp_path_factory.mktemp("cluster")),
            "ELASTICSEARCH_URL": f"http://127.0.0.1:{proxy.port}",
            "REDIS_URL": redis_url,
        }
        cluster = stack.enter_context(running_cluster(environment, elasticsearch_url=elasticsearch_url))
        yield _Shared(cluster=cluster, before_elasticsearch=proxy)


@pytest.fixture
def cluster(shared_cluster: _Shared) -> Iterator[Cluster]:
    """The shared one, with nothing to do."""
    yield shared_cluster.cluster
    shared_cluster.before_elasticsearch.set(PASS)
    shared_cluster.cluster.services.indexer.catch_up()


@pytest.fixture
def before_elasticsearch(shared_cluster: _Shared) -> Proxy:
    """What stands between the cluster and Elasticsearch."""
    return shared_cluster.before_elasticsearch
