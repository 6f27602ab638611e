"""The indexer of a single machine: one at a time among all processes, it keeps the index in step with the catalogue."""

import logging
import threading
import time
from typing import Final, Protocol

from catalogue import requests
from catalogue.database import Catalogue
from indexer.rebuild import Progress, Stopped, rebuild
from indexer.synchronise import synchronise
from search.engine import GenerationName, IndexWriter

_log: Final = logging.getLogger(__name__)

# How often the catalogue is looked at for changes by other processes: far below the second in which people expect
# to see them, and a tenth of a millisecond of work.
_SWEEP: Final = 0.2  # seconds

# How often the index's files are looked at for damage, which takes some milliseconds.
_HEALTH: Final = 1.0  # seconds

# How often a process asks for the lock: another takes over within this time after a kill.
_TAKE_OVER: Final = 1.0  # seconds

_AFTER_FAILURE: Final = 2.0  # seconds


class WriterLock(Protocol):
    """The right to write the index, held by one process at a time and given up when it dies."""

    def try_acquire(self) -> bool:
        """Whether this process holds the lock now. Never waits."""
        ...

    def release(self) -> None:
        """Let another process have it."""
        ...


class Indexer:
    """Drains pending changes and carries out rebuilds, as long as this process holds the lock."""

    def __init__(self, catalogue: Catalogue, writer: IndexWriter, lock: WriterLock) -> None:
        """Nothing happens until `start` or `try_work`."""
        self._catalogue = catalogue
        self._writer = writer
        self._lock = lock
        self._wake = threading.Event()
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._active: GenerationName | None = None
        self._looked_at = 0.0  # when the active generation was found sound, in monotonic seconds

    def start(self) -> None:
        """Work in a thread of its own. Call it after a fork: threads do not survive one."""
        self._thread = threading.Thread(target=self._run, name="indexer", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Finish the write at hand, then give the lock up."""
        self._stopped.set()
        self._wake.set()
        if self._thread is not None:
            self._thread.join()

    def nudge(self) -> None:
        """Look at the catalogue at once. A lost nudge only costs time."""
        self._wake.set()

    def try_work(self, on_progress: Progress | None = None, *, anew: bool = False) -> bool:
        """Bring the index up to date here and now, or anew as a whole; False if another process is the indexer.

        Raises EngineError, CatalogueError, and OSError where the lock's file cannot be made.
        """
        if not self._lock.try_acquire():
            return False
        try:
            if anew:
                self._rebuild(on_progress or _unseen)
            self._catch_up(on_progress or _unseen)
        finally:
            self._give_up_lock()
        return True

    def _run(self) -> None:
        try:
            while not self._stopped.is_set():
                self._wake.wait(self._turn())
                self._wake.clear()
        finally:
            self._give_up_lock()

    def _turn(self) -> float:
        """Work if it is this process's turn; how long to wait before the next, in seconds."""
        try:
            if not self._lock.try_acquire():
                self._writer.close()  # the lock may have been lost: its file was deleted
                return _TAKE_OVER
            self._catch_up(_unseen)
        except Stopped:
            return 0
        except Exception:  # noqa: BLE001
            # Whatever it was: a process without an indexer would never show a change again. Another one may have a go.
            _log.exception("Indexing failed and is tried again")
            self._give_up_lock()
            return _AFTER_FAILURE
        return _SWEEP

    def _catch_up(self, on_progress: Progress) -> None:
        self._see_to_health(on_progress)
        self._answer_requests(on_progress)
        while not self._stopped.is_set() and self._active is not None:
            if not synchronise(self._catalogue, self._writer, [self._active]):
                break

    def _see_to_health(self, on_progress: Progress) -> None:
        """Make the index anew where it is missing, damaged or of another format."""
        if self._active is not None and time.monotonic() - self._looked_at < _HEALTH:
            return
        self._active, self._looked_at = self._writer.active(), time.monotonic()
        if self._active is None:
            _log.info("The index is missing, damaged or of another format: it is made anew")
            self._rebuild(on_progress)

    def _answer_requests(self, on_progress: Progress) -> None:
        """Carry out the rebuilds that commands beside this process asked for."""
        while not self._stopped.is_set() and (request := self._next_request()) is not None:
            try:
                self._rebuild(lambda done, total, request=request: self._note(request, done, total, on_progress))
            except Stopped:
                raise  # the next process begins it anew
            except Exception as e:
                self._finish(request, error=str(e))
                raise
            self._finish(request)

    def _rebuild(self, on_progress: Progress) -> None:
        self._active = None
        self._active = rebuild(self._catalogue, self._writer, on_progress, self._stopped.is_set)
        _log.info("The index was made anew as %s", self._active)

    def _next_request(self) -> requests.RebuildRequest | None:
        with self._catalogue.read() as session:
            if not requests.is_any_unfinished(session):
                return None
        with self._catalogue.write() as session:
            return requests.next_request(session)

    def _note(self, request: requests.RebuildRequest, done: int, total: int, on_progress: Progress) -> None:
        with self._catalogue.write() as session:
            requests.progress(session, request.id, done, total)
        on_progress(done, total)

    def _finish(self, request: requests.RebuildRequest, *, error: str | None = None) -> None:
        with self._catalogue.write() as session:
            requests.finish(session, request.id, error=error)

    def _give_up_lock(self) -> None:
        self._active = None  # another process may activate another one
        try:
            self._writer.close()
        finally:
            self._lock.release()


def _unseen(done: int, total: int) -> None:
    """Nobody watches this progress."""
