"""Edits, kills, rebuilds, rollbacks and cancels at random, as often as asked for; then nothing may differ."""

import json
import os
import random
import signal
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field

from catalogue import records, runs
from catalogue.errors import CatalogueUnavailable, Conflict
from catalogue.runs import RunKind, RunState
from search.errors import EngineTimeout, SearchError
from tests.faults.place import Library, Place, end, start_worker
from tests.processes import ROOT, eventually

EDITORS = ("anna", "bert")
WORKERS = 3


@dataclass(slots=True)
class Figures:
    """What happened."""

    seed: int
    edits: int = 0
    kills: int = 0
    searches: int = 0
    late: int = 0
    seconds: float = 0.0
    refused: int = 0
    runs: Counter[str] = field(default_factory=Counter[str])
    wrong: list[str] = field(default_factory=list[str])


def storm(place: Place, *, edits: int, kills: int, seed: int) -> Figures:
    """What happened until all editors were done and the index was in step again. Raises AssertionError if it is not."""
    library = place.open()
    figures = Figures(seed=seed)
    library.fill(300, "shared")
    library.settle()
    started = time.monotonic()
    with ExitStack() as stack:
        editors = [_start_editor(place, seed, name, edits // len(EDITORS)) for name in EDITORS]
        notes = [_Notes(editor) for editor in editors]
        stack.callback(lambda: [end(each) for each in editors])
        nurse = _Nurse(place)
        stack.callback(nurse.close)
        for _ in range(WORKERS):
            nurse.add()
        stopping = threading.Event()
        searching = threading.Thread(target=_search, args=(library, figures, stopping))
        searching.start()
        stack.callback(searching.join)
        stack.callback(stopping.set)
        _rage(library, figures, nurse, notes, random.Random(seed), edits=edits, kills=kills)
        assert eventually(library.is_settled, within=120) is not None, library.outlook()
        stopping.set()
        searching.join()
    figures.edits = sum(note.last["done"] for note in notes)
    figures.refused = sum(note.last["refused"] for note in notes)
    figures.seconds = time.monotonic() - started
    _note_runs(library, figures)
    _assert_acknowledged(library, notes)
    library.assert_in_step()
    assert [name for name, drift in library.drift().items() if drift.total] == []
    assert library.letters() == []
    assert figures.wrong == [], figures
    library.catalogue.dispose()
    return figures


def _start_editor(place: Place, seed: int, name: str, edits: int) -> "subprocess.Popen[str]":
    command = [sys.executable, "-m", "tests.faults.worker", place.as_json(), "edit", str(seed), name, str(edits)]
    return subprocess.Popen(command, cwd=ROOT, text=True, stdout=subprocess.PIPE)


class _Notes:
    """What an editor says, read as it comes."""

    def __init__(self, editor: "subprocess.Popen[str]") -> None:
        self.last: dict[str, object] = {"done": 0}
        self._editor = editor
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self) -> None:
        assert self._editor.stdout is not None
        for line in self._editor.stdout:
            self.last = json.loads(line)

    def is_over(self) -> bool:
        return not self._thread.is_alive()


class _Nurse:
    """Starts workers at once, and kills them."""

    def __init__(self, place: Place) -> None:
        self._process = start_worker(place, "nurse", stdin=subprocess.PIPE)
        self.workers: list[int] = []

    def add(self) -> None:
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write("\n")
        self._process.stdin.flush()
        self.workers.append(int(self._process.stdout.readline()))

    def kill(self, worker: int) -> None:
        self.workers.remove(worker)
        os.kill(worker, signal.SIGKILL)

    def close(self) -> None:
        for worker in list(self.workers):
            self.kill(worker)
        end(self._process)


def _rage(
    library: Library,
    figures: Figures,
    nurse: _Nurse,
    notes: list[_Notes],
    chance: random.Random,
    *,
    edits: int,
    kills: int,
) -> None:
    while figures.kills < kills or not all(note.is_over() for note in notes):
        done = sum(note.last["done"] for note in notes)
        due = kills if all(note.is_over() for note in notes) else done * kills // edits
        if figures.kills < due:
            nurse.kill(chance.choice(nurse.workers))
            figures.kills += 1
            nurse.add()
        _meddle(library, figures, chance)
        time.sleep(chance.uniform(0, 0.1))


def _meddle(library: Library, figures: Figures, chance: random.Random) -> None:
    what = chance.random()
    if what >= 0.09:
        return
    try:
        with library.catalogue.write() as session:
            if what < 0.05:
                runs.start(session, RunKind.REBUILD, started_by="the storm")
            elif what < 0.07:
                runs.start(session, RunKind.ROLLBACK, started_by="the storm")
            elif what < 0.08:
                runs.start(session, RunKind.RECONCILE, started_by="the storm", repair=True)
            else:
                for run in runs.unfinished(session):
                    runs.cancel(session, run.id)
    except Conflict:
        pass
    except CatalogueUnavailable:  # locked for too long by the others
        figures.refused += 1


def _search(library: Library, figures: Figures, stopping: threading.Event) -> None:
    while not stopping.is_set():
        try:
            library.count("zymurgy")
            library.count()
        except EngineTimeout:  # a machine as busy as this one
            figures.late += 1
        except SearchError as e:
            figures.wrong.append(repr(e))
        figures.searches += 1
        time.sleep(0.02)


def _note_runs(library: Library, figures: Figures) -> None:
    with library.catalogue.read() as session:
        for run in runs.latest(session, limit=100_000):
            figures.runs[f"{run.kind} {run.state}"] += 1
            if run.kind is RunKind.REBUILD and run.state is RunState.FAILED:
                figures.wrong.append(f"rebuild {run.id}: {run.error}")
            if run.kind is RunKind.RECONCILE and run.report is not None and any(run.report["counts"].values()):
                figures.wrong.append(f"reconciliation {run.id}: {run.report}")


def _assert_acknowledged(library: Library, notes: list[_Notes]) -> None:
    """Every record that only one editor saved is as he was told it would be."""
    expected = {id_: title for note in notes for id_, title in note.last["acknowledged"].items()}
    with library.catalogue.read() as session:
        found = records.get_many(session, expected)
    assert {id_: None if found[id_].deleted else found[id_].title for id_ in expected} == expected
