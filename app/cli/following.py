"""Waits for the index: this process does the work, or follows whoever does, and gives up where nothing moves."""

import json
import sys
import time
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import click

from app.cli.frame import INTERRUPTED, REFUSED, fail
from app.cli.progress import Progress, progress

if TYPE_CHECKING:
    from bootstrap.services import Services
    from catalogue.generations import Stop
    from catalogue.runs import Run

_LOOK_EVERY: Final = 0.2  # seconds

# How long nothing may move before a command says so and ends: several times as long as a dead worker's lease.
PATIENCE: Final = 60.0  # seconds


def bring_up_to_date(services: "Services", *, patience: float = PATIENCE) -> int:
    """How many records the index refused, once it shows all others that are pending by now.

    Ends with exit status 2 where indexing is stopped, or nothing has moved for `patience` seconds.
    """
    from catalogue import dead_letters
    from search.errors import EngineError

    until = datetime.now(UTC)
    _ask_again(services)
    try:
        with progress() as line:
            _wait(services, line, until, _Patience(patience))
    except EngineError as e:
        fail(f"{e}. {_left(services, until)}")
    with services.catalogue.read() as session:
        return dead_letters.count(session, since=until)


def follow(services: "Services", number: int, *, patience: float = PATIENCE) -> "Run":
    """The run when it has ended well: whoever is the indexer carries it out, or this process if nobody is.

    Ends with exit status 2 where it failed or was cancelled, or nothing has moved for `patience` seconds.
    """
    from catalogue.runs import RunState
    from search.errors import EngineError

    waiting = _Patience(patience)
    try:
        with progress() as line:
            while not (run := read_run(services, number)).is_ended:
                _show_run(run, line)
                if waiting.is_over(_standing(run)):
                    why = run.error or "nobody carries it out"
                    fail(f"The {_named(run)} has not moved for a while: {why}. {_GOES_ON}")
                if not services.indexer.catch_up(lambda: show_work(services, line)):
                    time.sleep(_LOOK_EVERY)
    except EngineError as e:
        fail(f"{e}. {_GOES_ON}")
    except KeyboardInterrupt:
        click.echo(f"\nbelong: stopped. {_GOES_ON}", err=True)
        sys.exit(INTERRUPTED)
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


def end_marking(services: "Services", count: int, *, key: str, told: str, detach: bool, as_json: bool) -> None:
    """Tell of so many records that were marked for the index, and wait until it has them, unless detached.

    In JSON the number is called `key`; else `told` follows "1 record is" or its plural. Ends with exit status 1 where
    the index refused any, and as `bring_up_to_date` does.
    """
    if not as_json:
        click.echo(f"{count:,} {'record is' if count == 1 else 'records are'} {told}.")
    refused = 0 if detach or not count else bring_up_to_date(services)
    if as_json:
        click.echo(json.dumps({key: count, "refused": None if detach else refused}))
    if refused:
        click.echo(refused_by_index(refused), err=True)
        sys.exit(REFUSED)


def refused_by_index(count: int) -> str:
    """That the index refused some records, and where the reasons are."""
    records = "1 record" if count == 1 else f"{count:,} records"
    return f"belong: the index refused {records}: belong dead-letters list tells why"


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


class _Patience:
    """Is over when nothing has changed for some seconds."""

    def __init__(self, seconds: float) -> None:
        self._seconds: Final = seconds
        self._last: object = None
        self._since = time.monotonic()

    def is_over(self, seen: object) -> bool:
        if seen != self._last:
            self._last, self._since = seen, time.monotonic()
        return time.monotonic() - self._since > self._seconds


def _wait(services: "Services", line: Progress, until: datetime, patience: _Patience) -> None:
    while True:
        services.indexer.catch_up(lambda: show_work(services, line))
        now = _outlook(services, until)
        if not now.waiting:
            return
        is_over = patience.is_over(now)
        if now.stop is not None and (is_over or now.stop.probe_at > datetime.now(UTC)):
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
        )


def _standing(run: "Run") -> tuple[object, ...]:
    """What changes while somebody gets on with a run. A lease that is only taken to fail again does not count."""
    return (run.id, run.state, run.done, run.rounds, run.error or run.lease_until)


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
