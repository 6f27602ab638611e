"""How fast the service answers: over HTTP as JSON and as a page, without HTTP, and beside Datasette.

One client asks every product for the same search before the next, so that whatever else the machine does meets all
alike. No search is repeated, and nothing keeps results.
"""

import gzip
import json
import sys
import tempfile
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.datasette_server import DATABASE, SETTINGS, build_database, facets_missing, search_path
from bench.latency import Latency, latency_of
from bench.library import Built, fill, is_complete, opened_library, record_count
from bench.processes import Client, Running, free_port, memory_of, running
from bench.searches import Search, draw_searches
from bootstrap.services import Services
from catalogue import records

JSON: Final = "JSON over HTTP"
PAGE: Final = "page over HTTP"
CALL: Final = "library call"
BARE: Final = "  of it the engine"
DATASETTE: Final = "Datasette, JSON over HTTP"

# Asked before the clock runs: code is loaded, files are in memory.
_WARM_UP: Final = 100

Answer = Callable[[Search], object]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What was measured. Sizes are in bytes; `built` is None where a library from an earlier run was used."""

    searches: int
    filtered: int
    found_median: int
    records: int
    built: Built | None
    latencies: Mapping[str, Latency]
    server_memory: int
    server_processes: int
    datasette_memory: int
    index_bytes: int
    catalogue_bytes: int
    datasette_bytes: int
    datasette_facets_missing: int


def measure_speed(file: Path, folder: Path | None, count: int) -> Speed:
    """Every number for a collection; the library is made in a folder, or in a temporary one. Raises ServerFailed."""
    with ExitStack() as stack:
        if folder is None:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="belong-bench-")))
        built = _build(file, folder)
        services = stack.enter_context(opened_library(folder))
        searches = _prepare(services, folder, count + _WARM_UP)
        server = stack.enter_context(_our_server(folder))
        datasette = stack.enter_context(_datasette(folder))
        answers = stack.enter_context(_answers(services, server, datasette))
        for search in searches[:_WARM_UP]:
            _ask_all(answers, search, 0)
        timed = searches[_WARM_UP:]
        times = _time(answers, timed)
        return Speed(
            searches=len(timed),
            filtered=sum(1 for search in timed if search.filters),
            found_median=_median_found(services, timed),
            records=record_count(services),
            built=built,
            latencies={name: latency_of(seconds) for name, seconds in times.items()},
            server_memory=memory_of(server.process),
            server_processes=services.settings.web_processes,
            datasette_memory=memory_of(datasette.process),
            index_bytes=_size(services.settings.index_folder),
            catalogue_bytes=_size(folder / "catalogue.sqlite"),
            datasette_bytes=_size(folder / DATABASE),
            datasette_facets_missing=_facets_missing(datasette, timed),
        )


def _build(file: Path, folder: Path) -> Built | None:
    """Fill the library in a folder unless it is complete."""
    with opened_library(folder) as services:
        if is_complete(services):
            services.indexer.try_work()  # an index of an older format is made anew
            return None
        plain = folder / file.stem  # what the import is timed with is not how fast gzip is
        with gzip.open(file) as packed:
            plain.write_bytes(packed.read())
        built = fill(services, plain)
        plain.unlink()
        return built


def _prepare(services: Services, folder: Path, count: int) -> list[Search]:
    """The searches, and the database for Datasette with the same records."""
    with services.catalogue.read() as session:
        everything = records.scan(session, None, sys.maxsize)
    if not (folder / DATABASE).exists():
        build_database(folder / DATABASE, everything)
    return draw_searches(everything, count)


@contextmanager
def _our_server(folder: Path) -> Generator[Running]:
    port = free_port()
    environment = {"BELONG_DATA": str(folder), "HOST": "127.0.0.1", "PORT": str(port)}
    with running([_beside_python("belong"), "serve"], environment, port, "/api/v1/status") as server:
        yield server


@contextmanager
def _datasette(folder: Path) -> Generator[Running]:
    port = free_port()
    settings = [part for name, value in SETTINGS.items() for part in ("--setting", name, str(value))]
    command = [_beside_python("datasette"), "serve", str(folder / DATABASE), "--host", "127.0.0.1", "--port", str(port)]
    with running([*command, *settings], {}, port, "/-/versions.json") as server:
        yield server


@contextmanager
def _answers(services: Services, server: Running, datasette: Running) -> Generator[dict[str, Answer]]:
    json_client, page_client, datasette_client = Client(server.port), Client(server.port), Client(datasette.port)
    try:
        yield {
            JSON: lambda search: json_client.get(f"/api/v1/search?{search.query_string}&size=20"),
            PAGE: lambda search: page_client.get(f"/search?{search.query_string}"),
            CALL: lambda search: services.discovery.search(search.request()),
            BARE: lambda search: services.engine.search(search.request()),
            DATASETTE: lambda search: datasette_client.get(search_path(search)),
        }
    finally:
        for client in (json_client, page_client, datasette_client):
            client.close()


def _time(answers: Mapping[str, Answer], searches: Sequence[Search]) -> dict[str, list[float]]:
    times: dict[str, list[float]] = {name: [] for name in answers}
    for at, search in enumerate(searches):
        for name, seconds in _ask_all(answers, search, at):
            times[name].append(seconds)
    return times


def _ask_all(answers: Mapping[str, Answer], search: Search, turn: int) -> list[tuple[str, float]]:
    """How long each took; each is the first in turn, for the first finds the caches of the processor cold."""
    names = list(answers)
    first = turn % len(names)
    taken: list[tuple[str, float]] = []
    for name in [*names[first:], *names[:first]]:
        start = time.perf_counter()
        answers[name](search)
        taken.append((name, time.perf_counter() - start))
    return taken


def _median_found(services: Services, searches: Sequence[Search]) -> int:
    totals = sorted(services.engine.count(replace(search.request(), facets=())) for search in searches)
    return totals[len(totals) // 2]


def _facets_missing(datasette: Running, searches: Sequence[Search]) -> int:
    """How many of some answers lack a facet: Datasette leaves out what takes too long."""
    client = Client(datasette.port)
    missing = sum(facets_missing(json.loads(client.get(search_path(search)))) for search in searches[::20])
    client.close()
    return missing


def _beside_python(command: str) -> str:
    return str(Path(sys.executable).parent / command)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())
