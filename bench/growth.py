"""How Elasticsearch's settings bear on a small and on a large library: shards, and how often changes are shown.

All indices of a size are there at once and are asked in turn, so that whatever else the machine does meets all alike.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from elasticsearch import Elasticsearch

from bench.engine import Environment, bare_client, engine_environment
from bench.generated import GeneratedLibrary
from bench.latency import Latency, latency_of
from bench.library import opened_library
from bench.rivals import index_bytes
from bench.searches import Search, draw_searches
from bench.speed import build_library
from bootstrap.settings import EngineName
from catalogue import records
from catalogue.record import Record
from engines.elasticsearch.cluster import build_elasticsearch
from engines.elasticsearch.engine import SEARCH_TYPE, search_body
from engines.elasticsearch.indices import IndexSettings
from engines.elasticsearch.writer import ElasticsearchWriter
from indexer.documents import to_document
from search.engine import GenerationName, Outcome, Put

SHARDS: Final = (1, 2, 4)
REFRESH: Final = (100, 500, 1_000, 5_000)  # milliseconds

# As many as a worker writes at a time.
_CHUNK: Final = 500

_WARM_UP: Final = 50
_ROUNDS: Final = 4  # in which every refresh interval has its turn
_SEARCHES_BETWEEN: Final = 5  # between two bulks of changes

_GENERATION: Final = GenerationName("g1")


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """An index in so many shards: records written a second, bytes on disk, and searches while nothing is written."""

    shards: int
    rate: float
    size: int
    latency: Latency


@dataclass(frozen=True, slots=True, kw_only=True)
class Refreshed:
    """An index in one shard, while it is changed and searched: changes written a second, and searches."""

    refresh: int
    rate: float
    latency: Latency


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What was measured with so many records."""

    records: int
    cuts: Sequence[Cut]
    refreshed: Sequence[Refreshed]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Index:
    shards: int
    alias: str
    writer: ElasticsearchWriter


def measure_growth(file: Path, folder: Path, sizes: Sequence[int], count: int) -> list[Growth]:
    """A library of each size, made of the records of a collection. Raises ServerFailed."""
    with engine_environment(EngineName.EMBEDDED) as environment:
        build_library(file, folder, environment)
        with opened_library(folder, environment) as services, services.catalogue.read() as session:
            library = GeneratedLibrary(list(records.scan(session, None, sys.maxsize)))
    grown: list[Growth] = []
    for size in sizes:
        with engine_environment(EngineName.ELASTICSEARCH) as environment, bare_client(environment) as client:
            grown.append(_measure(library, size, count, environment, client))
    return grown


def _measure(
    library: GeneratedLibrary, size: int, count: int, environment: Environment, client: Elasticsearch
) -> Growth:
    indices = [_index(environment, shards) for shards in SHARDS]
    writing = _fill(library, size, indices)
    # Those who search know the library: what they look for is drawn from all of it.
    known = [library.record(number) for number in range(0, size, max(1, size // 10_000))]
    searches = draw_searches(known, count + _WARM_UP)
    searching = _search(client, indices, searches)
    cuts = [
        Cut(
            shards=index.shards,
            rate=size / writing[index.shards],
            size=index_bytes(client, index.alias),
            latency=latency_of(searching[index.shards]),
        )
        for index in indices
    ]
    return Growth(records=size, cuts=cuts, refreshed=_refresh(library, size, indices[0], searches, client))


def _index(environment: Environment, shards: int) -> _Index:
    alias = f"{environment['ELASTICSEARCH_ALIAS']}-s{shards}"
    _, writer = build_elasticsearch(
        url=environment["ELASTICSEARCH_URL"], api_key=None, ca=None, alias=alias, index=IndexSettings(shards=shards)
    )
    writer.create(_GENERATION)
    return _Index(shards=shards, alias=alias, writer=writer)


def _fill(library: GeneratedLibrary, size: int, indices: Sequence[_Index]) -> dict[int, float]:
    """Write every record to every index; the seconds that each index took."""
    seconds = dict.fromkeys((index.shards for index in indices), 0.0)
    for start in range(0, size, _CHUNK):
        written = _puts(library.record(number) for number in range(start, min(start + _CHUNK, size)))
        for index in indices:
            seconds[index.shards] += _write(index, written)
    for index in indices:
        index.writer.activate(_GENERATION)
    return seconds


def _search(client: Elasticsearch, indices: Sequence[_Index], searches: Sequence[Search]) -> dict[int, list[float]]:
    seconds: dict[int, list[float]] = {index.shards: [] for index in indices}
    for at, search in enumerate(searches):
        first = at % len(indices)
        for index in [*indices[first:], *indices[:first]]:
            taken = _ask(client, index, search)
            if at >= _WARM_UP:
                seconds[index.shards].append(taken)
    return seconds


def _refresh(
    library: GeneratedLibrary, size: int, index: _Index, searches: Sequence[Search], client: Elasticsearch
) -> list[Refreshed]:
    """Each interval in turn, several times: bulks of changes with searches between them."""
    written: dict[int, list[float]] = {refresh: [] for refresh in REFRESH}
    searched: dict[int, list[float]] = {refresh: [] for refresh in REFRESH}
    changes = _changes(library, size)
    in_a_turn = len(searches) // (_ROUNDS * _SEARCHES_BETWEEN)
    for turn in range(_ROUNDS):
        for refresh in REFRESH:
            client.indices.put_settings(index=index.alias, settings={"refresh_interval": f"{refresh}ms"})
            asked = iter(searches[turn::_ROUNDS])
            for _ in range(in_a_turn):
                written[refresh].append(_write(index, next(changes)))
                searched[refresh] += [_ask(client, index, next(asked)) for _ in range(_SEARCHES_BETWEEN)]
    return [
        Refreshed(
            refresh=refresh,
            rate=_CHUNK * len(written[refresh]) / sum(written[refresh]),
            latency=latency_of(searched[refresh]),
        )
        for refresh in REFRESH
    ]


def _changes(library: GeneratedLibrary, size: int) -> Iterator[list[Put]]:
    """Bulks of new versions of records from all over the library, without end."""
    version, stride = 2, max(1, size // _CHUNK)
    while True:
        yield _puts(library.record((at * stride + version) % size, version) for at in range(_CHUNK))
        version += 1


def _puts(made: Iterator[Record]) -> list[Put]:
    return [Put(id=record.id, version=record.version, document=to_document(record)) for record in made]


def _write(index: _Index, operations: Sequence[Put]) -> float:
    start = time.perf_counter()
    results = index.writer.write(_GENERATION, operations)
    taken = time.perf_counter() - start
    if any(result.outcome is not Outcome.DONE for result in results):
        raise RuntimeError(f"{index.alias} did not take all documents")
    return taken


def _ask(client: Elasticsearch, index: _Index, search: Search) -> float:
    """By the bare client: our own gives up after two seconds, and here it is to be seen how long it takes."""
    body = search_body(search.request())
    start = time.perf_counter()
    client.search(index=index.alias, body=body, search_type=SEARCH_TYPE)
    return time.perf_counter() - start
