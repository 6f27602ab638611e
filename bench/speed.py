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
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median_low as median
from typing import Final

from bench.datasette_server import DATABASE, SETTINGS, build_database, lacks_facets, search_path
from bench.latency import Latency, latency_of
from bench.library import Built, fill, is_complete, opened_library, record_count
from bench.processes import Client, Running, free_port, memory_of, running
from bench.searches import Search, draw_searches
from bootstrap.services import Services
from catalogue import records
from search.results import SearchPage

JSON: Final = "JSON over HTTP"
PAGE: Final = "page over HTTP"
CALL: Final = "library call"
BARE: Final = "  of it the engine"
DATASETTE: Final = "Datasette, JSON over HTTP"

# Asked before the clock runs: code is loaded, files are in memory.
_WARM_UP: Final = 100

Answer = Callable[[Search], bytes | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Speed:
    """What was measured. Sizes are in bytes; `built` is None where a library from an earlier run was used."""

    searches: int
    filtered: int
    found_median: int
    datasette_found_median: int
    records: int
    built: Built | None
    latencies: Mapping[str, Latency]
    server_memory: int
    server_processes: int
    datasette_memory: int
    index_bytes: int
    catalogue_bytes: int
    datasette_bytes: int
    datasette_incomplete: int


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
        _time(answers, searches[:_WARM_UP])
        timed = searches[_WARM_UP:]
        timing = _time(answers, timed)
        return Speed(
            searches=len(timed),
            filtered=sum(1 for search in timed if search.filters),
            found_median=median(timing.found),
            datasette_found_median=median(timing.datasette_found),
            records=record_count(services),
            built=built,
            latencies={name: latency_of(seconds) for name, seconds in timing.seconds.items()},
            server_memory=memory_of(server.process),
            server_processes=services.settings.web_processes,
            datasette_memory=memory_of(datasette.process),
            index_bytes=_size(services.settings.index_folder),
            catalogue_bytes=_size(folder / "catalogue.sqlite"),
            datasette_bytes=_size(folder / DATABASE),
            datasette_incomplete=timing.datasette_incomplete,
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
            CALL: lambda search: _unread(services.discovery.search(search.request())),
            BARE: lambda search: _unread(services.engine.search(search.request())),
            DATASETTE: lambda search: datasette_client.get(search_path(search)),
        }
    finally:
        for client in (json_client, page_client, datasette_client):
            client.close()


def _unread(_page: SearchPage) -> None:
    """A result within this process has no body."""


@dataclass(slots=True, kw_only=True)
class _Timing:
    """What grows as answers come in. `found` are the totals that they give: the same searches find about the same."""

    seconds: dict[str, list[float]]
    found: list[int] = field(default_factory=list[int])
    datasette_found: list[int] = field(default_factory=list[int])
    datasette_incomplete: int = 0


def _time(answers: Mapping[str, Answer], searches: Sequence[Search]) -> _Timing:
    timing = _Timing(seconds={name: [] for name in answers})
    for at, search in enumerate(searches):
        for name in _in_turn(list(answers), at):
            start = time.perf_counter()
            body = answers[name](search)
            timing.seconds[name].append(time.perf_counter() - start)
            if name == JSON and body is not None:
                timing.found.append(json.loads(body)["total"])
            elif name == DATASETTE and body is not None:
                answer = json.loads(body)
                timing.datasette_found.append(answer["filtered_table_rows_count"])
                timing.datasette_incomplete += lacks_facets(answer)
    return timing


def _in_turn(names: Sequence[str], turn: int) -> list[str]:
    """Each is the first in turn, for the first finds the caches of the processor cold."""
    first = turn % len(names)
    return [*names[first:], *names[:first]]


def _beside_python(command: str) -> str:
    return str(Path(sys.executable).parent / command)


def _size(path: Path) -> int:
    files = path.rglob("*") if path.is_dir() else [path]
    return sum(file.stat().st_size for file in files if file.is_file() and not file.is_symlink())
