"""The list of runs, and that whoever indexes is told of a new one."""

from datetime import UTC, datetime, timedelta

import pytest

from catalogue import generations, runs
from catalogue.database import Catalogue, open_catalogue
from catalogue.runs import MOVING, RunKind, RunState


def test_runs_are_listed_from_the_newest_on_and_the_last_of_some_kinds_is_found(catalogue: Catalogue) -> None:
    for kind in (RunKind.REBUILD, RunKind.RECONCILE, RunKind.ROLLBACK, RunKind.RECONCILE):
        with catalogue.write() as session:
            runs.cancel(session, runs.start(session, kind, started_by="ann"))
    with catalogue.read() as session:
        assert [run.id for run in runs.latest(session, limit=2)] == [4, 3]
        assert [run.id for run in runs.latest(session, before=3)] == [2, 1]
        assert [run.id for run in runs.latest(session, kind=RunKind.RECONCILE, before=4)] == [2]
        found = [runs.last(session, *MOVING, before=number) for number in (4, 3, 1)]
        assert [run.id if run is not None else None for run in found] == [3, 1, None]
        assert runs.last(session, state=RunState.DONE) is None


def test_whoever_indexes_is_told_of_a_new_run_and_of_another_try(url: str) -> None:
    told: list[None] = []
    catalogue = open_catalogue(url, after_commit=lambda: told.append(None))
    with catalogue.write() as session:
        runs.start(session, RunKind.REBUILD, started_by="ann")
    assert len(told) == 1
    with catalogue.write() as session:
        generations.stop(session, "no", probe_at=datetime.now(UTC) + timedelta(minutes=5))
    assert len(told) == 1
    with catalogue.write() as session:
        generations.probe_now(session)
    assert len(told) == 2

    def start_and_fail() -> None:
        with catalogue.write() as session:
            runs.start(session, RunKind.RECONCILE, started_by="ann")
            raise KeyError

    with pytest.raises(KeyError):
        start_and_fail()
    assert len(told) == 2
    catalogue.dispose()
