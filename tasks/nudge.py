"""Tells the workers that something has changed, without ever making the one who changed it wait.

A nudge only cuts the time until a change is searchable: one that is lost costs a sweep's fifteen seconds, and nothing
else. So whoever saves a record does not wait for Redis: a thread sends the message, with short time-outs. Where that
fails Redis is left alone for a moment (a circuit breaker); then one message tells of all that has changed till then.
"""

import logging
import threading
import time
from collections.abc import Callable
from typing import Final

from kombu.exceptions import OperationalError

from bootstrap.settings import Settings
from tasks.app import make_app, send_index

_log: Final = logging.getLogger(__name__)

# A message takes a millisecond where Redis is well.
PATIENCE: Final = 0.5  # seconds, for a connection and for an answer each

_REST: Final = 2.0  # seconds


class Nudge:
    """Called after each commit; returns at once and never raises. Make it after a fork: it has a thread."""

    def __init__(self, send: Callable[[], None], *, rest: float = _REST) -> None:
        """`send` may raise OperationalError; after that it is left alone for `rest` seconds."""
        self._send = send
        self._rest = rest
        self._wanted = threading.Event()
        self._complaint = ""
        threading.Thread(target=self._run, name="nudge", daemon=True).start()

    def __call__(self) -> None:
        """Have a message sent. Several that come while one is being sent are one."""
        self._wanted.set()

    def _run(self) -> None:
        while self._wanted.wait():
            self._wanted.clear()
            try:
                self._send()
            except OperationalError as e:
                self._complain(str(e))
                time.sleep(self._rest)
                self._wanted.set()
            else:
                self._complaint = ""

    def _complain(self, error: str) -> None:
        if error != self._complaint:
            self._complaint = error
            _log.warning("The workers are not told of changes, and find them by sweeping: %s", error)


def start_nudge(settings: Settings) -> Nudge:
    """A nudge to the workers of these settings, which have a REDIS_URL."""
    app = make_app(settings, patience=PATIENCE)
    nudge = Nudge(lambda: send_index(app))
    nudge()  # for what changed while nobody was there; the first message takes half a second, and later ones do not
    return nudge
