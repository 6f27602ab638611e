"""A disk that is full, and a database that is locked."""

import os
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from catalogue.errors import CatalogueUnavailable
from tests.faults.place import Library, Place, make_place
from tests.faults.traffic import traffic
from tests.processes import eventually


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 32 megabytes."""
    disk = tmp_path / "disk"
    disk.mkdir()
    if os.getuid() or subprocess.run(["mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", disk], check=False).returncode:
        pytest.skip("only root can mount a small disk")
    yield disk
    subprocess.run(["umount", "--lazy", disk], check=True)


@pytest.fixture
def on_small_disk(small_disk: Path) -> Iterator[Library]:
    library = make_place(small_disk / "data", None, "unused").open()
    library.fill_lasting()
    yield library
    library.writer.close()
    library.catalogue.dispose()


def fill_up(disk: Path) -> Path:
    """Leave no room on a disk; delete the file that it gives to make room again."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1_048_576, 65_536, 4_096):
            with suppress(OSError):
                while True:
                    file.write(b"\0" * size)
    return ballast


def test_a_full_disk_refuses_edits_and_loses_none(on_small_disk: Library, small_disk: Path) -> None:
    with on_small_disk.working(), traffic(on_small_disk) as seen:
        assert eventually(lambda: seen.saved > 5, within=10) is not None
        ballast = fill_up(small_disk)
        assert eventually(lambda: seen.unsaved > 3, within=30) is not None
        answered = seen.answered
        assert eventually(lambda: seen.answered > answered + 3, within=10) is not None
        ballast.unlink()
        time.sleep(1)
    on_small_disk.settle()
    seen.assert_kept(on_small_disk)
    on_small_disk.assert_in_step()


def test_a_database_that_is_locked_for_a_while_holds_up_edits_and_loses_none(place: Place) -> None:
    library = place.open(busy_timeout=0.2)
    library.fill_lasting()
    with library.working(), traffic(library) as seen:
        locking = sqlite3.connect(f"{place.data}/catalogue.sqlite", isolation_level=None)
        locking.execute("BEGIN IMMEDIATE")
        assert eventually(lambda: seen.unsaved > 1, within=10) is not None
        with pytest.raises(CatalogueUnavailable, match="try again"):
            library.save("r", "Zymurgy")
        answered = seen.answered
        assert eventually(lambda: seen.answered > answered + 3, within=10) is not None
        locking.execute("ROLLBACK")
        locking.close()
        saved = seen.saved
        assert eventually(lambda: seen.saved > saved, within=10) is not None
    assert seen.refused == 0
    library.settle()
    seen.assert_kept(library)
    library.assert_in_step()
    library.writer.close()
    library.catalogue.dispose()
