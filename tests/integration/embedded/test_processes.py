"""Readers in other processes, and threads that share one."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from engines.embedded.engine import EmbeddedEngine
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from search.engine import GenerationName
from tests.conformance.library import a_request
from tests.conformance.records import a_put, a_record

GENERATION = GenerationName("g1")

# Prints how many records there are whenever that changes, for as long as its input is open.
READER = """
import sys, threading
from pathlib import Path
from engines.embedded.engine import EmbeddedEngine
from engines.embedded.generations import GenerationFolders
from tests.conformance.library import a_request
engine, shown = EmbeddedEngine(GenerationFolders(Path(sys.argv[1]))), None
ended = threading.Event()
threading.Thread(target=lambda: (sys.stdin.read(), ended.set()), daemon=True).start()
while not ended.wait(0.002):
    page = engine.search(a_request())
    if shown != (page.generation, page.total):
        shown = page.generation, page.total
        print(*shown, flush=True)
"""


@pytest.fixture
def writer(tmp_path: Path) -> EmbeddedWriter:
    writer = EmbeddedWriter(GenerationFolders(tmp_path))
    writer.create(GENERATION)
    writer.activate(GENERATION)
    return writer


@pytest.fixture
def read_line(writer: EmbeddedWriter, tmp_path: Path) -> Iterator[Callable[[], str]]:
    """The next line that a reader in another process prints."""
    root = Path(__file__).parents[3]
    command = [sys.executable, "-c", READER, str(tmp_path)]
    with subprocess.Popen(command, cwd=root, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdin is not None
        yield process.stdout.readline
        process.stdin.close()
        assert process.wait(10) == 0


def test_a_reader_in_another_process_sees_every_commit_within_a_second(
    writer: EmbeddedWriter, read_line: Callable[[], str]
) -> None:
    assert read_line() == "g1 0\n"
    for number in range(1, 31):
        writer.write(GENERATION, [a_put(a_record(f"r{number}"))])
        written = time.monotonic()
        assert read_line() == f"g1 {number}\n"
        assert time.monotonic() - written < 1


def test_a_reader_in_another_process_goes_over_to_another_generation_within_a_second(
    writer: EmbeddedWriter, read_line: Callable[[], str]
) -> None:
    assert read_line() == "g1 0\n"
    for number in range(2, 6):
        name = GenerationName(f"g{number}")
        writer.create(name)
        writer.write(name, [a_put(a_record(f"r{n}")) for n in range(number)])
        writer.activate(name)
        writer.remove(GenerationName(f"g{number - 1}"))
        switched = time.monotonic()
        assert read_line() == f"{name} {number}\n"
        assert time.monotonic() - switched < 1


def test_threads_share_an_engine_while_somebody_writes(writer: EmbeddedWriter, tmp_path: Path) -> None:
    engine = EmbeddedEngine(GenerationFolders(tmp_path))
    totals: list[int] = []

    def search(_: int) -> bool:
        page = engine.search(a_request("trust OR tru*", facets=("theme", "author"), size=100))
        totals.append(page.total)
        counted = sum(bucket.count for bucket in page.facets["theme"])
        return len(page.hits) == page.total == counted

    with ThreadPoolExecutor(4) as threads:
        sound = threads.map(search, range(300))
        for number in range(25):
            writer.write(GENERATION, [a_put(a_record(f"r{number}", "Trust", themes=["Trust"], authors=["Ann"]))])
        assert all(sound)
    assert engine.count(a_request("trust")) == 25
    assert set(totals) <= set(range(26))


def test_nobody_who_searches_sees_half_a_batch(writer: EmbeddedWriter, tmp_path: Path) -> None:
    engine = EmbeddedEngine(GenerationFolders(tmp_path))
    batch = [a_record(f"r{number:03}", "Trust") for number in range(200)]

    def versions(_: int) -> set[int]:
        return {hit.version for hit in engine.search(a_request("trust", size=100)).hits}

    with ThreadPoolExecutor(3) as threads:
        seen = threads.map(versions, range(200))
        for version in range(1, 8):
            writer.write(GENERATION, [a_put(a_record(r.id, r.title, version=version)) for r in batch])
        assert all(len(found) <= 1 for found in seen)
