"""A record of which no document can be made is one dead letter; all others flow."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy import update

from bootstrap.services import Services
from catalogue import dead_letters, generations, pending, records, runs
from catalogue.models import RecordRow
from catalogue.record import Draft, RecordId
from catalogue.runs import Run, RunKind, RunState
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from indexer.advance import advance
from indexer.compare import compare
from indexer.synchronise import MANY, synchronise
from search.engine import GenerationName, Outcome
from search.errors import EngineFault
from tests.fakes.writer import TroubledWriter

G1, G2 = GenerationName("g1"), GenerationName("g2")

# What a repair by hand may leave behind: a date that cannot be read, a type that is not there, a number that is none.
DAMAGE = {"date": "some day", "type_id": "nothing", "isbn": "978x"}
damaged = pytest.mark.parametrize(("column", "value"), DAMAGE.items(), ids=DAMAGE.keys())


@pytest.fixture
def writer(data: Path) -> Iterator[TroubledWriter]:
    real = EmbeddedWriter(GenerationFolders(data / "index"))
    yield TroubledWriter(real)
    real.close()


def damage(services: Services, *ids: str, **columns: str) -> None:
    with services.catalogue.write() as session:
        session.execute(update(RecordRow).where(RecordRow.id.in_(ids)).values(**columns))


def save(services: Services, *ids: str) -> None:
    with services.catalogue.write() as session:
        for id_ in ids:
            records.save(session, Draft(title=f"Zymurgy {id_}"), record_id=id_)


def letters(services: Services) -> list[tuple[str, str, int]]:
    with services.catalogue.read() as session:
        return [(each.record_id, each.generation, each.version) for each in dead_letters.listed(session)]


def waiting(services: Services) -> int:
    with services.catalogue.read() as session:
        return pending.status(session).count


def rebuild(services: Services, writer: TroubledWriter) -> Run:
    with services.catalogue.write() as session:
        number = runs.start(session, RunKind.REBUILD, started_by="a test")
    while advance(services.catalogue, writer):
        pass
    with services.catalogue.read() as session:
        return runs.get(session, number)


@damaged
def test_its_batch_is_indexed_without_it(services: Services, writer: TroubledWriter, column: str, value: str) -> None:
    save(services, "a", "odd", "z")
    damage(services, "odd", **{column: value})
    assert synchronise(services.catalogue, writer) == 3
    assert (letters(services), waiting(services)) == ([("odd", "g1", 1)], 0)
    assert {"a", "z"} <= writer.held(G1, ["a", "odd", "z"]).keys()
    assert compare(services.catalogue, writer, G1).total == 0
    save(services, "odd")  # puts the damage right
    synchronise(services.catalogue, writer)
    assert (letters(services), "odd" in writer.held(G1, ["odd"])) == ([], True)


@damaged
def test_a_new_index_is_made_without_it(services: Services, writer: TroubledWriter, column: str, value: str) -> None:
    save(services, "a", "odd", "z")
    synchronise(services.catalogue, writer)
    damage(services, "odd", **{column: value})
    assert rebuild(services, writer).state is RunState.DONE
    assert letters(services) == [("odd", "g2", 1)]
    assert (writer.active(), len(list(writer.versions(G2)))) == ("g2", 30)


def test_what_was_deleted_is_taken_out_whatever_else_it_says(services: Services, writer: TroubledWriter) -> None:
    save(services, "odd")
    synchronise(services.catalogue, writer)
    with services.catalogue.write() as session:
        records.delete(session, "odd")
    damage(services, "odd", **DAMAGE)
    synchronise(services.catalogue, writer)
    assert (letters(services), writer.held(G1, ["odd"])) == ([], {})


def test_a_release_that_understands_no_record_buries_nobody(services: Services, writer: TroubledWriter) -> None:
    ids = [f"r{number}" for number in range(MANY)]
    save(services, *ids)
    damage(services, *ids, date="some day")
    with pytest.raises(EngineFault, match="None of 20 records can be made a document"):
        synchronise(services.catalogue, writer)
    with services.catalogue.read() as session:
        assert generations.stopped(session) is not None
        every = [each for each, _ in records.scan_versions(session, None, 100)]
    assert (letters(services), waiting(services)) == ([], MANY)
    damage(services, *every, date="some day")
    run = rebuild(services, writer)
    assert (run.state, "refuses every record" in (run.error or "")) == (RunState.FAILED, True)
    assert (writer.active(), letters(services)) == ("g1", [])


def test_an_index_is_judged_by_the_others_that_it_is_given(services: Services, writer: TroubledWriter) -> None:
    with services.catalogue.read() as session:
        first = records.scan_versions(session, None, 1)[0][0]
    damage(services, first, date="some day")
    save(services, "zz")
    writer.answers = lambda generation, id_: Outcome.REFUSED if id_ == "zz" else None
    assert synchronise(services.catalogue, writer) == 1
    assert letters(services) == [("zz", "g1", 1)]


def test_a_record_that_killed_its_workers_is_left_out_still(services: Services, writer: TroubledWriter) -> None:
    with services.catalogue.write() as session:
        id_, version = records.scan_versions(session, None, 1)[0]
        dead_letters.bury(session, dead_letters.ANY, [(RecordId(id_), version, "Whoever worked on it died")])
    assert rebuild(services, writer).state is RunState.DONE
    assert id_ not in dict(writer.versions(G2))


def test_long_after_the_damage_nothing_is_due(services: Services, writer: TroubledWriter) -> None:
    save(services, "odd")
    damage(services, "odd", date="some day")
    synchronise(services.catalogue, writer)
    with services.catalogue.read() as session:
        assert not pending.is_any_due(session, now=datetime.now(UTC))
