"""What needs doing: each with what it means, what the engine says of it, and what helps."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum, unique
from typing import Final

from app.durations import duration
from app.readiness import Part
from app.staff.index_state import IndexState
from app.staff.presenters.runs import drift_total, kind_name
from app.staff.presenters.words import ago, moment, records, sentence
from catalogue.generations import Stop
from catalogue.runs import Run, RunKind, RunState

# A change that has waited for longer is more than on its way.
_LATE: Final = timedelta(minutes=5)

# Comparisons are made every night; after so long somebody should see to one.
_LONG_AGO: Final = timedelta(days=2)


@unique
class Remedy(StrEnum):
    """What can be done about a task, in the order of what hurts most."""

    TRY_AGAIN = "try again"
    REBUILD = "rebuild"
    SEE_RUN = "see run"
    SEE_LETTERS = "see letters"
    REPAIR = "repair"
    COMPARE = "compare"


@dataclass(frozen=True, slots=True, kw_only=True)
class Task:
    """Something to see to: what it is, what it means, what the engine says of it, and what helps."""

    heading: str
    text: str
    quote: str | None = None
    remedy: Remedy | None = None
    run: int | None = None


def tasks_of(state: IndexState, search: Part) -> Iterator[Task]:
    """What hurts most comes first."""
    if search.reason is not None:
        yield _search_is_down(state, search.reason)
    elif state.freshness.index is None:
        yield _outdated(state)
    if state.freshness.stop is not None:
        yield _stopped(state.freshness.stop)
    elif state.freshness.oldest_since is not None and state.at - state.freshness.oldest_since > _LATE:
        yield _late(state)
    if (move := state.last_move) is not None and move.state is RunState.FAILED:
        yield _failed(move)
    if dead := state.freshness.dead:
        yield Task(
            heading=f"The index cannot take {records(dead)}",
            text="People cannot find them, or find them as they were before. See why, correct them or try them again.",
            remedy=Remedy.SEE_LETTERS,
        )
    yield from _about_drift(state)


def _search_is_down(state: IndexState, reason: str) -> Task:
    making = state.moving is not None
    after = "The index is being made: see below." if making else "Record pages still work, and changes are kept."
    missing = state.active is None and not making
    return Task(
        heading="Search is not answering",
        text=f"People are told to try again in a few seconds. {after}",
        quote=reason,
        remedy=Remedy.REBUILD if missing else None,
    )


def _outdated(state: IndexState) -> Task:
    making = state.moving is not None
    return Task(
        heading="Searches show an older state of the library",
        text="They are answered from an index that gets no changes any more. "
        + ("A new one is being made: see below." if making else "A rebuild makes it anew."),
        remedy=None if making else Remedy.REBUILD,
    )


def _stopped(stop: Stop) -> Task:
    return Task(
        heading="The index takes no changes",
        text=f"Since {moment(stop.since)} it has refused all that was sent. Nothing is lost: changes wait in the "
        f"catalogue. Mend what it says here; it is tried again by itself, next at {stop.probe_at:%H:%M:%S} UTC.",
        quote=stop.reason,
        remedy=Remedy.TRY_AGAIN,
    )


def _late(state: IndexState) -> Task:
    return Task(
        heading="Changes wait for too long",
        text=f"{waiting_changes(state)} They are kept, but nobody writes them: is a server that indexes, or a worker, "
        "running, and does the engine answer?",
    )


def _failed(move: Run) -> Task:
    return Task(
        heading=f"The last {kind_name(move).lower()} failed",
        text="Searches go on where they went before.",
        quote=sentence(move.error) if move.error else None,
        remedy=Remedy.SEE_RUN,
        run=move.id,
    )


def _about_drift(state: IndexState) -> Iterator[Task]:
    last = state.comparison
    if any(run.kind is RunKind.RECONCILE for run in state.under_way):
        return
    if last is None or last.finished_at is None:
        yield Task(
            heading="Index and catalogue have never been compared",
            text="A comparison shows whether anything is missing from searches. It changes nothing.",
            remedy=Remedy.COMPARE,
        )
    elif _is_drift_open(state):
        differ = "differs" if drift_total(last) == 1 else "differ"
        yield Task(
            heading=f"{records(drift_total(last))} {differ} between index and catalogue",
            text=f"So the comparison of {moment(last.finished_at)} found. A repair writes them again.",
            remedy=Remedy.REPAIR,
            run=last.id,
        )
    elif state.at - last.finished_at > _LONG_AGO:
        yield Task(
            heading=f"The last comparison was {ago(last.finished_at, state.at)}",
            text="It should be made every night: does whatever starts it run? It changes nothing.",
            remedy=Remedy.COMPARE,
        )


def _is_drift_open(state: IndexState) -> bool:
    """Whether the last comparison found something that nobody has mended since, by a repair or a new index."""
    last, move = state.comparison, state.last_move
    if last is None or last.finished_at is None or not drift_total(last) or last.repair:
        return False
    anew = move is not None and move.state is RunState.DONE and move.finished_at is not None
    return not (anew and move is not None and move.requested_at > last.finished_at)


def waiting_changes(state: IndexState) -> str:
    """How many changes wait, and for how long."""
    waiting = state.freshness.pending
    if not waiting:
        return "None: searches show the catalogue as it is."
    oldest = duration(state.freshness.oldest_seconds or 0.0)
    return f"{waiting:,}, the oldest for {oldest}." if waiting > 1 else f"1, for {oldest}."
