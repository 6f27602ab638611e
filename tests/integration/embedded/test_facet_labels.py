"""Labels of facet values, which the embedded engine counts as numbers."""

from pathlib import Path

from engines.embedded.engine import EmbeddedEngine
from engines.embedded.generations import GenerationFolders
from engines.embedded.keys import key_of
from engines.embedded.writer import EmbeddedWriter
from mappings.fields import NONE_GIVEN, facet_term
from search.engine import GenerationName, Put
from search.language.reader import read_query
from search.request import FacetValue, SearchRequest

GENERATION = GenerationName("g1")


def put(number: int, version: int, label: str) -> Put:
    document = {
        "id": f"r{number}",
        "version": version,
        "title": ["Trust"],
        "everything": "Trust",
        "theme": [facet_term("cohesion", label)],
        "shown": '{"title":"Trust"}',
    }
    return Put(id=f"r{number}", version=version, document=document)


def labels(engine: EmbeddedEngine) -> list[tuple[str | None, int]]:
    request = SearchRequest(query=read_query("trust"), facets=("theme",))
    return [(bucket.label, bucket.count) for bucket in engine.search(request).facets["theme"]]


def test_a_new_label_is_shown_while_the_dictionary_still_has_the_old_one(tmp_path: Path) -> None:
    generations = GenerationFolders(tmp_path)
    engine, writer = EmbeddedEngine(generations), EmbeddedWriter(generations)
    writer.create(GENERATION)
    writer.activate(GENERATION)
    # Records that stay keep the segment with the old label in use.
    stays = Put(
        id="stays", version=1, document={"id": "stays", "version": 1, "title": ["Hope"], "shown": '{"title":"Hope"}'}
    )
    writer.write(GENERATION, [stays, *(put(number, 1, "Cohesion") for number in range(3))])
    assert labels(engine) == [("Cohesion", 3)]
    writer.write(GENERATION, [put(number, 2, "Belonging together") for number in range(3)])
    assert labels(engine) == [("Belonging together", 3)]
    writer.write(GENERATION, [put(number, 3, "A label that sorts first") for number in range(3)])
    assert labels(engine) == [("A label that sorts first", 3)]
    writer.close()


def test_one_value_with_two_labels_is_one_bucket(tmp_path: Path) -> None:
    generations = GenerationFolders(tmp_path)
    engine, writer = EmbeddedEngine(generations), EmbeddedWriter(generations)
    writer.create(GENERATION)
    writer.activate(GENERATION)
    writer.write(GENERATION, [put(1, 1, "Old"), put(2, 1, "New"), put(3, 1, "New")])
    assert labels(engine) == [("New", 3)]
    writer.close()


def test_keys_differ_and_fit_a_column_of_the_index() -> None:
    keys = {key_of("theme", f"theme-{number}") for number in range(20_000)}
    assert len(keys) == 20_000
    assert all(0 < key < 2**63 for key in keys)
    assert key_of("theme", NONE_GIVEN) == key_of("year", NONE_GIVEN) == 0
    assert key_of("year", FacetValue("2016")) == 2016
