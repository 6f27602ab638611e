"""`belong copy-catalogue`: the service goes on with the copy."""

from pathlib import Path

from tests.processes import belong


def test_the_service_goes_on_with_a_copy(data: Path, tmp_path: Path) -> None:
    moved = f"sqlite:///{tmp_path / 'moved.sqlite'}"
    done = belong(data, "copy-catalogue", moved)
    assert (done.returncode, done.stdout) == (0, "29 records were copied, deleted ones included.\n")
    elsewhere = tmp_path / "elsewhere"
    assert "28 records are indexed anew" in belong(elsewhere, "reindex", DATABASE_URL=moved).stdout
    assert (
        belong(elsewhere, "search", "cohesion", DATABASE_URL=moved).stdout == belong(data, "search", "cohesion").stdout
    )


def test_nothing_is_copied_onto_a_catalogue_with_records(data: Path) -> None:
    done = belong(data, "copy-catalogue", f"sqlite:///{data / 'catalogue.sqlite'}")
    assert done.returncode == 2
    assert "needs an empty one" in done.stderr


def test_an_address_that_cannot_be_one_is_refused(data: Path) -> None:
    done = belong(data, "copy-catalogue", "mysql://localhost/library")
    assert done.returncode == 2
    assert "begins with sqlite or postgresql" in done.stderr
