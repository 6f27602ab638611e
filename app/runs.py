"""Runs of the indexer as the API, the commands and the metrics tell of them."""

from datetime import datetime
from typing import TypedDict

from catalogue.runs import Run, RunState


class RunBody(TypedDict):
    """A run in JSON, for operators. `total` and what follows from it are None until they are known."""

    number: int
    kind: str
    state: str
    index: str | None
    done: int
    total: int | None
    per_second: float | None
    seconds_left: float | None
    requested: str
    finished: str | None
    error: str | None


def run_body(run: Run, now: datetime) -> RunBody:
    """A run in JSON, as of now."""
    per_second = _rate(run, now)
    left = (run.total - run.done) / per_second if per_second and run.total is not None and not run.is_ended else None
    return RunBody(
        number=run.id,
        kind=run.kind,
        state=run.state,
        index=run.generation,
        done=run.done,
        total=run.total,
        per_second=round(per_second, 1) if per_second else None,
        seconds_left=round(left, 1) if left is not None else None,
        requested=run.requested_at.isoformat(),
        finished=run.finished_at.isoformat() if run.finished_at else None,
        error=run.error,
    )


def percent(run: Run) -> int:
    """How much of a run is done, of 100. What is only filled is not done yet: it is compared, then searches move."""
    if run.state is RunState.DONE:
        return 100
    return min(99, 100 * run.done // run.total) if run.total else 0


def _rate(run: Run, now: datetime) -> float | None:
    """Records a second since the run began, with all its waits."""
    if run.started_at is None or not run.done:
        return None
    seconds = ((run.finished_at or now) - run.started_at).total_seconds()
    return run.done / seconds if seconds > 0 else None
