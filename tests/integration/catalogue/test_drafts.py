"""Records that are not published, and those that come back."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from catalogue import pending, records
from catalogue.database import Catalogue
from catalogue.errors import Conflict, NotFound
from catalogue.models import now
from catalogue.record import Draft, PartialDate, Record
from catalogue.records import Change, Saved

Save = Callable[..., Saved]
Read = Callable[[str], Record]

DRAFT = Draft(title="On trust", date=PartialDate(year=2020))


def versions_pending(catalogue: Catalogue) -> dict[str, int]:
    with catalogue.write() as session:
        claim = pending.claim(session, now=now() + timedelta(seconds=1), lease=timedelta())
        return {} if claim is None else dict(claim.rows)


def test_a_draft_is_seen_by_nobody_but_who_knows_its_id(catalogue: Catalogue, save: Save, read: Read) -> None:
    save(Draft(title="Public"), record_id="public")
    saved = save(DRAFT, record_id="r", published=False, by="ann")
    assert saved == Saved(id=read("r").id, version=1, change=Change.ADDED)
    assert (read("r").published, read("r").is_public, read("r").changed_by) == (False, False, "ann")
    with catalogue.read() as session:
        assert records.count(session) == 1
        assert [record.id for record in records.newest(session, 9)] == ["public"]
        assert [record.id for record in records.scan(session, None, 9)] == ["public"]
        assert records.scan_versions(session, None, 9) == [("public", 1)]
        assert records.versions(session, ["public", "r"]) == {"public": (1, False), "r": (1, True)}
        with pytest.raises(NotFound):
            records.get_published(session, "r")


def test_publishing_and_unpublishing_raise_the_version_and_are_marked_pending(
    catalogue: Catalogue, save: Save, read: Read
) -> None:
    save(DRAFT, record_id="r", published=False)
    with catalogue.write() as session:
        assert records.publish(session, "r", expected_version=1, by="ann") == 2
    assert (read("r").is_public, read("r").changed_by) == (True, "ann")
    assert versions_pending(catalogue) == {"r": 2}
    with catalogue.write() as session:
        assert records.publish(session, "r") == 2
        assert records.unpublish(session, "r") == 3
        assert records.unpublish(session, "r") == 3
    assert not read("r").is_public
    assert versions_pending(catalogue) == {"r": 3}


def test_a_save_leaves_a_record_public_or_not_if_it_is_not_told(save: Save, read: Read) -> None:
    save(DRAFT, record_id="r", published=False)
    save(Draft(title="Changed"), record_id="r")
    assert not read("r").published
    assert save(Draft(title="Changed"), record_id="r", published=True).change is Change.CHANGED
    assert read("r").published
    assert save(Draft(title="Changed"), record_id="r", published=True).change is Change.UNCHANGED


def test_a_deleted_record_is_restored_as_it_was(catalogue: Catalogue, save: Save, read: Read) -> None:
    save(DRAFT, record_id="r", published=False)
    with catalogue.write() as session:
        records.delete(session, "r", by="ann")
        assert records.restore(session, "r", expected_version=2, by="bob") == 3
        assert records.restore(session, "r") == 3
    assert (read("r").deleted, read("r").published, read("r").changed_by) == (False, False, "bob")
    assert versions_pending(catalogue) == {"r": 3}


@pytest.mark.parametrize("act", [records.delete, records.restore, records.publish, records.unpublish])
def test_nothing_is_done_to_a_version_that_nobody_has_seen(
    catalogue: Catalogue, save: Save, read: Read, act: Callable[..., int]
) -> None:
    save(DRAFT, record_id="r")
    with pytest.raises(Conflict), catalogue.write() as session:
        act(session, "r", expected_version=7)
    with pytest.raises(NotFound), catalogue.write() as session:
        act(session, "none")
    assert read("r").version == 1


@pytest.mark.parametrize(("published", "is_told"), [(True, True), (False, False)])
def test_a_tombstone_tells_its_title_only_if_the_record_was_public(
    catalogue: Catalogue, save: Save, published: bool, is_told: bool
) -> None:
    save(DRAFT, record_id="r", published=published)
    with catalogue.write() as session:
        records.delete(session, "r")
    with catalogue.read() as session:
        if is_told:
            assert records.get_published(session, "r").deleted
        else:
            with pytest.raises(NotFound):
                records.get_published(session, "r")


def test_a_record_as_a_draft_changes_nothing(save: Save, read: Read, full_draft: Draft) -> None:
    save(full_draft, record_id="r")
    assert read("r").as_draft() == full_draft
    assert save(read("r").as_draft(), record_id="r").change is Change.UNCHANGED
