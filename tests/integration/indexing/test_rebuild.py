"""Making the index anew: names, what killed rebuilds leave behind, and changes that come in meanwhile."""

import shutil
import subprocess
import threading
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy.orm import Session

from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue import dead_letters, pending, records, runs
from catalogue import generations as catalogue_generations
from catalogue.database import Catalogue
from catalogue.dead_letters import DeadLetter
from catalogue.errors import AlreadyRunning, Conflict
from catalogue.models import GenerationRow
from catalogue.record import Draft, RecordId
from catalogue.runs import Run, RunKind, RunState
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from indexer.advance import advance
from indexer.operations import to_operation
from indexer.synchronise import synchronise
from search.engine import GenerationName, Operation, Outcome, Result
from search.errors import EngineError, EngineFault, EngineUnavailable
from search.language.reader import read_query
from search.request import SearchRequest
from tests.integration.indexing.conftest import Change, on_both_databases
from tests.processes import BELONG, ROOT, belong, environment_of, eventually


def start(services: Services, kind: RunKind = RunKind.REBUILD) -> int:
    with services.catalogue.write() as session:
        return runs.start(session, kind, started_by="a test")


def run_of(services: Services, number: int) -> Run:
    with services.catalogue.read() as session:
        return runs.get(session, number)


def under_way(services: Services) -> Sequence[Run]:
    with services.catalogue.read() as session:
        return runs.unfinished(session)


def rebuild(services: Services) -> None:
    number = start(services)
    assert services.indexer.catch_up()
    assert run_of(services, number).state is RunState.DONE


def total(services: Services, text: str = "") -> int:
    return services.engine.count(SearchRequest(query=read_query(text)))


def generations(data: Path) -> list[str]:
    return sorted(entry.name for entry in (data / "index").iterdir())


def test_each_rebuild_has_a_new_name_and_keeps_the_generation_before(services: Services, data: Path) -> None:
    for number in (2, 3, 4):
        rebuild(services)
        assert services.engine.generation() == f"g{number}"
        assert generations(data) == ["active", f"g{number - 1}", f"g{number}"]
        assert total(services) == 28


@pytest.mark.parametrize("leftover", ["g2", "g7", "other", "g"])
def test_what_a_killed_rebuild_left_is_cleared_away(services: Services, data: Path, leftover: str) -> None:
    shutil.copytree(data / "index" / "g1", data / "index" / leftover)
    (data / "index" / leftover / "belong.json").unlink()
    rebuild(services)
    assert generations(data) == ["active", "g1", services.engine.generation()]
    assert total(services) == 28


def test_a_rebuild_that_is_killed_is_gone_on_with(services: Services, data: Path) -> None:
    with services.catalogue.write() as session:
        for number in range(4_500):
            records.save(session, Draft(title=f"Quixotry {number}"))
    process = subprocess.Popen([*BELONG, "reindex"], env=environment_of(data), cwd=ROOT)
    assert eventually(lambda: any(run.done for run in under_way(services)), within=60) is not None
    process.kill()
    process.wait()
    assert services.engine.generation() == "g1"
    assert total(services, "cohesion") > 0
    refused = belong(data, "reindex")
    assert (refused.returncode, "number 2" in refused.stderr) == (2, True)
    services.indexer.catch_up()
    assert total(services, "quixotry") == 4_500
    assert generations(data) == ["active", "g1", "g2"]
    with services.catalogue.read() as session:
        assert [(run.state, run.losses) for run in runs.latest(session, limit=1)] == [(RunState.DONE, 0)]


@on_both_databases
def test_the_first_index_has_every_record_written_once(services: Services, data: Path, change: Change) -> None:
    shutil.rmtree(data / "index")
    change("Zymurgy")
    assert services.indexer.catch_up()
    with services.catalogue.read() as session:
        assert pending.status(session).count == 0
    # A document that is written again is deleted first: there would be a file of deletions.
    assert list((data / "index" / "g1").glob("*.del")) == []
    assert total(services) == 29


def test_a_reader_that_has_the_old_generation_open_goes_over_to_the_new(services: Services) -> None:
    other = build_services(services.settings)
    assert total(other) == 28
    rebuild(services)
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
            rebuild(services)
    finally:
        stopping.set()
        for thread in threads:
            thread.join()
    assert wrong == []


def test_an_index_that_was_deleted_and_made_anew_is_read_anew(services: Services, data: Path, change: Change) -> None:
    assert total(services) == 28
    assert services.indexer.catch_up()
    shutil.rmtree(data / "index")
    change("Zymurgy")
    assert services.indexer.catch_up()
    assert (total(services), total(services, "zymurgy")) == (29, 1)


@pytest.fixture
def writer(data: Path) -> Iterator[EmbeddedWriter]:
    writer = EmbeddedWriter(GenerationFolders(data / "index"))
    yield writer
    writer.close()


@on_both_databases
def test_changes_during_a_rebuild_are_in_both_generations(services: Services, writer: EmbeddedWriter) -> None:
    start(services)
    assert advance(services.catalogue, writer)  # from here on both are written
    assert advance(services.catalogue, writer)  # the first chunk
    with services.catalogue.write() as session:
        doomed = records.scan(session, None, 1)[0].id
        records.save(session, Draft(title="Zymurgy"), record_id="zzzzzzzzzzzz")
        records.delete(session, doomed)
    assert synchronise(services.catalogue, writer) == 2
    assert services.engine.generation() == "g1"
    assert (total(services, "zymurgy"), total(services)) == (1, 28)
    while advance(services.catalogue, writer):
        pass
    assert services.engine.generation() == "g2"
    assert (total(services, "zymurgy"), total(services)) == (1, 28)


def test_a_step_that_read_a_record_before_its_change_does_not_undo_it(
    services: Services, writer: EmbeddedWriter
) -> None:
    start(services)
    advance(services.catalogue, writer)
    with services.catalogue.write() as session:
        old = records.scan(session, None, 1)[0]
        records.save(session, Draft(title="Zymurgy"), record_id=old.id)
    assert synchronise(services.catalogue, writer) == 1
    late = [to_operation(old.id, old.version, old)]
    assert [result.outcome for result in writer.write(GenerationName("g2"), late)] == [Outcome.NEWER]


def test_a_rebuild_in_many_chunks_has_every_record_once(services: Services, writer: EmbeddedWriter) -> None:
    with services.catalogue.write() as session:
        for number in range(4_100):
            records.save(session, Draft(title=f"Quixotry {number}"))
    number = start(services)
    seen: list[RunState] = []
    while advance(services.catalogue, writer):
        seen.append(run_of(services, number).state)
    assert run_of(services, number).done == run_of(services, number).total == 4_128
    # On a busy machine the chunks may be those of several steps.
    assert list(dict.fromkeys(seen)) in (
        [RunState.FILLING, RunState.COMPARING, RunState.ACTIVATING, RunState.DONE],
        [RunState.FILLING, RunState.COMPARING, RunState.DONE],
    )
    assert total(services) == 4_128


@on_both_databases
def test_every_step_of_a_rebuild_can_die_and_be_done_again(services: Services, data: Path, change: Change) -> None:
    """Each step is done by somebody who dies before he notes it, and then again by another."""
    number = start(services)
    states: list[RunState] = []
    while not run_of(services, number).is_ended:
        before = run_of(services, number)
        states.append(before.state)
        writer = EmbeddedWriter(GenerationFolders(data / "index"))
        lost = Forgetful(services.catalogue)
        assert advance(lost, writer, lease=timedelta(milliseconds=30))  # type: ignore[arg-type]
        assert run_of(services, number).state is before.state
        change(f"Zymurgy {len(states)}")
        assert eventually(lambda writer=writer: advance(services.catalogue, writer), within=5) is not None
        writer.close()
    assert states == [RunState.REQUESTED, RunState.FILLING, RunState.FILLING, RunState.COMPARING, RunState.ACTIVATING]
    services.indexer.catch_up()
    assert (total(services), total(services, "zymurgy")) == (33, 5)
    assert under_way(services) == []


@on_both_databases
def test_a_second_rebuild_is_refused_with_the_number_of_the_first(services: Services) -> None:
    number = start(services)
    for kind in (RunKind.REBUILD, RunKind.ROLLBACK):
        with pytest.raises(AlreadyRunning, match="rebuild") as refused:
            start(services, kind)
        assert refused.value.run_id == number
    start(services, RunKind.RECONCILE)  # only looks


@on_both_databases
def test_a_cancelled_rebuild_leaves_the_old_index_and_no_rubbish(
    services: Services, writer: EmbeddedWriter, data: Path
) -> None:
    number = start(services)
    advance(services.catalogue, writer)
    assert generations(data) == ["active", "g1", "g2"]
    with services.catalogue.write() as session:
        assert runs.cancel(session, number).state is RunState.CANCELLED
    writer.close()
    services.indexer.catch_up()
    assert generations(data) == ["active", "g1"]
    with services.catalogue.read() as session:
        assert catalogue_generations.written(session).names == ("g1",)
    with services.catalogue.write() as session, pytest.raises(Conflict, match="is cancelled"):
        runs.cancel(session, number)


@on_both_databases
def test_searches_go_back_to_the_index_before_with_every_change_since(services: Services, change: Change) -> None:
    rebuild(services)
    change("Zymurgy")
    services.indexer.catch_up()
    for generation in ("g1", "g2", "g1"):
        number = start(services, RunKind.ROLLBACK)
        assert services.indexer.catch_up()
        assert run_of(services, number).state is RunState.DONE
        assert services.engine.generation() == generation
        assert (total(services), total(services, "zymurgy")) == (29, 1)


@on_both_databases
def test_a_move_that_two_have_noted_keeps_the_index_before(services: Services, data: Path) -> None:
    rebuild(services)
    for _ in range(2):
        with services.catalogue.write() as session:
            catalogue_generations.activate(session, "g1")
    with services.catalogue.read() as session:
        assert catalogue_generations.written(session).names == ("g1", "g2")


def test_a_rollback_without_an_index_to_go_back_to_fails_and_says_so(services: Services) -> None:
    number = start(services, RunKind.ROLLBACK)
    services.indexer.catch_up()
    failed = run_of(services, number)
    assert failed.state is RunState.FAILED
    assert "no index to go back to" in (failed.error or "")
    assert total(services) == 28


def test_a_rollback_to_an_index_that_is_written_no_more_says_how_old_it_is(services: Services, change: Change) -> None:
    rebuild(services)
    with services.catalogue.write() as session:
        catalogue_generations.freeze(session, "g1")
    change("Zymurgy")
    number = start(services, RunKind.ROLLBACK)
    services.indexer.catch_up()
    assert "1 records have changed since" in (run_of(services, number).error or "")
    assert total(services, "zymurgy") == 1


@on_both_databases
def test_the_index_before_is_deleted_after_its_time(services: Services, data: Path) -> None:
    rebuild(services)
    with services.catalogue.write() as session:
        row = session.get(GenerationRow, "g1")
        assert row is not None
        row.keep_until = datetime.now(UTC) - timedelta(seconds=1)
    services.indexer.catch_up()
    services.indexer.catch_up()
    assert generations(data) == ["active", "g2"]


class Forgetful:
    """A catalogue whose writes are lost after the first one, which claims: as if the process had died before them."""

    def __init__(self, catalogue: Catalogue) -> None:
        self._catalogue = catalogue
        self._writes = 0

    def read(self) -> AbstractContextManager[Session]:
        return self._catalogue.read()

    @contextmanager
    def write(self) -> Iterator[Session]:
        self._writes += 1
        if self._writes == 1:
            with self._catalogue.write() as session:
                yield session
        else:
            with self._catalogue.write() as session:
                yield session
                session.rollback()


class Troubled(EmbeddedWriter):
    """An engine in trouble: cannot be reached for some generations, and refuses some records."""

    def __init__(self, data: Path, down: set[str] | None = None, refused: set[str] | None = None) -> None:
        super().__init__(GenerationFolders(data / "index"))
        self.down = down or set()
        self.refused = refused or set()

    def write(self, generation: GenerationName, operations: Sequence[Operation]) -> list[Result]:
        if generation in self.down:
            raise EngineUnavailable("No space left on device")
        done = iter(super().write(generation, [o for o in operations if o.id not in self.refused]))
        return [
            Result(id=o.id, outcome=Outcome.REFUSED, reason="mapper_parsing_exception")
            if o.id in self.refused
            else next(done)
            for o in operations
        ]


def test_a_rebuild_waits_for_a_full_disk_and_goes_on_where_it_was(services: Services, data: Path) -> None:
    number = start(services)
    writer = Troubled(data, {"g2"})
    advance(services.catalogue, writer)
    with pytest.raises(EngineUnavailable):
        advance(services.catalogue, writer)
    waiting = run_of(services, number)
    assert (waiting.state, waiting.error) == (RunState.FILLING, "No space left on device")
    assert total(services) == 28
    writer.close()
    assert services.indexer.catch_up()
    assert run_of(services, number).state is RunState.DONE


@on_both_databases
def test_an_engine_that_fails_gives_its_claim_back(services: Services, data: Path, change: Change) -> None:
    start(services)
    writer = Troubled(data, {"g2"})
    advance(services.catalogue, writer)
    change("Zymurgy")
    with pytest.raises(EngineUnavailable):
        synchronise(services.catalogue, writer)
    assert waiting(services) == 1
    writer.down.clear()
    assert eventually(lambda: synchronise(services.catalogue, writer), within=4) is not None
    writer.close()
    assert waiting(services) == 0
    assert total(services, "zymurgy") == 1


@on_both_databases
def test_a_refused_record_is_a_dead_letter_and_keeps_nobody_back(
    services: Services, data: Path, change: Change
) -> None:
    with services.catalogue.write() as session:
        bad = records.save(session, Draft(title="Zymurgy"), record_id="unmappable").id
    for number in range(5):
        change(f"Quixotry {number}")
    writer = Troubled(data, refused={"unmappable"})
    assert synchronise(services.catalogue, writer) == 6
    assert (waiting(services), total(services, "zymurgy"), total(services, "quixotry")) == (0, 0, 5)
    assert [(letter.record_id, letter.generation, letter.version) for letter in letters(services)] == [(bad, "g1", 1)]
    assert "mapper_parsing" in letters(services)[0].reason
    # a newer version of it is tried as if nothing had been
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy, corrected"), record_id=bad)
    writer.refused.clear()
    assert synchronise(services.catalogue, writer) == 1
    writer.close()
    assert (letters(services), total(services, "zymurgy")) == ([], 1)


@on_both_databases
def test_dead_letters_are_tried_again_on_demand(services: Services, data: Path) -> None:
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy"), record_id="unmappable")
    writer = Troubled(data, refused={"unmappable"})
    synchronise(services.catalogue, writer)
    writer.refused.clear()
    with services.catalogue.write() as session:
        assert dead_letters.retry(session, ["unmappable", "nobody"]) == 1
        assert dead_letters.retry(session) == 1
    assert synchronise(services.catalogue, writer) == 1
    writer.close()
    assert (letters(services), total(services, "zymurgy")) == ([], 1)


@on_both_databases
def test_an_index_that_refuses_everything_stops_the_work_and_buries_nobody(
    services: Services, data: Path, change: Change
) -> None:
    ids = {f"r{number}" for number in range(30)}
    with services.catalogue.write() as session:
        for id_ in ids:
            records.save(session, Draft(title=f"Zymurgy {id_}"), record_id=id_)
    writer = Troubled(data, refused=set(ids))
    with pytest.raises(EngineFault, match="refuses every record"):
        synchronise(services.catalogue, writer)
    assert synchronise(services.catalogue, writer) == 0  # left alone for a moment
    with services.catalogue.read() as session:
        stop = catalogue_generations.stopped(session)
    assert stop is not None
    assert "mapper_parsing_exception" in stop.reason
    assert (letters(services), waiting(services)) == ([], 30)
    writer.refused.clear()
    assert eventually(lambda: synchronise(services.catalogue, writer), within=5) is not None
    writer.close()
    assert total(services, "zymurgy") == 30
    with services.catalogue.read() as session:
        assert catalogue_generations.stopped(session) is None


@on_both_databases
def test_a_rebuild_leaves_out_what_the_index_refuses_and_says_so(services: Services, data: Path) -> None:
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy"), record_id="unmappable")
    number = start(services)
    writer = Troubled(data, refused={"unmappable"})
    while advance(services.catalogue, writer) or synchronise(services.catalogue, writer):
        pass
    writer.close()
    assert run_of(services, number).state is RunState.DONE
    assert [letter.record_id for letter in letters(services)] == ["unmappable"] * 2
    assert total(services) == 28


def waiting(services: Services) -> int:
    with services.catalogue.read() as session:
        return pending.status(session).count


def letters(services: Services) -> Sequence[DeadLetter]:
    with services.catalogue.read() as session:
        return dead_letters.listed(session)


@on_both_databases
def test_what_a_dead_process_had_claimed_is_indexed_within_five_seconds(services: Services, change: Change) -> None:
    change("Zymurgy")
    with services.catalogue.write() as session:
        assert pending.claim(session, now=datetime.now(UTC), lease=timedelta(seconds=3)) is not None

    def is_found() -> bool:
        services.indexer.catch_up()
        return total(services, "zymurgy") == 1

    assert eventually(is_found, within=5) is not None


def test_one_process_works_at_a_time(services: Services) -> None:
    other = build_services(services.settings)
    held: list[bool] = []
    start(services)
    services.indexer.catch_up(lambda: held.append(other.indexer.catch_up()))
    assert held
    assert not any(held)
    assert other.indexer.catch_up()
    other.catalogue.dispose()


@on_both_databases
def test_records_that_were_deleted_are_not_in_a_new_index(services: Services) -> None:
    with services.catalogue.write() as session:
        for each in records.scan(session, None, 5):
            records.delete(session, RecordId(each.id))
    rebuild(services)
    assert total(services) == 23


def test_an_empty_catalogue_has_an_empty_index(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    services = build_services(read_settings({"BELONG_DATA": str(tmp_path / "empty")}))
    services.catalogue.migrate()
    assert services.indexer.catch_up()
    assert total(services) == 0
    services.catalogue.dispose()
