"""Workers that are killed, or late, and records that no worker survives."""

from collections.abc import Callable
from contextlib import suppress
from datetime import timedelta

import pytest
from sqlalchemy import update

from catalogue import pending
from catalogue.models import PendingRow
from catalogue.record import RecordId
from search.engine import GenerationName, Outcome
from tests.fakes.writer import TroubledWriter
from tests.faults.place import LEASE, Library, Place, end, now, start_worker
from tests.faults.traffic import traffic
from tests.processes import eventually

# 33,000 bytes where titles are compared: a keyword of Elasticsearch holds 32,766.
TOO_LONG = "\N{ARABIC LIGATURE SALLALLAHOU ALAYHE WASALLAM}" * 1_000


@pytest.mark.parametrize("moment", ["before the bulk", "after the bulk"])
def test_what_a_killed_worker_had_is_done_by_another(library: Library, place: Place, moment: str) -> None:
    library.fill_lasting()
    library.writer.close()
    library.fill(8)
    worker = start_worker(place, "die", moment)
    try:
        assert worker.wait(30) == -9
    finally:
        end(worker)
    assert library.waiting() == 8
    ids = [f"r{number:05}" for number in range(8)]
    with library.working(), traffic(library) as seen:
        assert eventually(lambda: not library.are_pending(ids), within=30) is not None
    library.settle()
    seen.assert_kept(library)
    library.assert_in_step()
    assert library.letters() == []


def past_its_lease(library: Library, meanwhile: Callable[[], object]) -> TroubledWriter:
    """A worker that sleeps between reading and writing until others have done something and finished it."""

    def sleep(generation: str, ids: list[str]) -> None:
        late.before = lambda generation, ids: None
        meanwhile()
        with library.catalogue.write() as session:  # the lease has run out
            claim = pending.claim(session, now=now() + 2 * LEASE, lease=LEASE)
            assert claim is not None
            pending.release(session, claim.token, retry_at=now())
        while library.synchronise():
            pass

    late = TroubledWriter(library.writer, before=sleep)
    return late


SEQUENCES: dict[str, list[str | None]] = {
    "edited": ["Quixotry"],
    "deleted": [None],
    "deleted and made again": [None, "Quixotry"],
    "deleted, made again and deleted": [None, "Quixotry", None],
}


@pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES)
def test_a_late_worker_undoes_nothing(on_elasticsearch: Place, sequence: list[str | None]) -> None:
    """Of the embedded index there is one writer only: its process holds the lock while it sleeps."""
    library = on_elasticsearch.open()
    library.fill_lasting(1)
    library.save("r", "Zymurgy")

    def meanwhile() -> None:
        for title in sequence:
            library.delete("r") if title is None else library.save("r", title)

    library.synchronise(past_its_lease(library, meanwhile))
    library.settle()
    library.assert_in_step()
    assert eventually(lambda: library.count("zymurgy") == 0, within=3) is not None
    library.catalogue.dispose()


@pytest.mark.parametrize("sequence", SEQUENCES.values(), ids=SEQUENCES)
def test_an_edit_between_reading_and_completion_is_not_lost(library: Library, sequence: list[str | None]) -> None:
    library.fill_lasting(1)
    library.save("r", "Zymurgy")

    def edit(generation: str, ids: list[str]) -> None:
        writer.after = lambda generation, ids: None
        for title in sequence:
            library.delete("r") if title is None else library.save("r", title)

    writer = TroubledWriter(library.writer, after=edit)
    library.synchronise(writer)
    assert library.waiting() == 1
    library.settle()
    library.assert_in_step()


def test_one_unmappable_record_among_five_hundred_is_named_and_can_be_corrected(on_elasticsearch: Place) -> None:
    library = on_elasticsearch.open()
    library.fill_lasting(1)
    library.fill(499)
    library.save("bad", TOO_LONG)
    assert library.synchronise() == 500
    assert len(dict(library.writer.versions(GenerationName("g1")))) == 500
    (letter,) = library.letters()
    assert (letter.record_id, letter.version, letter.generation) == ("bad", 1, "g1")
    assert "32766" in letter.reason
    library.assert_in_step()
    library.save("bad", "Corrected")
    library.settle()
    assert library.letters() == []
    assert eventually(lambda: library.count("corrected") == 1, within=3) is not None
    library.catalogue.dispose()


def test_a_record_that_kills_every_worker_is_buried_and_the_others_are_not_blamed(library: Library) -> None:
    library.fill_lasting(1)
    library.fill(5)
    library.save("r00002a", "Deadly")
    killed = 0

    class Killed(BaseException):
        pass

    def kill(generation: str, ids: list[str]) -> None:
        nonlocal killed
        if "r00002a" in ids:
            killed += 1
            raise Killed

    deadly = TroubledWriter(library.writer, before=kill)
    while library.waiting():
        with suppress(Killed):  # the process is gone: nobody gives the rows back, and their leases run out
            library.synchronise(deadly)
        with library.catalogue.write() as session:
            lost = update(PendingRow).where(PendingRow.token.is_not(None))
            session.execute(lost.values(lease_until=now() - timedelta(milliseconds=1)))
    assert [letter.record_id for letter in library.letters()] == ["r00002a"]
    assert killed == 9
    library.assert_in_step()
    library.save("r00002a", "Harmless")
    library.settle()
    assert library.letters() == []


def test_nothing_is_resurrected_by_outcomes_that_come_late(library: Library) -> None:
    """Half of a batch is refused by a busy engine while its records are deleted."""
    library.fill_lasting(1)
    library.fill(10)
    busy = TroubledWriter(library.writer, answers=lambda generation, id_: Outcome.TRY_AGAIN)
    library.synchronise(busy)
    for number in range(10):
        library.delete(f"r{number:05}")
    library.settle()
    library.assert_in_step()
    assert library.count("zymurgy") == 0
    assert RecordId("r00000") not in dict(library.writer.versions(GenerationName("g1")))
