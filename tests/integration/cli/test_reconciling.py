"""`belong reconcile`: what differs between index and catalogue is named, and mended."""

import dataclasses
from collections.abc import Iterator
from pathlib import Path

import pytest

from bootstrap.services import Services
from catalogue import records, runs
from catalogue.record import Draft, Record, RecordId
from catalogue.runs import RunKind
from engines.embedded.generations import GenerationFolders
from engines.embedded.writer import EmbeddedWriter
from indexer.documents import to_document
from search.engine import GenerationName, Put, Remove
from tests.integration.cli.running import run

G1 = GenerationName("g1")


def shown(id_: str, version: int, record: Record) -> Put:
    """What makes the index show a record under an id and in a version that the catalogue does not have."""
    document = to_document(dataclasses.replace(record, id=RecordId(id_), version=version))
    return Put(id=id_, version=version, document=document)


@pytest.fixture
def writer(data: Path) -> Iterator[EmbeddedWriter]:
    writer = EmbeddedWriter(GenerationFolders(data / "index"))
    yield writer
    writer.close()


@pytest.fixture
def drifted(services: Services, writer: EmbeddedWriter) -> RecordId:
    """A library whose index misses one record, and shows one that the catalogue never had: the missing one's id."""
    with services.catalogue.read() as session:
        first, second = records.scan(session, None, 2)
    writer.write(
        G1,
        [Remove(id=first.id, version=first.version), shown("ghost", 3, second)],
    )
    writer.close()
    return first.id


def test_an_index_that_is_as_the_catalogue_is_exit_status_0(data: Path) -> None:
    done = run(data, "reconcile")
    assert (done.returncode, done.stdout, done.stderr) == (0, "The index g1 is as the catalogue is.\n", "")
    body = run(data, "reconcile", "--repair", "--json").json
    assert body["counts"] == {"missing": 0, "stale": 0, "ahead": 0, "ghosts": 0}
    assert body["after_repair"] is None


def test_drift_is_named_and_exit_status_1(data: Path, drifted: RecordId) -> None:
    for _ in range(2):  # it only looks
        done = run(data, "reconcile")
        assert (done.returncode, done.stderr) == (1, "")
        assert f"missing: 1 record is not in the index\n    {drifted}, version 1\n" in done.stdout
        assert "ghosts: 1 record is in the index only\n    ghost, version 3\n" in done.stdout
    body = run(data, "reconcile", "--json").json
    assert body["records"] == {"missing": {drifted: 1}, "stale": {}, "ahead": {}, "ghosts": {"ghost": 3}}


def test_what_was_repaired_and_looked_at_again_is_exit_status_0(data: Path, drifted: RecordId) -> None:
    done = run(data, "reconcile", "--repair")
    assert (done.returncode, done.stderr) == (0, "")
    assert drifted in done.stdout
    assert done.stdout.endswith("It is mended: nothing differs any more.\n")
    assert run(data, "reconcile").returncode == 0
    assert run(data, "search", "--json").json["total"] == 28


def test_an_index_that_is_ahead_of_the_catalogue_is_made_anew(
    services: Services, data: Path, writer: EmbeddedWriter
) -> None:
    with services.catalogue.read() as session:
        record = records.scan(session, None, 1)[0]
    writer.write(G1, [shown(record.id, 99, record)])
    writer.close()
    assert run(data, "reconcile", "--json").json["records"]["ahead"] == {record.id: 1}
    done = run(data, "reconcile", "--repair", "--json")
    assert (done.returncode, done.stderr) == (0, "")
    assert (done.json["counts"]["ahead"], done.json["after_repair"]["ahead"]) == (1, 0)
    assert run(data, "search", "--json").json["index"] == "g2"


def test_changes_on_their_way_are_no_drift(services: Services, data: Path) -> None:
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy"))
    assert run(data, "reconcile").returncode == 0


def test_one_under_way_is_named(services: Services, data: Path) -> None:
    with services.catalogue.write() as session:
        number = runs.start(session, RunKind.RECONCILE, started_by="Ada")
    done = run(data, "reconcile")
    assert (done.returncode, done.stdout) == (2, "")
    assert f"number {number}, started by Ada" in done.stderr


def test_without_the_engine_it_is_refused_and_nothing_is_left_to_be_done(
    services: Services, data: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ENGINE", "elasticsearch")
    monkeypatch.setenv("ELASTICSEARCH_URL", "http://127.0.0.1:1")
    done = run(data, "reconcile", "--repair")
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("belong: Elasticsearch cannot be reached: ")
    assert done.stderr.endswith("Nothing was compared: run this again when it answers (belong engine)\n")
    with services.catalogue.read() as session:
        assert runs.unfinished(session) == []


def test_where_there_is_no_index_nothing_can_be_compared(tmp_path: Path) -> None:
    done = run(tmp_path / "data", "reconcile")
    assert (done.returncode, done.stdout) == (2, "")
    assert "There is no index to compare with" in done.stderr
