"""The staff's first page: what needs doing, and how the index is, in plain words."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.readiness import Part
from app.staff.index_state import IndexState
from app.staff.presenters.runs import RunView, drift_total, kind_name, present_run
from app.staff.presenters.tasks import Task, tasks_of, waiting_changes
from app.staff.presenters.words import ago, moment, records


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """One line about the index. `place` names the page that has more."""

    term: str
    text: str
    place: str | None = None
    run: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewView:
    """What the first page shows. `live`: something is going on, so that it is worth looking again soon."""

    tasks: tuple[Task, ...]
    runs: tuple[RunView, ...]
    facts: tuple[Fact, ...]
    live: bool
    said: str


def present_overview(state: IndexState, search: Part) -> OverviewView:
    """The first page from the state of the index, and whether the engine answers."""
    runs = tuple(present_run(run, state.at) for run in state.under_way)
    tasks = tuple(tasks_of(state, search))
    return OverviewView(
        tasks=tasks,
        runs=runs,
        facts=tuple(_facts(state, search)),
        live=bool(runs) or state.freshness.pending > 0,
        said=runs[0].said if runs else _said(state),
    )


def _said(state: IndexState) -> str:
    return "Changes are on their way." if state.freshness.pending else "Searches show the catalogue as it is."


def _facts(state: IndexState, search: Part) -> Iterator[Fact]:
    yield Fact(term="Search", text="Not answering" if search.reason is not None else "Up")
    yield Fact(term="Catalogue", text=records(state.records))
    yield Fact(term="Index in use", text=_in_use(state), place="staff.index")
    yield Fact(
        term="Waiting changes",
        text=waiting_changes(state) if search.reason is None or state.freshness.pending else "None",
    )
    dead = state.freshness.dead
    yield Fact(term="Dead letters", text=records(dead) if dead else "None", place="staff.dead_letters")
    yield Fact(term="Last comparison", text=_compared(state), place="staff.comparison")
    if (move := state.last_move) is not None and move.is_ended:
        run = present_run(move, state.at)
        text = f"{run.outcome}, {run.requested}, by {run.started_by}, in {run.took}"
        yield Fact(term=f"Last {kind_name(move).lower()}", text=text, run=move.id)
    yield Fact(term="To go back to", text=way_back(state), place="staff.index")


def _in_use(state: IndexState) -> str:
    if state.active is None:
        return "None yet"
    since = state.active.activated_at
    return f"{state.active.name}, since {moment(since)}" if since is not None else state.active.name


def _compared(state: IndexState) -> str:
    last = state.comparison
    if last is None or last.finished_at is None:
        return "Never"
    outcome = present_run(last, state.at).outcome
    mended = ", and was mended" if last.repair and drift_total(last) else ""
    return f"{outcome}{mended}, {moment(last.finished_at)}, {ago(last.finished_at, state.at)}"


def way_back(state: IndexState) -> str:
    """The index that searches can go back to."""
    kept = state.kept
    if kept is None:
        return "None: an index is kept for a day after a rebuild"
    if kept.frozen_at is not None:
        return f"{kept.name} is kept, but cannot be gone back to"
    until = f", kept until {moment(kept.keep_until)}" if kept.keep_until is not None else ""
    return f"{kept.name}{until}, with every change since"
