"""How far the index is behind, for the foot of the pages: at most some seconds old, and never waited for twice."""

import threading
import time
from datetime import UTC, datetime
from typing import Final

from catalogue.database import Catalogue
from catalogue.errors import CatalogueUnavailable
from catalogue.freshness import Freshness, read_freshness

# As old as what a page says can be. Each process looks once in this time, however many pages it sends.
_KEPT: Final = 2.0  # seconds


class RecentFreshness:
    """The freshness of the index, read from the catalogue every two seconds at most."""

    def __init__(self, catalogue: Catalogue, place: str, *, kept: float = _KEPT) -> None:
        """Of the index in a place. Nothing is read yet."""
        self._catalogue = catalogue
        self._place = place
        self._kept = kept
        self._lock = threading.Lock()
        self._read_at: float | None = None
        self._last: Freshness | None = None

    def read(self) -> Freshness | None:
        """The freshness now or a little ago. None where the catalogue does not answer: searches go on without it."""
        if self._read_at is not None and time.monotonic() - self._read_at < self._kept:
            return self._last
        # One looks, and the others say what was last known rather than wait for a catalogue that may be slow.
        if self._lock.acquire(blocking=self._read_at is None):
            try:
                self._last = self._look()
                self._read_at = time.monotonic()
            finally:
                self._lock.release()
        return self._last

    def _look(self) -> Freshness | None:
        try:
            with self._catalogue.read() as session:
                return read_freshness(session, now=datetime.now(UTC), place=self._place)
        except CatalogueUnavailable:
            return None
