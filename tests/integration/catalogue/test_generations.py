"""Generations: what is written, what searches can go back to, and how a refusing engine is left alone."""

from datetime import timedelta

from catalogue import generations, records
from catalogue.database import Catalogue
from catalogue.generations import KEPT_FOR, GenerationState, Written
from catalogue.models import now
from catalogue.record import Draft


def begin(catalogue: Catalogue, *names: str) -> None:
    """Make generations, each of which searches go to in its turn."""
    for name in names:
        with catalogue.write() as session:
            generations.begin(session, name)
        with catalogue.write() as session:
            generations.activate(session, name)


def written(catalogue: Catalogue) -> Written:
    with catalogue.read() as session:
        return generations.written(session)


def states(catalogue: Catalogue) -> dict[str, GenerationState]:
    with catalogue.read() as session:
        return {each.name: each.state for each in generations.all_generations(session)}


def test_a_generation_is_written_from_its_beginning_on(catalogue: Catalogue) -> None:
    begin(catalogue, "g1")
    before = written(catalogue)
    with catalogue.write() as session:
        generations.begin(session, "g2")
    now_ = written(catalogue)
    assert (now_.names, now_.active, now_.building) == (("g1", "g2"), "g1", "g2")
    with catalogue.write() as session:
        assert not generations.is_epoch(session, before.epoch)
        assert generations.is_epoch(session, now_.epoch)


def test_the_generation_before_is_kept_for_a_day_and_the_one_before_that_given_up(catalogue: Catalogue) -> None:
    begin(catalogue, "g1", "g2", "g3")
    assert list(states(catalogue).values()) == [GenerationState.RETIRED, GenerationState.KEPT, GenerationState.ACTIVE]
    assert written(catalogue).names == ("g2", "g3")
    with catalogue.read() as session:
        kept = generations.in_state(session, GenerationState.KEPT)
    assert kept is not None
    assert kept.keep_until is not None
    assert abs(kept.keep_until - now() - KEPT_FOR) < timedelta(minutes=1)


def test_what_is_frozen_is_written_no_more_and_says_since_when(catalogue: Catalogue) -> None:
    begin(catalogue, "g1", "g2")
    epoch = written(catalogue).epoch
    with catalogue.write() as session:
        generations.freeze(session, "g1")
    with catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy"))
        (g1, _) = generations.all_generations(session)
        assert g1.frozen_at is not None
        assert generations.changes_since(session, g1.frozen_at) == 1
    assert (written(catalogue).names, written(catalogue).epoch > epoch) == (("g2",), True)
    with catalogue.write() as session:
        generations.freeze(session, "g1")
        assert generations.all_generations(session)[0] == g1


def test_only_what_is_as_it_was_read_is_retired_and_only_that_forgotten(catalogue: Catalogue) -> None:
    begin(catalogue, "g1", "g2")
    with catalogue.read() as session:
        (g1, _) = generations.all_generations(session)
    with catalogue.write() as session:
        generations.activate(session, "g1")
    with catalogue.write() as session:
        assert not generations.retire(session, g1)
        generations.forget(session, "g1")
        (g1, _) = generations.all_generations(session)
        assert generations.retire(session, g1)
        generations.forget(session, "g1")
    assert states(catalogue) == {"g2": GenerationState.KEPT}


def test_a_stop_remembers_its_first_moment_and_is_tried_when_its_time_has_come(catalogue: Catalogue) -> None:
    moment = now()
    for number in (1, 2):
        with catalogue.write() as session:
            generations.stop(session, f"reason {number}", probe_at=moment + timedelta(minutes=number))
    with catalogue.read() as session:
        stop = generations.stopped(session)
        assert generations.probes(session) == 2
    assert stop is not None
    assert (stop.reason, stop.since < moment + timedelta(minutes=1)) == ("reason 2", True)
    assert stop.is_left_alone(moment)
    assert not stop.is_left_alone(moment + timedelta(minutes=2))
    assert not stop.is_left_alone(moment - timedelta(days=1))  # whoever wrote it had a wrong clock
    with catalogue.write() as session:
        generations.probe_now(session)
        again = generations.stopped(session)
    assert again is not None
    assert not again.is_left_alone(now())
    with catalogue.write() as session:
        generations.resume(session)
        assert (generations.stopped(session), generations.probes(session)) == (None, 0)


def test_trouble_without_an_attempt_makes_nobody_wait_longer(catalogue: Catalogue) -> None:
    for _ in range(2):
        with catalogue.write() as session:
            generations.note_trouble(session, "no entry")
    with catalogue.read() as session:
        stop = generations.stopped(session)
        assert generations.probes(session) == 0
    assert stop is not None
    assert (stop.reason, stop.is_left_alone(now())) == ("no entry", False)


def test_nobody_is_asked_to_go_on_who_was_not_stopped(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        generations.probe_now(session)
        generations.resume(session)
        assert generations.stopped(session) is None
