"""Steps of runs: who may carry one out, what counts as a death, and what ends a run."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from catalogue import runs
from catalogue.database import Catalogue
from catalogue.errors import AlreadyRunning, Conflict, NotFound
from catalogue.models import now
from catalogue.runs import Run, RunKind, RunState

LEASE = timedelta(seconds=15)

ClaimStep = Callable[..., Run | None]


@pytest.fixture
def number(catalogue: Catalogue) -> int:
    """A rebuild that waits."""
    with catalogue.write() as session:
        return runs.start(session, RunKind.REBUILD, started_by="Ada")


@pytest.fixture
def claim(catalogue: Catalogue) -> ClaimStep:
    """Claims a step in a transaction of its own, so many seconds from now."""

    def claim(*, after: float = 0) -> Run | None:
        with catalogue.write() as session:
            return runs.claim(session, now=now() + timedelta(seconds=after), lease=LEASE)

    return claim


def get(catalogue: Catalogue, number: int) -> Run:
    with catalogue.read() as session:
        return runs.get(session, number)


def test_a_step_is_carried_out_by_one_at_a_time(number: int, claim: ClaimStep) -> None:
    first = claim()
    assert first is not None
    assert (first.id, first.losses) == (number, 0)
    assert claim(after=14) is None


def test_a_step_whose_lease_ran_out_is_taken_over_and_counts(
    number: int, catalogue: Catalogue, claim: ClaimStep
) -> None:
    claim()
    second = claim(after=16)
    assert second is not None
    assert second.losses == 1
    with catalogue.write() as session:
        assert runs.advance(session, second, RunState.FILLING)
    assert get(catalogue, number).losses == 0  # the next step begins without them


def test_a_step_that_was_given_back_is_no_loss(number: int, catalogue: Catalogue, claim: ClaimStep) -> None:
    first = claim()
    assert first is not None
    with catalogue.write() as session:
        assert runs.postpone(session, first, retry_at=now() + timedelta(seconds=2), reason="busy")
    assert get(catalogue, number).error == "busy"
    assert claim() is None
    again = claim(after=3)
    assert again is not None
    assert again.losses == 0


def test_a_lease_is_prolonged_while_it_is_held(number: int, catalogue: Catalogue, claim: ClaimStep) -> None:
    held = claim()
    assert held is not None
    with catalogue.write() as session:
        assert runs.renew(session, held, now=now() + timedelta(seconds=10), lease=LEASE)
    assert claim(after=20) is None
    assert claim(after=26) is not None
    with catalogue.write() as session:
        assert not runs.renew(session, held, now=now(), lease=LEASE)


def test_who_lost_his_lease_can_write_nothing_more(number: int, catalogue: Catalogue, claim: ClaimStep) -> None:
    late = claim()
    assert late is not None
    assert claim(after=16) is not None
    with catalogue.write() as session:
        assert not runs.is_held(session, late)
        assert not runs.note(session, late, done=7)
        assert not runs.advance(session, late, RunState.COMPARING)
        assert not runs.postpone(session, late, retry_at=now(), reason="late")
        assert not runs.finish(session, late, RunState.FAILED, error="late")
    run = get(catalogue, number)
    assert (run.state, run.done, run.error) == (RunState.REQUESTED, 0, None)


def test_who_comes_back_late_takes_back_that_he_was_thought_dead(
    number: int, catalogue: Catalogue, claim: ClaimStep
) -> None:
    late = claim()
    assert late is not None
    claim(after=16)
    with catalogue.write() as session:
        runs.forgive(session, late)
    assert get(catalogue, number).losses == 0


def test_a_clock_that_was_a_day_ahead_holds_nothing_back(number: int, catalogue: Catalogue, claim: ClaimStep) -> None:
    day = 86_400
    wrong = claim(after=day)
    assert wrong is not None
    taken = claim()
    assert taken is not None
    assert taken.losses == 0
    with catalogue.write() as session:
        runs.postpone(session, taken, retry_at=now() + timedelta(seconds=day), reason="busy")
    with catalogue.read() as session:
        assert runs.is_any_due(session, now=now())
    assert claim() is not None


def test_an_ended_run_is_due_no_more(number: int, catalogue: Catalogue, claim: ClaimStep) -> None:
    held = claim()
    assert held is not None
    with catalogue.write() as session:
        runs.finish(session, held, RunState.DONE, report={"counts": {"missing": 0}})
    with catalogue.read() as session:
        assert not runs.is_any_due(session, now=now() + timedelta(days=1))
        assert runs.unfinished(session) == []
        assert runs.get(session, number).report == {"counts": {"missing": 0}}


@pytest.mark.parametrize("state", [RunState.ACTIVATING, RunState.DONE])
def test_what_moves_searches_is_cancelled_no_more(
    number: int, catalogue: Catalogue, claim: ClaimStep, state: RunState
) -> None:
    held = claim()
    assert held is not None
    with catalogue.write() as session:
        assert runs.advance(session, held, state)
    with catalogue.write() as session, pytest.raises(Conflict, match=state):
        runs.cancel(session, number)
    with catalogue.write() as session, pytest.raises(NotFound):
        runs.cancel(session, number + 1)


def test_a_cancelled_run_is_out_of_the_hands_of_who_carries_it_out(
    number: int, catalogue: Catalogue, claim: ClaimStep
) -> None:
    held = claim()
    assert held is not None
    with catalogue.write() as session:
        assert runs.cancel(session, number).is_ended
    with catalogue.write() as session:
        assert not runs.advance(session, held, RunState.FILLING)


def test_one_of_a_kind_and_one_that_moves_searches_at_a_time(number: int, catalogue: Catalogue) -> None:
    for kind in (RunKind.REBUILD, RunKind.ROLLBACK):
        with catalogue.write() as session, pytest.raises(AlreadyRunning, match=f"number {number}, started by Ada"):
            runs.start(session, kind, started_by="Grace")
    with catalogue.write() as session:
        runs.start(session, RunKind.RECONCILE, started_by="Grace")


def test_the_last_run_is_found_however_many_of_another_kind_came_since(catalogue: Catalogue) -> None:
    def ended(kind: RunKind, state: RunState) -> int:
        with catalogue.write() as session:
            number = runs.start(session, kind, started_by="Ada")
            run = runs.claim(session, now=now(), lease=LEASE)
            assert run is not None
            runs.finish(session, run, state)
        return number

    rebuild = ended(RunKind.REBUILD, RunState.DONE)
    ended(RunKind.REBUILD, RunState.FAILED)
    newest = [ended(RunKind.RECONCILE, RunState.DONE) for _ in range(25)][-1]
    with catalogue.read() as session:
        last = runs.last(session, RunKind.REBUILD, RunKind.ROLLBACK, state=RunState.DONE)
        assert last is not None
        assert last.id == rebuild
        assert runs.last(session, RunKind.ROLLBACK) is None
        assert getattr(runs.last(session), "id", None) == newest
