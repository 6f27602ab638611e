"""Each revision of the tables, up and down, on both databases."""

import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import Connection, create_engine, inspect, text

from catalogue import records, schema
from catalogue.database import Catalogue, open_catalogue
from catalogue.errors import CatalogueUnavailable
from catalogue.record import Draft, Record
from catalogue.records import Saved
from catalogue.tables import METADATA
from tests.processes import ROOT

Save = Callable[..., Saved]
Read = Callable[[str], Record]

INDEXES = {
    "sqlite": "SELECT sql FROM sqlite_master WHERE type = 'index' AND sql <> ''",
    "postgresql": "SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid::regclass::text NOT LIKE 'pg_%'",
}
CHECKS = "SELECT pg_get_constraintdef(oid) FROM pg_constraint WHERE conrelid::regclass::text NOT LIKE 'pg_%'"


@pytest.mark.filterwarnings("ignore:Skipped unsupported reflection of expression-based index")
@pytest.mark.filterwarnings("ignore:autogenerate skipping metadata-specified expression-based index")
def test_migrations_make_what_the_models_declare(catalogue: Catalogue, new_url: str, database: str) -> None:
    options = {"compare_type": True, "compare_server_default": True}
    with catalogue.migration() as connection:
        context = MigrationContext.configure(connection, opts=options)
        assert compare_metadata(context, METADATA) == []
        migrated = definitions(connection, database)
    declared = create_engine("sqlite://" if database == "sqlite" else new_url)
    with declared.begin() as connection:
        METADATA.create_all(connection)
        assert migrated == definitions(connection, database)
    declared.dispose()


def definitions(connection: Connection, database: str) -> set[str]:
    """Indexes with expressions and conditions, and what constrains: not compared otherwise."""
    found = set(connection.execute(text(INDEXES[database])).scalars())
    if database == "postgresql":
        found |= set(connection.execute(text(CHECKS)).scalars())
    return {each for each in found if "alembic" not in each and each != "PRIMARY KEY (version_num)"}


def tables(connection: Connection) -> dict[str, set[str]]:
    """The columns of every table."""
    inspected = inspect(connection)
    return {table: {column["name"] for column in inspected.get_columns(table)} for table in inspected.get_table_names()}


def test_each_revision_goes_down_to_the_one_before_and_up_again(new_url: str) -> None:
    catalogue = open_catalogue(new_url)
    states: list[dict[str, set[str]]] = []
    for revision in schema.revisions():
        with catalogue.migration() as connection:
            before = tables(connection)
            schema.upgrade(connection, revision)
            after = tables(connection)
            schema.downgrade(connection, "-1")
            assert {**tables(connection), "alembic_version": {"version_num"}} == {
                **before,
                "alembic_version": {"version_num"},
            }
            schema.upgrade(connection, revision)
            assert schema.current(connection) == revision
            assert tables(connection) == after
        states.append(after)
    assert len({str(state) for state in states}) == len(states) >= 2
    catalogue.dispose()


def test_records_outlive_the_way_down_to_the_first_revision_and_up_again(
    catalogue: Catalogue, save: Save, read: Read, full_draft: Draft
) -> None:
    saved = save(full_draft)
    before = read(saved.id)
    with catalogue.migration() as connection:
        schema.downgrade(connection, schema.revisions()[0])
        schema.upgrade(connection)
    assert read(saved.id) == before
    save(Draft(title="Another"))


def test_an_older_release_shows_no_draft(catalogue: Catalogue, save: Save, read: Read) -> None:
    save(Draft(title="Draft"), record_id="draft", published=False)
    with catalogue.migration() as connection:
        schema.downgrade(connection, "0004")
        assert connection.execute(text("SELECT deleted FROM record")).scalar()
        schema.upgrade(connection)
    assert read("draft").deleted


def test_records_of_an_older_release_are_published_and_found_by_their_title(catalogue: Catalogue, read: Read) -> None:
    with catalogue.write() as session:
        for number in range(1_001):
            records.save(session, Draft(title=f"Míriam {number}"), record_id=f"r{number}")
    with catalogue.migration() as connection:
        before = connection.execute(text("SELECT id, folded_title FROM record ORDER BY id")).all()
        schema.downgrade(connection, "0004")
        schema.upgrade(connection)
        assert connection.execute(text("SELECT id, folded_title FROM record ORDER BY id")).all() == before
    assert before[0].folded_title == "miriam 0"
    assert read("r0").published


def test_migrating_again_changes_nothing(catalogue: Catalogue, save: Save, read: Read) -> None:
    record = save(Draft(title="Kept"))
    catalogue.migrate()
    assert read(record.id).title == "Kept"


def test_migrations_go_down_to_nothing_and_up_again(catalogue: Catalogue) -> None:
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


def test_several_processes_may_migrate_a_new_catalogue_at_once(new_url: str) -> None:
    code = "import sys; from catalogue.database import open_catalogue; open_catalogue(sys.argv[1]).migrate()"
    command = [sys.executable, "-W", "error", "-c", code, new_url]
    processes = [subprocess.Popen(command, cwd=Path(ROOT), stderr=subprocess.PIPE, text=True) for _ in range(4)]
    for process in processes:
        _, errors = process.communicate(timeout=100)
        assert (process.returncode, errors) == (0, "")
    catalogue = open_catalogue(new_url)
    with catalogue.read() as session:
        assert records.count(session) == 0
    catalogue.dispose()
