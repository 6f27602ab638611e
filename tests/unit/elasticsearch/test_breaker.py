"""An engine that does not answer is left alone for a while, and never takes every thread."""

import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

import pytest

from engines.elasticsearch.breaker import Breaker
from search.errors import (
    EngineError,
    EngineFault,
    EngineForbidden,
    EngineOverloaded,
    EngineTimeout,
    EngineUnavailable,
    IndexMissing,
)


class Clock:
    """Seconds that pass when they are told to."""

    def __init__(self) -> None:
        self.now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def breaker(clock: Clock) -> Breaker:
    return Breaker(3, clock)


def fail(breaker: Breaker, error: EngineError, times: int = 1) -> None:
    for _ in range(times):
        with pytest.raises(type(error)), breaker.guarded():
            raise error


def is_open(breaker: Breaker) -> bool:
    """Whether nothing is asked at all."""
    try:
        with breaker.guarded():
            return False
    except EngineUnavailable:
        return True


@contextmanager
def under_way(breaker: Breaker, count: int) -> Iterator[None]:
    """So many questions that are not answered yet."""
    with ExitStack() as stack:
        for _ in range(count):
            stack.enter_context(breaker.guarded())
        yield


def test_after_one_time_out_nothing_is_asked_for_two_seconds(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, EngineTimeout("slow"))
    assert is_open(breaker)
    clock.now += 1.9
    assert is_open(breaker)
    clock.now += 0.2
    assert not is_open(breaker)


@pytest.mark.parametrize("error", [EngineUnavailable("no"), EngineOverloaded("no"), EngineForbidden("no")], ids=repr)
def test_after_three_refusals_nothing_is_asked(breaker: Breaker, error: EngineError) -> None:
    fail(breaker, error, times=2)
    assert not is_open(breaker)
    fail(breaker, error, times=3)
    assert is_open(breaker)


@pytest.mark.parametrize("error", [EngineFault("what?"), IndexMissing("none")], ids=repr)
def test_an_engine_that_answers_is_not_left_alone(breaker: Breaker, error: EngineError) -> None:
    fail(breaker, error, times=10)
    assert not is_open(breaker)


def test_the_last_failure_is_told(breaker: Breaker) -> None:
    fail(breaker, EngineTimeout("it took too long"))
    with pytest.raises(EngineUnavailable, match="left alone for a moment: it took too long"), breaker.guarded():
        pass


def test_one_more_failure_after_the_rest_closes_the_door_again(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, EngineUnavailable("no"), times=3)
    clock.now += 2.1
    fail(breaker, EngineUnavailable("no"))
    assert is_open(breaker)


def test_an_answer_after_the_rest_opens_it_for_all(breaker: Breaker, clock: Clock) -> None:
    fail(breaker, EngineTimeout("slow"))
    clock.now += 2.1
    assert not is_open(breaker)
    with under_way(breaker, 3):
        pass


def test_after_a_failure_one_question_at_a_time_finds_out_whether_it_is_back() -> None:
    breaker = Breaker(3)
    fail(breaker, EngineUnavailable("no"))
    start = time.monotonic()
    with under_way(breaker, 1), pytest.raises(EngineOverloaded), breaker.guarded():
        pass
    assert time.monotonic() - start < 0.5


def test_when_all_places_hang_others_are_refused_at_once() -> None:
    breaker = Breaker(2)
    with under_way(breaker, 2):
        waits = [_seconds_until_refused(breaker) for _ in range(5)]
    assert 0.2 < waits[0] < 0.5
    assert max(waits[1:]) < 0.05


def test_a_place_that_becomes_free_is_taken_by_who_waits() -> None:
    breaker = Breaker(1)
    answered = threading.Event()

    def ask() -> None:
        with breaker.guarded():
            answered.set()

    with under_way(breaker, 1):
        waiting = threading.Thread(target=ask)
        waiting.start()
        time.sleep(0.05)
        assert not answered.is_set()
    waiting.join(1)
    assert answered.is_set()


def test_many_more_threads_than_places_are_all_served_by_an_engine_that_answers() -> None:
    breaker = Breaker(3)
    most, now, failures = 0, 0, list[EngineError]()
    lock = threading.Lock()

    def ask() -> None:
        nonlocal most, now
        for _ in range(20):
            try:
                with breaker.guarded():
                    with lock:
                        now += 1
                        most = max(most, now)
                    time.sleep(0.001)
                    with lock:
                        now -= 1
            except EngineError as e:
                failures.append(e)

    threads = [threading.Thread(target=ask) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (most, failures) == (3, [])


def _seconds_until_refused(breaker: Breaker) -> float:
    start = time.monotonic()
    with pytest.raises(EngineOverloaded), breaker.guarded():
        pass
    return time.monotonic() - start
