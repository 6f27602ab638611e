"""The catalogue knows in which engine its generations are, and takes those of another one for nothing."""

from datetime import UTC, datetime

from catalogue import dead_letters, generations, index_place, pending, records, runs
from catalogue.database import Catalogue
from catalogue.freshness import read_freshness
from catalogue.record import Draft, RecordId
from catalogue.runs import RunKind, RunState


def make_index(catalogue: Catalogue, name: str) -> None:
    with catalogue.write() as session:
        generations.begin(session, name)
        generations.activate(session, name)


def index_in(catalogue: Catalogue, place: str) -> str | None:
    with catalogue.read() as session:
        return read_freshness(session, now=datetime.now(UTC), place=place).index


def move(catalogue: Catalogue, place: str) -> bool:
    with catalogue.write() as session:
        return index_place.move(session, place)


def test_who_indexes_first_says_where(catalogue: Catalogue) -> None:
    make_index(catalogue, "g1")
    assert index_in(catalogue, "embedded") == "g1"
    assert not move(catalogue, "embedded")
    assert not move(catalogue, "embedded")
    assert (index_in(catalogue, "embedded"), index_in(catalogue, "elasticsearch belong")) == ("g1", None)


def test_an_index_that_changes_no_longer_come_to_is_not_up_to_date(catalogue: Catalogue) -> None:
    make_index(catalogue, "g1")
    with catalogue.write() as session:
        generations.freeze(session, "g1")
    assert index_in(catalogue, "embedded") is None


def test_a_change_of_the_engine_begins_anew(catalogue: Catalogue) -> None:
    make_index(catalogue, "g1")
    move(catalogue, "embedded")
    with catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy"), record_id="zz")
        dead_letters.bury(session, "g1", [(RecordId("zz"), 1, "its fault")])
        generations.stop(session, "disk full", probe_at=datetime.now(UTC))
        number = runs.start(session, RunKind.ROLLBACK, started_by="Ada")
        epoch = generations.written(session).epoch
    assert move(catalogue, "elasticsearch belong")
    with catalogue.read() as session:
        assert (generations.all_generations(session), dead_letters.count(session)) == ([], 0)
        assert generations.stopped(session) is None
        assert generations.written(session).epoch > epoch
        assert runs.get(session, number).state is RunState.CANCELLED
        assert [(run.kind, run.started_by) for run in runs.unfinished(session)] == [(RunKind.REBUILD, "the indexer")]
        assert pending.among(session, ["zz"]) == {"zz"}
