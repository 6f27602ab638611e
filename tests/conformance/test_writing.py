"""What a writer does to an index, and when a search sees it."""

from dataclasses import replace

import pytest

from search.engine import GenerationName, Outcome, Put, Remove
from search.errors import EngineFault, IndexMissing
from tests.conformance.library import EngineUnderTest, Library, a_request, eventually
from tests.conformance.records import a_put, a_record


def sees(library: Library, *ids: str) -> bool:
    return eventually(lambda: library.ids() == list(ids))


def test_what_is_put_is_found(library: Library) -> None:
    library.put(a_record("a", "Trust"), a_record("b", "Hope"))
    assert sees(library, "a", "b")
    assert library.ids("hope") == ["b"]


def test_a_newer_version_replaces_the_older(library: Library) -> None:
    library.put(a_record("a", "Trust", themes=["Faith"], date="2016"))
    library.put(a_record("a", "Hope", version=2))
    assert eventually(lambda: library.ids("hope") == ["a"])
    assert library.ids("trust") == library.ids("faith") == library.ids("year:2016") == []
    assert library.facet("theme") == [("none", 1)]
    assert [hit.version for hit in library.search().hits] == [2]


def test_the_same_version_may_be_written_again(library: Library) -> None:
    library.put(a_record("a", "Trust"))
    library.put(a_record("a", "Trust"))
    assert sees(library, "a")


def test_a_lower_version_changes_nothing(library: Library) -> None:
    library.put(a_record("a", "Trust", version=3))
    library.put(a_record("a", "Hope", version=2), a_record("b"))
    library.remove("a", version=2)
    assert sees(library, "a", "b")
    assert library.ids("trust") == ["a"]
    assert list(library.writer.versions(library.generation)) == [("a", 3), ("b", 1)]


def test_what_is_removed_is_not_found(library: Library) -> None:
    library.put(a_record("a", "Trust"), a_record("b", "Hope"))
    library.remove("a", version=2)
    assert sees(library, "b")
    assert library.ids("trust") == []
    assert library.facet("theme") == [("none", 1)]


def test_what_is_not_there_may_be_removed(library: Library) -> None:
    library.remove("a", version=1)
    assert library.ids() == []


def test_a_removed_record_can_come_back(library: Library) -> None:
    library.put(a_record("a"))
    library.remove("a", version=2)
    library.put(a_record("a", version=3))
    assert sees(library, "a")


@pytest.mark.parametrize(
    ("operations", "title"),
    [
        pytest.param([(1, "Old"), (2, "New")], "New", id="rising versions"),
        pytest.param([(2, "New"), (1, "Old")], "New", id="falling versions"),
        pytest.param([(2, "Old"), (2, "New")], "New", id="one version twice"),
        pytest.param([(1, "Old"), (2, None)], None, id="put and removed"),
        pytest.param([(2, None), (3, "New")], "New", id="removed and put"),
        pytest.param([(2, None), (1, "Old")], None, id="removed in a version after the one that is put"),
        pytest.param([(2, "New"), (1, None)], "New", id="removed in a version before the one that is put"),
        pytest.param([(1, "Old"), (3, "New"), (2, None), (2, "Old")], "New", id="many"),
    ],
)
@pytest.mark.parametrize("held", [0, 1])
def test_one_record_may_stand_in_a_batch_several_times(
    library: Library, operations: list[tuple[int, str | None]], title: str | None, held: int
) -> None:
    if held:
        library.put(a_record("a", "Held"))
    library.write(
        *(Remove(id="a", version=v) if t is None else a_put(a_record("a", t, version=v)) for v, t in operations),
        a_put(a_record("b", "Other")),
    )
    assert eventually(lambda: "b" in library.ids())
    assert {hit.id: hit.shown.title for hit in library.search().hits} == {"b": "Other"} | (
        {"a": title} if title else {}
    )


def test_a_batch_may_be_large(library: Library) -> None:
    library.put(*(a_record(f"r{number:03}", f"Record {number}") for number in range(500)))
    assert eventually(lambda: library.count() == 500)
    assert library.ids("title:417") == ["r417"]
    assert [id_ for id_, _ in library.writer.versions(library.generation)] == [f"r{number:03}" for number in range(500)]


@pytest.mark.parametrize("held", [0, 2])
def test_a_batch_may_be_empty(library: Library, held: int) -> None:
    library.put(*(a_record(f"r{number}") for number in range(held)))
    assert list(library.writer.write(library.generation, [])) == []
    assert eventually(lambda: library.count() == held)


def test_every_operation_has_its_result_in_order(library: Library) -> None:
    batch = [a_put(a_record("b", version=5)), Remove(id="c", version=1), a_put(a_record("b", version=4))]
    results = library.writer.write(library.generation, batch)
    assert [(result.id, result.outcome, result.held) for result in results] == [
        ("b", Outcome.DONE, None),
        ("c", Outcome.DONE, None),
        ("b", Outcome.NEWER, 5),
    ]


def test_the_held_versions_are_those_of_the_last_write(library: Library) -> None:
    library.put(a_record("a"), a_record("b", version=7), a_record("c"))
    library.put(a_record("a", version=2))
    library.remove("c", version=2)
    assert library.writer.held(library.generation, ["a", "b", "c", "d"]) == {"a": 2, "b": 7}
    assert library.writer.held(library.generation, []) == {}


def test_versions_come_in_order_of_id(library: Library) -> None:
    assert list(library.writer.versions(library.generation)) == []
    library.put(a_record("b", version=7), a_record("a-1"), a_record("é"), a_record("a", version=2**40))
    library.put(a_record("a-2"), a_record("b", version=8))
    assert list(library.writer.versions(library.generation)) == [
        ("a", 2**40),
        ("a-1", 1),
        ("a-2", 1),
        ("b", 8),
        ("é", 1),
    ]


def test_a_record_may_hold_a_great_deal(library: Library) -> None:
    record = a_record(
        "much",
        "Title " * 160,
        authors=[f"Author {number}" for number in range(500)],
        themes=[f"Theme {number}" for number in range(100)],
        abstract="word " * 9_999 + "last",
    )
    library.put(record, replace(a_record("void"), title="?"))
    assert sees(library, "much", "void")
    assert library.ids("last") == library.ids('"author 499"') == library.ids("", {"theme": ["theme-99"]}) == ["much"]
    assert library.search("last").hits[0].shown.abstract == record.abstract


UNKNOWN = GenerationName("unknown")


def test_an_unknown_generation_cannot_be_written_listed_or_activated(library: Library) -> None:
    with pytest.raises(IndexMissing):
        library.writer.write(UNKNOWN, [Put(id="a", version=1, document=a_put(a_record("a")).document)])
    with pytest.raises(IndexMissing):
        list(library.writer.versions(UNKNOWN))
    with pytest.raises(IndexMissing):
        library.writer.held(UNKNOWN, ["a"])
    with pytest.raises(IndexMissing):
        library.writer.activate(UNKNOWN)
    assert library.writer.active() == library.engine.generation() == library.generation


def test_a_generation_is_created_once(library: Library) -> None:
    with pytest.raises(EngineFault):
        library.writer.create(library.generation)


def test_without_a_generation_there_is_nothing_to_search(engine_under_test: EngineUnderTest) -> None:
    engine, writer = engine_under_test.engine, engine_under_test.writer
    assert writer.active() is None
    assert list(writer.generations()) == []
    for ask in (
        lambda: engine.search(a_request()),
        lambda: engine.count(a_request()),
        lambda: engine.buckets(a_request(), "theme"),
        lambda: engine.similar_words("trust"),
        engine.generation,
    ):
        with pytest.raises(IndexMissing):
            ask()


def test_a_generation_answers_only_once_it_is_active(engine_under_test: EngineUnderTest, library: Library) -> None:
    library.put(a_record("old"))
    assert sees(library, "old")
    new = engine_under_test.fresh_name()
    library.writer.create(new)
    library.writer.write(new, [a_put(a_record("new-1")), a_put(a_record("new-2"))])
    assert library.ids() == ["old"]
    library.writer.activate(new)
    assert library.ids() == ["new-1", "new-2"]
    assert library.engine.generation() == library.writer.active() == library.search().generation == new


def test_searches_go_back_when_an_older_generation_is_activated(
    engine_under_test: EngineUnderTest, library: Library
) -> None:
    library.put(a_record("old"))
    new = engine_under_test.fresh_name()
    library.writer.create(new)
    library.writer.activate(new)
    assert library.ids() == []
    library.writer.activate(library.generation)
    assert sees(library, "old")


def test_the_active_generation_is_not_removed(library: Library) -> None:
    library.put(a_record("a"))
    with pytest.raises(EngineFault):
        library.writer.remove(library.generation)
    assert sees(library, "a")


def test_another_generation_is_removed_with_all_that_it_held(
    engine_under_test: EngineUnderTest, library: Library
) -> None:
    writer, other = library.writer, engine_under_test.fresh_name()
    writer.create(other)
    writer.write(other, [a_put(a_record("a"))])
    assert sorted(writer.generations()) == sorted([library.generation, other])
    writer.remove(other)
    writer.remove(other)
    assert list(writer.generations()) == [library.generation]
    with pytest.raises(IndexMissing):
        list(writer.versions(other))
    writer.create(other)
    assert list(writer.versions(other)) == []


def test_after_closing_the_next_write_goes_on(library: Library) -> None:
    library.put(a_record("a"))
    library.writer.close()
    library.writer.close()
    library.put(a_record("b"))
    assert sees(library, "a", "b")


def test_every_one_of_many_writes_is_seen(library: Library) -> None:
    for number in range(1, 51):
        library.put(a_record("a", version=number))
        assert eventually(lambda number=number: [hit.version for hit in library.search().hits] == [number])
