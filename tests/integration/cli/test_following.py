"""What commands do that wait for an index which does not come forward: they say so, and end."""

import dataclasses
import threading
import time
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from app.cli.following import bring_up_to_date, follow
from app.cli.refusals import known_letters, refused_since
from bootstrap.services import Services
from catalogue import generations, records, runs
from catalogue.record import Draft
from catalogue.runs import RunKind, RunState
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter, WriterLock
from indexer import indexer
from indexer.indexer import Indexer
from search.engine import GenerationName, IndexWriter, Operation, Outcome, Result
from search.errors import EngineError, EngineFault, EngineUnavailable, IndexMissing
from tests.fakes.writer import TroubledWriter
from tests.integration.cli.running import run

ANSWERS = {Outcome.REFUSED: "mapper_parsing_exception", Outcome.TRY_AGAIN: "too busy"}


class Answering(EmbeddedWriter):
    """An engine that answers every write of a record called Zymurgy in the same way."""

    def __init__(self, data: Path, outcome: Outcome | None) -> None:
        super().__init__(GenerationFolders(data / "index"))
        self._outcome = outcome

    def write(self, generation: GenerationName, operations: Sequence[Operation]) -> list[Result]:
        if self._outcome is None:
            raise EngineUnavailable("The cluster does not answer")
        odd = {o.id for o in operations if o.id.startswith("z-")}
        done = iter(super().write(generation, [o for o in operations if o.id not in odd]))
        answer = ANSWERS[self._outcome]
        return [
            Result(id=o.id, outcome=self._outcome, reason=answer) if o.id in odd else next(done) for o in operations
        ]


def with_engine(services: Services, data: Path, outcome: Outcome | None) -> Services:
    lock = WriterLock(data / "indexer.lock")
    return dataclasses.replace(services, indexer=indexer_of(services, Answering(data, outcome), lock))


def indexer_of(services: Services, writer: IndexWriter, lock: indexer.WriterLock) -> Indexer:
    return Indexer(services.catalogue, writer, lock, place=services.settings.index_place)


def save(services: Services, count: int) -> None:
    with services.catalogue.write() as session:
        for n in range(count):
            records.save(session, Draft(title=f"Zymurgy {n}"), record_id=f"z-{n}")


def test_a_record_that_stays_busy_is_waited_for_no_longer_than_patience(
    services: Services, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(services, 1)
    with pytest.raises(SystemExit) as ended:
        bring_up_to_date(with_engine(services, data, Outcome.TRY_AGAIN), patience=0.5)
    assert ended.value.code == 2
    said = capsys.readouterr().err
    assert "Nothing moves" in said
    assert "1 change is kept in the catalogue" in said


def test_records_that_the_index_refuses_are_counted(services: Services, data: Path) -> None:
    save(services, 2)
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Quixotry"))
    before = known_letters(services)
    bring_up_to_date(with_engine(services, data, Outcome.REFUSED))
    assert refused_since(services, before) == 2
    assert refused_since(services, known_letters(services)) == 0  # those of before are not told again


def test_an_index_that_refuses_everything_ends_the_command(
    services: Services, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(services, 30)
    for _ in range(2):  # the first refusal stops the work, and the second command has it tried once more
        with pytest.raises(SystemExit) as ended:
            bring_up_to_date(with_engine(services, data, Outcome.REFUSED))
        assert ended.value.code == 2
        said = capsys.readouterr().err
        assert "refuses every record: mapper_parsing_exception" in said
        assert "30 changes are kept in the catalogue" in said


def test_an_engine_that_does_not_answer_ends_the_command(
    services: Services, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(services, 1)
    with pytest.raises(SystemExit) as ended:
        bring_up_to_date(with_engine(services, data, None))
    assert ended.value.code == 2
    assert "The cluster does not answer. 1 change is kept in the catalogue" in capsys.readouterr().err


def test_an_index_that_was_mended_is_tried_at_once(services: Services, data: Path, tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    file.write_text('{"title": "Zymurgy"}\n')
    with services.catalogue.write() as session:
        generations.stop(session, "disk full", probe_at=datetime.now(UTC) + timedelta(minutes=5))
    assert run(data, "import", file).returncode == 0
    assert run(data, "search", "--json", "zymurgy").json["total"] == 1
    with services.catalogue.read() as session:
        assert generations.stopped(session) is None


def test_a_stop_that_another_process_has_found_is_told_with_its_reason(
    services: Services, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save(services, 1)
    with services.catalogue.write() as session:
        generations.stop(session, "disk full", probe_at=datetime.now(UTC) + timedelta(minutes=5))
    other = WriterLock(data / "indexer.lock")
    assert other.try_acquire()
    with pytest.raises(SystemExit) as ended:
        bring_up_to_date(services, patience=0.5)
    other.release()
    assert ended.value.code == 2
    assert "Indexing is stopped since " in (said := capsys.readouterr().err)
    assert ": disk full. 1 change is kept" in said


def test_an_index_that_cannot_be_made_ends_the_command(tmp_path: Path) -> None:
    file = tmp_path / "records.jsonl"
    file.write_text('{"title": "Zymurgy"}\n')
    data = tmp_path / "data"
    data.mkdir()
    (data / "index").write_text("This is no folder")
    began = time.monotonic()
    done = run(data, "import", file)
    assert time.monotonic() - began < 20
    assert done.returncode == 2
    assert "1 change is kept in the catalogue" in done.stderr


def test_an_indexer_that_hangs_is_waited_for_no_longer_than_patience(
    services: Services, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    other = WriterLock(data / "indexer.lock")
    assert other.try_acquire()
    save(services, 1)
    with services.catalogue.write() as session:
        number = runs.start(session, RunKind.REBUILD, started_by="Ada")
    for wait, said in (
        (lambda: follow(services, number, patience=0.5), "nobody carries it out"),
        (lambda: bring_up_to_date(services, patience=0.5), "hangs"),
    ):
        with pytest.raises(SystemExit) as ended:
            wait()
        assert ended.value.code == 2
        assert said in capsys.readouterr().err
    other.release()


class Open:
    """The right to write an engine that any number of processes write at once."""

    def try_acquire(self) -> bool:
        return True

    def release(self) -> None:
        pass


@pytest.mark.parametrize("is_renewed", [False, True])
def test_a_worker_that_hangs_beside_this_one_is_not_waited_for_without_end(
    services: Services, data: Path, capsys: pytest.CaptureFixture[str], is_renewed: bool
) -> None:
    writer = EmbeddedWriter(GenerationFolders(data / "index"))
    beside = dataclasses.replace(services, indexer=indexer_of(services, writer, Open()))
    with services.catalogue.write() as session:
        number = runs.start(session, RunKind.REBUILD, started_by="Ada")
        hanging = runs.claim(session, now=datetime.now(UTC), lease=timedelta(minutes=5))
        assert hanging is not None
    ended = threading.Event()

    def renew() -> None:
        while not ended.wait(0.05):
            with services.catalogue.write() as session:
                runs.renew(session, hanging, now=datetime.now(UTC), lease=timedelta(minutes=5))

    keeper = threading.Thread(target=renew)
    if is_renewed:
        keeper.start()
    began = time.monotonic()
    with pytest.raises(SystemExit) as exited:
        follow(beside, number, patience=0.1)
    ended.set()
    if is_renewed:
        keeper.join()
    assert exited.value.code == 2
    assert "who carries it out hangs" in capsys.readouterr().err
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("error", [EngineFault("no"), IndexMissing("wiped")], ids=repr)
def test_trouble_with_the_old_index_does_not_end_the_waiting_for_the_new_one(
    services: Services, data: Path, error: EngineError
) -> None:
    writer = TroubledWriter(EmbeddedWriter(GenerationFolders(data / "index")), down={"g1": error})
    troubled = dataclasses.replace(services, indexer=indexer_of(services, writer, WriterLock(data / "indexer.lock")))
    save(services, 1)
    with services.catalogue.write() as session:
        number = runs.start(session, RunKind.REBUILD, started_by="Ada")
    assert follow(troubled, number).state is RunState.DONE
    assert writer.active() == "g2"


def test_an_engine_that_is_away_ends_the_waiting_for_a_run_soon(
    services: Services, data: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    writer = TroubledWriter(EmbeddedWriter(GenerationFolders(data / "index")), looked=_away)
    troubled = dataclasses.replace(services, indexer=indexer_of(services, writer, WriterLock(data / "indexer.lock")))
    with services.catalogue.write() as session:
        number = runs.start(session, RunKind.REBUILD, started_by="Ada")
    with pytest.raises(SystemExit):
        follow(troubled, number, patience=0.5)
    assert "The cluster does not answer" in capsys.readouterr().err


def _away() -> None:
    raise EngineUnavailable("The cluster does not answer")
