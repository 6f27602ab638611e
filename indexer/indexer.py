"""The indexer of a single machine: one at a time among all processes, it keeps the index in step with the catalogue."""

import logging
import threading
from typing import Final, Protocol

from catalogue import requests
from catalogue.database import Catalogue
from catalogue.errors import CatalogueError
from indexer.rebuild import Progress, rebuild
from indexer.synchronise import synchronise
from search.engine import IndexWriter
from search.errors import EngineError

_log: Final = logging.getLogger(__name__)

# How often the catalogue is looked at for changes by other processes: far below the second in which people expect
# to see them, and a tenth of a millisecond of work.
_SWEEP: Final = 0.2  # seconds

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
        """Bring the index up to date here and now, or anew as a whole; False if another process is the indexer."""
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
        if not self._lock.try_acquire():
            return _TAKE_OVER
        try:
            self._catch_up(_unseen)
        except (EngineError, CatalogueError):
            _log.exception("Indexing failed and is tried again")
            return _AFTER_FAILURE
        return _SWEEP

    def _catch_up(self, on_progress: Progress) -> None:
        if self._writer.active() is None:
            self._rebuild(on_progress)
        self._answer_requests()
        while not self._stopped.is_set() and (active := self._writer.active()) is not None:
            if not synchronise(self._catalogue, self._writer, [active]):
                break

    def _answer_requests(self) -> None:
        """Carry out the rebuilds that commands beside this process asked for."""
        while not self._stopped.is_set() and (request := self._next_request()) is not None:
            try:
                self._rebuild(lambda done, total, request=request: self._note_progress(request, done, total))
            except (EngineError, CatalogueError) as e:
                self._finish(request, error=str(e))
                raise
            self._finish(request)

    def _rebuild(self, on_progress: Progress) -> None:
        generation = rebuild(self._catalogue, self._writer, on_progress)
        _log.info("The index was rebuilt as %s", generation)

    def _next_request(self) -> requests.RebuildRequest | None:
        with self._catalogue.read() as session:
            if not requests.is_any_unfinished(session):
                return None
        with self._catalogue.write() as session:
            return requests.next_request(session)

    def _note_progress(self, request: requests.RebuildRequest, done: int, total: int) -> None:
        with self._catalogue.write() as session:
            requests.progress(session, request.id, done, total)

    def _finish(self, request: requests.RebuildRequest, *, error: str | None = None) -> None:
        with self._catalogue.write() as session:
            requests.finish(session, request.id, error=error)

    def _give_up_lock(self) -> None:
        self._writer.close()
        self._lock.release()


def _unseen(done: int, total: int) -> None:
    """Nobody watches this progress."""
