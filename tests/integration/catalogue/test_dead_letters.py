"""Dead letters: which versions of which records which generation cannot take."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from sqlalchemy import update

from catalogue import dead_letters, pending
from catalogue.database import Catalogue
from catalogue.dead_letters import ANY
from catalogue.models import DeadLetterRow, now
from catalogue.record import Draft, RecordId
from catalogue.records import Saved

A, B, C = (RecordId(each) for each in "abc")

Bury = Callable[..., None]


@pytest.fixture
def bury(catalogue: Catalogue, save: Callable[..., Saved]) -> Bury:
    """Buries versions of the records a, b and c in a generation, in a transaction of its own."""
    for id_ in (A, B, C):
        save(Draft(title=f"Record {id_}"), record_id=id_)

    def bury(generation: str, *ids: RecordId, version: int = 1, reason: str = "no") -> None:
        with catalogue.write() as session:
            dead_letters.bury(session, generation, [(id_, version, reason) for id_ in ids])

    return bury


def letters(catalogue: Catalogue) -> list[tuple[str, str, int, str]]:
    with catalogue.read() as session:
        return [(each.record_id, each.generation, each.version, each.reason) for each in dead_letters.listed(session)]


def test_the_latest_version_is_kept_whoever_comes_last(catalogue: Catalogue, bury: Bury) -> None:
    bury("g1", A, version=2, reason="later")
    bury("g1", A, version=1, reason="earlier")
    assert letters(catalogue) == [(A, "g1", 2, "later")]
    bury("g1", A, version=3, reason="x" * 5_000)
    assert letters(catalogue) == [(A, "g1", 3, "x" * 2_000)]


def test_each_generation_has_its_own_and_a_record_counts_once(catalogue: Catalogue, bury: Bury) -> None:
    bury("g1", A, B)
    bury("g2", A)
    bury(ANY, C)
    assert [letter[:2] for letter in letters(catalogue)] == [(A, "g1"), (A, "g2"), (B, "g1"), (C, ANY)]
    with catalogue.read() as session:
        assert dead_letters.count(session) == 3
        assert dead_letters.versions(session, "g2", [A, B, C]) == {A: 1, C: 1}
        assert [len(dead_letters.listed(session, after=(A, "g1"), limit=n)) for n in (1, 9)] == [1, 3]


def test_what_a_generation_took_has_no_letter_there_nor_for_any(catalogue: Catalogue, bury: Bury) -> None:
    for generation in ("g1", "g2", ANY):
        bury(generation, A, B)
    with catalogue.write() as session:
        dead_letters.clear(session, "g1", [A])
        dead_letters.drop(session, "g2")
    assert [letter[:2] for letter in letters(catalogue)] == [(B, ANY), (B, "g1")]


def test_what_one_generation_alone_cannot_take_is_counted(catalogue: Catalogue, bury: Bury) -> None:
    bury("g1", A)
    bury("g2", A, B, C)
    bury(ANY, C)
    with catalogue.read() as session:
        assert dead_letters.count_only_in(session, "g2", "g1") == 1


def test_what_was_buried_since_is_counted_whatever_the_clocks_say(catalogue: Catalogue, bury: Bury) -> None:
    bury("g1", A, B)
    with catalogue.read() as session:
        before = dead_letters.known(session)
    assert before.keys() == {(A, "g1"), (B, "g1")}
    bury("g1", B)  # tried again, and refused again
    bury("g1", C)
    bury("g2", C)
    with catalogue.write() as session:  # by one whose clock is an hour late
        session.execute(
            update(DeadLetterRow).where(DeadLetterRow.record_id == C).values(since=now() - timedelta(hours=1))
        )
    with catalogue.read() as session:
        assert dead_letters.count_since(session, before) == 2


def test_they_are_tried_again_as_they_are_now(catalogue: Catalogue, bury: Bury, save: Callable[..., Saved]) -> None:
    bury("g1", A, B)
    save(Draft(title="Corrected"), record_id=A)
    with catalogue.write() as session:
        claimed = pending.claim(session, now=now(), lease=timedelta(seconds=1))
        assert claimed is not None
        pending.complete(session, claimed.token, claimed.rows)
        assert dead_letters.retry(session, [A, "nobody"]) == 1
        again = pending.claim(session, now=now(), lease=timedelta(seconds=1))
    assert again is not None
    assert again.rows == ((A, 2),)
