"""Workers that are held up: by a catalogue that is away, by an engine that lets nobody in, by somebody quicker."""

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import cast

import pytest
from sqlalchemy import select, update
from sqlalchemy.orm import Session

from bootstrap.services import Services
from catalogue import generations, pending, runs
from catalogue.database import Catalogue
from catalogue.errors import CatalogueUnavailable
from catalogue.models import PendingRow, RunRow
from catalogue.runs import RunKind, RunState
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter, WriterLock
from indexer import rebuild, rollback
from indexer.advance import advance
from indexer.indexer import Indexer
from indexer.recovery import recover
from indexer.requests import is_comparison_overdue, request_rebuild
from indexer.synchronise import LEASE, synchronise
from search.errors import EngineFault, EngineForbidden
from tests.fakes.writer import TroubledWriter
from tests.integration.indexing.conftest import Change
from tests.processes import eventually


@pytest.fixture
def writer(data: Path) -> Iterator[TroubledWriter]:
    real = EmbeddedWriter(GenerationFolders(data / "index"))
    yield TroubledWriter(real)
    real.close()


class Away:
    """A catalogue that does not answer while it is away."""

    def __init__(self, real: Catalogue) -> None:
        self._real = real
        self.away = threading.Event()

    @contextmanager
    def read(self) -> Generator[Session]:
        self._look()
        with self._real.read() as session:
            yield session

    @contextmanager
    def write(self) -> Generator[Session]:
        self._look()
        with self._real.write() as session:
            yield session

    def _look(self) -> None:
        if self.away.is_set():
            raise CatalogueUnavailable("The catalogue is away")


def start(services: Services, kind: RunKind = RunKind.REBUILD) -> int:
    with services.catalogue.write() as session:
        return runs.start(session, kind, started_by="a test")


def carry_out(services: Services, writer: TroubledWriter, kind: RunKind = RunKind.REBUILD) -> None:
    start(services, kind)
    while advance(services.catalogue, writer):
        pass


def tries(services: Services) -> list[tuple[int, bool]]:
    """How often each pending record has been blamed for a death, and whether somebody has it."""
    with services.catalogue.read() as session:
        return [
            (tries, token is not None) for tries, token in session.execute(select(PendingRow.tries, PendingRow.token))
        ]


def under_way(services: Services) -> list[RunKind]:
    with services.catalogue.read() as session:
        return [run.kind for run in runs.unfinished(session)]


@pytest.mark.parametrize("is_taken_over", [False, True])
def test_an_outage_of_the_catalogue_is_held_against_no_record(
    services: Services, writer: TroubledWriter, change: Change, is_taken_over: bool
) -> None:
    change("Zymurgy")
    catalogue = Away(services.catalogue)
    writer.after = lambda generation, ids: catalogue.away.set()
    with pytest.raises(CatalogueUnavailable):
        synchronise(cast("Catalogue", catalogue), writer)
    assert tries(services) == [(0, True)]
    if is_taken_over:  # by one who could reach it, after the lease had run out, and who was no luckier
        with services.catalogue.write() as session:
            later = datetime.now(UTC) + LEASE + timedelta(seconds=5)
            claimed = pending.claim(session, now=later, lease=LEASE)
            assert claimed is not None
            assert claimed.tries == 1
            pending.release(session, claimed.token, retry_at=datetime.now(UTC))
    catalogue.away.clear()
    assert eventually(lambda: tries(services) == [(0, False)], within=10) is not None


def test_an_outage_of_the_catalogue_is_held_against_no_run(services: Services, writer: TroubledWriter) -> None:
    number = start(services)
    catalogue = Away(services.catalogue)
    assert advance(cast("Catalogue", catalogue), writer)
    writer.after = lambda generation, ids: catalogue.away.set()
    with pytest.raises(CatalogueUnavailable):
        advance(cast("Catalogue", catalogue), writer)
    with services.catalogue.write() as session:
        later = datetime.now(UTC) + LEASE + timedelta(seconds=5)
        claimed = runs.claim(session, now=later, lease=LEASE)
        assert claimed is not None
        assert claimed.losses == 1
    catalogue.away.clear()

    def losses() -> int:
        with services.catalogue.read() as session:
            return runs.get(session, number).losses

    assert eventually(lambda: losses() == 0, within=10) is not None


def test_changes_during_a_rebuild_are_leased_for_no_longer_than_others(
    services: Services, writer: TroubledWriter, change: Change
) -> None:
    start(services)
    advance(services.catalogue, writer)
    changed = change("Zymurgy")
    leases: list[datetime] = []

    def look(generation: str, ids: list[str]) -> None:
        if ids == [changed]:
            with services.catalogue.read() as session:
                leases.extend(session.scalars(select(PendingRow.lease_until)))

    writer.before = look
    advance(services.catalogue, writer, lease=timedelta(seconds=3))
    assert leases
    assert max(leases) < datetime.now(UTC) + timedelta(seconds=4)


@pytest.mark.parametrize("error", [EngineForbidden("no entry"), EngineFault("an index in its place")], ids=repr)
def test_an_engine_that_lets_nobody_look_is_told_of_until_it_does(
    services: Services, data: Path, writer: TroubledWriter, change: Change, error: Exception
) -> None:
    def refuse() -> None:
        raise error

    lock, place = WriterLock(data / "indexer.lock"), services.settings.index_place
    indexer = Indexer(services.catalogue, writer, lock, place=place)
    writer.looked = refuse
    for _ in range(2):
        with pytest.raises(type(error)):
            indexer.try_turn()
    with services.catalogue.read() as session:
        stop = generations.stopped(session)
    assert stop is not None
    assert stop.reason == str(error)
    change("Zymurgy")
    writer.looked = lambda: None
    assert indexer.try_turn()  # and nobody waits for the time of a next attempt
    indexer.release()
    with services.catalogue.read() as session:
        assert (generations.stopped(session), pending.status(session).count) == (None, 0)


def test_trouble_is_over_when_the_index_is_well_and_nothing_waits(
    services: Services, data: Path, writer: TroubledWriter
) -> None:
    with services.catalogue.write() as session:
        generations.stop(session, "disk full", probe_at=datetime.now(UTC) + timedelta(minutes=5))
    lock, place = WriterLock(data / "indexer.lock"), services.settings.index_place
    indexer = Indexer(services.catalogue, writer, lock, place=place)
    assert indexer.try_turn()
    indexer.release()
    with services.catalogue.read() as session:
        assert generations.stopped(session) is None


def test_who_was_looking_while_searches_were_moved_asks_for_nothing(services: Services, writer: TroubledWriter) -> None:
    """He saw g1, which by the time that he asks the catalogue is retired and deleted."""
    other = TroubledWriter(writer.real)

    def move() -> None:
        writer.looked = lambda: None
        for _ in range(2):
            carry_out(services, other)

    writer.looked = move
    recover(services.catalogue, writer, services.settings.index_place)
    assert (under_way(services), writer.active()) == ([], "g3")


@pytest.mark.parametrize("kind", [RunKind.REBUILD, RunKind.ROLLBACK])
def test_who_lost_his_lease_does_not_move_searches(services: Services, writer: TroubledWriter, kind: RunKind) -> None:
    if kind is RunKind.ROLLBACK:
        carry_out(services, writer)
    number = start(services, kind)
    before = writer.active()
    while True:
        with services.catalogue.read() as session:
            if runs.get(session, number).state is RunState.ACTIVATING:
                break
        advance(services.catalogue, writer)
    with services.catalogue.write() as session:
        late = runs.claim(session, now=datetime.now(UTC), lease=timedelta(seconds=-1))
    with services.catalogue.write() as session:
        assert runs.claim(session, now=datetime.now(UTC), lease=LEASE) is not None
    assert late is not None
    if kind is RunKind.REBUILD:
        rebuild.step(services.catalogue, writer, late, lease=LEASE)
    else:
        rollback.step(services.catalogue, writer, late)
    assert writer.active() == before


@pytest.mark.parametrize(
    ("ended_hours_ago", "is_overdue"), [(None, False), (24, False), (26, True), (-26, True)], ids=str
)
def test_a_night_without_a_comparison_is_made_up_for(
    services: Services, writer: TroubledWriter, ended_hours_ago: int | None, is_overdue: bool
) -> None:
    if ended_hours_ago is not None:  # however it ended; or by a clock that was ahead
        number = start(services, RunKind.RECONCILE)
        asked = datetime.now(UTC) - timedelta(hours=ended_hours_ago)
        with services.catalogue.write() as session:
            session.execute(update(RunRow).where(RunRow.id == number).values(requested_at=asked, state="failed"))
    assert is_comparison_overdue(services.catalogue) is is_overdue


def test_a_rebuild_that_failed_in_the_future_keeps_nobody_from_another(
    services: Services, writer: TroubledWriter
) -> None:
    number = start(services)
    with services.catalogue.write() as session:
        tomorrow = datetime.now(UTC) + timedelta(days=1)
        session.execute(update(RunRow).where(RunRow.id == number).values(finished_at=tomorrow, state="failed"))
    assert request_rebuild(services.catalogue, "for a test")
