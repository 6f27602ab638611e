"""How fast the service answers: over HTTP as JSON and as a page, without HTTP, and beside another product.

One client asks every product for the same search before the next, so that whatever else the machine does meets all
alike. No search is repeated, and nothing keeps results.
"""

import gzip
import json
import sys
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median_low as median
from typing import Any, Final

from bench.engine import Environment, engine_environment
from bench.latency import Latency, latency_of
from bench.library import Built, fill, is_complete, opened_library, record_count
from bench.processes import Client, Running, free_port, memory_of, running
from bench.rivals import Rival, bare_elasticsearch, datasette
from bench.searches import Search, draw_searches
from bootstrap.services import Services
from bootstrap.settings import EngineName
from catalogue import records
from catalogue.record import Record

JSON: Final = "JSON over HTTP"
PAGE: Final = "page over HTTP"
CALL: Final = "library call"
BARE: Final = "  of it the engine"

# Asked before the clock runs: code is loaded, files are in memory.
_WARM_UP: Final = 100

Ask = Callable[[Search], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Beside:
    """What the other product gave and took. Sizes are in bytes; `incomplete` answers lacked a facet."""

    name: str
    found_median: int
    incomplete: int
    memory: int
    disk: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What was measured. Sizes are in bytes; `built` is None where a library from an earlier run was used."""

    engine: EngineName
    searches: int
    filtered: int
    found_median: int
    records: int
    built: Built | None
    latencies: Mapping[str, Latency]
    server_memory: int
    server_processes: int
    index_bytes: int
    catalogue_bytes: int
    beside: Beside

    @property
    def times_beside(self) -> float:
        """How many times as long as the other product the service takes for half of its answers."""
        return self.latencies[JSON].p50 / self.latencies[self.beside.name].p50


def measure_speed(file: Path, folder: Path, count: int, engine: EngineName) -> Speed:
    """Every number for a collection; the library is made in a folder if it is not there. Raises ServerFailed."""
    with ExitStack() as stack:
        environment = stack.enter_context(engine_environment(engine))
        built = build_library(file, folder, environment)
        services = stack.enter_context(opened_library(folder, environment))
        everything = _everything(services)
        searches = draw_searches(everything, count + _WARM_UP)
        server = stack.enter_context(our_server(folder, environment))
        rival = stack.enter_context(_rival(engine, environment, folder, everything, searches))
        answers = stack.enter_context(_answers(services, server, rival))
        _time(answers, rival, searches[:_WARM_UP])
        timed = searches[_WARM_UP:]
        timing = _time(answers, rival, timed)
        return Speed(
            engine=engine,
            searches=len(timed),
            filtered=sum(1 for search in timed if search.filters),
            found_median=median(timing.found),
            records=record_count(services),
            built=built,
            latencies={name: latency_of(seconds) for name, seconds in timing.seconds.items()},
            server_memory=memory_of(server.process),
            server_processes=services.settings.web_processes,
            index_bytes=_size(services.settings.index_folder) if engine is EngineName.EMBEDDED else rival.disk(),
            catalogue_bytes=_size(folder / "catalogue.sqlite"),
            beside=Beside(
                name=rival.name,
                found_median=median(timing.found_beside),
                incomplete=timing.incomplete,
                memory=rival.memory(),
                disk=rival.disk(),
            ),
        )


def build_library(file: Path, folder: Path, environment: Environment) -> Built | None:
    """Fill the library in a folder unless it is complete. The index is made where it is not there."""
    with opened_library(folder, environment) as services:
        if is_complete(services):
            services.indexer.catch_up()  # an index that is missing or of an older format is made anew
            return None
        plain = folder / file.stem  # what the import is timed with is not how fast gzip is
        with gzip.open(file) as packed:
            plain.write_bytes(packed.read())
        built = fill(services, plain)
        plain.unlink()
        return built


def _everything(services: Services) -> list[Record]:
    with services.catalogue.read() as session:
        return list(records.scan(session, None, sys.maxsize))


@contextmanager
def our_server(folder: Path, environment: Environment) -> Generator[Running]:
    """The service over a library, as people run it."""
    port = free_port()
    changes = {**environment, "BELONG_DATA": str(folder), "HOST": "127.0.0.1", "PORT": str(port)}
    command = str(Path(sys.executable).parent / "belong")
    with running([command, "serve"], changes, port, "/api/v1/status") as server:
        yield server


def _rival(
    engine: EngineName,
    environment: Environment,
    folder: Path,
    everything: Sequence[Record],
    searches: Sequence[Search],
) -> AbstractContextManager[Rival]:
    """Each engine's own measure: a product of the same size, or the least that a search in the cluster can cost."""
    if engine is EngineName.EMBEDDED:
        return datasette(folder, everything)
    return bare_elasticsearch(environment, searches)


@contextmanager
def _answers(services: Services, server: Running, rival: Rival) -> Generator[dict[str, Ask]]:
    json_client, page_client = Client(server.port), Client(server.port)
    try:
        yield {
            JSON: lambda search: json_client.get(f"/api/v1/search?{search.query_string}&size=20"),
            PAGE: lambda search: page_client.get(f"/search?{search.query_string}"),
            CALL: lambda search: services.discovery.search(search.request()),
            BARE: lambda search: services.engine.search(search.request()),
            rival.name: rival.ask,
        }
    finally:
        json_client.close()
        page_client.close()


@dataclass(slots=True, kw_only=True)
class _Timing:
    """What grows as answers come in. `found` are the totals that they give: the same searches find about the same."""

    seconds: dict[str, list[float]]
    found: list[int] = field(default_factory=list[int])
    found_beside: list[int] = field(default_factory=list[int])
    incomplete: int = 0


def _time(answers: Mapping[str, Ask], rival: Rival, searches: Sequence[Search]) -> _Timing:
    timing = _Timing(seconds={name: [] for name in answers})
    for at, search in enumerate(searches):
        for name in _in_turn(list(answers), at):
            start = time.perf_counter()
            answer = answers[name](search)
            timing.seconds[name].append(time.perf_counter() - start)
            if name == JSON:
                timing.found.append(json.loads(answer)["total"])
            elif name == rival.name:
                timing.found_beside.append(rival.total(answer))
                timing.incomplete += not rival.is_complete(answer)
    return timing


def _in_turn(names: Sequence[str], turn: int) -> list[str]:
    """Each is the first in turn, for the first finds the caches of the processor cold."""
    first = turn % len(names)
    return [*names[first:], *names[:first]]


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())
