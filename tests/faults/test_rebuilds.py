"""Rebuilds that are killed at each step, meet each other, or go on while people edit and search."""

import sqlite3
from pathlib import Path

import pytest

from catalogue.errors import AlreadyRunning
from catalogue.runs import RunKind, RunState
from search.engine import GenerationName
from tests.faults.place import Library, Place, end, start_worker
from tests.faults.traffic import traffic
from tests.processes import eventually


@pytest.mark.parametrize("state", ["requested", "filling", "comparing", "activating"])
def test_a_rebuild_that_is_killed_before_it_notes_a_step_is_gone_on_with(
    library: Library, place: Place, state: str
) -> None:
    """The one that is killed while it activates has changed the alias and not marked it."""
    library.fill_lasting()
    library.writer.close()
    number = library.start()
    with traffic(library) as seen:
        worker = start_worker(place, "die", state)
        try:
            assert worker.wait(30) == -9
        finally:
            end(worker)
        assert library.run(number).state == state
        assert library.engine.generation() == ("g2" if state == "activating" else "g1")
        with library.working():
            assert eventually(lambda: library.run(number).is_ended, within=30) is not None
    library.settle()
    assert library.run(number).state is RunState.DONE
    seen.assert_kept(library)
    assert seen.refused == 0
    library.assert_in_step()


def test_edits_and_searches_go_on_through_two_rebuilds(library: Library) -> None:
    library.fill_lasting()
    library.fill(300)
    library.settle()
    with library.working(), traffic(library) as seen:
        for _ in range(2):
            number = library.start()
            with pytest.raises(AlreadyRunning):
                library.start()
            assert eventually(lambda number=number: library.run(number).is_ended, within=30) is not None
            assert library.run(number).state is RunState.DONE
    library.settle()
    seen.assert_kept(library)
    assert seen.refused == 0
    library.assert_in_step()


def test_of_two_workers_one_carries_out_each_step(on_elasticsearch: Place) -> None:
    first, second = on_elasticsearch.open(), on_elasticsearch.open()
    first.fill_lasting()
    number = first.start()
    with first.working(), second.working(), traffic(first) as seen:
        assert eventually(lambda: first.run(number).is_ended, within=30) is not None
    first.settle()
    assert first.run(number).state is RunState.DONE
    assert list(first.writer.generations()) == ["g1", "g2"]
    seen.assert_kept(first)
    first.assert_in_step()
    for each in (first, second):
        each.catalogue.dispose()


def test_a_backup_that_is_restored_wins_over_the_index(library: Library, place: Place) -> None:
    """What was added, changed and deleted since the backup is as it was before, once somebody edits or reconciles."""
    library.fill_lasting()
    library.fill(5)
    library.settle()
    path = Path(place.data) / "catalogue.sqlite"
    with sqlite3.connect(path) as live, sqlite3.connect(path.with_name("backup")) as backup:
        live.backup(backup)
    live.close()
    backup.close()
    for title in ("Lost", "Lost again"):
        library.save("r00000", title)
    library.save("ghost", "Lost too")
    library.delete("r00001")
    library.settle()
    library.writer.close()
    library.catalogue.dispose()
    for each in path.parent.glob("catalogue.sqlite-*"):
        each.unlink()
    path.with_name("backup").replace(path)
    with library.working(), traffic(library) as seen:
        library.save("r00000", "Kept")
        assert eventually(lambda: library.engine.generation() == "g2", within=30) is not None
    library.settle()
    seen.assert_kept(library)
    library.assert_in_step()
    assert library.engine.generation() == GenerationName("g2")
    number = library.start(RunKind.ROLLBACK)  # to the index that shows what was lost
    library.settle()
    assert "differs from the catalogue" in (library.run(number).error or "")
    assert library.titles("zymurgy OR lost OR kept").keys() == {f"r{number:05}" for number in range(5)}
