"""What becomes of an index that an earlier release made."""

import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from bootstrap.services import Services
from catalogue import records, runs
from catalogue.runs import RunKind
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from indexer.documents import to_document
from mappings.fields import FIELDS
from mappings.form import PRESENT
from search.engine import GenerationName, Put
from search.errors import IndexIncompatible
from search.language.reader import read_query
from search.request import SearchRequest
from search.results import Bucket
from tests.integration.indexing.conftest import Change

G1 = GenerationName("g1")
WITHOUT_THEMES = replace(PRESENT, fields=tuple(field for field in FIELDS if field.name not in {"theme", "themes"}))


def search(services: Services, text: str = "") -> tuple[int, Sequence[Bucket]]:
    page = services.engine.search(SearchRequest(query=read_query(text), facets=("theme",)))
    return page.total, page.facets["theme"]


def make_without_themes(services: Services, data: Path) -> None:
    """Put an index in the place of the sample library's, as a release made it that had no themes yet."""
    folders = GenerationFolders(data / "index", WITHOUT_THEMES)
    folders.remove(G1)
    writer = EmbeddedWriter(folders)
    writer.create(G1)
    with services.catalogue.read() as session:
        found = records.scan(session, None, 100)
    writer.write(G1, [Put(id=r.id, version=r.version, document=to_document(r)) for r in found])
    writer.close()


def test_after_an_upgrade_that_adds_a_field_searches_go_on_until_the_index_is_made_anew(
    services: Services, data: Path, change: Change
) -> None:
    make_without_themes(services, data)
    change("Quixotic")
    assert search(services) == (28, ())
    assert services.indexer.catch_up()
    total, themes = search(services)
    assert (total, bool(themes)) == (29, True)
    assert services.engine.generation() == "g2"
    assert search(services, "quixotic")[0] == 1


def test_who_goes_back_to_the_index_before_an_upgrade_stays_there(services: Services, data: Path) -> None:
    make_without_themes(services, data)
    assert services.indexer.catch_up()
    with services.catalogue.write() as session:
        runs.start(session, RunKind.ROLLBACK, started_by="a test")
    for _ in range(2):
        assert services.indexer.catch_up()
        assert services.engine.generation() == "g1"
    assert search(services) == (28, ())


@pytest.mark.parametrize("about", [PRESENT.to_json() | {"format": PRESENT.format - 1}, {}], ids=["older", "unknown"])
def test_an_index_of_another_format_is_made_anew(services: Services, data: Path, about: dict[str, object]) -> None:
    (data / "index" / G1 / "belong.json").write_text(json.dumps(about), encoding="utf-8")
    with pytest.raises(IndexIncompatible):
        search(services)
    assert services.indexer.catch_up()
    assert services.engine.generation() == "g2"
    assert search(services)[0] == 28
