from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from catalogue import pending, records
from catalogue.database import Catalogue
from catalogue.models import now
from catalogue.pending import Claim, PendingStatus
from catalogue.record import Draft, RecordId
from catalogue.records import Saved

LEASE = timedelta(seconds=15)
A, B, C = (RecordId(each) for each in "abc")

Save = Callable[..., Saved]
ClaimRows = Callable[..., Claim | None]


@pytest.fixture
def claim(catalogue: Catalogue) -> ClaimRows:
    """Claims in a transaction of its own, so many seconds from now."""

    def claim(*, after: float = 0, limit: int = 500) -> Claim | None:
        with catalogue.write() as session:
            moment = now() + timedelta(seconds=after)
            return pending.claim(session, now=moment, limit=limit, lease=LEASE)

    return claim


@pytest.fixture
def abc(save: Save) -> None:
    for record_id in (A, B, C):
        save(Draft(title=f"Record {record_id}"), record_id=record_id)


def test_a_claim_has_the_due_rows_with_their_versions(abc: None, claim: ClaimRows) -> None:
    claimed = claim()
    assert claimed is not None
    assert sorted(claimed.rows) == [(A, 1), (B, 1), (C, 1)]
    assert claimed.tries == 0


def test_no_claim_without_due_rows(claim: ClaimRows) -> None:
    assert claim() is None


def test_a_claim_has_at_most_the_limit_the_oldest_first(abc: None, claim: ClaimRows) -> None:
    first, second = claim(limit=2), claim(limit=2)
    assert first is not None
    assert second is not None
    assert [first.rows, second.rows] == [((A, 1), (B, 1)), ((C, 1),)]


def test_rows_are_claimed_by_one_worker_at_a_time(abc: None, claim: ClaimRows) -> None:
    assert claim() is not None
    assert claim() is None
    assert claim(after=14) is None


def test_completed_rows_are_gone(abc: None, catalogue: Catalogue, claim: ClaimRows) -> None:
    claimed = claim()
    assert claimed is not None
    with catalogue.write() as session:
        pending.complete(session, claimed.token, claimed.rows)
    with catalogue.read() as session:
        assert pending.status(session) == PendingStatus(count=0, oldest_since=None)


def test_a_row_that_was_marked_since_stays_and_is_claimed_at_once(
    abc: None, catalogue: Catalogue, save: Save, claim: ClaimRows
) -> None:
    claimed = claim()
    assert claimed is not None
    save(Draft(title="Newer"), record_id=A)
    assert claim() is None  # the lease runs on
    with catalogue.write() as session:
        pending.complete(session, claimed.token, claimed.rows)
    again = claim()
    assert again is not None
    assert again.rows == ((A, 2),)
    assert again.tries == 0


def test_rows_of_a_claim_that_are_not_done_stay_leased_until_released(
    abc: None, catalogue: Catalogue, claim: ClaimRows
) -> None:
    claimed = claim()
    assert claimed is not None
    with catalogue.write() as session:
        pending.complete(session, claimed.token, [(A, 1)])
    assert claim() is None
    with catalogue.write() as session:
        pending.release(session, claimed.token, retry_at=now() + timedelta(seconds=5))
    assert claim() is None
    again = claim(after=6)
    assert again is not None
    assert sorted(again.rows) == [(B, 1), (C, 1)]
    assert again.tries == 0


def test_rows_whose_lease_ran_out_are_claimed_one_at_a_time_as_a_try(abc: None, claim: ClaimRows) -> None:
    claim()
    lost = [claim(after=16), claim(after=16), claim(after=16), claim(after=16)]
    assert [each and (len(each.rows), each.tries) for each in lost] == [(1, 1), (1, 1), (1, 1), None]
    again = claim(after=40)
    assert again is not None
    assert (len(again.rows), again.tries) == (1, 2)


def test_rows_that_harmed_nobody_go_before_those_whose_lease_ran_out(abc: None, save: Save, claim: ClaimRows) -> None:
    claim()
    save(Draft(title="Fresh"), record_id="fresh")
    first, second = claim(after=16), claim(after=16)
    assert first is not None
    assert second is not None
    assert (first.rows, first.tries) == ((("fresh", 1),), 0)
    assert (len(second.rows), second.tries) == (1, 1)


def test_rows_whose_lease_ran_out_have_their_turn_however_many_others_come(
    abc: None, save: Save, claim: ClaimRows
) -> None:
    claim()
    found: list[Claim | None] = []
    for number in range(40):
        save(Draft(title="Fresh"), record_id=f"fresh{number}")
        found.append(claim(after=18))
    assert sum(claimed is not None and claimed.tries == 1 for claimed in found) == 3
    assert all(claimed is not None and (claimed.tries == 0 or len(claimed.rows) == 1) for claimed in found)


def test_a_newer_version_gets_a_fresh_count_of_tries(save: Save, claim: ClaimRows) -> None:
    save(Draft(title="One"), record_id=A)
    claim()
    assert (lost := claim(after=16)) is not None
    assert lost.tries == 1
    save(Draft(title="Two"), record_id=A)
    assert (again := claim(after=40)) is not None
    assert (again.rows, again.tries) == (((A, 2),), 1)


def test_a_late_worker_cannot_complete_what_another_claimed(abc: None, catalogue: Catalogue, claim: ClaimRows) -> None:
    late = claim()
    other = claim(after=16)
    assert late is not None
    assert other is not None
    with catalogue.write() as session:
        pending.complete(session, late.token, late.rows)
        pending.release(session, late.token, retry_at=now())
    with catalogue.read() as session:
        assert pending.status(session).count == 1
    assert claim(after=16) is None


def test_a_lease_is_prolonged_while_it_is_held(abc: None, catalogue: Catalogue, claim: ClaimRows) -> None:
    claimed = claim()
    assert claimed is not None
    with catalogue.write() as session:
        assert pending.renew(session, claimed.token, now=now() + timedelta(seconds=10), lease=LEASE)
    assert claim(after=16) is None
    with catalogue.write() as session:
        pending.complete(session, claimed.token, claimed.rows)
        assert not pending.renew(session, claimed.token, now=now(), lease=LEASE)


def test_a_mark_keeps_the_moment_since_which_the_index_is_behind(catalogue: Catalogue, save: Save) -> None:
    save(Draft(title="One"), record_id=A)
    with catalogue.read() as session:
        before = pending.status(session)
    save(Draft(title="Two"), record_id=A)
    with catalogue.read() as session:
        assert pending.status(session) == before
    assert before.count == 1
    assert before.oldest_since is not None
    assert timedelta() <= now() - before.oldest_since < timedelta(minutes=1)
    assert before.oldest_since.tzinfo is UTC


def test_a_mark_ends_the_wait_after_a_failure(catalogue: Catalogue, save: Save, claim: ClaimRows) -> None:
    save(Draft(title="One"), record_id=A)
    claimed = claim()
    assert claimed is not None
    with catalogue.write() as session:
        pending.release(session, claimed.token, retry_at=now() + timedelta(minutes=5))
    save(Draft(title="Two"), record_id=A)
    assert (again := claim()) is not None
    assert again.rows == ((A, 2),)


def test_a_time_without_a_zone_is_refused(catalogue: Catalogue) -> None:
    with pytest.raises(Exception, match="has no time zone"), catalogue.write() as session:
        pending.claim(session, now=datetime(2017, 4, 18), lease=LEASE)  # noqa: DTZ001


def test_deleting_makes_pending(catalogue: Catalogue, save: Save, claim: ClaimRows) -> None:
    save(Draft(title="One"), record_id=A)
    claimed = claim()
    assert claimed is not None
    with catalogue.write() as session:
        pending.complete(session, claimed.token, claimed.rows)
        records.delete(session, A)
    assert (again := claim()) is not None
    assert again.rows == ((A, 2),)


def test_settling_unmarks_shown_versions_that_nobody_has_claimed(
    catalogue: Catalogue, abc: None, claim: ClaimRows, save: Save
) -> None:
    claimed = claim(limit=1)
    assert claimed is not None
    ((held, _),) = claimed.rows
    newer = min({A, B, C} - {held})
    save(Draft(title="Changed meanwhile"), record_id=newer)
    with catalogue.write() as session:
        pending.settle(session, [(record_id, 1) for record_id in (A, B, C)])
        assert pending.status(session).count == 2
        pending.settle(session, [])
    left = claim()
    assert left is not None
    assert left.rows == ((newer, 2),)


@pytest.mark.parametrize("how", ["lease", "back-off"])
def test_a_clock_that_was_a_day_ahead_holds_nothing_back(
    abc: None, catalogue: Catalogue, claim: ClaimRows, how: str
) -> None:
    day = 86_400
    wrong = claim(after=day)
    assert wrong is not None
    if how == "back-off":
        with catalogue.write() as session:
            pending.release(session, wrong.token, retry_at=now() + timedelta(seconds=day))
    with catalogue.read() as session:
        assert pending.is_any_due(session, now=now())
    claimed = claim()
    assert claimed is not None
    assert (len(claimed.rows), claimed.tries) == (3, 0)  # at once, and nobody died of them


@pytest.mark.parametrize(("refusals", "earliest", "latest"), [(1, 2, 3), (2, 4, 6), (4, 16, 24), (20, 300, 450)])
def test_a_busy_engine_is_left_alone_for_longer_each_time(
    save: Save, catalogue: Catalogue, refusals: int, earliest: int, latest: int
) -> None:
    save(Draft(title="Record"), record_id=A)
    moment = now()
    for _ in range(refusals):
        moment += timedelta(minutes=8)
        with catalogue.write() as session:
            claimed = pending.claim(session, now=moment, lease=LEASE)
            assert claimed is not None
            assert claimed.tries == 0  # the record is not to blame
            pending.defer(session, claimed.token, [A], now=moment)
    with catalogue.read() as session:
        assert not pending.is_any_due(session, now=moment + timedelta(seconds=earliest - 0.1))
        assert pending.is_any_due(session, now=moment + timedelta(seconds=latest))


def test_who_comes_back_late_takes_back_that_he_was_thought_dead(
    abc: None, catalogue: Catalogue, claim: ClaimRows
) -> None:
    late = claim()
    other = claim(after=20, limit=1)
    assert late is not None
    assert other is not None
    assert other.tries == 1
    with catalogue.write() as session:
        pending.forgive(session, late.token, [A, B, C])
        pending.release(session, late.token, retry_at=now())
        pending.release(session, other.token, retry_at=now())
    dead = claim(after=1)
    assert dead is not None
    assert len(dead.rows) == 3
    again = claim(after=40, limit=1)
    assert again is not None
    assert again.tries == 1  # the death of one who does not come back counts, and nothing before it
