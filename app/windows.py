"""Counts requests in minutes: in this process, or in Redis for all processes.

A sliding window of two counters: those of the present minute, and of the one before by the part of it that is less than
a minute ago. It needs two numbers for each who asks, and none after two minutes. (limits' own store in memory starts a
thread for each request, looks through all keys in it, and loses counts where two requests meet.)
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Any, Final

from limits.storage import RedisStorage, Storage
from limits.storage.base import SlidingWindowCounterSupport

_log: Final = logging.getLogger(__name__)

MINUTE: Final = 60  # seconds

# The names by which limits finds the stores.
OWN: Final = "process"
SHARED: Final = "shared"

# Redis takes a fraction of a millisecond where it is well. Nobody waits for it for long, and then it is left alone.
_PATIENCE: Final = 0.25  # seconds, for a connection and for an answer each
_REST: Final = 5.0  # seconds


class _MinuteStorage(Storage, SlidingWindowCounterSupport):
    """What limits wants of a store, but for what only other strategies use."""

    @property
    def base_exceptions(self) -> type[Exception]:
        """Called by limits."""
        return OSError

    def incr(self, key: str, expiry: int, amount: int = 1) -> int:
        """Not used by this strategy."""
        raise NotImplementedError

    def get(self, key: str) -> int:
        """Not used by this strategy."""
        raise NotImplementedError

    def get_expiry(self, key: str) -> float:
        """Not used by this strategy."""
        raise NotImplementedError

    def clear(self, key: str) -> None:
        """Not used by this strategy."""
        raise NotImplementedError

    def clear_sliding_window(self, key: str, expiry: int) -> None:
        """Not used here."""
        raise NotImplementedError

    def reset(self) -> int | None:
        """Not used here."""
        raise NotImplementedError

    def check(self) -> bool:
        """Whether it can count: always, in whatever way."""
        return True


class ProcessWindows(_MinuteStorage):
    """Counts of this process, for limits of a minute."""

    STORAGE_SCHEME = [OWN]  # noqa: RUF012 - limits'

    def __init__(self, uri: str | None = None, *, clock: Callable[[], float] = time.time, **_: Any) -> None:  # noqa: ANN401
        """Called by limits. The clock tells seconds."""
        super().__init__(uri)
        self._clock = clock
        self._lock = threading.Lock()
        self._minute = 0
        self._present: dict[str, int] = {}
        self._before: dict[str, int] = {}

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request, unless there were too many."""
        with self._lock:
            left = self._turn()
            before, present = self._before.get(key, 0), self._present.get(key, 0)
            if before * left / expiry + present + amount > limit:
                return False
            self._present[key] = present + amount
            return True

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """The counts of the minute before and of the present one, each with the seconds for which it still counts."""
        with self._lock:
            left = self._turn()
            return self._before.get(key, 0), left, self._present.get(key, 0), left + expiry

    def _turn(self) -> float:
        """Begin a new minute where one has begun; the seconds that are left of it."""
        moment = self._clock()
        minute = int(moment // MINUTE)
        if minute != self._minute:
            self._before = self._present if minute == self._minute + 1 else {}
            self._present = {}
            self._minute = minute
        return (minute + 1) * MINUTE - moment


class SharedWindows(_MinuteStorage):
    """Counts in Redis; while that does not answer, those of this process."""

    STORAGE_SCHEME = [SHARED]  # noqa: RUF012 - limits'

    def __init__(self, uri: str | None = None, *, redis_url: str, **_: Any) -> None:  # noqa: ANN401
        """Called by limits. Nothing is connected yet."""
        super().__init__(uri)
        self._redis = RedisStorage(
            redis_url, key_prefix="belong:limits", socket_timeout=_PATIENCE, socket_connect_timeout=_PATIENCE
        )
        self._process = ProcessWindows()
        self._rests_until = 0.0

    def acquire_sliding_window_entry(self, key: str, limit: int, expiry: int, amount: int = 1) -> bool:
        """Count a request, unless there were too many."""
        if self._is_tried():
            try:
                return self._redis.acquire_sliding_window_entry(key, limit, expiry, amount)
            except self._redis.base_exceptions as e:
                self._rest(e)
        return self._process.acquire_sliding_window_entry(key, limit, expiry, amount)

    def get_sliding_window(self, key: str, expiry: int) -> tuple[int, float, int, float]:
        """The counts of the minute before and of the present one, each with the seconds for which it still counts."""
        if self._is_tried():
            try:
                return self._redis.get_sliding_window(key, expiry)
            except self._redis.base_exceptions as e:
                self._rest(e)
        return self._process.get_sliding_window(key, expiry)

    def _is_tried(self) -> bool:
        return time.monotonic() >= self._rests_until

    def _rest(self, error: Exception) -> None:
        if self._is_tried():  # of several that fail at once, one says so
            _log.warning("Redis does not answer, so that each process counts requests for itself: %s", error)
        self._rests_until = time.monotonic() + _REST
