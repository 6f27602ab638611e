"""Waits for the index: this process does the work, or follows whoever does, and gives up where nothing moves."""

import sys
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from app.cli.frame import INTERRUPTED, fail
from app.cli.progress import Progress, progress

if TYPE_CHECKING:
    from bootstrap.services import Services
    from catalogue.generations import Stop
    from catalogue.runs import Run

_LOOK_EVERY: Final = 0.2  # seconds

# For how long this process works before it looks how far everything is.
_TURN: Final = 1.0  # seconds

# How long nothing may move before a command says so and ends: several times as long as a dead worker's lease.
PATIENCE: Final = 60.0  # seconds

# So many times as long is waited for one who says that he is at work, but gets nowhere: a comparison takes a minute for
# a million records.
_BUSY: Final = 10

# How long nothing may move after the engine failed: longer than between two signs of life of who carries out a run.
_TROUBLED: Final = 6.0  # seconds


def bring_up_to_date(services: "Services", *, patience: float = PATIENCE) -> None:
    """Wait until the index shows all that is pending by now, or has refused it.

    Ends with exit status 2 where indexing is stopped, or nothing has moved for `patience` seconds.
    """
    from search.errors import EngineError

    until = datetime.now(UTC)
    _ask_again(services)
    try:
        with progress() as line:
            _wait(services, line, until, patience)
    except EngineError as e:
        fail(f"{e}. {_left(services, until)}")
    finally:
        services.indexer.release()


def follow(services: "Services", number: int, *, patience: float = PATIENCE) -> "Run":
    """The run when it has ended well: whoever is the indexer carries it out, or this process if nobody is.

    Ends with exit status 2 where it failed or was cancelled, or nothing has moved for `patience` seconds.
    """
    from catalogue.runs import RunState

    seen = _Seen()
    trouble: str | None = None
    try:
        with progress() as line:
            while not (run := read_run(services, number)).is_ended:
                _show_run(run, line)
                still, idle = seen.seconds_without_progress(_standing(run), _life(run))
                if trouble is not None and idle > min(patience, _TROUBLED):
                    fail(f"{trouble}. {_GOES_ON}")
                if idle > patience or still > _BUSY * patience:
                    why = run.error or ("who carries it out hangs" if run.lease_until else "nobody carries it out")
                    fail(f"The {_named(run)} has not moved for a while: {why}. {_GOES_ON}")
                trouble = _help(services, line)
    except KeyboardInterrupt:
        click.echo(f"\nbelong: stopped. {_GOES_ON}", err=True)
        sys.exit(INTERRUPTED)
    finally:
        services.indexer.release()
    if run.state is not RunState.DONE:
        fail(f"The {_named(run)} is {run.state}{f': {run.error}' if run.error else ''}")
    return run


def read_run(services: "Services", number: int) -> "Run":
    """A run as it is now. Raises NotFound."""
    from catalogue import runs

    with services.catalogue.read() as session:
        return runs.get(session, number)


def show_work(services: "Services", line: Progress) -> None:
    """Show how far the run under way is, or else how many changes wait."""
    from catalogue import pending, runs

    with services.catalogue.read() as session:
        under_way = runs.unfinished(session)
        waiting = pending.status(session).count
    if under_way:
        _show_run(under_way[0], line)
    else:
        line.show("Changes that wait", waiting)


def moment_text(moment: datetime) -> str:
    """A moment as people write it."""
    return f"{moment:%-d %B %Y at %H:%M} UTC"


_GOES_ON: Final = "It goes on in a running server or worker, or with: belong reindex status --follow"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Outlook:
    """How far the index is: what waits, why it may wait for long, and the runs under way as far as they are."""

    waiting: int
    stop: "Stop | None"
    no_index: str | None
    standing: tuple[object, ...]
    leases: tuple[object, ...]


class _Seen:
    """What was seen last, and since when it has been the same."""

    def __init__(self) -> None:
        self._moved_at = self._lived_at = time.monotonic()
        self._standing: object = None
        self._life: object = None

    def seconds_without_progress(self, standing: object, life: object) -> tuple[float, float]:
        """For how long nothing has moved, and for how long there was no sign of life either."""
        now = time.monotonic()
        if standing != self._standing:
            self._moved_at = now
        if (standing, life) != (self._standing, self._life):
            self._lived_at = now
        self._standing, self._life = standing, life
        return now - self._moved_at, now - self._lived_at


def _help(services: "Services", line: Progress) -> str | None:
    """Work for a moment, or let others; why that was not possible.

    It may not matter: a run goes on while the index that it replaces is in trouble.
    """
    from search.errors import EngineError

    try:
        if not services.indexer.work_for(_TURN, lambda: show_work(services, line)):
            time.sleep(_LOOK_EVERY)
    except EngineError as e:
        time.sleep(_LOOK_EVERY)
        return str(e)
    return None


def _wait(services: "Services", line: Progress, until: datetime, patience: float) -> None:
    seen = _Seen()
    while True:
        services.indexer.work_for(_TURN, lambda: show_work(services, line))
        now = _outlook(services, until)
        if not now.waiting:
            return
        still, idle = seen.seconds_without_progress(replace(now, leases=()), now.leases)
        is_over = idle > patience or still > _BUSY * patience
        if now.stop is not None and (is_over or now.stop.is_left_alone(datetime.now(UTC))):
            since = moment_text(now.stop.since)
            fail(f"Indexing is stopped since {since}: {now.stop.reason}. {_left(services, until)}")
        if now.no_index is not None:
            fail(f"There is no index, and making it failed: {now.no_index}. {_left(services, until)}")
        if is_over:
            fail(f"Nothing moves: the index is busy, or whoever writes it hangs. {_left(services, until)}")
        show_work(services, line)
        time.sleep(_LOOK_EVERY)


def _outlook(services: "Services", until: datetime) -> _Outlook:
    from catalogue import generations, pending, runs
    from catalogue.runs import RunKind, RunState

    with services.catalogue.read() as session:
        under_way = runs.unfinished(session)
        last = runs.last(session, RunKind.REBUILD)
        failed = last is not None and last.state is RunState.FAILED and not generations.written(session).names
        return _Outlook(
            waiting=pending.count_until(session, until),
            stop=generations.stopped(session),
            no_index=(last.error or "") if last is not None and failed else None,
            standing=tuple(_standing(run) for run in under_way),
            leases=tuple(_life(run) for run in under_way),
        )


def _standing(run: "Run") -> tuple[object, ...]:
    """What changes while somebody gets on with a run."""
    return (run.id, run.state, run.done, run.rounds, run.error)


def _life(run: "Run") -> object:
    """What changes while somebody says that he is at work. A lease that is only taken to fail again does not count."""
    return None if run.error else run.lease_until


def _left(services: "Services", until: datetime) -> str:
    """What is left to do, and who will do it."""
    from catalogue import pending

    with services.catalogue.read() as session:
        count = pending.count_until(session, until)
    changes = "1 change is" if count == 1 else f"{count:,} changes are"
    return f"{changes} kept in the catalogue, and indexed as soon as that is mended (belong status)"


def _ask_again(services: "Services") -> None:
    from catalogue import generations

    with services.catalogue.read() as session:
        stop = generations.stopped(session)
    if stop is not None:
        with services.catalogue.write() as session:
            generations.probe_now(session)


def _show_run(run: "Run", line: Progress) -> None:
    line.show(f"{run.kind.capitalize()} number {run.id}, {run.state}", run.done, run.total or 0)


def _named(run: "Run") -> str:
    return f"{run.kind} number {run.id}"
