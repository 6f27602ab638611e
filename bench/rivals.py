"""What the service is timed beside: Datasette for the embedded engine, the bare client for Elasticsearch."""

import json
import sys
from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar, Final, Protocol

from elasticsearch import Elasticsearch

from bench.datasette_server import DATABASE, SETTINGS, build_database, lacks_facets, search_path
from bench.engine import Environment, bare_client
from bench.processes import Client, Running, free_port, memory_of, running
from bench.searches import Search
from catalogue.record import Record
from engines.elasticsearch.engine import SEARCH_TYPE, search_body

DATASETTE: Final = "Datasette, JSON over HTTP"
BARE_CLIENT: Final = "bare client, same clauses"

# An answer as it comes: bytes, or what the client made of them.
Answer = Any


class Rival(Protocol):
    """Another product that answers the same searches."""

    name: ClassVar[str]  # what the table of times says

    def ask(self, search: Search) -> Answer:
        """The answer; only this is timed."""
        ...

    def total(self, answer: Answer) -> int:
        """How many records an answer says there are."""
        ...

    def is_complete(self, answer: Answer) -> bool:
        """Whether an answer has all facets."""
        ...

    def memory(self) -> int:
        """Bytes in memory."""
        ...

    def disk(self) -> int:
        """Bytes on disk."""
        ...


class Datasette:
    """Implements `Rival` with a server of its own."""

    name: ClassVar[str] = DATASETTE

    def __init__(self, folder: Path, server: Running) -> None:
        """The server reads the database in a folder."""
        self._folder = folder
        self._server = server
        self._client = Client(server.port)

    def ask(self, search: Search) -> bytes:
        """JSON."""
        return self._client.get(search_path(search))

    def total(self, answer: bytes) -> int:
        """The rows that pass the filters."""
        return json.loads(answer)["filtered_table_rows_count"]

    def is_complete(self, answer: bytes) -> bool:
        """False where a facet took too long."""
        return not lacks_facets(json.loads(answer))

    def memory(self) -> int:
        """The server's."""
        return memory_of(self._server.process)

    def disk(self) -> int:
        """The database's."""
        return (self._folder / DATABASE).stat().st_size

    def close(self) -> None:
        """Let go of the connection."""
        self._client.close()


class BareClient:
    """Implements `Rival` with Elasticsearch's own client, in this process, and the clauses that our adapter sends."""

    name: ClassVar[str] = BARE_CLIENT

    def __init__(self, client: Elasticsearch, alias: str, searches: Iterable[Search]) -> None:
        """The clauses of all searches are made beforehand: making them is our work and not the client's."""
        self._client = client
        self._alias = alias
        self._bodies = {search: search_body(search.request()) for search in searches}

    def ask(self, search: Search) -> Mapping[str, Any]:
        """The body as the client has read it."""
        return self._client.search(index=self._alias, body=self._bodies[search], search_type=SEARCH_TYPE).body

    def total(self, answer: Mapping[str, Any]) -> int:
        """The exact total."""
        return answer["hits"]["total"]["value"]

    def is_complete(self, answer: Mapping[str, Any]) -> bool:
        """False where a shard did not answer."""
        return not answer["_shards"]["failed"]

    def memory(self) -> int:
        """The heap that the server may take."""
        nodes = self._client.nodes.info(metric="jvm")["nodes"].values()
        return sum(node["jvm"]["mem"]["heap_max_in_bytes"] for node in nodes)

    def disk(self) -> int:
        """The index's."""
        return index_bytes(self._client, self._alias)


def index_bytes(client: Elasticsearch, alias: str) -> int:
    """The size of an index on disk."""
    return client.indices.stats(index=alias, metric="store")["_all"]["total"]["store"]["size_in_bytes"]


@contextmanager
def datasette(folder: Path, records: Sequence[Record]) -> Generator[Datasette]:
    """Datasette over the same records, with a database in a folder, which is made if it is not there."""
    if not (folder / DATABASE).exists():
        build_database(folder / DATABASE, records)
    port = free_port()
    settings = [part for name, value in SETTINGS.items() for part in ("--setting", name, str(value))]
    command = [str(Path(sys.executable).parent / "datasette"), "serve", str(folder / DATABASE)]
    address = ["--host", "127.0.0.1", "--port", str(port)]
    with running([*command, *address, *settings], {}, port, "/-/versions.json") as server:
        rival = Datasette(folder, server)
        try:
            yield rival
        finally:
            rival.close()


@contextmanager
def bare_elasticsearch(environment: Environment, searches: Iterable[Search]) -> Generator[BareClient]:
    """The client on the service's own index."""
    with bare_client(environment) as client:
        yield BareClient(client, environment["ELASTICSEARCH_ALIAS"], searches)
