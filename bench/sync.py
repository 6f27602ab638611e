"""How soon a change is searchable, how fast the index is made anew, and what searches notice of that.

The service runs as people run it. Records are saved as staff save them, searches go over HTTP, and `belong reindex`
makes the index anew. Beside it the engine alone takes the same documents, in the same run.
"""

import itertools
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from bench.bare import bulk_seconds
from bench.engine import engine_environment
from bench.latency import Latency, latency_of
from bench.library import opened_library
from bench.processes import Client, ServerFailed
from bench.searches import Search, draw_searches
from bench.speed import build_library, our_server
from bootstrap.services import Services
from bootstrap.settings import EngineName
from catalogue import records
from catalogue.record import Record
from indexer.documents import to_document
from search.engine import Put

# What an earlier run has left in a library that is kept.
_EDITED: Final = re.compile(r" edited\d+$")

_ROUNDS: Final = 2
_WARM_UP: Final = 100
_PATIENCE: Final = 60.0  # seconds for one change
_BETWEEN_LOOKS: Final = 0.005  # seconds


@dataclass(frozen=True, slots=True, kw_only=True)
class Sync:
    """What was measured. Rates are documents a second. As many searches were timed during rebuilds as without."""

    engine: EngineName
    records: int
    edits: int
    searchable: Latency
    rebuild_rate: float
    bare_rate: float
    searches: int
    quiet: Latency
    rebuilding: Latency

    @property
    def rate_ratio(self) -> float:
        """The rate of a rebuild in times of that of the engine alone."""
        return self.rebuild_rate / self.bare_rate

    @property
    def p99_ratio(self) -> float:
        """The 99th percentile of searches during a rebuild in times of that without."""
        return self.rebuilding.p99 / self.quiet.p99


def measure_sync(file: Path, folder: Path, edits: int, engine: EngineName) -> Sync:
    """Every number for a collection; the library is made in a folder if it is not there. Raises ServerFailed."""
    with ExitStack() as stack:
        environment = stack.enter_context(engine_environment(engine))
        build_library(file, folder, environment)
        services = stack.enter_context(opened_library(folder, environment))
        with services.catalogue.read() as session:
            everything = list(records.scan(session, None, sys.maxsize))
        server = stack.enter_context(our_server(folder, environment))
        client = Client(server.port)
        stack.callback(client.close)
        searchable = [_edit(services, client, record) for record in everything[:: max(1, len(everything) // edits)]]
        searches = itertools.cycle(draw_searches(everything, 1_000))
        for _ in range(_WARM_UP):
            _ask(client, next(searches))
        documents = [Put(id=record.id, version=1, document=to_document(record)) for record in everything]
        command = {**environment, "BELONG_DATA": str(folder)}
        bare = rebuilds = 0.0
        quiet, rebuilding = list[float](), list[float]()
        for _ in range(_ROUNDS):
            bare += bulk_seconds(engine, environment, folder, documents)
            rebuilds += _reindex(command, lambda: time.sleep(0.02))
            seconds = list[float]()
            _reindex(command, lambda seconds=seconds: seconds.append(_ask(client, next(searches))))
            rebuilding += seconds
            quiet += [_ask(client, next(searches)) for _ in seconds]
    return Sync(
        engine=engine,
        records=len(everything),
        edits=len(searchable),
        searchable=latency_of(searchable),
        rebuild_rate=_ROUNDS * len(everything) / rebuilds,
        bare_rate=_ROUNDS * len(everything) / bare,
        searches=len(quiet),
        quiet=latency_of(quiet),
        rebuilding=latency_of(rebuilding),
    )


def _edit(services: Services, client: Client, record: Record) -> float:
    """Add a word to a title that no other has; the seconds from when it is saved until a search finds it."""
    word = f"edited{time.monotonic_ns()}"
    with services.catalogue.write() as session:
        title = _EDITED.sub("", record.title)
        records.save(session, replace(record.as_draft(), title=f"{title} {word}"), record_id=record.id)
    start = time.perf_counter()
    while b'"total":1,' not in client.get(f"/api/v1/search?q={word}&size=1").replace(b" ", b""):
        if time.perf_counter() - start > _PATIENCE:
            raise ServerFailed(f"A change of {record.id} could not be searched within {_PATIENCE:.0f} s")
        time.sleep(_BETWEEN_LOOKS)
    return time.perf_counter() - start


def _reindex(environment: Mapping[str, str], meanwhile: Callable[[], None]) -> float:
    """Make the index anew beside the server, with something to do meanwhile; the seconds it took."""
    command = [str(Path(sys.executable).parent / "belong"), "reindex", "--json"]
    start = time.perf_counter()
    with subprocess.Popen(  # noqa: S603
        command, env={**os.environ, **environment}, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
    ) as process:
        while process.poll() is None:
            meanwhile()
        if process.returncode:
            said = process.stderr.read().decode(errors="replace") if process.stderr else ""
            raise ServerFailed(f"belong reindex ended with status {process.returncode}: {said[-500:]}")
    return time.perf_counter() - start


def _ask(client: Client, search: Search) -> float:
    start = time.perf_counter()
    client.get(f"/api/v1/search?{search.query_string}&size=20")
    return time.perf_counter() - start
