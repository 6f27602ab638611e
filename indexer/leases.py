"""Keeps a lease while the work under it goes on."""

import logging
import threading
from collections.abc import Callable, Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

from catalogue.errors import CatalogueError

_log: Final = logging.getLogger(__name__)


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
