"""Who is to blame: a document, one index among several, or the engine; and who may say so."""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from bootstrap.services import Services
from catalogue import dead_letters, generations, pending, records, runs
from catalogue.generations import GenerationState
from catalogue.record import Draft, RecordId
from catalogue.runs import RunKind, RunState
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from indexer.advance import advance
from indexer.compare import compare
from indexer.leftovers import remove_retired
from indexer.recovery import recover
from indexer.synchronise import MANY, synchronise
from search.engine import GenerationName, Outcome, Put, Remove
from search.errors import EngineError, EngineFault, EngineForbidden, EngineUnavailable, IndexIncompatible, IndexMissing
from tests.fakes.writer import TroubledWriter
from tests.integration.indexing.conftest import Change, on_both_databases
from tests.processes import eventually

G1, G2 = GenerationName("g1"), GenerationName("g2")


@pytest.fixture
def writer(data: Path) -> Iterator[TroubledWriter]:
    real = EmbeddedWriter(GenerationFolders(data / "index"))
    yield TroubledWriter(real)
    real.close()


def start(services: Services, kind: RunKind = RunKind.REBUILD) -> int:
    with services.catalogue.write() as session:
        return runs.start(session, kind, started_by="a test")


def run_state(services: Services, number: int) -> tuple[RunState, str]:
    with services.catalogue.read() as session:
        run = runs.get(session, number)
    return run.state, run.error or ""


def carry_out(services: Services, writer: TroubledWriter, kind: RunKind = RunKind.REBUILD) -> int:
    number = start(services, kind)
    while advance(services.catalogue, writer):
        pass
    return number


def waiting(services: Services) -> int:
    with services.catalogue.read() as session:
        return pending.status(session).count


def letters(services: Services) -> list[tuple[str, str, int]]:
    with services.catalogue.read() as session:
        return [(each.record_id, each.generation, each.version) for each in dead_letters.listed(session)]


def die(services: Services) -> None:
    """Claim the next step of a run, and never be heard of again."""
    with services.catalogue.write() as session:
        assert runs.claim(session, now=datetime.now(UTC), lease=timedelta(seconds=-1)) is not None


def written(services: Services) -> Sequence[str]:
    with services.catalogue.read() as session:
        return generations.written(session).names


def refuse(*ids: str, by: str | None = None) -> object:
    return lambda generation, id_: Outcome.REFUSED if id_ in ids and by in (None, generation) else None


@on_both_databases
def test_one_bad_record_alone_is_to_blame_however_many_were_before(services: Services, writer: TroubledWriter) -> None:
    with services.catalogue.write() as session:
        for each in records.scan(session, None, MANY):
            dead_letters.bury(session, "g1", [(each.id, each.version, "long ago")])
        records.save(session, Draft(title="Zymurgy"), record_id="zz")
    writer.answers = refuse("zz")
    assert synchronise(services.catalogue, writer) == 1
    assert ("zz", "g1", 1) in letters(services)


def test_an_index_that_takes_nothing_is_to_blame_for_the_first_record(
    services: Services, writer: TroubledWriter, change: Change
) -> None:
    change("Zymurgy")
    writer.answers = lambda generation, id_: Outcome.REFUSED
    with pytest.raises(EngineFault, match="refuses every record"):
        synchronise(services.catalogue, writer)
    assert (letters(services), waiting(services)) == ([], 1)


def test_a_new_index_that_refuses_everything_is_never_searched(services: Services, writer: TroubledWriter) -> None:
    writer.answers = lambda generation, id_: Outcome.REFUSED if generation == "g2" else None
    state, error = run_state(services, carry_out(services, writer))
    assert (state, "refuses every record" in error) == (RunState.FAILED, True)
    assert (writer.active(), letters(services)) == ("g1", [])


def test_a_new_index_without_many_records_that_are_found_today_is_never_searched(
    services: Services, writer: TroubledWriter
) -> None:
    with services.catalogue.read() as session:
        half = [each.id for each in records.scan(session, None, 14)]
    writer.answers = refuse(*half, by="g2")
    state, error = run_state(services, carry_out(services, writer))
    assert (state, "refuses 14 records" in error) == (RunState.FAILED, True)
    assert writer.active() == "g1"


@pytest.mark.parametrize("error", [EngineFault("no"), EngineForbidden("no"), IndexIncompatible("no")], ids=repr)
def test_trouble_with_the_index_before_keeps_nobody_from_the_present_one(
    services: Services, writer: TroubledWriter, change: Change, error: EngineError
) -> None:
    carry_out(services, writer)
    change("Zymurgy")
    writer.down = {"g1": error}
    synchronise(services.catalogue, writer)
    assert written(services) == ("g2",)
    synchronise(services.catalogue, writer)
    assert (waiting(services), len(list(writer.versions(G2)))) == (0, 29)
    with services.catalogue.read() as session:
        assert generations.stopped(session) is None


def test_the_present_index_is_written_first(services: Services, writer: TroubledWriter, change: Change) -> None:
    carry_out(services, writer)
    change("Zymurgy")
    writer.down = {"g1": EngineUnavailable("no")}
    with pytest.raises(EngineUnavailable):
        synchronise(services.catalogue, writer)
    assert len(list(writer.versions(G2))) == 29
    assert waiting(services) == 1


@on_both_databases
def test_a_new_index_that_takes_no_changes_is_given_up(
    services: Services, writer: TroubledWriter, change: Change
) -> None:
    number = start(services)
    advance(services.catalogue, writer)
    change("Zymurgy")
    writer.down = {"g2": EngineFault("no")}
    synchronise(services.catalogue, writer)
    writer.down = {}
    advance(services.catalogue, writer)
    state, error = run_state(services, number)
    assert (state, "took no changes" in error) == (RunState.FAILED, True)


@on_both_databases
def test_a_late_worker_says_nothing_about_what_another_worked_on(services: Services, writer: TroubledWriter) -> None:
    """It was refused by one, corrected, and taken by another, before the first one woke up again."""
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy"), record_id="zz")
    writer.answers = refuse("zz")
    other = TroubledWriter(writer.real)

    def correct(generation: str, ids: list[str]) -> None:
        writer.after = lambda generation, ids: None
        with services.catalogue.write() as session:
            token = pending.claim(session, now=datetime.now(UTC) + timedelta(seconds=20), lease=timedelta(seconds=1))
            assert token is not None  # the lease of the first has run out
            pending.release(session, token.token, retry_at=datetime.now(UTC))
            records.save(session, Draft(title="Zymurgy, corrected"), record_id="zz")
        assert synchronise(services.catalogue, other) == 1

    writer.after = correct
    synchronise(services.catalogue, writer)
    assert (letters(services), waiting(services)) == ([], 0)
    assert dict(writer.versions(G1))["zz"] == 2


@on_both_databases
def test_a_late_worker_does_not_forget_what_another_was_told(services: Services, writer: TroubledWriter) -> None:
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy"), record_id="zz")
        dead_letters.bury(session, "g1", [(RecordId("zz"), 2, "later")])
        dead_letters.bury(session, "g1", [(RecordId("zz"), 1, "earlier")])
    assert letters(services) == [("zz", "g1", 2)]


def test_an_alias_to_an_index_that_cannot_be_searched_is_not_put_back(
    services: Services, data: Path, writer: TroubledWriter
) -> None:
    (data / "index" / "active").unlink()
    (data / "index" / "g1" / "belong.json").write_text("{}")
    recover(services.catalogue, writer, services.settings.index_place)
    with services.catalogue.read() as session:
        assert [run.kind for run in runs.unfinished(session)] == [RunKind.REBUILD]


@on_both_databases
@pytest.mark.parametrize("how", ["frozen", "retired"])
def test_an_index_that_was_not_written_for_a_while_is_made_anew(
    services: Services, writer: TroubledWriter, how: str
) -> None:
    """Searches go to it after all: an operator may have moved them there."""
    with services.catalogue.write() as session:
        if how == "frozen":
            generations.freeze(session, "g1")
        else:
            (g1,) = generations.all_generations(session)
            assert generations.retire(session, g1)
    recover(services.catalogue, writer, services.settings.index_place)
    with services.catalogue.read() as session:
        assert [run.kind for run in runs.unfinished(session)] == [RunKind.REBUILD]
        assert generations.in_state(session, GenerationState.ACTIVE) is not None


@on_both_databases
def test_what_searches_went_back_to_meanwhile_is_not_retired(services: Services, writer: TroubledWriter) -> None:
    carry_out(services, writer)
    with services.catalogue.read() as session:
        as_it_was = generations.in_state(session, GenerationState.KEPT)
    assert as_it_was is not None
    carry_out(services, writer, RunKind.ROLLBACK)
    with services.catalogue.write() as session:
        assert not generations.retire(session, as_it_was)
    assert "g1" in written(services)
    remove_retired(services.catalogue, writer)
    assert writer.active() == "g1"


def test_searches_do_not_go_back_to_an_index_of_another_time(services: Services, writer: TroubledWriter) -> None:
    carry_out(services, writer)
    with services.catalogue.read() as session:
        some = records.scan(session, None, 1)[0]
    document = {"id": some.id, "version": 9}
    writer.real.write(G1, [Put(id=some.id, version=9, document=document)])
    state, error = run_state(services, carry_out(services, writer, RunKind.ROLLBACK))
    assert (state, some.id in error) == (RunState.FAILED, True)
    assert writer.active() == "g2"


@on_both_databases
def test_a_newer_version_in_the_index_is_never_explained(services: Services, writer: TroubledWriter) -> None:
    with services.catalogue.write() as session:
        first, second, third = records.scan(session, None, 3)
        records.delete(session, second.id)
        pending.mark_these(session, [first.id, second.id, third.id])
    newer = [Put(id=each.id, version=9, document={"id": each.id, "version": 9}) for each in (first, second)]
    writer.real.write(G1, [*newer, Remove(id=third.id, version=1)])
    drift = compare(services.catalogue, writer, G1)
    assert drift.ahead == {first.id: 1, second.id: 2}
    assert drift.total == 2  # what is missing is on its way


@on_both_databases
def test_a_restored_backup_is_noticed_by_the_first_change_and_ends_in_a_new_index(
    services: Services, writer: TroubledWriter, caplog: pytest.LogCaptureFixture
) -> None:
    with services.catalogue.read() as session:
        changed, ghost = records.scan(session, None, 1)[0], RecordId("ghost")
    lost = [Put(id=i, version=9, document={"id": i, "version": 9}) for i in (changed.id, ghost)]
    writer.real.write(G1, lost)
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy"), record_id=changed.id)
    with caplog.at_level(logging.ERROR):
        assert synchronise(services.catalogue, writer) == 1
    assert "was a backup restored?" in caplog.text
    while advance(services.catalogue, writer):
        pass
    with services.catalogue.read() as session:
        rebuild, reconcile = runs.latest(session, limit=2)
    assert (rebuild.kind, rebuild.state, reconcile.kind) == (RunKind.REBUILD, RunState.DONE, RunKind.RECONCILE)
    assert reconcile.report is not None
    assert reconcile.report["counts"] == {"missing": 0, "stale": 0, "ahead": 1, "ghosts": 1}
    found = dict(writer.versions(G2))
    assert (found[changed.id], ghost in found, len(found)) == (2, False, 28)
    with services.catalogue.write() as session:
        pending.mark_these(session, [changed.id])
    assert synchronise(services.catalogue, writer) == 1
    assert waiting(services) == 0


def test_who_catches_up_does_not_wait_for_an_index_that_cannot_be_made(
    services: Services, data: Path, change: Change
) -> None:
    with services.catalogue.write() as session:
        number = runs.start(session, RunKind.REBUILD, started_by="the indexer")
        runs.cancel(session, number)  # it does not begin another one so soon
        generations.freeze(session, "g1")
    (data / "index" / "active").unlink()
    change("Zymurgy")
    assert services.indexer.catch_up()
    assert waiting(services) == 1


def test_deaths_of_others_are_not_blamed_on_a_record_of_a_rebuild(services: Services, writer: TroubledWriter) -> None:
    """Workers are killed again and again, but never by the record that they work on."""
    start(services)
    advance(services.catalogue, writer)
    die(services)
    for _ in range(12):
        die(services)
        assert advance(services.catalogue, writer)
    while advance(services.catalogue, writer):
        pass
    assert (letters(services), writer.active(), len(list(writer.versions(G2)))) == ([], "g2", 28)


@on_both_databases
def test_a_record_that_kills_every_worker_of_a_rebuild_is_left_out_alone(
    services: Services, writer: TroubledWriter
) -> None:
    number = start(services)
    advance(services.catalogue, writer)
    with services.catalogue.read() as session:
        killer = records.scan(session, None, 8)[-1].id

    class Killed(BaseException):
        pass

    def kill(generation: str, ids: list[str]) -> None:
        if killer in ids:
            raise Killed

    writer.before = kill

    def is_done() -> bool:
        with suppress(Killed):
            advance(services.catalogue, writer, lease=timedelta(milliseconds=1))
        return run_state(services, number)[0] is RunState.DONE

    assert eventually(is_done, within=10) is not None
    assert letters(services) == [(killer, "", 1)]
    assert len(list(writer.versions(G2))) == 27


@on_both_databases
def test_a_run_whose_every_worker_dies_is_given_up(services: Services, writer: TroubledWriter) -> None:
    number = start(services, RunKind.RECONCILE)
    for _ in range(12):
        die(services)
    assert advance(services.catalogue, writer)
    state, error = run_state(services, number)
    assert (state, "died, 12 times" in error) == (RunState.FAILED, True)


@on_both_databases
def test_the_name_of_a_cancelled_index_is_not_used_again(services: Services, writer: TroubledWriter) -> None:
    """Another worker may be about to delete the one that was cancelled."""
    number = start(services)
    advance(services.catalogue, writer)
    with services.catalogue.write() as session:
        runs.cancel(session, number)
    remove_retired(services.catalogue, writer)
    assert list(writer.generations()) == ["g1"]
    carry_out(services, writer)
    assert writer.active() == "g3"


def test_trouble_with_the_present_index_does_not_end_the_rebuild_that_replaces_it(
    services: Services, writer: TroubledWriter, change: Change
) -> None:
    with services.catalogue.write() as session:
        for number in range(2_100):
            records.save(session, Draft(title=f"Quixotry {number}"))
    writer.down = {"g1": IndexMissing("wiped")}
    state, error = run_state(services, carry_out(services, writer))
    assert (state, error) == (RunState.DONE, "")
    assert writer.active() == "g2"
