"""What only a catalogue in a file has."""

import fcntl
import threading
from pathlib import Path

import pytest
from sqlalchemy import text

from catalogue import records
from catalogue.database import Catalogue, open_catalogue
from catalogue.errors import CatalogueUnavailable
from catalogue.record import Draft


@pytest.fixture
def database() -> str:
    return "sqlite"


@pytest.mark.parametrize(
    ("pragma", "value"),
    [("foreign_keys", 1), ("journal_mode", "wal"), ("synchronous", 2), ("busy_timeout", 5000), ("query_only", 0)],
)
def test_writers_are_durable_and_patient(catalogue: Catalogue, pragma: str, value: object) -> None:
    with catalogue.write() as session:
        assert session.execute(text(f"PRAGMA {pragma}")).scalar_one() == value


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


def test_a_path_may_hold_any_characters(tmp_path: Path) -> None:
    folder = tmp_path / "100 % ünïque # [data]"
    folder.mkdir()
    catalogue = open_catalogue(f"sqlite:///{folder}/catalogue.sqlite")
    catalogue.migrate()
    with catalogue.write() as session:
        records.save(session, Draft(title="Here"))
    assert (folder / "catalogue.sqlite").stat().st_size > 0
    catalogue.dispose()


def test_a_migration_waits_for_another_one_before_it_touches_the_file(new_url: str, tmp_path: Path) -> None:
    catalogue = open_catalogue(new_url)
    waiting = threading.Thread(target=catalogue.migrate)
    with (tmp_path / "new.sqlite.migrate.lock").open("a") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        waiting.start()
        waiting.join(0.5)
        assert waiting.is_alive()
        assert not (tmp_path / "new.sqlite").exists()
    waiting.join(60)
    assert (tmp_path / "new.sqlite").exists()
    catalogue.dispose()
