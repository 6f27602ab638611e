"""The versions of a record."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import fields, replace
from pathlib import Path

import pytest

from catalogue import curation, history, records
from catalogue.database import Catalogue
from catalogue.errors import NotFound
from catalogue.intake.importer import import_file
from catalogue.record import Draft, Name, PartialDate, Record, Role, Vocabulary
from catalogue.records import Change, Saved

Save = Callable[..., Saved]
Read = Callable[[str], Record]

THEME, TYPE = Vocabulary.THEME, Vocabulary.TYPE


@pytest.fixture
def versions(catalogue: Catalogue) -> Callable[..., list[Record]]:
    """The versions of a record."""

    def read(record_id: str = "r", **options: int) -> list[Record]:
        with catalogue.read() as session:
            return history.versions(session, record_id, **options)

    return read


Versions = Callable[..., list[Record]]


def made(found: list[Record]) -> list[tuple[int, str | None, str | None]]:
    """Which versions they are, who made them, and the notes."""
    return [(each.version, each.changed_by, each.change_note) for each in found]


def test_each_version_is_read_as_it_was(save: Save, read: Read, versions: Versions, full_draft: Draft) -> None:
    before: list[Record] = []
    for draft in (
        full_draft,
        replace(full_draft, title="Another", contributors=(Name(name="Jane Doe", role=Role.EDITOR),), themes=()),
        Draft(title="Alone"),
        replace(full_draft, date=PartialDate(year=2018), type=None, publishers=("A", "B")),
    ):
        save(draft, record_id="r", by=draft.title)
        before.insert(0, read("r"))
    assert versions() == before
    assert [each.updated_at for each in before] == sorted((each.updated_at for each in before), reverse=True)


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


@pytest.mark.parametrize("field", [field.name for field in fields(Draft)])
def test_an_older_version_saved_again_is_as_it_was(
    catalogue: Catalogue, save: Save, read: Read, versions: Versions, full_draft: Draft, field: str
) -> None:
    save(full_draft, record_id="r")
    save(replace(full_draft, **{field: getattr(OTHER, field)}), record_id="r")
    save(versions()[-1].as_draft(), record_id="r", by="ann", note="As in version 1")
    assert read("r").as_draft() == full_draft
    assert made(versions()) == [(3, "ann", "As in version 1"), (2, None, None), (1, None, None)]


def test_a_record_of_one_version_has_that(save: Save, read: Read, versions: Versions) -> None:
    save(Draft(title="New"), record_id="r", by="ann")
    assert versions() == [read("r")]
    save(Draft(title="New"), record_id="r", by="bob")
    assert made(versions()) == [(1, "ann", None)]


def test_deleting_restoring_and_publishing_are_versions(catalogue: Catalogue, save: Save, versions: Versions) -> None:
    save(Draft(title="New"), record_id="r", published=False, by="a")
    with catalogue.write() as session:
        records.publish(session, "r", by="b")
        records.delete(session, "r", by="c")
        records.restore(session, "r", by="d")
        records.unpublish(session, "r", by="e")
    assert [(each.version, each.changed_by, each.published, each.deleted) for each in versions()] == [
        (5, "e", False, False),
        (4, "d", True, False),
        (3, "c", True, True),
        (2, "b", True, False),
        (1, "a", False, False),
    ]


def test_a_change_of_a_vocabulary_is_a_version_that_says_what_it_was(
    catalogue: Catalogue, save: Save, versions: Versions
) -> None:
    draft = Draft(title="First", themes=("Cohesion", "Health"), type="Report", contributors=(Name(name="J. Doe"),))
    save(draft, record_id="r", by="ann")
    with catalogue.write() as session:
        curation.rename_concept(session, THEME, "cohesion", "Unity", by="bob")
        curation.move_concept(session, THEME, "health", "cohesion", by="bob")
        curation.move_concept(session, THEME, "health", None, by="bob")
        curation.rename_agent(session, "j-doe", "Jane Doe", by="cid")
        records.save(session, Draft(title="Other", type="Paper", publishers=("Doe Inc",)), record_id="other")
        curation.merge_concepts(session, TYPE, "report", "paper", by="cid")
        curation.merge_agents(session, "j-doe", "doe-inc", by="cid")
    assert made(versions()) == [
        (7, "cid", "“Jane Doe” was merged into “Doe Inc”"),
        (6, "cid", "The type “Report” was merged into “Paper”"),
        (5, "cid", "“J. Doe” was renamed “Jane Doe”"),
        (4, "bob", "The theme “Health” was moved to the top"),
        (3, "bob", "The theme “Health” was moved below “Unity”"),
        (2, "bob", "The theme “Cohesion” was renamed “Unity”"),
        (1, "ann", None),
    ]
    assert len({each.as_draft() for each in versions()}) == 1


def test_older_versions_have_the_names_of_today(catalogue: Catalogue, save: Save, versions: Versions) -> None:
    save(Draft(title="First", themes=("Cohesion", "Health"), contributors=(Name(name="J. Doe"),)), record_id="r")
    save(Draft(title="Second"), record_id="r")
    with catalogue.write() as session:
        curation.rename_concept(session, THEME, "cohesion", "Unity")
        curation.merge_concepts(session, THEME, "health", "cohesion")
        records.save(session, Draft(title="Other", publishers=("Jane Doe",)), record_id="other")
        curation.merge_agents(session, "j-doe", "jane-doe")
    first = versions()[-1].as_draft()
    assert first == Draft(title="First", themes=("Unity",), contributors=(Name(name="Jane Doe"),))


def test_a_version_before_a_renaming_holds_what_the_next_version_holds(
    catalogue: Catalogue, save: Save, versions: Versions
) -> None:
    save(Draft(title="First", themes=("Cohesion",)), record_id="r")
    for label in ("Unity", "Harmony"):
        with catalogue.write() as session:
            curation.rename_concept(session, THEME, "cohesion", label)
    save(Draft(title="Second"), record_id="r")
    save(Draft(title="Third"), record_id="r")
    assert [each.title for each in versions()] == ["Third", "Second", "First", "First", "First"]
    assert [each.title for each in versions(before=3)] == ["First", "First"]
    assert [each.title for each in versions(before=2)] == ["First"]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"limit": 2}, [5, 4]),
        ({"before": 4, "limit": 2}, [3, 2]),
        ({"before": 2, "limit": 2}, [1]),
        ({"before": 1}, []),
        ({"before": 9, "limit": 1}, [5]),
    ],
)
def test_versions_come_in_pages(save: Save, versions: Versions, options: dict[str, int], expected: list[int]) -> None:
    for number in range(5):
        save(Draft(title=f"Title {number}"), record_id="r")
    assert [each.version for each in versions(**options)] == expected


@pytest.mark.parametrize(("number", "title"), [(1, "One"), (2, "Two"), (3, None), (0, None), (-1, None)])
def test_a_version_is_found_by_its_number(catalogue: Catalogue, save: Save, number: int, title: str | None) -> None:
    save(Draft(title="One"), record_id="r")
    save(Draft(title="Two"), record_id="r")
    with catalogue.read() as session:
        if title is None:
            with pytest.raises(NotFound):
                history.version(session, "r", number)
        else:
            assert history.version(session, "r", number).title == title


def test_what_was_undone_leaves_no_version(catalogue: Catalogue, save: Save, versions: Versions) -> None:
    save(Draft(title="One"), record_id="r")
    with suppress(LookupError), catalogue.write() as session:
        records.save(session, Draft(title="Two"), record_id="r")
        raise LookupError
    assert [each.title for each in versions()] == ["One"]


@pytest.mark.parametrize("given", [True, False], ids=["with ids", "by their links"])
def test_an_import_is_a_version_under_its_name(
    catalogue: Catalogue, versions: Versions, tmp_path: Path, given: bool
) -> None:
    def write(*titles: str) -> Path:
        file = tmp_path / "list.jsonl"
        id_ = '"id": "r", ' if given else ""
        file.write_text("".join(f'{{{id_}"title": "{title}", "link": "https://a.example/"}}\n' for title in titles))
        return file

    import_file(catalogue, write("One"))
    import_file(catalogue, write("Two", "Three"))
    with catalogue.read() as session:
        [found] = records.scan(session, None, 9)
    name = "Import of list.jsonl"
    assert made(versions(found.id)) == [(3, name, None), (2, name, None), (1, name, None)]
    assert [each.title for each in versions(found.id)] == ["Three", "Two", "One"]


def test_putting_a_version_back_takes_what_it_was_called_then(
    catalogue: Catalogue, save: Save, versions: Versions
) -> None:
    save(Draft(title="First", themes=("Cohesion",)), record_id="r")
    save(Draft(title="Second"), record_id="r")
    with catalogue.write() as session:
        curation.rename_concept(session, THEME, "cohesion", "Unity")
        records.save(session, Draft(title="Other", themes=("Cohesion",)), record_id="other")
    assert save(versions()[-1].as_draft(), record_id="r").change is Change.CHANGED
    assert [theme.id for theme in versions()[0].themes] == ["cohesion"]
