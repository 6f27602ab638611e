"""A rebuild, rollback or comparison in words: how far it is, or how it ended."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from app.durations import duration
from app.runs import percent, run_body
from app.staff.presenters.words import exact_moment, moment, records, sentence
from catalogue.runs import Run, RunKind, RunState

_KINDS: Final = {RunKind.REBUILD: "Rebuild", RunKind.ROLLBACK: "Rollback", RunKind.RECONCILE: "Comparison"}

_STATES: Final = {
    RunState.REQUESTED: "Waiting to begin",
    RunState.FILLING: "Writing every record to the new index",
    RunState.COMPARING: "Comparing the new index with the catalogue",
    RunState.ACTIVATING: "Moving searches over",
    RunState.DONE: "Done",
    RunState.FAILED: "Failed",
    RunState.CANCELLED: "Cancelled",
}

_CANCELLABLE: Final = frozenset({RunState.REQUESTED, RunState.FILLING, RunState.COMPARING})

# Whoever indexes looks twenty times a second in a single process, and every fifteen seconds where there are workers.
_SLOW_TO_BEGIN: Final = timedelta(seconds=20)

_NOBODY: Final = (
    "Nobody has begun it yet. It is carried out by a server that indexes, or by a worker: is one running? It goes on "
    "as soon as one is."
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is, of 100, and in words."""

    percent: int
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunView:
    """What is shown of a run. `took` is how long it took, or has taken so far.

    `outcome` is one word for lists, `state` what happens now or how it ended; `told` are sentences about that.
    `waits` is why nothing happens. `said` is read out when it changes, and so changes seldom.
    """

    number: int
    name: str
    alive: bool
    is_cancellable: bool
    is_good: bool
    outcome: str
    state: str
    progress: Progress | None
    told: tuple[str, ...]
    waits: str | None
    said: str
    title: str
    started_by: str
    requested: str
    finished: str | None
    took: str
    steps: tuple[tuple[str, str], ...]


def present_run(run: Run, now: datetime) -> RunView:
    """A run as of now."""
    name = f"{kind_name(run)} {run.id}"
    share = percent(run) if run.kind is RunKind.REBUILD else None
    state = _STATES[run.state]
    return RunView(
        number=run.id,
        name=name,
        alive=not run.is_ended,
        is_cancellable=run.state in _CANCELLABLE,
        is_good=run.state is RunState.DONE and not drift_total(run),
        outcome=_outcome(run),
        state=state,
        progress=_progress(run, now),
        told=tuple(_told(run)),
        waits=_waits(run, now),
        said=_said(run, name, state),
        title=f"{share}% – {name}" if share is not None and not run.is_ended else name,
        started_by=run.started_by,
        requested=moment(run.requested_at),
        finished=moment(run.finished_at) if run.finished_at is not None else None,
        took=duration(((run.finished_at or now) - run.requested_at).total_seconds()),
        steps=tuple(_steps(run)),
    )


def kind_name(run: Run) -> str:
    """What a run is called: a comparison that mends is a repair."""
    return "Repair" if run.repair else _KINDS[run.kind]


def drift_total(run: Run) -> int:
    """How many records a comparison found to differ; 0 for all else."""
    return sum(run.report["counts"].values()) if run.report is not None else 0


def _outcome(run: Run) -> str:
    if run.state is not RunState.DONE:
        return _STATES[run.state] if run.is_ended else "Under way"
    if run.kind is not RunKind.RECONCILE:
        return "Done"
    found = drift_total(run)
    return f"{records(found)} {'differs' if found == 1 else 'differ'}" if found else "Nothing differs"


def _progress(run: Run, now: datetime) -> Progress | None:
    """Only a rebuild knows how much there is to do."""
    if run.total is None:
        return None
    body = run_body(run, now)
    parts = [f"{run.done:,} of {records(run.total)}"]
    if body["per_second"] is not None:
        parts.append(f"{body['per_second']:,.0f} a second")
    if body["seconds_left"] and run.state is RunState.FILLING:
        parts.append(f"about {duration(body['seconds_left'])} left")
    return Progress(percent=percent(run), text=" · ".join(parts))


def _said(run: Run, name: str, state: str) -> str:
    if run.is_ended:
        return f"{name}: {_outcome(run).lower()}."
    tenths = f", {percent(run) // 10 * 10}% done" if run.state is RunState.FILLING else ""
    return f"{name}: {state.lower()}{tenths}."


def _waits(run: Run, now: datetime) -> str | None:
    if run.is_ended:
        return None
    if run.error:
        return f"It waits, and is tried again every few seconds: {sentence(run.error)}"
    late = run.state is RunState.REQUESTED and run.lease_until is None and now - run.requested_at > _SLOW_TO_BEGIN
    return _NOBODY if late else None


def _told(run: Run) -> list[str]:
    """What came of a run that has ended, and what that means for searches."""
    match run.state:
        case RunState.DONE:
            return _told_of_success(run)
        case RunState.FAILED:
            return [
                f"It could not be done: {sentence(run.error or 'the reason is not known')}",
                "Searches go on where they went before. When that is mended, start it again.",
            ]
        case RunState.CANCELLED if run.kind is RunKind.REBUILD:
            return ["It was given up. Searches go on in the index that was in use; what was made is deleted."]
        case RunState.CANCELLED:
            return ["It was given up. Nothing was changed."]
        case _:
            return []


def _told_of_success(run: Run) -> list[str]:
    match run.kind:
        case RunKind.REBUILD:
            are = "is" if run.done == 1 else "are"
            return [
                f"{records(run.done)} {are} indexed anew, as {run.generation}. Searches go there.",
                "An index that was in use before is kept for a day.",
            ]
        case RunKind.ROLLBACK:
            return [f"Searches go to {run.generation} again. The other index is kept for a day."]
        case RunKind.RECONCILE:
            return []  # the report says it all


def _steps(run: Run) -> list[tuple[str, str]]:
    """The facts about a run, for its own page."""
    steps = [("Started by", run.started_by), ("Asked for", exact_moment(run.requested_at))]
    if run.started_at is not None:
        steps.append(("Begun", exact_moment(run.started_at)))
    if run.finished_at is not None:
        took = duration((run.finished_at - run.requested_at).total_seconds())
        steps.append(("Ended", f"{exact_moment(run.finished_at)}, after {took}"))
    if run.generation is not None:
        steps.append(("Index", run.generation))
    if run.rounds:
        steps.append(("Compared and mended", "once" if run.rounds == 1 else f"{run.rounds} times"))
    return steps
