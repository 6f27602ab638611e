"""Copying a catalogue into another database, in both directions."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from catalogue import accounts, audit, curation, history, records
from catalogue.copying import copy_catalogue
from catalogue.database import Catalogue, open_catalogue
from catalogue.errors import Conflict
from catalogue.intake.importer import import_file
from catalogue.intake.sample import SAMPLE
from catalogue.record import Draft, Record, Vocabulary
from catalogue.roles import Role
from tests.servers.postgresql import PostgresServer


@pytest.fixture(params=["SQLite", "PostgreSQL"])
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Catalogue]:
    """An empty, migrated catalogue to copy into."""
    if request.param == "SQLite":
        target = open_catalogue(f"sqlite:///{tmp_path / 'copy.sqlite'}")
    else:
        server: PostgresServer = request.getfixturevalue("postgresql")
        target = open_catalogue(server.new_database(migrated=False))
    target.migrate()
    yield target
    target.dispose()


def nothing(done: int, total: int) -> None: ...


def all_records(catalogue: Catalogue) -> list[Record]:
    with catalogue.read() as session:
        return sorted(records.get_many(session, ids(catalogue)).values(), key=lambda record: record.id)


def ids(catalogue: Catalogue) -> list[str]:
    with catalogue.read() as session:
        return [record.id for record in records.scan(session, None, 1_000)] + ["draft", "gone"]


def history_of(catalogue: Catalogue, record_id: str) -> list[Record]:
    with catalogue.read() as session:
        return history.versions(session, record_id)


def test_a_copy_has_everything(catalogue: Catalogue, target: Catalogue, full_draft: Draft) -> None:
    import_file(catalogue, SAMPLE)
    with catalogue.write() as session:
        records.save(session, full_draft)
        records.save(session, Draft(title="Gone", themes=("Integration",)), record_id="gone")
        records.delete(session, "gone", by="ann")
        records.save(session, Draft(title="Draft"), record_id="draft", published=False, by="ann")
        first, second = sorted(
            {theme.id for record in records.scan(session, None, 1_000) for theme in record.themes if not theme.broader}
        )[:2]
        curation.merge_concepts(session, Vocabulary.THEME, first, second)
        accounts.add(session, name="ann", role=Role.EDITOR, password_hash=None)
        audit.record(session, actor="ann", action="record.deleted", subject="gone")
    seen: list[tuple[int, int]] = []
    assert copy_catalogue(catalogue, target, lambda done, total: seen.append((done, total))) == 30
    assert all_records(target) == all_records(catalogue)
    assert len(history_of(target, "gone")) == 2
    assert history_of(target, "gone") == history_of(catalogue, "gone")
    assert seen[-1][0] == seen[-1][1] > 30
    with target.write() as session:
        assert [account.name for account in accounts.listed(session)] == ["ann"]
        audit.record(session, actor="ann", action="record.saved", subject="new")
        assert [entry.subject for entry in audit.listed(session)] == ["new", "gone"]
    with target.write() as session:  # what was merged leads on, and what is new has a place
        renamed = records.save(session, Draft(title="A record after the copy", themes=("Integration",)))
    assert renamed.version == 1


def test_a_catalogue_with_records_is_not_overwritten(
    catalogue: Catalogue, target: Catalogue, save: Callable[..., object]
) -> None:
    save(Draft(title="Ours"))
    with target.write() as session:
        records.save(session, Draft(title="Theirs"))
    with pytest.raises(Conflict, match="needs an empty one"):
        copy_catalogue(catalogue, target, nothing)
    assert [record.title for record in all_records(target)] == ["Theirs"]
