"""One indexer among several processes: changes, take-overs, rebuilds and imports while people search."""

import json
import os
import random
import shutil
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from bootstrap.services import Services
from catalogue import records
from tests.integration.indexing.conftest import Change
from tests.processes import BELONG, ROOT, ServerProcess, belong, environment_of, eventually

Start = Callable[..., ServerProcess]


class Searcher:
    """Somebody who searches without end, and notes every answer that is not 200 with all the records."""

    def __init__(self, server: ServerProcess, least: int = 28) -> None:
        self._server = server
        self._least = least
        self.wrong: list[object] = []
        self.answers = 0
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._search)

    def _search(self) -> None:
        addresses = ["/api/v1/search?size=1", "/api/v1/search?q=cohesion", "/search?q=cohesion", "/"]
        while not self._stopping.is_set():
            address = addresses[self.answers % len(addresses)]
            try:
                answer = self._server.get(address)
            except OSError as e:
                self.wrong.append(e)
                continue
            self.answers += 1
            if answer.status != 200:
                self.wrong.append((address, answer.status, answer.text[:300]))
            elif address == addresses[0] and answer.json["total"] < self._least:
                self.wrong.append((address, answer.json["total"]))

    @contextmanager
    def searching(self) -> Iterator[None]:
        self._thread.start()
        try:
            yield
        finally:
            self._stopping.set()
            self._thread.join()


@pytest.fixture
def running(start_server: Start, data: Path) -> ServerProcess:
    running = start_server(data)
    assert eventually(running.indexers, within=10)
    return running


def seen_by_all(server: ServerProcess, path: str, total: int) -> Callable[[], bool]:
    """Whether as many requests in a row as reach every process with near certainty find so many records."""
    return lambda: all(server.total(path) == total for _ in range(12))


def test_exactly_one_process_is_the_indexer(running: ServerProcess) -> None:
    for _ in range(10):
        assert len(running.indexers()) == 1


def test_a_change_is_searchable_in_every_process_within_a_second(running: ServerProcess, change: Change) -> None:
    times = []
    for word in ("Zymurgy", "Quixotry", "Borborygmus"):
        change(word)
        waited = eventually(lambda word=word: running.total(f"q={word}") == 1, within=5)
        assert waited is not None
        times.append(waited)
        assert seen_by_all(running, f"q={word}", 1)()
    print("Searchable after", *(f"{seconds:.2f}" for seconds in times), "s")  # noqa: T201 - seen with pytest -rP
    assert min(times) < 1


def test_a_deleted_record_is_no_longer_found(running: ServerProcess, services: Services, change: Change) -> None:
    id_ = change("Zymurgy")
    assert eventually(seen_by_all(running, "q=zymurgy", 1), within=5) is not None
    with services.catalogue.write() as session:
        records.delete(session, id_)
    assert eventually(seen_by_all(running, "q=zymurgy", 0), within=5) is not None


def test_another_process_takes_over_within_five_seconds_of_a_kill(running: ServerProcess, change: Change) -> None:
    for word in ("Zymurgy", "Quixotry", "Borborygmus"):
        (victim,) = running.indexers()
        os.kill(victim, signal.SIGKILL)
        change(word)
        waited = eventually(lambda victim=victim: running.indexers() not in ([], [victim]), within=5)
        assert waited is not None
        assert eventually(lambda word=word: running.total(f"q={word}") == 1, within=5 - waited) is not None
    assert eventually(lambda: len(running.workers()) == 2, within=10) is not None


def test_kills_in_the_middle_of_writes_lose_nothing(running: ServerProcess, services: Services) -> None:
    from catalogue.record import Draft

    added = 0
    for _ in range(4):
        for _ in range(5):
            with services.catalogue.write() as session:
                for _ in range(20):
                    records.save(session, Draft(title=f"Zymurgy {added}"))
                    added += 1
        for victim in running.indexers():
            os.kill(victim, signal.SIGKILL)
        eventually(running.indexers, within=random.uniform(0, 3))
    assert eventually(lambda: running.total("q=zymurgy") == added, within=30) is not None


def test_searches_go_on_during_a_rebuild(running: ServerProcess, data: Path) -> None:
    searcher = Searcher(running)
    with searcher.searching():
        for number in range(2, 4):
            done = belong(data, "reindex", "--json")
            assert done.returncode == 0, done.stderr
            answer = json.loads(done.stdout)
            assert (answer["number"], answer["index"], answer["done"]) == (number, f"g{number}", 28)
    assert searcher.wrong == []
    assert searcher.answers > 10
    assert sorted(entry.name for entry in (data / "index").iterdir()) == ["active", "g2", "g3"]


def test_searches_and_record_pages_go_on_during_an_import(
    running: ServerProcess, data: Path, tmp_path: Path, change: Change
) -> None:
    id_ = change("Zymurgy")
    file = tmp_path / "many.jsonl"
    file.write_text("".join(json.dumps({"title": f"Quixotry {n}", "id": f"many-{n}"}) + "\n" for n in range(3_000)))
    command = [*BELONG, "import", "--json", str(file)]
    searcher = Searcher(running)
    pages = 0
    with searcher.searching():
        importing = subprocess.Popen(command, env=environment_of(data), cwd=ROOT, stdout=subprocess.PIPE, text=True)
        while importing.poll() is None:
            assert running.get(f"/records/{id_}").status == 200
            assert running.get(f"/api/v1/records/{id_}").status == 200
            pages += 1
        report, _ = importing.communicate()
    assert importing.returncode == 0
    assert json.loads(report)["added"] == 3_000
    assert running.total("q=quixotry") == 3_000  # the command has waited for that
    assert searcher.wrong == []
    assert pages > 5


def test_an_import_that_was_killed_is_completed_by_the_next(running: ServerProcess, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "many.jsonl"
    file.write_text("".join(json.dumps({"title": f"Quixotry {n}", "id": f"many-{n}"}) + "\n" for n in range(3_000)))
    command = [*BELONG, "import", str(file)]
    importing = subprocess.Popen(command, env=environment_of(data), cwd=ROOT, stdout=subprocess.DEVNULL)
    assert eventually(lambda: 28 < running.get("/api/v1/status").json["records"] < 3_000, within=30) is not None
    importing.kill()
    importing.wait()
    done = belong(data, "import", "--json", file)
    report = json.loads(done.stdout)
    assert done.returncode == 0
    assert report["added"] + report["unchanged"] == 3_000
    assert report["unchanged"] > 0
    assert eventually(lambda: running.total("q=quixotry") == 3_000, within=10) is not None


def test_a_deleted_index_folder_is_made_anew_within_seconds(running: ServerProcess, data: Path, change: Change) -> None:
    change("Zymurgy")  # so that the indexer has the index open for writing
    assert eventually(seen_by_all(running, "", 29), within=5) is not None
    shutil.rmtree(data / "index")
    assert eventually(seen_by_all_safely(running, 29), within=10) is not None
    change("Quixotry")
    assert eventually(lambda: running.total("q=quixotry") == 1, within=5) is not None
    assert len(running.indexers()) == 1


@pytest.mark.parametrize("how", ["zeroes", "cut short"])
def test_a_damaged_index_is_made_anew_within_seconds(running: ServerProcess, data: Path, how: str) -> None:
    assert running.total("q=cohesion") > 0
    for file in (data / "index" / "active").resolve().iterdir():
        if file.suffix in {".store", ".idx", ".term", ".pos", ".fast"}:
            size = file.stat().st_size
            os.truncate(file, 0 if how == "cut short" else size)
            if how == "zeroes":
                file.write_bytes(b"\0" * size)
    assert eventually(lambda: (data / "index" / "active").readlink() != Path("g1"), within=15) is not None
    assert eventually(seen_by_all_safely(running, 28), within=10) is not None
    assert eventually(lambda: len(running.workers()) == 2, within=10) is not None


def test_a_deleted_lock_leaves_one_indexer(running: ServerProcess, data: Path, change: Change) -> None:
    (data / "indexer.lock").unlink()
    assert eventually(lambda: (data / "indexer.lock").exists() and len(running.indexers()) == 1, within=5) is not None
    for word in ("Zymurgy", "Quixotry", "Borborygmus"):
        change(word)
        assert eventually(lambda word=word: running.total(f"q={word}") == 1, within=5) is not None
    assert eventually(lambda: len(running.indexers()) == running.open_locks() == 1, within=5) is not None


def test_the_log_of_a_quiet_server_is_empty(running: ServerProcess, change: Change) -> None:
    change("Zymurgy")
    assert eventually(lambda: running.total("q=zymurgy") == 1, within=5) is not None
    assert running.complaints() == []


def seen_by_all_safely(server: ServerProcess, total: int) -> Callable[[], bool]:
    """As `seen_by_all`, where an answer may still be an error or none."""

    def seen() -> bool:
        try:
            answers = [server.get("/api/v1/search?size=1") for _ in range(12)]
        except OSError:
            return False
        return all(answer.status == 200 and answer.json["total"] == total for answer in answers)

    return seen
