"""The parts of the benches that need none of their packages."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from bench.data import CATALOGUE, SETTING, DataMissing, data_file
from bench.datasette_server import search_path
from bench.engine import another_index
from bench.generated import GeneratedLibrary
from bench.latency import latency_of
from bench.searches import Chosen, Part, Search, draw_searches
from catalogue.record import (
    Agent,
    AgentId,
    AgentKind,
    Concept,
    ConceptId,
    Contributor,
    PartialDate,
    Record,
    RecordId,
    Role,
    Vocabulary,
)

WORDS = "trust cohesion faith school sport neighbour migration belonging dialogue housing culture policy".split()


def a_record(number: int) -> Record:
    now = datetime(2026, 1, 1, tzinfo=UTC)
    return Record(
        id=RecordId(f"r{number}"),
        version=1,
        title=" ".join(WORDS[(number + step) % len(WORDS)] for step in range(6)),
        contributors=(
            Contributor(
                agent=Agent(id=AgentId(f"a{number % 7}"), name=f"Ann {number % 7}", kind=AgentKind.PERSON),
                role=Role.AUTHOR,
            ),
        ),
        responsibility=None,
        publishers=(),
        date=PartialDate(year=2000 + number % 20),
        type=None,
        themes=(Concept(id=ConceptId("theme"), vocabulary=Vocabulary.THEME, label="A theme"),),
        abstract="Words of an abstract about " + " and ".join(WORDS),
        link=None,
        language=None,
        doi=None,
        isbn=None,
        deleted=False,
        created_at=now,
        updated_at=now,
    )


RECORDS = [a_record(number) for number in range(50)]


@pytest.mark.parametrize(
    ("milliseconds", "expected"),
    [
        (range(1, 101), (50, 95, 99, 100)),
        (range(1000, 0, -1), (500, 950, 990, 1000)),
        ([7], (7, 7, 7, 7)),
    ],
    ids=["a hundred", "a thousand, falling", "one"],
)
def test_a_percentile_is_the_time_that_so_many_do_not_exceed(
    milliseconds: list[int], expected: tuple[int, ...]
) -> None:
    found = latency_of([each / 1000 for each in milliseconds])
    assert (found.p50, found.p95, found.p99, found.highest) == pytest.approx(expected)


def test_searches_are_different_and_the_same_at_every_run() -> None:
    drawn = draw_searches(RECORDS, 300)
    assert len(set(drawn)) == 300
    assert drawn == draw_searches(RECORDS, 300)
    assert sum(1 for search in drawn if search.filters) == 150
    assert {len(search.filters) for search in drawn} == {0, 1, 2}
    assert any(part.is_prefix for search in drawn for part in search.parts)
    assert any(len(part.words) > 1 for search in drawn for part in search.parts)


def test_a_search_is_asked_alike_of_both_products() -> None:
    search = Search(
        parts=(Part(words=("social", "cohesion")), Part(words=("integ",), is_prefix=True)),
        filters=(Chosen(facet="author", value="ann-1", label="Ann 1"),),
    )
    assert search.query_string == "q=%22social+cohesion%22+integ%2A&author=ann-1"
    assert search.request().filters == {"author": ("ann-1",)}
    path = search_path(search)
    assert "_search=%22social+cohesion%22+%22integ%22%2A" in path
    assert "authors__arraycontains=Ann+1" in path
    assert path.count("_facet=") + path.count("_facet_array=") == 5


def test_a_generated_library_is_the_same_at_every_run_and_its_records_differ() -> None:
    library, again = GeneratedLibrary(RECORDS), GeneratedLibrary(RECORDS)
    made = [library.record(number) for number in range(100)]
    assert made == [again.record(number) for number in range(100)]
    assert len({record.id for record in made}) == 100
    assert {name for record in made for name in (c.agent.name for c in record.contributors)} > {"Ann 1"}


def test_another_version_of_a_generated_record_keeps_its_id() -> None:
    library = GeneratedLibrary(RECORDS)
    first, second = library.record(7), library.record(7, 2)
    assert (first.id, first.version, second.id, second.version) == ("generated:00000007", 1, "generated:00000007", 2)
    assert (first.title, first.contributors) != (second.title, second.contributors)


def test_only_an_engine_with_an_alias_needs_another_one_for_another_index() -> None:
    assert another_index({"ENGINE": "embedded"}, "cisi") == {"ENGINE": "embedded"}
    assert another_index({"ELASTICSEARCH_ALIAS": "bench-1"}, "cisi") == {"ELASTICSEARCH_ALIAS": "bench-1-cisi"}


def test_a_missing_setting_is_named() -> None:
    with pytest.raises(DataMissing, match=f"{SETTING} is not set"):
        data_file(CATALOGUE, {})


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataMissing, match="arxiv-social-science"):
        data_file(CATALOGUE, {SETTING: str(tmp_path)})
    there = tmp_path / CATALOGUE
    there.parent.mkdir()
    there.touch()
    assert data_file(CATALOGUE, {SETTING: str(tmp_path)}) == there
