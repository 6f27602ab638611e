from collections.abc import Callable
from dataclasses import fields, replace
from datetime import UTC, timedelta

import pytest
from sqlalchemy import event

from catalogue import pending, records
from catalogue.database import Catalogue
from catalogue.errors import Conflict, Invalid, NotFound
from catalogue.models import now
from catalogue.record import AgentKind, Draft, Name, PartialDate, Record, Role
from catalogue.records import Change, Saved

Save = Callable[..., Saved]
Read = Callable[[str], Record]


def versions_pending(catalogue: Catalogue) -> dict[str, int]:
    with catalogue.write() as session:
        claim = pending.claim(session, now=now(), lease=timedelta())
        return {} if claim is None else dict(claim.rows)


def test_a_record_is_read_as_it_was_saved(save: Save, read: Read, full_draft: Draft) -> None:
    saved = save(full_draft)
    record = read(saved.id)
    assert saved == Saved(id=record.id, version=1, change=Change.ADDED)
    for name in ("title", "responsibility", "date", "abstract", "link", "language", "doi", "isbn"):
        assert getattr(record, name) == getattr(full_draft, name)
    assert [(each.agent.name, each.role) for each in record.contributors] == [
        ("Tuna Tasan-Kok", Role.AUTHOR),
        ("Gideon Bolt", Role.AUTHOR),
    ]
    assert [(each.id, each.name) for each in record.publishers] == [("utrecht-university", "Utrecht University")]
    assert record.type is not None
    assert (record.type.label, [each.label for each in record.type.broader]) == ("Handbook", ["Report"])
    assert [(each.id, [above.id for above in each.broader]) for each in record.themes] == [
        ("integration", ["cohesion"]),
        ("local-government", []),
    ]
    assert (record.version, record.deleted) == (1, False)
    assert record.created_at == record.updated_at
    assert record.created_at.tzinfo is UTC


def test_a_record_of_a_title_alone_is_read_as_it_was_saved(save: Save, read: Read) -> None:
    record = read(save(Draft(title="Alone")).id)
    empty = {"responsibility", "date", "type", "abstract", "link", "language", "doi", "isbn"}
    assert {getattr(record, name) for name in empty} == {None}
    assert (record.contributors, record.publishers, record.themes) == ((), (), ())


@pytest.mark.parametrize("date", ["2017", "2017-04", "2017-04-18", "0987", None])
def test_a_date_keeps_its_precision(save: Save, read: Read, date: str | None) -> None:
    record = read(save(Draft(title="Dated", date=PartialDate.parse(date) if date else None)).id)
    assert (str(record.date) if record.date else None) == date


def test_the_same_draft_again_changes_nothing(catalogue: Catalogue, save: Save, read: Read, full_draft: Draft) -> None:
    saved = save(full_draft)
    before = read(saved.id)
    assert versions_pending(catalogue) == {saved.id: 1}
    with catalogue.write() as session:
        claim = pending.claim(session, now=now() + timedelta(seconds=1), lease=timedelta())
        assert claim is not None
        pending.complete(session, claim.token, claim.rows)
        again = records.save(session, full_draft)
    assert again == Saved(id=saved.id, version=1, change=Change.UNCHANGED)
    assert read(saved.id) == before
    assert versions_pending(catalogue) == {}


OTHER = Draft(
    title="Another title",
    contributors=(Name(name="Gideon Bolt"), Name(name="Tuna Tasan-Kok")),
    responsibility="By Bolt",
    publishers=("Utrecht University", "Another"),
    date=PartialDate(year=2017),
    type="Report",
    themes=("Local government", "Cohesion > Integration"),
    abstract="Other",
    link="https://example.org",
    language="nl",
    doi="10.1000/183",
    isbn="9781861972712",
)


@pytest.mark.parametrize("name", [field.name for field in fields(Draft)])
def test_any_other_value_raises_the_version_and_marks_pending(
    catalogue: Catalogue, save: Save, read: Read, full_draft: Draft, name: str
) -> None:
    save(full_draft, record_id="r")
    saved = save(replace(full_draft, **{name: getattr(OTHER, name)}), record_id="r")
    assert (saved.version, saved.change) == (2, Change.CHANGED)
    assert read("r").version == 2
    assert versions_pending(catalogue) == {"r": 2}


def test_a_role_is_part_of_a_record(save: Save, read: Read) -> None:
    draft = Draft(title="Edited", contributors=(Name(name="Jane Doe"),))
    save(draft, record_id="r")
    save(replace(draft, contributors=(Name(name="Jane Doe", role=Role.EDITOR),)), record_id="r")
    assert [each.role for each in read("r").contributors] == [Role.EDITOR]


def test_the_same_name_or_theme_twice_counts_once(save: Save, read: Read) -> None:
    draft = Draft(
        title="Twice",
        contributors=(Name(name="Jane Doe"), Name(name="JANE DOE"), Name(name="Jane Doe", role=Role.EDITOR)),
        publishers=("Jane Doe",),
        themes=("Health", "health"),
    )
    saved = save(draft, record_id="r")
    record = read("r")
    assert [(each.agent.id, each.role) for each in record.contributors] == [
        ("jane-doe", Role.AUTHOR),
        ("jane-doe", Role.EDITOR),
    ]
    assert [each.id for each in record.publishers] == ["jane-doe"]
    assert [each.id for each in record.themes] == ["health"]
    assert save(draft, record_id="r") == replace(saved, change=Change.UNCHANGED)


def test_a_refused_draft_leaves_nothing(catalogue: Catalogue, save: Save, read: Read) -> None:
    saved = save(Draft(title="Good"), record_id="r")
    with pytest.raises(Invalid):
        save(Draft(title="Bad", themes=("Health",), link="javascript:alert(1)"), record_id="r")
    assert read("r").title == "Good"
    assert saved.version == 1


# Expected versions


@pytest.mark.parametrize(("expected", "taken"), [(1, True), (2, False), (0, False), (None, True)])
def test_a_save_can_expect_a_version(save: Save, read: Read, expected: int | None, taken: bool) -> None:
    save(Draft(title="Before"), record_id="r")
    if taken:
        save(Draft(title="After"), record_id="r", expected_version=expected)
    else:
        with pytest.raises(Conflict):
            save(Draft(title="After"), record_id="r", expected_version=expected)
    assert read("r").title == ("After" if taken else "Before")


def test_a_save_can_expect_that_the_record_is_new(save: Save) -> None:
    assert save(Draft(title="New"), record_id="r", expected_version=0).change is Change.ADDED


# Deleting


def test_a_deleted_record_is_a_tombstone_with_all_it_knew(
    catalogue: Catalogue, save: Save, read: Read, full_draft: Draft
) -> None:
    before = read(save(full_draft, record_id="r").id)
    with catalogue.write() as session:
        assert records.delete(session, "r", expected_version=1) == 2
    after = read("r")
    assert after == replace(before, version=2, deleted=True, updated_at=after.updated_at)
    assert versions_pending(catalogue) == {"r": 2}


def test_deleting_twice_changes_nothing(catalogue: Catalogue, save: Save) -> None:
    save(Draft(title="Gone"), record_id="r")
    with catalogue.write() as session:
        assert [records.delete(session, "r"), records.delete(session, "r")] == [2, 2]


def test_deleting_expects_a_version(catalogue: Catalogue, save: Save, read: Read) -> None:
    save(Draft(title="Kept"), record_id="r")
    with pytest.raises(Conflict), catalogue.write() as session:
        records.delete(session, "r", expected_version=7)
    assert not read("r").deleted


def test_a_deleted_record_is_restored_by_the_same_draft(catalogue: Catalogue, save: Save, read: Read) -> None:
    save(Draft(title="Back"), record_id="r")
    with catalogue.write() as session:
        records.delete(session, "r")
    assert save(Draft(title="Back"), record_id="r") == Saved(id=read("r").id, version=3, change=Change.CHANGED)
    assert not read("r").deleted


def test_an_unknown_record_is_not_found(catalogue: Catalogue) -> None:
    with pytest.raises(NotFound), catalogue.write() as session:
        records.delete(session, "none")
    with pytest.raises(NotFound), catalogue.read() as session:
        records.get(session, "none")


# Lists


@pytest.fixture
def dated(catalogue: Catalogue, save: Save) -> None:
    """Records named after their dates, and one that is deleted."""
    for date in ("2016", "2017-04-18", "2017-04", "2018-01", ""):
        draft = Draft(title=f"Of {date}", date=PartialDate.parse(date) if date else None)
        save(draft, record_id=date or "undated")
    save(Draft(title="Deleted", date=PartialDate(year=2030)), record_id="2030")
    with catalogue.write() as session:
        records.delete(session, "2030")


@pytest.mark.parametrize("limit", [0, 1, 3, 5, 9])
def test_the_newest_come_first_and_the_undated_last(catalogue: Catalogue, dated: None, limit: int) -> None:
    order = ["2018-01", "2017-04-18", "2017-04", "2016", "undated"]
    with catalogue.read() as session:
        assert [record.id for record in records.newest(session, limit)] == order[:limit]


def test_deleted_records_are_not_counted(catalogue: Catalogue, dated: None) -> None:
    with catalogue.read() as session:
        assert records.count(session) == 5


def test_a_scan_meets_every_living_record_once_in_order_of_id(catalogue: Catalogue, dated: None) -> None:
    seen: list[str] = []
    with catalogue.read() as session:
        while batch := records.scan(session, seen[-1] if seen else None, 2):
            seen += [record.id for record in batch]
    assert seen == ["2016", "2017-04", "2017-04-18", "2018-01", "undated"]


def test_many_records_are_read_by_id_with_tombstones_and_without_unknown_ones(
    catalogue: Catalogue, dated: None
) -> None:
    with catalogue.read() as session:
        found = records.get_many(session, ["2030", "2016", "none", "2016"])
        assert {key: record.deleted for key, record in found.items()} == {"2030": True, "2016": False}
        assert found["2016"] == records.get(session, "2016")  # type: ignore[index]


def test_reading_many_records_takes_as_few_queries_as_reading_two(catalogue: Catalogue, full_draft: Draft) -> None:
    with catalogue.write() as session:
        ids = [records.save(session, full_draft, record_id=f"r{number}").id for number in range(300)]

    def queries(wanted: list[str]) -> int:
        statements: list[str] = []
        with catalogue.read() as session:

            def note(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
                statements.append(statement)

            event.listen(session.connection(), "before_cursor_execute", note)
            assert len(records.get_many(session, wanted)) == len(wanted)
        return len(statements)

    assert queries(list(ids)) == queries(list(ids[:2])) <= 7


def test_a_save_keeps_the_kind_of_a_name_that_is_known(save: Save, read: Read) -> None:
    save(Draft(title="A", contributors=(Name(name="Jane Doe", kind=AgentKind.PERSON),)), record_id="a")
    save(Draft(title="B", contributors=(Name(name="Jane Doe"),)), record_id="b")
    assert read("b").contributors[0].agent.kind is AgentKind.PERSON
