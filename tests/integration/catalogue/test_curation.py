from collections.abc import Callable
from datetime import timedelta

import pytest

from catalogue import curation, pending, records, vocabularies
from catalogue.database import Catalogue
from catalogue.errors import Conflict, Invalid, NotFound
from catalogue.models import now
from catalogue.record import AgentKind, Draft, Name, Record, Role, Vocabulary
from catalogue.records import Change, Saved

THEME, TYPE = Vocabulary.THEME, Vocabulary.TYPE

Save = Callable[..., Saved]
Read = Callable[[str], Record]

DRAFTS = {
    "cohesion": Draft(title="On cohesion", themes=("Cohesion",), type="Report"),
    "faith": Draft(title="On faith", themes=("Cohesion > Faith", "Health"), type="Report > Guide"),
    "health": Draft(title="On health", themes=("Health",), type="Book", publishers=("Belong",)),
    "jane": Draft(title="By Jane", contributors=(Name(name="Jane Doe"), Name(name="J. Doe"))),
    "j": Draft(title="By J", contributors=(Name(name="J. Doe", role=Role.EDITOR),), publishers=("Belong Network",)),
    "gone": Draft(title="Gone", themes=("Cohesion",), contributors=(Name(name="J. Doe"),), publishers=("Belong",)),
}


@pytest.fixture(autouse=True)
def library(catalogue: Catalogue) -> None:
    """The drafts as records that are indexed; the last one is deleted."""
    with catalogue.write() as session:
        for record_id, draft in DRAFTS.items():
            records.save(session, draft, record_id=record_id)
        records.delete(session, "gone")
        claim = pending.claim(session, now=now() + timedelta(seconds=1), lease=timedelta(minutes=1))
        assert claim is not None
        pending.complete(session, claim.token, claim.rows)


def raised(catalogue: Catalogue) -> dict[str, int]:
    """The records whose version was raised, all of which have to be pending in that very version."""
    with catalogue.read() as session:
        versions = {key: record.version for key, record in records.get_many(session, DRAFTS).items()}
        initial = {key: 2 if key == "gone" else 1 for key in DRAFTS}
        changed = {str(key): version for key, version in versions.items() if version != initial[key]}
    with catalogue.write() as session:
        claim = pending.claim(session, now=now() + timedelta(seconds=1), lease=timedelta())
        assert dict(claim.rows if claim else ()) == changed
    return changed


def themes(record: Record) -> list[str]:
    return [each.label for each in record.themes]


def type_of(record: Record) -> tuple[str, str]:
    assert record.type is not None
    return record.type.id, record.type.label


def change_of(save: Save, record_id: str) -> Change:
    """What importing the record again would change."""
    return save(DRAFTS[record_id], record_id=record_id).change


# Renaming


def test_renaming_a_theme_raises_what_shows_it_or_one_below(catalogue: Catalogue, read: Read) -> None:
    with catalogue.write() as session:
        assert curation.rename_concept(session, THEME, "cohesion", "Social cohesion") == 2
    assert raised(catalogue) == {"cohesion": 2, "faith": 2}
    assert themes(read("cohesion")) == ["Social cohesion"]
    assert read("faith").themes[0].broader[0].label == "Social cohesion"
    assert read("cohesion").themes[0].id == "cohesion"


def test_renaming_a_type_raises_what_shows_it_or_one_below(catalogue: Catalogue, read: Read) -> None:
    with catalogue.write() as session:
        curation.rename_concept(session, TYPE, "report", "Study")
    assert raised(catalogue) == {"cohesion": 2, "faith": 2}
    assert type_of(read("cohesion")) == ("report", "Study")


def test_a_tombstone_keeps_its_version(catalogue: Catalogue, read: Read) -> None:
    with catalogue.write() as session:
        curation.rename_concept(session, THEME, "cohesion", "Social cohesion")
    assert read("gone").version == 2


@pytest.mark.parametrize(("agent", "records_shown"), [("j-doe", {"jane": 2, "j": 2}), ("belong", {"health": 2})])
def test_renaming_an_agent_raises_what_shows_it(
    catalogue: Catalogue, agent: str, records_shown: dict[str, int]
) -> None:
    with catalogue.write() as session:
        assert curation.rename_agent(session, agent, "A new name") == len(records_shown)
        assert vocabularies.labels(session, "author", [agent]) == {agent: "A new name"}
    assert raised(catalogue) == records_shown


def test_importing_again_does_not_undo_a_renaming(catalogue: Catalogue, save: Save) -> None:
    with catalogue.write() as session:
        curation.rename_concept(session, THEME, "cohesion", "Social cohesion")
        curation.rename_concept(session, TYPE, "book", "Volume")
        curation.rename_agent(session, "j-doe", "John Doe")
    assert {change_of(save, each) for each in ("cohesion", "faith", "health", "j", "jane")} == {Change.UNCHANGED}


def test_a_name_can_be_changed_to_and_fro(catalogue: Catalogue, save: Save) -> None:
    with catalogue.write() as session:
        for name in ("John Doe", "J. Doe", "John Doe", "Johnny Doe", "J. Doe"):
            curation.rename_agent(session, "j-doe", name)
        for label in ("Unity", "Cohesion", "Unity", "Harmony", "Cohesion"):
            curation.rename_concept(session, THEME, "cohesion", label)
        names = [vocabularies.ensure_agent(session, name) for name in ("John Doe", "J. Doe", "Johnny Doe")]
        labels = [vocabularies.ensure_concept(session, THEME, label) for label in ("Unity", "Cohesion", "Harmony")]
    assert (set(names), set(labels)) == ({"j-doe"}, {"cohesion"})
    assert {change_of(save, each) for each in ("cohesion", "faith", "j", "jane")} == {Change.UNCHANGED}


def test_another_spelling_of_one_name_is_a_renaming(catalogue: Catalogue, read: Read) -> None:
    with catalogue.write() as session:
        assert curation.rename_agent(session, "j-doe", "J Doe") == 2
        assert curation.rename_agent(session, "j-doe", "J Doe") == 0
        assert curation.rename_concept(session, THEME, "health", "HEALTH") == 2
        assert curation.rename_concept(session, THEME, "health", "HEALTH") == 0
    assert read("j").contributors[0].agent.name == "J Doe"


def test_a_taken_name_is_a_conflict(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        with pytest.raises(Conflict):
            curation.rename_concept(session, THEME, "health", "cohesion")
        with pytest.raises(Conflict):
            curation.rename_agent(session, "j-doe", "Jane DOE")
    assert raised(catalogue) == {}


def test_a_name_that_was_given_up_is_free_for_others(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        curation.rename_agent(session, "j-doe", "John Doe")
        curation.rename_agent(session, "jane-doe", "J. Doe")
        assert vocabularies.ensure_agent(session, "J. Doe") == "jane-doe"
        curation.rename_concept(session, THEME, "cohesion", "Unity")
        curation.rename_concept(session, THEME, "health", "Cohesion")
        assert vocabularies.ensure_concept(session, THEME, "Cohesion") == "health"
        assert vocabularies.ensure_concept(session, THEME, "Health") == "health"


@pytest.mark.parametrize("label", ["", "A > B", "a\0"])
def test_a_label_that_cannot_be_one_is_refused(catalogue: Catalogue, label: str) -> None:
    with catalogue.write() as session, pytest.raises(Invalid):
        curation.rename_concept(session, THEME, "health", label)


# Moving


def test_moving_a_theme_raises_what_shows_it_or_one_below(catalogue: Catalogue, read: Read) -> None:
    with catalogue.write() as session:
        assert curation.move_concept(session, THEME, "cohesion", "health") == 2
    assert raised(catalogue) == {"cohesion": 2, "faith": 2}
    assert [each.id for each in read("faith").themes[0].broader] == ["cohesion", "health"]


def test_importing_again_does_not_undo_a_move(catalogue: Catalogue, save: Save) -> None:
    with catalogue.write() as session:
        curation.move_concept(session, THEME, "faith", None)
        curation.move_concept(session, THEME, "cohesion", "health")
    assert {change_of(save, each) for each in ("cohesion", "faith")} == {Change.UNCHANGED}


def test_a_theme_can_be_moved_to_and_fro(catalogue: Catalogue, read: Read) -> None:
    with catalogue.write() as session:
        for broader in (None, "cohesion", "health", "cohesion"):
            curation.move_concept(session, THEME, "faith", broader)
        assert curation.move_concept(session, THEME, "faith", "cohesion") == 0
        assert {vocabularies.ensure_concept(session, THEME, path) for path in ("Faith", "Health > Faith")} == {"faith"}
    assert [each.id for each in read("faith").themes[0].broader] == ["cohesion"]


@pytest.mark.parametrize("broader", ["cohesion", "faith"])
def test_a_theme_cannot_be_below_itself(catalogue: Catalogue, broader: str) -> None:
    with catalogue.write() as session, pytest.raises(Invalid, match="broader"):
        curation.move_concept(session, THEME, "cohesion", broader)


def test_moving_to_where_the_label_is_taken_is_a_conflict(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        vocabularies.ensure_concept(session, THEME, "Faith")
        with pytest.raises(Conflict):
            curation.move_concept(session, THEME, "faith", None)


# Merging


def test_merging_agents_raises_what_showed_the_one_that_goes(catalogue: Catalogue, read: Read) -> None:
    with catalogue.write() as session:
        assert curation.merge_agents(session, "j-doe", "jane-doe") == 2
    assert raised(catalogue) == {"jane": 2, "j": 2}
    assert [each.agent.id for each in read("jane").contributors] == ["jane-doe"]
    assert [(each.agent.name, each.role) for each in read("j").contributors] == [("Jane Doe", Role.EDITOR)]
    assert [each.agent.id for each in read("gone").contributors] == ["jane-doe"]


def test_merged_agents_are_redirects_in_one_step(catalogue: Catalogue, save: Save) -> None:
    with catalogue.write() as session:
        curation.merge_agents(session, "j-doe", "jane-doe")
        curation.merge_agents(session, "jane-doe", "belong")
        assert vocabularies.labels(session, "author", ["j-doe", "jane-doe"]) == {
            "j-doe": "Belong",
            "jane-doe": "Belong",
        }
        assert vocabularies.resolve(session, "publisher", "j-doe") == "belong"
        assert vocabularies.ensure_agent(session, "J. Doe") == "belong"
        assert curation.merge_agents(session, "j-doe", "belong") == 0
    assert {change_of(save, each) for each in ("jane", "j")} == {Change.UNCHANGED}


def test_merging_keeps_a_kind_that_is_known(catalogue: Catalogue, read: Read) -> None:
    with catalogue.write() as session:
        vocabularies.ensure_agent(session, "J. Doe", AgentKind.PERSON)
        curation.merge_agents(session, "j-doe", "jane-doe")
        vocabularies.ensure_agent(session, "J. Doe", AgentKind.ORGANISATION)
    assert read("jane").contributors[0].agent.kind is AgentKind.PERSON


def test_merging_themes_raises_what_showed_the_one_that_goes_or_one_below(
    catalogue: Catalogue, read: Read, save: Save
) -> None:
    with catalogue.write() as session:
        assert curation.merge_concepts(session, THEME, "cohesion", "health") == 2
    assert raised(catalogue) == {"cohesion": 2, "faith": 2}
    assert themes(read("cohesion")) == ["Health"]
    assert [each.id for each in read("faith").themes[0].broader] == ["health"]
    assert themes(read("gone")) == ["Health"]
    with catalogue.read() as session:
        assert vocabularies.labels(session, "theme", ["cohesion"]) == {"cohesion": "Health"}
        assert vocabularies.concept(session, THEME, "cohesion").id == "health"
        assert [each.id for each in vocabularies.concepts(session, THEME)] == ["faith", "health"]
    assert {change_of(save, each) for each in ("cohesion", "faith")} == {Change.UNCHANGED}


def test_a_record_with_both_themes_has_one_after_the_merge(catalogue: Catalogue, read: Read) -> None:
    with catalogue.write() as session:
        curation.merge_concepts(session, THEME, "health", "faith")
    assert themes(read("faith")) == ["Faith"]
    assert raised(catalogue) == {"faith": 2, "health": 2}


def test_merging_types_moves_their_records(catalogue: Catalogue, read: Read, save: Save) -> None:
    with catalogue.write() as session:
        curation.merge_concepts(session, TYPE, "book", "report")
    assert raised(catalogue) == {"health": 2}
    assert type_of(read("health")) == ("report", "Report")
    assert change_of(save, "health") is Change.UNCHANGED


def test_what_is_below_both_under_one_label_is_merged_too(catalogue: Catalogue, read: Read, save: Save) -> None:
    below = Draft(title="On faith in health", themes=("Health > Faith > Prayer",))
    save(below, record_id="below")
    with catalogue.write() as session:
        curation.merge_concepts(session, THEME, "health", "cohesion")
        assert vocabularies.ensure_concept(session, THEME, "Health > Faith") == "faith"
    assert [each.id for each in read("below").themes[0].broader] == ["faith", "cohesion"]
    assert read("below").version == 2
    assert save(below, record_id="below").change is Change.UNCHANGED


def test_what_was_renamed_away_is_not_merged_with_what_has_its_old_label(catalogue: Catalogue, save: Save) -> None:
    save(Draft(title="On faith in health", themes=("Health > Faith",)), record_id="below")
    with catalogue.write() as session:
        curation.rename_concept(session, THEME, "faith", "Belief")  # leaves "Cohesion > Faith" as a redirect
        curation.merge_concepts(session, THEME, "health", "cohesion")
        assert vocabularies.ensure_concept(session, THEME, "Cohesion > Faith") == "faith-2"
        assert vocabularies.ensure_concept(session, THEME, "Cohesion > Belief") == "faith"


@pytest.mark.parametrize("pair", [("cohesion", "faith"), ("faith", "cohesion")])
def test_what_is_below_cannot_be_merged_with_what_is_above(catalogue: Catalogue, pair: tuple[str, str]) -> None:
    with catalogue.write() as session, pytest.raises(Conflict):
        curation.merge_concepts(session, THEME, *pair)


def test_merging_with_itself_changes_nothing(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        assert curation.merge_concepts(session, THEME, "health", "health") == 0
        assert curation.merge_agents(session, "belong", "belong") == 0
    assert raised(catalogue) == {}


def test_unknown_ids_are_not_found(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        for change in (
            lambda: curation.rename_concept(session, THEME, "nothing", "A"),
            lambda: curation.move_concept(session, THEME, "health", "nothing"),
            lambda: curation.merge_concepts(session, TYPE, "health", "report"),
            lambda: curation.rename_agent(session, "nothing", "A"),
            lambda: curation.merge_agents(session, "belong", "nothing"),
        ):
            with pytest.raises(NotFound):
                change()


def test_a_lookup_made_before_a_change_is_not_used_after_it(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        assert vocabularies.ensure_agent(session, "J. Doe") == "j-doe"
        assert vocabularies.ensure_concept(session, THEME, "Health") == "health"
        curation.merge_agents(session, "j-doe", "jane-doe")
        curation.merge_concepts(session, THEME, "health", "cohesion")
        assert vocabularies.ensure_agent(session, "J. Doe") == "jane-doe"
        assert vocabularies.ensure_concept(session, THEME, "Health") == "cohesion"
