import pytest
from hypothesis import given
from hypothesis import strategies as st

from catalogue import vocabularies
from catalogue.database import Catalogue
from catalogue.errors import Invalid, NotFound
from catalogue.models import AgentRow
from catalogue.record import AgentKind, Vocabulary
from catalogue.slugs import fold_name, slugs

THEME, TYPE = Vocabulary.THEME, Vocabulary.TYPE


def test_a_concept_is_made_once(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        ids = [vocabularies.ensure_concept(session, THEME, each) for each in ("Mental health", "MENTAL  HÉALTH")]
    with catalogue.write() as session:
        ids.append(vocabularies.ensure_concept(session, THEME, "mental health"))
        assert [each.label for each in vocabularies.concepts(session, THEME)] == ["Mental health"]
    assert ids == ["mental-health"] * 3


def test_a_path_makes_what_is_missing_of_it(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        vocabularies.ensure_concept(session, THEME, "Health")
        vocabularies.ensure_concept(session, THEME, "Health > Mental health > Youth")
        youth = vocabularies.concept(session, THEME, "youth")
        assert [each.id for each in youth.broader] == ["mental-health", "health"]
        assert youth.broader[0].broader == youth.broader[1:]
        assert [each.id for each in vocabularies.concepts(session, THEME)] == ["health", "mental-health", "youth"]


def test_one_label_below_two_concepts_is_two_concepts(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        paths = ["Education > Youth", "Health > Youth", "Youth"]
        ids = [vocabularies.ensure_concept(session, THEME, path) for path in paths]
    assert ids == ["youth", "youth-2", "youth-3"]


def test_vocabularies_are_apart(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        assert vocabularies.ensure_concept(session, THEME, "Guide") == "guide"
        assert vocabularies.ensure_concept(session, TYPE, "Guide") == "guide"
        assert len(vocabularies.concepts(session, TYPE)) == 1


def test_signs_make_another_label(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        ids = [vocabularies.ensure_concept(session, THEME, label) for label in ("C", "C++", "C#", "!!")]
    assert ids[:3] == ["c", "c-2", "c-3"]
    assert ids[3].startswith("x-")


@pytest.mark.parametrize("label", ["None", "none", "NONE!"])
def test_no_id_is_the_reserved_word(catalogue: Catalogue, label: str) -> None:
    with catalogue.write() as session:
        assert vocabularies.ensure_concept(session, THEME, label) == "none-2"
        assert vocabularies.ensure_agent(session, label) == "none-2"


def test_a_concept_without_a_label_is_refused(catalogue: Catalogue) -> None:
    with catalogue.write() as session, pytest.raises(Invalid):
        vocabularies.ensure_concept(session, THEME, "Health > ")


def test_an_agent_is_found_by_its_folded_name(catalogue: Catalogue) -> None:
    with catalogue.write() as session:
        names = ["J. Sjöberg", "j sjoberg", "J.SJÖBERG"]
        assert {vocabularies.ensure_agent(session, name) for name in names} == {"j-sjoberg"}
        assert vocabularies.labels(session, "author", ["j-sjoberg"]) == {"j-sjoberg": "J. Sjöberg"}


def test_many_agents_are_made_at_once_in_their_order(catalogue: Catalogue) -> None:
    long = "Ministry of " + "Very " * 20
    names = ["B", "A", "b", long + "Big Affairs", long + "Small Affairs", "---", "A"]
    with catalogue.write() as session:
        ids = vocabularies.ensure_agents(session, [(name, AgentKind.UNKNOWN) for name in names])
    with catalogue.write() as session:
        again = vocabularies.ensure_agents(session, [(name, AgentKind.UNKNOWN) for name in names])
    assert ids == again
    assert ids[:3] == ["b", "a", "b"]
    assert ids[4] == f"{ids[3]}-2"
    assert len(set(ids)) == 5


@pytest.mark.parametrize(
    ("first", "second", "kept"),
    [
        ("unknown", "person", "person"),
        ("person", "unknown", "person"),
        ("person", "organisation", "person"),
        ("unknown", "unknown", "unknown"),
    ],
)
@pytest.mark.parametrize("apart", [False, True], ids=["in one session", "in two"])
def test_a_known_kind_replaces_an_unknown_one(
    catalogue: Catalogue, first: str, second: str, kept: str, apart: bool
) -> None:
    with catalogue.write() as session:
        vocabularies.ensure_agent(session, "Belong", AgentKind(first))
        if not apart:
            vocabularies.ensure_agent(session, "Belong", AgentKind(second))
    with catalogue.write() as session:
        if apart:
            vocabularies.ensure_agent(session, "Belong", AgentKind(second))
        assert session.get_one(AgentRow, "belong").kind == kept


@pytest.mark.parametrize("facet", ["theme", "type", "author", "publisher"])
def test_labels_leave_unknown_ids_out(catalogue: Catalogue, facet: str) -> None:
    with catalogue.write() as session:
        vocabularies.ensure_concept(session, THEME, "Known")
        vocabularies.ensure_concept(session, TYPE, "Known")
        vocabularies.ensure_agent(session, "Known")
    with catalogue.read() as session:
        assert vocabularies.labels(session, facet, ["known", "none", "' OR 1=1"]) == {"known": "Known"}
        assert vocabularies.resolve(session, facet, "known") == "known"
        with pytest.raises(NotFound):
            vocabularies.resolve(session, facet, "none")


def test_other_facets_have_no_labels(catalogue: Catalogue) -> None:
    with catalogue.read() as session, pytest.raises(NotFound):
        vocabularies.labels(session, "year", ["2017"])


def test_an_unknown_concept_is_not_found(catalogue: Catalogue) -> None:
    with catalogue.read() as session, pytest.raises(NotFound):
        vocabularies.concept(session, THEME, "health")


@given(st.text(min_size=1, max_size=80), st.lists(st.sampled_from(["a", "a-2", "none", "x"]), unique=True))
def test_a_slug_is_free_short_and_plain(name: str, taken: list[str]) -> None:
    slug = next(each for each in slugs(name) if each not in taken)
    assert slug not in {"none", ""}
    assert slug == next(each for each in slugs(name) if each not in taken)
    assert len(slug) <= 63
    assert all(character.isalnum() or character == "-" or not character.isascii() for character in slug)


@given(st.text(max_size=40))
def test_folding_a_folded_name_changes_nothing(name: str) -> None:
    assert fold_name(fold_name(name)) == fold_name(name)


@pytest.mark.parametrize(
    ("one", "other"),
    [("The Inter Faith Network", "Inter Faith Network"), ("THE CHALLENGE", "Challenge"), ("Smith, J.", "smith J")],
)
def test_names_that_differ_in_case_signs_or_a_leading_the_are_one_name(one: str, other: str) -> None:
    assert fold_name(one) == fold_name(other)


@pytest.mark.parametrize("name", ["The", "Theatre Trust", "Thea Smith"])
def test_a_name_is_not_cut_where_it_only_begins_like_the(name: str) -> None:
    assert fold_name(name) == name.lower()
