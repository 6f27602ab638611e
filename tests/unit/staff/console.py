"""Runs and states of the index, as they are told of on the console's pages."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from app.staff.index_state import IndexState
from catalogue.freshness import Freshness
from catalogue.generations import Generation, GenerationState, Stop
from catalogue.runs import Run, RunKind, RunState

NOW = datetime(2026, 7, 17, 10, 0, tzinfo=UTC)


def before(**span: float) -> datetime:
    """A moment before NOW."""
    return NOW - timedelta(**span)


_RUN = Run(
    id=7,
    kind=RunKind.REBUILD,
    state=RunState.DONE,
    started_by="ann",
    requested_at=before(minutes=10),
    started_at=before(minutes=10),
    finished_at=before(minutes=9),
    generation="g2",
    total=28,
    done=28,
    cursor=None,
    rounds=0,
    repair=False,
    report=None,
    error=None,
    losses=0,
    careful_until=0,
    token=None,
    lease_until=None,
)


def a_run(**changes: Any) -> Run:
    """A rebuild that is done, or whatever the changes make of it."""
    if RunState(changes.get("state", RunState.DONE)) not in {RunState.DONE, RunState.FAILED, RunState.CANCELLED}:
        changes = {"finished_at": None, **changes}
    return replace(_RUN, **changes)


def a_comparison(*, missing: int = 0, ahead: int = 0, **changes: Any) -> Run:
    """A comparison that has found so many records."""
    counts = {"missing": missing, "stale": 0, "ahead": ahead, "ghosts": 0}
    named = {kind: {f"{kind}-{n}": 1 for n in range(count)} for kind, count in counts.items()}
    report = {"generation": "g1", "repaired": changes.get("repair", False), "counts": counts, "records": named}
    known = {"kind": RunKind.RECONCILE, "generation": None, "total": None, "done": 0, "report": report}
    return a_run(**{**known, **changes})


def a_freshness(**changes: Any) -> Freshness:
    """An index that is up to date."""
    fresh = Freshness(at=NOW, index="g1", pending=0, oldest_since=None, dead=0, stop=None, run=None)
    return replace(fresh, **changes)


def a_stop() -> Stop:
    """Why the engine refuses everything."""
    return Stop(since=before(minutes=3), reason="the disk is full", probe_at=NOW + timedelta(seconds=8))


def a_generation(name: str = "g1", **changes: Any) -> Generation:
    """A generation that searches go to."""
    active = Generation(
        name=name,
        state=GenerationState.ACTIVE,
        created_at=before(days=2),
        activated_at=before(days=2),
        frozen_at=None,
        keep_until=None,
    )
    return replace(active, **changes)


def a_state(**changes: Any) -> IndexState:
    """An index with which all is well."""
    well = IndexState(
        at=NOW,
        records=28,
        freshness=a_freshness(),
        active=a_generation(),
        kept=None,
        no_way_back="There is no index to go back to.",
        under_way=(),
        last_move=None,
        rebuilt=None,
        comparison=a_comparison(finished_at=before(hours=7)),
    )
    return replace(well, **changes)
