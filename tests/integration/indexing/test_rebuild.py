"""Making the index anew: names, what killed rebuilds leave behind, and changes that come in meanwhile."""

import shutil
import subprocess
import threading
from pathlib import Path

import pytest

from bootstrap.services import Services, build_services
from catalogue import pending, records, requests
from catalogue.record import Draft, RecordId
from catalogue.requests import RequestState
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from indexer import rebuild as rebuild_module
from indexer.rebuild import Stopped, rebuild
from indexer.synchronise import synchronise
from search.engine import GenerationName, Operation, Result
from search.errors import EngineError, EngineUnavailable
from search.language.reader import read_query
from search.request import SearchRequest
from tests.integration.indexing.conftest import Change
from tests.processes import BELONG, ROOT, belong, environment_of, eventually


def total(services: Services, text: str = "") -> int:
    return services.engine.count(SearchRequest(query=read_query(text)))


def generations(data: Path) -> list[str]:
    return sorted(entry.name for entry in (data / "index").iterdir())


def test_each_rebuild_has_a_new_name_and_leaves_one_generation(services: Services, data: Path) -> None:
    for number in (2, 3, 4):
        assert services.indexer.try_work(anew=True)
        assert services.engine.generation() == f"g{number}"
        assert generations(data) == ["active", f"g{number}"]
        assert total(services) == 28


@pytest.mark.parametrize("leftover", ["g2", "g7", "other", "g"])
def test_what_a_killed_rebuild_left_is_cleared_away(services: Services, data: Path, leftover: str) -> None:
    shutil.copytree(data / "index" / "g1", data / "index" / leftover)
    (data / "index" / leftover / "belong.json").unlink()
    assert services.indexer.try_work(anew=True)
    assert generations(data) == ["active", services.engine.generation()]
    assert total(services) == 28


def test_a_rebuild_that_is_killed_leaves_the_old_index_in_use(services: Services, data: Path) -> None:
    with services.catalogue.write() as session:
        for number in range(2_500):
            records.save(session, Draft(title=f"Quixotry {number}"))
    process = subprocess.Popen([*BELONG, "reindex"], env=environment_of(data), cwd=ROOT)
    assert eventually((data / "index" / "g2" / "belong.json").exists, within=30) is not None
    process.kill()
    process.wait()
    assert services.engine.generation() == "g1"
    assert total(services, "cohesion") > 0
    assert belong(data, "reindex").returncode == 0
    assert total(services, "quixotry") == 2_500
    assert generations(data) == ["active", "g3"]


def test_the_first_index_has_every_record_written_once(services: Services, data: Path, change: Change) -> None:
    shutil.rmtree(data / "index")
    change("Zymurgy")
    assert services.indexer.try_work()
    with services.catalogue.read() as session:
        assert pending.status(session).count == 0
    # A document that is written again is deleted first: there would be a file of deletions.
    assert list((data / "index" / "g1").glob("*.del")) == []
    assert total(services) == 29


def test_a_reader_that_has_the_old_generation_open_goes_over_to_the_new(services: Services) -> None:
    other = build_services(services.settings)
    assert total(other) == 28
    assert services.indexer.try_work(anew=True)
    assert total(other) == 28
    assert other.engine.generation() == "g2"


def test_nobody_who_searches_meets_a_rebuild(services: Services) -> None:
    reader = build_services(services.settings)
    wrong: list[object] = []
    stopping = threading.Event()

    def search() -> None:
        while not stopping.is_set():
            try:
                found = total(reader)
            except EngineError as e:
                wrong.append(e)
            else:
                if found != 28:
                    wrong.append(found)

    threads = [threading.Thread(target=search) for _ in range(3)]
    for thread in threads:
        thread.start()
    try:
        for _ in range(8):
            services.indexer.try_work(anew=True)
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_an_index_that_was_deleted_and_made_anew_under_the_same_name_is_read_anew(
    services: Services, data: Path, change: Change
) -> None:
    assert total(services) == 28
    assert services.indexer.try_work()
    shutil.rmtree(data / "index")
    change("Zymurgy")
    assert services.indexer.try_work()
    assert services.engine.generation() == "g1"
    assert (total(services), total(services, "zymurgy")) == (29, 1)


def test_changes_during_a_rebuild_are_in_both_generations(services: Services, data: Path) -> None:
    writer = EmbeddedWriter(GenerationFolders(data / "index"))
    with services.catalogue.read() as session:
        doomed = records.scan(session, None, 1)[0].id
    seen: list[tuple[int, int]] = []

    def edit(done: int, _total: int) -> None:
        if done:
            seen.append((total(services, "zymurgy"), total(services)))
        if len(seen) == 1:  # after the first chunk; the record comes after all others, and so makes a second chunk
            with services.catalogue.write() as session:
                records.save(session, Draft(title="Zymurgy"), record_id="zzzzzzzzzzzz")
                records.delete(session, doomed)

    rebuild(services.catalogue, writer, edit)
    writer.close()
    assert seen == [(0, 28), (1, 28)]  # the old generation has answered
    assert services.engine.generation() == "g2"
    assert (total(services, "zymurgy"), total(services)) == (1, 28)


def test_a_rebuild_in_many_chunks_has_every_record_once(services: Services, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rebuild_module, "_CHUNK", 3)
    steps: list[tuple[int, int]] = []
    assert services.indexer.try_work(lambda done, of: steps.append((done, of)), anew=True)
    assert steps[0] == (0, 28)
    assert steps[-1] == (28, 28)
    assert len(steps) == 11
    assert total(services) == 28


def test_a_rebuild_stops_when_the_process_does(services: Services, data: Path) -> None:
    writer = EmbeddedWriter(GenerationFolders(data / "index"))
    with pytest.raises(Stopped):
        rebuild(services.catalogue, writer, lambda _done, _total: None, lambda: True)
    writer.close()
    assert generations(data) == ["active", "g1"]
    assert total(services) == 28


class FullDisk(EmbeddedWriter):
    """Writes nothing to the generations that are named."""

    def __init__(self, data: Path, full: set[str]) -> None:
        super().__init__(GenerationFolders(data / "index"))
        self.full = full

    def write(self, generation: GenerationName, operations: list[Operation]) -> list[Result]:
        if generation in self.full:
            raise EngineUnavailable("No space left on device")
        return list(super().write(generation, operations))


def test_a_full_disk_leaves_the_old_index_and_no_rubbish(services: Services, data: Path) -> None:
    writer = FullDisk(data, {"g2"})
    with pytest.raises(EngineUnavailable):
        rebuild(services.catalogue, writer, lambda _done, _total: None)
    writer.close()
    assert generations(data) == ["active", "g1"]
    assert total(services) == 28


def test_an_engine_that_fails_gives_its_claim_back(services: Services, data: Path, change: Change) -> None:
    change("Zymurgy")
    writer = FullDisk(data, {"g2"})
    writer.create(GenerationName("g2"))
    with pytest.raises(EngineUnavailable):
        synchronise(services.catalogue, writer, [GenerationName("g1"), GenerationName("g2")])
    with services.catalogue.read() as session:
        assert pending.status(session).count == 1
    writer.full.clear()
    both = [GenerationName("g1"), GenerationName("g2")]
    assert eventually(lambda: synchronise(services.catalogue, writer, both), within=4) is not None
    writer.close()
    with services.catalogue.read() as session:
        assert pending.status(session).count == 0
    assert total(services, "zymurgy") == 1


def test_what_a_dead_process_had_claimed_is_indexed_within_five_seconds(services: Services, change: Change) -> None:
    from datetime import UTC, datetime

    from indexer.synchronise import LEASE

    change("Zymurgy")
    with services.catalogue.write() as session:
        assert pending.claim(session, now=datetime.now(UTC), lease=LEASE) is not None

    def is_found() -> bool:
        services.indexer.try_work()
        return total(services, "zymurgy") == 1

    assert eventually(is_found, within=5) is not None


def test_a_request_is_answered_by_who_gets_the_lock(services: Services) -> None:
    with services.catalogue.write() as session:
        number = requests.request_rebuild(session)
        requests.next_request(session)  # a process that took it and died
    assert services.indexer.try_work()
    with services.catalogue.read() as session:
        request = requests.get(session, number)
    assert (request.state, request.done, request.total) == (RequestState.DONE, 28, 28)
    assert services.engine.generation() == "g2"


def test_one_process_works_at_a_time(services: Services) -> None:
    other = build_services(services.settings)
    held: list[bool] = []
    services.indexer.try_work(lambda _done, _total: held.append(other.indexer.try_work()), anew=True)
    assert held
    assert not any(held)
    assert other.indexer.try_work()
    other.catalogue.dispose()


def test_records_that_were_deleted_are_not_in_a_new_index(services: Services) -> None:
    with services.catalogue.write() as session:
        for each in records.scan(session, None, 5):
            records.delete(session, RecordId(each.id))
    assert services.indexer.try_work(anew=True)
    assert total(services) == 23


def test_an_empty_catalogue_has_an_empty_index(tmp_path: Path) -> None:
    from bootstrap.settings import read_settings

    (tmp_path / "empty").mkdir()
    services = build_services(read_settings({"BELONG_DATA": str(tmp_path / "empty")}))
    services.catalogue.migrate()
    assert services.indexer.try_work()
    assert total(services) == 0
    services.catalogue.dispose()
