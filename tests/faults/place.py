"""A library whose parts are in several processes: a catalogue, an index, and leases short enough for tests."""

import json
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

from catalogue import dead_letters, generations, pending, records, runs
from catalogue.database import Catalogue, open_catalogue
from catalogue.dead_letters import DeadLetter
from catalogue.record import Draft, RecordId
from catalogue.runs import Run, RunKind
from engines.elasticsearch.cluster import build_elasticsearch
from engines.elasticsearch.indices import IndexSettings
from engines.embedded.engine import EmbeddedEngine
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter, WriterLock
from indexer.advance import advance
from indexer.compare import Drift, compare
from indexer.documents import to_shown
from indexer.indexer import Indexer
from indexer.synchronise import synchronise
from search.engine import GenerationName, IndexWriter, SearchEngine
from search.language.reader import read_query
from search.request import SearchRequest
from tests.processes import ROOT, eventually

LEASE = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a library lies: a folder, and for Elasticsearch the address and the alias. A process gets it as JSON."""

    data: str
    url: str | None
    alias: str

    def as_json(self) -> str:
        return json.dumps(asdict(self))

    def through(self, port: int) -> "Place":
        """The same library, whose Elasticsearch is reached by a proxy."""
        return replace(self, url=f"http://127.0.0.1:{port}")

    def open(self, *, busy_timeout: float = 5.0) -> "Library":
        """The parts in this process."""
        engine, writer = self._engine()
        path = f"{self.data}/catalogue.sqlite"
        catalogue = open_catalogue(f"sqlite:///{path}", busy_timeout=busy_timeout)
        return Library(place=self, catalogue=catalogue, engine=engine, writer=writer)

    def _engine(self) -> tuple[SearchEngine, IndexWriter]:
        if self.url is None:
            folders = GenerationFolders(Path(self.data) / "index")
            return EmbeddedEngine(folders), EmbeddedWriter(folders)
        settings = IndexSettings(refresh=100)
        return build_elasticsearch(url=self.url, api_key=None, ca=None, alias=self.alias, index=settings)


class _OpenToAll:
    def try_acquire(self) -> bool:
        return True

    def release(self) -> None:
        pass


@dataclass(frozen=True, slots=True, kw_only=True)
class Library:
    """The parts of a library in one process."""

    place: Place
    catalogue: Catalogue
    engine: SearchEngine
    writer: IndexWriter

    def indexer(self, writer: IndexWriter | None = None) -> Indexer:
        """Somebody who works on the index, if he may."""
        lock = WriterLock(Path(self.place.data) / "indexer.lock") if self.place.url is None else _OpenToAll()
        # As `bootstrap.settings` calls it: the processes of tests.cluster share the catalogue.
        place = "embedded" if self.place.url is None else f"elasticsearch {self.place.alias}"
        return Indexer(self.catalogue, writer or self.writer, lock, place=place, lease=LEASE)

    @contextmanager
    def working(self, writer: IndexWriter | None = None) -> Generator[None]:
        """A block during which somebody works on the index in a thread of this process."""
        indexer = self.indexer(writer)
        indexer.start()
        try:
            yield
        finally:
            indexer.stop()

    def settle(self, writer: IndexWriter | None = None, within: float = 30) -> None:
        """Work on the index until nothing is pending and no run is under way; then nothing may differ."""
        with self.working(writer):
            assert eventually(self.is_settled, within=within) is not None, self.outlook()

    def is_settled(self) -> bool:
        with self.catalogue.read() as session:
            return not runs.unfinished(session) and not pending.status(session).count

    def outlook(self) -> str:
        """What is still to be done."""
        with self.catalogue.read() as session:
            return f"{pending.status(session)} {runs.unfinished(session)} {generations.stopped(session)}"

    def save(self, id_: str, title: str) -> int:
        """The version that was acknowledged."""
        with self.catalogue.write() as session:
            return records.save(session, Draft(title=title), record_id=id_).version

    def fill(self, count: int, prefix: str = "r") -> None:
        with self.catalogue.write() as session:
            for number in range(count):
                records.save(session, Draft(title=f"Zymurgy {number}"), record_id=f"{prefix}{number:05}")

    def fill_lasting(self, count: int = 20) -> None:
        """Records that nobody edits during `tests.faults.traffic`, in the index."""
        with self.catalogue.write() as session:
            for number in range(count):
                records.save(session, Draft(title=f"Lasting {number}"), record_id=f"lasting{number:02}")
        self.settle()
        assert eventually(lambda: self.count("lasting") == count, within=5) is not None

    def delete(self, id_: str) -> int:
        with self.catalogue.write() as session:
            return records.delete(session, id_)

    def start(self, kind: RunKind = RunKind.REBUILD) -> int:
        with self.catalogue.write() as session:
            return runs.start(session, kind, started_by="a test")

    def run(self, number: int) -> Run:
        with self.catalogue.read() as session:
            return runs.get(session, number)

    def count(self, text: str = "") -> int:
        return self.engine.count(SearchRequest(query=read_query(text)))

    def titles(self, text: str = "") -> dict[str, str]:
        """What searches show, by id."""
        request = SearchRequest(query=read_query(text), size=100)
        found: dict[str, str] = {}
        for page in range(1, 101):
            hits = self.engine.search(replace(request, page=page)).hits
            found |= {hit.id: hit.shown.title for hit in hits}
            if len(hits) < request.size:
                break
        return found

    def waiting(self) -> int:
        with self.catalogue.read() as session:
            return pending.status(session).count

    def are_pending(self, ids: Sequence[str]) -> bool:
        with self.catalogue.read() as session:
            return bool(pending.among(session, ids))

    def letters(self) -> Sequence[DeadLetter]:
        with self.catalogue.read() as session:
            return dead_letters.listed(session)

    def drift(self) -> dict[str, Drift]:
        """What differs without a reason, for each generation that is written; the active one comes first."""
        with self.catalogue.read() as session:
            written = generations.written(session)
        assert written.active is not None
        names = dict.fromkeys([written.active, *written.names])
        return {name: compare(self.catalogue, self.writer, GenerationName(name)) for name in names}

    def assert_in_step(self) -> None:
        """Nothing waits, nothing differs, and searches show every record that is not deleted as it is now."""
        drift = next(iter(self.drift().values()))
        assert (drift.missing, drift.stale, drift.ahead, drift.ghosts) == ({}, {}, {}, {})
        assert self.waiting() == 0
        dead = {letter.record_id for letter in self.letters()}
        with self.catalogue.read() as session:
            present = {each.id: to_shown(each) for each in records.scan(session, None, 10_000) if each.id not in dead}
        assert eventually(lambda: self.count() == len(present), within=5) is not None
        request = SearchRequest(query=read_query(""), size=100)

        def shown() -> bool:
            pages = [self.engine.search(replace(request, page=n + 1)).hits for n in range(-(-len(present) // 100))]
            return {RecordId(hit.id): hit.shown for page in pages for hit in page} == present

        assert eventually(shown, within=5) is not None

    def synchronise(self, writer: IndexWriter | None = None) -> int:
        return synchronise(self.catalogue, writer or self.writer, lease=LEASE)

    def advance(self, writer: IndexWriter | None = None) -> bool:
        return advance(self.catalogue, writer or self.writer, lease=LEASE)


def start_worker(place: Place, *orders: str, stdin: int | None = None) -> "subprocess.Popen[str]":
    """Somebody who works on the index in a process of its own: see `tests.faults.worker`."""
    command = [sys.executable, "-m", "tests.faults.worker", place.as_json(), *orders]
    with (Path(place.data) / "workers.log").open("a") as log:
        return subprocess.Popen(command, cwd=ROOT, text=True, stdin=stdin, stdout=subprocess.PIPE, stderr=log)


def end(process: "subprocess.Popen[str]") -> None:
    """Kill a process, and close what led to it."""
    process.kill()
    for stream in (process.stdin, process.stdout):
        if stream is not None:
            stream.close()
    process.wait()


def make_place(data: Path, url: str | None, alias: str) -> Place:
    """A place with a catalogue that is empty yet."""
    data.mkdir(parents=True, exist_ok=True)
    place = Place(data=str(data), url=url, alias=alias)
    shutil.copy(_empty_catalogue(), data / "catalogue.sqlite")
    return place


@cache
def _empty_catalogue() -> str:
    """Migrated once: that takes a hundred times as long as a copy."""
    path = f"{tempfile.mkdtemp()}/catalogue.sqlite"
    catalogue = open_catalogue(f"sqlite:///{path}")
    catalogue.migrate()
    catalogue.dispose()
    return path


def now() -> datetime:
    return datetime.now(UTC)
