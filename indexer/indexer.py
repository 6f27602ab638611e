"""The indexer: brings the index up to date in turns, in a thread of a server process or in a command."""

import logging
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final, Protocol

from catalogue import generations, pending, runs
from catalogue.database import Catalogue
from catalogue.errors import CatalogueError
from indexer.advance import advance
from indexer.leftovers import remove_retired
from indexer.recovery import recover
from indexer.synchronise import LEASE, synchronise
from search.engine import IndexWriter
from search.errors import EngineError, EngineFault, EngineForbidden

_log: Final = logging.getLogger(__name__)

# How often the catalogue is looked at for changes by other processes: far below the second in which people expect
# to see them, and less than a millisecond of work.
_SWEEP: Final = 0.05  # seconds

# How often it is looked at whether the index is there and sound, which takes some milliseconds.
_HEALTH: Final = 1.0  # seconds

# How often a process asks for the right to write: another takes over within this time after a kill.
_TAKE_OVER: Final = 1.0  # seconds

_AFTER_FAILURE: Final = 2.0  # seconds

# How long changes are written before a rebuild has its next step.
_LONGEST_TURN: Final = 2.0  # seconds


class WriterLock(Protocol):
    """The right to write the index, where only one process at a time can have it; given up when that dies."""

    def try_acquire(self) -> bool:
        """Whether this process holds the lock now. Never waits."""
        ...

    def release(self) -> None:
        """Let another process have it."""
        ...


class Indexer:
    """Writes pending changes and carries out runs, whenever this process may write the index."""

    def __init__(
        self, catalogue: Catalogue, writer: IndexWriter, lock: WriterLock, *, place: str, lease: timedelta = LEASE
    ) -> None:
        """The place names the index that the writer writes. Nothing happens until `start` or `try_turn`."""
        self._catalogue = catalogue
        self._writer = writer
        self._lock = lock
        self._place = place
        self._lease = lease
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._looked_at: float | None = None  # when the index was last found to be there, in monotonic seconds
        self._complaint = ""
        self._worked = False  # whether the last turn found something to do

    def start(self) -> None:
        """Work in a thread of its own. Call it after a fork: threads do not survive one."""
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the step at hand, then give the lock up."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def nudge(self) -> None:
        """Look at the catalogue at once. A lost nudge only costs time."""
        self._wake.set()

    def try_turn(self) -> bool:
        """Do what is due, for some seconds at most; False if another process has the right to write.

        Raises EngineError, CatalogueError, and OSError where the lock's file cannot be made.
        """
        if not self._lock.try_acquire():
            self._writer.close()  # the lock may have been lost: its file was deleted
            return False
        self._see_to_health()
        self._worked = self._is_any_due() and self._work()
        return True

    def catch_up(self, on_turn: Callable[[], None] | None = None) -> bool:
        """Work here and now until nothing is due and no run is under way; False if another process is the indexer.

        `on_turn` is called after each turn. Raises what `try_turn` does.
        """
        try:
            while self.try_turn():
                if on_turn is not None:
                    on_turn()
                if self._is_idle():
                    return True
                if not self._worked:
                    time.sleep(_SWEEP)
            return False
        finally:
            self.release()

    def work_for(self, seconds: float, on_turn: Callable[[], None] | None = None) -> bool:
        """Work here and now until nothing is due and no run is under way, for so long; whether to go on at once.

        Not where others are at work on what is left, or it has to wait. The step at hand is finished. `on_turn` is
        called after each turn. Raises what `try_turn` does.
        """
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            if not self.try_turn():
                return False
            if on_turn is not None:
                on_turn()
            if self._is_idle():
                return False
            if not self._worked:
                time.sleep(_SWEEP)
        return self._worked

    def release(self) -> None:
        """Let another process write."""
        self._looked_at = None
        try:
            self._writer.close()
        finally:
            self._lock.release()

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                self._wake.wait(self._turn())
                self._wake.clear()
        finally:
            self.release()

    def _turn(self) -> float:
        """Work if it is this process's turn; how long to wait before the next, in seconds."""
        try:
            mine = self.try_turn()
        except (EngineError, CatalogueError) as e:
            self._complain(e)
        except Exception:  # noqa: BLE001
            # Whatever it was: a process without an indexer would never show a change again. Another one may have a go.
            _log.exception("Indexing failed and is tried again")
        else:
            self._complaint = ""
            return (0 if self._worked else _SWEEP) if mine else _TAKE_OVER
        self.release()
        return _AFTER_FAILURE

    def _complain(self, error: Exception) -> None:
        """Once for each trouble, and not every two seconds."""
        if str(error) != self._complaint:
            self._complaint = str(error)
            _log.warning("Indexing waits: %s", error)

    def _see_to_health(self) -> None:
        if self._looked_at is not None and time.monotonic() - self._looked_at < _HEALTH:
            return
        try:
            recover(self._catalogue, self._writer, self._place)
        except (EngineFault, EngineForbidden) as e:
            self._note(str(e))
            raise
        remove_retired(self._catalogue, self._writer)
        self._forget_old_trouble()
        self._looked_at = time.monotonic()

    def _note(self, reason: str) -> None:
        """Let everybody see why nothing is written: no batch comes so far as to be refused."""
        with self._catalogue.read() as session:
            stop = generations.stopped(session)
        if stop is None or stop.reason != reason:
            with self._catalogue.write() as session:
                generations.note_trouble(session, reason)

    def _forget_old_trouble(self) -> None:
        """Where nothing waits that could be tried, that the index is well says enough."""
        with self._catalogue.read() as session:
            is_over = generations.stopped(session) is not None and not pending.status(session).count
        if is_over:
            with self._catalogue.write() as session:
                generations.resume(session)

    def _work(self) -> bool:
        worked = advance(self._catalogue, self._writer, lease=self._lease)
        until = time.monotonic() + _LONGEST_TURN
        while synchronise(self._catalogue, self._writer, lease=self._lease):
            worked = True
            if self._stopped.is_set() or time.monotonic() > until:
                break
        return worked

    def _is_any_due(self) -> bool:
        moment = datetime.now(UTC)
        with self._catalogue.read() as session:
            return pending.is_any_due(session, now=moment) or runs.is_any_due(session, now=moment)

    def _is_idle(self) -> bool:
        with self._catalogue.read() as session:
            if runs.unfinished(session):
                return False
            if generations.stopped(session) is not None or not generations.written(session).names:
                return True  # what waits cannot be written for now
            return not pending.is_any_due(session, now=datetime.now(UTC))
