"""Keeps a lease while the work under it goes on, and gives it back."""

import logging
import threading
import time
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from catalogue.errors import CatalogueError

_log: Final = logging.getLogger(__name__)

# How long the catalogue is left alone between two attempts to give a lease back to it.
_SHORTEST: Final = 0.5  # seconds
_LONGEST: Final = 30.0


@contextmanager
def renewed(renew: Callable[[], bool], lease: timedelta) -> Generator[None]:
    """A block during which `renew` is called three times in each lease, until it says that the lease is lost.

    A process that dies in the block renews no longer: others take over within one lease.
    """
    ended = threading.Event()

    def keep() -> None:
        while not ended.wait(lease.total_seconds() / 3):
            try:
                if not renew():
                    return
            except CatalogueError as e:
                _log.warning("A lease was not renewed: %s", e)

    keeper = threading.Thread(target=keep, name="lease", daemon=True)
    keeper.start()
    try:
        yield
    finally:
        ended.set()
        keeper.join()


def give_back(release: Callable[[], None]) -> None:
    """Have a lease given up: now, or by a thread as soon as the catalogue answers again. Never raises CatalogueError.

    Else an outage of the catalogue would look like the death of who had the lease, and be held against his work.
    """
    try:
        release()
    except CatalogueError as e:
        _log.warning("A lease is given back later: %s", e)
        threading.Thread(target=_persist, args=(release,), name="lease back", daemon=True).start()


def _persist(release: Callable[[], None]) -> None:
    wait = _SHORTEST
    while True:
        time.sleep(wait)
        try:
            release()
        except CatalogueError:
            wait = min(2 * wait, _LONGEST)
        else:
            return
