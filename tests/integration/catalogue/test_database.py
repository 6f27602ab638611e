import multiprocessing
import os
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from catalogue import records, vocabularies
from catalogue.database import Catalogue, open_catalogue
from catalogue.errors import CatalogueUnavailable, Conflict, Invalid
from catalogue.models import AgentRow
from catalogue.record import Draft, Record
from catalogue.records import Saved

ROOT = Path(__file__).parents[3]
INCREMENT = Path(__file__).with_name("increment.py")

Save = Callable[..., Saved]
Read = Callable[[str], Record]


def run_python(*arguments: str) -> "subprocess.Popen[str]":
    return subprocess.Popen(
        [sys.executable, *arguments],
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        stderr=subprocess.PIPE,
        text=True,
    )


def finish(processes: "list[subprocess.Popen[str]]") -> None:
    for process in processes:
        _, errors = process.communicate(timeout=100)
        assert process.returncode == 0, errors


# SQLite's writers wait for each other, a tenth of a second at a time.
ROUNDS = {"sqlite": 50, "postgresql": 250}


def test_four_processes_that_update_the_same_records_lose_nothing(
    save: Save, read: Read, url: str, database: str
) -> None:
    ids = [save(Draft(title=title, abstract="0"), record_id=title).id for title in ("one", "two")]
    rounds = ROUNDS[database]
    finish([run_python(str(INCREMENT), url, str(rounds), *ids) for _ in range(4)])
    assert [read(record_id).abstract for record_id in ids] == [str(4 * rounds)] * 2
    assert [read(record_id).version for record_id in ids] == [4 * rounds + 1] * 2


def test_two_threads_that_update_one_record_lose_nothing(catalogue: Catalogue, save: Save, read: Read) -> None:
    save(Draft(title="Counted", abstract="0"), record_id="counted")

    def count() -> None:
        for _ in range(30):
            with catalogue.write() as session:
                number = int(records.get(session, "counted").abstract or 0) + 1
                records.save(session, Draft(title="Counted", abstract=str(number)), record_id="counted")

    threads = [threading.Thread(target=count) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert read("counted").abstract == "60"


def test_readers_answer_during_a_long_write_and_see_the_state_before_it(
    catalogue: Catalogue, save: Save, read: Read
) -> None:
    save(Draft(title="Before"), record_id="r")
    with catalogue.write() as session:
        records.save(session, Draft(title="After"), record_id="r")
        started = time.perf_counter()
        assert read("r").title == "Before"
        assert time.perf_counter() - started < 1
    assert read("r").title == "After"


def test_a_reader_sees_one_state_while_others_write(catalogue: Catalogue, save: Save) -> None:
    save(Draft(title="Before"), record_id="r")
    with catalogue.read() as session:
        first = records.get(session, "r")
        save(Draft(title="After"), record_id="r")
        save(Draft(title="Another"), record_id="s")
        assert records.get(session, "r") == first
        assert records.count(session) == 1


def test_a_read_session_cannot_write(catalogue: Catalogue) -> None:
    with pytest.raises(CatalogueUnavailable, match=r"read-?only"), catalogue.read() as session:
        records.save(session, Draft(title="No"))


def test_a_write_that_fails_leaves_nothing(catalogue: Catalogue) -> None:
    with suppress(LookupError), catalogue.write() as session:
        records.save(session, Draft(title="Half"))
        raise LookupError
    with catalogue.read() as session:
        assert records.count(session) == 0


def test_a_savepoint_that_is_rolled_back_leaves_no_lookups_behind(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        with suppress(LookupError), session.begin_nested():
            vocabularies.ensure_agent(session, "Jane Doe")
            raise LookupError
        vocabularies.ensure_agent(session, "Jane Doe")
    with catalogue.read() as session:
        assert vocabularies.labels(session, "author", ["jane-doe"]) == {"jane-doe": "Jane Doe"}


# The hook


def test_the_hook_is_called_after_a_commit_that_made_something_pending(url: str) -> None:
    seen: list[int] = []

    def look() -> None:
        with catalogue.read() as session:
            seen.append(records.count(session))

    catalogue = open_catalogue(url, after_commit=look)
    catalogue.migrate()
    with catalogue.write() as session:
        records.save(session, Draft(title="New"))
        assert seen == []
    assert seen == [1]
    catalogue.dispose()


def test_the_hook_is_not_called_when_nothing_became_pending_or_the_write_failed(url: str) -> None:
    calls: list[None] = []
    catalogue = open_catalogue(url, after_commit=lambda: calls.append(None))
    catalogue.migrate()
    with catalogue.write() as session:
        vocabularies.ensure_agent(session, "Jane Doe")
    with suppress(LookupError), catalogue.write() as session:
        records.save(session, Draft(title="Gone"))
        raise LookupError
    assert calls == []
    catalogue.dispose()


# Errors


def test_a_locked_catalogue_is_unavailable(catalogue: Catalogue, url: str) -> None:
    impatient = open_catalogue(url, busy_timeout=0.05)
    with catalogue.write() as session:
        records.save(session, Draft(title="Mine"))
        with (
            pytest.raises(CatalogueUnavailable, match="Another write took too long: try again") as caught,
            impatient.write() as other,
        ):
            records.save(other, Draft(title="Yours"))
    assert caught.value.__cause__ is not None
    impatient.dispose()


def test_a_catalogue_without_tables_is_unavailable(new_url: str, tmp_path: Path) -> None:
    (tmp_path / "new.sqlite").touch()
    catalogue = open_catalogue(new_url)
    with pytest.raises(CatalogueUnavailable, match="Its tables are missing"), catalogue.read() as session:
        records.count(session)
    catalogue.dispose()


def test_a_row_that_somebody_else_added_first_is_a_conflict(catalogue: Catalogue) -> None:
    row = {"id": "jane", "name": "Jane", "kind": "person", "folded": "jane"}
    with pytest.raises(Conflict), catalogue.write() as session:
        session.add_all([AgentRow(**row), AgentRow(**{**row, "id": "jane-2"})])


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "no address", ""])
def test_an_address_that_cannot_be_a_catalogue_is_invalid(address: str) -> None:
    with pytest.raises(Invalid):
        open_catalogue(address)


def test_a_connection_that_went_through_a_fork_is_refused(catalogue: Catalogue, save: Save) -> None:
    save(Draft(title="Before the fork"))

    def use() -> None:
        with pytest.raises(RuntimeError, match="dispose"), catalogue.write() as session:
            records.count(session)

    child = multiprocessing.get_context("fork").Process(target=use)
    child.start()
    child.join()
    assert child.exitcode == 0
