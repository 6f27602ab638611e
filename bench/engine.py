"""The settings under which the service searches in one engine or the other, for the time of a measurement."""

import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from elasticsearch import Elasticsearch

from bench.processes import ServerFailed
from bootstrap.settings import EngineName
from tests.servers.elasticsearch import ElasticsearchFailed, NoElasticsearch, running_elasticsearch

Environment = Mapping[str, str]


@contextmanager
def engine_environment(engine: EngineName, **changes: str) -> Generator[Environment]:
    """The variables of the environment that choose an engine.

    Elasticsearch is the one at ELASTICSEARCH_URL, or is started and stopped as the tests do it. What is measured has
    an alias of its own there, whose indices are deleted at the end. Raises ServerFailed.
    """
    if engine is EngineName.EMBEDDED:
        yield {"ENGINE": engine, **changes}
        return
    try:
        with running_elasticsearch() as url:
            alias = f"belong-bench-{os.getpid()}"
            try:
                yield {"ENGINE": engine, "ELASTICSEARCH_URL": url, "ELASTICSEARCH_ALIAS": alias, **changes}
            finally:
                _delete_indices(url, alias)
    except (NoElasticsearch, ElasticsearchFailed) as e:
        raise ServerFailed(str(e)) from e


def another_index(environment: Environment, name: str) -> Environment:
    """The same engine with another index; an embedded one lies in the folder of its library anyhow."""
    alias = environment.get("ELASTICSEARCH_ALIAS")
    return environment if alias is None else {**environment, "ELASTICSEARCH_ALIAS": f"{alias}-{name}"}


def bare_client(environment: Environment) -> Elasticsearch:
    """Elasticsearch's own client, as it comes."""
    return Elasticsearch(environment["ELASTICSEARCH_URL"], request_timeout=60, max_retries=0)


def _delete_indices(url: str, alias: str) -> None:
    with Elasticsearch(url, request_timeout=60) as client:
        for name in client.indices.get(index=f"{alias}-*", features="settings"):
            client.indices.delete(index=name)
