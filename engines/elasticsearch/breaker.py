"""Keeps an engine that does not answer from taking every thread, and people from waiting for it."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from search.errors import EngineError, EngineOverloaded, EngineTimeout, EngineUnavailable, IndexMissing

# One silence of two seconds is enough to leave the engine alone. Refusals come at once and cost nobody anything, and a
# single one may be a connection that an engine closed as it was started again.
_REFUSALS: Final = 3

_REST: Final = 2.0  # seconds

# For how long a question waits for a place that another one has. None becomes free within this time only if the engine
# does not answer, or so slowly that whoever waits had better be told.
_PATIENCE: Final = 0.25  # seconds


class Breaker:
    """Lets a number of questions reach the engine at once, and none for a while after it did not answer.

    With fewer places than there are threads, one thread is always left for the pages that need no engine: eight that
    wait two seconds each left nobody to answer with the record pages. After a failure there is one place only, so that
    one question and not a thread each finds out whether the engine is back.
    """

    def __init__(self, places: int, clock: Callable[[], float] = time.monotonic) -> None:
        """The clock gives seconds."""
        self._places = places
        self._clock = clock
        self._changed = threading.Condition()
        self._started: list[float] = []  # when the questions that are under way were asked
        self._failures = 0
        self._last_failure = ""
        self._open_until = 0.0

    @contextmanager
    def guarded(self) -> Generator[None]:
        """A block that asks the engine. Raises EngineUnavailable without running it while the engine is left alone.

        Raises EngineOverloaded where all places are taken by questions that are not being answered.
        """
        started = self._take_place()
        try:
            yield
        except EngineError as e:
            self._note(e if _is_silence(e) else None)
            raise
        else:
            self._note(None)
        finally:
            with self._changed:
                self._started.remove(started)
                self._changed.notify_all()

    def _take_place(self) -> float:
        with self._changed:
            while True:
                now = self._clock()
                if now < self._open_until:
                    raise EngineUnavailable(f"Elasticsearch is left alone for a moment: {self._last_failure}")
                if len(self._started) < (1 if self._failures else self._places):
                    self._started.append(now)
                    return now
                # From the latest on: while questions come and go, a place will be free in a moment.
                left = max(self._started) + _PATIENCE - now
                if left <= 0:
                    raise EngineOverloaded(
                        f"Elasticsearch answers none of the {len(self._started)} questions under way"
                    )
                self._changed.wait(left)

    def _note(self, failure: EngineError | None) -> None:
        with self._changed:
            if failure is None:
                self._failures = 0
                return
            self._failures += 1
            self._last_failure = str(failure)
            if isinstance(failure, EngineTimeout) or self._failures >= _REFUSALS:
                # One failure more closes the door again: the next question after the rest is a probe.
                self._failures = _REFUSALS - 1
                self._open_until = self._clock() + _REST


def _is_silence(error: EngineError) -> bool:
    """Whether an error says that nobody is there to answer. One who has no index does answer."""
    return isinstance(error, EngineUnavailable) and not isinstance(error, IndexMissing)
