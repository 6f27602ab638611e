"""What people are answered while the index is not what it should be, and how it is mended."""

import time

import pytest
from elasticsearch import Elasticsearch
from flask.testing import FlaskClient

from app.factory import create_app
from bootstrap.services import Services
from catalogue import records
from catalogue.record import Draft
from search.errors import EngineFault
from tests.integration.elasticsearch.conftest import OpenServices, SearchedLibrary
from tests.processes import eventually

LONGEST = 2.5  # seconds


@pytest.fixture
def services(own: SearchedLibrary, open_services: OpenServices, elasticsearch_url: str) -> Services:
    """The parts of a service on a library of its own."""
    return open_services(own, elasticsearch_url)


@pytest.fixture
def client(services: Services) -> FlaskClient:
    client = create_app(services).test_client()
    assert client.get("/api/v1/search").get_json()["total"] == 28
    return client


@pytest.fixture
def alias(own: SearchedLibrary) -> str:
    return own.alias


def index_of(cluster: Elasticsearch, alias: str) -> str:
    [name] = cluster.indices.get_alias(name=alias).body
    return name


def assert_refused_because(client: FlaskClient, *reasons: str) -> None:
    """People are told that search does not answer, operators are told why."""
    for address in ("/search?q=cohesion", "/search/facets/theme", "/api/v1/search?q=zzzz", "/api/v1/facets/theme"):
        start = time.monotonic()
        answer = client.get(address)
        assert time.monotonic() - start < LONGEST
        assert answer.status_code == 503
        assert int(answer.headers["Retry-After"]) > 0
        assert "Search is not answering just now. Record pages still work." in answer.text
        for reason in reasons:
            assert reason not in answer.text
    assert "here are the newest of 28 resources" in client.get("/").text
    assert client.get("/api/v1/status").get_json()["index"] is None
    ready = client.get("/readyz")
    assert ready.status_code == 200
    assert ready.get_json()["parts"]["catalogue"] == {"status": "up"}
    for reason in reasons:
        assert reason in ready.get_json()["parts"]["search"]["reason"]


def assert_mended(services: Services, client: FlaskClient) -> None:
    assert services.indexer.catch_up()
    assert eventually(lambda: client.get("/api/v1/search").status_code == 200, within=5)
    assert client.get("/api/v1/search").get_json()["total"] == 28


def test_an_alias_that_is_missing_is_told_from_an_index_that_is(
    services: Services, client: FlaskClient, cluster: Elasticsearch, alias: str
) -> None:
    index = index_of(cluster, alias)
    cluster.indices.delete_alias(index=index, name=alias)
    assert_refused_because(
        client, f"There is no alias {alias}: the indexer is filling {index}, or puts the alias on it again"
    )
    assert_mended(services, client)
    cluster.indices.delete(index=index_of(cluster, alias))
    assert_refused_because(client, f"There is no index {alias} yet")
    assert_mended(services, client)


@pytest.mark.parametrize("filled", [False, True], ids=["empty", "filled"])
def test_an_index_in_the_place_of_the_alias_finds_nothing_for_nobody(
    services: Services, client: FlaskClient, cluster: Elasticsearch, alias: str, filled: bool
) -> None:
    """Whoever writes to the alias while it is missing makes one; searching it finds nothing, and that is no answer."""
    index = index_of(cluster, alias)
    cluster.indices.delete_alias(index=index, name=alias)
    cluster.indices.create(index=alias, mappings={"properties": {"id": {"type": "keyword"}}})
    if filled:
        stray = {"id": "stray", "everything": "cohesion zzzz", "title": "cohesion zzzz", "theme": ["x"]}
        cluster.index(index=alias, id="stray", document=stray, refresh=True)
    assert_refused_because(client, f"{alias} is an index, but has to be the alias of one")
    before = set(cluster.indices.get(index=f"{alias}*").body)
    with pytest.raises(EngineFault, match="has to be the alias"):
        services.indexer.catch_up()
    assert set(cluster.indices.get(index=f"{alias}*").body) == before  # nothing was built that cannot be put to use
    cluster.indices.delete(index=alias)
    assert_mended(services, client)


def test_an_alias_of_somebody_elses_index_is_not_searched(
    client: FlaskClient, cluster: Elasticsearch, alias: str
) -> None:
    index = index_of(cluster, alias)
    other = f"{alias}-other"
    cluster.indices.create(index=other, mappings={"properties": {"id": {"type": "keyword"}}})
    cluster.indices.update_aliases(
        actions=[{"remove": {"index": index, "alias": alias}}, {"add": {"index": other, "alias": alias}}]
    )
    assert_refused_because(client, "has to name one index of ours")


def test_an_index_without_its_shards_is_an_outage(client: FlaskClient, cluster: Elasticsearch, alias: str) -> None:
    red = make_red(cluster, alias)
    assert cluster.cluster.health(index=red).body["status"] == "red"
    assert_refused_because(client, "shard")


def test_an_index_that_lacks_some_shards_is_not_half_an_answer(
    client: FlaskClient, cluster: Elasticsearch, alias: str
) -> None:
    """The shards that are there would answer, with fewer records than there are."""
    make_red(cluster, alias)
    cluster.indices.put_alias(index=index_of_green(cluster, alias), name=alias)
    assert_refused_because(client, "in part only")


def test_an_index_of_another_format_is_an_outage_until_it_is_made_anew(
    services: Services, cluster: Elasticsearch, alias: str
) -> None:
    index = index_of(cluster, alias)
    about = cluster.indices.get_mapping(index=index).body[index]["mappings"]["_meta"]
    cluster.indices.put_mapping(index=index, meta={**about, "format": 0})
    client = create_app(services).test_client()  # it has not asked anything yet
    assert_refused_because(client, "format 0")
    assert_mended(services, client)


@pytest.mark.parametrize("block", ["read_only", "read_only_allow_delete"])
def test_an_index_that_cannot_be_written_is_searched_and_says_what_waits(
    services: Services, client: FlaskClient, cluster: Elasticsearch, alias: str, block: str
) -> None:
    index = index_of(cluster, alias)
    cluster.indices.put_settings(index=index, settings={f"index.blocks.{block}": True})
    with services.catalogue.write() as session:
        records.save(session, Draft(title="Zymurgy for beginners"))
    services.indexer.try_turn()
    assert client.get("/api/v1/search").get_json()["total"] == 28
    assert client.get("/api/v1/status").get_json()["pending"] == 1
    assert "1 change is on its way." in client.get("/search").text
    cluster.indices.put_settings(index=index, settings={f"index.blocks.{block}": None})
    assert eventually(lambda: services.indexer.catch_up() and _finds(client, "zymurgy"), within=10)
    assert client.get("/api/v1/status").get_json()["pending"] == 0


def make_red(cluster: Elasticsearch, alias: str) -> str:
    """Point the alias at an index that no node may hold: its name."""
    index = index_of(cluster, alias)
    mappings = cluster.indices.get_mapping(index=index).body[index]["mappings"]
    analysis = cluster.indices.get_settings(index=index).body[index]["settings"]["index"]["analysis"]
    red = f"{alias}-g99"
    cluster.indices.create(
        index=red,
        mappings=mappings,
        settings={"analysis": analysis, "routing.allocation.require._name": "nowhere", "number_of_replicas": 0},
        wait_for_active_shards=0,
    )
    cluster.indices.update_aliases(
        actions=[{"remove": {"index": index, "alias": alias}}, {"add": {"index": red, "alias": alias}}]
    )
    return red


def index_of_green(cluster: Elasticsearch, alias: str) -> str:
    return min(cluster.indices.get(index=f"{alias}-g*").body)


def _finds(client: FlaskClient, word: str) -> bool:
    return client.get(f"/api/v1/search?q={word}").get_json()["total"] == 1
