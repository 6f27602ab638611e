"""Requests counted in sliding minutes."""

import threading

import pytest
from limits import RateLimitItemPerMinute
from limits.strategies import SlidingWindowCounterRateLimiter

from app.windows import ProcessWindows

A_MINUTE = RateLimitItemPerMinute(60)


class Clock:
    """Seconds that pass when they are told to. A minute begins at 0."""

    def __init__(self) -> None:
        self.now = 6_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def windows(clock: Clock) -> SlidingWindowCounterRateLimiter:
    return SlidingWindowCounterRateLimiter(ProcessWindows(clock=clock))


def let_in(windows: SlidingWindowCounterRateLimiter, tries: int = 200, who: str = "ann") -> int:
    return sum(windows.hit(A_MINUTE, who) for _ in range(tries))


def test_as_many_are_let_in_as_may_be(windows: SlidingWindowCounterRateLimiter) -> None:
    assert let_in(windows) == 60
    assert let_in(windows) == 0


def test_nobody_is_counted_with_somebody_else(windows: SlidingWindowCounterRateLimiter) -> None:
    assert let_in(windows, who="ann") == 60
    assert let_in(windows, who="bob") == 60


@pytest.mark.parametrize(("later", "again"), [(59.9, 0), (60, 0), (61, 1), (75, 15), (90, 30), (119, 59), (121, 60)])
def test_those_of_a_minute_ago_count_less_and_less(
    windows: SlidingWindowCounterRateLimiter, clock: Clock, later: float, again: int
) -> None:
    let_in(windows)
    clock.now += later
    assert let_in(windows) == again


def test_a_burst_at_the_turn_of_a_minute_is_no_way_round(
    windows: SlidingWindowCounterRateLimiter, clock: Clock
) -> None:
    clock.now += 59
    assert let_in(windows) == 60
    clock.now += 2
    assert let_in(windows) == 1


def test_what_was_counted_two_minutes_ago_takes_no_room(clock: Clock) -> None:
    store = ProcessWindows(clock=clock)
    windows = SlidingWindowCounterRateLimiter(store)
    for number in range(10_000):
        windows.hit(A_MINUTE, str(number))
    clock.now += 121
    windows.hit(A_MINUTE, "ann")
    assert len(store._present) + len(store._before) == 1


def test_no_count_is_lost_where_many_ask_at_once(windows: SlidingWindowCounterRateLimiter) -> None:
    counts: list[int] = []
    threads = [threading.Thread(target=lambda: counts.append(let_in(windows, 50))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sum(counts) == 60
