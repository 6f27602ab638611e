"""A service whose engine is changed: what the other one still has from before is not taken for up to date."""

import contextlib
from collections.abc import Iterator

import pytest
from flask.testing import FlaskClient

from app.factory import create_app
from bootstrap.services import Services, build_services
from bootstrap.settings import read_settings
from catalogue import records, runs
from catalogue.record import Draft
from catalogue.runs import RunKind
from tests.integration.elasticsearch.conftest import OpenServices, SearchedLibrary
from tests.integration.http.test_freshness import figures, foot

OLDER = "Search shows an older state of the library until the index is rebuilt"


@pytest.fixture
def on_elasticsearch(own: SearchedLibrary, open_services: OpenServices, elasticsearch_url: str) -> Services:
    """The sample library, indexed in Elasticsearch."""
    return open_services(own, elasticsearch_url)


@pytest.fixture
def embedded(own: SearchedLibrary) -> Iterator[Services]:
    """The same catalogue with the embedded engine."""
    built = build_services(read_settings({"BELONG_DATA": str(own.data)}))
    yield built
    built.catalogue.dispose()


def save(services: Services, title: str) -> None:
    with services.catalogue.write() as session:
        records.save(session, Draft(title=title))


def total(client: FlaskClient, words: str) -> int:
    return client.get(f"/api/v1/search?q={words}").get_json()["total"]


def assert_said_to_be_outdated(client: FlaskClient) -> None:
    assert foot(client) == f"{OLDER}."
    status = client.get("/api/v1/status").get_json()
    assert (status["outdated"], status["index"] is None) == (True, False)
    ready = client.get("/readyz").get_json()
    assert (ready["status"], ready["parts"]["search"]["status"]) == ("degraded", "up")
    assert "an older one" in ready["parts"]["indexing"]["reason"]
    assert figures(client.get("/metrics").text)["belong_index_outdated"] == 1


def test_what_an_engine_still_has_from_before_is_said_to_be_old_until_it_is_made_anew(
    on_elasticsearch: Services, embedded: Services
) -> None:
    embedded.indexer.catch_up()
    save(embedded, "Zymurgy")
    embedded.indexer.catch_up()
    assert total(create_app(embedded).test_client(), "zymurgy") == 1
    client = create_app(on_elasticsearch).test_client()
    assert total(client, "zymurgy") == 0
    assert_said_to_be_outdated(client)
    assert on_elasticsearch.indexer.catch_up()
    client = create_app(on_elasticsearch).test_client()
    assert (total(client, "zymurgy"), foot(client)) == (1, "The index is up to date.")
    assert client.get("/api/v1/status").get_json()["outdated"] is False
    save(on_elasticsearch, "Quixotry")
    on_elasticsearch.indexer.catch_up()
    client = create_app(embedded).test_client()
    assert_said_to_be_outdated(client)
    assert embedded.indexer.catch_up()
    assert total(create_app(embedded).test_client(), "quixotry") == 1


def test_an_index_of_the_same_name_in_the_other_engine_is_not_taken_for_the_present_one(
    own: SearchedLibrary, on_elasticsearch: Services, caplog: pytest.LogCaptureFixture
) -> None:
    """As after a move to another database, whose indices are called g1 and g2 once more."""
    on_elasticsearch.catalogue.dispose()
    for file in own.data.glob("catalogue.sqlite*"):
        file.unlink()
    new = build_services(read_settings({"BELONG_DATA": str(own.data)}))
    with contextlib.ExitStack() as stack:
        stack.callback(new.catalogue.dispose)
        new.catalogue.migrate()
        save(new, "Zymurgy")
        assert new.indexer.catch_up()
        with new.catalogue.write() as session:
            runs.start(session, RunKind.REBUILD, started_by="a test")
        assert new.indexer.catch_up()
        assert new.engine.generation() == on_elasticsearch.engine.generation() == "g2"
        assert on_elasticsearch.indexer.catch_up()
        client = create_app(on_elasticsearch).test_client()
        assert (total(client, "zymurgy"), total(client, "cohesion")) == (1, 0)
    assert "lost" not in caplog.text
