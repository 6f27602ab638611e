import fcntl
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
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

from catalogue import records, schema, vocabularies
from catalogue.database import Catalogue, open_catalogue
from catalogue.errors import CatalogueUnavailable, Conflict, Invalid
from catalogue.models import AgentRow, Base
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


def test_four_processes_that_update_the_same_records_lose_nothing(save: Save, read: Read, url: str) -> None:
    ids = [save(Draft(title=title, abstract="0"), record_id=title).id for title in ("one", "two")]
    finish([run_python(str(INCREMENT), url, "50", *ids) for _ in range(4)])
    assert [read(record_id).abstract for record_id in ids] == ["200", "200"]
    assert [read(record_id).version for record_id in ids] == [201, 201]


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
    with pytest.raises(CatalogueUnavailable, match="readonly"), catalogue.read() as session:
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


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("foreign_keys", 1), ("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 5000), ("query_only", 0)],
)
def test_writers_are_durable_and_patient(catalogue: Catalogue, pragma: str, value: object) -> None:
    with catalogue.write() as session:
        assert session.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


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
        with pytest.raises(CatalogueUnavailable, match=r"locked.*try again") as caught, impatient.write() as other:
            records.save(other, Draft(title="Yours"))
    assert caught.value.__cause__ is not None
    impatient.dispose()


def test_a_full_disk_is_unavailable_and_keeps_nothing_of_the_write(catalogue: Catalogue) -> None:
    def fill() -> None:
        with catalogue.write() as session:
            pages = session.execute(text("PRAGMA page_count")).scalar_one()
            session.execute(text(f"PRAGMA max_page_count={pages + 1}"))
            for number in range(100):
                records.save(session, Draft(title=f"Record {number}", abstract="x" * 5_000))

    with pytest.raises(CatalogueUnavailable, match="Make room"):
        fill()
    with catalogue.read() as session:
        assert records.count(session) == 0


def test_a_catalogue_without_tables_is_unavailable(tmp_path: Path) -> None:
    (tmp_path / "empty.sqlite").touch()
    catalogue = open_catalogue(f"sqlite:///{tmp_path}/empty.sqlite")
    with pytest.raises(CatalogueUnavailable, match="Its tables are missing"), catalogue.read() as session:
        records.count(session)
    catalogue.dispose()


def test_a_missing_file_is_unavailable_and_not_made_by_reading(tmp_path: Path) -> None:
    catalogue = open_catalogue(f"sqlite:///{tmp_path}/none.sqlite")
    with pytest.raises(CatalogueUnavailable, match="unable to open"), catalogue.read() as session:
        records.count(session)
    assert list(tmp_path.iterdir()) == []
    catalogue.dispose()


def test_a_missing_folder_is_unavailable(tmp_path: Path) -> None:
    catalogue = open_catalogue(f"sqlite:///{tmp_path}/no/such/folder.sqlite")
    with pytest.raises(CatalogueUnavailable, match="No such file"):
        catalogue.migrate()


def test_a_file_that_is_no_database_is_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "notes.sqlite"
    path.write_text("These are notes. " * 500)
    catalogue = open_catalogue(f"sqlite:///{path}")
    with pytest.raises(CatalogueUnavailable, match="not a database"):
        catalogue.migrate()
    with pytest.raises(CatalogueUnavailable, match="not a database"), catalogue.read() as session:
        records.count(session)
    assert path.read_text().startswith("These are notes.")
    catalogue.dispose()


def test_a_row_that_somebody_else_added_first_is_a_conflict(catalogue: Catalogue) -> None:
    row = {"id": "jane", "name": "Jane", "kind": "person", "folded": "jane"}
    with pytest.raises(Conflict), catalogue.write() as session:
        session.add_all([AgentRow(**row), AgentRow(**{**row, "id": "jane-2"})])


@pytest.mark.parametrize("address", ["sqlite://", "sqlite:///:memory:", "mysql://localhost/x", "no address", ""])
def test_an_address_that_cannot_be_a_catalogue_is_invalid(address: str) -> None:
    with pytest.raises(Invalid):
        open_catalogue(address)


def test_a_path_may_hold_any_characters(tmp_path: Path) -> None:
    folder = tmp_path / "100 % ünïque # [data]"
    folder.mkdir()
    catalogue = open_catalogue(f"sqlite:///{folder}/catalogue.sqlite")
    catalogue.migrate()
    with catalogue.write() as session:
        records.save(session, Draft(title="Here"))
    assert (folder / "catalogue.sqlite").stat().st_size > 0
    catalogue.dispose()


def test_a_connection_that_went_through_a_fork_is_refused(catalogue: Catalogue, save: Save) -> None:
    save(Draft(title="Before the fork"))

    def use() -> None:
        with pytest.raises(RuntimeError, match="dispose"), catalogue.write() as session:
            records.count(session)

    child = multiprocessing.get_context("fork").Process(target=use)
    child.start()
    child.join()
    assert child.exitcode == 0


# Migrations


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_migrations_make_what_the_models_declare(catalogue: Catalogue) -> None:
    with catalogue.migration() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []
        migrated = index_statements(connection)
    declared = create_engine("sqlite://")
    with declared.begin() as connection:
        Base.metadata.create_all(connection)
        assert migrated == index_statements(connection)
    declared.dispose()


def index_statements(connection: Connection) -> set[str]:
    """Also those with expressions and conditions, which are not compared otherwise."""
    return set(connection.execute(text("SELECT sql FROM sqlite_master WHERE type = 'index' AND sql <> ''")).scalars())


def test_migrating_again_changes_nothing(catalogue: Catalogue, save: Save, read: Read) -> None:
    record = save(Draft(title="Kept"))
    catalogue.migrate()
    assert read(record.id).title == "Kept"


def test_migrations_go_down_and_up_again(catalogue: Catalogue) -> None:
    with catalogue.migration() as connection:
        assert schema.current(connection) == schema.head()
        schema.downgrade(connection, "base")
        assert inspect(connection).get_table_names() == ["alembic_version"]
    catalogue.migrate()
    with catalogue.write() as session:
        records.save(session, Draft(title="Again"))


def test_a_migration_that_fails_leaves_the_tables_as_they_were(catalogue: Catalogue) -> None:
    with suppress(LookupError), catalogue.migration() as connection:
        schema.downgrade(connection, "base")
        raise LookupError
    with catalogue.read() as session:
        assert records.count(session) == 0


def test_a_database_of_a_newer_release_is_unavailable(catalogue: Catalogue) -> None:
    with catalogue.migration() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(CatalogueUnavailable, match="9999, which this release does not know"):
        catalogue.migrate()


def test_several_processes_may_migrate_a_new_catalogue_at_once(url: str) -> None:
    code = "import sys; from catalogue.database import open_catalogue; open_catalogue(sys.argv[1]).migrate()"
    finish([run_python("-W", "error", "-c", code, url) for _ in range(4)])
    catalogue = open_catalogue(url)
    with catalogue.read() as session:
        assert records.count(session) == 0
    catalogue.dispose()


def test_a_migration_waits_for_another_one_before_it_touches_the_file(url: str, tmp_path: Path) -> None:
    catalogue = open_catalogue(url)
    waiting = threading.Thread(target=catalogue.migrate)
    with (tmp_path / "catalogue.sqlite.migrate.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        assert not (tmp_path / "catalogue.sqlite").exists()
    waiting.join(60)
    assert (tmp_path / "catalogue.sqlite").exists()
    catalogue.dispose()
