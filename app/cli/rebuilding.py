"""`belong reindex` and what belongs to it."""

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import click

from app.cli.following import follow, moment_text, read_run
from app.cli.frame import REFUSED, as_json_too, fail, opened_services, who
from app.cli.progress import progress_text
from app.durations import duration

if TYPE_CHECKING:
    from bootstrap.services import Services
    from catalogue.runs import Run


@click.group(invoke_without_command=True)
@click.option("--detach", is_flag=True, help="Ask a running server or worker for it, and do not wait.")
@as_json_too
@click.pass_context
def reindex(context: click.Context, *, detach: bool, as_json: bool) -> None:
    """Make the index anew from the catalogue. Searches go on meanwhile.

    A running server or worker does it, or else this command. Exit status: 0; 2 where it cannot be made, or one is under
    way already: the old index is in use as before.
    """
    if context.invoked_subcommand is not None:
        if detach or as_json:
            raise click.UsageError(f"Options come after {context.invoked_subcommand}, not before it.")
        return
    from catalogue.runs import RunKind

    with opened_services() as services:
        number = _start(services, RunKind.REBUILD)
        run = read_run(services, number) if detach else follow(services, number)
    told = (
        f"The rebuild number {number} is asked for. How far it is: belong reindex status {number}"
        if detach
        else f"{run.done:,} records are indexed anew, as {run.generation}."
    )
    click.echo(json.dumps(_body(run)) if as_json else told)


@reindex.command()
@click.argument("number", type=click.IntRange(1), required=False)
@click.option("--follow", "following", is_flag=True, help="Wait for its end, and carry it out if nobody else does.")
@as_json_too
def status(number: int | None, *, following: bool, as_json: bool) -> None:
    """Say how far the rebuild, rollback or reconciliation NUMBER is; without it, the one under way or the last.

    Exit status: 0 where it goes on or is done, or there has been none; 1 where it failed or was cancelled; 2 where
    nothing has this number.
    """
    from catalogue.runs import RunState

    with opened_services() as services:
        run = read_run(services, number) if number is not None else _newest(services)
        if run is not None and following and not run.is_ended:
            run = follow(services, run.id)
        way_back = _way_back(services) if number is None else []
    if run is None:
        click.echo("null" if as_json else "The index has not been made anew yet.")
        return
    click.echo(json.dumps(_body(run), ensure_ascii=False) if as_json else "\n".join([*_told(run), *way_back]))
    sys.exit(REFUSED if run.state in {RunState.FAILED, RunState.CANCELLED} else 0)


@reindex.command()
@click.argument("number", type=click.IntRange(1), required=False)
@as_json_too
def cancel(number: int | None, *, as_json: bool) -> None:
    """Give up the rebuild NUMBER, or the one under way. Searches go on in the old index; what was made is deleted.

    Exit status: 0, also where it was cancelled before; 2 where there is none, or it has ended.
    """
    from catalogue import runs
    from catalogue.runs import RunState

    with opened_services() as services:
        run = read_run(services, number) if number is not None else _under_way(services)
        if run is None:
            fail("No rebuild is under way")
        if run.state is not RunState.CANCELLED:
            with services.catalogue.write() as session:
                run = runs.cancel(session, run.id)
    click.echo(json.dumps(_body(run)) if as_json else f"The {run.kind} number {run.id} is cancelled.")


@reindex.command()
@as_json_too
def rollback(*, as_json: bool) -> None:
    """Let searches go back to the index before the last rebuild, which is kept for a day and has every change too.

    A second time, searches go to the newer one again. Exit status: 0; 2 where there is none to go back to.
    """
    from catalogue.runs import RunKind
    from indexer.rollback import target

    with opened_services() as services:
        with services.catalogue.read() as session:
            target(session)
        run = follow(services, _start(services, RunKind.ROLLBACK))
    told = f"Searches go to {run.generation} again. The other index is kept for a day."
    click.echo(json.dumps(_body(run)) if as_json else told)


def _start(services: "Services", kind: Any) -> int:  # noqa: ANN401 - RunKind, which is imported late
    from catalogue import runs
    from catalogue.errors import AlreadyRunning

    try:
        with services.catalogue.write() as session:
            return runs.start(session, kind, started_by=who())
    except AlreadyRunning as e:
        fail(f"{e}. How far it is: belong reindex status {e.run_id}; to wait for it: --follow")


def _under_way(services: "Services") -> "Run | None":
    from catalogue import runs
    from catalogue.runs import RunKind

    with services.catalogue.read() as session:
        return next((run for run in runs.unfinished(session) if run.kind is not RunKind.RECONCILE), None)


def _newest(services: "Services") -> "Run | None":
    """The rebuild or rollback under way, or else the last one."""
    from catalogue import runs
    from catalogue.runs import RunKind

    with services.catalogue.read() as session:
        last = runs.last(session, RunKind.REBUILD, RunKind.ROLLBACK)
    return _under_way(services) or last


def _body(run: "Run") -> dict[str, object]:
    from app.runs import run_body

    return {**run_body(run, datetime.now(UTC)), "started_by": run.started_by}


def _way_back(services: "Services") -> list[str]:
    """To which index searches can go back."""
    from catalogue import generations
    from catalogue.generations import GenerationState

    with services.catalogue.read() as session:
        kept = generations.in_state(session, GenerationState.KEPT)
    if kept is None or kept.frozen_at is not None or kept.keep_until is None:
        return []
    return [f"Until {moment_text(kept.keep_until)} belong reindex rollback lets searches go back to {kept.name}."]


def _told(run: "Run") -> list[str]:
    from app.runs import run_body

    body = run_body(run, datetime.now(UTC))
    lines = [
        f"{run.kind.capitalize()} number {run.id}: {run.state}",
        f"  asked for by {run.started_by} on {moment_text(run.requested_at)}",
    ]
    if run.total is not None:
        lines.append(f"  {progress_text(run.done, run.total, body['per_second'] or 0.0)}")
    if run.finished_at is not None:
        took = duration((run.finished_at - run.requested_at).total_seconds())
        lines.append(f"  ended on {moment_text(run.finished_at)}, after {took}")
    if run.generation is not None:
        lines.append(f"  index {run.generation}")
    if run.error:
        lines.append(f"  {'because' if run.is_ended else 'waits'}: {run.error}")
    return lines
