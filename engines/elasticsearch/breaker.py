"""Spares people the wait for an engine that does not answer."""

import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Final

from search.errors import EngineFault, EngineUnavailable, IndexMissing

# After so many failures in a row the engine is left alone for a while: eight threads that wait two seconds each for a
# dead engine leave nobody to answer with the record pages, which work without it.
_FAILURES: Final = 3
_REST: Final = 2.0  # seconds


class Breaker:
    """Counts failures in a row; while it is open nothing is asked, and the engine is said to be down at once."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        """The clock gives seconds."""
        self._clock = clock
        self._lock = threading.Lock()
        self._failures = 0
        self._open_until = 0.0

    @contextmanager
    def guarded(self) -> Generator[None]:
        """A block that asks the engine. Raises EngineUnavailable without running it while the breaker is open."""
        with self._lock:
            if self._clock() < self._open_until:
                raise EngineUnavailable("Elasticsearch did not answer the last few times: waiting for a moment")
        try:
            yield
        except (EngineFault, IndexMissing):
            self._note_answer()  # it does answer
            raise
        except EngineUnavailable:
            self._note_failure()
            raise
        self._note_answer()

    def _note_answer(self) -> None:
        with self._lock:
            self._failures = 0

    def _note_failure(self) -> None:
        with self._lock:
            self._failures += 1
            if self._failures >= _FAILURES:
                # One failure more closes the door again: the next try after the rest is a probe.
                self._failures = _FAILURES - 1
                self._open_until = self._clock() + _REST
